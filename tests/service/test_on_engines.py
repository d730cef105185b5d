"""What the rules say is what AWS's own engine says, and the memory answers queries as the engines do."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from entitystore.definition import TableDefinition, create_table_body
from entitystore.errors import ServiceError
from entitystore.transports import Transport
from entitystore.transports.http import HttpTransport
from tests.engines import DYNAMODB_LOCAL, DYNOXIDE, Engine
from tests.service.memory import MemoryService
from tests.service.test_rules import BROKEN, GOOD, TABLE

OURS = ("stand bare", "has no", "1024 bytes")
"""Rules of ours alone; and what the engine does not look at: unknown fields, and sizes of keys."""
FAITHFUL = (DYNOXIDE, DYNAMODB_LOCAL)
"""The others refuse, or break on, a filter that compares two types."""
_names = itertools.count(1)


@pytest.fixture(scope="module")
def transport(engine: Engine) -> Iterator[HttpTransport]:
    transport = HttpTransport(engine.endpoint_url)
    yield transport
    transport.close()


@pytest.fixture(scope="module")
def table_name(engine: Engine, transport: HttpTransport) -> str:
    name = f"rules-{engine.name}-{next(_names)}"
    transport.call("CreateTable", create_table_body(TABLE, name))
    return name


def sent(transport: Transport, operation: str, request: dict[str, Any], name: str) -> dict[str, Any]:
    body = json.dumps(request | {"TableName": name})
    answer: dict[str, Any] = json.loads(transport.call(operation, body.encode()))
    return answer


@pytest.mark.parametrize("engine", [DYNAMODB_LOCAL], ids=["dynamodb-local"], indirect=True)
@pytest.mark.parametrize(("request_", "what"), [each for each in BROKEN if each[1] not in OURS])
def test_the_engine_refuses_what_the_rules_refuse(
    transport: HttpTransport, table_name: str, request_: dict[str, Any], what: str
) -> None:
    with pytest.raises(ServiceError, match=r"ValidationException|InternalFailure"):
        sent(transport, "Query", request_, table_name)


@pytest.mark.parametrize("request_", [each for operation, each in GOOD if operation == "Query"])
def test_the_engine_takes_what_the_rules_let_pass(
    transport: HttpTransport, table_name: str, request_: dict[str, Any]
) -> None:
    assert sent(transport, "Query", request_, table_name)["Count"] == 0


# --- answers ---

TEXTS = ["a", "a#", "a!", "a#b", "b", "Z", "é", "\ue000", "\U0001f600", "ab", "a\u00ff"]
NUMBERS = ["-1", "0", "1", "1.5", "10", "2", "-10", "1E2"]


def items(random_: random.Random) -> list[dict[str, Any]]:
    found = {}
    for _ in range(40):
        item: dict[str, Any] = {"PK": {"S": random_.choice("xy")}, "SK": {"S": random_.choice(TEXTS)}}
        if random_.random() < 0.7:
            item |= {"GP": {"S": random_.choice("xy")}, "GN": {"N": random_.choice(NUMBERS)}}
        values = [{"S": random_.choice(TEXTS)}, {"N": random_.choice(NUMBERS)}, {"BOOL": True}, {"NULL": True}]
        item |= {name: random_.choice(values) for name in "abc" if random_.random() < 0.8}
        item["m"] = {"M": {"a": random_.choice(values)}}
        found[item["PK"]["S"], item["SK"]["S"]] = item
    return [*found.values()]


def query(random_: random.Random) -> dict[str, Any]:
    """A query with a random range, direction and filter."""
    on_index = random_.random() < 0.4
    kind, values = ("N", NUMBERS) if on_index else ("S", TEXTS)
    made: dict[str, Any] = {
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": {"#p": "GP" if on_index else "PK"},
        "ExpressionAttributeValues": {":p": {"S": random_.choice("xy")}},
        "ScanIndexForward": random_.random() < 0.5,
    }
    if on_index:
        made["IndexName"] = "GSI"
    operator = random_.choice(["", "=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"])
    if operator and (operator != "begins_with" or not on_index):
        low, high = sorted(random_.choices(values, k=2), key=float if on_index else str)
        made["ExpressionAttributeNames"]["#s"] = "GN" if on_index else "SK"
        made["ExpressionAttributeValues"][":a"] = {kind: low}
        condition = f"#s {operator} :a"
        if operator == "BETWEEN":
            made["ExpressionAttributeValues"][":b"] = {kind: high}
            condition += " AND :b"
        made["KeyConditionExpression"] += f" AND {'begins_with(#s, :a)' if operator == 'begins_with' else condition}"
    if random_.random() < 0.7:
        _filter(made, random_)
    return made


def _filter(made: dict[str, Any], random_: random.Random) -> None:
    text, values = random_.choice(
        [
            ("#f = :f", [{"S": random_.choice(TEXTS)}]),
            ("#f > :f", [{"N": random_.choice(NUMBERS)}]),
            ("NOT #f <= :f", [{"S": random_.choice(TEXTS)}]),
            ("begins_with(#f, :f)", [{"S": "a"}]),
            ("attribute_type(#f, :f)", [{"S": random_.choice(["S", "N", "NULL"])}]),
            ("(#f <> :f OR attribute_not_exists(#f))", [{"S": random_.choice(TEXTS)}]),
            ("attribute_exists(#f) AND NOT #f IN (:f, :g)", [{"S": "a"}, {"N": "1"}]),
            ("#f BETWEEN :f AND :g", [{"N": "-1"}, {"N": "2"}]),
        ]
    )
    nested = random_.random() < 0.3
    made["FilterExpression"] = text.replace("#f", "#m.#f") if nested else text
    made["ExpressionAttributeNames"] |= {"#f": "a", "#m": "m"} if nested else {"#f": random_.choice("abc")}
    made["ExpressionAttributeValues"] |= dict(zip((":f", ":g"), values, strict=False))


def pages(transport: Transport, name: str, request: dict[str, Any], limit: int | None) -> list[list[dict[str, Any]]]:
    """All pages of a query, each of at most `limit` items read."""
    found: list[list[dict[str, Any]]] = []
    start = None
    while True:
        given = {"Limit": limit} if limit else {}
        answer = sent(transport, "Query", request | given | ({"ExclusiveStartKey": start} if start else {}), name)
        found.append(answer["Items"])
        start = answer.get("LastEvaluatedKey")
        if start is None:
            return found


@pytest.mark.parametrize("engine", FAITHFUL, ids=[kind.name for kind in FAITHFUL], indirect=True)
def test_the_memory_answers_as_the_engine_does(engine: Engine, transport: HttpTransport) -> None:
    random_ = random.Random(7)
    definition = TableDefinition("t", TABLE.primary, TABLE.indexes)
    for _ in range(3):
        name = f"memory-{engine.name}-{next(_names)}"
        transport.call("CreateTable", create_table_body(definition, name))
        memory = MemoryService(definition)
        for item in items(random_):
            sent(transport, "PutItem", {"Item": item}, name)
            sent(memory, "PutItem", {"Item": item}, "t")
        for _ in range(60):
            request, limit = query(random_), random_.choice([None, 1, 3])
            remembered, real = pages(memory, "t", request, limit), pages(transport, name, request, limit)
            assert normal(remembered, limit, request) == normal(real, limit, request), request


def normal(found: list[list[dict[str, Any]]], limit: int | None, request: dict[str, Any]) -> list[Any]:
    """What is promised of an answer: the items, in their order as far as their sort keys tell it."""
    rows = [each for page in found for each in page]
    if limit and "FilterExpression" not in request:
        assert all(len(page) == limit for page in found[:-1])
    if "IndexName" not in request:
        return [_plain(each) for each in rows]
    numbers = [float(each["GN"]["N"]) for each in rows]
    assert numbers == sorted(numbers, reverse=not request["ScanIndexForward"])
    return sorted(json.dumps(_plain(each), sort_keys=True) for each in rows)


def _plain(value: Any) -> Any:
    """Numbers as numbers: engines write them in several ways."""
    if isinstance(value, dict):
        return {name: float(each) if name == "N" else _plain(each) for name, each in value.items()}
    return value
