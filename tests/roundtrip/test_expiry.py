"""Expiry times on their way to seconds and back, of each model kind; the document is that of the golden case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from entitystore.codec import json_bytes
from entitystore.errors import DecodeError, ValidationError
from entitystore.expiry import expiry_text, whole_seconds_text
from tests.compiled import MODEL_KINDS, Compiled, compile_document
from tests.engines import CHECKOUT
from tests.roundtrip.strategies import datetimes

DOCUMENT = CHECKOUT / "golden/expiry/openapi.yaml"
LAST = datetime.max.replace(tzinfo=UTC)


@pytest.fixture(scope="module", params=MODEL_KINDS)
def expiry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compile_document(DOCUMENT, request.param, tmp_path_factory.mktemp("e"), f"expiry_{request.param}_store")


def rounded_up(at: datetime) -> datetime:
    whole = at.astimezone(UTC).replace(microsecond=0)
    is_whole = at.microsecond == 0 or whole == LAST.replace(microsecond=0)
    return whole if is_whole else whole + timedelta(seconds=1)


@given(datetimes())
def test_a_time_comes_back_as_its_second(expiry: Compiled, at: datetime) -> None:
    store = expiry.store_module("session")
    item = store.encode(expiry.module.Session(id="1", user_id="u", ends_at=at))
    assert item["expires"] == {"N": str(int((rounded_up(at) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()))}
    found = store.CODEC.read_one(json_bytes({"Item": item}))
    assert found.ends_at == rounded_up(at)
    assert found.ends_at.tzinfo is not None
    assert store.encode(found) == item, "the key is that of the stored second"


def read_session(expiry: Compiled, stored: dict[str, Any]) -> datetime:
    store = expiry.store_module("session")
    item = store.encode(expiry.module.Session(id="1", user_id="u", ends_at=LAST)) | {"expires": stored}
    at: datetime = store.decode(item).ends_at
    return at


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ({"S": "2031-05-06T12:00:00.123456Z"}, "2031-05-06T12:00:00.123456+00:00"),
        ({"S": "2031-05-06T14:00:00+02:00"}, "2031-05-06T12:00:00+00:00"),
        ({"N": "1935835200"}, "2031-05-06T12:00:00+00:00"),
        ({"N": "1935835200.5"}, "2031-05-06T12:00:00.5+00:00"),
        ({"N": "-1"}, "1969-12-31T23:59:59+00:00"),
        ({"N": "0"}, "1970-01-01T00:00:00+00:00"),
    ],
)
def test_what_others_stored_is_read(expiry: Compiled, stored: dict[str, Any], text: str) -> None:
    assert read_session(expiry, stored) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "stored",
    [
        {"N": "1935835200000"},
        {"N": "1E+30"},
        {"N": "-99999999999999"},
        {"S": "1935835200"},
        {"S": "2031-05-06T12:00:00"},
        {"BOOL": True},
        {"NULL": True},
    ],
    ids=str,
)
def test_what_is_no_time_is_not_read(expiry: Compiled, stored: dict[str, Any]) -> None:
    with pytest.raises(DecodeError):
        read_session(expiry, stored)


def test_a_missing_time(expiry: Compiled) -> None:
    store = expiry.store_module("session")
    item = store.encode(expiry.module.Session(id="1", user_id="u", ends_at=LAST))
    del item["expires"]
    with pytest.raises(DecodeError, match="expires"):
        store.decode(item)


def test_an_optional_time_may_be_missing_or_null(expiry: Compiled) -> None:
    session = expiry.module.Session(id="1", user_id="u", ends_at=LAST)
    store = expiry.store_module("invitation")
    item = store.encode(expiry.module.Invitation(id="1", from_=session))
    assert "expires" not in item
    assert item["from"]["M"]["endsAt"] == {"S": "9999-12-31T23:59:59.999999Z"}, "inside it is text"
    assert store.decode(item).expires is None
    assert store.decode(item | {"expires": {"NULL": True}}).expires is None


def test_integers_are_as_they_are(expiry: Compiled) -> None:
    store = expiry.store_module("lock")
    for number in (0, -5, 1935835200, 1935835200000, 2**63 - 1):
        item = store.encode(expiry.module.Lock(name="a", until=number))
        assert item["expires"] == {"N": str(number)}
        assert store.decode(item).until == number
    assert store.encode(expiry.module.Lock(name="a", until=None))["expires"] == {"NULL": True}


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValidationError, match="naive"):
        expiry_text(datetime(2031, 5, 6), "ends_at")


@pytest.mark.parametrize(
    ("number", "text"),
    [(5.0, "5"), (1e20, "1e+20"), (-0.0, "-0"), (Decimal("1E+9"), "1E+9"), (Decimal("7.00"), "7.00")],
)
def test_whole_numbers(number: float | Decimal, text: str) -> None:
    assert whole_seconds_text(number, "ends") == text


@pytest.mark.parametrize("number", [1.5, Decimal("0.1"), float("nan"), float("inf"), Decimal("NaN"), True, "5", None])
def test_what_is_no_whole_number(number: Any) -> None:
    with pytest.raises(ValidationError, match="ends"):
        whole_seconds_text(number, "ends")


def test_the_package_says_its_attribute(expiry: Compiled) -> None:
    assert expiry.module.TABLE.ttl_attribute == "expires"
