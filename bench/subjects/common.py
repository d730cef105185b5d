"""What all subjects share: addresses, the expected entity, and checks before anything is timed."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from bench import data

Run: TypeAlias = Callable[[int], int | None]
Cases: TypeAlias = dict[str, Callable[[], Run]]

PLAIN = os.environ.get("BENCH_PLAIN", "")
TLS = os.environ.get("BENCH_TLS", "")
ENGINE = os.environ.get("BENCH_ENGINE", "")
REGION = "eu-west-1"
KEYS = data.keys(data.order(0))


@dataclasses.dataclass(slots=True)
class Address:
    """The address of an order, for libraries that leave entities to their user."""

    street: str
    city: str
    postcode: str
    country: str


@dataclasses.dataclass(slots=True)
class Order:
    """An order, for libraries that leave entities to their user."""

    id: str
    customer_id: str
    status: str
    currency: str
    channel: str
    note: str
    quantity: int
    priority: int
    total: Decimal
    tax: Decimal
    gift: bool
    created_at: datetime
    updated_at: datetime
    tags: list[str]
    address: Address


def order_of(found: Mapping[str, object]) -> Order:
    """The entity out of a dict of native values, as one writes it by hand."""
    return Order(
        found["id"],  # type: ignore[arg-type]
        found["customerId"],  # type: ignore[arg-type]
        found["status"],  # type: ignore[arg-type]
        found["currency"],  # type: ignore[arg-type]
        found["channel"],  # type: ignore[arg-type]
        found["note"],  # type: ignore[arg-type]
        int(found["quantity"]),  # type: ignore[call-overload]
        int(found["priority"]),  # type: ignore[call-overload]
        found["total"],  # type: ignore[arg-type]
        found["tax"],  # type: ignore[arg-type]
        found["gift"],  # type: ignore[arg-type]
        datetime.fromisoformat(found["createdAt"]),  # type: ignore[arg-type]
        datetime.fromisoformat(found["updatedAt"]),  # type: ignore[arg-type]
        found["tags"],  # type: ignore[arg-type]
        Address(**found["address"]),  # type: ignore[arg-type]
    )


def dict_of(order: Order) -> dict[str, object]:
    """The native values of an order with its keys, as one writes it by hand."""
    created = order.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    address = order.address
    return {
        "PK": f"CUSTOMER#{order.customer_id}",
        "SK": f"ORDER#{created}#{order.id}",
        "GSI1PK": f"STATUS#{order.status}",
        "GSI1SK": created,
        "EntityType": "Order",
        "id": order.id,
        "customerId": order.customer_id,
        "status": order.status,
        "currency": order.currency,
        "channel": order.channel,
        "note": order.note,
        "quantity": order.quantity,
        "priority": order.priority,
        "total": order.total,
        "tax": order.tax,
        "gift": order.gift,
        "createdAt": created,
        "updatedAt": order.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "tags": order.tags,
        "address": {
            "street": address.street,
            "city": address.city,
            "postcode": address.postcode,
            "country": address.country,
        },
    }


def plain_order(number: int = 0) -> Order:
    """The order of this number as a dataclass."""
    values = data.order(number)
    return Order(**{**values, "address": Address(**values["address"])})  # type: ignore[arg-type]


def check(entity: object, number: int = 0, note: str | None = None) -> None:
    """That an entity has the values of the order of this number."""
    for name, value in data.order(number, *([] if note is None else [note])).items():
        found = getattr(entity, name)
        if name == "address":
            inner = {each: found[each] if isinstance(found, Mapping) else getattr(found, each) for each in value}
            found = inner
        if name == "tags":
            found = list(found)
        if found != value:
            raise AssertionError(f"{name}: {found!r} is not {value!r}")


def check_page(entities: list[object], count: int = data.PAGE_ITEMS) -> None:
    """That a page has all its items, first and last as they must be."""
    if len(entities) != count:
        raise AssertionError(f"{len(entities)} entities, not {count}")
    check(entities[0])
    check(entities[-1], count - 1)


def check_item(item: object) -> None:
    """That a stored form is the one that the canned server has, whatever the order of its attributes."""
    expected = data.item(0)
    if item != expected:
        raise AssertionError(f"the item differs: {item!r}")


def make_engine_table(client: object, name: str) -> None:
    """Make the table on the engine with a boto3 client, if it is not there."""
    try:
        client.create_table(  # type: ignore[attr-defined]
            TableName=name,
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("PK", "SK")],
            BillingMode="PAY_PER_REQUEST",
        )
    except Exception as error:
        if "ResourceInUse" not in type(error).__name__:
            raise
