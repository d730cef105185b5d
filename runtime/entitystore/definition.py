"""What a table is made of, as generated packages state it.

Rules of this file:
- Plain frozen data. `create_table_body` turns it into the request that makes the table, for local work and tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from entitystore.codec import json_bytes

__all__ = ["IndexDefinition", "KeyAttribute", "TableDefinition", "create_table_body"]


class KeyAttribute(Struct, frozen=True):
    """A key attribute: its stored name and DynamoDB type."""

    name: str
    type: Literal["S", "N"] = "S"


class IndexDefinition(Struct, frozen=True):
    """The table's own key (`name` is "") or a global secondary index. `included`: for the projection INCLUDE.

    What finders take from an index that does not hold all of their entity are keys; see `Codec.fetched`.
    """

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None = None
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    included: tuple[str, ...] = ()

    @property
    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        return (self.partition,) if self.sort is None else (self.partition, self.sort)


class TableDefinition(Struct, frozen=True, cache_hash=True):
    """A table. `name` is the default, which `connect(table_name=…)` overrides."""

    name: str
    primary: IndexDefinition
    indexes: tuple[IndexDefinition, ...] = ()
    type_attribute: str = "EntityType"
    ttl_attribute: str | None = None

    def index(self, name: str) -> IndexDefinition:
        """The index of this name, "" for the table's own key; KeyError."""
        for index in (self.primary, *self.indexes):
            if index.name == name:
                return index
        raise KeyError(name)


def create_table_body(table: TableDefinition, table_name: str) -> bytes:
    """The body of CreateTable: on-demand capacity, every index."""
    request: dict[str, object] = {
        "TableName": table_name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": key.name, "AttributeType": key.type} for key in dict.fromkeys(_key_attributes(table))
        ],
        "KeySchema": _key_schema(table.primary),
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [_index(index) for index in table.indexes]
    return json_bytes(request)


def _key_attributes(table: TableDefinition) -> Iterator[KeyAttribute]:
    for index in (table.primary, *table.indexes):
        yield from index.key_attributes


def _key_schema(index: IndexDefinition) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for attribute, kind in zip(index.key_attributes, kinds, strict=False)
    ]


def _index(index: IndexDefinition) -> dict[str, object]:
    projection: dict[str, object] = {"ProjectionType": index.projection}
    if index.projection == "INCLUDE":
        projection["NonKeyAttributes"] = list(index.included)
    return {"IndexName": index.name, "KeySchema": _key_schema(index), "Projection": projection}
