"""The table object: making and removing the table, its life, and queries over every entity type."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from entitystore import table as table_module
from entitystore.client import AsyncClient, Client
from entitystore.codec import MixedCodec
from entitystore.definition import TableDefinition
from entitystore.errors import AlreadyExistsError, ServiceError, TimeoutError, ValidationError
from entitystore.plan import QueryParameters
from entitystore.table import AsyncTable, Table, async_transport, sync_transport
from entitystore.transports import CallContext
from tests.runtime.fakes import (
    TABLE,
    AsyncTransportOf,
    Body,
    Order,
    QueryTransport,
    Script,
    order_codec,
    orders,
    stored,
)

MIXED: MixedCodec[Order] = MixedCodec("EntityType", {"Order": order_codec()})
WITH_TTL: TableDefinition = msgspec.structs.replace(TABLE, ttl_attribute="expires")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only pauses move."""
    time = [0.0]
    monkeypatch.setattr(table_module, "clock", lambda: time[0])
    monkeypatch.setattr("time.sleep", lambda seconds: time.__setitem__(0, time[0] + seconds))
    return time


class Everything(Table[Order]):
    def query_all(self, parameters: QueryParameters) -> Any:
        return self._all(parameters)


class AsyncEverything(AsyncTable[Order]):
    def query_all(self, parameters: QueryParameters) -> Any:
        return self._all(parameters)


def table_on(transport: Any, definition: TableDefinition = TABLE) -> Everything:
    return Everything(Client(transport, "shop"), definition, MIXED)


def status(text: str) -> Body:
    return {"Table": {"TableStatus": text, "TableName": "shop"}}


def refusal(code: str, message: str = "") -> ServiceError:
    return ServiceError(code, message, status=400)


def operations_of(script: Script) -> list[str]:
    return [operation for operation, _ in script.calls]


def test_a_table_is_made_and_waited_for(now: list[float]) -> None:
    script = Script([{}, status("CREATING"), status("CREATING"), status("ACTIVE")])
    table_on(script).create_table()
    assert operations_of(script) == ["CreateTable"] + ["DescribeTable"] * 3
    assert script.calls[0][1]["TableName"] == "shop"
    assert now[0] == pytest.approx(0.06)


def test_a_table_that_never_comes_is_given_up(now: list[float]) -> None:
    script = Script([{}] + [status("CREATING")] * 1000)
    with pytest.raises(TimeoutError, match="shop"):
        table_on(script).create_table()
    assert 120 <= now[0] < 130


def test_a_table_that_is_there_already() -> None:
    with pytest.raises(AlreadyExistsError, match="shop") as caught:
        table_on(Script([refusal("ResourceInUseException")])).create_table()
    assert caught.value.code == "ResourceInUseException"
    script = Script([refusal("ResourceInUseException"), status("ACTIVE")])
    table_on(script).create_table(exist_ok=True)
    assert operations_of(script) == ["CreateTable", "DescribeTable"]


def test_another_refusal_is_not_hidden() -> None:
    with pytest.raises(ServiceError, match="LimitExceeded"):
        table_on(Script([refusal("LimitExceededException")])).create_table(exist_ok=True)


def test_time_to_live_is_switched_on() -> None:
    script = Script([{}, status("ACTIVE"), {}])
    table_on(script, WITH_TTL).create_table()
    assert script.calls[2] == (
        "UpdateTimeToLive",
        {"TableName": "shop", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}},
    )


def test_time_to_live_may_be_on_already() -> None:
    on = refusal("ValidationException", "TimeToLive is already enabled")
    table_on(Script([{}, status("ACTIVE"), on]), WITH_TTL).create_table()
    with pytest.raises(ServiceError, match="no such"):
        table_on(Script([{}, status("ACTIVE"), refusal("ValidationException", "no such")]), WITH_TTL).create_table()


def test_a_table_is_removed() -> None:
    script = Script([{}])
    table_on(script).delete_table()
    assert script.calls == [("DeleteTable", {"TableName": "shop"})]


def test_what_it_says_of_itself() -> None:
    table = table_on(Script([]))
    assert (table.table_name, table.definition) == ("shop", TABLE)


def test_with_closes_the_transport() -> None:
    transport = QueryTransport([])
    with table_on(transport) as table:
        assert table.table_name == "shop"
        assert not transport.closed
    assert transport.closed


def test_the_async_table_does_the_same() -> None:
    inner = Script([{}, status("ACTIVE"), {}])
    transport = QueryTransport([stored(order) for order in orders(3)])

    class Async:
        async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
            return inner.call(operation, body, context)

        async def close(self) -> None:
            return None

    async def main() -> list[Order]:
        async with AsyncEverything(AsyncClient(Async(), "shop"), TABLE, MIXED) as table:
            await table.create_table()
            await table.delete_table()
            assert (table.table_name, table.definition) == ("shop", TABLE)
        async with AsyncEverything(AsyncClient(AsyncTransportOf(transport), "shop"), TABLE, MIXED) as table:
            found: list[Order] = await table.query_all(QueryParameters("U#1")).all()
        return found

    assert asyncio.run(main()) == orders(3)
    assert operations_of(inner) == ["CreateTable", "DescribeTable", "DeleteTable"]
    assert transport.closed


def test_everything_in_a_partition_is_read_without_a_filter() -> None:
    transport = QueryTransport([stored(order) for order in orders(3)])
    found = table_on(transport).query_all(QueryParameters("U#1", descending=True))
    assert found.all() == orders(3)
    (body,) = transport.bodies
    assert "FilterExpression" not in body
    assert body["ScanIndexForward"] is False


def test_an_index_that_the_table_does_not_have() -> None:
    with pytest.raises(ValidationError, match="'GSI7' is not one of the table's: GSI1"):
        table_on(Script([])).query_all(QueryParameters("U#1", index="GSI7"))


def test_a_given_transport_is_taken() -> None:
    transport = QueryTransport([])
    assert sync_transport(transport, "http://127.0.0.1:1", None, None) is transport
    twin = AsyncTransportOf(transport)
    assert async_transport(twin, None, None, None) is twin


def test_http_is_the_transport_otherwise() -> None:
    from entitystore.transports import AsyncHttpTransport, HttpTransport

    made = sync_transport(None, "http://127.0.0.1:1", "eu-west-1", None)
    assert isinstance(made, HttpTransport)
    made.close()
    twin = async_transport(None, "http://127.0.0.1:1", "eu-west-1", None)
    assert isinstance(twin, AsyncHttpTransport)
    asyncio.run(twin.close())
