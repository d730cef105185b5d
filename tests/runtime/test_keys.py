"""Text forms of keys. The literal examples are for ever: whoever has to change one loses stored items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entitystore import keys
from entitystore.errors import ValidationError

int64s = st.integers(-(2**63), 2**63 - 1)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
scaled = st.builds(
    lambda digits, power: Decimal(digits).scaleb(power), st.integers(-(10**9), 10**9), st.integers(-90, 90)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (keys.boolean_text(True, "f"), "true"),
        (keys.boolean_text(False, "f"), "false"),
        (keys.padded_text(7, 8, "f"), "00000007"),
        (keys.padded_text(0, 1, "f"), "0"),
        (keys.padded_text(99, 2, "f"), "99"),
        (keys.descending_text(0, 8, "f"), "99999999"),
        (keys.descending_text(99_999_999, 8, "f"), "00000000"),
        (keys.descending_text(42, 4, "f"), "9957"),
        (keys.sortable_integer_text(0, "f"), "09223372036854775808"),
        (keys.sortable_integer_text(-(2**63), "f"), "00000000000000000000"),
        (keys.sortable_integer_text(2**63 - 1, "f"), "18446744073709551615"),
        (keys.sortable_integer_text(-1, "f"), "09223372036854775807"),
        (keys.decimal_key_text(Decimal("1.50"), "f"), "1.5"),
        (keys.decimal_key_text(Decimal("100"), "f"), "100"),
        (keys.decimal_key_text(Decimal("1E+3"), "f"), "1000"),
        (keys.decimal_key_text(Decimal("1E-3"), "f"), "0.001"),
        (keys.decimal_key_text(Decimal("-0.00"), "f"), "0"),
        (keys.decimal_key_text(Decimal("-12.340"), "f"), "-12.34"),
        (keys.shard_text("user-1", 8), "4"),
        (keys.shard_text("", 8), "0"),
        (keys.shard_text("123456789", 1000), "262"),
        (
            keys.formatted_timestamp(datetime(2024, 6, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), "%Y-%m-%d", "f"),
            "2024-05-31",
        ),
        (keys.formatted_timestamp(datetime(33, 6, 1, tzinfo=UTC), "%Y/%m %%Y %G", "f"), "0033/06 %Y 0033"),
        (keys.formatted_date(date(7, 1, 2), "%Y%m%d", "f"), "00070102"),
    ],
)
def test_the_forms(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "5"),
        ("-0.0", "5"),
        ("1", "61301!"),
        ("10", "61311!"),
        ("12.50", "6131125!"),
        ("0.001", "61271!"),
        ("-1", "48698~"),
        ("-12.5", "4868874~"),
    ],
)
def test_the_form_of_a_sortable_decimal(value: str, expected: str) -> None:
    assert keys.sortable_decimal_text(Decimal(value), "f") == expected


def agree(first: Any, second: Any, text: Callable[..., str], tail: str = "") -> bool:
    one, other = text(first, "f") + tail, text(second, "f") + tail
    return (one < other, one == other) == (first < second, first == second)


@given(int64s, int64s)
@example(-1, 0)
def test_sortable_integers_are_in_the_order_of_the_numbers(first: int, second: int) -> None:
    assert agree(first, second, keys.sortable_integer_text)


@given(decimals | scaled, decimals | scaled, st.sampled_from(["", "#", ":", "|a", "z", "-", " "]))
@example(Decimal("1"), Decimal("1.5"), "#")
@example(Decimal("-1"), Decimal("-1.5"), "#")
@example(Decimal("9.99E+125"), Decimal("-9.99E+125"), "")
@example(Decimal("1E-130"), Decimal("0"), "#")
@example(Decimal("-1E-130"), Decimal("0"), "#")
def test_sortable_decimals_are_in_the_order_of_the_numbers(first: Decimal, second: Decimal, tail: str) -> None:
    assert agree(first, second, keys.sortable_decimal_text, tail)


@given(decimals, st.integers(0, 4))
def test_equal_decimals_give_one_key(value: Decimal, zeros: int) -> None:
    padded = Decimal(f"{value:f}" + ("" if "." in f"{value:f}" else ".") + "0" * zeros)
    assert keys.decimal_key_text(padded, "f") == keys.decimal_key_text(value, "f")
    assert Decimal(keys.decimal_key_text(value, "f")) == value
    assert keys.sortable_decimal_text(padded, "f") == keys.sortable_decimal_text(value, "f")


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_padded_orders_and_descending_reverses(first: int, second: int) -> None:
    assert agree(first, second, lambda value, field: keys.padded_text(value, 4, field))
    assert agree(-first, -second, lambda value, field: keys.descending_text(-value, 4, field))


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_formatted_days_are_in_the_order_of_the_days(first: datetime, second: datetime) -> None:
    one, other = (keys.formatted_timestamp(each, "%Y-%m-%d", "f") for each in (first, second))
    assert (one < other, one == other) == (first.date() < second.date(), first.date() == second.date())
    assert keys.formatted_date(first.date(), "%Y-%m-%d", "f") == one


@given(st.text(), st.integers(1, 100))
def test_a_shard_is_a_number_below_their_count(text: str, shards: int) -> None:
    assert 0 <= int(keys.shard_text(text, shards)) < shards


@pytest.mark.parametrize(
    "call",
    [
        lambda: keys.padded_text(-1, 4, "f"),
        lambda: keys.padded_text(10_000, 4, "f"),
        lambda: keys.padded_text(True, 4, "f"),
        lambda: keys.padded_text("7", 4, "f"),  # type: ignore[arg-type]
        lambda: keys.descending_text(-1, 4, "f"),
        lambda: keys.descending_text(10_000, 4, "f"),
        lambda: keys.descending_text(1.0, 4, "f"),  # type: ignore[arg-type]
        lambda: keys.sortable_integer_text(2**63, "f"),
        lambda: keys.sortable_integer_text(-(2**63) - 1, "f"),
        lambda: keys.sortable_integer_text(None, "f"),  # type: ignore[arg-type]
        lambda: keys.sortable_decimal_text(Decimal("NaN"), "f"),
        lambda: keys.sortable_decimal_text(Decimal("1E+126"), "f"),
        lambda: keys.sortable_decimal_text(1.0, "f"),  # type: ignore[arg-type]
        lambda: keys.decimal_key_text(Decimal("Infinity"), "f"),
        lambda: keys.boolean_text(1, "f"),  # type: ignore[arg-type]
        lambda: keys.formatted_timestamp(datetime(2024, 1, 1), "%Y", "f"),
        lambda: keys.formatted_timestamp(date(2024, 1, 1), "%Y", "f"),  # type: ignore[arg-type]
        lambda: keys.formatted_date(datetime(2024, 1, 1, tzinfo=UTC), "%Y", "f"),
        lambda: keys.formatted_date("2024-01-01", "%Y", "f"),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_is_refused_and_named(call: Callable[[], str]) -> None:
    with pytest.raises(ValidationError) as caught:
        call()
    assert caught.value.field == "f"


def test_the_errors_of_guards() -> None:
    assert str(keys.holds_delimiter("city", "#")) == "city: may not contain '#', which separates the parts of a key"
    error = keys.empty_key("email", "GSI1PK")
    assert (error.field, "GSI1PK" in error.reason) == ("email", True)
