"""`oneOf`, `anyOf`, several types at once, and bases with a discriminator: to unions that can be told apart.

Rules of this file:
- What is stored must say which branch it is: by the discriminator, by the DynamoDB type, or, among objects, by a
  required property that the others lack. A union of which that is not true is an error, never a guess.
- Branches are tried in the order of the document, but objects that demand more come before those that demand less
  where the document's order could not work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.ir.classes import InlinePlace
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    DateTimeType,
    EnumType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    SetType,
    UnionOption,
    UnionType,
)
from entitystore_generator.spec.schema import Schema

if TYPE_CHECKING:
    from entitystore_generator.ir.types import Types

__all__ = ["build", "is_base", "stored_kind"]

_HINT = "give the union a discriminator, or make it one type"


def is_base(schema: Schema, context: Context) -> bool:
    """True for an object schema whose discriminator maps to schemas that extend it."""
    return bool(_children(schema, context)) and not (schema.one_of or schema.any_of)


def _children(schema: Schema, context: Context) -> tuple[Schema, ...]:
    if schema.discriminator is None:
        return ()
    pointers = dict.fromkeys(pointer for _, pointer in schema.discriminator.mapping)
    known = context.spec.schemas
    return tuple(known[each] for each in pointers if each in known and each != schema.pointer)


class _Branch(Struct, frozen=True):
    """One branch: its type and the schema that it was made of, with references followed."""

    type: FieldType
    schema: Schema


def build(types: Types, schema: Schema, place: InlinePlace) -> tuple[FieldType, bool]:
    """The type of a union, and whether null is one of its values."""
    schemas = _branch_schemas(types.context, schema)
    if not is_base(schema, types.context):
        if schema.properties and all(map(_only_requires, schemas)):
            return _without_branches(types, schema, place)
        if schema.properties or (schema.one_of and schema.any_of):
            return types.refuse(
                "ES216",
                "properties, oneOf and anyOf side by side cannot be one type",
                schema,
                "put what is common into a schema that every branch includes with allOf",
            )
    constants = _constants(schema, schemas)
    if constants is not None:
        return types.plain(constants, None, place, schema.description)
    branches, nullable = _branches(types, schemas, place)
    return _union(types, schema, branches), nullable


def _branch_schemas(context: Context, schema: Schema) -> tuple[Schema, ...]:
    if schema.one_of or schema.any_of:
        return schema.one_of or schema.any_of
    if len(schema.types) > 1:
        return tuple(
            replace(schema, pointer=f"{schema.pointer} {name}", types=(), type=name, nullable=False)
            for name in schema.types
        )
    return _children(schema, context)


def _only_requires(branch: Schema) -> bool:
    """True where a branch only says which properties are required together."""
    return bool(branch.required) and not (branch.ref or branch.properties or branch.all_of or branch.one_of)


def _without_branches(types: Types, schema: Schema, place: InlinePlace) -> tuple[FieldType, bool]:
    types.context.note(
        "ES222",
        "which properties oneOf or anyOf requires together is not checked",
        schema.position,
        "make them required, or separate schemas",
    )
    return types.plain(replace(schema, one_of=(), any_of=()), None, place, schema.description)


def _constants(schema: Schema, branches: tuple[Schema, ...]) -> Schema | None:
    """An enum for a union of constants, which is how 3.1 gives each value a description."""
    values = [branch.const for branch in branches if branch.has_const and not branch.nullable]
    texts = tuple(value for value in values if isinstance(value, str))
    whole = tuple(value for value in values if isinstance(value, int) and not isinstance(value, bool))
    for found in (texts, whole):
        if len(found) == len(branches) > 1:
            return replace(schema, one_of=(), any_of=(), enum_values=found, discriminator=None)
    return None


def _branches(types: Types, schemas: tuple[Schema, ...], place: InlinePlace) -> tuple[list[_Branch], bool]:
    branches: dict[FieldType, _Branch] = {}
    any_nullable = False
    for schema in schemas:
        type_, nullable = types.field_type(schema, place)
        any_nullable = any_nullable or nullable
        resolved = types.resolver.resolve(schema).schema
        for each in _flattened(type_):
            branches.setdefault(each, _Branch(each, resolved))
    return list(branches.values()), any_nullable


def _flattened(type_: FieldType) -> list[FieldType]:
    """The branches of a union within a union, unless a discriminator tells them apart."""
    if isinstance(type_, UnionType) and type_.discriminator is None:
        return [option.type for option in type_.options]
    return [type_]


def _union(types: Types, schema: Schema, branches: list[_Branch]) -> FieldType:
    if len(branches) == 1:
        return branches[0].type
    if not branches or any(isinstance(branch.type, AnyType) for branch in branches):
        return AnyType()
    if schema.discriminator is not None:
        return _tagged(types, schema, branches)
    return _untagged(types, schema, branches)


# ------------------------------------------------------------------------------------ without a discriminator


def _untagged(types: Types, schema: Schema, branches: list[_Branch]) -> FieldType:
    kinds: dict[str, FieldType] = {}
    for branch in branches:
        if isinstance(branch.type, UnionType):
            return types.refuse("ES216", "a union with a discriminator inside another union", schema, _HINT)[0]
        kind = _kind(types, branch.type)
        other = kinds.setdefault(kind, branch.type)
        both_objects = isinstance(other, ObjectType) and isinstance(branch.type, ObjectType)
        if other is not branch.type and not both_objects:
            message = f"two branches of this union are both stored as {kind} and cannot be told apart"
            return types.refuse("ES216", message, schema, _hint_for(kind))[0]
    ordered = _in_order(types, branches)
    if ordered is None:
        message = "two branches of this union cannot be told apart by their required properties"
        return types.refuse("ES216", message, schema, _HINT)[0]
    return UnionType(tuple(UnionOption(branch.type) for branch in ordered))


def _hint_for(kind: str) -> str:
    return {
        "N": "say number alone: it admits integers too",
        "S": "say string alone, without a format",
    }.get(kind, _HINT)


def _in_order(types: Types, branches: list[_Branch]) -> list[_Branch] | None:
    """The branches such that the first that fits is the right one; None if no order does that."""
    objects = [branch for branch in branches if isinstance(branch.type, ObjectType)]
    others = [branch for branch in branches if not isinstance(branch.type, ObjectType)]
    for order in (objects, sorted(objects, key=lambda branch: -len(branch.schema.required))):
        pairs = ((first, second) for place, first in enumerate(order) for second in order[place + 1 :])
        if all(_refuses(types, first.schema, second.schema) for first, second in pairs):
            return branches if order is objects else [*others, *order]
    return None


def _refuses(types: Types, first: Schema, second: Schema) -> bool:
    """True where no value of `second` has all that `first` requires, in the right DynamoDB types."""
    for name in first.required:
        if name not in first.properties:
            continue
        if name not in second.properties:
            return True
        if _are_disjoint(types, first.properties[name], second.properties[name]):
            return True
    return False


def _are_disjoint(types: Types, first: Schema, second: Schema) -> bool:
    one, two = types.resolver.resolve(first), types.resolver.resolve(second)
    if one.nullable or two.nullable:
        return False
    values, others = _values(one.schema), _values(two.schema)
    if values and others:
        return not values & others
    return bool(one.schema.type and two.schema.type) and not _same_kind(one.schema.type, two.schema.type)


def _values(schema: Schema) -> set[tuple[str, object]]:
    listed = (schema.const,) if schema.has_const else schema.enum_values
    return {(type(value).__name__, value) for value in listed if isinstance(value, (str, int))}


def _same_kind(first: str, second: str) -> bool:
    return first == second or {first, second} == {"integer", "number"}


def _kind(types: Types, type_: FieldType) -> str:
    return stored_kind(type_, lambda name: types.enums[name].base)


def stored_kind(type_: FieldType, enum_base: Callable[[str], str]) -> str:
    """DynamoDB's name for the type that a value is stored as; "" for any and for unions.

    `enum_base` gives the base of an enum by its name.
    """
    match type_:
        case IntegerType() | NumberType() | DateTimeType(expires=True):
            return "N"
        case BooleanType():
            return "BOOL"
        case BytesType():
            return "B"
        case EnumType(class_name=name):
            return "S" if enum_base(name) == "str" else "N"
        case LiteralType(value=value):
            return "BOOL" if isinstance(value, bool) else "N" if isinstance(value, int) else "S"
        case ListType():
            return "L"
        case MapType() | ObjectType():
            return "M"
        case SetType(item=item):
            return f"{stored_kind(item, enum_base)}S"
        case NullableType(inner=inner):
            return stored_kind(inner, enum_base)
        case AnyType() | UnionType():
            return ""
        case _:
            return "S"


# --------------------------------------------------------------------------------------- with a discriminator


def _tagged(types: Types, schema: Schema, branches: list[_Branch]) -> FieldType:
    discriminator = schema.discriminator
    assert discriminator is not None
    tags = _tags(types.context, schema, branches)
    for branch in branches:
        fault = _tag_fault(types, branch, discriminator.property_name, tags[branch.schema.pointer])
        if fault:
            types.context.error("ES216", fault, discriminator.position, "every branch has to require the tag")
            return AnyType()
    options = tuple(UnionOption(branch.type, tags[branch.schema.pointer]) for branch in branches)
    return UnionType(options, discriminator.property_name)


def _tags(context: Context, schema: Schema, branches: list[_Branch]) -> dict[str, tuple[str, ...]]:
    """Branch pointer to the values of the tag that choose it: those of the mapping, else the schema's name."""
    assert schema.discriminator is not None
    mapping = schema.discriminator.mapping
    tags: dict[str, tuple[str, ...]] = {}
    for branch in branches:
        pointer = branch.schema.pointer
        listed = tuple(tag for tag, target in mapping if target == pointer)
        tags[pointer] = listed or (pointer.rpartition("/")[2],)
    _report_repeated(context, schema, tags)
    return tags


def _report_repeated(context: Context, schema: Schema, tags: dict[str, tuple[str, ...]]) -> None:
    assert schema.discriminator is not None
    seen: set[str] = set()
    for tag in (tag for each in tags.values() for tag in each):
        if tag in seen:
            context.error(
                "ES216",
                f"the discriminator's value {tag!r} stands for two branches",
                schema.discriminator.position,
                "give each branch values of its own in the mapping",
            )
        seen.add(tag)


def _tag_fault(types: Types, branch: _Branch, name: str, tags: tuple[str, ...]) -> str:
    """What is wrong with the tag property of a branch; "" if nothing is."""
    if not isinstance(branch.type, ObjectType):
        return "a branch of a union with a discriminator is no object"
    title = branch.type.class_name
    if name not in branch.schema.properties or name not in branch.schema.required:
        return f"{title} does not require the discriminator's property {name!r}"
    resolved = types.resolver.resolve(branch.schema.properties[name])
    if resolved.nullable or (resolved.schema.type not in ("", "string")):
        return f"the discriminator's property {name!r} of {title} is no plain string"
    values = {value for kind, value in _values(resolved.schema) if kind == "str"}
    missing = [tag for tag in tags if values and tag not in values]
    return f"{missing[0]!r} chooses {title}, whose property {name!r} cannot have that value" if missing else ""
