"""A table in memory that answers as the service does, as far as finders and pages go.

Rules of this file:
- Every request is checked by the service's own rules first.
- Keys are in the order of UTF-8 bytes, or of numbers; items of an index with one key are in an order of their own that
  does not change. Limit, and the size of a page, count before the filter; a page that ends early says where, also if
  nothing follows.
- What is not needed is not there: no capacity, no transactions, no updates.
"""

from __future__ import annotations

import bisect
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from entitystore.definition import IndexDefinition, TableDefinition
from entitystore.transports import CallContext
from tests.service.expressions import Bound, Path, Test, Tree, holds, parse, parse_projection, path_of
from tests.service.rules import check

Item = dict[str, dict[str, Any]]


class MemoryService:
    """A transport. `page` is how many items of an index fit on a page, the service's 1 MB."""

    def __init__(self, definition: TableDefinition, page: int = 1_000_000) -> None:
        self.definition = definition
        self.page = page
        self.calls = 0
        self._items: dict[str, Item] = {}
        self._sorted: dict[tuple[str, str], tuple[list[Any], list[Item]]] = {}

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        check(operation, body, self.definition)
        self.calls += 1
        request = msgspec.json.decode(body)
        answer = getattr(self, f"_{operation}")(request)
        return msgspec.json.encode(answer)

    def close(self) -> None:
        """Nothing to close."""

    # --- writing ---

    def _PutItem(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self.put(request["Item"])
        return {}

    def _BatchWriteItem(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        for writes in request["RequestItems"].values():
            for write in writes:
                self.put(write["PutRequest"]["Item"])
        return {"UnprocessedItems": {}}

    def put(self, item: Item) -> None:
        self._items[self._identity(item)] = item
        self._sorted.clear()

    def _identity(self, item: Mapping[str, Any]) -> str:
        return json.dumps([item[key.name] for key in self.definition.primary.key_attributes], sort_keys=True)

    # --- reading ---

    def _GetItem(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._items.get(self._identity(request["Key"]))
        return {} if found is None else {"Item": _projected(request, [found])[0]}

    def _BatchGetItem(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        ((name, asked),) = request["RequestItems"].items()
        found = [self._items[each] for each in map(self._identity, asked["Keys"]) if each in self._items]
        return {"Responses": {name: _projected(asked, found)}, "UnprocessedKeys": {}}

    def _Query(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        index = self.definition.index(request.get("IndexName", ""))
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        selected = self._selected(index, parse(request["KeyConditionExpression"]), names, values)
        if not request.get("ScanIndexForward", True):
            selected = selected[::-1]
        left = self._after(selected, request.get("ExclusiveStartKey"))
        size = min(request.get("Limit", self.page), self.page)
        read = left[:size]
        kept: Sequence[Item] = read
        if "FilterExpression" in request:
            tree = parse(request["FilterExpression"])
            kept = [item for item in read if holds(tree, item, names, values)]
        answer: dict[str, Any] = {"Count": len(kept), "ScannedCount": len(read)}
        if request.get("Select") != "COUNT":
            answer["Items"] = _projected(request, self._held(index, kept))
        if len(read) == size:
            attributes = {key.name for key in (*index.key_attributes, *self.definition.primary.key_attributes)}
            answer["LastEvaluatedKey"] = {name: read[-1][name] for name in attributes}
        return answer

    def _selected(
        self, index: IndexDefinition, tree: Tree, names: Mapping[str, str], values: Mapping[str, Any]
    ) -> list[Item]:
        tests = [tree] if isinstance(tree, Test) else [each for each in tree.parts if isinstance(each, Test)]
        found = {_name(test, names): test for test in tests}
        partition = found[index.partition.name].operands[1]
        assert isinstance(partition, Bound)
        keys, items = self._partition(index, json.dumps(values[partition.name]))
        test = None if index.sort is None else found.get(index.sort.name)
        if test is None or index.sort is None:
            return items
        bounds = [values[each.name][index.sort.type] for each in test.operands[1:] if isinstance(each, Bound)]
        return _cut(keys, items, test.operator, [_order(each, index.sort.type) for each in bounds])

    def _partition(self, index: IndexDefinition, partition: str) -> tuple[list[Any], list[Item]]:
        """The items of a partition in their order, and what orders them."""
        known = self._sorted.get((index.name, partition))
        if known is None:
            names = [key.name for key in index.key_attributes]
            inside = [
                item
                for item in self._items.values()
                if all(name in item for name in names) and json.dumps(item[index.partition.name]) == partition
            ]
            sort = index.sort
            if sort is not None:
                inside.sort(key=lambda item: (_order(item[sort.name][sort.type], sort.type), self._identity(item)))
            keys = [] if sort is None else [_order(item[sort.name][sort.type], sort.type) for item in inside]
            known = self._sorted[index.name, partition] = keys, inside
        return known

    def _after(self, items: list[Item], start: Mapping[str, Any] | None) -> list[Item]:
        if start is None:
            return items
        identities = [self._identity(item) for item in items]
        return items[identities.index(self._identity(start)) + 1 :]

    def _held(self, index: IndexDefinition, items: Sequence[Item]) -> Sequence[Item]:
        """What the index holds of the items."""
        if index.projection == "ALL":
            return items
        keys = (*index.key_attributes, *self.definition.primary.key_attributes)
        held = {*(key.name for key in keys), *index.included}
        return [{name: value for name, value in item.items() if name in held} for item in items]


def _name(test: Test, names: Mapping[str, str]) -> str:
    path = test.operands[0]
    assert isinstance(path, Path)
    return str(path_of(path, names)[0])


def _order(value: str, kind: str) -> Any:
    return Decimal(value) if kind == "N" else value.encode()


def _cut(keys: list[Any], items: list[Item], operator: str, bounds: list[Any]) -> list[Item]:
    """The items whose keys meet a condition; `keys` are in order."""
    low, high = bounds[0], bounds[-1]
    match operator:
        case "=" | "BETWEEN":
            return items[bisect.bisect_left(keys, low) : bisect.bisect_right(keys, high)]
        case "<":
            return items[: bisect.bisect_left(keys, low)]
        case "<=":
            return items[: bisect.bisect_right(keys, low)]
        case ">":
            return items[bisect.bisect_right(keys, low) :]
        case ">=":
            return items[bisect.bisect_left(keys, low) :]
    return [item for key, item in zip(keys, items, strict=True) if key.startswith(low)]


def _projected(request: Mapping[str, Any], items: Sequence[Item]) -> Sequence[Item]:
    if "ProjectionExpression" not in request:
        return items
    paths = parse_projection(request["ProjectionExpression"])
    names = {path_of(path, request.get("ExpressionAttributeNames", {}))[0] for path in paths}
    return [{name: value for name, value in item.items() if name in names} for item in items]
