"""A transport over a boto3 client: its retries, hooks and configuration stay the caller's.

Rules of this file:
- The seam stays bytes in, bytes out. A client speaks Python parameters, which are DynamoDB JSON but for
  three things: binary values are bytes instead of base64 text, times are datetimes instead of seconds
  since the epoch, and every answer carries `ResponseMetadata`.
- `{"B": text}` is a binary value wherever it stands: in a map of attributes the value of the name `B` is
  an object, never text.
- The client is the caller's: it is not closed here, and it does its own retries, so nothing is repeated.
- boto3 itself is not imported: whoever has a client has done so.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec

from entitystore.errors import TransportError
from entitystore.transports import CallContext
from entitystore.transports.boto3_faults import broken, lost, note, refusal, refuse_foreign
from entitystore.transports.retries import READS

_WITH_TIMES = frozenset({"CreateTable", "DeleteTable", "DescribeTable", "UpdateTable"})

Method = Callable[..., Mapping[str, Any]]
"""A method of a client: parameters by keyword, the answer as a mapping."""


class _Meta(Protocol):
    @property
    def events(self) -> Any: ...


class DynamoDBClient(Protocol):
    """What `boto3.client("dynamodb")` returns, as far as it is used here."""

    @property
    def meta(self) -> _Meta: ...
    @property
    def batch_get_item(self) -> Method: ...
    @property
    def batch_write_item(self) -> Method: ...
    @property
    def create_table(self) -> Method: ...
    @property
    def delete_item(self) -> Method: ...
    @property
    def delete_table(self) -> Method: ...
    @property
    def describe_table(self) -> Method: ...
    @property
    def describe_time_to_live(self) -> Method: ...
    @property
    def get_item(self) -> Method: ...
    @property
    def list_tables(self) -> Method: ...
    @property
    def put_item(self) -> Method: ...
    @property
    def query(self) -> Method: ...
    @property
    def scan(self) -> Method: ...
    @property
    def transact_get_items(self) -> Method: ...
    @property
    def transact_write_items(self) -> Method: ...
    @property
    def update_item(self) -> Method: ...
    @property
    def update_table(self) -> Method: ...
    @property
    def update_time_to_live(self) -> Method: ...


def _methods(client: DynamoDBClient) -> dict[str, Method]:
    """The operations that can be called, each with the client's method."""
    return {
        "BatchGetItem": client.batch_get_item,
        "BatchWriteItem": client.batch_write_item,
        "CreateTable": client.create_table,
        "DeleteItem": client.delete_item,
        "DeleteTable": client.delete_table,
        "DescribeTable": client.describe_table,
        "DescribeTimeToLive": client.describe_time_to_live,
        "GetItem": client.get_item,
        "ListTables": client.list_tables,
        "PutItem": client.put_item,
        "Query": client.query,
        "Scan": client.scan,
        "TransactGetItems": client.transact_get_items,
        "TransactWriteItems": client.transact_write_items,
        "UpdateItem": client.update_item,
        "UpdateTable": client.update_table,
        "UpdateTimeToLive": client.update_time_to_live,
    }


class Boto3Transport:
    """Calls DynamoDB through `client`, which `boto3.client("dynamodb")` made. As thread-safe as the client."""

    def __init__(self, client: DynamoDBClient) -> None:
        """Take a client; raises TransportError for one that belongs to a boto3 resource.

        `boto3.resource("dynamodb").meta.client` turns Python values into attribute values on the way, and
        would wrap twice what is complete here.
        """
        _refuse_resource(client)
        self._methods = _methods(client)

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Call the client's method for `operation` with the parameters in `body`; the answer as JSON.

        The client's own configuration bounds its time and its attempts; what `context` allows is not looked at.
        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        method = self._methods.get(operation)
        if method is None:
            raise TransportError(f"Boto3Transport does not know the operation {operation!r}")
        try:
            parameters = to_parameters(body)
        except (ValueError, msgspec.MsgspecError):
            # Without its cause, which may quote an item.
            raise TransportError(f"the body of {operation} is no DynamoDB JSON") from None
        try:
            answer = method(**parameters)
            refuse_foreign(answer)
            found = to_body(operation, answer)
        except ClientError as error:
            if context is not None:
                note(context, body, error.response)
            failure = refusal(operation, error, context)
            raise failure from failure.__cause__
        except BotoCoreError as error:
            failure = lost(operation, error, context)
            raise failure from failure.__cause__
        except Exception as error:
            failure = broken(operation, error, context)
            raise failure from failure.__cause__
        if context is not None:
            note(context, body, answer)
            context.maybe_applied = context.attempts > 1 and operation not in READS
            context.bytes_received += len(found)
        return found

    def close(self) -> None:
        """Do nothing: the client is the caller's, and others may use it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncBoto3Transport:
    """`Boto3Transport` for asyncio: each call runs in a thread of the loop's default executor.

    A call that is cancelled ends in its thread unseen; a write may be applied all the same.
    """

    def __init__(self, client: DynamoDBClient) -> None:
        """Take a client, as `Boto3Transport` does."""
        self._transport = Boto3Transport(client)

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Call the client's method for `operation` with the parameters in `body`; the answer as JSON.

        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        return await asyncio.to_thread(self._transport.call, operation, body, context)

    async def close(self) -> None:
        """Do nothing: the client is the caller's, and others may use it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


def _refuse_resource(client: DynamoDBClient) -> None:
    """Raise if boto3's resource layer has put its conversions on the client's events.

    botocore refuses to register an event's unique id both with and without a count. That is how to ask,
    with public calls alone, whether the handler of that id is there.
    """
    event, unique_id = "before-parameter-build.dynamodb", "dynamodb-attr-value-input"
    events = client.meta.events
    try:
        events.register(event, _do_nothing, unique_id=unique_id, unique_id_uses_count=True)
    except ValueError:
        raise TransportError(
            "this client belongs to a boto3 resource and converts values by itself; "
            'pass boto3.client("dynamodb") or session.client("dynamodb")'
        ) from None
    events.unregister(event, unique_id=unique_id, unique_id_uses_count=True)


def _do_nothing(**_: object) -> None:
    """An event handler without effect."""


def to_parameters(body: bytes) -> dict[str, object]:
    """DynamoDB JSON as the parameters of a client's method."""
    parameters = msgspec.json.decode(body, type=dict[str, object])
    if b'"B"' in body or b'"BS"' in body:
        return {name: _with_bytes(value) for name, value in parameters.items()}
    return parameters


def _with_bytes(value: object) -> object:
    if isinstance(value, list):
        return [_with_bytes(element) for element in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        binary = value.get("B")
        if isinstance(binary, str):
            return {"B": base64.b64decode(binary, validate=True)}
        many = value.get("BS")
        if isinstance(many, list) and all(isinstance(element, str) for element in many):
            return {"BS": [base64.b64decode(element, validate=True) for element in many]}
    return {name: _with_bytes(element) for name, element in value.items()}


def to_body(operation: str, answer: Mapping[str, Any]) -> bytes:
    """A client's answer as DynamoDB JSON. The encoder writes bytes as base64 by itself."""
    kept = {name: answer[name] for name in answer if name != "ResponseMetadata"}
    return msgspec.json.encode(_with_seconds(kept) if operation in _WITH_TIMES else kept)


def _with_seconds(value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, list):
        return [_with_seconds(element) for element in value]
    if isinstance(value, dict):
        return {name: _with_seconds(element) for name, element in value.items()}
    return value
