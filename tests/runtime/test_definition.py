"""Table definitions and the CreateTable request that they become."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from entitystore.definition import IndexDefinition, KeyAttribute, TableDefinition, create_table_body
from tests.runtime.fakes import TABLE


def request(table: TableDefinition) -> Any:
    return msgspec.json.decode(create_table_body(table, "named"))


def test_a_table_with_an_index() -> None:
    assert request(TABLE) == {
        "TableName": "named",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "PK1", "SK1")],
        "KeySchema": [
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "PK1", "KeyType": "HASH"},
                    {"AttributeName": "SK1", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    }


def test_a_table_without_sort_key_or_index() -> None:
    made = request(TableDefinition("t", IndexDefinition("", KeyAttribute("id", "N"))))
    assert made["AttributeDefinitions"] == [{"AttributeName": "id", "AttributeType": "N"}]
    assert made["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert "GlobalSecondaryIndexes" not in made


def test_an_attribute_of_two_indexes_is_defined_once() -> None:
    shared = KeyAttribute("email")
    indexes = tuple(IndexDefinition(name, shared, KeyAttribute("at", "N")) for name in ("A", "B"))
    made = request(TableDefinition("t", IndexDefinition("", KeyAttribute("PK")), indexes))
    assert [each["AttributeName"] for each in made["AttributeDefinitions"]] == ["PK", "email", "at"]


def test_projections() -> None:
    keys_only = IndexDefinition("A", KeyAttribute("a"), projection="KEYS_ONLY")
    some = IndexDefinition("B", KeyAttribute("b"), projection="INCLUDE", included=("x", "y"))
    made = request(TableDefinition("t", IndexDefinition("", KeyAttribute("PK")), (keys_only, some)))
    assert [each["Projection"] for each in made["GlobalSecondaryIndexes"]] == [
        {"ProjectionType": "KEYS_ONLY"},
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
    ]


def test_an_index_is_found_by_its_name() -> None:
    assert TABLE.index("") is TABLE.primary
    assert TABLE.index("GSI1").partition.name == "PK1"
    with pytest.raises(KeyError):
        TABLE.index("GSI9")
