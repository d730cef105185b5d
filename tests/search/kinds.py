"""Property types: values, bounds beyond the schema, and what the macros of key templates make of a value.

Rules of this file:
- `Part.value` is what a component keeps of a property, to be compared: the month of a moment, a text in capitals.
- `Part.text` is its text in a key, as docs/keys.md says it; written here again, so that the generator proves nothing
  about itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any
from uuid import UUID

__all__ = ["KINDS", "Kind", "Part"]

ODD = "#|-~_!,: /Aa\U0001f600é\x7f\ue000"
WORDS = [
    "",
    "a",
    "A",
    "ab",
    "a b",
    "b",
    "smith",
    "smith j",
    "SMITH",
    "ß",
    "a#",
    "a#b",
    "a|b",
    "a-1",
    "~",
    "é",
    "10",
    "1",
    "100kg",
]


@dataclass(frozen=True, slots=True)
class Part:
    """What a macro keeps of a property. `lossless`: it tells the value. `case` is what it does to a text."""

    macro: str
    value: Callable[[Any], Any]
    text: Callable[[Any], str]
    lossless: bool = True
    case: Callable[[str], str] = str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A property type. `values` are the schema's; `bounds` any of the type; `parts` what macros there are."""

    name: str
    schema: str
    values: Callable[[Random], Any]
    bounds: Callable[[Random], Any]
    parts: tuple[Part, ...]
    enum: bool = False
    nested: bool = False


def plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _same(value: Any) -> str:
    return str(plain(value))


TEXT = Part("", plain, _same)
CASES = (
    Part("|upper", lambda v: plain(v).upper(), lambda v: plain(v).upper(), lossless=False, case=str.upper),
    Part("|lower", lambda v: plain(v).lower(), lambda v: plain(v).lower(), lossless=False, case=str.lower),
)


def with_default(part: Part, default: str, *, is_text: bool) -> Part:
    """The part with a text for a missing property: among texts it is one, elsewhere it is in no order."""
    return Part(
        f"{part.macro}|default:{default}",
        lambda v: (default if is_text else None) if v is None else part.value(v),
        lambda v: default if v is None else part.text(v),
        lossless=False,
        case=part.case,
        default=default,
    )


def word(random: Random) -> str:
    if random.random() < 0.6:
        return random.choice(WORDS)
    return "".join(random.choices(ODD, k=random.randint(0, 3)))


def small(random: Random) -> str:
    return random.choice(["a", "ab", "abc", "b", "smith", "smithe", "z"])


def of(*values: Any) -> Callable[[Random], Any]:
    return lambda random: random.choice(values)


def integer(low: int, high: int) -> Callable[[Random], int]:
    return lambda random: random.choice(
        [low, high, 0 if low <= 0 <= high else low, random.randint(low, min(high, low + 120))]
    )


def any_integer(random: Random) -> int:
    return random.choice(
        [-1, 0, 1, 5, 9, 10, 15, 99, 100, 999, 1000, 9999, 10_000, 123_456, -(10**6), 2**63, -(2**63) - 1]
    )


MOMENTS = [
    datetime(2024, 1, 31, 23, 59, 59, 999_999, UTC),
    datetime(2024, 2, 1, tzinfo=UTC),
    datetime(2024, 2, 1, 0, 0, 0, 1, UTC),
    datetime(2024, 2, 15, 12, 30, 0, 500_000, UTC),
    datetime(2024, 2, 15, 12, 30, 0, 500_900, UTC),
    datetime(2023, 12, 31, 23, 0, tzinfo=UTC),
]


def moment(random: Random) -> datetime:
    found = random.choice(MOMENTS) + timedelta(hours=random.choice([0, 0, 1, 25]))
    return found.astimezone(
        random.choice([UTC, timezone(timedelta(hours=-3)), timezone(timedelta(hours=5, minutes=30))])
    )


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _bucket(format_: str) -> Part:
    def text(value: date) -> str:
        return (value.astimezone(UTC) if isinstance(value, datetime) else value).strftime(format_)

    return Part(f":{format_}", text, text, lossless=False)


def day(random: Random) -> date:
    return date(2024, 1, 30) + timedelta(days=random.choice([-400, 0, 1, 2, 3, 31]))


def _decimal(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _sortable(value: Decimal) -> str:
    if value == 0:
        return "5"
    sign, digits, _ = value.as_tuple()
    significant = "".join(map(str, digits)).strip("0")
    exponent = value.adjusted() + 130
    if not sign:
        return f"6{exponent:03d}{significant}!"
    return f"4{999 - exponent:03d}{''.join(str(9 - int(each)) for each in significant)}~"


def amount(random: Random) -> Decimal:
    return random.choice(
        [Decimal(text) for text in ("0", "1", "1.5", "10", "15", "-1", "-1.5", "0.05", "100", "99.99")]
    )


def any_amount(random: Random) -> Decimal:
    far = [Decimal(text) for text in ("1E+200", "-1E+200", "1E-200", "-1E-200", "Infinity", "-Infinity", "2", "1.05")]
    return random.choice([amount(random), random.choice(far)])


def shard(plain: Part, count: int) -> Part:
    """The shard of a property, by its plain text."""

    def number(value: Any) -> int:
        return zlib.crc32(plain.text(value).encode()) % count

    return Part(f"|shard:{count}", number, lambda v: str(number(v)), lossless=False)


def _padded(width: int) -> Part:
    return Part(f":0{width}d", plain, lambda v: f"{v:0{width}d}")


def _descending(width: int) -> Part:
    return Part(f"|desc:{width}", plain, lambda v: f"{10**width - 1 - v:0{width}d}")


SORTABLE = Part("|sortable", plain, lambda v: f"{v + 2**63:020d}")
MOD = Part("|mod:3", lambda v: v % 3, lambda v: str(v % 3), lossless=False)
ADD = Part("|add:1", lambda v: v + 1, lambda v: str(v + 1))
NUMBER = Part("", plain, _same)
INSTANT = Part("", lambda v: v.astimezone(UTC), _stamp)
MILLIS = Part(
    "|isoms",
    lambda v: v.astimezone(UTC).replace(microsecond=v.microsecond // 1000 * 1000),
    lambda v: _stamp(v)[:23] + "Z",
    lossless=False,
)
BUCKETS = (_bucket("%Y-%m"), _bucket("%Y-%m-%d"), _bucket("%Y%m%dT%H"), _bucket("%d"))
IDS = [UUID(int=number) for number in (0, 1, 255, 2**127)]

KINDS = (
    Kind("free", "{type: string}", word, word, (TEXT, TEXT, *CASES, with_default(TEXT, "NONE", is_text=True))),
    Kind(
        "small",
        '{type: string, pattern: "^[a-z]+$"}',
        small,
        word,
        (TEXT, *CASES, with_default(TEXT, "none", is_text=True)),
    ),
    Kind("spaced", '{type: string, pattern: "^[a-z ]*$"}', of("", "a", "a b", "ab", " ", "b"), word, (TEXT, *CASES)),
    Kind("code", '{type: string, pattern: "^[A-Z]{2}$"}', of("AA", "AB", "BA", "ZZ"), word, (TEXT, CASES[1])),
    Kind("digits", '{type: string, pattern: "^[0-9]+$"}', of("1", "10", "100", "2", "01"), word, (TEXT,)),
    Kind("short", "{type: string, maxLength: 2}", of("", "a", "ab", "#", "b#", "!"), word, (TEXT, CASES[0])),
    Kind(
        "status",
        "{type: string, enum: [in, in progress, done, 'a#b', Z]}",
        of("in", "in progress", "done", "a#b", "Z"),
        of("in", "in progress", "done", "a#b", "Z"),
        (TEXT, *CASES, with_default(TEXT, "none", is_text=True)),
        enum=True,
    ),
    Kind("level", "{type: integer, enum: [1, 5, 10, 100]}", of(1, 5, 10, 100), of(1, 5, 10, 100), (NUMBER,), enum=True),
    Kind(
        "grade",
        "{type: integer, enum: [10, 20, 30]}",
        of(10, 20, 30),
        of(10, 20, 30),
        (Part("", plain, _same),),
        enum=True,
    ),
    Kind(
        "any_number",
        "{type: integer}",
        integer(-120, 150),
        any_integer,
        (
            NUMBER,
            SORTABLE,
            MOD,
            ADD,
            with_default(SORTABLE, "none", is_text=False),
            Part(":d", plain, _same),
        ),
    ),
    Kind(
        "count",
        "{type: integer, minimum: 0, maximum: 9999}",
        integer(0, 9999),
        any_integer,
        (NUMBER, _padded(4), _descending(4), SORTABLE, MOD, with_default(_padded(4), "none", is_text=False)),
    ),
    Kind(
        "two",
        "{type: integer, minimum: 10, maximum: 99}",
        integer(10, 99),
        any_integer,
        (Part("", plain, _same), _padded(3)),
    ),
    Kind(
        "amount",
        "{type: number, format: decimal}",
        amount,
        any_amount,
        (
            Part("", plain, _decimal),
            Part("|sortable", plain, _sortable),
            with_default(Part("|sortable", plain, _sortable), "zero", is_text=False),
        ),
    ),
    Kind("flag", "{type: boolean}", of(True, False), of(True, False), (Part("", plain, lambda v: str(v).lower()),)),
    Kind(
        "at",
        "{type: string, format: date-time}",
        moment,
        moment,
        (INSTANT, INSTANT, MILLIS, *BUCKETS, with_default(INSTANT, "NEVER", is_text=False)),
    ),
    Kind(
        "on",
        "{type: string, format: date}",
        day,
        day,
        (
            Part("", plain, lambda v: v.isoformat()),
            _bucket("%Y"),
            _bucket("%Y-%m"),
            with_default(Part("", plain, lambda v: v.isoformat()), "NEVER", is_text=False),
        ),
    ),
    Kind("ident", "{type: string, format: uuid}", of(*IDS), of(*IDS), (Part("", plain, _same),)),
)
