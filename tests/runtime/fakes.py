"""A small entity and transports that answer from memory or from a script.

Rules of this file:
- A fake behaves as DynamoDB's documentation says, where a test depends on it: Limit counts before the filter, a page
  that was cut by it has a LastEvaluatedKey, a start key need not exist.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from entitystore import wire
from entitystore.codec import Codec
from entitystore.conditions import everything
from entitystore.definition import IndexDefinition, KeyAttribute, TableDefinition
from entitystore.errors import ServiceError
from entitystore.plan import QueryPlan
from entitystore.transports import CallContext
from entitystore.values import Item

PRIMARY = IndexDefinition("", KeyAttribute("PK"), KeyAttribute("SK"))
GSI1 = IndexDefinition("GSI1", KeyAttribute("PK1"), KeyAttribute("SK1"))
TABLE = TableDefinition("shop", PRIMARY, (GSI1,))


@dataclass
class Order:
    id: str
    total: int


class StoredOrder(msgspec.Struct):
    PK: wire.S[str]
    SK: wire.S[str]
    EntityType: wire.S[str]
    total: wire.N[str]


def from_item(item: StoredOrder) -> Order:
    if item.EntityType.S != "Order":
        raise ValueError("another type")
    return Order(item.SK.S, int(item.total.N))


def stored(entity: Order, partition: str = "U#1") -> Item:
    return {
        "PK": {"S": partition},
        "SK": {"S": entity.id},
        "PK1": {"S": "ALL"},
        "SK1": {"S": f"T#{entity.total:05d}"},
        "EntityType": {"S": "Order"},
        "total": {"N": str(entity.total)},
    }


def order_codec(*, shares_keys: bool = False) -> Codec[Order]:
    return Codec(
        entity="Order",
        type_name="Order",
        type_attribute="EntityType",
        item_type=StoredOrder,
        from_item=from_item,
        encode=stored,
        key_attributes=("PK", "SK"),
        shares_keys=shares_keys,
    )


def order_plan(index: IndexDefinition = PRIMARY, partition: str = "U#1") -> QueryPlan[Order]:
    return QueryPlan(
        table=TABLE,
        table_name="shop",
        index=index,
        partition=partition,
        range=everything(),
        reader=order_codec(),
        only_types=False,
    )


def orders(count: int) -> list[Order]:
    return [Order(f"{number:04d}", number) for number in range(count)]


Body = dict[str, Any]


@dataclass
class QueryTransport:
    """Answers Query from `items`, which are in their order. `before` may raise, or block, ahead of each call."""

    items: list[Item]
    sort: str = "SK"
    before: Callable[[int], None] = lambda call: None
    page: int = 1000
    bodies: list[Body] = field(default_factory=list)
    closed: bool = False

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        assert operation == "Query"
        self.bodies.append(msgspec.json.decode(body))
        self.before(len(self.bodies))
        return self._answer(self.bodies[-1])

    def _answer(self, request: Body) -> bytes:
        left = self._after(request.get("ExclusiveStartKey"))
        page = left[: min(request.get("Limit", self.page), self.page)]
        answer: Body = {"Count": len(page), "Items": page, "ScannedCount": len(page)}
        if len(page) < len(left) or (page and len(page) == request.get("Limit")):
            names = {"PK", "SK"} | ({"PK1", "SK1"} if "IndexName" in request else set())
            answer["LastEvaluatedKey"] = {name: page[-1][name] for name in names}
        return msgspec.json.encode(answer)

    def _after(self, start: Item | None) -> list[Item]:
        if start is None:
            return self.items
        place = next(place for place, item in enumerate(self.items) if _key(item) == _key(start))
        return self.items[place + 1 :]

    def close(self) -> None:
        self.closed = True


def _key(item: Item) -> tuple[object, object]:
    return item["PK"]["S"], item["SK"]["S"]


@dataclass
class AsyncTransportOf:
    """The async twin of a fake. `entered` is how many calls began, `cancelled` how many were given up."""

    inner: QueryTransport
    pause: Callable[[int], Any] | None = None
    cancelled: int = 0

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        import asyncio

        try:
            if self.pause is not None:
                await self.pause(len(self.inner.bodies) + 1)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.inner.call(operation, body, context)

    async def close(self) -> None:
        self.inner.close()


@dataclass
class Script:
    """Answers each call with the next of `answers`, or raises it; records the requests."""

    answers: Iterable[Body | Exception]
    calls: list[tuple[str, Body]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._answers = iter(self.answers)

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        self.calls.append((operation, msgspec.json.decode(body)))
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return msgspec.json.encode(answer)

    def close(self) -> None:
        return None


def throttled() -> ServiceError:
    return ServiceError("ThrottlingException", "slow down", status=400, request_id="R1")


def failing(status: int = 500) -> ServiceError:
    return ServiceError("InternalServerError", "oops", status=status, request_id="R2")


def stream_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "entitystore-stream"]
