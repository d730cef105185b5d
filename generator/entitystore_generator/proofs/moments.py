"""Dates and date-times whose parts are given by texts: `2026-W01` and `-5` are Friday, 2 January 2026.

Rules of this file:
- What no text tells is filled in: a year near now, the first day that fits, a time of 03:04:05.000006.
- These are candidates: whoever asks writes them again and compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from entitystore_generator.ir.model import Component, DateTimeType, TransformKind

__all__ = ["moments"]

_WIDTHS = {"Y": 4, "G": 4, "j": 3, "f": 6, "u": 1}
_DATE = "%Y-%m-%d"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_YEARS = (2026, 2024, 2000)
_DAYS = 40
_VARIANTS = 200
_NO_TIME = frozenset({TransformKind.SHARD})

Parts = Mapping[str, int]
"""A strftime directive and the number that is written for it."""


def moments(told: Sequence[tuple[Component, str]]) -> Iterator[date]:
    """Dates, or date-times in UTC, that may have these texts."""
    parts: dict[str, int] = {}
    for component, text in told:
        parts |= _parts(component, text)
    is_time = any(isinstance(component.field.type, DateTimeType) for component, _ in told)
    days = [day for _, day in zip(range(_DAYS), _days(parts), strict=False)]
    if not is_time:
        yield from days
        return
    for day in days:
        yield from (_at(day, hour, parts) for hour in _hours(parts))
    for day in days[:1]:
        first = _at(day, next(_hours(parts)), parts)
        yield from (first + timedelta(microseconds=more) for more in range(1, _VARIANTS))


def _parts(component: Component, text: str) -> Parts:
    """What the text tells, nothing where it is not of the component's form."""
    kinds = {step.kind for step in component.transforms}
    if kinds & _NO_TIME:
        return {}
    is_time = isinstance(component.field.type, DateTimeType)
    format_ = component.format or (_TIME if is_time else _DATE)
    if TransformKind.ISOMS in kinds:
        text = text[:-1] + "000" + text[-1:]
    found = re.fullmatch(_expression(format_), text, re.IGNORECASE)
    if found is None:
        return {}
    return {name: int(digits) for name, digits in zip(_directives(format_), found.groups(), strict=True)}


def _expression(format_: str) -> str:
    pieces = re.split("%(.)", format_, flags=re.DOTALL)
    return "".join(_piece(piece) if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))


def _piece(directive: str) -> str:
    return "%" if directive == "%" else f"([0-9]{{{_WIDTHS.get(directive, 2)}}})"


def _directives(format_: str) -> list[str]:
    return [each for each in re.findall("%(.)", format_, re.DOTALL) if each != "%"]


def _days(parts: Parts) -> Iterator[date]:
    for year in _years(parts):
        day = date(year, 1, 1)
        while day.year == year:
            if _fits(day, parts):
                yield day
            if day == date.max:
                return
            day += timedelta(days=1)


def _years(parts: Parts) -> Iterable[int]:
    if "Y" in parts:
        years: Iterable[int] = (parts["Y"],)
    elif "G" in parts:
        years = (parts["G"], parts["G"] - 1, parts["G"] + 1)
    elif "y" in parts:
        years = (2000 + parts["y"],)
    else:
        years = _YEARS
    return [year for year in years if 1 <= year <= 9999]


def _fits(day: date, parts: Parts) -> bool:
    iso = day.isocalendar()
    known = {"m": day.month, "d": day.day, "G": iso.year, "V": iso.week, "u": iso.weekday}
    if any(parts.get(name, number) != number for name, number in known.items()):
        return False
    return all(int(day.strftime(f"%{name}")) == parts[name] for name in ("j", "U", "W") if name in parts)


def _hours(parts: Parts) -> Iterator[int]:
    if "H" in parts or "I" not in parts:
        yield parts.get("H", 3)
        return
    yield parts["I"] % 12
    yield parts["I"] % 12 + 12


def _at(day: date, hour: int, parts: Parts) -> datetime:
    minute, second, micro = parts.get("M", 4), parts.get("S", 5), parts.get("f", 6)
    return datetime(day.year, day.month, day.day, hour, minute, second, micro, UTC)
