"""An entity's expiry (its ttl) as DynamoDB wants it: N, in whole seconds since 1970.

    2031-05-06 07:08:09.25+00:00  ->  {"N": "1935817690"}  ->  2031-05-06 07:08:10+00:00

Rules of this file:
- A fraction of a second is rounded up, so that nothing expires early. What is read back is the whole second.
- DynamoDB deletes no item whose expiry is text, so text is never written. It is read: items that were stored before
  their property became the expiry have it.

Source: the DynamoDB developer guide, "Time to Live": a top-level attribute of type Number, in seconds since the epoch.
"""

from __future__ import annotations

import datetime as _datetime
from decimal import Decimal

from msgspec import Struct

from entitystore.errors import ValidationError
from entitystore.values import decimal_text, float_text, utc
from entitystore.wire import Aware

__all__ = ["ExpirySeconds", "expiry_second", "expiry_text", "seconds_text", "whole_seconds_text"]

_EPOCH = _datetime.datetime(1970, 1, 1, tzinfo=_datetime.UTC)
_SECOND = _datetime.timedelta(seconds=1)
_LAST = _datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=_datetime.UTC)


class ExpirySeconds(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """The stored form of a date-time that is an expiry: seconds (N), text (S) from before, NULL or nothing."""

    N: str | None = None
    S: Aware | None = None
    NULL: bool = False

    @property
    def is_absent(self) -> bool:
        """NULL, or nothing."""
        return self.N is None and self.S is None

    def time(self) -> _datetime.datetime:
        """The time, in UTC where it is stored as seconds; ValueError where there is none."""
        if self.N is not None:
            return _time_of(self.N)
        if self.S is None:
            raise ValueError("expected a time in seconds, got null")
        return self.S


def _time_of(text: str) -> _datetime.datetime:
    # Other writers store a fraction, too.
    seconds = int(text) if text.isdigit() else float(text)
    try:
        return _EPOCH + _datetime.timedelta(0, seconds)
    except OverflowError:
        raise ValueError("expected seconds between the years 1 and 9999, and no milliseconds") from None


def expiry_second(value: _datetime.datetime, field: str) -> _datetime.datetime:
    """The time in UTC, rounded up to a whole second (down in the very last one); ValidationError for a naive one."""
    value = utc(value, field)
    if not value.microsecond:
        return value
    whole = value.replace(microsecond=0)
    return whole if whole == _LAST else whole + _SECOND


def expiry_text(value: _datetime.datetime, field: str) -> str:
    """Its seconds since 1970, as they are stored."""
    since = expiry_second(value, field) - _EPOCH
    return str(since.days * 86_400 + since.seconds)


def seconds_text(value: _datetime.datetime, field: str) -> str:
    """Its seconds since 1970 with their fraction, for a bound that may lie between two."""
    micros = (utc(value, field) - _EPOCH) // _datetime.timedelta(microseconds=1)
    return str(Decimal(micros) / 1_000_000)


def whole_seconds_text(value: float | Decimal, field: str) -> str:
    """A number that is an expiry; ValidationError for one that is no whole number."""
    text = decimal_text(value, field) if isinstance(value, Decimal) else float_text(value, field)
    if value != int(value):
        raise ValidationError(field, "has a fraction, but is the expiry, which is in whole seconds")
    return text.removesuffix(".0")
