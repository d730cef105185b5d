"""Text forms: their order, their round trips, and what DynamoDB would refuse or bend."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.errors import ValidationError
from entitystore.values import (
    date_text,
    decimal_text,
    float_text,
    from_document,
    integer_text,
    milliseconds_text,
    timestamp_text,
    to_document,
)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones)


@given(instants, instants)
def test_timestamps_order_as_time_and_come_back(first: datetime, second: datetime) -> None:
    one, other = timestamp_text(first, "f"), timestamp_text(second, "f")
    assert (one < other, one == other) == (first < second, first == second)
    assert len(one) == len("2024-01-01T00:00:00.000000Z")
    assert one.endswith("Z")
    assert datetime.fromisoformat(one) == first


@given(instants)
def test_milliseconds_are_cut_off(instant: datetime) -> None:
    text = milliseconds_text(instant, "f")
    assert text == timestamp_text(instant, "f")[:23] + "Z"
    assert len(text) == 24


def test_timestamp_examples() -> None:
    berlin = timezone(timedelta(hours=2))
    assert timestamp_text(datetime(2024, 6, 1, 1, 2, 3, tzinfo=berlin), "f") == "2024-05-31T23:02:03.000000Z"
    assert timestamp_text(datetime(2024, 6, 1, 1, 2, 3, 40, tzinfo=UTC), "f") == "2024-06-01T01:02:03.000040Z"
    assert milliseconds_text(datetime(2024, 6, 1, 1, 2, 3, 999999, tzinfo=UTC), "f") == "2024-06-01T01:02:03.999Z"


@pytest.mark.parametrize("value", [datetime(2024, 1, 1), date(2024, 1, 1), "2024-01-01T00:00:00Z", None, 0])
def test_what_is_no_instant_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        timestamp_text(value, "created")
    assert caught.value.field == "created"


@given(st.dates())
def test_dates_come_back(day: date) -> None:
    assert date_text(day, "f") == day.isoformat()


@pytest.mark.parametrize("value", [datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01", None])
def test_what_is_no_date_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        date_text(value, "f")


@given(st.integers(-(10**38) + 1, 10**38 - 1))
def test_integers_come_back(number: int) -> None:
    assert int(integer_text(number, "f")) == number


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 10**38, -(10**38)])
def test_what_is_no_integer_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        integer_text(value, "f")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_or_are_refused(number: float) -> None:
    fits = number == 0 or 1e-130 <= abs(number) < 1e126
    if fits:
        assert float(float_text(number, "f")) == number
    else:
        with pytest.raises(ValidationError):
            float_text(number, "f")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, "1.0", None, Decimal(1)])
def test_what_is_no_float_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        float_text(value, "f")


@st.composite
def decimals(draw: st.DrawFn) -> Decimal:
    digits = draw(st.lists(st.integers(0, 9), min_size=1, max_size=45))
    return Decimal((draw(st.integers(0, 1)), tuple(digits), draw(st.integers(-180, 140))))


@given(decimals())
def test_decimals_come_back_or_are_refused(number: Decimal) -> None:
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    fits = number.is_zero() or (len(digits) <= 38 and -130 <= number.adjusted() <= 125)
    if fits:
        assert Decimal(decimal_text(number, "f")) == number
    else:
        with pytest.raises(ValidationError):
            decimal_text(number, "f")


@pytest.mark.parametrize("text", ["0", "-0", "-0.0", "0E+3", "7", "-7", "7.0", "1E+2", "1" + "0" * 37])
def test_a_number_of_any_type_is_written_again_as_it_was(text: str) -> None:
    stored: dict[str, object] = {"N": text}
    assert to_document(from_document(stored), "f") == stored


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("5", 5),
        ("-5", -5),
        ("1" * 38, int("1" * 38)),
        ("5.0", Decimal(5)),
        ("0.1", Decimal("0.1")),
        ("1E+40", Decimal("1E+40")),
    ],
)
def test_what_a_number_of_any_type_is_read_as(text: str, read: int | Decimal) -> None:
    found = from_document({"N": text})
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), 1, 1.0, "1", None])
def test_what_is_no_decimal_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        decimal_text(value, "f")


numbers = st.integers(-(10**38) + 1, 10**38 - 1) | st.decimals("-1e20", "1e20", places=6, allow_nan=False)
leaves = st.none() | st.booleans() | st.text() | numbers | st.binary()
sets = (
    st.sets(st.text(), min_size=1)
    | st.sets(st.integers(-(10**9), 10**9), min_size=1)
    | st.sets(st.binary(), min_size=1)
)
documents = st.recursive(
    leaves | sets, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


@given(documents)
def test_documents_come_back(value: object) -> None:
    assert from_document(to_document(value, "f")) == value


@given(documents)
def test_documents_come_back_through_json(value: object) -> None:
    import msgspec

    text = msgspec.json.encode(to_document(value, "f"))
    assert from_document(msgspec.json.decode(text)) == value


@pytest.mark.parametrize(
    ("value", "document"),
    [
        (True, {"BOOL": True}),
        (1, {"N": "1"}),
        (1.5, {"N": "1.5"}),
        (Decimal("1.50"), {"N": "1.50"}),
        (None, {"NULL": True}),
        (b"a", {"B": b"a"}),
        (bytearray(b"a"), {"B": b"a"}),
        ((1, "a"), {"L": [{"N": "1"}, {"S": "a"}]}),
        ({"a": []}, {"M": {"a": {"L": []}}}),
        (frozenset({"a"}), {"SS": ["a"]}),
        ({"": ""}, {"M": {"": {"S": ""}}}),
        (UUID(int=10), {"S": "00000000-0000-0000-0000-00000000000a"}),
        (date(2024, 5, 1), {"S": "2024-05-01"}),
        (datetime(2024, 5, 1, tzinfo=UTC), {"S": "2024-05-01T00:00:00.000000Z"}),
    ],
)
def test_document_examples(value: object, document: object) -> None:
    assert to_document(value, "f") == document


@pytest.mark.parametrize("value", [set(), {1, "a"}, {True}, {1: "a"}, object(), math.nan, [{"a": {None}}]])
def test_what_dynamodb_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        to_document(value, "f")


@pytest.mark.parametrize(
    "document", [{}, {"S": "a", "N": "1"}, {"S": 1}, {"N": 1}, {"X": 1}, {"L": {}}, {"M": []}, {"B": 1}, {"B": "?"}]
)
def test_what_is_no_document_is_an_error(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        from_document(document)
    assert type(caught.value).__module__ in ("builtins", "binascii")


def test_an_error_names_the_type_and_never_the_value() -> None:
    with pytest.raises(ValidationError, match="not str") as caught:
        integer_text("4111-1111", "card")  # type: ignore[arg-type]
    assert "4111" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_an_instant_outside_of_the_calendar_is_refused(value: datetime) -> None:
    with pytest.raises(ValidationError, match=r"^f: lies outside"):
        timestamp_text(value, "f")


def test_a_number_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="expected a number"):
        from_document({"N": "one"})


@pytest.mark.parametrize("value", [2**53 + 1, 10**38, 10**400, -(10**400)])
def test_an_int_that_no_float_is_equal_to_is_refused(value: int) -> None:
    with pytest.raises(ValidationError, match="no float is equal"):
        float_text(value, "field")


def test_an_int_that_a_float_is_equal_to_is_that_float() -> None:
    assert float_text(2**53, "field") == "9007199254740992.0"
