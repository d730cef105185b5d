"""What generated key functions call: guards and the text forms that only keys need.

Rules of this file:
- A text that goes into a key is fixed for ever: changing one of these forms would lose every stored item. The tests
  hold literal examples.
- A value that does not fit its form is refused, never bent: a key that is wrong is worse than none.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zlib import crc32

from entitystore.errors import ValidationError
from entitystore.values import date_text, decimal_text, utc, wrong_type

__all__ = [
    "boolean_text",
    "decimal_key_text",
    "descending_text",
    "empty_key",
    "formatted_date",
    "formatted_timestamp",
    "holds_delimiter",
    "padded_text",
    "shard_text",
    "sortable_decimal_text",
    "sortable_integer_text",
    "whole",
]

_INT64 = 2**63
SORTABLE_EXPONENT_OFFSET = 130
"""DynamoDB's smallest number is 1E-130."""


def holds_delimiter(field: str, delimiter: str) -> ValidationError:
    """The error for a text that would make a key ambiguous."""
    return ValidationError(field, f"may not contain {delimiter!r}, which separates the parts of a key")


def empty_key(field: str, key: str) -> ValidationError:
    """The error for a key that would be empty as a whole, which DynamoDB does not store."""
    return ValidationError(field, f"may not be empty, since the key {key} is made of nothing else")


def boolean_text(value: bool, field: str) -> str:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise wrong_type(field, value, "a bool")
    return "true" if value else "false"


def padded_text(value: int, width: int, field: str) -> str:
    """The number padded with zeros to `width` digits; a negative or wider one is refused, since it would misorder."""
    _require_integer(value, field)
    if value < 0 or value >= 10**width:
        raise ValidationError(field, f"is not between 0 and {10**width - 1}, which its key has room for")
    return f"{value:0{width}d}"


def descending_text(value: int, width: int, field: str) -> str:
    """`10**width - 1 - value`, padded: later numbers come first."""
    _require_integer(value, field)
    if value < 0 or value >= 10**width:
        raise ValidationError(field, f"is not between 0 and {10**width - 1}, which its key has room for")
    return f"{10**width - 1 - value:0{width}d}"


def sortable_integer_text(value: int, field: str) -> str:
    """20 digits that order as the number does: it is moved up by 2**63. For any int64."""
    _require_integer(value, field)
    if not -_INT64 <= value < _INT64:
        raise ValidationError(field, "is outside of the range of int64")
    return f"{value + _INT64:020d}"


def sortable_decimal_text(value: Decimal, field: str) -> str:
    """Digits that order as the number does.

    A sign (4 negative, 5 zero, 6 positive), three digits of exponent, the significant digits and a mark that ends them.
    Of a positive number the mark is `!`, which comes before every digit, so that fewer digits come before more,
    whatever the template goes on with. Of a negative one the exponent and digits are complemented to nine and the mark
    is `~`, which comes after them.
    """
    decimal_text(value, field)  # refuses what DynamoDB could not hold
    return sortable_digits(value)


def sortable_digits(value: Decimal) -> str:
    """`sortable_decimal_text` of a number whose exponent has three digits, whether or not DynamoDB could hold it."""
    if value.is_zero():
        return "5"
    digits = "".join(map(str, value.as_tuple().digits)).lstrip("0").rstrip("0")
    exponent = value.adjusted() + SORTABLE_EXPONENT_OFFSET
    if value > 0:
        return f"6{exponent:03d}{digits}!"
    complement = "".join(str(9 - int(digit)) for digit in digits)
    return f"4{999 - exponent:03d}{complement}~"


def decimal_key_text(value: Decimal, field: str) -> str:
    """The number without exponent or trailing zeros: equal numbers give one key."""
    decimal_text(value, field)
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def whole(value: int, field: str) -> int:
    """The number, to be computed with."""
    _require_integer(value, field)
    return value


def shard_text(text: str, shards: int) -> str:
    """The number of the shard of a text: its CRC-32, modulo `shards`. The same for ever, on every machine."""
    return str(crc32(text.encode()) % shards)


def formatted_timestamp(value: datetime, format_: str, field: str) -> str:
    """`strftime` in UTC; years have four digits."""
    return _formatted(utc(value, field), format_)


def formatted_date(value: date, format_: str, field: str) -> str:
    """`strftime` of a date; years have four digits. A datetime is refused, since its date depends on a time zone."""
    date_text(value, field)
    return _formatted(value, format_)


def _formatted(value: date, format_: str) -> str:
    # C libraries differ in how many digits they give the year 33; a key must be in order, everywhere the same.
    year, iso_year = f"{value.year:04d}", f"{value.isocalendar().year:04d}"
    parts = (part.replace("%Y", year).replace("%G", iso_year) for part in format_.split("%%"))
    return value.strftime("%%".join(parts))


def _require_integer(value: int, field: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(field, value, "an int")
