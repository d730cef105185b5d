"""Checks of string formats and of arrays, for generated code.

Rules of this file:
- A format is checked as far as a mistake would be one for everybody: whether an address exists is not ours to know.
- What `plain` asks is here, too, so that generated code has one module of checks.
- The `is_…` functions answer; the others are for pydantic's AfterValidator: they give the value back or raise
  ValueError.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Decimal, DecimalException, localcontext
from typing import Annotated, TypeVar
from uuid import UUID

from msgspec import Meta, convert
from msgspec import ValidationError as MsgspecValidationError

from entitystore.plain import require_bytes, require_date, require_float, require_integer, require_text

__all__ = [
    "date_as_text",
    "date_time_as_text",
    "email",
    "has_duplicates",
    "ipv4",
    "ipv6",
    "is_date",
    "is_date_time",
    "is_email",
    "is_ipv4",
    "is_ipv6",
    "is_multiple",
    "is_uri",
    "is_uuid",
    "multiple_of",
    "require_bytes",
    "require_date",
    "require_float",
    "require_integer",
    "require_text",
    "unique",
    "uri",
    "uuid_as_text",
]

T = TypeVar("T")

# RFC 5321 4.1.2 as far as people use it: a dot-atom, an @, a domain or an address literal.
_EMAIL = re.compile(
    r"[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)*"
    r"@(?:[^\s@\[\].,-](?:[^\s@\[\].,]*[^\s@\[\].,-])?(?:\.[^\s@\[\].,-](?:[^\s@\[\].,]*[^\s@\[\].,-])?)*|\[[0-9A-Fa-f:.]+\])"
)
# RFC 3986 3: a scheme, a colon, and no character that must be escaped.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")


def is_email(text: str) -> bool:
    """Whether `text` has the form of an e-mail address (RFC 5321); at most 254 characters."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """Whether `text` has the form of an absolute URI (RFC 3986)."""
    return _URI.fullmatch(text) is not None


def is_ipv4(text: str) -> bool:
    """Whether `text` is an IPv4 address in four decimal numbers."""
    from ipaddress import AddressValueError, IPv4Address

    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    """Whether `text` is an IPv6 address."""
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def is_date(text: str) -> bool:
    """Whether `text` is a date, `YYYY-MM-DD`."""
    return _can_be_read(text, datetime.date)


def is_date_time(text: str) -> bool:
    """Whether `text` is a date-time with its offset (RFC 3339)."""
    return _can_be_read(text, Annotated[datetime.datetime, Meta(tz=True)])


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID, with or without its dashes."""
    return _can_be_read(text, UUID)


def _can_be_read(text: str, as_type: object) -> bool:
    """As it would be read if it were stored as a value of this type."""
    try:
        convert(text, as_type)
    except MsgspecValidationError:
        return False
    return True


def is_multiple(value: Decimal | float, step: Decimal) -> bool:
    """Whether `value`, in the decimal digits that it is written in, is a multiple of `step`."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return False
    with localcontext() as context:
        context.prec = 500  # the whole quotient has to fit: a float reaches from 1E-324 to 1E+308
        context.Emax, context.Emin = MAX_EMAX, MIN_EMIN
        try:
            return exact % step == 0
        except DecimalException:
            return False


def has_duplicates(items: Sequence[object]) -> bool:
    """Whether two items are equal. Quick where all can be hashed."""
    try:
        return len(set(items)) != len(items)
    except TypeError:
        return any(item in items[:place] for place, item in enumerate(items))


def email(text: str) -> str:
    """`text`, if it has the form of an e-mail address."""
    if not is_email(text):
        raise ValueError("is no e-mail address")
    return text


def uri(text: str) -> str:
    """`text`, if it has the form of an absolute URI."""
    if not is_uri(text):
        raise ValueError("is no URI")
    return text


def ipv4(text: str) -> str:
    """`text`, if it is an IPv4 address."""
    if not is_ipv4(text):
        raise ValueError("is no IPv4 address")
    return text


def ipv6(text: str) -> str:
    """`text`, if it is an IPv6 address."""
    if not is_ipv6(text):
        raise ValueError("is no IPv6 address")
    return text


def date_as_text(text: str) -> str:
    """`text`, if it is a date."""
    if not is_date(text):
        raise ValueError("is no date")
    return text


def date_time_as_text(text: str) -> str:
    """`text`, if it is a date-time with its offset."""
    if not is_date_time(text):
        raise ValueError("is no date-time with an offset")
    return text


def uuid_as_text(text: str) -> str:
    """`text`, if it is a UUID."""
    if not is_uuid(text):
        raise ValueError("is no UUID")
    return text


def multiple_of(divisor: Decimal) -> Callable[[Decimal], Decimal]:
    """The check that a number is a multiple of `divisor`, exactly; pydantic's own takes no Decimal."""

    def check(number: Decimal) -> Decimal:
        if not is_multiple(number, divisor):
            raise ValueError(f"is not a multiple of {divisor}")
        return number

    return check


def unique(items: list[T]) -> list[T]:
    """`items`, if no two are equal."""
    if has_duplicates(items):
        raise ValueError("has an item twice")
    return items
