"""A success that is not DynamoDB's: no write is called done by it, and no foreign exception comes out of it."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config

from entitystore.errors import EntityStoreError, IncompleteBatchError, TransportError, WriteOutcomeUnknownError
from entitystore.transports import AsyncHttpTransport, Boto3Transport, HttpTransport
from tests.behaviour.blocking import Blocking
from tests.guards.paths import shop_store
from tests.transports.server import Answer, FakeServer, raw

Connect = Callable[[str], Any]

BODIES = {
    "html": b"<!doctype html><html><body>Please sign in</body></html>",
    "nothing": b"",
    "blank": b" \r\n",
    "null": b"null",
    "number": b"200",
    "text": b'"ok"',
    "list": b"[]",
    "list of objects": b"[{}]",
    "another object": b'{"status":"ok"}',
    "another object, spaced": b' { "message" : "created" } ',
    "half an object": b'{"Item":{"PK":',
    "object and more": b"{}{}",
    "compressed": gzip.compress(b"{}"),
    "no UTF-8": b'{"\xff":1}',
    "nested without end": b'{"a":' * 5_000,
}

USER = shop_store.User(id="ada", name="Ada", email="ada@example.com", created_at=datetime(2026, 1, 1, tzinfo=UTC))

WRITES: dict[str, Callable[[Any], object]] = {
    "put": lambda table: table.user.put(USER),
    "create": lambda table: table.user.create(USER),
    "update": lambda table: table.user.update_with_condition(USER, "attribute_exists(PK)"),
    "delete": lambda table: table.user.delete(id="ada"),
    "put_many": lambda table: table.user.put_many([USER]),
    "delete_many": lambda table: table.user.delete_many([{"id": "ada"}]),
    "create_table": lambda table: table.create_table(),
    "delete_table": lambda table: table.delete_table(),
}
READS: dict[str, Callable[[Any], object]] = {
    "get_one": lambda table: table.user.get_one(id="ada"),
    "find": lambda table: table.user.find(id="ada"),
    "exists": lambda table: table.user.exists(id="ada"),
    "get_many": lambda table: table.user.get_many([{"id": "ada"}]),
    "all": lambda table: table.order.by_user_id(user_id="ada").all(),
    "page": lambda table: table.order.by_user_id(user_id="ada").page(),
    "count": lambda table: table.order.by_user_id(user_id="ada").count(),
    "stream": lambda table: list(table.order.by_user_id(user_id="ada").stream(max_retries=1)),
}


def answer(body: bytes, *fields: str) -> Answer:
    """A 200 without the marks of DynamoDB."""
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *fields])
    return raw(head.encode() + b"\r\n\r\n" + body, keep=True)


@pytest.fixture(params=["blocking", "asyncio", "boto3"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    with asyncio.Runner() as runner, ExitStack() as opened:

        def make(url: str) -> Any:
            if request.param == "blocking":
                return opened.enter_context(shop_store.connect(transport=HttpTransport(url, max_attempts=2)))
            if request.param == "asyncio":
                table = shop_store.connect_async(transport=AsyncHttpTransport(url, max_attempts=2))
                blocking = Blocking(table, runner.get_loop())
                opened.callback(blocking.close)
                return blocking
            config = Config(retries={"total_max_attempts": 1})
            client = boto3.client("dynamodb", endpoint_url=url, region_name="eu-west-1", config=config)
            opened.callback(client.close)
            return shop_store.connect(transport=Boto3Transport(client))

        yield make


@pytest.mark.parametrize("name", BODIES)
def test_no_write_is_called_done(connect: Connect, name: str) -> None:
    for call in WRITES.values():
        with FakeServer(default=answer(BODIES[name])) as server, pytest.raises(EntityStoreError) as caught:
            call(connect(server.url))
        assert isinstance(caught.value, (WriteOutcomeUnknownError, IncompleteBatchError))
        assert caught.value.maybe_applied


@pytest.mark.parametrize("name", BODIES)
def test_no_read_finds_anything_or_nothing(connect: Connect, name: str) -> None:
    for call in READS.values():
        with FakeServer(default=answer(BODIES[name])) as server, pytest.raises(TransportError) as caught:
            call(connect(server.url))
        assert not caught.value.maybe_applied


def test_a_login_page_says_what_it_is(connect: Connect) -> None:
    page = answer(BODIES["html"], "Content-Type: text/html", f"x-amz-crc32: {zlib.crc32(BODIES['html'])}")
    with FakeServer(default=page) as server, pytest.raises(TransportError, match="not DynamoDB's"):
        connect(server.url).user.find(id="ada")


def test_a_good_answer_comes_after_a_foreign_one(connect: Connect, request: pytest.FixtureRequest) -> None:
    """A read is sent again, on another connection. boto3's client does not notice, and its retries are the caller's."""
    with FakeServer(answer(BODIES["html"]), answer(b"{}")) as server:
        table = connect(server.url)
        if "boto3" in request.node.name:
            with pytest.raises(TransportError):
                table.user.find(id="ada")
        assert table.user.find(id="ada") is None
        assert len(server.requests) == 2
        assert "boto3" in request.node.name or server.connections == 2


@pytest.mark.parametrize("body", [b"{}", b" {} ", b'{"ConsumedCapacity":{"TableName":"shop"}}'])
def test_what_dynamodb_may_say(connect: Connect, body: bytes) -> None:
    marks = ("Content-Type: application/x-amz-json-1.0",)
    with FakeServer(default=answer(body.strip(), *marks)) as server:
        table = connect(server.url)
        table.user.put(USER)
        assert table.user.find(id="ada") is None
