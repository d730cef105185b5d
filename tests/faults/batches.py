"""Requests as the proxy reads them: which items they write, and batches of which only a part is done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.faults.answers import Answer, usual

__all__ = ["WRITES", "all_unprocessed", "halves", "identity", "not_given", "with_unprocessed", "written"]

WRITES = frozenset({"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})


def identity(item: Mapping[str, Any]) -> str:
    """The table key of an item or of a key, as one text."""
    return "|".join(str(*item[name].values()) for name in ("PK", "SK") if name in item)


def written(operation: str, body: bytes) -> Iterator[str]:
    """The keys of what the request writes; an exact answer to what an engine that answered 200 has applied."""
    if operation not in WRITES:
        return
    request = json.loads(body)
    if operation == "BatchWriteItem":
        for writes in request["RequestItems"].values():
            for write in writes:
                yield identity(write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"])
    elif operation == "TransactWriteItems":
        for (action,) in (each.values() for each in request["TransactItems"]):
            yield identity(action.get("Item") or action["Key"])
    else:
        yield identity(request.get("Item") or request["Key"])


def _left(operation: str, items: Mapping[str, Any]) -> dict[str, Any]:
    if operation == "BatchGetItem":
        return {"Responses": {}, "UnprocessedKeys": items}
    return {"UnprocessedItems": items}


def all_unprocessed(operation: str, body: bytes) -> bytes:
    """The service has done nothing of it, and says so."""
    return usual(Answer(200, json.dumps(_left(operation, json.loads(body)["RequestItems"])).encode()))


def not_given(operation: str, body: bytes) -> bytes:
    """The service puts off what it was not given."""
    key = {"PK": {"S": "USER#nobody"}, "SK": {"S": "ORDER#2026#9"}}
    for table in json.loads(body)["RequestItems"]:
        left: object = {"Keys": [key]} if operation == "BatchGetItem" else [{"DeleteRequest": {"Key": key}}]
        return usual(Answer(200, json.dumps(_left(operation, {table: left})).encode()))
    raise AssertionError("a batch without a table")


def halves(operation: str, body: bytes) -> tuple[bytes, dict[str, Any]]:
    """The request for the first half of a batch, and what is left of it."""
    request = json.loads(body)
    ((table, items),) = request["RequestItems"].items()
    listed = items["Keys"] if operation == "BatchGetItem" else items
    middle = (len(listed) + 1) // 2
    first, rest = listed[:middle], listed[middle:]
    if operation == "BatchGetItem":
        request["RequestItems"] = {table: {**items, "Keys": first}}
        return json.dumps(request).encode(), {table: {**items, "Keys": rest}} if rest else {}
    request["RequestItems"] = {table: first}
    return json.dumps(request).encode(), {table: rest} if rest else {}


def with_unprocessed(operation: str, answer: Answer, left: dict[str, Any]) -> Answer:
    """The engine's answer, with what was left of the batch."""
    if answer.status != 200 or not left:
        return answer
    name = "UnprocessedKeys" if operation == "BatchGetItem" else "UnprocessedItems"
    return Answer(200, json.dumps({**json.loads(answer.body), name: left}).encode())
