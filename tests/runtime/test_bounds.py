"""Bounds beyond what keys have room for: as texts they compare with keys as their values do with the keys' values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore import begins_with
from entitystore.bounds import (
    descending_bound,
    integer_bound,
    padded_bound,
    sortable_decimal_bound,
    sortable_integer_bound,
    text_bound,
)
from entitystore.conditions import Condition, KeyRange, between
from entitystore.errors import ValidationError
from entitystore.keys import descending_text, padded_text, sortable_decimal_text, sortable_integer_text

suffixes = st.sampled_from(["", "#", "|", "~x", "é", "-"])
tails = st.sampled_from(["", "0", "zz", "~"])
numbers = st.integers(-(10**5), 10**5) | st.sampled_from([0, 999, 1000, -1, 2**63, 2**63 - 1, -(2**63), -(2**63) - 1])
decimals = st.decimals(allow_nan=False, allow_infinity=True) | st.sampled_from(
    [Decimal(text) for text in ("0", "-0", "1e200", "-1e200", "1e-200", "-1e-200", "1e999", "-1e-999", "1" * 60)]
)
stored_decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)


def check(
    condition: Condition[Any], value: Any, text: str, to_text: Callable[[Any], str], suffix: str, tail: str
) -> None:
    """Whether the key of a value lies in the range says whether the value meets the condition."""
    other = condition.other if condition.other is not None else value
    meets = {
        "gt": value > condition.value,
        "ge": value >= condition.value,
        "lt": value < condition.value,
        "le": value <= condition.value,
        "between": condition.value <= value <= other,
    }[condition.operator]
    more = bool(tail) or bool(suffix)
    found = condition.over("P#", to_text, suffix, more=more)
    assert found.holds(f"P#{text}{suffix}{tail if more else ''}") is meets


def conditions(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition[Any]]:
    one = st.builds(Condition, st.sampled_from(["gt", "ge", "lt", "le"]), values)
    return one | st.builds(between, values, values)


@given(conditions(numbers), st.integers(0, 999), suffixes, tails)
def test_padded_numbers(condition: Condition[int], value: int, suffix: str, tail: str) -> None:
    check(condition, value, padded_text(value, 3, "n"), lambda bound: padded_bound(bound, 3, "n"), suffix, tail)


@given(conditions(numbers), st.integers(0, 999), suffixes, tails)
def test_descending_numbers(condition: Condition[int], value: int, suffix: str, tail: str) -> None:
    def to_text(bound: int) -> str:
        return descending_bound(bound, 3, "n")

    text = descending_text(value, 3, "n")
    low, high = condition.value, condition.other if condition.other is not None else condition.value
    meets = {
        "gt": value > low,
        "ge": value >= low,
        "lt": value < low,
        "le": value <= low,
        "between": low <= value <= high,
    }
    found = condition.reversed().over("P#", to_text, suffix, more=bool(suffix or tail))
    assert found.holds(f"P#{text}{suffix}{tail}") is meets[condition.operator]


@given(conditions(numbers), st.integers(10, 99), suffixes, tails)
def test_numbers_of_one_width(condition: Condition[int], value: int, suffix: str, tail: str) -> None:
    check(condition, value, str(value), lambda bound: integer_bound(bound, 10, 99, "n"), suffix, tail)


@given(conditions(numbers), st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), suffixes, tails)
def test_sortable_integers(condition: Condition[int], value: int, suffix: str, tail: str) -> None:
    text = sortable_integer_text(value, "n")
    check(condition, value, text, lambda bound: sortable_integer_bound(bound, "n"), suffix, tail)


@given(conditions(decimals | stored_decimals), stored_decimals, suffixes, tails)
def test_sortable_decimals(condition: Condition[Decimal], value: Decimal, suffix: str, tail: str) -> None:
    text = sortable_decimal_text(value, "n")
    check(condition, value, text, lambda bound: sortable_decimal_bound(bound, "n"), suffix, tail)


@given(
    conditions(st.text(" !#$Aaz~é\U0010fffe", max_size=4)),
    st.text("$Aaz~é", max_size=4),
    st.sampled_from(["#", "#x"]),
    st.sampled_from(["", "!", "z", "~"]),
)
def test_texts_above_their_delimiter(condition: Condition[str], value: str, suffix: str, tail: str) -> None:
    found = condition.over("P#", lambda bound: text_bound(bound, suffix), suffix, more=True)
    other = condition.other if condition.other is not None else value
    meets = {
        "gt": value > condition.value,
        "ge": value >= condition.value,
        "lt": value < condition.value,
        "le": value <= condition.value,
        "between": condition.value <= value <= other,
    }[condition.operator]
    assert found.holds(f"P#{value}{suffix}{tail}") is meets


@pytest.mark.parametrize("value", [True, 1.5, "1", None])
def test_other_types_have_no_place_in_the_order(value: Any) -> None:
    bounds: list[Callable[[], str]] = [
        lambda: padded_bound(value, 3, "n"),
        lambda: descending_bound(value, 3, "n"),
        lambda: sortable_integer_bound(value, "n"),
        lambda: sortable_decimal_bound(value, "n"),
    ]
    for bound in bounds:
        with pytest.raises(ValidationError, match="n: "):
            bound()


def test_nothing_is_more_than_what_is_no_number() -> None:
    with pytest.raises(ValidationError, match="is not a number"):
        sortable_decimal_bound(Decimal("NaN"), "n")


def test_a_beginning_that_reaches_into_what_follows() -> None:
    assert begins_with("a#").over("X#", "#") == KeyRange("none")
    assert begins_with("a").over("X#", "#") == KeyRange("begins_with", "X#a")
    assert begins_with("a-").over("X#", "#", str.upper) == KeyRange("begins_with", "X#A-")


@pytest.mark.parametrize("value", [datetime(2026, 1, 2, tzinfo=UTC), 7, None, b"a"])
def test_a_beginning_is_text(value: Any) -> None:
    with pytest.raises(ValidationError, match="the beginning of the stored text"):
        begins_with(value)
