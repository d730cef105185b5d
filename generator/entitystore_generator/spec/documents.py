"""The files of a document, and where a `$ref` leads.

Rules of this file:
- Each file is read once, however often and by whatever path it is named; only files that a schema of an entity needs
  are read.
- A file's name is its path from the first document's folder, with forward slashes; it may begin with `../`.
- `$ref` is a relative path, a JSON pointer, or both (RFC 3986, RFC 6901). Nothing is ever fetched from a network, and
  no file is touched that the project does not allow (`roots`).
- What another file holds that is no schema ends the way of a reference, with a fault that does not show it.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.json_text import compose_json
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence, position_inside, position_of
from entitystore_generator.spec.roots import FindRoots, Roots, holds_schemas, is_link, is_schema
from entitystore_generator.spec.schema import Pointer
from entitystore_generator.spec.source import DocumentError, Report, Source, read_source, same_file_key

__all__ = ["Document", "Library", "Target", "child_pointer", "tokens_of"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
_MAX_HOPS = 20
_WITHOUT_CONTENT = {
    "ES102": "this is neither YAML nor JSON",
    "ES103": "a key stands twice in this mapping",
    "ES112": "this is nested too deeply, or its aliases stand for too much",
}
"""What is said of a file that may be no document, in place of a message that would show some of its text."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file, parsed. `keeps_siblings`: keys beside a `$ref` count, as in OpenAPI 3.1."""

    name: str
    source: Source
    root: Node
    keeps_siblings: bool


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads. `position` is that of the key there, or of the whole file."""

    document: Document
    pointer: Pointer
    node: Node
    position: Position


def child_pointer(pointer: Pointer, *tokens: str | int) -> Pointer:
    """The pointer of something below `pointer` (RFC 6901: `~` is `~0` and `/` is `~1`)."""
    escaped = (str(token).replace("~", "~0").replace("/", "~1") for token in tokens)
    return "/".join((pointer, *escaped))


class Library:
    """The files that were read so far, by name."""

    def __init__(self, spec: Path, spec_name: str, diagnostics: Diagnostics, find_roots: FindRoots = tuple) -> None:
        self._folder = spec.parent
        self._roots = Roots(spec, find_roots)
        self._shown_folder = posixpath.dirname(spec_name)
        self._diagnostics = diagnostics
        self._documents: dict[str, Document | None] = {}
        self._names: dict[str, str] = {}
        self.inputs: list[Path] = []
        self._first = (spec, spec_name)

    # ------------------------------------------------------------------------------------------------ files

    def first(self) -> Document | None:
        """The document that was asked for; None, and an error, where it cannot be used."""
        path, shown = self._first
        by_link = is_link(path) and not self._roots.allow(path)
        return self._open(path.name, path, shown, Position(shown, 0, 0, shown=not by_link), None)

    def root_position(self) -> Position:
        """The beginning of the document that was asked for."""
        return Position(self._first[1], 1, 1)

    def _other(self, name: str, place: Position, base: Document) -> Document | None:
        path = self._folder / name
        known = self._names.get(same_file_key(path))
        if known is not None:
            return self._documents[known]
        if not self._roots.allow(path):
            message = f"the file of this reference is outside of the project: {name}"
            hint = "keep a copy in the project, or allow its folder: ref-roots in [tool.entitystore] of pyproject.toml"
            self._error("ES126", message, place, hint)
            return None
        return self._open(name, path, posixpath.normpath(posixpath.join(self._shown_folder, name)), place, base)

    def _open(self, name: str, path: Path, shown: str, place: Position, base: Document | None) -> Document | None:
        self._names[same_file_key(path)] = name
        self._documents[name] = None
        faults: list[DocumentError] = []
        source = None
        try:
            source = read_source(path, shown, place, own=base is None and place.shown)
            self.inputs.append(path)
            root = self._parse(source, faults.append)
            source.shown = source.shown or (base is not None and holds_schemas(root))
            self._documents[name] = Document(name, source, root, _keeps_siblings(root, base))
        except DocumentError as error:
            faults.append(error)
        for fault in faults:
            self._report(fault, may_show=source is None or source.shown)
        return self._documents[name]

    def _report(self, error: DocumentError, *, may_show: bool) -> None:
        if may_show or error.code not in _WITHOUT_CONTENT:
            place = replace(error.position, shown=may_show)
            self._diagnostics.error(error.code, error.message, place, error.hint)
        else:
            hint = "what the file holds is not shown, since it may be no document"
            self._diagnostics.error(error.code, _WITHOUT_CONTENT[error.code], error.position, hint)

    def _parse(self, source: Source, report: Report) -> Node:
        """JSON where it begins like JSON and is; else YAML, in which the same may be a flow mapping."""
        if source.text.lstrip(" \t\r\n")[:1] not in ("{", "["):
            return self._compose_yaml(source, report)
        duplicates: list[DocumentError] = []
        try:
            root = compose_json(source, duplicates.append)
        except DocumentError as error:
            if source.file.lower().endswith(".json") or error.code != "ES102":
                raise
            return self._compose_yaml(source, report)
        for duplicate in duplicates:
            report(duplicate)
        return root

    def _compose_yaml(self, source: Source, report: Report) -> Node:
        from entitystore_generator.spec.compose import compose_yaml  # PyYAML takes 15 ms, which JSON can do without

        return compose_yaml(source, report)

    # ------------------------------------------------------------------------------------------- references

    def resolve(self, base: Document, ref: Scalar) -> Target | None:
        """The schema that a `$ref` in `base` leads to; None, and an error, where it leads nowhere."""
        target = self._resolve(base, ref, 0)
        return target if target is None or self._is_schema(base, target, ref) else None

    def _resolve(self, base: Document, ref: Scalar, hops: int) -> Target | None:
        path, _, fragment = ref.text.partition("#")
        if _SCHEME.match(path) or path.startswith("/"):
            message = f"{ref.text!r} is not a file beside this one, and nothing is fetched"
            self._error("ES111", message, position_of(ref), "save a copy and refer to it by a relative path")
            return None
        if fragment and not fragment.startswith("/"):
            message = f"{ref.text!r} is no JSON pointer, which begins with #/"
            self._error("ES109", message, position_of(ref), "write the whole path: #/components/schemas/…")
            return None
        document = self._named(base, path, ref) if path else base
        return None if document is None else self._walk(document, tokens_of(fragment), ref, hops)

    def _is_schema(self, base: Document, target: Target, ref: Scalar) -> bool:
        """Whether a reference leads to a schema; within a file that is looked at by whoever reads the schema."""
        if target.document is base or is_schema(target.node):
            return True
        message = f"{ref.text!r} leads to something that is no schema"
        hint = "what stands there is not shown; correct the reference, or write a schema there"
        self._error("ES127", message, position_of(ref), hint)
        return False

    def _named(self, base: Document, path: str, ref: Scalar) -> Document | None:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(base.name), unquote(path)))
        return self._other(name, position_of(ref), base)

    def _walk(self, document: Document, tokens: list[str], ref: Scalar, hops: int) -> Target | None:
        """Follow the tokens; where a `$ref` stands in the place of what they lead through, go on at its target."""
        place, pointer, node = document.source.position(0), f"{document.name}#", document.root
        for number, token in enumerate(tokens):
            step = _step(node, token)
            if step is None and (inner := _inner_ref(node)) is not None:
                moved = self._moved(document, inner, hops)
                if moved is None:
                    return None
                document, pointer, node = moved.document, moved.pointer, moved.node
                step = _step(node, token)
            if step is None:
                self._dangling(ref, tokens, number, node, document)
                return None
            place, node = step
            pointer = child_pointer(pointer, token)
        return Target(document, pointer, node, place)

    def _moved(self, document: Document, ref: Scalar, hops: int) -> Target | None:
        """The end of a chain of references."""
        if hops >= _MAX_HOPS:
            message = f"{ref.text!r} leads to itself, or through too many references"
            self._error("ES110", message, position_of(ref), "let one of them hold what is meant")
            return None
        target = self._resolve(document, ref, hops + 1)
        inner = None if target is None else _inner_ref(target.node)
        if target is None or inner is None:
            return target
        return self._moved(target.document, inner, hops + 1)

    def collection(self, document: Document, pointer: Pointer, node: Node) -> tuple[Document, Pointer, Node] | None:
        """The same collection, or what the `$ref` in its place leads to; None, and an error, if nowhere."""
        inner = _inner_ref(node)
        if inner is None:
            return document, pointer, node
        target = self._moved(document, inner, 0)
        return None if target is None else (target.document, target.pointer, target.node)

    def _dangling(self, ref: Scalar, tokens: list[str], number: int, node: Node, document: Document) -> None:
        known = list(node.pairs) if isinstance(node, Mapping) and document.source.shown else []
        where = child_pointer(f"{document.name}#", *tokens[:number]).removesuffix("#")
        message = f"{ref.text!r} leads nowhere: {where} has no {tokens[number]!r}"
        hint = did_you_mean(tokens[number], known, "correct the reference, or add what it names")
        start = ref.text.rfind(tokens[number])
        whole = start < 0 or "~" in ref.text or "%" in ref.text
        place = position_of(ref) if whole else position_inside(ref, start, len(tokens[number]))
        self._error("ES109", message, place, hint)

    def _error(self, code: str, message: str, position: Position, hint: str) -> None:
        self._diagnostics.error(code, message, position, hint)


def _keeps_siblings(root: Node, base: Document | None) -> bool:
    """From the file's own version where it says one, else as whoever referred to it."""
    version = root.get("openapi") if isinstance(root, Mapping) else None
    if isinstance(version, Scalar):
        return not version.text.startswith("3.0")
    if isinstance(root, Mapping) and "swagger" in root.pairs:
        return False
    return base.keeps_siblings if base is not None else True


def _inner_ref(node: Node) -> Scalar | None:
    inner = node.get("$ref") if isinstance(node, Mapping) else None
    return inner if isinstance(inner, Scalar) else None


def tokens_of(fragment: str) -> list[str]:
    """The reference tokens of a JSON pointer in a URI's fragment."""
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in fragment.split("/")[1:]]


def _step(node: Node, token: str) -> tuple[Position, Node] | None:
    if isinstance(node, Mapping):
        pair = node.pairs.get(token)
        return None if pair is None else (position_of(pair.key), pair.value)
    if isinstance(node, Sequence) and token.isascii() and token.isdigit() and len(token) < 9:
        index = int(token)
        if index < len(node.items):
            return position_of(node.items[index]), node.items[index]
    return None
