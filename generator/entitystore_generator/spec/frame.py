"""What surrounds the schemas: is this an OpenAPI document, which version, where are its schemas.

openapi-spec-validator is not called: its import alone takes 0.2 to 0.4 s and a document of 1000 entities 4.3 s, twice
the time of all else, for what this front end checks itself, with places, in what an entity reaches; and what published
documents get wrong in paths and examples does not matter here. The tests use it as an oracle: what is accepted here,
it accepts.

Rules of this file:
- What is wrong around the schemas is an error only where it leaves open what the document is.
- A document whose version is not known is read as 3.1, so that its other faults are told, too.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Gaps
from entitystore_generator.spec.documents import Document, Library, child_pointer
from entitystore_generator.spec.extensions import LINT, TABLE, ExtensionReader
from entitystore_generator.spec.nodes import Mapping, Node, Pair, Scalar, position_of, repeated_keys
from entitystore_generator.spec.schema import LintIgnores, Pointer, TableExtension
from entitystore_generator.spec.shapes import Shapes

__all__ = ["Frame", "NamedSchema", "read_frame"]

Version = Literal["2.0", "3.0", "3.1"]

_VERSION = re.compile(r"3\.([012])(\.[0-9]+.*)?")
_OLD = re.compile(r"2\.0(\.0)?")


@dataclass(frozen=True, slots=True)
class NamedSchema:
    """A schema below `components/schemas` or `definitions`, as the document's author listed it."""

    name: str
    document: Document
    pointer: Pointer
    pair: Pair


@dataclass(frozen=True, slots=True)
class Frame:
    """A document without its schemas' content. `table` is None where the document has no `x-dynamodb-table`.

    `gaps` are what could not be read of the root's extensions, and of the list of schemas.
    """

    version: Version
    title: str
    table: TableExtension | None
    schemas: tuple[NamedSchema, ...]
    lint: LintIgnores
    gaps: Gaps


def read_frame(
    document: Document, library: Library, extensions: ExtensionReader, diagnostics: Diagnostics
) -> Frame | None:
    """The frame; None, and errors, where there is nothing to read in this."""
    shapes = Shapes(diagnostics)
    root = document.root
    if not isinstance(root, Mapping):
        message = "this is no OpenAPI document: it has to be a mapping"
        shapes.error("ES104", message, position_of(root), "begin with openapi: 3.1.0")
        return None
    version = _version(root, shapes)
    if version is None and not root.source.own:
        return None  # nothing is told of a file that may be no document
    at_first = diagnostics.error_count
    extensions.check_keys(root, (TABLE, LINT))
    table = root.pairs.get(TABLE)
    said = extensions.table(table) if table is not None else None
    after_table = diagnostics.error_count
    lint = extensions.lint(root)
    after_extensions = diagnostics.error_count
    schemas = _schemas(document, root, library, shapes, extensions)
    is_root_whole = not repeated_keys(root)
    return Frame(
        version=version or "3.1",
        title=_title(root, shapes, extensions) if version else "",
        table=said,
        schemas=schemas,
        lint=lint,
        gaps=Gaps(
            table=not is_root_whole or after_table > at_first,
            silences=not is_root_whole or after_extensions > at_first,
            entities=not is_root_whole or diagnostics.error_count > after_extensions,
        ),
    )


def _version(root: Mapping, shapes: Shapes) -> Version | None:
    for key, pattern in (("openapi", _VERSION), ("swagger", _OLD)):
        pair = root.pairs.get(key)
        if pair is None:
            continue
        text = pair.value.text if isinstance(pair.value, Scalar) else ""
        match = pattern.fullmatch(text)
        if match is None:
            hint = "it can be openapi 3.0, 3.1 or 3.2, or swagger 2.0"
            readable = text and root.source.own
            message = f"{key} {text!r} is no version that can be read" if readable else f"{key} names no version"
            shapes.error("ES105", message, position_of(pair.value), hint)
            return None
        if key == "swagger":
            return "2.0"
        return "3.0" if match[1] == "0" else "3.1"
    message = "this is no OpenAPI document: neither `openapi` nor `swagger` names a version"
    near = difflib.get_close_matches("openapi", root.pairs, n=1, cutoff=0.8)
    hint = f"write openapi instead of {near[0]}" if near else "begin with openapi: 3.1.0"
    shapes.error("ES104", message, root.source.position(root.start), hint)
    return None


def _title(root: Mapping, shapes: Shapes, extensions: ExtensionReader) -> str:
    info = root.get("info")
    if not isinstance(info, Mapping):
        message = "the document has no `info`, which OpenAPI requires"
        shapes.warning("ES123", message, position_of(root), "write info: {title: …, version: …}")
        return ""
    extensions.check_keys(info, ())
    title = info.get("title")
    return title.text if isinstance(title, Scalar) else ""


def _schemas(
    document: Document, root: Mapping, library: Library, shapes: Shapes, extensions: ExtensionReader
) -> tuple[NamedSchema, ...]:
    found: list[NamedSchema] = []
    for path in (("components", "schemas"), ("definitions",)):
        here: tuple[Document, Pointer, Node] | None = (document, f"{document.name}#", root)
        for name in path:
            here = _below(here, name, library, shapes)
            if here is not None and isinstance(here[2], Mapping) and name == "components":
                extensions.check_keys(here[2], ())
        if here is not None:
            found += _named(here, shapes)
    return tuple(found)


def _below(
    here: tuple[Document, Pointer, Node] | None, token: str, library: Library, shapes: Shapes
) -> tuple[Document, Pointer, Node] | None:
    node = here[2].get(token) if here is not None and isinstance(here[2], Mapping) else None
    if here is None or node is None:
        return None
    if isinstance(here[2], Mapping) and repeated_keys(here[2]):
        shapes.diagnostics.count_known_fault()
    moved = library.collection(here[0], child_pointer(here[1], token), node)
    if moved is None or isinstance(moved[2], Mapping):
        return moved
    if not (isinstance(moved[2], Scalar) and not moved[2].text):  # `schemas:` with nothing below it
        shapes.wrong(moved[2], token, "a mapping")
    return None


def _named(here: tuple[Document, Pointer, Node], shapes: Shapes) -> list[NamedSchema]:
    document, pointer, node = here
    assert isinstance(node, Mapping)
    if repeated_keys(node):
        shapes.diagnostics.count_known_fault()
    return [
        NamedSchema(name, document, child_pointer(pointer, name), pair)
        for name, pair in shapes.names(node, "the name of a schema")
        if not name.startswith("x-")
    ]
