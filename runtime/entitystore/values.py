"""Python values to DynamoDB's text forms and back.

Rules of this file:
- One form per type, of fixed width where order matters: see SEMANTICS in the documentation of key templates.
- Whatever DynamoDB would refuse or bend (a naive date-time, NaN, a 39th digit) is a ValidationError here, before
  anything is sent. `field` is what the error names.
- `to_document` and `from_document` serve values whose type only the run knows: free-form JSON properties and the
  values of a caller's condition. Everything else is straight-line code in the generated package.
"""

from __future__ import annotations

import datetime as _datetime
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal, InvalidOperation, localcontext
from typing import TypeAlias, TypeGuard
from uuid import UUID

from msgspec import to_builtins

from entitystore.errors import ValidationError

__all__ = [
    "AttributeValue",
    "Item",
    "Key",
    "date_text",
    "decimal_text",
    "exact_float_text",
    "float_text",
    "from_document",
    "int_or_decimal",
    "int_or_float",
    "integer_text",
    "is_key",
    "milliseconds_text",
    "timestamp_text",
    "to_document",
    "wrong_type",
]

AttributeValue: TypeAlias = dict[str, object]
"""`{"S": "text"}` and its like: one DynamoDB type and its value; B holds bytes."""

Item: TypeAlias = dict[str, AttributeValue]
"""Attribute name -> value, as DynamoDB's JSON and boto3's client spell it."""

Key: TypeAlias = dict[str, AttributeValue]
"""The key attributes of an item: at most two, each S or N."""

UTC = _datetime.UTC
_MAX_INTEGER = 10**38
_MAX_MAGNITUDE = 125  # DynamoDB: up to 9.99…E+125; numbers, data types
_MIN_MAGNITUDE = -130
_MAX_DIGITS = 38


def is_key(given: object, attribute: str) -> TypeGuard[Key]:
    """Whether `given` is a table key already, rather than the properties of one. `attribute` is the partition key's."""
    return isinstance(given, dict) and isinstance(given.get(attribute), dict)


def wrong_type(field: str, value: object, expected: str) -> ValidationError:
    """The error for a value of another type. It names the type that came, never the value."""
    if value is None:
        return ValidationError(field, f"is missing; it takes {expected}")
    if isinstance(value, _datetime.datetime) and value.tzinfo is None:
        return ValidationError(field, f"takes {expected}, not a naive one, e.g. with tzinfo=datetime.UTC")
    return ValidationError(field, f"takes {expected}, not {type(value).__name__}")


def timestamp_text(value: _datetime.datetime, field: str) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ` in UTC, always six digits of fraction: its order as text is the order in time."""
    if type(value) is not _datetime.datetime or value.tzinfo is not UTC:
        value = utc(value, field)
    # msgspec writes RFC 3339 in C, eight times faster than isoformat; it drops a fraction of zero.
    text: str = to_builtins(value)
    return text if len(text) == 27 else text[:-1] + ".000000Z"


def milliseconds_text(value: _datetime.datetime, field: str) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ` in UTC; microseconds are cut off."""
    return timestamp_text(value, field)[:23] + "Z"


def utc(value: _datetime.datetime, field: str) -> _datetime.datetime:
    """The same instant in UTC; ValidationError for a naive date-time, whose instant nobody knows."""
    if not isinstance(value, _datetime.datetime):
        raise wrong_type(field, value, "a datetime")
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise ValidationError(field, "is a naive datetime; give it a time zone, e.g. tzinfo=datetime.UTC")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValidationError(field, "lies outside of the years 1 to 9999 in UTC") from None


def date_text(value: _datetime.date, field: str) -> str:
    """`YYYY-MM-DD`. A datetime is refused, since its date depends on a time zone."""
    if not isinstance(value, _datetime.date) or isinstance(value, _datetime.datetime):
        raise wrong_type(field, value, "a date")
    text: str = to_builtins(value)
    return text


def integer_text(value: int, field: str) -> str:
    """Decimal digits; at most 38 of them, as DynamoDB holds."""
    if type(value) is not int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(field, value, "an int")
        value = int(value)
    if not -_MAX_INTEGER < value < _MAX_INTEGER:
        raise ValidationError(field, "has more than the 38 digits that DynamoDB holds")
    return str(value)


def decimal_text(value: Decimal, field: str) -> str:
    """The number's text; at most 38 significant digits, no NaN, no infinity."""
    if not isinstance(value, Decimal):
        raise wrong_type(field, value, "a Decimal")
    text = Decimal.__str__(value)  # whatever a subclass is shown as
    if len(text) > _MAX_DIGITS or not value.is_finite() or "E" in text:
        _check_magnitude(value, field)
    return text


def float_text(value: float, field: str) -> str:
    """The shortest text that gives the same float back; no NaN, no infinity."""
    if type(value) is not float:
        value = _exact_float(value, field)
    text = repr(value)
    if "e" in text or "n" in text:  # an exponent, or one of inf and nan
        _check_magnitude(Decimal(text), field)
    return text


def _exact_float(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (float, int)):
        raise wrong_type(field, value, "a float")
    if isinstance(value, int) and not (-(2**53) <= value <= 2**53 or _is_exact(value)):
        raise ValidationError(field, "is an integer that no float is equal to")
    return float(value)


def _is_exact(value: int) -> bool:
    try:
        return int(float(value)) == value
    except OverflowError:
        return False


def exact_float_text(value: float, field: str) -> str:
    """As `float_text`, but a whole number that `int_or_float` reads as an int is written with all its digits.

    1e23 is 99999999999999991611392, and not the 10**23 that its shortest text says.
    """
    if isinstance(value, float) and 2**53 <= abs(value) < _MAX_INTEGER:
        return str(int(value))
    return float_text(value, field)


def int_or_float(text: str) -> int | float:
    """An int if the number is written as a whole one and can be written as an int again, else a float."""
    if not text.lstrip("-").isdigit():
        return float(text)
    number = int(text)
    return number if -_MAX_INTEGER < number < _MAX_INTEGER else float(text)


def int_or_decimal(number: Decimal) -> int | Decimal:
    """An int if the number is written as a whole one and can be written as an int again, else as it is."""
    is_whole = number.as_tuple().exponent == 0 and -_MAX_INTEGER < number < _MAX_INTEGER
    return int(number) if is_whole else number


def _check_magnitude(value: Decimal, field: str) -> None:
    if not value.is_finite():
        raise ValidationError(field, "is not a finite number, which DynamoDB cannot hold")
    if value.is_zero():
        return
    with localcontext() as context:
        context.prec = 400
        digits = len(value.normalize(context).as_tuple().digits)
    if digits > _MAX_DIGITS:
        raise ValidationError(field, "has more than the 38 significant digits that DynamoDB holds")
    if not _MIN_MAGNITUDE <= value.adjusted() <= _MAX_MAGNITUDE:
        raise ValidationError(field, "is outside of DynamoDB's range of 1E-130 to 9.99E+125")


def to_document(value: object, field: str) -> AttributeValue:
    """The attribute value that Python's own type suggests; ValidationError for a type that has none."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):  # before int, which it is too
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": str.__str__(value)}  # not what an enum's member is shown as
    if isinstance(value, (int, float, Decimal)):
        return {"N": _number_text(value, field)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"B": bytes(value)}
    return _scalar_to_document(value, field) or _collection_to_document(value, field)


def _number_text(value: int | float | Decimal, field: str) -> str:
    if isinstance(value, int):
        return integer_text(value, field)
    return float_text(value, field) if isinstance(value, float) else decimal_text(value, field)


def _scalar_to_document(value: object, field: str) -> AttributeValue | None:
    if isinstance(value, _datetime.datetime):
        return {"S": timestamp_text(value, field)}
    if isinstance(value, _datetime.date):
        return {"S": date_text(value, field)}
    return {"S": str(value)} if isinstance(value, UUID) else None


def _collection_to_document(value: object, field: str) -> AttributeValue:
    if isinstance(value, Mapping):
        return {"M": {_text_key(key, field): to_document(each, field) for key, each in value.items()}}
    if isinstance(value, AbstractSet):
        return _set_to_document(value, field)
    if isinstance(value, Sequence):
        return {"L": [to_document(each, field) for each in value]}
    raise wrong_type(field, value, "a value that DynamoDB can hold")


def _text_key(key: object, field: str) -> str:
    if not isinstance(key, str):
        raise wrong_type(field, key, "str as the keys of a map")
    return str.__str__(key)


def _set_to_document(values: AbstractSet[object], field: str) -> AttributeValue:
    members = [to_document(each, field) for each in values]
    kinds = {kind for member in members for kind in member}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise ValidationError(field, "is not a set of only texts, only numbers or only bytes, and not empty")
    kind = kinds.pop()
    return {f"{kind}S": [member[kind] for member in members]}


def from_document(value: Mapping[str, object]) -> object:
    """The Python value of an attribute value: N gives int or Decimal, sets give sets, NULL gives None.

    ValueError where it is not one attribute value.
    """
    if len(value) != 1:
        raise ValueError("expected one DynamoDB type")
    ((kind, inner),) = value.items()
    match kind, inner:
        case ("S", str()) | ("BOOL", bool()):
            return inner
        case "N", str():
            return _number(inner)
        case "NULL", _:
            return None
        case "B", _:
            return _bytes(inner)
        case "M", dict():
            return {name: from_document(each) for name, each in inner.items()}
        case "L", list():
            return [from_document(each) for each in inner]
    return _set_from_document(kind, inner)


def _set_from_document(kind: str, inner: object) -> object:
    match kind, inner:
        case "SS", list() | set():
            return set(inner)
        case "NS", list() | set():
            return {_number(each) for each in inner}
        case "BS", list() | set():
            return {_bytes(each) for each in inner}
    raise ValueError(f"expected a DynamoDB value, not {kind!r}")


def _number(text: str) -> int | Decimal:
    try:
        # int() has no negative zero, so that of a Decimal stays one.
        return int(text) if text.lstrip("-").isdigit() and text != "-0" else Decimal(text)
    except InvalidOperation:
        raise ValueError("expected a number") from None


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        import base64  # only free-form properties hold bytes as text

        return base64.b64decode(value, validate=True)
    raise ValueError("expected bytes")
