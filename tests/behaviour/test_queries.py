"""Queries on every engine, through each transport, sync and async: pages, cursors, filters, indexes, literal keys."""

from __future__ import annotations

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import entitystore
from entitystore import QueryParameters, begins_with, between, ge, le
from entitystore.errors import DecodeError, ValidationError
from tests.behaviour.test_items import START, order, user
from tests.compiled import Compiled
from tests.engines import Difference, Engine


@pytest.fixture
def orders(table: Any, shop: Compiled, uid: str) -> list[Any]:
    """Nine orders of one user, stored beside the user."""
    made = [
        order(shop, uid, number, tracking_number=f"{uid}-{number}" if number % 3 == 0 else None) for number in range(9)
    ]
    table.user.put(user(shop, uid))
    table.order.put_many(made)
    return made


def walk(query: Any, limit: int) -> list[list[Any]]:
    """The query's pages to the end."""
    pages, cursor = [], None
    while True:
        page = query.page(limit=limit, cursor=cursor)
        pages.append(list(page))
        cursor = page.cursor
        if cursor is None:
            return pages
        assert len(pages) < 50


@pytest.mark.parametrize("limit", [1, 4, 9, 20])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_walk_through_everything(table: Any, orders: list[Any], uid: str, limit: int, descending: bool) -> None:
    query = table.order.by_user_id(user_id=uid)
    query = query.descending() if descending else query
    pages = walk(query, limit)
    assert [each for page in pages for each in page] == query.all() == (orders[::-1] if descending else orders)
    assert all(len(page) == limit for page in pages[:-1])


def test_a_page_of_a_filtered_query_is_full(table: Any, orders: list[Any], uid: str) -> None:
    query = table.order.by_user_id(user_id=uid).where("attribute_exists(trackingNumber) AND total > :t", {"t": 0})
    assert [[each.id for each in page] for page in walk(query, 1) if page] == [["o3"], ["o6"]]
    assert query.count() == 2
    assert [each.id for each in query.limit(1)] == ["o3"]
    assert query.descending().first().id == "o6"


def test_conditions(table: Any, orders: list[Any], uid: str) -> None:
    def found(created_at: Any) -> list[Any]:
        result: list[Any] = table.order.by_user_id(user_id=uid, created_at=created_at).all()
        return result

    third, fifth = orders[3].created_at, orders[5].created_at
    assert found(between(third, fifth)) == orders[3:6]
    assert found(between(fifth, third)) == []
    assert found(entitystore.gt(third)) == orders[4:]
    assert found(ge(third)) == orders[3:]
    assert found(entitystore.lt(third)) == orders[:3]
    assert found(le(third)) == orders[:4]
    assert found(third) == [orders[3]]
    assert found(begins_with("2026-03-02T09:0")) == orders
    assert found(begins_with("2027")) == []
    assert table.order.by_user_id(user_id=uid, created_at=third, id=ge("o3")).all() == [orders[3]]


def test_limits_and_counts(table: Any, orders: list[Any], uid: str) -> None:
    query = table.order.by_user_id(user_id=uid)
    assert query.limit(4).all() == orders[:4]
    assert query.count() == 9
    assert query.limit(4).count() == 4
    assert query.consistent().first() == orders[0]
    assert list(query.limit(3).page(limit=20)) == orders[:3]
    with pytest.raises(ValidationError, match="limit"):
        query.limit(0)


def test_nothing_is_there(table: Any, uid: str) -> None:
    query = table.order.by_user_id(user_id=uid)
    assert (query.all(), query.first(), query.count()) == ([], None, 0)
    page = query.page()
    assert (list(page), page.cursor, len(page)) == ([], None, 0)
    assert list(query.stream()) == []


def test_a_cursor_is_bound_to_its_query(table: Any, orders: list[Any], uid: str) -> None:
    query = table.order.by_user_id(user_id=uid)
    cursor = query.page(limit=3).cursor
    assert list(query.page(limit=2, cursor=cursor)) == orders[3:5]
    others = [
        query.descending(),
        table.order.by_user_id(user_id=uid + "x"),
        table.order.by_user_id(user_id=uid, created_at=ge(START)),
        query.where("total > :t", {"t": 1}),
        table.query_all(user_id=uid),
    ]
    for other in others:
        with pytest.raises(ValidationError, match="cursor"):
            other.page(cursor=cursor)


def test_a_cursor_that_was_tampered_with(table: Any, orders: list[Any], uid: str) -> None:
    query = table.order.by_user_id(user_id=uid, created_at=ge(START))
    cursor = query.page(limit=3).cursor
    assert cursor is not None
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    elsewhere = [
        raw.replace(f"USER#{uid}".encode(), b"USER#someone"),
        raw.replace(b"ORDER#", b"A#"),
        raw.replace(b'"S"', b'"N"'),
        raw.replace(b'"SK"', b'"XX"'),
        b"[]",
    ]
    if cursor.startswith("gAAAA"):  # sealed: the text shows nothing, and no byte of it may change
        assert not any(shown in raw for shown in (uid.encode(), b"ORDER#"))  # two bytes would come by chance
        elsewhere = [raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :] for place in range(len(raw))]
    forged = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in elsewhere]
    for bad in [*forged, "", "x", "ü", cursor[:-4], cursor + "AAAA"]:
        with pytest.raises(ValidationError, match="cursor"):
            query.page(cursor=bad)
        with pytest.raises(ValidationError, match="cursor"):
            query.stream(cursor=bad)


def test_one_partition_of_several_types(table: Any, shop: Compiled, orders: list[Any], uid: str) -> None:
    everything = table.query_all(user_id=uid)
    found = everything.all()
    assert found == [*orders, user(shop, uid)]
    assert [type(each) for each in found] == [shop.module.Order] * 9 + [shop.module.User]
    assert table.query_all(id=uid, descending=True).first() == user(shop, uid)
    assert [each for page in walk(everything, 3) for each in page] == found
    assert everything.count() == 10
    literal = table.query_all(partition_key=f"USER#{uid}", sort_key=begins_with("USER#"))
    assert literal.all() == table.query_all(QueryParameters(f"USER#{uid}", sort_key=f"USER#{uid}")).all() == found[-1:]
    assert [result.item for result in everything.stream(page_size=4)] == found


def test_literal_queries(table: Any, shop: Compiled, orders: list[Any], uid: str) -> None:
    partition = QueryParameters(f"USER#{uid}")
    assert table.order.query(partition).all() == orders
    assert table.user.query(partition).all() == [user(shop, uid)]
    newest = QueryParameters(f"USER#{uid}", sort_key=begins_with("ORDER#"), descending=True, limit=2, consistent=True)
    assert table.order.query(newest).all() == orders[:-3:-1]
    filtered = QueryParameters(f"USER#{uid}", filter="#t > :min", names={"t": "total"}, values={"min": Decimal(88)})
    assert table.order.query(filtered).all() == []
    by_email = QueryParameters(f"EMAIL#{uid}@example.com", index="GSI1")
    assert table.user.query(by_email).all() == [user(shop, uid)]
    assert [each.item for each in table.user.stream(by_email, page_size=1)] == [user(shop, uid)]
    with pytest.raises(ValidationError, match="GSI9"):
        table.order.query(QueryParameters("x", index="GSI9"))
    with pytest.raises(ValidationError, match="consistent"):
        table.order.query(QueryParameters("x", index="GSI1", consistent=True))


def test_an_index(table: Any, shop: Compiled, uid: str) -> None:
    ada = user(shop, uid)
    table.user.put(ada)
    assert table.user.by_email(email=ada.email).all() == [ada]
    ada.email = f"new-{uid}@example.com"
    table.user.put(ada)
    assert table.user.by_email(email=f"{uid}@example.com").all() == []
    assert table.user.by_email(email=ada.email).first() == ada


def test_pages_of_an_index(table: Any, shop: Compiled, uid: str) -> None:
    made = [
        shop.module.Product(sku=f"A-{number:03d}", title="x", price=Decimal(1), stock=number * 7, category=uid)
        for number in range(7)
    ]
    table.product.put_many(made)
    query = table.product.by_category(category=uid)
    assert [each for page in walk(query, 3) for each in page] == query.all() == made
    assert table.product.by_category(category=uid, stock=between(7, 21)).all() == made[1:4]
    assert [result.item for result in query.descending().stream(page_size=2)] == made[::-1]
    with pytest.raises(ValidationError, match="consistent"):
        query.consistent()
    table.product.delete_many([{"sku": each.sku} for each in made])


def test_a_sparse_index(table: Any, shop: Compiled, orders: list[Any], uid: str) -> None:
    found = table.order.by_tracking_number(tracking_number=f"{uid}-3")
    assert found.all() == [orders[3]]
    orders[3].tracking_number = None
    table.order.put(orders[3])
    assert found.all() == []
    assert table.order.by_user_id(user_id=uid, created_at=orders[3].created_at).first() == orders[3]
    orders[3].tracking_number = f"{uid}-new"
    table.order.put(orders[3])
    assert table.order.by_tracking_number(tracking_number=f"{uid}-new").all() == [orders[3]]


def test_a_broken_item_ends_a_query(
    table: Any, shop: Compiled, orders: list[Any], uid: str, put_raw: Callable[..., None]
) -> None:
    item = shop.store_module("order").encode(orders[4]) | {"total": {"S": "much"}}
    put_raw(item)
    iterator = iter(table.order.by_user_id(user_id=uid))
    assert [next(iterator) for _ in range(4)] == orders[:4]
    with pytest.raises(DecodeError) as caught:
        next(iterator)
    assert caught.value.item == item
    assert table.order.by_user_id(user_id=uid).count() == 9


def test_more_than_a_megabyte(table: Any, shop: Compiled, uid: str, engine: Engine) -> None:
    large = [order(shop, uid, number, note="ü" * 1000) for number in range(520)]
    for each in large:
        each.lines = [shop.module.OrderLine(sku="x" * 1000, quantity=1, price=Decimal(1))]
    table.order.put_many(large)
    query = table.order.by_user_id(user_id=uid)
    assert query.all() == sorted(large, key=lambda each: each.created_at)
    assert query.count() == 520
    assert query.where("lines[0].quantity = :q", {"q": 2}).all() == []
    page = query.page(limit=500)
    assert (len(page), len(query.page(limit=500, cursor=page.cursor))) == (500, 20)
    pages: list[int] = []
    results = list(query.descending().stream(progress_handler=lambda progress: pages.append(progress.items)))
    assert [result.item for result in results] == large[::-1]
    assert engine.differs(Difference.NO_PAGE_SIZE) or len(pages) > 1
    assert pages[-1] == 520
