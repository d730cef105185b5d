"""The texts of dates and times in keys, as sets of texts: months from 01 to 12, no 30 February.

Rules of this file:
- Written are years 0001 to 9999, in UTC; there are no leap seconds in Python.
- The parts of a strftime format are taken one by one: `%m-%d` has a 30 February, `%Y-%m-%d` has none.
"""

from __future__ import annotations

import re
from functools import cache

from entitystore_generator.proofs.numbers import digits, padded_texts
from entitystore_generator.regular import Choice, Sequence, Texts, Word

__all__ = ["DATE", "MILLISECONDS", "TIMESTAMP", "format_texts"]


def _in_order(*parts: Texts | str) -> Texts:
    return Sequence(tuple(Word(part) if isinstance(part, str) else part for part in parts))


def _any_of(*words: str) -> Texts:
    return Choice(tuple(map(Word, words)))


def _two(low: int, high: int) -> Texts:
    return padded_texts(low, high, 2)


_YEAR = padded_texts(1, 9999, 4)
_FOURS = tuple(f"{year:02d}" for year in range(4, 100, 4))
_LEAP_YEAR = Choice((_in_order(digits(2), _any_of(*_FOURS)), _in_order(_any_of(*_FOURS), "00")))
_LONG_MONTH = _in_order(_any_of("01", "03", "05", "07", "08", "10", "12"), "-", _two(1, 31))
_SHORT_MONTH = _in_order(_any_of("04", "06", "09", "11"), "-", _two(1, 30))
_FEBRUARY = _in_order("02-", _two(1, 28))
DATE = Choice(
    (
        _in_order(_YEAR, "-", Choice((_LONG_MONTH, _SHORT_MONTH, _FEBRUARY))),
        _in_order(_LEAP_YEAR, "-02-29"),
    )
)
_CLOCK = _in_order(_two(0, 23), ":", _two(0, 59), ":", _two(0, 59))
TIMESTAMP = _in_order(DATE, "T", _CLOCK, ".", digits(6), "Z")
MILLISECONDS = _in_order(DATE, "T", _CLOCK, ".", digits(3), "Z")

_DIRECTIVES: dict[str, Texts] = {
    "%%": Word("%"),
    "%Y-%m-%d": DATE,
    "%Y": _YEAR,
    "%G": _YEAR,
    "%m": _two(1, 12),
    "%d": _two(1, 31),
    "%y": _two(0, 99),
    "%j": padded_texts(1, 366, 3),
    "%H": _two(0, 23),
    "%I": _two(1, 12),
    "%M": _two(0, 59),
    "%S": _two(0, 59),
    "%f": digits(6),
    "%u": padded_texts(1, 7, 1),
    "%V": _two(1, 53),
    "%U": _two(0, 53),
    "%W": _two(0, 53),
}
"""What each directive that a template may have is written as; see `entitystore.keys`."""


@cache
def format_texts(format_: str) -> Texts | None:
    """The texts of a strftime format; None where it has a directive that is not known here."""
    pieces = re.split(r"(%Y-%m-%d|%.)", format_, flags=re.DOTALL)
    if any(piece not in _DIRECTIVES for piece in pieces[1::2]):
        return None
    texts = (_DIRECTIVES[piece] if place % 2 else Word(piece) for place, piece in enumerate(pieces))
    return Sequence(tuple(part for part in texts if part != Word("")))
