"""Whether what is stored of one type can be told from what is stored of another.

    Apart.kind(type)                    the DynamoDB type: S, N, M, …
    Apart.are_apart(one, other)         no stored value can be read as both
    Apart.refuses(first, second)        no stored object of `second` can be read as one of `first`

Rules of this file:
- The question is about stored values and about how the item structs read them: strictly, and without the lengths,
  patterns and bounds of the schema, which are no part of reading.
- "No" is always allowed as an answer; "yes" has to be certain.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    ChoiceType,
    DateTimeType,
    DateType,
    EitherType,
    EnumClass,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectClass,
    ObjectType,
    SetType,
    UnionType,
    UuidType,
)

__all__ = ["Apart", "Constant", "is_always_stored", "stored_kind"]

Constant: TypeAlias = str | int

_TIMES: Mapping[type, object] = {
    DateTimeType: Annotated[datetime.datetime, Meta(tz=True)],
    DateType: datetime.date,
    UuidType: UUID,
}
"""What texts of a format are read as. No text can be read as two of them."""


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
        case LiteralType(value=value) | ChoiceType(values=(value, *_)):
            return "BOOL" if isinstance(value, bool) else "N" if isinstance(value, int) else "S"
        case ListType():
            return "L"
        case MapType() | ObjectType():
            return "M"
        case SetType(item=item):
            return f"{stored_kind(item, enum_base)}S"
        case NullableType(inner=inner) | EitherType(type=inner):
            return stored_kind(inner, enum_base)
        case AnyType() | UnionType():
            return ""
        case _:
            return "S"


def is_always_stored(field: Field) -> bool:
    """True where the attribute is missing in no stored object. An empty set is."""
    return field.required and not isinstance(field.type, SetType)


class Apart(Struct, frozen=True):
    """Knows the classes and enums by their names."""

    classes: Mapping[str, ObjectClass]
    enums: Mapping[str, EnumClass]

    def kind(self, type_: FieldType) -> str:
        """DynamoDB's name for the type that a value is stored as; "" for any and for unions."""
        return stored_kind(type_, lambda name: self.enums[name].base)

    def constants(self, type_: FieldType) -> tuple[Constant, ...]:
        """All texts, or integers, that a type has; none if they are not listed."""
        match type_:
            case EnumType(class_name=name):
                return tuple(member.value for member in self.enums[name].members)
            case LiteralType(value=value) if not isinstance(value, bool):
                return (value,)
            case ChoiceType(values=values):
                return values
            case _:
                return ()

    def are_apart(self, one: FieldType, other: FieldType) -> bool:
        """True where no stored value can be read as both."""
        ones, others = list(_parts(one)), list(_parts(other))
        if None in ones and None in others:
            return False
        pairs = ((first, second) for first in ones for second in others)
        return all(first is None or second is None or self._are_apart(first, second) for first, second in pairs)

    def _are_apart(self, one: FieldType, other: FieldType) -> bool:
        kinds = self.kind(one), self.kind(other)
        if "" in kinds or kinds[0] != kinds[1]:
            return "" not in kinds
        values, others = self.constants(one), self.constants(other)
        if values and others:
            return not set(values) & set(others)
        if isinstance(one, LiteralType) and isinstance(other, LiteralType):
            return one != other  # booleans
        if values or others:
            format_ = other if values else one
            return type(format_) in _TIMES and not self.read_as(format_, values or others)
        return type(one) in _TIMES and type(other) in _TIMES and type(one) is not type(other)

    def read_as(self, format_: FieldType, values: Iterable[Constant]) -> list[str]:
        """Those of `values` that are texts of a format, as "2026-01-01" is a date."""
        return [value for value in values if isinstance(value, str) and _can_be_read(value, _TIMES[type(format_)])]

    def refuses(self, first: ObjectClass, second: ObjectClass) -> bool:
        """True where no stored object of `second` can be read as one of `first`."""
        theirs = {field.attribute: field for field in second.fields}
        return any(
            field.attribute not in theirs or self._fields_are_apart(field, theirs[field.attribute])
            for field in first.fields
            if is_always_stored(field)
        )

    def _fields_are_apart(self, field: Field, other: Field) -> bool:
        if field.nullable and (other.nullable or isinstance(other.type, SetType)):
            return False  # NULL is both
        return self.are_apart(field.type, other.type)

    def refuses_map(self, first: ObjectClass, values: FieldType) -> bool:
        """True where no stored map of these values can be read as an object of `first`."""
        return any(
            is_always_stored(field) and not field.nullable and self.are_apart(field.type, values)
            for field in first.fields
        )


def _parts(type_: FieldType) -> Iterator[FieldType | None]:
    """The branches of a type; None stands for null."""
    match type_:
        case UnionType(options=options):
            for option in options:
                yield from _parts(option.type)
        case NullableType(inner=inner):
            yield None
            yield from _parts(inner)
        case EitherType(type=inner):
            yield from _parts(inner)
        case _:
            yield type_


def _can_be_read(text: str, as_type: object) -> bool:
    try:
        msgspec.convert(text, as_type)
    except msgspec.ValidationError:
        return False
    return True
