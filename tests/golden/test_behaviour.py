"""Each golden package runs: what `samples.py` says is stored and found is stored and found, on every engine."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from tests.engines import Engine
from tests.golden.cases import Case, good_cases
from tests.service.checking import check_requests

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def samples(case: Case) -> ModuleType:
    """The case's `samples.py`: ENTITIES as (store's name, entity, item) and QUERIES as (name, query, entities)."""
    case.load()
    found = importlib.util.spec_from_file_location(f"{case.name}_samples", case.folder / "samples.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", good_cases(), ids=lambda case: case.name)
def test_what_is_stored_and_found(case: Case, engine: Engine, dynamodb: DynamoDBClient, table_name: str) -> None:
    package, sample = case.load(), samples(case)
    with package.connect(endpoint_url=engine.endpoint_url, table_name=table_name) as table:
        check_requests(table)  # by DynamoDB's own rules, whatever the engine
        table.create_table()
        for store, entity, item in sample.ENTITIES:
            _store_and_compare(table, store, entity, item, dynamodb)
        for name, query, expected in sample.QUERIES:
            assert query(table) == expected, name


def _store_and_compare(table: Any, store: str, entity: object, item: dict[str, Any], dynamodb: DynamoDBClient) -> None:
    stores = table.stores()
    stores.get(store).put(entity)
    key = {name: item[name] for name in _key_names(table)}
    stored = dynamodb.get_item(TableName=table.table_name, Key=key).get("Item", {})
    assert _comparable(stored) == _comparable(item)
    assert stores.get(store).get_by_key(*(next(iter(value.values())) for value in key.values())) == entity


def _key_names(table: Any) -> Sequence[str]:
    return [attribute.name for attribute in table.definition.primary.key_attributes]


def _comparable(item: dict[str, Any]) -> dict[str, Any]:
    """Sets come in any order, and engines write one number in several ways."""
    return {name: _value(value) for name, value in item.items()}


def _value(value: dict[str, Any]) -> Any:
    from decimal import Decimal

    ((kind, inner),) = value.items()
    convert: dict[str, Callable[[Any], Any]] = {
        "N": Decimal,
        "SS": sorted,
        "BS": sorted,
        "NS": lambda numbers: sorted(map(Decimal, numbers)),
        "L": lambda items: [_value(each) for each in items],
        "M": _comparable,
    }
    return kind, convert.get(kind, lambda same: same)(inner)
