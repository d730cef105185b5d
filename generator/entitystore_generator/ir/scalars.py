"""Types without parts: strings in their formats, numbers, booleans, constants, enums' values.

Rules of this file:
- A format that changes what a value is (date-time, uuid, byte, …) makes a type of its own, and so does the encoding
  base64, which is 3.1's word for `format: byte`; email and uri are strings that are checked; any other is an
  annotation, as JSON Schema has it, and is not kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    DateTimeType,
    DateType,
    EnumType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    SetType,
    StringType,
    UuidType,
)
from entitystore_generator.ir.names import words
from entitystore_generator.patterns import fault_of, may_find, texts_of
from entitystore_generator.regular import NOTHING
from entitystore_generator.spec.schema import AttributeExtension, Schema

__all__ = [
    "can_be_in_set",
    "check_bounds",
    "constant",
    "enum_values",
    "holds_decimals",
    "implied_type",
    "scalar",
]

_CHECKED_FORMATS = frozenset({"email", "uri"})
_IDENTITIES = ("7bit", "8bit", "binary")  # RFC 2045 6.2: no encoding at all
_STRING_FORMATS = words("date-time date uuid byte binary email uri decimal")
_BITS: Mapping[str, Literal[32, 64]] = {"int32": 32, "int64": 64}

EnumValues = tuple[str, ...] | tuple[int, ...]


def implied_type(schema: Schema) -> str:
    """The schema's type; where it says none, the one that its keywords are about; "" if it admits anything."""
    if schema.type:
        return schema.type
    if len(schema.types) == 1:
        return schema.types[0]
    if schema.properties or schema.additional is not None or schema.required:
        return "object"
    if schema.items is not None:
        return "array"
    lengths = (schema.min_length, schema.max_length, schema.pattern)
    if any(each is not None for each in lengths) or schema.format in _STRING_FORMATS or schema.content_encoding:
        return "string"
    return {"int32": "integer", "int64": "integer", "float": "number", "double": "number"}.get(schema.format, "")


def scalar(name: str, schema: Schema, attribute: AttributeExtension | None, context: Context) -> FieldType:
    """The type of a string, integer, number or boolean."""
    match name:
        case "string":
            return _string(schema, context)
        case "integer":
            return _integer(schema, context)
        case "number":
            return _number(schema, schema.format == "decimal" or bool(attribute and attribute.decimal), context)
        case _:
            return BooleanType()


# ----------------------------------------------------------------------------------------------- strings


def _string(schema: Schema, context: Context) -> FieldType:
    check_bounds(schema.min_length, schema.max_length, "Length", schema, context)
    found = _of_format(schema, context)
    if schema.pattern is not None and not isinstance(found, StringType):
        kind = schema.format or schema.content_encoding
        message = f"the pattern is not checked: values of format {kind} are no texts here"
        context.note("ES222", message, schema.position, "leave the pattern out, or the format")
    return found


def _of_format(schema: Schema, context: Context) -> FieldType:
    match "byte" if _is_base64(schema, context) else schema.format:
        case "date-time":
            return DateTimeType()
        case "date":
            return DateType()
        case "uuid":
            return UuidType()
        case "byte":
            return BytesType(_decoded_at_least(schema.min_length), _decoded_at_most(schema.max_length))
        case "binary":
            return BytesType(schema.min_length, schema.max_length)
        case "decimal":
            return _number(schema, True, context)
    format_ = schema.format if schema.format in _CHECKED_FORMATS else ""
    return StringType(schema.min_length, schema.max_length, _pattern(schema, context), format_)


def _is_base64(schema: Schema, context: Context) -> bool:
    """True for text that stands for bytes (JSON Schema 2020-12, 8.3). Of other encodings it is said that they stay."""
    encoding = schema.content_encoding.casefold()
    if encoding not in ("", "base64", *_IDENTITIES):
        context.note(
            "ES222",
            f"contentEncoding {schema.content_encoding!r} is not decoded: the property is the encoded text",
            schema.position,
            "write base64 for bytes",
        )
    return encoding == "base64"


def _decoded_at_least(characters: int | None) -> int | None:
    """The fewest bytes whose base64 text, padded to fours, has this many characters."""
    if not characters:
        return None
    return 3 * (math.ceil(characters / 4) - 1) + 1


def _decoded_at_most(characters: int | None) -> int | None:
    """The most bytes whose base64 text has at most this many characters."""
    return None if characters is None else characters // 4 * 3


def _pattern(schema: Schema, context: Context) -> str | None:
    if schema.pattern is None:
        return None
    fault = fault_of(schema.pattern)
    if fault is not None:
        place = schema.pattern_fault or schema.position
        context.error("ES234", f"the pattern cannot be used: {fault.message}", place, fault.hint)
        return None
    if texts_of(schema.pattern) == NOTHING:
        is_quoted = len(schema.pattern) > 2 and schema.pattern[0] == schema.pattern[-1] == "/"
        hint = "leave out the slashes around it" if is_quoted else "let ^ begin it and $ end it, if they are meant"
        context.warning("ES223", "the pattern matches no text: no value is possible", schema.position, hint)
    return schema.pattern


# ----------------------------------------------------------------------------------------------- numbers


def _integer(schema: Schema, context: Context) -> IntegerType:
    low = _highest(schema.minimum, schema.exclusive_minimum)
    high = _lowest(schema.maximum, schema.exclusive_maximum)
    check_bounds(low, high, "imum", schema, context)
    return IntegerType(low, high, _integer_multiple(schema), _BITS.get(schema.format))


def _highest(minimum: Decimal | None, exclusive: Decimal | None) -> int | None:
    bounds = [math.ceil(minimum)] if minimum is not None else []
    bounds += [math.floor(exclusive) + 1] if exclusive is not None else []
    return max(bounds, default=None)


def _lowest(maximum: Decimal | None, exclusive: Decimal | None) -> int | None:
    bounds = [math.floor(maximum)] if maximum is not None else []
    bounds += [math.ceil(exclusive) - 1] if exclusive is not None else []
    return min(bounds, default=None)


def _integer_multiple(schema: Schema) -> int | None:
    """Integers that are multiples of p/q in lowest terms are those that are multiples of p."""
    if schema.multiple_of is None:
        return None
    numerator = schema.multiple_of.as_integer_ratio()[0]
    return None if numerator <= 1 else numerator


def _number(schema: Schema, decimal: bool, context: Context) -> NumberType:
    check_bounds(schema.minimum, schema.maximum, "imum", schema, context)
    return NumberType(
        decimal,
        schema.minimum,
        schema.maximum,
        schema.exclusive_minimum,
        schema.exclusive_maximum,
        schema.multiple_of,
    )


def check_bounds(
    low: int | Decimal | None, high: int | Decimal | None, what: str, schema: Schema, context: Context
) -> None:
    """Report a minimum above a maximum: nothing could ever be stored."""
    if low is not None and high is not None and low > high:
        context.error(
            "ES223",
            f"min{what} is above max{what}: no value is possible",
            schema.position,
            "swap or correct the two",
        )


# ------------------------------------------------------------------------------------- constants and enums


def constant(schema: Schema, context: Context) -> FieldType:
    """The type of a `const`."""
    if not isinstance(schema.const, (str, int)):
        context.error(
            "ES219",
            "const has to be a string, an integer or a boolean",
            schema.position,
            "leave const out, and say the type",
        )
        return AnyType()
    if schema.type and not _is_of(schema.type, schema.const):
        context.error("ES219", f"const is no {schema.type}", schema.position, "correct type or const")
    _note_unmatched((schema.const,), schema, context)
    return LiteralType(schema.const)


def enum_values(schema: Schema, context: Context) -> EnumValues | BooleanType | LiteralType | AnyType:
    """The values of an enum that needs a class, or the type of one that needs none."""
    values = tuple(dict.fromkeys((type(value), value) for value in schema.enum_values))
    plain = [value for _, value in values]
    if schema.type and not all(_is_of(schema.type, value) for value in plain):
        return _refused_enum(f"an enum value is no {schema.type}", "correct type or enum", schema, context)
    if all(isinstance(value, bool) for value in plain):
        return BooleanType() if len(plain) > 1 else LiteralType(bool(plain[0]))
    texts = tuple(value for value in plain if isinstance(value, str))
    if len(texts) == len(plain):
        _note_unmatched(texts, schema, context)
        return texts
    whole = tuple(value for value in plain if isinstance(value, int) and not isinstance(value, bool))
    if len(whole) == len(plain):
        return whole
    hint = "quote them all, or use integers alone"
    return _refused_enum("an enum's values have to be all strings or all integers", hint, schema, context)


def _note_unmatched(values: tuple[object, ...], schema: Schema, context: Context) -> None:
    """The values of an enum are all that is checked. A pattern that refuses some of them contradicts it."""
    pattern = schema.pattern
    unmatched = [
        each for each in values if pattern is not None and isinstance(each, str) and not may_find(pattern, each)
    ]
    if unmatched:
        message = f"the value {unmatched[0]!r} is taken, though the pattern beside it does not match it"
        context.note("ES222", message, schema.position, "leave out the value, or the pattern")


def _refused_enum(message: str, hint: str, schema: Schema, context: Context) -> AnyType:
    context.error("ES219", message, schema.position, hint)
    return AnyType()


def _is_of(name: str, value: object) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case _:
            return False


# ---------------------------------------------------------------------------------------------- attributes


def can_be_in_set(type_: FieldType) -> bool:
    """True for what DynamoDB has sets of: strings, numbers, bytes."""
    if isinstance(type_, LiteralType):
        return not isinstance(type_.value, bool)
    texts = (StringType, DateTimeType, DateType, UuidType, EnumType)
    return isinstance(type_, (*texts, IntegerType, NumberType, BytesType))


def holds_decimals(type_: FieldType) -> bool:
    """True for a Decimal, or an array or map of them."""
    match type_:
        case NumberType(decimal=decimal):
            return decimal
        case ListType(item=inner) | SetType(item=inner) | MapType(value=inner) | NullableType(inner=inner):
            return holds_decimals(inner)
        case _:
            return False
