"""Requests of single-item operations, byte for byte what is meant, and what a refusal becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from entitystore import operations
from entitystore.client import Call
from entitystore.errors import (
    AlreadyExistsError,
    ConditionFailedError,
    EntityStoreError,
    ServiceError,
    ThrottledError,
    TransportError,
    is_condition_failed,
)
from entitystore.expressions import Expression, parse_condition
from entitystore.values import Key
from tests.runtime.fakes import Order, order_codec, stored, throttled

CODEC = order_codec()
SHARED = order_codec(shares_keys=True)
KEY: Key = {"PK": {"S": "U#1"}, "SK": {"S": "0001"}}
ORDER = Order("0001", 1)
MINE = "(attribute_not_exists(#ty) OR #ty = :ty)"


def body(call: Call[Any]) -> Any:
    return msgspec.json.decode(call.body)


def refused(code: str = "ConditionalCheckFailedException", **more: object) -> ServiceError:
    text = msgspec.json.encode({"__type": code, **more})
    return ServiceError(code, "The conditional request failed", status=400, request_id="R1", body=text)


def test_get() -> None:
    call = operations.get(CODEC, "shop", KEY)
    assert (call.operation, body(call)) == ("GetItem", {"TableName": "shop", "Key": KEY})
    assert body(operations.get(CODEC, "shop", KEY, consistent=True))["ConsistentRead"] is True
    assert call.read(msgspec.json.encode({"Item": stored(ORDER)})) == ORDER


@pytest.mark.parametrize(
    ("item", "there"),
    [
        (None, False),
        ({"EntityType": {"S": "Order"}}, True),
        ({"EntityType": {"S": "User"}}, False),
        ({}, False),
    ],
)
def test_exists_reads_the_type_alone(item: dict[str, Any] | None, there: bool) -> None:
    call = operations.exists(CODEC, "shop", KEY)
    assert body(call) == {
        "TableName": "shop",
        "Key": KEY,
        "ProjectionExpression": "#t, #k0, #k1",
        "ExpressionAttributeNames": {"#t": "EntityType", "#k0": "PK", "#k1": "SK"},
        "ConsistentRead": False,
    }
    assert call.read(msgspec.json.encode({} if item is None else {"Item": item})) is there


def test_put_has_no_condition_of_its_own() -> None:
    call = operations.put(CODEC, "shop", ORDER)
    assert (call.operation, body(call)) == ("PutItem", {"TableName": "shop", "Item": stored(ORDER)})
    assert call.read(b"{}") is None


def test_put_with_a_condition() -> None:
    condition = parse_condition("total = :t AND attribute_exists(PK)", {"t": 1})
    assert body(operations.put(CODEC, "shop", ORDER, condition, return_old=True)) == {
        "TableName": "shop",
        "Item": stored(ORDER),
        "ConditionExpression": condition.text,
        "ExpressionAttributeNames": condition.names,
        "ExpressionAttributeValues": {":ut": {"N": "1"}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_placeholders_that_are_not_there_are_not_sent() -> None:
    sent = body(operations.delete(CODEC, "shop", KEY, Expression("size(PK) > size(SK)")))
    assert sent == {"TableName": "shop", "Key": KEY, "ConditionExpression": "size(PK) > size(SK)"}


def test_delete() -> None:
    call = operations.delete(CODEC, "shop", KEY)
    assert (call.operation, body(call)) == ("DeleteItem", {"TableName": "shop", "Key": KEY})


@pytest.mark.parametrize(
    "make",
    [
        lambda condition: operations.put(SHARED, "shop", ORDER, condition),
        lambda condition: operations.delete(SHARED, "shop", KEY, condition),
    ],
)
def test_where_keys_are_shared_each_write_looks_at_the_type(make: Callable[[Expression | None], Call[None]]) -> None:
    alone = body(make(None))
    assert alone["ConditionExpression"] == MINE
    assert alone["ExpressionAttributeNames"] == {"#ty": "EntityType"}
    assert alone["ExpressionAttributeValues"] == {":ty": {"S": "Order"}}
    both = body(make(parse_condition("total = :t OR total = :u", {"t": 1, "u": 2})))
    assert both["ConditionExpression"] == f"{MINE} AND (#c0 = :ut OR #c0 = :uu)"
    assert both["ExpressionAttributeNames"] == {"#ty": "EntityType", "#c0": "total"}
    assert both["ExpressionAttributeValues"].keys() == {":ty", ":ut", ":uu"}


def test_create_where_nothing_lies() -> None:
    call = operations.create(CODEC, "shop", ORDER)
    assert body(call) == {
        "TableName": "shop",
        "Item": stored(ORDER),
        "ConditionExpression": "attribute_not_exists(#k)",
        "ExpressionAttributeNames": {"#k": "PK"},
    }


def test_what_a_refusal_of_create_means() -> None:
    call = operations.create(CODEC, "shop", ORDER)
    error = call.refuse(refused())
    assert isinstance(error, AlreadyExistsError)
    assert (error.code, error.request_id) == ("ConditionalCheckFailedException", "R1")
    assert isinstance(call.refuse(throttled()), ThrottledError)


def test_what_a_refusal_of_put_means() -> None:
    error: EntityStoreError = operations.put(CODEC, "shop", ORDER).refuse(refused(Item=stored(ORDER)))
    assert isinstance(error, ConditionFailedError)
    assert error.item == stored(ORDER)
    assert is_condition_failed(error)
    assert "U#1" not in str(error)


@pytest.mark.parametrize("read", [operations.get, operations.get_literal, operations.exists])
@pytest.mark.parametrize("name", ["PK", "SK"])
def test_the_item_of_another_key_is_refused(read: Callable[..., Call[Any]], name: str) -> None:
    other = {**stored(ORDER), name: {"S": "another"}, "nested": {"M": KEY}}
    with pytest.raises(TransportError, match="not asked for"):
        read(CODEC, "shop", KEY).read(msgspec.json.encode({"Item": other}))


def test_a_key_is_the_same_however_it_is_spelled() -> None:
    key: Key = {"PK": {"S": 'é/"}'}, "SK": {"N": "10"}}
    for number in ("10", "1E+1", "10.0"):
        text = json.dumps(
            {"Item": {"SK": {"N": number}, "PK": key["PK"], "EntityType": {"S": CODEC.type_name}}}, indent=1
        )
        assert operations.exists(CODEC, "shop", key).read(text.encode())
    text = json.dumps({"Item": {"SK": {"N": "11"}, "PK": key["PK"]}})
    with pytest.raises(TransportError):
        operations.exists(CODEC, "shop", key).read(text.encode())
