"""What observers see of a table's calls, on every engine, through each transport; and what they never see."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import entitystore
from entitystore.errors import AlreadyExistsError, ConditionFailedError
from entitystore.logs import LogCalls
from entitystore.observing import CallInfo, Outcome
from entitystore.otel import OpenTelemetryObserver
from tests.behaviour.test_items import order
from tests.compiled import Compiled

SENTINEL = "sentinel-7f3a9c"
"""Part of every value that the tests below store, or ask for."""


class Noting:
    def __init__(self) -> None:
        self.calls: list[tuple[CallInfo, Outcome]] = []

    def started(self, call: CallInfo) -> None: ...

    def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
        self.calls.append((call, outcome))


class Telemetry:
    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self.metrics = InMemoryMetricReader()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self.observer = OpenTelemetryObserver(tracers, MeterProvider([self.metrics]))


@pytest.fixture
def watch(table: Any) -> Iterator[Any]:
    """Adds an observer for this test alone: the table is everybody's."""
    added: list[Any] = []
    inner = table._table if hasattr(table, "_table") else table

    def add(observer: Any) -> None:
        added.append(observer)
        inner.observe(observer, capacity="total")

    yield add
    for each in added:
        inner._client.observers.remove(each)


def everything(table: Any, shop: Compiled, uid: str) -> None:
    """One of each kind of call, the failing ones as well; each with the sentinel in keys, values and conditions."""
    user = f"{SENTINEL}-{uid}"
    made = [order(shop, user, number, note=f"{SENTINEL} {number}") for number in range(3)]
    table.order.create(made[0])
    with pytest.raises(AlreadyExistsError):
        table.order.create(made[0])
    table.order.put_many(made)
    with pytest.raises(ConditionFailedError):
        table.order.update_with_condition(made[0], "note = :n", {":n": f"{SENTINEL} other"})
    key = {"user_id": user, "created_at": made[0].created_at, "id": made[0].id}
    assert table.order.get_one(**key) == made[0]
    assert table.order.exists(**key)
    assert table.order.get_many([key]) == [made[0]]
    assert table.order.by_user_id(user_id=user).where("note <> :n", {":n": f"{SENTINEL} 1"}).all() == made[::2]
    assert table.order.by_user_id(user_id=user).page(limit=2).cursor is not None
    assert len([each.item for each in table.order.by_user_id(user_id=user).stream()]) == 3
    table.order.delete(**key)
    table.order.delete_many([{"user_id": user, "created_at": each.created_at, "id": each.id} for each in made])


PATTERNS = [
    ("PutItem", "Order.create"),
    ("PutItem", "Order.create"),
    ("BatchWriteItem", "Order.put_many"),
    ("PutItem", "Order.update_with_condition"),
    ("GetItem", "Order.get"),
    ("GetItem", "Order.exists"),
    ("BatchGetItem", "Order.get_many"),
    ("Query", "Order.by_user_id"),
    ("Query", "Order.by_user_id"),
    ("Query", "Order.by_user_id"),
    ("DeleteItem", "Order.delete"),
    ("BatchWriteItem", "Order.delete_many"),
]


def test_every_call_is_told_and_nothing_of_its_content(
    table: Any, shop: Compiled, uid: str, watch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "entitystore")
    noting, telemetry = Noting(), Telemetry()
    for observer in (noting, telemetry.observer, LogCalls()):
        watch(observer)
    with entitystore.usage() as usage:
        everything(table, shop, uid)
    assert [(call.operation, call.access_pattern) for call, _ in noting.calls] == PATTERNS
    assert {call.table for call, _ in noting.calls} == {table.table_name}
    assert [call.batch_size for call, _ in noting.calls if call.batch_size] == [3, 1, 3]
    assert [outcome.items for call, outcome in noting.calls if call.operation == "Query"][:1] == [2]
    assert [outcome.scanned for call, outcome in noting.calls if call.operation == "Query"][:1] == [3]
    failed = [outcome.error_code for _, outcome in noting.calls if outcome.error is not None]
    assert failed == ["ConditionalCheckFailedException"] * 2
    assert all(outcome.attempts == 1 and outcome.seconds > 0 for _, outcome in noting.calls)
    assert all(outcome.bytes_sent > 0 for _, outcome in noting.calls)
    assert usage.total.calls == len(PATTERNS)
    spans = telemetry.spans.get_finished_spans()
    metrics = telemetry.metrics.get_metrics_data()
    assert metrics is not None
    shown = [span.to_json() for span in spans] + [metrics.to_json(), usage.summary(), caplog.text]
    shown += [json.dumps(record.__dict__, default=str) for record in caplog.records]
    shown += [repr(call) for call, _ in noting.calls]
    assert len(spans) == len(PATTERNS)
    assert len(caplog.records) == len(PATTERNS)
    assert [text for text in shown if SENTINEL in text] == []


def test_spans_and_metrics_have_the_conventions_names(table: Any, shop: Compiled, uid: str, watch: Any) -> None:
    telemetry = Telemetry()
    watch(telemetry.observer)
    everything(table, shop, uid)
    spans = telemetry.spans.get_finished_spans()
    assert {span.kind for span in spans} == {SpanKind.CLIENT}
    by_name = {span.name.partition(" ")[0]: span for span in spans}
    query = by_name["Query"]
    attributes = dict(query.attributes or {})
    assert query.name == f"Query {table.table_name}"
    assert attributes["db.system.name"] == "aws.dynamodb"
    assert attributes["db.operation.name"] == "Query"
    assert attributes["db.collection.name"] == table.table_name
    assert attributes["aws.dynamodb.table_names"] == (table.table_name,)
    assert attributes["entitystore.access_pattern"] == "Order.by_user_id"
    assert attributes["db.response.returned_rows"] == attributes["aws.dynamodb.count"] == 3
    assert dict(by_name["BatchWriteItem"].attributes or {})["db.operation.batch.size"] == 3
    failed = next(span for span in spans if span.status.status_code is StatusCode.ERROR)
    assert dict(failed.attributes or {})["db.response.status_code"] == "ConditionalCheckFailedException"
    assert dict(failed.attributes or {})["error.type"] == "ConditionalCheckFailedException"
    data = telemetry.metrics.get_metrics_data()
    assert data is not None
    metrics = {each.name: each for each in data.resource_metrics[0].scope_metrics[0].metrics}
    assert metrics["db.client.operation.duration"].unit == "s"
    assert {"db.client.operation.duration", "db.client.response.returned_rows", "entitystore.filtered"} <= set(metrics)
    points = metrics["db.client.operation.duration"].data.data_points
    assert sum(point.count for point in points if isinstance(point, HistogramDataPoint)) == len(PATTERNS)


def test_capacity_as_the_engine_says_it(table: Any, shop: Compiled, uid: str) -> None:
    with entitystore.usage(capacity="indexes") as usage:
        table.order.put(order(shop, uid, 1))
        table.order.by_user_id(user_id=uid).all()
    assert usage.total.write_units >= 1
    assert usage.total.read_units > 0
