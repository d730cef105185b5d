"""Everything that the entities reach, each schema once, and nothing else.

Rules of this file:
- A work list, not recursion: a chain of references may be as long as the document.
- The order is that of first need, entities first, so it depends on nothing but the documents.
- A schema that is made of itself alone, through `$ref` and `allOf`, is an error; through properties and items it may
  come back to itself as often as it likes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec.structs import replace

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.descendants import Descendants
from entitystore_generator.spec.documents import Document, Library, Target
from entitystore_generator.spec.entities import FoundEntity, definition
from entitystore_generator.spec.extensions import ENTITY, INDEX_MAP, ExtensionReader
from entitystore_generator.spec.frame import Frame
from entitystore_generator.spec.nodes import Mapping as MappingNode
from entitystore_generator.spec.nodes import Scalar, position_of
from entitystore_generator.spec.schema import Pointer, Schema
from entitystore_generator.spec.schemas import SchemaReader

__all__ = ["Closure"]

_LISTS = ("components/schemas/", "definitions/")


class Closure:
    """Reads schemas as they are needed."""

    def __init__(self, frame: Frame, library: Library, extensions: ExtensionReader, diagnostics: Diagnostics) -> None:
        self._frame = frame
        self._library = library
        self._diagnostics = diagnostics
        self._listed = {(each.document.name, each.name): each for each in frame.schemas}
        self._reader = SchemaReader(diagnostics, extensions, self._follow)
        self._waiting: deque[Target] = deque()
        self._asked: set[Pointer] = set()
        self._entities: set[Pointer] = set()

    def read(self, entities: list[FoundEntity]) -> dict[Pointer, Schema]:
        """All schemas that are needed, by pointer."""
        self._entities = {found.entity.schema for found in entities}
        for found in entities:
            self._ask(found.target)
        schemas: dict[Pointer, Schema] = {}
        while self._waiting:
            target = self._waiting.popleft()
            schemas[target.pointer] = self._read(target)
        for pointer in _report_circles(schemas, self._diagnostics):
            schemas[pointer] = replace(schemas[pointer], ref=None, all_of=(), faulty=True, partial=True)
        return schemas

    def _ask(self, target: Target) -> None:
        if target.pointer not in self._asked:
            self._asked.add(target.pointer)
            self._waiting.append(target)

    def _read(self, target: Target) -> Schema:
        allowed = (INDEX_MAP, ENTITY) if _is_named(target.pointer) else ()
        if target.pointer not in self._entities and isinstance(target.node, MappingNode):
            self._report_unlisted(target.node, allowed)
        schema = self._reader.read(target.document, target.node, target.pointer, target.position, allowed)
        is_base = schema.discriminator is not None and not (schema.one_of or schema.any_of)
        return self._with_descendants(schema) if is_base else schema

    def _with_descendants(self, base: Schema) -> Schema:
        """The base of an inheritance with all that extends it in the discriminator's mapping."""
        assert base.discriminator is not None
        mapping = list(base.discriminator.mapping)
        for name, target in self._descendants.of(base.pointer):
            if all(pointer != target.pointer for _, pointer in mapping):
                mapping.append((name, target.pointer))
                self._ask(target)
        return replace(base, discriminator=replace(base.discriminator, mapping=tuple(mapping)))

    @cached_property
    def _descendants(self) -> Descendants:
        listed = {schema.pointer for schema in self._frame.schemas}
        defined = ((each, definition(each, self._library, listed)) for each in self._frame.schemas)
        return Descendants((each.name, each.pointer, target) for each, target in defined if target is not None)

    def _report_unlisted(self, node: MappingNode, allowed: tuple[str, ...]) -> None:
        if INDEX_MAP in allowed and INDEX_MAP in node.pairs:
            message = f"this {INDEX_MAP} makes no entity: the document does not list the schema"
            hint = "add it to the document's components/schemas by a $ref, or remove the index map"
            self._diagnostics.warning("ES116", message, position_of(node.pairs[INDEX_MAP].key), hint)

    def _follow(self, document: Document, ref: Scalar, may_be_name: bool) -> Pointer | None:
        target = self._by_name(document, ref.text) if may_be_name else None
        target = target or self._library.resolve(document, ref)
        if target is None:
            self._diagnostics.count_known_fault()  # a file that cannot be read is reported once
            return None
        self._ask(target)
        return target.pointer

    def _by_name(self, document: Document, name: str) -> Target | None:
        """The schema of a discriminator's bare name, which OpenAPI looks for below components/schemas."""
        listed = self._listed.get((document.name, name))
        if listed is None:
            return None
        return Target(listed.document, listed.pointer, listed.pair.value, position_of(listed.pair.key))


def _is_named(pointer: Pointer) -> bool:
    """True for a schema in a list of schemas, in any file, or a file's only one."""
    _, _, fragment = pointer.partition("#")
    parent = fragment[1:].rpartition("/")[0] + "/"
    return fragment.count("/") <= 1 or parent in _LISTS


# ------------------------------------------------------------------------------------------------ circles


def _report_circles(schemas: Mapping[Pointer, Schema], diagnostics: Diagnostics) -> set[Pointer]:
    """Depth first through what schemas are made of, with a stack of its own; gives all that are in circles."""
    done: set[Pointer] = set()
    circular: set[Pointer] = set()
    for start in schemas:
        path: dict[Pointer, Iterator[Pointer]] = {}
        following: Pointer | None = start
        while following is not None or path:
            if following is not None and following not in done and following in schemas:
                path[following] = _made_of(schemas[following])
                done.add(following)
            current = next(reversed(path), None)
            if current is None:
                break
            following = next(path[current], None)
            if following is None:
                del path[current]
            elif following in path:
                circle = list(path)[list(path).index(following) :]
                circular.update(circle)
                _report_circle(circle, schemas, diagnostics)
    return circular


def _made_of(schema: Schema) -> Iterator[Pointer]:
    if schema.ref is not None:
        yield schema.ref
    for part in schema.all_of:
        yield from _made_of(part)


def _report_circle(circle: list[Pointer], schemas: Mapping[Pointer, Schema], diagnostics: Diagnostics) -> None:
    names = [pointer.rpartition("/")[2] for pointer in circle]
    shown = " -> ".join([*names[:6], *(["…"] if len(names) > 6 else []), names[0]])
    message = f"this schema is made of itself: {shown}"
    hint = "a schema may come back to itself through a property or items, not through $ref or allOf alone"
    diagnostics.error("ES110", message, schemas[circle[0]].position, hint)
