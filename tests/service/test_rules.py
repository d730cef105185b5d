"""The rules refuse what the service refuses, each of them alone, and let pass what the library sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entitystore.definition import IndexDefinition, KeyAttribute, TableDefinition
from tests.service.rules import Broken, check

TABLE = TableDefinition(
    "t",
    IndexDefinition("", KeyAttribute("PK"), KeyAttribute("SK")),
    (IndexDefinition("GSI", KeyAttribute("GP"), KeyAttribute("GN", "N")),),
)
QUERY: dict[str, Any] = {
    "TableName": "t",
    "KeyConditionExpression": "#p = :p AND #s BETWEEN :a AND :b",
    "ExpressionAttributeNames": {"#p": "PK", "#s": "SK"},
    "ExpressionAttributeValues": {":p": {"S": "x"}, ":a": {"S": "a"}, ":b": {"S": "b"}},
}
ITEM: dict[str, Any] = {"PK": {"S": "x"}, "SK": {"S": "y"}}


def query(condition: str = "", values: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The query above with another condition on the sort key, or other fields."""
    made = json.loads(json.dumps(QUERY))
    if condition:
        made["KeyConditionExpression"] = condition
        made["ExpressionAttributeValues"] = {":p": {"S": "x"}} | (values or {})
    return {**made, **more}


def filtered(text: str, values: dict[str, Any] | None = None, **names: str) -> dict[str, Any]:
    made = query(FilterExpression=text)
    made["ExpressionAttributeNames"] |= {f"#{name}": attribute for name, attribute in names.items()}
    made["ExpressionAttributeValues"] |= values or {}
    return made


GOOD = [
    ("Query", query()),
    ("Query", query("#p = :p AND begins_with(#s, :a)", {":a": {"S": "a"}}, Limit=1, ConsistentRead=True)),
    ("Query", filtered("(#a = :v OR attribute_not_exists(#a)) AND #b.#a <> :v", {":v": {"S": ""}}, a="x", b="y")),
    ("Query", filtered("attribute_type(#a, :v)", {":v": {"S": "N"}}, a="x")),
    ("Query", {**filtered("#a = :v", {":v": {"S": ""}}, a="x"), "Select": "COUNT"}),
    ("GetItem", {"TableName": "t", "Key": ITEM}),
    (
        "PutItem",
        {"TableName": "t", "Item": ITEM | {"GP": {"S": "x"}, "GN": {"N": "1"}, "e": {"S": ""}, "l": {"L": []}}},
    ),
    ("BatchGetItem", {"RequestItems": {"t": {"Keys": [ITEM]}}}),
    ("BatchWriteItem", {"RequestItems": {"t": [{"PutRequest": {"Item": ITEM}}]}}),
]


@pytest.mark.parametrize(("operation", "request_"), GOOD)
def test_what_is_right_passes(operation: str, request_: dict[str, Any]) -> None:
    check(operation, json.dumps(request_).encode(), TABLE)


ON_INDEX = {"IndexName": "GSI", "ExpressionAttributeNames": {"#p": "GP", "#s": "GN"}}
BROKEN = [
    (query("#p = :p AND #s > :a AND #s < :b", {":a": {"S": "a"}, ":b": {"S": "b"}}), "one condition on SK"),
    (query("#p = :p OR #s = :a", {":a": {"S": "a"}}), "no OR"),
    (query("#p > :p AND #s = :a", {":a": {"S": "a"}}), "partition key equals"),
    (query("#s = :p"), "nothing uses"),
    (query("#p = :p AND #s <> :a", {":a": {"S": "a"}}), "for no key condition"),
    (query("#p = :p AND #s = :a", {":a": {"N": "1"}}), "of type S"),
    (query("#p = :p AND #s = :a", {":a": {"S": ""}}), "never empty"),
    (query("#p = :p AND #s BETWEEN :a AND :b", {":a": {"S": "b"}, ":b": {"S": "a"}}), "upside down"),
    (query("#p = :p AND begins_with(#s, :a)", {":a": {"N": "1"}}, **ON_INDEX), "not for numbers"),
    (query("#p = :p AND #s = :a", {":a": {"N": "1"}}, **ON_INDEX, ConsistentRead=True), "no consistent"),
    (query("#p = :p AND #s = :a", {":a": {"S": "1"}}, **ON_INDEX), "of type N"),
    (query(IndexName="HSI"), "no index HSI"),
    (query("PK = :p AND #s = :a", {":a": {"S": "a"}}, ExpressionAttributeNames={"#s": "SK"}), "stand bare"),
    (query(Limit=0), "Limit 0"),
    (query(Limit=2**31), "Limit"),
    (query(Limits=1), "has no"),
    (query(Select="NONE"), "Select"),
    (query(ExclusiveStartKey={"PK": {"S": "x"}}), "a key of"),
    (query(ExclusiveStartKey={"PK": {"S": "x"}, "SK": {"S": ""}}), "is empty"),
    (filtered("#s = :v", {":v": {"S": "x"}}), "a filter names SK"),
    (filtered("#a = :v OR NOT attribute_exists(#p)", {":v": {"S": "x"}}, a="x"), "a filter names PK"),
    (filtered("size(#p) > :v", {":v": {"N": "1"}}), "a filter names PK"),
    (filtered("#a BETWEEN :v AND :w", {":v": {"S": "x"}, ":w": {"S": "a"}}, a="x"), "upside down"),
    (filtered("begins_with(#a, :v)", {":v": {"N": "1"}}, a="x"), "takes text"),
    (filtered("attribute_type(#a, :v)", {":v": {"S": "X"}}, a="x"), "name of a type"),
    (filtered("#a > :v", {":v": {"BOOL": True}}, a="x"), "is for texts"),
    (filtered("#a = :w", {":v": {"S": "x"}}, a="x"), "without a value"),
    (filtered("#a = ", a="x"), "where a name"),
    (filtered("#a = :v", {":v": {"SS": []}}, a="x"), "not empty"),
    (filtered("#a IN (" + ", ".join([":v"] * 101) + ")", {":v": {"S": "x"}}, a="x"), "at most 100"),
    (filtered(" OR ".join(["#a = :v"] * 600), {":v": {"S": "x"}}, a="x"), "too long"),
    ({**filtered("#a = :v", {":v": {"S": ""}}, a="x"), "ProjectionExpression": "#a, #a"}, "overlap"),
    ({**filtered("#a = :v", {":v": {"S": ""}}, a="x"), "ProjectionExpression": "#a", "Select": "COUNT"}, "exclude"),
]


@pytest.mark.parametrize(("request_", "what"), BROKEN)
def test_what_the_service_refuses_of_a_query(request_: dict[str, Any], what: str) -> None:
    with pytest.raises(AssertionError, match=what):
        check("Query", json.dumps(request_).encode(), TABLE)


@pytest.mark.parametrize(
    ("operation", "request_", "what"),
    [
        ("GetItem", {"TableName": "t", "Key": {"PK": {"S": "x"}}}, "a key of"),
        ("GetItem", {"TableName": "t", "Key": ITEM | {"z": {"S": "x"}}}, "a key of"),
        ("PutItem", {"TableName": "t", "Item": {"PK": {"S": "x"}, "SK": {"S": ""}}}, "SK of the table is empty"),
        ("PutItem", {"TableName": "t", "Item": {"PK": {"S": "x"}, "SK": {"S": "x" * 1025}}}, "1024 bytes"),
        ("PutItem", {"TableName": "t", "Item": ITEM | {"GN": {"S": "1"}}}, "the index GSI is of type N"),
        ("PutItem", {"TableName": "t", "Item": ITEM | {"GP": {"NULL": True}}}, "the index GSI is of type S"),
        ("PutItem", {"TableName": "t", "Item": ITEM | {"n": {"N": "1" * 39}}}, "38 digits"),
        ("PutItem", {"TableName": "t", "Item": ITEM | {"n": {"N": "1E126"}}}, "out of range"),
        ("PutItem", {"TableName": "t", "Item": ITEM | {"l": {"L": [{"M": {"s": {"NS": []}}}]}}}, "not empty"),
        ("PutItem", {"TableName": "t", "Item": ITEM, "ExpressionAttributeNames": {"#a": "x"}}, "nothing uses"),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [ITEM, ITEM]}}}, "a key twice"),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [ITEM | {"SK": {"S": str(n)}} for n in range(101)]}}},
            "1 to 100 keys",
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"t": [{"DeleteRequest": {"Key": ITEM | {"SK": {"S": str(n)}}}} for n in range(26)]}},
            "1 to 25 keys",
        ),
        ("BatchWriteItem", {"RequestItems": {"t": [{"PutRequest": {"Item": ITEM}}] * 2}}, "a key twice"),
    ],
)
def test_what_the_service_refuses(operation: str, request_: dict[str, Any], what: str) -> None:
    with pytest.raises(Broken, match=what):
        check(operation, json.dumps(request_).encode(), TABLE)
