"""Texts of bounds that no key could have: what generated functions call for a condition's values.

    le("smith j") on {name}#{id}, where names are [a-z]+    ge(12_000) on {number:04d}

Rules of this file:
- A bound's text compares with every text that a key can have as the bound's value does with that key's value, also
  where more text follows both. So a condition is right for every value of its type, whatever the schema allows.
- Numbers beyond what a key has room for become a text before, or after, the digits that keys begin with.
- What `exact_ranges` makes of them is here, too, so that generated code has one module of bounds.
- What has no place in the order (NaN, a naive date-time, another type) is a ValidationError.
"""

from __future__ import annotations

from decimal import Decimal

from entitystore.errors import ValidationError
from entitystore.exact_ranges import by_beginning, by_value, only, present
from entitystore.keys import (
    SORTABLE_EXPONENT_OFFSET,
    descending_text,
    padded_text,
    sortable_digits,
    sortable_integer_text,
)
from entitystore.values import integer_text, wrong_type

__all__ = [
    "AFTER_ALL",
    "by_beginning",
    "by_value",
    "descending_bound",
    "integer_bound",
    "only",
    "padded_bound",
    "present",
    "sortable_decimal_bound",
    "sortable_integer_bound",
    "text_bound",
]

BEFORE_ALL = " "
"""A space comes before every digit."""

AFTER_ALL = "\U0010ffff"
"""The last code point, which no key goes on with."""

_INT64 = 2**63
_DIGITS = 40
_NEXT_TO_ZERO = ("4~", "6 ")
"""Before zero's text and after all of negative numbers; after zero's and before all of positive ones."""


def text_bound(text: str, suffix: str) -> str:
    """A bound among texts that have no character up to the suffix's first one, and are followed by the suffix.

    At the first such character of the bound all of them are told: what is less than "smith j" is no more than "smith".
    The bound is then the text after all keys of "smith".
    """
    last = suffix[0]
    for place, character in enumerate(text):
        if character <= last:
            return text[:place] + suffix + AFTER_ALL
    return text


def padded_bound(value: int, width: int, field: str) -> str:
    """A bound among numbers padded to `width`."""
    return _beyond(value, 0, 10**width - 1, field) or padded_text(value, width, field)


def descending_bound(value: int, width: int, field: str) -> str:
    """A bound among texts that descend: what is less than all numbers comes after their texts."""
    beyond = _beyond(value, 0, 10**width - 1, field)
    if beyond:
        return BEFORE_ALL if beyond == AFTER_ALL else AFTER_ALL
    return descending_text(value, width, field)


def integer_bound(value: int, low: int, high: int, field: str) -> str:
    """A bound among numbers from `low` to `high`, which have equally many digits."""
    return _beyond(value, low, high, field) or integer_text(value, field)


def sortable_integer_bound(value: int, field: str) -> str:
    """A bound among the sortable texts of int64."""
    return _beyond(value, -_INT64, _INT64 - 1, field) or sortable_integer_text(value, field)


def sortable_decimal_bound(value: Decimal, field: str) -> str:
    """A bound among the sortable texts of decimals; also an infinite one, or one of more digits than DynamoDB holds."""
    if not isinstance(value, Decimal):
        raise wrong_type(field, value, "a Decimal")
    if value.is_nan():
        raise ValidationError(field, "is not a number, which nothing is more or less than")
    exponent = value.adjusted() + SORTABLE_EXPONENT_OFFSET
    if value.is_infinite() or (exponent > 999 and not value.is_zero()):
        return AFTER_ALL if value > 0 else BEFORE_ALL
    if exponent < 0 and not value.is_zero():
        return _NEXT_TO_ZERO[value > 0]
    # Of more than 38 digits, the first 40 say on which side of every stored number it is.
    sign, digits, power = value.as_tuple()
    short = Decimal((sign, digits[:_DIGITS], int(power) + max(0, len(digits) - _DIGITS)))
    return sortable_digits(short)


def _beyond(value: int, low: int, high: int, field: str) -> str:
    """The text of a number outside of the range; "" for one inside."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(field, value, "an int")
    return BEFORE_ALL if value < low else AFTER_ALL if value > high else ""
