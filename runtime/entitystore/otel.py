"""Spans and metrics of OpenTelemetry; the extra `otel` brings its API, and whoever starts a program sets up an SDK.

    table.observe(OpenTelemetryObserver(), capacity="total")

Rules of this file:
- Names: the semantic conventions for database clients (stable: db.system.name, db.operation.name, db.collection.name,
  db.operation.batch.size, db.query.summary, db.response.status_code, error.type and db.client.operation.duration) and
  for DynamoDB (development: aws.dynamodb.*). What they do not name begins with `entitystore.`.
- Attributes have few values: tables, indexes and access patterns, never a key or an item. Metrics have no request id.
- One span a call, of kind CLIENT, whatever it took; its retries are a number. It is a child of the current span, and
  never the current one itself: nothing of the transport makes spans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitystore.errors import EntityStoreError
from entitystore.observing import CallInfo, Capacity, Outcome

try:
    from opentelemetry import metrics, trace
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode
except ImportError as error:
    raise EntityStoreError(
        "OpenTelemetryObserver needs opentelemetry-api: pip install 'entitystore-dynamodb[otel]'"
    ) from error

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider
    from opentelemetry.util.types import AttributeValue

__all__ = ["OpenTelemetryObserver"]

_NAME = "entitystore"
_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
"""The buckets that the conventions ask for."""

_ROWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


class OpenTelemetryObserver:
    """Makes a span of each call, and counts it. The providers are the global ones unless they are given."""

    def __init__(
        self, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of database client operations.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._rows = meter.create_histogram(
            "db.client.response.returned_rows",
            unit="{row}",
            description="The actual number of records returned by the database operation.",
            explicit_bucket_boundaries_advisory=_ROWS,
        )
        self._retries = meter.create_counter(
            "entitystore.retries", unit="{attempt}", description="Attempts after the first."
        )
        self._throttles = meter.create_counter(
            "entitystore.throttles", unit="{call}", description="Calls that were throttled to the end."
        )
        self._capacity = meter.create_counter(
            "entitystore.consumed_capacity", unit="{unit}", description="Capacity units that the service charged."
        )
        self._filtered = meter.create_counter(
            "entitystore.filtered", unit="{item}", description="Items that were read and not returned."
        )

    def started(self, call: CallInfo) -> Span:
        """Begin the span."""
        attributes = _common(call) | _of_request(call)
        return self._tracer.start_span(f"{call.operation} {call.table}", kind=SpanKind.CLIENT, attributes=attributes)

    def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
        """End the span, and count."""
        assert isinstance(token, Span), "it is what `started` returned"
        if token.is_recording():
            token.set_attributes(_of_outcome(call, outcome))
            if outcome.error_code is not None:
                token.set_status(Status(StatusCode.ERROR))
        token.end()
        self._count(call, outcome)

    def _count(self, call: CallInfo, outcome: Outcome) -> None:
        common = _common(call)
        failed = {} if outcome.error_code is None else _of_error(outcome)
        self._duration.record(outcome.seconds, common | failed)
        if outcome.error_code is None and call.reads:
            self._rows.record(outcome.items, common)
        if outcome.attempts > 1:
            self._retries.add(outcome.attempts - 1, common)
        if outcome.throttling or outcome.error_code == "ProvisionedThroughputExceededException":
            self._throttles.add(1, common | {"entitystore.throttling_reason": _reason(outcome)})
        if outcome.scanned > outcome.items:
            self._filtered.add(outcome.scanned - outcome.items, common)
        for capacity in outcome.capacity:
            self._charge(call, capacity, common)

    def _charge(self, call: CallInfo, capacity: Capacity, common: dict[str, AttributeValue]) -> None:
        kind = "read" if call.reads else "write"
        self._capacity.add(
            capacity.units, common | {"db.collection.name": capacity.table, "entitystore.capacity_kind": kind}
        )


def _common(call: CallInfo) -> dict[str, AttributeValue]:
    """What tells calls apart, in spans and metrics."""
    attributes: dict[str, AttributeValue] = {
        "db.system.name": "aws.dynamodb",
        "db.operation.name": call.operation,
        "db.collection.name": call.table,
        "db.query.summary": f"{call.operation} {call.target} {call.access_pattern}",
        "entitystore.access_pattern": call.access_pattern,
    }
    if call.entity is not None:
        attributes["entitystore.entity"] = call.entity
    if call.index is not None:
        attributes["aws.dynamodb.index_name"] = call.index
    return attributes


def _of_request(call: CallInfo) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {"aws.dynamodb.table_names": (call.table,)}
    if call.batch_size is not None and call.batch_size >= 2:
        attributes["db.operation.batch.size"] = call.batch_size
    if call.reads:
        attributes["aws.dynamodb.consistent_read"] = call.consistent
    return attributes


def _of_outcome(call: CallInfo, outcome: Outcome) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "entitystore.attempts": outcome.attempts,
        "entitystore.waited": outcome.waited,
        "entitystore.bytes_sent": outcome.bytes_sent,
        "entitystore.bytes_received": outcome.bytes_received,
    }
    if call.reads:
        attributes["aws.dynamodb.count"] = outcome.items
        attributes["aws.dynamodb.scanned_count"] = outcome.scanned
        attributes["db.response.returned_rows"] = outcome.items
    if outcome.request_id is not None:
        attributes["aws.request_id"] = outcome.request_id
    if outcome.capacity:
        attributes["aws.dynamodb.consumed_capacity"] = tuple(map(_as_json, outcome.capacity))
    return attributes | ({} if outcome.error_code is None else _of_error(outcome))


def _of_error(outcome: Outcome) -> dict[str, AttributeValue]:
    assert outcome.error_code is not None, "asked for a call that failed"
    attributes: dict[str, AttributeValue] = {"error.type": outcome.error_code}
    if outcome.error is not None and outcome.error_code != type(outcome.error).__name__:
        attributes["db.response.status_code"] = outcome.error_code
    return attributes


def _reason(outcome: Outcome) -> str:
    return outcome.throttling[0].reason if outcome.throttling else "unknown"


def _as_json(capacity: Capacity) -> str:
    import json

    said: dict[str, object] = {"TableName": capacity.table, "CapacityUnits": capacity.units}
    if capacity.indexes:
        said["GlobalSecondaryIndexes"] = {name: {"CapacityUnits": units} for name, units in capacity.indexes.items()}
    return json.dumps(said)
