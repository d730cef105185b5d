"""Key ranges against brute force: each condition selects what comparing the components' texts in Python selects."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.conditions import (
    LAST,
    Condition,
    KeyRange,
    begins_with,
    between,
    everything,
    exactly,
    ge,
    gt,
    le,
    lt,
    starting_with,
)
from entitystore.errors import ValidationError
from entitystore.exact_ranges import by_value

EDGES = '\0\x01!"#$AZaz~\x7f\x80\xff\ud7ff\ue000\ufffd\uffff\U00010000\U0010fffe'
"""Where UTF-8's length, the surrogates' gap and the last code point that a key may hold lie, and a delimiter."""

texts = st.text(st.sampled_from(EDGES), max_size=3)
filled = st.text(st.sampled_from(EDGES), min_size=1, max_size=3)
components = st.text(st.sampled_from(EDGES.replace("#", "")), max_size=3)

COMPARE: dict[str, Callable[[str, str], bool]] = {
    "gt": lambda text, value: text > value,
    "ge": lambda text, value: text >= value,
    "lt": lambda text, value: text < value,
    "le": lambda text, value: text <= value,
}
MAKE: dict[str, Callable[[str], Condition[str]]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def inside(key: str, found: KeyRange) -> bool:
    """As the service compares: by the bytes of UTF-8."""
    text, low, high = (each.encode() for each in (key, found.low, found.high))
    match found.operator:
        case "all":
            return True
        case "none":
            return False
        case "=":
            return text == low
        case "begins_with":
            return text.startswith(low)
        case "BETWEEN":
            return low <= text <= high
        case "<=":
            return text <= high
        case ">=":
            return text >= low
        case "<":
            return text < high
        case ">":
            return text > low


def sendable(found: KeyRange) -> bool:
    """DynamoDB refuses an empty bound and a BETWEEN upside down."""
    match found.operator:
        case "BETWEEN":
            return bool(found.low) and found.low.encode() <= found.high.encode()
        case "=" | "begins_with" | ">=" | ">":
            return bool(found.low)
        case "<=" | "<":
            return bool(found.high)
    return True


def same(text: str) -> str:
    return text


@pytest.mark.parametrize("operator", COMPARE)
@given(prefix=st.sampled_from(["", "ORDER#", "\U0010fffe", "a"]), value=texts, key=filled)
def test_a_condition_on_the_last_component(operator: str, prefix: str, value: str, key: str) -> None:
    found = MAKE[operator](value).over(prefix, same)
    assert sendable(found)
    for candidate in (key, prefix + key, prefix):
        expected = candidate.startswith(prefix) and COMPARE[operator](candidate.removeprefix(prefix), value)
        if candidate:
            assert inside(candidate, found) == expected, (found, candidate)


@pytest.mark.parametrize("operator", COMPARE)
def test_short_texts_of_the_edges_without_exception(operator: str) -> None:
    """All of them, where the properties above draw some."""
    short = ["", *EDGES, *("".join(pair) for pair in product("\0#\ud7ff\ue000\U0010fffe", repeat=2))]
    for value in short:
        found = MAKE[operator](value).over("P#", same)
        for text in short:
            assert inside("P#" + text, found) == COMPARE[operator](text, value), (operator, value, text)


@given(prefix=st.sampled_from(["", "O#"]), low=texts, high=texts, key=filled)
def test_between(prefix: str, low: str, high: str, key: str) -> None:
    found = between(low, high).over(prefix, same)
    assert sendable(found)
    assert inside(prefix + key, found) == (low <= key <= high)
    assert not prefix or not inside(key, found) or key.startswith(prefix)


@pytest.mark.parametrize("operator", COMPARE)
@given(value=components, key=components, rest=texts)
def test_a_component_with_more_behind_it_is_compared_alone(operator: str, value: str, key: str, rest: str) -> None:
    """`ge(v)` on the first of two components takes all that lies under v; `gt(v)` nothing of it."""
    found = MAKE[operator](value).over("O#", same, "#", more=True)
    assert sendable(found)
    expected = COMPARE[operator](key + "#", value + "#")
    assert inside(f"O#{key}#{rest}", found) == expected


@given(low=components, high=components, key=components, rest=texts)
def test_between_with_more_behind_it_includes_both_ends(low: str, high: str, key: str, rest: str) -> None:
    found = between(low, high).over("O#", same, "#", more=True)
    assert inside(f"O#{key}#{rest}", found) == (low + "#" <= key + "#" <= high + "#")


@given(prefix=st.sampled_from(["", "O#"]), start=texts, key=filled)
def test_prefixes(prefix: str, start: str, key: str) -> None:
    found = begins_with(start).over(prefix)
    assert sendable(found)
    assert inside(prefix + key, found) == key.startswith(start)


def test_nothing_runs_on_into_another_entity() -> None:
    """SEMANTICS: `ORDER#` and later is BETWEEN 'ORDER#…' AND 'ORDER#\\U0010FFFF', not >=."""
    found = ge("2024").over("ORDER#", same)
    assert found == KeyRange("BETWEEN", "ORDER#2024", "ORDER#" + LAST)
    assert inside("ORDER#2025", found)
    assert not inside("USER#1", found)


def test_whole_ranges() -> None:
    assert everything() == starting_with("") == KeyRange("all")
    assert exactly("a") == KeyRange("=", "a")
    assert starting_with("a") == KeyRange("begins_with", "a")
    assert lt("").over("", same) == KeyRange("none")
    assert between("b", "a").over("P#", same) == KeyRange("none")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (gt(9), KeyRange(">", "9")),
        (ge(9), KeyRange(">=", "9")),
        (lt(9), KeyRange("<", high="9")),
        (le(9), KeyRange("<=", high="9")),
        (between(9, 10), KeyRange("BETWEEN", "9", "10")),
        (between(10, 9), KeyRange("none", "10", "9")),
    ],
)
def test_numbers_are_compared_as_numbers(condition: Condition[int], found: KeyRange) -> None:
    assert condition.over_number(str) == found
    assert Decimal(9) < Decimal(10)


def test_between_needs_both() -> None:
    with pytest.raises(ValidationError, match="two values"):
        Condition("between", "a").over("", same)


@pytest.mark.parametrize(
    ("condition", "opposite"),
    [(gt(1), lt(1)), (ge(1), le(1)), (lt(1), gt(1)), (le(1), ge(1)), (between(1, 2), between(2, 1))],
)
def test_reversed_conditions_are_for_descending_texts(condition: Condition[int], opposite: Condition[int]) -> None:
    assert condition.reversed() == opposite
    assert opposite.reversed() == condition


def test_a_beginning_takes_the_case_of_the_key() -> None:
    assert begins_with("Ab").over("N#", to_text=str.lower) == starting_with("N#ab")


@given(st.sampled_from(["gt", "ge", "lt", "le", "between"]), st.data())
def test_ranges_by_value_hold_every_value_that_meets_the_condition(operator: str, data: st.DataObject) -> None:
    """What else the range holds is the filter's to leave out; that both together are exact is shown on the engines."""
    texts = st.text(alphabet=' !"$a\u00e9\U0010fffe', max_size=4)
    low, high, value = data.draw(texts), data.draw(texts), data.draw(texts)
    condition = between(low, high) if operator == "between" else Condition(operator, low)  # type: ignore[arg-type]
    found = by_value("P", condition, "X#", str, "#", "city")
    tests = {"gt": value > low, "ge": value >= low, "lt": value < low, "le": value <= low}
    meets = low <= value <= high if operator == "between" else tests[operator]
    if meets:
        key = f"X#{value}#more"
        assert found.range.operator == "BETWEEN"
        assert found.range.low <= key <= found.range.high
        assert found.exact is not None
        assert {each["S"] for each in found.exact.values.values()} <= {low, high}
        assert found.range.holds(key)
    if found.exact is not None:
        assert found.exact.holds({"city": {"S": value}}) is meets


@pytest.mark.parametrize(
    ("found", "inside", "outside"),
    [
        (everything(), ["", "a"], []),
        (KeyRange("none"), [], ["", "a"]),
        (exactly("a"), ["a"], ["", "ab"]),
        (starting_with("a"), ["a", "ab"], ["", "b"]),
        (KeyRange("BETWEEN", "a", "b"), ["a", "aa", "b"], ["", "ba"]),
        (KeyRange("<=", high="b"), ["", "b"], ["ba"]),
        (KeyRange(">=", "b"), ["b", "c"], ["a"]),
    ],
)
def test_texts_that_lie_in_a_range(found: KeyRange, inside: list[str], outside: list[str]) -> None:
    assert [text for text in (*inside, *outside) if found.holds(text)] == inside


@pytest.mark.parametrize(
    ("found", "inside", "outside"),
    [
        (exactly("10"), ["10", "1e1", "10.0"], ["1"]),
        (gt(9).over_number(str), ["10"], ["9", "-10"]),
        (ge(9).over_number(str), ["9.0", "10"], ["8.9"]),
        (lt(9).over_number(str), ["-10", "8"], ["9", "10"]),
        (le(9).over_number(str), ["-10", "9"], ["10"]),
        (between(-9, 10).over_number(str), ["-9", "2", "10"], ["-10", "11"]),
    ],
)
def test_numbers_that_lie_in_a_range(found: KeyRange, inside: list[str], outside: list[str]) -> None:
    assert [text for text in (*inside, *outside) if found.holds(text, "N")] == inside
