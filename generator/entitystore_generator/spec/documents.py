"""The files of a document, and where a `$ref` leads.

Rules of this file:
- Each file is read once, however often and by whatever path it is named; only files that a schema of an entity needs
  are read.
- A file's name is its path from the first document's folder, with forward slashes; it may begin with `../`.
- `$ref` is a relative path, a JSON pointer, or both (RFC 3986, RFC 6901). Nothing is ever fetched from a network.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.compose import compose_yaml
from entitystore_generator.spec.json_text import compose_json
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence, position_inside, position_of
from entitystore_generator.spec.schema import Pointer
from entitystore_generator.spec.source import DocumentError, Source, read_source, same_file_key

__all__ = ["Document", "Library", "Target", "child_pointer"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
_MAX_HOPS = 50


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

    def __init__(self, spec: Path, spec_name: str, diagnostics: Diagnostics) -> None:
        self._folder = spec.parent
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
        return self._open(path.name, path, shown, Position(shown, 0, 0), None)

    def _other(self, name: str, place: Position, base: Document) -> Document | None:
        path = self._folder / name
        known = self._names.get(same_file_key(path))
        if known is not None:
            return self._documents[known]
        return self._open(name, path, posixpath.normpath(posixpath.join(self._shown_folder, name)), place, base)

    def _open(self, name: str, path: Path, shown: str, place: Position, base: Document | None) -> Document | None:
        self._names[same_file_key(path)] = name
        self._documents[name] = None
        try:
            source = read_source(path, shown, place)
            self.inputs.append(path)
            root = self._parse(source)
        except DocumentError as error:
            self._report(error)
            return None
        self._documents[name] = document = Document(name, source, root, _keeps_siblings(root, base))
        return document

    def _report(self, error: DocumentError) -> None:
        self._diagnostics.error(error.code, error.message, error.position, error.hint)

    def _parse(self, source: Source) -> Node:
        """JSON where it begins like JSON and is; else YAML, in which the same may be a flow mapping."""
        if source.text.lstrip(" \t\r\n")[:1] not in ("{", "["):
            return compose_yaml(source, self._report)
        duplicates: list[DocumentError] = []
        try:
            root = compose_json(source, duplicates.append)
        except DocumentError as error:
            if source.file.lower().endswith(".json") or error.code != "ES102":
                raise
            return compose_yaml(source, self._report)
        for duplicate in duplicates:
            self._report(duplicate)
        return root

    # ------------------------------------------------------------------------------------------- references

    def resolve(self, base: Document, ref: Scalar) -> Target | None:
        """Where the text of a `$ref` in `base` leads; None, and an error, where it leads nowhere."""
        path, _, fragment = ref.text.partition("#")
        if _SCHEME.match(path) or path.startswith("/"):
            message = f"{ref.text!r} is not in a file beside this one"
            self._error("ES111", message, position_of(ref), "save a copy and refer to it by a relative path")
            return None
        document = base
        if path:
            name = posixpath.normpath(posixpath.join(posixpath.dirname(base.name), unquote(path)))
            other = self._other(name, position_of(ref), base)
            if other is None:
                return None
            document = other
        if fragment and not fragment.startswith("/"):
            message = f"{ref.text!r} is no JSON pointer, which begins with #/"
            self._error("ES109", message, position_of(ref), "write the whole path: #/components/schemas/…")
            return None
        return self._walk(document, _tokens(fragment), ref)

    def _walk(self, document: Document, tokens: list[str], ref: Scalar) -> Target | None:
        """Follow the tokens; where a file puts `$ref` in the place of a whole map, go on there."""
        place, pointer, node = document.source.position(0), f"{document.name}#", document.root
        for number, token in enumerate(tokens):
            step = _step(node, token)
            if step is None and (moved := self._moved(document, node, ref)) is not None:
                document, pointer, node = moved.document, moved.pointer, moved.node
                step = _step(node, token)
            if step is None:
                self._dangling(ref, tokens, number, node, document)
                return None
            place, node = step
            pointer = child_pointer(pointer, token)
        return Target(document, pointer, node, place)

    def _moved(self, document: Document, node: Node, ref: Scalar) -> Target | None:
        """The target of a `$ref` that stands for a collection, through as many as there are."""
        target = None
        for _ in range(_MAX_HOPS):
            inner = node.get("$ref") if isinstance(node, Mapping) else None
            if not isinstance(inner, Scalar) or inner is ref:
                return target
            target = self._shallow(document, inner)
            if target is None:
                return None
            document, node = target.document, target.node
        return None

    def _shallow(self, document: Document, ref: Scalar) -> Target | None:
        """Like `resolve`, but following nothing on the way and saying nothing: who asks reports."""
        path, _, fragment = ref.text.partition("#")
        if _SCHEME.match(path) or path.startswith("/") or (fragment and not fragment.startswith("/")):
            return None
        if path:
            name = posixpath.normpath(posixpath.join(posixpath.dirname(document.name), unquote(path)))
            other = self._other(name, position_of(ref), document)
            if other is None:
                return None
            document = other
        pointer, node = f"{document.name}#", document.root
        place = document.source.position(0)
        for token in _tokens(fragment):
            step = _step(node, token)
            if step is None:
                return None
            (place, node), pointer = step, child_pointer(pointer, token)
        return Target(document, pointer, node, place)

    def collection(self, document: Document, node: Node) -> tuple[Document, Pointer, Node] | None:
        """What a `$ref` in the place of a collection leads to; None where `node` is none."""
        target = self._moved(document, node, Scalar(document.source, 0, 0, "", False))
        return None if target is None else (target.document, target.pointer, target.node)

    def _dangling(self, ref: Scalar, tokens: list[str], number: int, node: Node, document: Document) -> None:
        known = list(node.pairs) if isinstance(node, Mapping) else []
        above = "/".join(["#", *tokens[:number]])
        where = f"{document.name}{above}" if number or document.name != "" else document.name
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


def _tokens(fragment: str) -> list[str]:
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
