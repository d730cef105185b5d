"""Languages of components: as large as the truth or larger, and exact where a design hangs on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entitystore.checks import is_email, is_ipv4, is_ipv6, is_uri
from entitystore.keys import (
    decimal_key_text,
    formatted_timestamp,
    shard_text,
    sortable_decimal_text,
    sortable_integer_text,
)
from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.model import (
    BooleanType,
    Component,
    DateTimeType,
    DateType,
    EnumClass,
    EnumMember,
    EnumType,
    Field,
    FieldType,
    Index,
    IntegerType,
    KeyAttribute,
    LiteralType,
    NumberType,
    Package,
    StringType,
    Table,
    Transform,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.building import ANY
from entitystore_generator.proofs.chains import Chain, common_texts
from entitystore_generator.proofs.language import component_automaton
from tests.generator.proofs.counting import all_texts

PLACE = Position("spec.yaml", 1, 1)
TABLE = Table("shop", Index("", KeyAttribute("PK"), None), (), "EntityType", None, PLACE)
STATES = EnumClass("State", "str", tuple(EnumMember(each, each) for each in ("open", "done", "straße")), PLACE)
LEVELS = EnumClass("Level", "int", (EnumMember("LOW", -1), EnumMember("HIGH", 10)), PLACE)
PACKAGE = Package("spec.yaml", TABLE, (STATES, LEVELS), (), ())

SORTABLE = Transform(TransformKind.SORTABLE)
UPPER, LOWER = Transform(TransformKind.UPPER), Transform(TransformKind.LOWER)


def desc(width: int) -> Transform:
    return Transform(TransformKind.DESC, width)


def mod(divisor: int) -> Transform:
    return Transform(TransformKind.MOD, divisor)


def add(number: int) -> Transform:
    return Transform(TransformKind.ADD, number)


def shard(count: int) -> Transform:
    return Transform(TransformKind.SHARD, count)


def language(type_: FieldType, *transforms: Transform, format: str = "", default: str | None = None) -> Automaton:
    field = Field("v", "v", "v", type_, True, PLACE)
    return component_automaton(Component((field,), format, transforms, default, PLACE), PACKAGE)


def numbers(low: int, high: int, format: str = "d") -> set[str]:
    return {f"{number:{format}}" for number in range(low, high + 1)}


FINITE: list[tuple[Automaton, set[str]]] = [
    (language(BooleanType()), {"true", "false"}),
    (language(BooleanType(), UPPER), {"TRUE", "FALSE"}),
    (language(LiteralType(True)), {"true"}),
    (language(LiteralType("x#y"), UPPER), {"X#Y"}),
    (language(EnumType("State")), {"open", "done", "straße"}),
    (language(EnumType("State"), UPPER), {"OPEN", "DONE", "STRASSE"}),
    (language(EnumType("Level"), default="-"), {"-1", "10", "-"}),
    (language(IntegerType(), mod(10)), numbers(0, 9)),
    (language(IntegerType(minimum=13, maximum=17), mod(10)), numbers(3, 7)),
    (language(IntegerType(minimum=-3, maximum=4), mod(10)), numbers(0, 9)),
    (language(IntegerType(), mod(10), add(1)), numbers(1, 10)),
    (language(IntegerType(), mod(10), add(95)), numbers(95, 104)),
    (language(IntegerType(), shard(8)), numbers(0, 7)),
    (language(StringType(), shard(12)), numbers(0, 11)),
    (language(StringType(), UPPER, shard(1)), {"0"}),
    (language(IntegerType(minimum=-12, maximum=105)), numbers(-12, 105)),
    (language(IntegerType(minimum=95, maximum=1234)), numbers(95, 1234)),
    (language(IntegerType(minimum=-7, maximum=-7)), {"-7"}),
    (language(IntegerType(minimum=5, maximum=120), format="04d"), numbers(5, 120, "04d")),
    (language(IntegerType(minimum=-5), format="02d"), numbers(0, 99, "02d")),
    (language(IntegerType(), format="03d"), numbers(0, 999, "03d")),
    (language(IntegerType(), desc(2)), numbers(0, 99, "02d")),
    (language(IntegerType(minimum=10, maximum=12), desc(2)), {"87", "88", "89"}),
    (language(IntegerType(minimum=-1, maximum=1), SORTABLE), {str(2**63 + each).zfill(20) for each in (-1, 0, 1)}),
    (language(StringType(pattern="^[a-c]?x$")), {"x", "ax", "bx", "cx"}),
    (language(StringType(pattern="^[a-c]?x$"), UPPER), {"X", "AX", "BX", "CX"}),
    (language(StringType(pattern="^[Kk]$"), LOWER), {"k"}),
    (language(StringType(pattern="^[a-b]*$", max_length=2)), {"", "a", "b", "aa", "ab", "ba", "bb"}),
    (language(StringType(pattern="^[a-b]*$", min_length=2, max_length=2), UPPER), {"AA", "AB", "BA", "BB"}),
    (language(DateType(), format="%m"), numbers(1, 12, "02d")),
    (language(DateTimeType(), format="%d"), numbers(1, 31, "02d")),
    (language(DateTimeType(), format="%H"), numbers(0, 23, "02d")),
    (language(DateTimeType(), format="%j"), numbers(1, 366, "03d")),
    (language(DateType(), format="%u%%"), {f"{day}%" for day in range(1, 8)}),
    (language(DateType(), format="%Y"), numbers(1, 9999, "04d")),
]


@pytest.mark.parametrize(("found", "expected"), FINITE, ids=[str(place) for place in range(len(FINITE))])
def test_finite_languages_are_exact(found: Automaton, expected: set[str]) -> None:
    assert set(all_texts(found, 20_000)) == expected


@settings(max_examples=60)
@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_bounds_of_integers(one: int, other: int, value: int) -> None:
    low, high = sorted((one, other))
    assert language(IntegerType(minimum=low, maximum=high)).accepts(str(value)) is (low <= value <= high)
    assert language(IntegerType(minimum=low)).accepts(str(value)) is (low <= value)
    assert language(IntegerType(maximum=high)).accepts(str(value)) is (value <= high)


@pytest.mark.parametrize("text", ["007", "-0", "+1", "", "1.0", "1e3"])
def test_no_number_is_written_so(text: str) -> None:
    assert not language(IntegerType()).accepts(text)
    assert not language(IntegerType(minimum=-1000, maximum=1000)).accepts(text)


def test_the_bounds_of_a_format_count_where_they_are_checked() -> None:
    assert not language(IntegerType(minimum=0, bits=32)).accepts(str(2**31))
    assert language(IntegerType(minimum=0, bits=32)).accepts(str(2**31 - 1))
    assert language(IntegerType(bits=32)).accepts(str(2**31))  # a look-up takes it


def test_dates_are_those_of_the_calendar() -> None:
    found = language(DateType())
    days = {date.fromordinal(day).isoformat() for day in range(1, date(801, 1, 1).toordinal())}
    for year in (*range(1, 9), *range(96, 105), *range(396, 405), *range(796, 801)):
        for month in range(14):
            for day in (0, 1, 28, 29, 30, 31, 32):
                text = f"{year:04d}-{month:02d}-{day:02d}"
                assert found.accepts(text) is (text in days), text
    assert not found.accepts("0000-01-01")


TIMES = ["%Y-%m-%d", "%j%%", "%G-W%V-%u", "%H:%M:%S.%f", "%y#%U %W", "%I.", "%d%%Y-%m-%d"]


@given(st.datetimes(), st.sampled_from(TIMES))
def test_times_in_a_format(value: datetime, format_: str) -> None:
    found = language(DateTimeType(), format=format_)
    assert found.accepts(formatted_timestamp(value.replace(tzinfo=UTC), format_, "v"))
    assert found is not ANY
    assert not list(common_texts(Chain((found,)), Chain((ANY, language(LiteralType("|")), ANY)), Steps(10**6)))


@given(st.integers(-(2**63), 2**63 - 1))
def test_sortable_integers(value: int) -> None:
    assert language(IntegerType(), SORTABLE).accepts(sortable_integer_text(value, "v"))


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**12), max_value=10**12)


@given(decimals)
def test_decimals(value: Decimal) -> None:
    number = NumberType(decimal=True)
    assert language(number).accepts(decimal_key_text(value, "v"))
    assert language(number, SORTABLE).accepts(sortable_decimal_text(value, "v"))
    positive = NumberType(decimal=True, minimum=Decimal(0))
    assert language(positive).accepts(decimal_key_text(value, "v")) is (value >= 0)
    assert language(positive, SORTABLE).accepts(sortable_decimal_text(value, "v")) is (value >= 0)


@given(decimals, decimals, decimals)
def test_bounds_of_decimals(one: Decimal, other: Decimal, value: Decimal) -> None:
    low, high = sorted((one, other))
    found = language(NumberType(decimal=True, minimum=low, maximum=high))
    text = decimal_key_text(value, "v")
    assert found.accepts(text) or not low <= value <= high
    assert not found.accepts(text) or low - 1 < value < high + 1


@pytest.mark.parametrize("text", ["-0", "1.", ".5", "1.50", "00", "1E+2", "--1"])
def test_no_decimal_is_written_so(text: str) -> None:
    assert not language(NumberType(decimal=True)).accepts(text)


@pytest.mark.parametrize("text", ["6130!", "613050!", "63001!", "4869~", "48694", "5!", ""])
def test_no_decimal_is_sorted_so(text: str) -> None:
    assert not language(NumberType(decimal=True), SORTABLE).accepts(text)


@given(st.uuids())
def test_uuids(value: object) -> None:
    assert language(UuidType()).accepts(str(value))
    assert not language(UuidType()).accepts(str(value).upper()) or str(value) == str(value).upper()


CHECKS = {"email": is_email, "uri": is_uri, "ipv4": is_ipv4, "ipv6": is_ipv6}
GOOD = {
    "email": ["ada@example.com", "a.b+c#d@x", "a@[::1]", "ü@ü.de"],
    "uri": ["https://example.com/1#x", "urn:", "a+b-c.d:e"],
    "ipv4": ["192.0.2.1", "0.0.0.0", "255.255.255.255"],
    "ipv6": ["2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0#x", "::"],
}


@pytest.mark.parametrize("format_", CHECKS)
def test_formats(format_: str) -> None:
    found = language(StringType(format=format_))
    assert all(CHECKS[format_](text) and found.accepts(text) for text in GOOD[format_])
    others = [
        "",
        "x",
        "a b@c",
        "a@b@c",
        "1.2.3",
        "256.0.0.1",
        "01.2.3.4",
        "1:",
        "|",
        *(text for texts in GOOD.values() for text in texts),
    ]
    assert all(found.accepts(text) for text in others if CHECKS[format_](text))
    assert not found.accepts("")


@given(st.sampled_from(sorted(CHECKS)), st.text(alphabet="a0.:@%[]-+#/ é", max_size=12))
def test_formats_of_random_texts(format_: str, text: str) -> None:
    assert language(StringType(format=format_)).accepts(text) or not CHECKS[format_](text)


@given(st.text(max_size=5), st.sampled_from([(UPPER, str.upper), (LOWER, str.lower)]))
def test_any_text_in_one_case(text: str, case: tuple[Transform, type]) -> None:
    transform, function = case
    assert language(StringType(), transform).accepts(function(text))


def test_every_character_in_one_case() -> None:
    upper, lower = (language(StringType(min_length=1, max_length=1), each) for each in (UPPER, LOWER))
    for character in map(chr, (*range(0xD800), *range(0xE000, 0x110000))):
        if character.upper() != character:
            assert upper.accepts(character.upper())
        if character.lower() != character:
            assert lower.accepts(character.lower())
    assert all(upper.accepts(chr(code)) and lower.accepts(chr(code)) for code in range(0xE000, 0x110000, 1009))
    assert not upper.accepts("a")
    assert not upper.accepts("")
    assert not lower.accepts("A")


def test_lengths() -> None:
    found = language(StringType(min_length=2, max_length=3))
    assert [found.accepts("x" * count) for count in range(6)] == [False, False, True, True, False, False]
    long = language(StringType(min_length=2000, max_length=3000))
    assert long.accepts("x" * 3001)
    assert not long.accepts("x")


def test_a_format_that_is_not_known_is_any_text() -> None:
    assert language(DateTimeType(), format="%Q").accepts("whatever")


def test_long_enums_are_taken_as_words() -> None:
    members = tuple(EnumMember(f"V{number}", f"Value-{number:05d}é") for number in range(5_000))
    package = Package("spec.yaml", TABLE, (EnumClass("Long", "str", members, PLACE),), (), ())
    field = Field("v", "v", "v", EnumType("Long"), False, PLACE)
    for steps, text in (((), "Value-04999é"), ((UPPER,), "VALUE-04999É"), ((LOWER,), "value-04999é")):
        found = component_automaton(Component((field,), "", steps, "NONE", PLACE), package)
        assert found.accepts(text)
        assert found.accepts("NONE")
        assert not found.accepts("Value-05000é")
        assert len(found) < 30
        assert found.cost == 0


def test_shards_of_words_are_those_that_they_are_in() -> None:
    assert set(all_texts(language(LiteralType("x"), shard(1000)), 10)) == {shard_text("x", 1000)}
