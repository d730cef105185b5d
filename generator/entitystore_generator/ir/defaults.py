"""Defaults against their types.

Rules of this file:
- A default is checked as a stored value would be: kind, bounds, lengths, pattern, enum, and whether it can be parsed.
- Classes must be complete, for an object's default names their fields.
"""

from __future__ import annotations

import base64
import binascii
import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from entitystore_generator.diagnostics import Position
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
    JsonValue,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectClass,
    ObjectType,
    SetType,
    StringType,
    UnionType,
    UuidType,
)
from entitystore_generator.patterns import may_find

__all__ = ["PendingDefault", "branch_of_default", "checked_default", "normal_default"]


class PendingDefault(Struct, frozen=True):
    """A field, by its Python name, whose default is to be checked when all classes are there."""

    class_name: str
    name: str
    position: Position


def normal_default(type_: FieldType, value: JsonValue) -> JsonValue:
    """`value` with whole numbers as ints where the type is integer: JSON's 1.0 is one."""
    match type_:
        case NullableType(inner=inner) | EitherType(type=inner):
            return normal_default(inner, value)
        case UnionType(options=options):
            found = (normal_default(option.type, value) for option in options)
            return next((each for each in found if type(each) is not type(value)), value)
        case IntegerType() if isinstance(value, (float, Decimal)) and _is_whole(value):
            return int(value)
        case ListType(item=item) | SetType(item=item) if isinstance(value, tuple):
            return tuple(normal_default(item, each) for each in value)
        case _:
            return value


def _is_whole(value: float | Decimal) -> bool:
    return math.isfinite(value) and value == int(value)


def checked_default(field: Field, classes: Mapping[str, ObjectClass], enums: Mapping[str, EnumClass]) -> str:
    """Why the field's default is not a value of it; "" if it is one."""
    assert field.default is not None
    if field.default.value is None:
        return "" if field.nullable else "null is not"
    return _Check(classes, enums).reason(field.type, field.default.value)


def branch_of_default(
    union: UnionType, value: JsonValue, classes: Mapping[str, ObjectClass], enums: Mapping[str, EnumClass]
) -> FieldType | None:
    """The branch that a default is a value of: the one by which it would be read; None if there is none."""
    check = _Check(classes, enums)
    fitting = (option.type for option in union.options if not check.reason(option.type, value))
    return next(fitting, None)


class _Check:
    """Why a value is not of a type; "" where it is."""

    def __init__(self, classes: Mapping[str, ObjectClass], enums: Mapping[str, EnumClass]) -> None:
        self._classes = classes
        self._enums = enums

    def reason(self, type_: FieldType, value: JsonValue) -> str:
        match type_:
            case AnyType():
                return ""
            case NullableType(inner=inner):
                return "" if value is None else self.reason(inner, value)
            case EnumType(class_name=name):
                values = [member.value for member in self._enums[name].members]
                return "" if _is_in(value, values) else f"it is none of {', '.join(map(repr, values))}"
            case LiteralType(value=constant):
                return "" if _is_in(value, [constant]) else f"only {constant!r} is"
            case ChoiceType(values=values):
                return "" if _is_in(value, values) else f"it is none of {', '.join(map(repr, values))}"
            case EitherType(type=whole, branches=branches):
                return self.reason(whole, value) or self._either(branches, value)
            case ListType() | SetType():
                return self._array(type_, value)
            case MapType(value=inner):
                return self._map(inner, value)
            case ObjectType(class_name=name):
                return self._object(self._classes[name], value)
            case UnionType(options=options):
                return self._either([option.type for option in options], value)
            case IntegerType() | NumberType():
                return _number(type_, value)
            case BooleanType():
                return "" if isinstance(value, bool) else "it is no boolean"
            case _:
                return _text(type_, value) if isinstance(value, str) else "it is no string"

    def _array(self, type_: ListType | SetType, value: JsonValue) -> str:
        if not isinstance(value, tuple):
            return "it is no array"
        bounds = _length(len(value), type_.min_items, type_.max_items, "items")
        return bounds or _first(self.reason(type_.item, each) for each in value)

    def _map(self, inner: FieldType, value: JsonValue) -> str:
        pairs = _pairs(value)
        if pairs is None:
            return "it is no object"
        return _first(self.reason(inner, each) for each in pairs.values())

    def _object(self, model: ObjectClass, value: JsonValue) -> str:
        pairs = _pairs(value)
        if pairs is None:
            return "it is no object"
        fields = {field.wire_name: field for field in model.fields}
        unknown = [name for name in pairs if name not in fields]
        if unknown:
            return f"{model.name} has no {unknown[0]!r}"
        missing = [name for name, field in fields.items() if field.required and name not in pairs and not field.default]
        if missing:
            return f"{missing[0]!r} is missing"
        return _first(self._property(fields[name], each) for name, each in pairs.items())

    def _property(self, field: Field, value: JsonValue) -> str:
        if value is None:
            return "" if field.nullable else f"{field.wire_name!r} is null"
        return self.reason(field.type, value)

    def _either(self, branches: Iterable[FieldType], value: JsonValue) -> str:
        reasons = [self.reason(branch, value) for branch in branches]
        return "" if "" in reasons else f"it is of no branch of the union ({'; '.join(dict.fromkeys(reasons))})"


def _first(reasons: Iterable[str]) -> str:
    return next(filter(None, reasons), "")


def _is_in(value: JsonValue, values: Iterable[str | int | bool]) -> bool:
    return any(type(value) is type(each) and value == each for each in values)


def _pairs(value: JsonValue) -> dict[str, JsonValue] | None:
    """The members of a frozen object; None for anything else."""
    if not isinstance(value, tuple):
        return None
    pairs: dict[str, JsonValue] = {}
    for each in value:
        if not (isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str)):
            return None
        pairs[each[0]] = each[1]
    return pairs


def _number(type_: IntegerType | NumberType, value: JsonValue) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return "it is no number"
    number = Decimal(str(value))
    if not number.is_finite():
        return "it is not finite"
    if isinstance(type_, IntegerType):
        if not isinstance(value, int):
            return "it is no integer"
        limit = 2 ** (type_.bits - 1) if type_.bits else None
        if limit is not None and not -limit <= value < limit:
            return f"it does not fit into {type_.bits} bits"
    elif _is_outside(type_, number):
        return "it is outside the bounds"
    if (type_.minimum is not None and number < type_.minimum) or (type_.maximum is not None and number > type_.maximum):
        return "it is outside the bounds"
    if type_.multiple_of and number % type_.multiple_of:
        return f"it is no multiple of {type_.multiple_of}"
    return ""


def _is_outside(type_: NumberType, number: Decimal) -> bool:
    low, high = type_.exclusive_minimum, type_.exclusive_maximum
    return (low is not None and number <= low) or (high is not None and number >= high)


def _text(type_: FieldType, value: str) -> str:
    match type_:
        case DateTimeType():
            return _parsed_time(value)
        case DateType():
            return _unless_parsed(date.fromisoformat, value, "it is no date (YYYY-MM-DD)")
        case UuidType():
            return _unless_parsed(uuid.UUID, value, "it is no UUID")
        case BytesType():
            return _base64(type_, value)
        case StringType():
            return _string(type_, value)
        case _:
            return ""


def _parsed_time(value: str) -> str:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return "it is no date-time (RFC 3339)"
    return "" if parsed.tzinfo is not None else "it has no offset: add Z"


def _unless_parsed(parse: Callable[[str], object], value: str, reason: str) -> str:
    try:
        parse(value)
    except ValueError:
        return reason
    return ""


def _base64(type_: BytesType, value: str) -> str:
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return "it is no base64"
    return _length(len(decoded), type_.min_length, type_.max_length, "bytes")


def _string(type_: StringType, value: str) -> str:
    reason = _length(len(value), type_.min_length, type_.max_length, "characters")
    if reason or type_.pattern is None:
        return reason
    return "" if may_find(type_.pattern, value) else "it does not match the pattern"


def _length(length: int, low: int | None, high: int | None, unit: str) -> str:
    if low is not None and length < low:
        return f"it has fewer than {low} {unit}"
    return f"it has more than {high} {unit}" if high is not None and length > high else ""
