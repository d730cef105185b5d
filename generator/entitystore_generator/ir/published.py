"""What the JSON Schema of a generated class says in the document's own words, beside what follows from its types.

Rules of this file:
- The shape follows the type (a list's items, a map's values, a union's branches), and so ends where the type does.
- The nearest schema counts: what stands beside a `$ref` comes before what stands at its target.
- A schema that contains itself without an object between is an error elsewhere, and nothing is said of it here.
- A class or an enum says itself what its schema says; a property that refers to it adds its own words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from entitystore_generator.ir import scalars
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import (
    BytesType,
    EnumType,
    FieldType,
    IntegerType,
    Keywords,
    ListType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    Published,
    SetType,
    UnionType,
)
from entitystore_generator.ir.schemas import Resolved, Resolver
from entitystore_generator.ir.unions import branch_schemas
from entitystore_generator.spec.schema import Pointer, Schema

__all__ = ["Publisher", "published_by_class"]

_FLAGS = {"deprecated": "deprecated", "read_only": "readOnly", "write_only": "writeOnly"}
_FORMS = {"format": "format", "content_encoding": "contentEncoding", "content_media_type": "contentMediaType"}
_LENGTHS = {"min_length": "minLength", "max_length": "maxLength"}
_EXCLUSIVE = {"exclusive_minimum": "exclusiveMinimum", "exclusive_maximum": "exclusiveMaximum"}


class Publisher:
    """Gathers the words. `built` are the types that schemas without references were made to, by their pointers."""

    def __init__(self, context: Context, resolver: Resolver, built: Mapping[Pointer, FieldType]) -> None:
        self._context = context
        self._resolver = resolver
        self._built = built
        self._inside: list[Pointer] = []

    def of_value(self, resolved: Resolved, type_: FieldType) -> Published:
        """What is said of a value of this type."""
        resolved = self._through_only_branch(resolved)
        schema = resolved.schema
        if schema.pointer in self._inside:
            return Published()
        self._inside.append(schema.pointer)
        words = (*_words(resolved, type_), *_restrictions(schema, type_))
        published = Published(words, self._inner(schema, type_), tuple(self._branches(schema, type_)))
        self._inside.pop()
        return published

    def _through_only_branch(self, resolved: Resolved) -> Resolved:
        """`oneOf` of one schema and null is that schema."""
        branches = resolved.schema.one_of or resolved.schema.any_of
        if len(branches) != 1 or resolved.schema.properties:
            return resolved
        only = self._resolver.resolve(branches[0])
        if only.schema.pointer in (each.pointer for each in resolved.chain):
            return resolved
        return self._through_only_branch(replace(only, chain=(*resolved.chain, *only.chain)))

    def _inner(self, schema: Schema, type_: FieldType) -> Published | None:
        match type_:
            case ListType(item=item) | SetType(item=item):
                return self._of(schema.items, item)
            case MapType(value=value):
                return self._of(schema.additional if isinstance(schema.additional, Schema) else None, value)
            case _:
                return None

    def _of(self, schema: Schema | None, type_: FieldType) -> Published | None:
        plain = type_.inner if isinstance(type_, NullableType) else type_
        return None if schema is None else self.of_value(self._resolver.resolve(schema), plain)

    def _branches(self, schema: Schema, type_: FieldType) -> Iterator[tuple[FieldType, Published]]:
        """Those of each branch; branches of unions among them are branches of the whole."""
        if not isinstance(type_, UnionType):
            return
        is_listed = bool(schema.one_of or schema.any_of)
        for branch in branch_schemas(self._context, schema):
            resolved = self._resolver.resolve(branch if is_listed or branch.ref else _without_words(branch))
            built = self._built.get(resolved.schema.pointer)
            if isinstance(built, UnionType):
                yield from self._branches(resolved.schema, built)
            elif built is not None:
                yield built, self.of_value(resolved, built)


def published_by_class(schema: Schema) -> Keywords:
    """What is said of a class or an enum, beside its description."""
    words = [*_texts((schema,)), *_flags((schema,))]
    if schema.properties and schema.additional is False:
        words.append(("additionalProperties", "false"))
    if schema.said_of_values:
        words.append(("oneOf", schema.said_of_values))
    return tuple(words)


def _words(resolved: Resolved, type_: FieldType) -> Iterator[tuple[str, str]]:
    said = resolved.chain[:-1] if isinstance(type_, (ObjectType, EnumType)) else resolved.chain
    yield from _texts(said)
    description = next((each.description for each in said if each.description), "")
    if description:
        yield "description", json.dumps(description)
    yield from _flags(said)
    if resolved.has_default and resolved.default is None:
        yield "default", "null"


def _texts(chain: tuple[Schema, ...]) -> Iterator[tuple[str, str]]:
    title = next((each.title for each in chain if each.title), "")
    if title:
        yield "title", json.dumps(title)
    examples = next((each.examples for each in chain if each.examples), "")
    if examples:
        yield "examples", examples


def _flags(chain: tuple[Schema, ...]) -> Iterator[tuple[str, str]]:
    for name, keyword in _FLAGS.items():
        if any(getattr(each, name) for each in chain):
            yield keyword, "true"


def _restrictions(schema: Schema, type_: FieldType) -> Iterator[tuple[str, str]]:
    """Those that the type has in other words, or not at all."""
    if isinstance(type_, (ObjectType, EnumType)):
        return
    for name, keyword in _FORMS.items():
        if getattr(schema, name):
            yield keyword, json.dumps(getattr(schema, name))
    if isinstance(type_, NumberType) and scalars.implied_type(schema) == "string":
        yield "type", '"string"'
    names = {BytesType: _LENGTHS, IntegerType: _EXCLUSIVE}.get(type(type_), {})
    for name, keyword in names.items():
        bound = getattr(schema, name)
        if bound is not None:
            yield keyword, str(bound)


def _without_words(schema: Schema) -> Schema:
    """One of several types (`type: [string, integer]`): what is said, is said of all of them."""
    return replace(schema, title="", description="", examples="", deprecated=False, read_only=False, write_only=False)
