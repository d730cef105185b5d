"""PynamoDB: models, with an attribute of its own for date-times, whose stored form it would not read."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.constants import NUMBER, STRING
from pynamodb.models import Model

from bench import data, measure
from bench.subjects import common
from bench.subjects.common import Cases, Run

CANNOT = {"concurrent_async": "blocking only"}


class TimeAttribute(Attribute[datetime]):
    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)


class DecimalAttribute(Attribute[Decimal]):
    attr_type = NUMBER

    def serialize(self, value: Decimal) -> str:
        return str(value)

    def deserialize(self, value: str) -> Decimal:
        return Decimal(value)


class Address(MapAttribute[str, str]):
    street = UnicodeAttribute()
    city = UnicodeAttribute()
    postcode = UnicodeAttribute()
    country = UnicodeAttribute()


def attributes() -> dict[str, Any]:
    return {
        "PK": UnicodeAttribute(hash_key=True),
        "SK": UnicodeAttribute(range_key=True),
        "GSI1PK": UnicodeAttribute(),
        "GSI1SK": UnicodeAttribute(),
        "kind": DiscriminatorAttribute(attr_name="EntityType"),
        "id": UnicodeAttribute(),
        "customer_id": UnicodeAttribute(attr_name="customerId"),
        "status": UnicodeAttribute(),
        "currency": UnicodeAttribute(),
        "channel": UnicodeAttribute(),
        "note": UnicodeAttribute(),
        "quantity": NumberAttribute(),
        "priority": NumberAttribute(),
        "total": DecimalAttribute(),
        "tax": DecimalAttribute(),
        "gift": BooleanAttribute(),
        "created_at": TimeAttribute(attr_name="createdAt"),
        "updated_at": TimeAttribute(attr_name="updatedAt"),
        "tags": ListAttribute(of=UnicodeAttribute),
        "address": Address(),
    }


def model(url: str, table: str = "orders") -> tuple[Any, Any]:
    """The model of all kinds and that of orders, for one server and table."""

    class Meta:
        table_name = table
        host = url
        region = common.REGION
        aws_access_key_id = "id"
        aws_secret_access_key = "secret"

    top: Any = type(Model)("Top", (Model,), {"Meta": Meta, "__module__": __name__, **attributes()}, discriminator="Top")
    kinds = [type(Model)(kind, (top,), {"__module__": __name__}, discriminator=kind) for kind in data.KINDS]
    return top, kinds[0]


def made(kind: type[Any]) -> Any:
    values = data.order(0)
    return kind(**common.KEYS, **{**values, "address": Address(**values["address"])})


def rekeyed(order: Any) -> Any:
    """The order with its keys computed, as a writer has to each time."""
    created = order.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    order.PK = f"CUSTOMER#{order.customer_id}"
    order.SK = f"ORDER#{created}#{order.id}"
    order.GSI1PK = f"STATUS#{order.status}"
    order.GSI1SK = created
    return order


def encode() -> Run:
    _, kind = model(common.PLAIN)
    order = made(kind)

    def operation() -> bytes:
        return json.dumps({"TableName": "orders", "Item": rekeyed(order).serialize()}).encode()

    common.check_item(json.loads(operation())["Item"])
    return measure.repeat(operation)


def decode() -> Run:
    _, kind = model(common.PLAIN)
    body = data.dumps({"Item": data.item(0)})
    common.check(kind.from_raw_data(json.loads(body)["Item"]))
    return measure.repeat(lambda: kind.from_raw_data(json.loads(body)["Item"]))


def get(url: str, table: str = "orders", note: str = data.NOTE) -> Run:
    _, kind = model(url, table)
    partition, sort = common.KEYS["PK"], common.KEYS["SK"]
    common.check(kind.get(partition, sort), note=note)
    return measure.repeat(lambda: kind.get(partition, sort))


def put(url: str) -> Run:
    _, kind = model(url)
    order = made(kind)
    return measure.repeat(lambda: rekeyed(order).save())


def page(table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
    _, kind = model(common.PLAIN, table)
    partition = common.KEYS["PK"]

    def operation() -> list[Any]:
        return list(kind.query(partition, kind.SK.startswith("ORDER#")))

    common.check_page(operation(), count)
    return measure.repeat(operation)


def mixed() -> Run:
    top, _ = model(common.PLAIN, "mixed")
    partition = common.KEYS["PK"]
    found = list(top.query(partition))
    common.check_page(found)
    assert [type(each).__name__ for each in found[:3]] == list(data.KINDS)
    return measure.repeat(lambda: list(top.query(partition)))


def batch() -> Run:
    _, kind = model(common.PLAIN)
    keys = [data.keys(data.order(number)) for number in range(100)]
    wanted = [(each["PK"], each["SK"]) for each in keys]
    common.check_page(list(kind.batch_get(wanted)), 100)
    return measure.repeat(lambda: list(kind.batch_get(wanted)))


def threads() -> Run:
    _, kind = model(common.PLAIN)
    partition, sort = common.KEYS["PK"], common.KEYS["SK"]
    return measure.in_threads(lambda: kind.get(partition, sort), 50)


def stream() -> Run:
    _, kind = model(common.PLAIN, "stream")

    def run(count: int) -> None:
        for _ in range(count):
            seen = sum(1 for _ in kind.query(common.KEYS["PK"], kind.SK.startswith("ORDER#")))
            assert seen == data.STREAM_PAGES * data.PAGE_ITEMS, seen

    return run


def cases() -> Cases:
    growth: Cases = {
        **{f"size:{n}": lambda n=n: get(common.PLAIN, f"size{n}", data.sized_note(n)) for n in data.SIZES},
        **{f"page:{n}": lambda n=n: page(f"page{n}", n) for n in data.PAGES},
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
        "concurrent_threads": threads,
        "stream": stream,
    } | growth
