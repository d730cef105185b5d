"""pydynox: models on its Rust core, blocking methods but for the concurrent case."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from decimal import Decimal
from typing import Any

from pydynox import Model, ModelConfig, pydynox_core
from pydynox.attributes import (
    BooleanAttribute,
    DatetimeAttribute,
    DecimalAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    StringAttribute,
)
from pydynox.client import DynamoDBClient
from pydynox.collection import Collection

from bench import data, measure
from bench.subjects import common
from bench.subjects.common import Cases, Run

CANNOT: dict[str, str] = {}
KEY = {"PK": common.KEYS["PK"], "SK": common.KEYS["SK"]}


@dataclasses.dataclass
class Address:
    street: str
    city: str
    postcode: str
    country: str


def attributes() -> dict[str, Any]:
    return {
        "PK": StringAttribute(partition_key=True),
        "SK": StringAttribute(sort_key=True),
        "GSI1PK": StringAttribute(),
        "GSI1SK": StringAttribute(),
        "EntityType": StringAttribute(discriminator=True),
        "id": StringAttribute(),
        "customer_id": StringAttribute(alias="customerId"),
        "status": StringAttribute(),
        "currency": StringAttribute(),
        "channel": StringAttribute(),
        "note": StringAttribute(),
        "quantity": NumberAttribute(),
        "priority": NumberAttribute(),
        "total": DecimalAttribute(),
        "tax": DecimalAttribute(),
        "gift": BooleanAttribute(),
        "created_at": DatetimeAttribute(alias="createdAt"),
        "updated_at": DatetimeAttribute(alias="updatedAt"),
        "tags": ListAttribute(),
        "address": MapAttribute(Address),
    }


def models(url: str, table: str = "orders") -> list[Any]:
    """The models of the three kinds, for one server and table."""
    client = DynamoDBClient(region=common.REGION, access_key="id", secret_key="secret", endpoint_url=url)
    config = ModelConfig(table=table, client=client)
    return [type(kind, (Model,), {"model_config": config, **attributes()}) for kind in data.KINDS]


def made(model: Any) -> Any:
    values = data.order(0)
    return model(**common.KEYS, EntityType="Order", **{**values, "address": Address(**values["address"])})


def rekeyed(order: Any) -> Any:
    """The order with its keys computed, as a writer has to each time: templates cannot format a date-time."""
    created = order.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    order.PK = f"CUSTOMER#{order.customer_id}"
    order.SK = f"ORDER#{created}#{order.id}"
    order.GSI1PK = f"STATUS#{order.status}"
    order.GSI1SK = created
    return order


def encode() -> Run:
    order = made(models(common.PLAIN)[0])

    def operation() -> bytes:
        item = pydynox_core.item_to_dynamo(rekeyed(order).to_dict())
        return json.dumps({"TableName": "orders", "Item": item}).encode()

    # Its own forms of date-times (+00:00 for Z) and decimals (1995E-2) differ; all else must be the same.
    found, expected = json.loads(operation())["Item"], data.item(0)
    own = {"createdAt", "updatedAt", "total", "tax"}
    assert found.keys() == expected.keys()
    assert all(found[name] == expected[name] for name in expected.keys() - own)
    assert Decimal(found["total"]["N"]) == Decimal(expected["total"]["N"])  # type: ignore[arg-type]
    return measure.repeat(operation)


def decode() -> Run:
    order = models(common.PLAIN)[0]
    body = data.dumps({"Item": data.item(0)})

    own = order._declared_decimal_fields
    numbers = {"fields": order._decimal_fields, "variants": {"EntityType": {"Order": own}}, "fallback_fields": own}

    def operation() -> Any:
        return order.from_dict(pydynox_core.item_from_dynamo(json.loads(body)["Item"], _number_schema=numbers))

    common.check(operation())
    return measure.repeat(operation)


def get(url: str, table: str = "orders", note: str = data.NOTE) -> Run:
    order = models(url, table)[0]
    common.check(order.sync_get(**KEY), note=note)
    return measure.repeat(lambda: order.sync_get(**KEY))


def put(url: str) -> Run:
    order = made(models(url)[0])
    return measure.repeat(lambda: rekeyed(order).sync_save())


def page(table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
    order = models(common.PLAIN, table)[0]

    def operation() -> list[Any]:
        return list(order.sync_query(partition_key=KEY["PK"], sort_key_condition=order.SK.begins_with("ORDER#")))

    found = operation()
    assert len(found) == count, len(found)
    common.check(found[-1], count - 1)
    return measure.repeat(operation)


def mixed() -> Run:
    collection = Collection(models(common.PLAIN, "mixed"))

    def operation() -> Any:
        return collection.sync_query(pk=KEY["PK"])

    found = operation()
    assert sum(len(found._items_by_type[kind]) for kind in data.KINDS) == data.PAGE_ITEMS
    return measure.repeat(operation)


def batch() -> Run:
    order = models(common.PLAIN)[0]
    keys = [data.keys(data.order(number)) for number in range(100)]
    wanted = [{"PK": each["PK"], "SK": each["SK"]} for each in keys]
    assert len(order.sync_batch_get(wanted)) == 100
    return measure.repeat(lambda: order.sync_batch_get(wanted))


def concurrent(width: int) -> Run:
    order = models(common.PLAIN)[0]
    return measure.concurrently(asyncio.new_event_loop(), lambda: order.get(**KEY), width)


def threads() -> Run:
    order = models(common.PLAIN)[0]
    return measure.in_threads(lambda: order.sync_get(**KEY), 50)


def stream() -> Run:
    order = models(common.PLAIN, "stream")[0]

    def run(count: int) -> None:
        for _ in range(count):
            condition = order.SK.begins_with("ORDER#")
            seen = sum(1 for _ in order.sync_query(partition_key=KEY["PK"], sort_key_condition=condition))
            assert seen == data.STREAM_PAGES * data.PAGE_ITEMS, seen

    return run


def cases() -> Cases:
    growth: Cases = {
        **{f"size:{n}": lambda n=n: get(common.PLAIN, f"size{n}", data.sized_note(n)) for n in data.SIZES},
        **{f"page:{n}": lambda n=n: page(f"page{n}", n) for n in data.PAGES},
        **{f"width:{n}": lambda n=n: concurrent(n) for n in data.CONCURRENCY},
    }
    return {
        "encode": encode,
        "decode": decode,
        "get_http": lambda: get(common.PLAIN),
        "get_tls": lambda: get(common.TLS),
        "put_http": lambda: put(common.PLAIN),
        "put_tls": lambda: put(common.TLS),
        "page": page,
        "page_mixed": mixed,
        "batch_get": batch,
        "concurrent_async": lambda: concurrent(50),
        "concurrent_threads": threads,
        "stream": stream,
    } | growth
