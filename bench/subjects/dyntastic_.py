"""dyntastic: pydantic models on boto3's resource."""

from __future__ import annotations

import json
import os
from datetime import datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from dyntastic import A, Dyntastic
from pydantic import BaseModel, Field

from bench import data, measure
from bench.subjects import common
from bench.subjects.common import Cases, Run

CANNOT = {
    "concurrent_async": "blocking only",
    "concurrent_threads": "on boto3's resource, which threads may not share",
    "stream": "as boto3, whose calls it makes",
}
os.environ.setdefault("AWS_ACCESS_KEY_ID", "id")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "secret")
_serialize, _deserialize = TypeSerializer().serialize, TypeDeserializer().deserialize


class Address(BaseModel):
    street: str
    city: str
    postcode: str
    country: str


class Fields(BaseModel):
    PK: str
    SK: str
    GSI1PK: str
    GSI1SK: str
    EntityType: str = "Order"
    id: str
    customer_id: str = Field(alias="customerId")
    status: str
    currency: str
    channel: str
    note: str
    quantity: int
    priority: int
    total: Decimal
    tax: Decimal
    gift: bool
    created_at: datetime = Field(alias="createdAt")
    updated_at: datetime = Field(alias="updatedAt")
    tags: list[str]
    address: Address


def model(url: str, table: str = "orders") -> Any:
    class Order(Dyntastic, Fields):
        __table_name__ = table
        __table_region__ = common.REGION
        __table_host__ = url
        __hash_key__ = "PK"
        __range_key__ = "SK"

    return Order


def made(kind: Any) -> Any:
    values: dict[str, Any] = data.order(0)
    named = {data.WIRE_NAMES.get(name, name): value for name, value in values.items()}
    return kind(**common.KEYS, **named)


def rekeyed(order: Any) -> Any:
    """The order with its keys computed, as a writer has to each time."""
    created = order.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    order.PK = f"CUSTOMER#{order.customer_id}"
    order.SK = f"ORDER#{created}#{order.id}"
    order.GSI1PK = f"STATUS#{order.status}"
    order.GSI1SK = created
    return order


def encode() -> Run:
    from dyntastic import attr

    order = made(model(common.PLAIN))

    def operation() -> bytes:
        values = attr.serialize(rekeyed(order).model_dump(by_alias=True))
        item = {name: _serialize(value) for name, value in values.items()}
        return json.dumps({"TableName": "orders", "Item": item}).encode()

    assert json.loads(operation())["Item"].keys() == data.item(0).keys()
    return measure.repeat(operation)


def decode() -> Run:
    kind = model(common.PLAIN)
    body = data.dumps({"Item": data.item(0)})

    def operation() -> Any:
        item = {name: _deserialize(value) for name, value in json.loads(body)["Item"].items()}
        return kind._dyntastic_load_model(item)

    common.check(operation())
    return measure.repeat(operation)


def get(url: str, table: str = "orders", note: str = data.NOTE) -> Run:
    kind = model(url, table)
    partition, sort = common.KEYS["PK"], common.KEYS["SK"]
    common.check(kind.get(partition, sort), note=note)
    return measure.repeat(lambda: kind.get(partition, sort))


def put(url: str) -> Run:
    order = made(model(url))
    return measure.repeat(lambda: rekeyed(order).save())


def page(table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
    kind = model(common.PLAIN, table)

    def operation() -> list[Any]:
        return list(kind.query(common.KEYS["PK"], range_key_condition=A.SK.begins_with("ORDER#")))

    common.check_page(operation(), count)
    return measure.repeat(operation)


def batch() -> Run:
    kind = model(common.PLAIN)
    keys = [data.keys(data.order(number)) for number in range(100)]
    wanted = [(each["PK"], each["SK"]) for each in keys]
    common.check_page(list(kind.batch_get(wanted)), 100)
    return measure.repeat(lambda: list(kind.batch_get(wanted)))


def cases() -> Cases:
    return {
        "encode": encode,
        "decode": decode,
        "get_http": lambda: get(common.PLAIN),
        "get_tls": lambda: get(common.TLS),
        "put_http": lambda: put(common.PLAIN),
        "put_tls": lambda: put(common.TLS),
        "page": page,
        "batch_get": batch,
    }
