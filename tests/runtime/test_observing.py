"""Observers and `usage()`: what they are told, and that nobody pays for them who does not ask."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any

import pytest
from msgspec import structs

import entitystore
from entitystore import operations
from entitystore.client import AsyncClient, Client
from entitystore.errors import ConditionFailedError, ServiceError, ThrottledError, TransportError
from entitystore.logs import LogCalls
from entitystore.observing import CallInfo, Observer, Outcome, watched
from entitystore.plan import QueryPlan
from entitystore.query import AsyncQuery, Query
from entitystore.transports import CallContext
from entitystore.values import Key
from tests.runtime.fakes import GSI1, PRIMARY, Order, order_codec, order_plan, stored

CODEC = order_codec()
KEY: Key = {"PK": {"S": "U#1"}, "SK": {"S": "o1"}}
CONSUMED = {"TableName": "shop", "CapacityUnits": 1.5, "GlobalSecondaryIndexes": {"GSI1": {"CapacityUnits": 0.5}}}


class Scripted:
    """Answers or raises what it is given, one after the other; then always the last. Notes what it was asked."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, bytes]] = []

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        self.asked.append((operation, body))
        if context is not None:
            context.attempts += 2
            context.waited += 0.25
            context.bytes_sent += 2 * len(body)
            context.request_id = "R1"
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None: ...


class AsyncScripted(Scripted):
    async def call(  # type: ignore[override]
        self, operation: str, body: bytes, context: CallContext | None = None
    ) -> bytes:
        return super().call(operation, body, context)

    async def close(self) -> None: ...  # type: ignore[override]


class Noting:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[CallInfo, object, Outcome]] = []
        self.begun = 0

    def started(self, call: CallInfo) -> object:
        self.begun += 1
        return self.begun

    def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
        self.calls.append((call, token, outcome))


def answer(*orders: Order, **more: object) -> bytes:
    items = [stored(each) for each in orders]
    return json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items) + 2, **more}).encode()


def one(order: Order, **more: object) -> bytes:
    return json.dumps({"Item": stored(order), **more}).encode()


@pytest.fixture(autouse=True)
def nobody_is_left() -> Any:
    """No observer and no usage outlives its test: all other tests would pay for it."""
    yield
    left = list(watched)
    watched.clear()
    assert left == []


def plan(index: str = "", method: str = "query") -> QueryPlan[Order]:
    found = order_plan(GSI1 if index else PRIMARY)
    return structs.replace(found, entity="Order", method=method)


def observed(transport: Scripted, observer: Observer, capacity: Any = "none") -> Client:
    client = Client(transport, "shop")
    client.observe(observer, capacity)
    return client


def test_one_call() -> None:
    observer = Noting()
    client = observed(Scripted(one(Order("o1", 7), ConsumedCapacity=CONSUMED)), observer)
    assert client.run(operations.get(CODEC, "shop", KEY, consistent=True)) == Order("o1", 7)
    client.observe_no_more()
    client.run(operations.get(CODEC, "shop", KEY))
    ((call, token, outcome),) = observer.calls
    assert call == CallInfo("GetItem", "shop", None, "Order", "get", None, True)
    assert (call.access_pattern, call.target, token) == ("Order.get", "shop", 1)
    assert (outcome.attempts, outcome.waited, outcome.request_id) == (2, 0.25, "R1")
    assert (outcome.items, outcome.scanned, outcome.error, outcome.error_code) == (1, 1, None, None)
    assert outcome.bytes_sent > 50
    assert outcome.bytes_received > 50
    assert outcome.seconds > 0
    ((table, units, indexes),) = [(each.table, each.units, each.indexes) for each in outcome.capacity]
    assert (table, units, indexes) == ("shop", 1.5, {"GSI1": 0.5})


@pytest.mark.parametrize(("capacity", "asked"), [("none", None), ("total", "TOTAL"), ("indexes", "INDEXES")])
def test_the_service_is_asked_for_capacity_on_demand(capacity: Any, asked: str | None) -> None:
    transport = Scripted(answer())
    client = observed(transport, Noting(), capacity)
    Query(client, plan()).all()
    client.observe_no_more()
    Query(client, plan()).all()
    assert [json.loads(body).get("ReturnConsumedCapacity") for _, body in transport.asked] == [asked, None]


def test_whoever_asks_for_most_gets_it() -> None:
    transport = Scripted(answer())
    client = observed(transport, Noting(), "total")
    with entitystore.usage(capacity="indexes"), entitystore.usage():
        Query(client, plan()).all()
    client.observe_no_more()
    assert json.loads(transport.asked[0][1])["ReturnConsumedCapacity"] == "INDEXES"


REFUSED = ServiceError("ConditionalCheckFailedException", "no", status=400)
THROTTLED = ServiceError(
    "ThrottlingException",
    "slow down",
    status=400,
    body=b'{"ThrottlingReasons":[{"reason":"TableReadKeyRangeThroughputExceeded","resource":"arn"}]}',
)


@pytest.mark.parametrize(
    ("error", "raised", "code", "reasons"),
    [
        (REFUSED, ConditionFailedError, "ConditionalCheckFailedException", []),
        (THROTTLED, ThrottledError, "ThrottlingException", ["TableReadKeyRangeThroughputExceeded"]),
        (TransportError("the line is dead"), TransportError, "TransportError", []),
    ],
)
def test_an_error(error: Exception, raised: type[Exception], code: str, reasons: list[str]) -> None:
    observer = Noting()
    client = observed(Scripted(error), observer)
    with pytest.raises(raised):
        client.run(operations.put(CODEC, "shop", Order("o1", 1)))
    client.observe_no_more()
    ((call, _, outcome),) = observer.calls
    assert (call.operation, call.method, outcome.error_code) == ("PutItem", "put", code)
    assert [each.reason for each in outcome.throttling] == reasons
    assert (outcome.items, outcome.capacity) == (0, ())


def test_each_page_and_each_attempt_of_a_batch() -> None:
    observer = Noting()
    last = {"PK": {"S": "U#1"}, "SK": {"S": "o1"}}
    transport = Scripted(answer(Order("o1", 1), LastEvaluatedKey=last), answer(Order("o2", 2)))
    client = observed(transport, observer)
    assert len(Query(client, plan(method="by_user")).all()) == 2
    client.observe_no_more()
    assert [call.access_pattern for call, _, _ in observer.calls] == ["Order.by_user"] * 2
    assert [(outcome.items, outcome.scanned) for _, _, outcome in observer.calls] == [(1, 3), (1, 3)]


def test_an_observer_that_raises_is_told_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Noting):
        def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
            super().finished(call, token, outcome)
            raise RuntimeError("full disk")

    class BrokenAtOnce(Noting):
        def started(self, call: CallInfo) -> object:
            raise RuntimeError("no memory")

    broken, at_once, sound = Broken(), BrokenAtOnce(), Noting()
    client = observed(Scripted(one(Order("o1", 7))), broken)
    client.observe(at_once)
    client.observe(sound)
    for _ in range(3):
        client.run(operations.get(CODEC, "shop", KEY))
    client.observe_no_more()
    assert (len(broken.calls), len(at_once.calls), len(sound.calls)) == (1, 0, 3)
    assert [record.name for record in caplog.records] == ["entitystore.observer"] * 2
    assert "RuntimeError" in caplog.text


# --------------------------------------------------------------------------------------------------- usage


def test_usage_counts_what_is_called_within() -> None:
    client = Client(Scripted(one(Order("o1", 7), ConsumedCapacity=CONSUMED)), "shop")
    client.run(operations.get(CODEC, "shop", KEY))
    with entitystore.usage(capacity="total") as outer:
        client.run(operations.get(CODEC, "shop", KEY))
        with entitystore.usage() as inner:
            client.run(operations.get(CODEC, "shop", KEY))
    client.run(operations.get(CODEC, "shop", KEY))
    assert (outer.total.calls, inner.total.calls) == (2, 1)
    assert (outer.total.attempts, outer.total.items, outer.total.read_units, outer.total.write_units) == (4, 2, 3.0, 0)
    assert list(outer.by_access_pattern) == ["Order.get"]
    first, last = outer.summary().splitlines()
    assert first.startswith("Order.get: 2 calls, 2 items of 2 read, ")
    assert first.endswith("4 attempts, 3 read units")
    assert last.startswith("in all: 2 calls")


def test_usage_of_another_thread_is_another_ones() -> None:
    client = Client(Scripted(one(Order("o1", 7))), "shop")
    inside, done = threading.Event(), threading.Event()

    def other() -> None:
        inside.wait(10)
        client.run(operations.get(CODEC, "shop", KEY))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with entitystore.usage() as found:
        inside.set()
        assert done.wait(10)
    thread.join()
    assert found.total.calls == 0


def test_usage_counts_what_a_stream_fetches_for_the_block() -> None:
    client = Client(Scripted(answer(Order("o1", 1), Order("o2", 2))), "shop")
    with entitystore.usage() as found:
        assert len(list(Query(client, plan()).stream())) == 2
    assert (found.total.calls, found.total.items) == (1, 2)


def test_usage_with_tasks() -> None:
    async def main() -> tuple[int, int]:
        client = AsyncClient(AsyncScripted(answer(Order("o1", 1))), "shop")
        with entitystore.usage() as outer:
            await asyncio.gather(*(AsyncQuery(client, plan()).all() for _ in range(3)))

            async def streamed() -> int:
                with entitystore.usage() as own:
                    assert len([each async for each in AsyncQuery(client, plan()).stream()]) == 1
                return own.total.calls

            alone = await asyncio.create_task(streamed())
        return outer.total.calls, alone

    assert asyncio.run(main()) == (4, 1)


# --------------------------------------------------------------------------------------------------- logging


def test_calls_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "entitystore")
    client = observed(Scripted(answer(Order("o1", 1), ConsumedCapacity=CONSUMED), REFUSED), LogCalls())
    Query(client, plan(index="GSI1", method="by_total")).all()
    with pytest.raises(ConditionFailedError):
        client.run(operations.put(CODEC, "shop", Order("o1", 1)))
    client.observe_no_more()
    query, put = caplog.records
    assert query.getMessage().startswith("Query shop/GSI1 Order.by_total 1 of 3 items ")
    assert query.getMessage().endswith(" 1.5 units 2 attempts")
    assert (query.levelname, put.levelname) == ("DEBUG", "WARNING")
    assert put.getMessage().endswith("failed: ConditionalCheckFailedException")
    assert query.__dict__["entitystore"]["access_pattern"] == "Order.by_total"


# ------------------------------------------------------------------------------------------- what it costs


def test_nothing_is_imported_before_somebody_watches() -> None:
    import subprocess
    import sys

    code = (
        "import sys, entitystore.client, entitystore.store, entitystore.query, entitystore.table\n"
        "print([n for n in ('entitystore.watching', 'logging', 'opentelemetry') if n in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
