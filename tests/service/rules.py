"""What the service refuses in a request, whatever an engine lets pass.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html and its neighbours;
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

Rules of this file:
- A request that breaks a rule raises `Broken`, an AssertionError: it is a fault of ours, never an answer to be handled.
- One rule goes beyond the service's: every attribute name is a placeholder, since any name may be a reserved word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from entitystore.definition import IndexDefinition, TableDefinition
from tests.service.expressions import (
    TYPES,
    Both,
    Bound,
    Path,
    Test,
    Tree,
    parse,
    parse_projection,
    path_of,
    placeholders,
    sign,
    tests_of,
)

Body: TypeAlias = Mapping[str, Any]

MAX_EXPRESSION = 4096  # bytes
MAX_IN = 100
MAX_LIMIT = 2**31 - 1
MAX_ITEM = 400 * 1024
MAX_PARTITION_KEY, MAX_SORT_KEY = 2048, 1024
MAX_BATCH = {"BatchGetItem": 100, "BatchWriteItem": 25}
_EXPRESSIONS = ("KeyConditionExpression", "FilterExpression", "ConditionExpression")
_SELECT = ("ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES")
_FIELDS = {
    "Query": """TableName IndexName KeyConditionExpression FilterExpression ProjectionExpression Select Limit
        ScanIndexForward ConsistentRead ExclusiveStartKey ReturnConsumedCapacity""",
    "GetItem": "TableName Key ProjectionExpression ConsistentRead ReturnConsumedCapacity",
    "PutItem": """TableName Item ConditionExpression ReturnValues ReturnConsumedCapacity ReturnItemCollectionMetrics
        ReturnValuesOnConditionCheckFailure""",
    "DeleteItem": """TableName Key ConditionExpression ReturnValues ReturnConsumedCapacity ReturnItemCollectionMetrics
        ReturnValuesOnConditionCheckFailure""",
    "UpdateItem": """TableName Key ConditionExpression UpdateExpression ReturnValues ReturnConsumedCapacity
        ReturnItemCollectionMetrics ReturnValuesOnConditionCheckFailure""",
    "BatchGetItem": "RequestItems ReturnConsumedCapacity",
    "BatchWriteItem": "RequestItems ReturnConsumedCapacity ReturnItemCollectionMetrics",
}


class Broken(AssertionError):
    """A request that DynamoDB would refuse."""


def need(holds: object, what: str) -> None:
    if not holds:
        raise Broken(what)


def check(operation: str, body: bytes, table: TableDefinition) -> None:
    """Raise Broken for a request that the service would refuse. Operations without rules here pass."""
    rule = _OPERATIONS.get(operation)
    if rule is None:
        return
    request: Body = json.loads(body)
    allowed = {*_FIELDS[operation].split(), "ExpressionAttributeNames", "ExpressionAttributeValues"}
    need(request.keys() <= allowed, f"{operation} has no {sorted(request.keys() - allowed)}")
    if "RequestItems" not in request:
        _placeholders(request)
    rule(request, table)


# ------------------------------------------------------------------------------------------- placeholders


def _placeholders(request: Body) -> None:
    """All that are used are given, all that are given are used, and no name stands bare."""
    used = {*_used(request)}
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    for given, what in ((names, "Names"), (values, "Values")):
        need(given or f"ExpressionAttribute{what}" not in request, f"ExpressionAttribute{what} may not be empty")
    given = {*names, *values}
    bare = [each for each in used if each[0] not in "#:"]
    need(not bare, f"names stand bare, though any may be a reserved word: {bare}")
    need(used <= given, f"placeholders without a value: {used - given}")
    need(given <= used, f"placeholders that nothing uses, which the service refuses: {given - used}")
    for value in values.values():
        _value(value)


def _used(request: Body) -> Iterator[str]:
    for field in _EXPRESSIONS:
        if field in request:
            text = request[field]
            need(text.strip() and len(text.encode()) <= MAX_EXPRESSION, f"{field} is empty, or too long")
            yield from placeholders(parse(text))
    for path in parse_projection(request["ProjectionExpression"]) if "ProjectionExpression" in request else ():
        yield from placeholders(path)
    yield from re.findall(r"[#:]\w+", request.get("UpdateExpression", ""))


def _value(value: Body) -> None:
    """An attribute value: one type, sets that are not empty, numbers that DynamoDB holds."""
    need(len(value) == 1, f"an attribute value has one type: {value}")
    ((kind, inner),) = value.items()
    need(kind in TYPES, f"{kind} is no type")
    if kind == "N":
        _number(inner)
    elif kind in ("SS", "NS", "BS"):
        need(inner, "a set is not empty")
        need(len({*map(str, inner)}) == len(inner), "a set has no member twice")
    elif kind == "NULL":
        need(inner is True, "NULL is true")
    elif kind == "L":
        for each in inner:
            _value(each)
    elif kind == "M":
        for each in inner.values():
            _value(each)


def _number(text: str) -> None:
    number = Decimal(text)
    need(number.is_finite(), f"{text} is no number")
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    need(len(digits) <= 38, f"{text} has more than 38 digits")
    need(number.is_zero() or -130 <= number.adjusted() <= 125, f"{text} is out of range")


# -------------------------------------------------------------------------------------------------- reading


def _query(request: Body, table: TableDefinition) -> None:
    index = _index(request, table)
    need("KeyConditionExpression" in request, "a query has a key condition")
    _key_condition(parse(request["KeyConditionExpression"]), index, request)
    if "FilterExpression" in request:
        _filter(parse(request["FilterExpression"]), index, request)
    _projection(request)
    need(not (request.get("ConsistentRead") and index.name), "an index has no consistent reads")
    limit = request.get("Limit", 1)
    need(isinstance(limit, int) and 1 <= limit <= MAX_LIMIT, f"Limit {limit} is not from 1 to {MAX_LIMIT}")
    if "Select" in request:
        need(request["Select"] in _SELECT, f"Select has no {request['Select']}")
        is_specific = request["Select"] == "SPECIFIC_ATTRIBUTES"
        need(is_specific or "ProjectionExpression" not in request, "Select and ProjectionExpression exclude each other")
    if "ExclusiveStartKey" in request:
        attributes = {key.name: key.type for key in (*index.key_attributes, *table.primary.key_attributes)}
        _key(request["ExclusiveStartKey"], attributes, "ExclusiveStartKey")


def _index(request: Body, table: TableDefinition) -> IndexDefinition:
    try:
        return table.index(request.get("IndexName", ""))
    except KeyError:
        raise Broken(f"the table has no index {request['IndexName']}") from None


def _key_condition(tree: Tree, index: IndexDefinition, request: Body) -> None:
    """The partition key equals a value; at most one condition on the sort key, with what a key can be."""
    parts = tree.parts if isinstance(tree, Both) else (tree,)
    need(not isinstance(tree, Both) or tree.operator == "AND", "a key condition has no OR and no NOT")
    found: dict[str, Test] = {}
    for part in parts:
        need(isinstance(part, Test), "a key condition has no OR, no NOT and no parentheses of several")
        assert isinstance(part, Test)
        name = _key_name(part, request)
        need(name not in found, f"a key condition has one condition on {name}")
        found[name] = part
    types = {key.name: key.type for key in index.key_attributes}
    need(found.keys() <= types.keys(), f"{found.keys() - types.keys()} are no keys of what is queried")
    partition = found.get(index.partition.name)
    need(partition is not None and partition.operator == "=", "the partition key equals a value")
    for name, part in found.items():
        _key_test(part, types[name], request)


def _key_name(part: Test, request: Body) -> str:
    path = part.operands[0]
    need(isinstance(path, Path) and len(path.steps) == 1, "a key condition begins with a key attribute")
    assert isinstance(path, Path)
    return str(path_of(path, request.get("ExpressionAttributeNames", {}))[0])


def _key_test(part: Test, kind: str, request: Body) -> None:
    operators = ("=", "<", "<=", ">", ">=", "BETWEEN", "begins_with")
    need(part.operator in operators, f"{part.operator} is for no key condition")
    need(part.operator != "begins_with" or kind == "S", "begins_with is not for numbers")
    values = []
    for operand in part.operands[1:]:
        need(isinstance(operand, Bound), "keys are compared with values")
        assert isinstance(operand, Bound)
        value = request["ExpressionAttributeValues"][operand.name]
        need([*value] == [kind], f"a key of type {kind} is compared with {value}")
        need(value[kind] != "", "a key is never empty, nor is what it is compared with")
        values.append(value)
    if part.operator == "BETWEEN":
        need((sign(*values) or 0) <= 0, f"BETWEEN upside down: {values}")


def _filter(tree: Tree, index: IndexDefinition, request: Body) -> None:
    names = request.get("ExpressionAttributeNames", {})
    keys = {key.name for key in index.key_attributes}
    for test in tests_of(tree):
        for operand in test.operands:
            path = operand if isinstance(operand, Path) else getattr(operand, "path", None)
            if path is not None:
                first = path_of(path, names)[0]
                need(first not in keys, f"a filter names {first}, a key attribute of what is queried")
        _test(test, request)


def _test(test: Test, request: Body) -> None:
    """What the service refuses of one comparison."""
    values = [
        request["ExpressionAttributeValues"][operand.name] for operand in test.operands if isinstance(operand, Bound)
    ]
    if test.operator == "BETWEEN" and len(values) == 2:
        need([*values[0]] == [*values[1]], "the bounds of BETWEEN have one type")
        need((sign(*values) or 0) <= 0, f"BETWEEN upside down: {values}")
    if test.operator in ("<", "<=", ">", ">=", "BETWEEN"):
        need(all({*value} <= {"S", "N", "B"} for value in values), f"{test.operator} is for texts, numbers and bytes")
    if test.operator == "begins_with":
        need(all({*value} <= {"S", "B"} for value in values), "begins_with takes text or bytes")
    if test.operator == "attribute_type":
        need(all(value.get("S") in TYPES for value in values), "attribute_type takes the name of a type")
    if test.operator == "IN":
        need(len(test.operands) - 1 <= MAX_IN, f"IN takes at most {MAX_IN} operands")


def _projection(request: Body) -> None:
    if "ProjectionExpression" not in request:
        return
    names = request.get("ExpressionAttributeNames", {})
    paths = [path_of(path, names) for path in parse_projection(request["ProjectionExpression"])]
    for place, path in enumerate(paths):
        for other in paths[:place]:
            shared = min(len(path), len(other))
            need(path[:shared] != other[:shared], f"two projected paths overlap: {other}, {path}")


def _get(request: Body, table: TableDefinition) -> None:
    _table_key(request["Key"], table)
    _projection(request)


# -------------------------------------------------------------------------------------------------- writing


def _put(request: Body, table: TableDefinition) -> None:
    _item(request["Item"], table)
    _condition(request)


def _by_key(request: Body, table: TableDefinition) -> None:
    _table_key(request["Key"], table)
    _condition(request)


def _condition(request: Body) -> None:
    if "ConditionExpression" in request:
        for test in tests_of(parse(request["ConditionExpression"])):
            _test(test, request)


def _item(item: Body, table: TableDefinition) -> None:
    for value in item.values():
        _value(value)
    _table_key({key.name: item.get(key.name) for key in table.primary.key_attributes}, table)
    for index in table.indexes:
        for key in index.key_attributes:
            if key.name in item:
                _key({key.name: item[key.name]}, {key.name: key.type}, f"the index {index.name}")
    need(len(json.dumps(item)) <= 2 * MAX_ITEM, "an item has at most 400 KB")


def _table_key(key: Body, table: TableDefinition) -> None:
    _key(key, {each.name: each.type for each in table.primary.key_attributes}, "the table")
    sizes = (MAX_PARTITION_KEY, MAX_SORT_KEY)
    for each, size in zip(table.primary.key_attributes, sizes, strict=False):
        need(len(next(iter(key[each.name].values())).encode()) <= size, f"{each.name} has more than {size} bytes")


def _key(key: Body, types: Mapping[str, str], what: str) -> None:
    need(key.keys() == types.keys(), f"a key of {what} has {sorted(types)}, not {sorted(key)}")
    for name, kind in types.items():
        value = key[name]
        need(isinstance(value, Mapping) and [*value] == [kind], f"{name} of {what} is of type {kind}: {value}")
        need(value[kind] != "", f"{name} of {what} is empty")
        _value(value)


# -------------------------------------------------------------------------------------------------- batches


def _batch_get(request: Body, table: TableDefinition) -> None:
    keys = []
    for asked in request["RequestItems"].values():
        need(asked.keys() <= {"Keys", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}, "fields")
        _placeholders({name: value for name, value in asked.items() if name not in ("Keys", "ConsistentRead")})
        _projection(asked)
        keys += asked["Keys"]
    _batch("BatchGetItem", keys, table)


def _batch_write(request: Body, table: TableDefinition) -> None:
    keys = []
    for writes in request["RequestItems"].values():
        for write in writes:
            ((kind, inner),) = write.items()
            need(kind in ("PutRequest", "DeleteRequest"), f"{kind} is no write of a batch")
            if kind == "PutRequest":
                _item(inner["Item"], table)
                keys.append({each.name: inner["Item"][each.name] for each in table.primary.key_attributes})
            else:
                keys.append(inner["Key"])
    _batch("BatchWriteItem", keys, table)


def _batch(operation: str, keys: Sequence[Body], table: TableDefinition) -> None:
    most = MAX_BATCH[operation]
    need(1 <= len(keys) <= most, f"{operation} takes 1 to {most} keys, not {len(keys)}")
    for key in keys:
        _table_key(key, table)
    need(len({json.dumps(key, sort_keys=True) for key in keys}) == len(keys), f"{operation} has a key twice")


_OPERATIONS: dict[str, Callable[[Body, TableDefinition], None]] = {
    "Query": _query,
    "GetItem": _get,
    "PutItem": _put,
    "DeleteItem": _by_key,
    "UpdateItem": _by_key,
    "BatchGetItem": _batch_get,
    "BatchWriteItem": _batch_write,
}
