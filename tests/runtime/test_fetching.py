"""Entities of an index that holds keys alone: the requests, their order, leftovers and throttling, on fakes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import structs

from entitystore import batch
from entitystore.client import AsyncClient, Client
from entitystore.codec import Codec, MixedCodec
from entitystore.comparisons import Comparison, exact
from entitystore.conditions import KeyRange, starting_with
from entitystore.definition import IndexDefinition, KeyAttribute, TableDefinition
from entitystore.errors import IncompleteBatchError, ServiceError, ValidationError
from entitystore.fetching import Fetching
from entitystore.merged import AsyncMergedQuery, MergedPlan, MergedQuery
from entitystore.plan import QueryParameters, QueryPlan, filtered, plan_of
from entitystore.query import AsyncQuery, Query
from entitystore.transports import CallContext
from entitystore.values import Item
from tests.runtime.fakes import (
    PRIMARY,
    TABLE,
    AsyncTransportOf,
    Body,
    Order,
    QueryTransport,
    failing,
    from_item,
    order_codec,
    orders,
    stored,
    throttled,
)

KEYS = IndexDefinition("GSI1", KeyAttribute("PK1"), KeyAttribute("SK1"), projection="KEYS_ONLY")
TYPED = structs.replace(KEYS, projection="INCLUDE", included=("EntityType",))
ALL = QueryParameters("ALL", "GSI1")
LEAN = TableDefinition("shop", PRIMARY, (KEYS,))


def codec(*, fetched: tuple[str, ...] = ("GSI1",)) -> Codec[Order]:
    plain: Any = order_codec()
    return Codec(
        entity="Order",
        type_name="Order",
        type_attribute="EntityType",
        item_type=plain._item_type,
        from_item=from_item,
        encode=stored,
        key_attributes=("PK", "SK"),
        fetched=fetched,
    )


def plan(index: IndexDefinition = KEYS, **changes: Any) -> QueryPlan[Order]:
    whole = QueryPlan(
        table=LEAN,
        table_name="shop",
        index=index,
        partition="ALL",
        range=KeyRange("all"),
        reader=codec(),
        only_types=False,
        fetches=True,
    )
    return structs.replace(whole, **changes)


class LeanTransport(QueryTransport):
    """Answers BatchGetItem, too, in reverse. The last of several keys is put off, for so many calls.

    `gone` are ids that the table does not have any more.
    """

    gone: frozenset[str] = frozenset()
    put_off: int = 1

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        if operation == "Query":
            return super().call(operation, body, context)
        assert operation == "BatchGetItem"
        self.bodies.append(msgspec.json.decode(body))
        self.before(len(self.bodies))
        asked = self.bodies[-1]["RequestItems"]["shop"]
        keys = list(asked["Keys"])
        left = [keys.pop()] if self.put_off and len(keys) > 1 else []
        self.put_off -= len(left)
        found = [self._item(key) for key in reversed(keys) if key["SK"]["S"] not in self.gone]
        answer: Body = {"Responses": {"shop": found}}
        if left:
            answer["UnprocessedKeys"] = {"shop": asked | {"Keys": left}}
        return msgspec.json.encode(answer)

    def _item(self, key: Item) -> Item:
        return next(item for item in self.items if item["PK"] == key["PK"] and item["SK"] == key["SK"])

    @property
    def gets(self) -> list[Body]:
        return [body["RequestItems"]["shop"] for body in self.bodies if "RequestItems" in body]

    @property
    def queries(self) -> list[Body]:
        return [body for body in self.bodies if "RequestItems" not in body]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nothing waits for long; the seconds that were to be waited for."""
    seen: list[float] = []

    def jitter(retry: int) -> float:
        seen.append(float(retry))
        return 0.001

    monkeypatch.setattr(batch, "full_jitter", jitter)
    monkeypatch.setattr("entitystore.stream_feed.full_jitter", lambda retry: 0.001)
    return seen


def shop(count: int, **settings: Any) -> LeanTransport:
    return LeanTransport([stored(order) for order in orders(count)], **settings)


def query(transport: LeanTransport, of: QueryPlan[Order] | None = None) -> Query[Order]:
    return Query(Client(transport, "shop"), of or plan())


async def _listed(found: AsyncQuery[Order]) -> list[Order]:
    return [order async for order in found]


async def _streamed(found: AsyncQuery[Order]) -> list[Order | None]:
    return [result.item async for result in found.stream()]


def asynchronous(transport: LeanTransport) -> AsyncQuery[Order]:
    return AsyncQuery(AsyncClient(AsyncTransportOf(transport), "shop"), plan())


def merged(transport: LeanTransport) -> MergedQuery[Order]:
    return MergedQuery(Client(transport, "shop"), MergedPlan((plan(),)))


def merged_asynchronous(transport: LeanTransport) -> AsyncMergedQuery[Order]:
    return AsyncMergedQuery(AsyncClient(AsyncTransportOf(transport), "shop"), MergedPlan((plan(),)))


READS: dict[str, Callable[[LeanTransport], list[Any]]] = {
    "all": lambda transport: query(transport).all(),
    "loop": lambda transport: list(query(transport)),
    "page": lambda transport: list(query(transport).page(limit=1000).items),
    "stream": lambda transport: [result.item for result in query(transport).stream()],
    "async all": lambda transport: asyncio.run(asynchronous(transport).all()),
    "async loop": lambda transport: asyncio.run(_listed(asynchronous(transport))),
    "async stream": lambda transport: asyncio.run(_streamed(asynchronous(transport))),
    "merged": lambda transport: merged(transport).all(),
    "merged page": lambda transport: list(merged(transport).page(limit=1000).items),
    "async merged": lambda transport: asyncio.run(merged_asynchronous(transport).all()),
}


@pytest.mark.parametrize("read", READS)
def test_the_order_is_the_indexes_and_what_was_put_off_is_asked_for_again(read: str, pauses: list[float]) -> None:
    transport = shop(250)
    transport.put_off = 2
    assert READS[read](transport) == orders(250)
    assert [len(each["Keys"]) for each in transport.gets][:3] == [100, 1, 100]
    assert sum(len(each["Keys"]) for each in transport.gets) == 252
    assert pauses == [0.0, 0.0]


@pytest.mark.parametrize("read", READS)
def test_what_is_gone_is_left_out(read: str) -> None:
    transport = shop(120)
    transport.gone = frozenset({"0000", "0057", "0119"})
    assert READS[read](transport) == [each for each in orders(120) if each.id not in transport.gone]


@pytest.mark.parametrize("read", READS)
def test_throttled_reads_of_the_table_are_repeated(read: str) -> None:
    def refuse(call: int) -> None:
        if call in (2, 3):
            raise throttled()

    assert READS[read](shop(30, before=refuse)) == orders(30)


@pytest.mark.parametrize("read", READS)
def test_a_refusal_is_raised(read: str) -> None:
    def refuse(call: int) -> None:
        if call == 2:
            raise ServiceError("AccessDeniedException", "no", status=400)

    with pytest.raises(ServiceError, match="no"):
        READS[read](shop(30, before=refuse))


@pytest.mark.parametrize("read", ["stream", "async stream"])
def test_a_stream_repeats_the_fetch_alone(read: str) -> None:
    """What the index said is not asked for again."""

    def fail(call: int) -> None:
        if call in (2, 3):
            raise failing()

    transport = shop(30, before=fail)
    assert READS[read](transport) == orders(30)
    assert len(transport.queries) == 1


@pytest.mark.parametrize("read", READS)
def test_what_was_put_off_is_asked_for_after_a_while(read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "full_jitter", lambda retry: 0.06)
    times: list[float] = []
    transport = shop(3, before=lambda call: times.append(time.monotonic()))
    assert READS[read](transport) == orders(3)
    assert len(times) == 3
    assert times[2] - times[1] >= 0.05


def test_a_page_that_is_driven_from_outside() -> None:
    transport = shop(3)
    fetching = Fetching(plan(), transport.call("Query", b"{}"))
    requests = []
    while fetching.request is not None:
        assert fetching.items is None
        requests.append(fetching.request)
        pause = fetching.arrived(transport.call("BatchGetItem", fetching.request.body))
        assert pause == (0.001 if len(requests) == 1 else None)
    assert len(requests) == 2
    assert fetching.items is not None
    assert [msgspec.json.decode(raw) for raw in fetching.items if raw is not None] == transport.items


@pytest.mark.parametrize("read", READS)
def test_keys_that_are_put_off_for_ever(read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 10_000, 40))
    monkeypatch.setattr(batch, "clock", lambda: float(next(seconds)))
    transport = shop(3)
    transport.put_off = 10**6
    with pytest.raises(IncompleteBatchError, match="1 keys that the index GSI1 gave were not answered") as caught:
        READS[read](transport)
    assert [key["SK"] for key in caught.value.missing] == [{"S": "0002"}]


# --- requests ---


def test_the_requests() -> None:
    transport = shop(2)
    transport.put_off = 0
    query(transport, plan(range=starting_with("T#"))).descending().all()
    assert transport.queries == [
        {
            "TableName": "shop",
            "IndexName": "GSI1",
            "KeyConditionExpression": "#p = :p AND begins_with(#s, :a)",
            "ExpressionAttributeNames": {"#p": "PK1", "#s": "SK1"},
            "ExpressionAttributeValues": {":p": {"S": "ALL"}, ":a": {"S": "T#"}},
            "ScanIndexForward": False,
            "Limit": 100,
        }
    ]
    keys = [{"PK": {"S": "U#1"}, "SK": {"S": order.id}} for order in orders(2)]
    assert transport.gets == [{"Keys": keys}]


def test_a_page_is_as_small_as_a_call_takes() -> None:
    """A megabyte of keys would stand for more entities than one wants to hold."""
    transport = shop(250)
    found = query(transport)
    next(iter(found))
    assert len(transport.bodies) == 3
    found.first()
    found.page(limit=1000)
    found.limit(110).all()
    assert [each["Limit"] for each in transport.queries] == [100, 1, 100, 100, 100, 100, 10]


def test_a_page_that_the_service_filters_is_larger() -> None:
    typed = plan(TYPED, only_types=True)
    assert msgspec.json.decode(typed.request(None, None).body)["Limit"] == 1000
    assert msgspec.json.decode(typed.request(None, 7).body)["Limit"] == 7
    by_key = filtered(plan(), "SK > :s", {"s": "O#"})
    assert msgspec.json.decode(by_key.request(None, None).body)["Limit"] == 1000


def test_the_type_is_asked_of_the_index_that_has_it() -> None:
    assert "FilterExpression" not in msgspec.json.decode(plan(only_types=True).request(None, None).body)
    sent = msgspec.json.decode(plan(TYPED, only_types=True).request(None, None).body)
    assert sent["FilterExpression"] == "#ty = :ty0"


@pytest.mark.parametrize(
    ("found", "looked_at"),
    [
        (plan(only_types=True), ["PK", "SK", "PK1", "SK1", "EntityType"]),
        (plan(exact=exact(Comparison(("total",), "=", ("x",)))), ["PK", "SK", "PK1", "SK1", "EntityType", "total"]),
    ],
    ids=["type", "exact"],
)
def test_counting_reads_no_more_than_it_takes_to_tell(found: QueryPlan[Order], looked_at: list[str]) -> None:
    transport = shop(3)
    transport.put_off = 0
    assert query(transport, found).count() == (3 if found.only_types else 0)
    names = transport.gets[0]["ExpressionAttributeNames"]
    assert list(names.values()) == looked_at
    assert transport.gets[0]["ProjectionExpression"] == ", ".join(names)
    assert "Select" not in transport.queries[0]


@pytest.mark.parametrize("found", [plan(), plan(TYPED, only_types=True)], ids=["keys", "typed"])
def test_counting_asks_the_index_alone_where_that_can_tell(found: QueryPlan[Order]) -> None:
    transport = shop(3)
    assert query(transport, found).count() == 3
    assert transport.gets == []
    assert "Limit" not in transport.queries[0]
    assert transport.queries[0]["Select"] == "COUNT"


# --- plans ---


def test_an_index_that_holds_everything_is_read_alone() -> None:
    whole = plan_of(LEAN, "shop", ALL, codec(fetched=("GSI2",)), only_types=False)
    transport = shop(120)
    assert query(transport, whole).all() == orders(120)
    assert transport.gets == []
    assert "Limit" not in transport.queries[0]


def test_readers_of_several_types_fetch_where_one_of_them_does() -> None:
    mixed: MixedCodec[Order] = MixedCodec("EntityType", {"Order": codec(), "Other": codec(fetched=("GSI2", "GSI1"))})
    assert sorted(mixed.fetched) == ["GSI1", "GSI2"]
    assert plan_of(LEAN, "shop", ALL, mixed, only_types=False).fetches
    assert not plan_of(LEAN, "shop", QueryParameters("U#1"), mixed, only_types=False).fetches
    assert not MixedCodec("EntityType", {"Order": order_codec()}).fetched
    transport = shop(3)
    assert query(transport, plan(reader=mixed)).all() == orders(3)


def test_what_an_index_lacks() -> None:
    names = ["PK", "SK", "PK1", "SK1", "EntityType", "total"]
    assert plan().lacking(names) == ["EntityType", "total"]
    assert plan(TYPED).lacking(names) == ["total"]
    assert plan(TABLE.index("GSI1")).lacking(names) == []


def test_a_condition_may_name_what_the_index_holds() -> None:
    assert filtered(plan(), "attribute_exists(SK)", None).filter is not None
    with pytest.raises(ValidationError, match="the index GSI1 does not hold a, total, and the table is read by key"):
        filtered(plan(), "total > :n AND NOT (#a.PK = :n OR #a[0].b = :n)", {"n": 1}, {"a": "a"})


@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        ({"PK1": {"S": "ELSE"}}, False),
        ({"SK1": {"S": "U#1"}}, False),
        ({"SK1": {"S": "T#2"}}, True),
        ({"EntityType": {"S": "Other"}}, False),
        ({"total": {"N": "77"}}, True),
    ],
)
def test_an_item_that_changed_in_between(change: Item, is_found: bool) -> None:
    transport = shop(1)

    def rewrite(call: int) -> None:
        if call == 2:
            transport.items[0] = transport.items[0] | change

    transport.before = rewrite
    found = query(transport, plan(range=starting_with("T#"), only_types=True)).all()
    assert [str(order.total) for order in found] == ([change.get("total", {"N": "0"})["N"]] if is_found else [])


def test_an_item_that_left_the_index_in_between() -> None:
    transport = shop(2)

    def leave(call: int) -> None:
        if call == 2:
            transport.items[0] = {name: value for name, value in transport.items[0].items() if name != "PK1"}

    transport.before = leave
    assert query(transport).all() == orders(2)[1:]
