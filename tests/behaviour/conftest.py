"""Tables of the shop on every engine, through each transport, sync and async.

shop    the compiled package of examples/shop, of one model kind; the others have the round trips
table   a table object on an engine; tests share the table and keep apart by their own partitions (`uid`)
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from entitystore.transports import AsyncBoto3Transport, Boto3Transport
from tests.behaviour.blocking import Blocking
from tests.compiled import Compiled, compile_document
from tests.engines import CHECKOUT, Engine
from tests.service.checking import check_requests

SHOP = CHECKOUT / "examples/shop/openapi.yaml"
BEHAVIOUR = Path(__file__).with_name("behaviour.yaml")
WAYS = ("http", "boto3", "http-async", "boto3-async")
SEALED = ("boto3", "http-async")
"""The ways whose cursors are sealed, so that whatever is done with cursors is done with both forms."""
CURSOR_KEY = base64.urlsafe_b64encode(b"0123456789abcdef" * 2)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compile_document(SHOP, "pydantic", tmp_path_factory.mktemp("shop"), "behaviour_shop_store")


@pytest.fixture(scope="session")
def ranges(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """A package whose keys are hard to get right; msgspec's classes are the quickest to make."""
    return compile_document(BEHAVIOUR, "msgspec", tmp_path_factory.mktemp("ranges"), "behaviour_ranges_store")


@contextmanager
def connected(compiled: Compiled, engine: Engine, way: str, name: str) -> Iterator[Any]:
    """A table object with its table made, closed at the end; an async one behind `Blocking`.

    What it sends is checked by DynamoDB's own rules, whatever the engine.
    """
    transport = boto3_transport(engine, way) if way.startswith("boto3") else None
    given: dict[str, Any] = {"endpoint_url": engine.endpoint_url, "table_name": name, "transport": transport}
    given["cursor_key"] = CURSOR_KEY if way in SEALED else None
    if not way.endswith("async"):
        with compiled.module.connect(**given) as table:
            check_requests(table)
            table.create_table()
            yield table
        return
    loop = asyncio.new_event_loop()
    connected = compiled.module.connect_async(**given)
    check_requests(connected)
    table = Blocking(connected, loop)
    try:
        table.create_table()
        yield table
        table.close()
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def boto3_transport(engine: Engine, way: str) -> Boto3Transport | AsyncBoto3Transport:
    import boto3

    client = boto3.client("dynamodb", endpoint_url=engine.endpoint_url)
    return AsyncBoto3Transport(client) if way.endswith("async") else Boto3Transport(client)


def table_name_of(engine: Engine, way: str) -> str:
    return f"{engine.name}-{way}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{next(_numbers)}"


@pytest.fixture(scope="session", params=WAYS)
def table(request: pytest.FixtureRequest, shop: Compiled, engine: Engine) -> Iterator[Any]:
    with connected(shop, engine, request.param, table_name_of(engine, request.param)) as table:
        yield table


@pytest.fixture
def uid() -> str:
    """A name that no other test uses: for a partition of one's own."""
    return f"u{next(_numbers)}"


@pytest.fixture
def put_raw(engine: Engine, table: Any) -> Callable[[dict[str, Any]], None]:
    """Puts an item as it is into the table: for what no store would write."""
    import boto3

    client = boto3.client("dynamodb", endpoint_url=engine.endpoint_url)

    def put(item: dict[str, Any]) -> None:
        client.put_item(TableName=table.table_name, Item=item)

    return put
