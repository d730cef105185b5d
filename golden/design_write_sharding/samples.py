"""A day's orders over their partitions, read one by one and all together; visits in partitions that were drawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from design_write_sharding_store import Order, ShardedTable, Visit

from entitystore import between, gt

Item = dict[str, dict[str, object]]

DAY = date(2014, 7, 9)
NEXT = date(2014, 7, 10)


def _order(day: date, number: int) -> Order:
    return Order(date_=day, order_id=number, amount=Decimal(number))


ORDERS = [_order(DAY, number) for number in (7, 199, 200, 401, 1007)]
TOMORROW = _order(NEXT, 8)
VISITS = [
    Visit(date_=DAY, suffix=suffix, at=datetime(2014, 7, 9, hour, tzinfo=UTC), page="/")
    for suffix, hour in ((12, 8), (12, 9), (200, 8))
]


def _order_item(order: Order, shard: int) -> Item:
    day = order.date_.isoformat()
    return {
        "PK": {"S": f"{day}.{shard}"},
        "SK": {"S": f"{order.order_id:08d}"},
        "EntityType": {"S": "Order"},
        "date": {"S": day},
        "orderId": {"N": str(order.order_id)},
        "amount": {"N": str(order.amount)},
    }


def _visit_item(visit: Visit) -> Item:
    at = visit.at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return {
        "PK": {"S": f"VISITS.2014-07-09.{visit.suffix}"},
        "SK": {"S": at},
        "EntityType": {"S": "Visit"},
        "date": {"S": "2014-07-09"},
        "suffix": {"N": str(visit.suffix)},
        "at": {"S": at},
        "page": {"S": "/"},
    }


ENTITIES: list[tuple[str, object, Item]] = [
    *(("Order", order, _order_item(order, shard)) for order, shard in zip(ORDERS, (8, 200, 1, 2, 8), strict=True)),
    ("Order", TOMORROW, _order_item(TOMORROW, 9)),
    *(("Visit", visit, _visit_item(visit)) for visit in VISITS),
]


def all_visits(table: ShardedTable) -> list[Visit]:
    """Whoever draws the suffixes has to ask for each of them."""
    return [visit for suffix in range(1, 201) for visit in table.visit.of_suffix(date_=DAY, suffix=suffix)]


QUERIES: list[tuple[str, Callable[[ShardedTable], object], object]] = [
    ("an order, by one read", lambda table: table.order.get_one(date_=DAY, order_id=401), ORDERS[3]),
    ("the orders of a day, merged in order", lambda table: table.order.of_date(date_=DAY).all(), ORDERS),
    ("the last two", lambda table: table.order.of_date(date_=DAY).descending().limit(2).all(), ORDERS[:-3:-1]),
    (
        "a range of them",
        lambda table: table.order.of_date(date_=DAY, order_id=between(199, 401)).all(),
        ORDERS[1:4],
    ),
    ("those after a number", lambda table: table.order.of_date(date_=DAY, order_id=gt(401)).all(), ORDERS[4:]),
    ("of the next day", lambda table: table.order.of_date(date_=NEXT).count(), 1),
    ("the visits of a suffix", lambda table: table.visit.of_suffix(date_=DAY, suffix=12).all(), VISITS[:2]),
    ("all visits of a day", all_visits, VISITS),
]
