"""What the shop stores, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pydantic
import pytest
from storefront_store import Address, Order, OrderLine, OrderStatus, Product, ShopTable, User

from entitystore import begins_with, between, ge, lt
from entitystore.errors import NotFoundError, ValidationError

Item = dict[str, dict[str, object]]

ADA = User(
    id="ada",
    email="ada@example.com",
    name="Ada Lovelace",
    created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    address=Address(street="12 St James's Square", city="London", country="GB"),
    tags={"mathematics", "engines"},
)
BOB = User(id="bob", email="bob@example.com", name="Bob", created_at=datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC))
FIRST = Order(
    id="o1",
    user_id="ada",
    status=OrderStatus.OPEN,
    total=Decimal("19.90"),
    created_at=datetime(2026, 3, 3, 1, 30, tzinfo=timezone(timedelta(hours=2))),
    lines=[OrderLine(sku="ENGINE-1", quantity=2, price=Decimal("9.95"))],
)
SECOND = Order(
    id="o2",
    user_id="ada",
    status=OrderStatus.IN_DISPUTE,
    total=Decimal("0"),
    created_at=datetime(2026, 3, 4, tzinfo=UTC),
    tracking_number="T 1",
    lines=[OrderLine(sku="ENGINE-1", quantity=1, price=Decimal("0"))],
    note="",
    gift=True,
)
ENGINE = Product(
    sku="ENGINE-1",
    title="Difference engine",
    price=Decimal("9999.90"),
    stock=3,
    category="machines",
    weights={"gross": 2.5, "net": 2},
)
LOOM = Product(sku="LOOM-1", title="Jacquard loom", price=Decimal("7"), stock=12, category="machines")
SECRET = Product(sku="SECRET", title="Not in any category", price=Decimal("1"), stock=1)

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "User",
        ADA,
        {
            "PK": {"S": "USER#ada"},
            "SK": {"S": "USER"},
            "GSI1PK": {"S": "EMAIL#ada@example.com"},
            "GSI1SK": {"S": "USER"},
            "EntityType": {"S": "User"},
            "id": {"S": "ada"},
            "email": {"S": "ada@example.com"},
            "name": {"S": "Ada Lovelace"},
            "createdAt": {"S": "2026-03-02T09:00:00.000000Z"},
            "address": {
                "M": {"street": {"S": "12 St James's Square"}, "city": {"S": "London"}, "country": {"S": "GB"}}
            },
            "tags": {"SS": ["engines", "mathematics"]},
        },
    ),
    (
        "User",
        BOB,
        {
            "PK": {"S": "USER#bob"},
            "SK": {"S": "USER"},
            "GSI1PK": {"S": "EMAIL#bob@example.com"},
            "GSI1SK": {"S": "USER"},
            "EntityType": {"S": "User"},
            "id": {"S": "bob"},
            "email": {"S": "bob@example.com"},
            "name": {"S": "Bob"},
            "createdAt": {"S": "2026-03-02T09:00:00.000005Z"},
        },
    ),
    (
        "Order",
        FIRST,
        {
            "PK": {"S": "USER#ada"},
            "SK": {"S": "ORDER#2026-03-02T23:30:00.000000Z#o1"},
            "GSI1PK": {"S": "STATUS#open"},
            "GSI1SK": {"S": "2026-03-02T23:30:00.000000Z"},
            "EntityType": {"S": "Order"},
            "id": {"S": "o1"},
            "userId": {"S": "ada"},
            "status": {"S": "open"},
            "total": {"N": "19.90"},
            "createdAt": {"S": "2026-03-02T23:30:00.000000Z"},
            "lines": {"L": [{"M": {"sku": {"S": "ENGINE-1"}, "quantity": {"N": "2"}, "price": {"N": "9.95"}}}]},
            "gift": {"BOOL": False},
        },
    ),
    (
        "Order",
        SECOND,
        {
            "PK": {"S": "USER#ada"},
            "SK": {"S": "ORDER#2026-03-04T00:00:00.000000Z#o2"},
            "GSI1PK": {"S": "STATUS#in dispute"},
            "GSI1SK": {"S": "2026-03-04T00:00:00.000000Z"},
            "GSI2PK": {"S": "TRACKING#T 1"},
            "GSI2SK": {"S": "ORDER"},
            "EntityType": {"S": "Order"},
            "id": {"S": "o2"},
            "userId": {"S": "ada"},
            "status": {"S": "in dispute"},
            "total": {"N": "0"},
            "createdAt": {"S": "2026-03-04T00:00:00.000000Z"},
            "trackingNumber": {"S": "T 1"},
            "lines": {"L": [{"M": {"sku": {"S": "ENGINE-1"}, "quantity": {"N": "1"}, "price": {"N": "0"}}}]},
            "note": {"S": ""},
            "gift": {"BOOL": True},
        },
    ),
    (
        "Product",
        ENGINE,
        {
            "PK": {"S": "PRODUCT#ENGINE-1"},
            "SK": {"S": "PRODUCT"},
            "GSI1PK": {"S": "CATEGORY#machines"},
            "GSI1SK": {"S": "000003#ENGINE-1"},
            "EntityType": {"S": "product"},
            "sku": {"S": "ENGINE-1"},
            "title": {"S": "Difference engine"},
            "price": {"N": "9999.90"},
            "stock": {"N": "3"},
            "category": {"S": "machines"},
            "weights": {"M": {"gross": {"N": "2.5"}, "net": {"N": "2.0"}}},
        },
    ),
    (
        "Product",
        LOOM,
        {
            "PK": {"S": "PRODUCT#LOOM-1"},
            "SK": {"S": "PRODUCT"},
            "GSI1PK": {"S": "CATEGORY#machines"},
            "GSI1SK": {"S": "000012#LOOM-1"},
            "EntityType": {"S": "product"},
            "sku": {"S": "LOOM-1"},
            "title": {"S": "Jacquard loom"},
            "price": {"N": "7"},
            "stock": {"N": "12"},
            "category": {"S": "machines"},
        },
    ),
    (
        "Product",
        SECRET,
        {
            "PK": {"S": "PRODUCT#SECRET"},
            "SK": {"S": "PRODUCT"},
            "EntityType": {"S": "product"},
            "sku": {"S": "SECRET"},
            "title": {"S": "Not in any category"},
            "price": {"N": "1"},
            "stock": {"N": "1"},
        },
    ),
]


def nobody(table: ShopTable) -> tuple[User | None, bool, str]:
    """What is not there, in the three ways to ask for it."""
    with pytest.raises(NotFoundError) as caught:
        table.user.get_one(id="nobody")
    return table.user.find(id="nobody"), table.user.exists(id="nobody"), type(caught.value).__name__


def refused(table: ShopTable) -> tuple[str, str]:
    """pydantic refuses what breaks the schema, also when it is assigned; a look-up by a wrong type is refused, too."""
    with pytest.raises(pydantic.ValidationError) as caught:
        ADA.model_copy().name = ""
    with pytest.raises(ValidationError) as looked_up:
        table.user.find(id=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return str(caught.value.errors()[0]["loc"][0]), looked_up.value.field


QUERIES: list[tuple[str, Callable[[ShopTable], object], object]] = [
    ("a user by key", lambda table: table.user.get_one(id="ada"), ADA),
    ("what is not there", nobody, (None, False, "NotFoundError")),
    ("what is refused", refused, ("name", "id")),
    ("by e-mail address", lambda table: table.user.by_email(email="bob@example.com").all(), [BOB]),
    ("a user's orders", lambda table: table.order.by_user_id(user_id="ada").all(), [FIRST, SECOND]),
    ("newest first", lambda table: table.order.by_user_id(user_id="ada").descending().first(), SECOND),
    (
        "orders of a time",
        lambda table: table.order.by_user_id(
            user_id="ada", created_at=between(datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC))
        ).all(),
        [SECOND],
    ),
    (
        "orders before a time",
        lambda table: table.order.by_user_id(user_id="ada", created_at=lt(SECOND.created_at)).all(),
        [FIRST],
    ),
    (
        "orders of a day, by the stored text",
        lambda table: table.order.by_user_id(user_id="ada", created_at=begins_with("2026-03-02")).all(),
        [FIRST],
    ),
    (
        "one order",
        lambda table: table.order.by_user_id(user_id="ada", created_at=FIRST.created_at, id="o1").all(),
        [FIRST],
    ),
    ("nobody's orders", lambda table: table.order.by_user_id(user_id="bob").all(), []),
    (
        "open orders",
        lambda table: table.order.by_status(status=OrderStatus.OPEN, created_at=ge(FIRST.created_at)).all(),
        [FIRST],
    ),
    ("by the sparse index", lambda table: table.order.by_tracking_number(tracking_number="T 1").all(), [SECOND]),
    ("by stock", lambda table: table.product.in_category(category="machines", stock=ge(4)).all(), [LOOM]),
    ("least stock first", lambda table: table.product.in_category(category="machines").all(), [ENGINE, LOOM]),
    ("one partition", lambda table: table.query_all(user_id="ada").all(), [FIRST, SECOND, ADA]),
    ("one of two pages", lambda table: len(table.order.by_user_id(user_id="ada").page(limit=1)), 1),
    ("how many", lambda table: table.order.by_user_id(user_id="ada").count(), 2),
    (
        "many keys at once",
        lambda table: table.user.get_many([{"id": "bob"}, {"id": "nobody"}, {"id": "ada"}]),
        [BOB, None, ADA],
    ),
]
