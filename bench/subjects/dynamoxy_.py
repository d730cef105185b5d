"""dynamoxy: models on its Rust core, asyncio only."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import dynamoxy
from dynamoxy import Attr, Document, Model, field, partition_key, sort_key
from dynamoxy._core import from_wire, to_wire

from bench import data, measure
from bench.subjects import common
from bench.subjects.common import Cases, Run

CANNOT = {"concurrent_threads": "asyncio only"}
loop = asyncio.new_event_loop()
KEY = {name: data.order(0)[name] for name in ("customer_id", "created_at", "id")}


class Address(Document):
    street: Attr[str]
    city: Attr[str]
    postcode: Attr[str]
    country: Attr[str]


class Base(Model, abstract=True, datetime_format="iso_z"):
    customer_id: Attr[str] = field(attribute_name="customerId")
    id: Attr[str]
    status: Attr[str]
    currency: Attr[str]
    channel: Attr[str]
    note: Attr[str]
    quantity: Attr[int]
    priority: Attr[int]
    total: Attr[Decimal]
    tax: Attr[Decimal]
    gift: Attr[bool]
    created_at: Attr[datetime] = field(attribute_name="createdAt")
    updated_at: Attr[datetime] = field(attribute_name="updatedAt")
    tags: Attr[list[str]]
    address: Attr[Address]
    GSI1PK: Attr[str] = field(template="STATUS#{status}")
    GSI1SK: Attr[str] = field(template="{created_at}")


class Order(Base, table="orders"):
    PK: Attr[str] = partition_key(template="CUSTOMER#{customer_id}")
    SK: Attr[str] = sort_key(template="ORDER#{created_at}#{id}")
    kind: Attr[str] = field(default="Order", attribute_name="EntityType")


class MixedOrder(Base, table="mixed-x", entity="Order"):
    PK: Attr[str] = partition_key(template="CUSTOMER#{customer_id}")
    SK: Attr[str] = sort_key(template="ORDER#{created_at}#{id}")


class MixedRefund(Base, table="mixed-x", entity="Refund"):
    PK: Attr[str] = partition_key(template="CUSTOMER#{customer_id}")
    SK: Attr[str] = sort_key(template="REFUND#{created_at}#{id}")


class MixedShipment(Base, table="mixed-x", entity="Shipment"):
    PK: Attr[str] = partition_key(template="CUSTOMER#{customer_id}")
    SK: Attr[str] = sort_key(template="SHIPMENT#{created_at}#{id}")


def client(url: str, table: str = "orders") -> dynamoxy.Client:
    return dynamoxy.Client(
        region=common.REGION,
        endpoint_url=url,
        credentials=dynamoxy.Credentials("id", "secret"),
        table_names={"orders": table},
        telemetry=None,
        consumed_capacity="NONE",
    )


def made() -> Order:
    values = data.order(0)
    return Order(**{**values, "address": Address(**values["address"])})


def encode() -> Run:
    order = made()

    def operation() -> bytes:
        item = to_wire(order.to_item(), base64_binary=True)
        return json.dumps({"TableName": "orders", "Item": item}).encode()

    common.check_item(json.loads(operation())["Item"])
    return measure.repeat(operation)


def decode() -> Run:
    body = data.dumps({"Item": data.item(0)})
    common.check(Order.from_item(from_wire(json.loads(body)["Item"])))
    return measure.repeat(lambda: Order.from_item(from_wire(json.loads(body)["Item"])))


def get_with(url: str, table: str = "orders") -> Any:
    orders = client(url, table).repository(Order)
    return lambda: orders.get(**KEY)


def get(url: str, table: str = "orders", note: str = data.NOTE) -> Run:
    operation = get_with(url, table)
    common.check(loop.run_until_complete(operation()), note=note)
    return measure.repeat_async(loop, operation)


def put(url: str) -> Run:
    orders, order = client(url).repository(Order), made()
    return measure.repeat_async(loop, lambda: orders.put(order))


def page(table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
    orders = client(common.PLAIN, table).repository(Order)

    def operation() -> Any:
        return orders.query(customer_id=data.CUSTOMER).all()

    common.check_page(loop.run_until_complete(operation()), count)
    return measure.repeat_async(loop, operation)


def mixed() -> Run:
    both = client(common.PLAIN).collection(MixedOrder, MixedRefund, MixedShipment)

    def operation() -> Any:
        return both.query(customer_id=data.CUSTOMER).all()

    found = loop.run_until_complete(operation())
    common.check_page(found)
    assert [type(each).__name__ for each in found[:3]] == [f"Mixed{kind}" for kind in data.KINDS]
    return measure.repeat_async(loop, operation)


def batch() -> Run:
    orders = client(common.PLAIN).repository(Order)
    keys = [
        Order.key(**{name: data.order(number)[name] for name in ("customer_id", "created_at", "id")})
        for number in range(100)
    ]
    common.check_page(list(loop.run_until_complete(orders.batch_get(keys))), 100)
    return measure.repeat_async(loop, lambda: orders.batch_get(keys))


def concurrent(width: int) -> Run:
    operation = get_with(common.PLAIN)
    common.check(loop.run_until_complete(operation()))
    return measure.concurrently(loop, operation, width)


def stream() -> Run:
    orders = client(common.PLAIN, "stream").repository(Order)

    async def operation() -> None:
        seen = 0
        async for _ in orders.query(customer_id=data.CUSTOMER):
            seen += 1
        assert seen == data.STREAM_PAGES * data.PAGE_ITEMS, seen

    return measure.repeat_async(loop, operation)


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
        "stream": stream,
    } | growth
