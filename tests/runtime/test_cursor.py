"""Cursors come back from outside: whatever was done to them, a query stays within its partition and range."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from entitystore.client import Client
from entitystore.conditions import KeyRange, everything, exactly, starting_with
from entitystore.cursor import MAX_LENGTH, Start
from entitystore.errors import ValidationError
from entitystore.expressions import parse_condition
from entitystore.plan import QueryPlan
from entitystore.query import Query
from tests.runtime.fakes import GSI1, PRIMARY, Order, QueryTransport, order_plan

RANGES = {
    "all": (everything(), "anything"),
    "=": (exactly("O#5"), "O#5"),
    "begins_with": (starting_with("O#"), "O#5"),
    "BETWEEN": (KeyRange("BETWEEN", "O#2", "O#7"), "O#5"),
    "<=": (KeyRange("<=", high="O#7"), "O#5"),
    ">=": (KeyRange(">=", "O#2"), "O#5"),
}


def plan_over(found: KeyRange, index: str = "") -> QueryPlan[Order]:
    plan = order_plan(GSI1 if index else PRIMARY, "P")
    return structs.replace(plan, range=found)


def key(partition: str, sort: str, index: str = "") -> dict[str, Any]:
    if index:
        return {"PK1": {"S": partition}, "SK1": {"S": sort}, "PK": {"S": "U#1"}, "SK": {"S": "x"}}
    return {"PK": {"S": partition}, "SK": {"S": sort}}


def forge(parts: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).rstrip(b"=").decode()


def allowed(found: KeyRange, sort: str) -> bool:
    match found.operator:
        case "=":
            return sort == found.low
        case "begins_with":
            return sort.startswith(found.low)
        case "BETWEEN":
            return found.low <= sort <= found.high
        case "<=":
            return sort <= found.high
        case ">=":
            return sort >= found.low
    return True


@pytest.mark.parametrize("index", ["", "GSI1"])
@pytest.mark.parametrize("operator", RANGES)
def test_an_own_cursor_comes_back(operator: str, index: str) -> None:
    found, sort = RANGES[operator]
    plan = plan_over(found, index)
    for last in (key("P", sort, index), msgspec.json.encode(key("P", sort, index))):
        assert plan.start_of(plan.cursor_after(last)) == Start(key("P", sort, index))


@pytest.mark.parametrize("index", ["", "GSI1"])
@pytest.mark.parametrize("operator", RANGES)
@given(partition=st.sampled_from(["P", "Q", ""]), sort=st.sampled_from(["O#", "N#9", "P#"]), rest=st.text(max_size=2))
def test_a_forged_key_stays_inside(operator: str, index: str, partition: str, sort: str, rest: str) -> None:
    found, _ = RANGES[operator]
    plan = plan_over(found, index)
    cursor = forge([plan.digest(), key(partition, sort + rest, index)])
    if partition == "P" and allowed(found, sort + rest):
        assert plan.start_of(cursor) == Start(key(partition, sort + rest, index))
    else:
        with pytest.raises(ValidationError):
            plan.start_of(cursor)


@pytest.mark.parametrize("operator", RANGES)
@given(data=st.data())
def test_altered_cursors_are_refused_or_stay_inside(operator: str, data: st.DataObject) -> None:
    found, sort = RANGES[operator]
    plan = plan_over(found)
    cursor = plan.cursor_after(key("P", sort))
    place = data.draw(st.integers(0, len(cursor)))
    stop = data.draw(st.integers(place, len(cursor)))
    altered = cursor[:place] + data.draw(st.text(max_size=4)) + cursor[stop:]
    stays_inside(plan, found, altered)


@given(text=st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="cursor"):
        plan_over(everything()).start_of(text)


values = st.none() | st.integers() | st.text() | st.dictionaries(st.sampled_from(["S", "N", "B", "M"]), st.text())
keys = st.dictionaries(st.sampled_from(["PK", "SK", "PK1", "x"]), values) | values


@given(parts=keys)
def test_any_key_under_the_right_digest_is_refused_or_stays_inside(parts: object) -> None:
    found, _ = RANGES["BETWEEN"]
    plan = plan_over(found)
    stays_inside(plan, found, forge([plan.digest(), parts]))


def stays_inside(plan: QueryPlan[Order], found: KeyRange, cursor: str) -> None:
    try:
        found_start = plan.start_of(cursor)
    except ValidationError:
        return
    assert found_start is not None
    start: Mapping[str, Any] = found_start.key or {}
    assert set(start) == {"PK", "SK"}
    assert start["PK"] == {"S": "P"}
    assert list(start["SK"]) == ["S"]
    assert allowed(found, start["SK"]["S"])


def other_plans() -> list[QueryPlan[Order]]:
    plan = plan_over(starting_with("O#"))
    return [
        structs.replace(plan, table_name="other"),
        structs.replace(plan, partition="Q"),
        structs.replace(plan, range=starting_with("O")),
        structs.replace(plan, range=everything()),
        structs.replace(plan, forward=False),
        structs.replace(plan, index=GSI1),
        structs.replace(plan, filter=parse_condition("total > :n", {"n": 1})),
    ]


@pytest.mark.parametrize("other", other_plans())
def test_a_cursor_belongs_to_its_query(other: QueryPlan[Order]) -> None:
    cursor = plan_over(starting_with("O#")).cursor_after(key("P", "O#1"))
    with pytest.raises(ValidationError, match="another query"):
        other.start_of(cursor)


def test_filters_that_differ_only_in_what_their_aliases_or_values_stand_for_are_other_queries() -> None:
    plans = [
        structs.replace(order_plan(), filter=parse_condition(text, {"n": value}))
        for text, value in (("total > :n", 1), ("price > :n", 1), ("total > :n", 2))
    ]
    assert len({plan.digest() for plan in plans}) == 3


def test_parts_of_the_digest_do_not_run_together() -> None:
    one = structs.replace(order_plan(), table_name="a", partition="b\0c")
    other = structs.replace(order_plan(), table_name="a\0", partition="c")
    assert one.digest() != other.digest()
    digests = {
        structs.replace(order_plan(), partition=partition, range=KeyRange("BETWEEN", low, high)).digest()
        for partition, low, high in (
            ("p\0BETWEEN", "a", "b"),
            ("p", "BETWEEN\0a", "b"),
            ("p", "a\0b", "b"),
            ("p", "a", "b\0b"),
        )
    }
    assert len(digests) == 4


@pytest.mark.parametrize("cursor", [b"WyJ", 7, 0.5, True, ["a"], {"a": 1}, bytearray(b"a"), object()])
def test_what_is_no_text_is_refused_before_anything_is_sent(cursor: Any) -> None:
    transport = QueryTransport([])
    query = Query(Client(transport, "shop"), order_plan())
    with pytest.raises(ValidationError, match=f"cursor: has to be a str, not {type(cursor).__name__}"):
        query.page(cursor=cursor)
    with pytest.raises(ValidationError, match="has to be a str"):
        next(iter(query.stream(cursor=cursor)))
    assert transport.bodies == []


def test_what_is_longer_than_any_cursor_is_not_parsed() -> None:
    plan = plan_over(everything())
    with pytest.raises(ValidationError, match="longer than any"):
        plan.start_of("A" * (MAX_LENGTH + 1))
    with pytest.raises(ValidationError, match="is not one that"):
        plan.start_of("A" * MAX_LENGTH)


def test_the_cursor_of_the_longest_keys_is_not_too_long() -> None:
    """Keys of as many bytes as DynamoDB takes, each of the characters that JSON writes longest."""
    plan = order_plan(GSI1, "\x01" * 2048)
    last = {
        "PK1": {"S": "\x01" * 2048},
        "SK1": {"S": "\x02" * 1024},
        "PK": {"S": "\x03" * 2048},
        "SK": {"S": "\x04" * 1024},
    }
    cursor = plan.cursor_after(last)
    assert MAX_LENGTH * 0.8 < len(cursor) <= MAX_LENGTH
    assert plan.start_of(cursor) == Start(last)
