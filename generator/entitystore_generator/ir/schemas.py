"""Schemas made plain: `$ref` followed and `allOf` merged, so that what is left says by itself what it admits.

Rules of this file:
- A `$ref`, alone or (in place) as the only part of `allOf` that restricts anything, keeps the identity (`pointer`) of
  its target: one class for all who refer to it. Anything else that is merged is a schema of its own.
- Parts that contradict each other are an error at the part that came second; the first one then counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import JsonValue
from entitystore_generator.spec.schema import AttributeExtension, Pointer, Schema

__all__ = ["Resolved", "Resolver"]

_MAX_DEPTH = 60
_MAX_PARTS = 12
_JOIN = "\x1f"
"""Between the pointers of what was merged. Each stands there once, so that schemas which include each other in a
circle come back to a pointer that is known, instead of to ever longer ones."""

_TEXTS = ("description", "title", "examples")
_FLAGS = ("deprecated", "read_only", "write_only")

T = TypeVar("T")
N = TypeVar("N", int, Decimal)

TypeName: TypeAlias = Literal["", "string", "integer", "number", "boolean", "array", "object"]

_restrictions = attrgetter(
    *("type", "types", "format", "content_encoding", "enum_values", "has_const"),
    *("properties", "required", "additional", "min_properties", "max_properties"),
    *("items", "min_items", "max_items", "unique_items"),
    *("all_of", "one_of", "any_of"),
    *("min_length", "max_length", "pattern"),
    *("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"),
    "faulty",
)
"""What a schema says about values, as against descriptions, defaults and the like."""


class Resolved(Struct, frozen=True):
    """A schema with its references followed. The rest is gathered on the way, the nearest first.

    `chain` are the schemas on the way, `schema` the last of them.
    """

    schema: Schema
    chain: tuple[Schema, ...]
    nullable: bool
    has_default: bool
    default: JsonValue
    default_from: Schema
    description: str
    read_only: bool
    attribute: AttributeExtension | None


class Resolver:
    """Follows and merges the schemas of one document; remembers what it has merged."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._merged: dict[Pointer, Schema] = {}
        self._merging: list[Pointer] = []
        self._free = _restrictions(Schema("", Position("", 0, 0)))

    def resolve(self, schema: Schema) -> Resolved:
        """What `schema` stands for, without `$ref` and `allOf`."""
        chain = [schema]
        while (found := self._target(chain[-1])) is not None:
            target, beside = found
            if any(target is seen for seen in chain):
                self._circle(schema)
                return _resolved([replace(schema, ref=None, all_of=(), faulty=True, partial=True)])
            chain += [*beside, target]
        last = self._flat(chain[-1])
        return _resolved([*chain[:-1], last])

    def _circle(self, schema: Schema) -> None:
        self._context.error(
            "ES224",
            "this schema is defined by itself alone",
            schema.position,
            "let one of the schemas in the circle say what it is",
        )

    def _target(self, schema: Schema) -> tuple[Schema, list[Schema]] | None:
        """The schema that `schema` merely refers to; None if it says something itself.

        With the parts beside it that restrict nothing: they have a description, a default, the name of an attribute.
        """
        if schema.all_of and schema.pointer in self._context.spec.schemas:
            return None  # a schema of its own name extends the one that it includes
        parts = [*self._of_ref(schema), *schema.all_of]
        restricting = [part for part in parts if self._restricts(part)]
        own = replace(schema, ref=None, all_of=())
        if self._restricts(own) or not parts:
            return None
        if len(restricting) > 1 and not all(part.ref and part.ref == restricting[0].ref for part in restricting):
            return None
        target = restricting[0] if restricting else parts[0]
        beside = [part for part in parts if part is not target and not self._restricts(part)]
        return target, [replace(part, nullable=False) for part in beside]

    def _of_ref(self, schema: Schema) -> list[Schema]:
        if schema.ref is None:
            return []
        target = self._context.spec.schemas.get(schema.ref)
        return [] if target is None else [target]

    def _restricts(self, schema: Schema) -> bool:
        return schema.ref is not None or _restrictions(schema) != self._free

    def _flat(self, schema: Schema) -> Schema:
        """`schema` with the parts of `allOf` merged into it."""
        if schema.ref is None and not schema.all_of:
            return schema
        if schema.pointer in self._merged and schema.pointer not in self._merging:
            return self._merged[schema.pointer]
        if schema.pointer in self._merging or len(self._merging) >= _MAX_DEPTH:
            self._deep(schema)
            return replace(schema, ref=None, all_of=(), faulty=True, partial=True)
        self._merging.append(schema.pointer)
        try:
            flat = self._merge_all(schema)
        finally:
            self._merging.pop()
        self._merged[schema.pointer] = flat
        return flat

    def _deep(self, schema: Schema) -> None:
        message = "allOf comes back to this schema" if schema.pointer in self._merging else "allOf is nested too deeply"
        self._context.error("ES224", message, schema.position, "a schema cannot be one of its own parts")

    def _merge_all(self, schema: Schema) -> Schema:
        own = replace(schema, ref=None, all_of=(), nullable=False)
        parts = [self.resolve(part) for part in (*self._of_ref(schema), *schema.all_of)]
        bases = [_without_branch(part.schema, schema.pointer) for part in parts]
        merged = bases[0] if bases else own
        for base in bases[1:]:
            merged = self._merge(merged, base)
        nullable = schema.nullable or (bool(parts) and all(part.nullable for part in parts))
        merged = self._merge(merged, own) if parts else own
        return replace(
            merged,
            pointer=schema.pointer,
            position=schema.position,
            **self._words(schema, [] if merged.properties else [part.schema for part in parts]),
            nullable=nullable,
            discriminator=schema.discriminator,
            has_default=schema.has_default or any(part.has_default for part in parts),
            default=schema.default if schema.has_default else _first_default(parts),
            attribute=schema.attribute or next((part.attribute for part in parts if part.attribute), None),
        )

    def _words(self, schema: Schema, parts: Sequence[Schema]) -> dict[str, Any]:
        """What the schema says of itself; else what the last of its parts that does so says."""
        nearest = [schema, *reversed(parts)]
        texts = {name: next(filter(None, (getattr(each, name) for each in nearest)), "") for name in _TEXTS}
        return texts | {name: any(getattr(each, name) for each in nearest) for name in _FLAGS}

    def _merge(self, first: Schema, second: Schema) -> Schema:
        before = self._context.diagnostics.error_count
        merged = self._joined(first, second)
        faulty = first.faulty or second.faulty or self._context.diagnostics.error_count > before
        return replace(merged, faulty=faulty, partial=first.partial or second.partial) if faulty else merged

    def _joined(self, first: Schema, second: Schema) -> Schema:
        if second.has_const and first.has_const and first.const != second.const:
            self._conflict("const", second)
        return replace(
            first,
            type=self._common_type(first, second),
            types=first.types or second.types,
            format=self._same("format", first.format, second.format, second),
            content_encoding=self._same("contentEncoding", first.content_encoding, second.content_encoding, second),
            enum_values=self._common_values(first, second),
            has_const=first.has_const or second.has_const,
            const=first.const if first.has_const else second.const,
            properties=self._properties(first, second),
            property_positions={**second.property_positions, **first.property_positions},
            required=tuple(dict.fromkeys((*first.required, *second.required))),
            additional=second.additional if first.additional in (None, True) else first.additional,
            items=self._both(first.items, second.items),
            one_of=self._same("oneOf", first.one_of, second.one_of, second),
            any_of=self._same("anyOf", first.any_of, second.any_of, second),
            pattern=self._same("pattern", first.pattern, second.pattern, second),
            pattern_fault=first.pattern_fault if first.pattern else second.pattern_fault,
            multiple_of=self._same("multipleOf", first.multiple_of, second.multiple_of, second),
            min_length=_either(max, first.min_length, second.min_length),
            max_length=_either(min, first.max_length, second.max_length),
            minimum=_either(max, first.minimum, second.minimum),
            maximum=_either(min, first.maximum, second.maximum),
            exclusive_minimum=_either(max, first.exclusive_minimum, second.exclusive_minimum),
            exclusive_maximum=_either(min, first.exclusive_maximum, second.exclusive_maximum),
            min_items=_either(max, first.min_items, second.min_items),
            max_items=_either(min, first.max_items, second.max_items),
            min_properties=_either(max, first.min_properties, second.min_properties),
            max_properties=_either(min, first.max_properties, second.max_properties),
            unique_items=first.unique_items or second.unique_items,
        )

    def _common_type(self, first: Schema, second: Schema) -> TypeName:
        if {first.type, second.type} == {"integer", "number"}:
            return "integer"
        return self._same("type", first.type, second.type, second)

    def _common_values(self, first: Schema, second: Schema) -> tuple[str | int | float | bool, ...]:
        if not first.enum_values or not second.enum_values:
            return first.enum_values or second.enum_values
        common = tuple(value for value in first.enum_values if value in second.enum_values)
        if not common:
            self._conflict("enum", second)
        return common or first.enum_values

    def _properties(self, first: Schema, second: Schema) -> dict[str, Schema]:
        merged = dict(first.properties)
        for name, schema in second.properties.items():
            merged[name] = self._both(merged.get(name), schema) or schema
        return merged

    def _both(self, first: Schema | None, second: Schema | None) -> Schema | None:
        if first is None or second is None or first == second:
            return second if first is None else first
        places = dict.fromkeys((*second.pointer.split(_JOIN), *first.pointer.split(_JOIN)))
        if len(places) > _MAX_PARTS:
            self._context.error("ES224", "allOf joins too many schemas", second.position, "join fewer of them")
            return first
        return Schema(_JOIN.join(sorted(places)), second.position, all_of=(first, second))

    def _same(self, keyword: str, first: T, second: T, place: Schema) -> T:
        if first and second and first != second:
            self._conflict(keyword, place)
        return first or second

    def _conflict(self, keyword: str, place: Schema) -> None:
        self._context.error(
            "ES215",
            f"allOf joins two schemas that differ in {keyword}",
            place.position,
            f"say {keyword} in one of them only, or the same in both",
        )


def _without_branch(base: Schema, pointer: Pointer) -> Schema:
    """A base that lists the schema which extends it among its branches: these are not the schema's own."""
    lists_it = any(branch.ref == pointer for branch in (*base.one_of, *base.any_of))
    return replace(base, one_of=(), any_of=()) if lists_it else base


def _first_default(parts: list[Resolved]) -> JsonValue:
    return next((part.default for part in parts if part.has_default), None)


def _either(choose: Callable[[N, N], N], first: N | None, second: N | None) -> N | None:
    """The stricter of two bounds, of which either may be absent."""
    if first is None or second is None:
        return second if first is None else first
    return choose(first, second)


def _resolved(chain: list[Schema]) -> Resolved:
    default_from = next((each for each in chain if each.has_default), chain[-1])
    last = chain[-1]
    if any(each.faulty for each in chain):
        last = replace(last, faulty=True, partial=any(each.partial for each in chain))
    return Resolved(
        schema=last,
        chain=(*chain[:-1], last),
        nullable=any(each.nullable for each in chain),
        has_default=default_from.has_default,
        default=default_from.default,
        default_from=default_from,
        description=next((each.description for each in chain if each.description), ""),
        read_only=any(each.read_only for each in chain),
        attribute=next((each.attribute for each in chain if each.attribute is not None), None),
    )
