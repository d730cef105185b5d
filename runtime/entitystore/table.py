"""The part of a table object that is the same for every package: the client, its life, and the table's own.

Rules of this file:
- `Table` and `AsyncTable` are the same but for the `await`.
- `create_table` is for local work and tests; production tables are made by infrastructure code, which may read TABLE.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypedDict, TypeVar

import msgspec

from entitystore.answers import decoder, written
from entitystore.client import AsyncClient, Client, Flow, Pause, Request, clock
from entitystore.codec import MixedCodec, json_bytes
from entitystore.definition import TableDefinition, create_table_body
from entitystore.errors import AlreadyExistsError, ServiceError, TimeoutError, with_service_details
from entitystore.observing import CapacityDetail, Observer
from entitystore.plan import QueryParameters, QueryPlan, plan_of
from entitystore.query import AsyncQuery, Query
from entitystore.transports import AsyncTransport, Transport

if TYPE_CHECKING:
    from entitystore.transports.settings import AccountMode, RetryMode

__all__ = ["AsyncTable", "HttpOptions", "Table", "async_transport", "sync_transport"]

E = TypeVar("E")

ACTIVE_DEADLINE = 120.0
"""Seconds to wait for a table that is being made or removed."""


class HttpOptions(TypedDict, total=False):
    """What `connect()` hands on to the HTTP transport, which says what each of them means."""

    connect_timeout: float
    read_timeout: float
    deadline: float | None
    max_attempts: int
    retry_mode: RetryMode
    retry_writes: bool
    max_connections: int
    ca_bundle: str | None
    proxy: str | None
    client_certificate: str | tuple[str, str] | None
    tcp_keepalive: bool | None
    account_id: str | None
    account_id_endpoint_mode: AccountMode | None


def sync_transport(
    transport: Transport | None,
    endpoint_url: str | None,
    region: str | None,
    profile: str | None,
    options: HttpOptions | None = None,
    table_name: str | None = None,
) -> Transport:
    """The given transport, or HTTP with what the AWS tools' settings and `options` say.

    A table that is named by its ARN says its region and account. ValueError for options beside a transport, which has
    its own, and for a region that is not the table's.
    """
    if transport is not None:
        _refuse_options(options)
        return transport
    from entitystore.transports.http import HttpTransport

    region, options = _where(table_name, region, options or {})
    return HttpTransport(endpoint_url, region=region, profile=profile, **options)


def async_transport(
    transport: AsyncTransport | None,
    endpoint_url: str | None,
    region: str | None,
    profile: str | None,
    options: HttpOptions | None = None,
    table_name: str | None = None,
) -> AsyncTransport:
    """The given transport, or HTTP with what the AWS tools' settings and `options` say.

    A table that is named by its ARN says its region and account. ValueError for options beside a transport, which has
    its own, and for a region that is not the table's.
    """
    if transport is not None:
        _refuse_options(options)
        return transport
    from entitystore.transports.asyncio import AsyncHttpTransport

    region, options = _where(table_name, region, options or {})
    return AsyncHttpTransport(endpoint_url, region=region, profile=profile, **options)


def _refuse_options(options: HttpOptions | None) -> None:
    if options:
        raise ValueError(f"{', '.join(options)}: give this to the transport that you pass, which has its own")


def _where(table_name: str | None, region: str | None, options: HttpOptions) -> tuple[str | None, HttpOptions]:
    """The region and the options, with what the table's ARN says: arn:aws:dynamodb:<region>:<account>:table/<name>."""
    if table_name is None or not table_name.startswith("arn:"):
        return region, options
    parts = table_name.split(":", 5)
    if len(parts) != 6 or parts[2] != "dynamodb" or not parts[5].startswith("table/") or not (parts[3] and parts[4]):
        raise ValueError(f"{table_name!r} is no table's ARN; one looks like arn:aws:dynamodb:REGION:ACCOUNT:table/NAME")
    if region not in (None, parts[3]):
        raise ValueError(f"region={region!r}: the table's ARN says {parts[3]!r}")
    return parts[3], {"account_id": parts[4], **options}


class _Description(msgspec.Struct):
    TableStatus: str


class _Described(msgspec.Struct):
    Table: _Description


_read_described = decoder(_Described)


def _create(definition: TableDefinition, table_name: str, exist_ok: bool) -> Flow[None]:
    try:
        written("CreateTable", (yield Request("CreateTable", create_table_body(definition, table_name))))
    except ServiceError as error:
        if error.code != "ResourceInUseException":
            raise
        if not exist_ok:
            raise with_service_details(AlreadyExistsError(f"the table {table_name} exists already"), error) from error
    yield from _until_active(table_name)
    if definition.ttl_attribute is not None:
        yield from _enable_ttl(table_name, definition.ttl_attribute)


def _until_active(table_name: str) -> Flow[None]:
    deadline = clock() + ACTIVE_DEADLINE
    seconds = 0.02
    while True:
        answer = yield Request("DescribeTable", json_bytes({"TableName": table_name}))
        if _read_described(answer).Table.TableStatus == "ACTIVE":
            return
        if clock() > deadline:
            raise TimeoutError(f"the table {table_name} was not ready after {ACTIVE_DEADLINE:.0f} s")
        yield Pause(seconds)
        seconds = min(seconds * 2, 2.0)


def _enable_ttl(table_name: str, attribute: str) -> Flow[None]:
    specification = {"Enabled": True, "AttributeName": attribute}
    try:
        body = json_bytes({"TableName": table_name, "TimeToLiveSpecification": specification})
        written("UpdateTimeToLive", (yield Request("UpdateTimeToLive", body)))
    except ServiceError as error:
        if "already enabled" not in (error.service_message or ""):
            raise


def _delete(table_name: str) -> Flow[None]:
    written("DeleteTable", (yield Request("DeleteTable", json_bytes({"TableName": table_name}))))


class Table(Generic[E]):
    """The sync table object; E is the union of its entity classes. Close it, or use it in `with`."""

    def __init__(self, client: Client, definition: TableDefinition, reader: MixedCodec[E]) -> None:
        self._client = client
        self._definition = definition
        self._reader = reader

    @property
    def table_name(self) -> str:
        """The name of the table in DynamoDB."""
        return self._client.table_name

    @property
    def definition(self) -> TableDefinition:
        """The table's keys and indexes."""
        return self._definition

    def create_table(self, *, exist_ok: bool = False) -> None:
        """Make the table and its indexes and wait until it is there; AlreadyExistsError unless `exist_ok`."""
        self._client.run_flow(_create(self._definition, self.table_name, exist_ok))

    def delete_table(self) -> None:
        """Remove the table with all that is in it."""
        self._client.run_flow(_delete(self.table_name))

    def observe(self, observer: Observer, *, capacity: CapacityDetail = "none") -> None:
        """Tell the observer of every call of this table from now on; see `entitystore.observing`.

        `capacity` has the service asked what calls consume: "total", or by index.
        """
        self._client.observe(observer, capacity)

    def close(self) -> None:
        """Close the transport's connections, and tell no observer anything more."""
        self._client.observe_no_more()
        self._client.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _all(self, parameters: QueryParameters) -> Query[E]:
        return Query(self._client, _plan_all(self._definition, self._client, parameters, self._reader))


class AsyncTable(Generic[E]):
    """The async table object; E is the union of its entity classes. Close it, or use it in `async with`."""

    def __init__(self, client: AsyncClient, definition: TableDefinition, reader: MixedCodec[E]) -> None:
        self._client = client
        self._definition = definition
        self._reader = reader

    @property
    def table_name(self) -> str:
        """The name of the table in DynamoDB."""
        return self._client.table_name

    @property
    def definition(self) -> TableDefinition:
        """The table's keys and indexes."""
        return self._definition

    async def create_table(self, *, exist_ok: bool = False) -> None:
        """Make the table and its indexes and wait until it is there; AlreadyExistsError unless `exist_ok`."""
        await self._client.run_flow(_create(self._definition, self.table_name, exist_ok))

    async def delete_table(self) -> None:
        """Remove the table with all that is in it."""
        await self._client.run_flow(_delete(self.table_name))

    def observe(self, observer: Observer, *, capacity: CapacityDetail = "none") -> None:
        """Tell the observer of every call of this table from now on; see `entitystore.observing`.

        `capacity` has the service asked what calls consume: "total", or by index.
        """
        self._client.observe(observer, capacity)

    async def close(self) -> None:
        """Close the transport's connections, and tell no observer anything more."""
        self._client.observe_no_more()
        await self._client.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _all(self, parameters: QueryParameters) -> AsyncQuery[E]:
        return AsyncQuery(self._client, _plan_all(self._definition, self._client, parameters, self._reader))


def _plan_all(
    definition: TableDefinition, client: Client | AsyncClient, parameters: QueryParameters, reader: MixedCodec[E]
) -> QueryPlan[E]:
    seal = client.cursor_seal
    return plan_of(definition, client.table_name, parameters, reader, only_types=False, seal=seal, method="query_all")
