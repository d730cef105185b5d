"""aiodynamo on aiohttp, and entities made by hand."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import aiohttp
from aiodynamo.client import Client
from aiodynamo.credentials import Key as Secret
from aiodynamo.credentials import StaticCredentials
from aiodynamo.expressions import HashKey, RangeKey
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.models import BatchGetRequest
from aiodynamo.utils import dy2py, py2dy
from yarl import URL

from bench import data, measure, wide
from bench.subjects import common
from bench.subjects.boto3_ import mixed_of
from bench.subjects.common import Cases, Run, dict_of, order_of

CANNOT = {"concurrent_threads": "asyncio only"}
KEY = {"PK": common.KEYS["PK"], "SK": common.KEYS["SK"]}
loop = asyncio.new_event_loop()


def client(url: str) -> Client:
    async def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256))

    made = loop.run_until_complete(session())
    secret = StaticCredentials(Secret("id", "secret"))
    return Client(AIOHTTP(made), secret, common.REGION, URL(url), numeric_type=Decimal)


def encode() -> Run:
    order = common.plain_order()

    def operation() -> bytes:
        return json.dumps({"TableName": "orders", "Item": py2dy(dict_of(order))}).encode()

    common.check_item(json.loads(operation())["Item"])
    return measure.repeat(operation)


def decode() -> Run:
    body = data.dumps({"Item": data.item(0)})
    common.check(order_of(dy2py(json.loads(body)["Item"], Decimal)))
    return measure.repeat(lambda: order_of(dy2py(json.loads(body)["Item"], Decimal)))


def decode_dict() -> Run:
    body = data.dumps({"Item": data.item(0)})
    return measure.repeat(lambda: dy2py(json.loads(body)["Item"], Decimal))


def attributes(count: int) -> Run:
    body = data.dumps({"Item": wide.item(count)})
    return measure.repeat(lambda: dy2py(json.loads(body)["Item"], Decimal))


def get_with(made: Client, table: str = "orders") -> Any:
    async def operation() -> common.Order:
        return order_of(await made.get_item(table, KEY))

    return operation


def get(url: str, table: str = "orders", note: str = data.NOTE) -> Run:
    operation = get_with(client(url), table)
    common.check(loop.run_until_complete(operation()), note=note)
    return measure.repeat_async(loop, operation)


def put(url: str) -> Run:
    made, order = client(url), common.plain_order()
    return measure.repeat_async(loop, lambda: made.put_item("orders", dict_of(order)))


def condition() -> Any:
    return HashKey("PK", KEY["PK"]) & RangeKey("SK").begins_with("ORDER#")


def page(table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
    made = client(common.PLAIN)

    async def operation() -> list[Any]:
        return [order_of(item) async for item in made.query(table, condition())]

    common.check_page(loop.run_until_complete(operation()), count)
    return measure.repeat_async(loop, operation)


def mixed() -> Run:
    made = client(common.PLAIN)

    async def operation() -> list[Any]:
        return [mixed_of(item) async for item in made.query("mixed", condition())]

    common.check_page(loop.run_until_complete(operation()))
    return measure.repeat_async(loop, operation)


def batch() -> Run:
    made = client(common.PLAIN)
    keys = [data.keys(data.order(number)) for number in range(100)]
    wanted = {"orders": BatchGetRequest(keys=[{"PK": each["PK"], "SK": each["SK"]} for each in keys])}

    async def operation() -> list[Any]:
        return [order_of(item) for item in (await made.batch_get(wanted)).items["orders"]]

    common.check_page(loop.run_until_complete(operation()), 100)
    return measure.repeat_async(loop, operation)


def on_uvloop() -> Run:
    global loop
    before, loop = loop, measure.uvloop_loop()
    try:
        return concurrent(50)
    finally:
        loop = before


def concurrent(width: int) -> Run:
    operation = get_with(client(common.PLAIN))
    common.check(loop.run_until_complete(operation()))
    return measure.concurrently(loop, operation, width)


def stream() -> Run:
    made = client(common.PLAIN)

    async def operation() -> None:
        seen = 0
        async for item in made.query("stream", condition()):
            order_of(item)
            seen += 1
        assert seen == data.STREAM_PAGES * data.PAGE_ITEMS, seen

    return measure.repeat_async(loop, operation)


def engine() -> Run:
    made, order = client(common.ENGINE), common.plain_order()
    import boto3

    boto = boto3.client("dynamodb", endpoint_url=common.ENGINE, region_name=common.REGION)
    common.make_engine_table(boto, "engine-aiodynamo")

    async def operation() -> common.Order:
        await made.put_item("engine-aiodynamo", dict_of(order))
        return order_of(await made.get_item("engine-aiodynamo", KEY))

    common.check(loop.run_until_complete(operation()))
    return measure.repeat_async(loop, operation)


def cases() -> Cases:
    growth: Cases = {
        **{f"size:{n}": lambda n=n: get(common.PLAIN, f"size{n}", data.sized_note(n)) for n in data.SIZES},
        **{f"attributes:{n}": lambda n=n: attributes(n) for n in wide.COUNTS},
        **{f"page:{n}": lambda n=n: page(f"page{n}", n) for n in data.PAGES},
        **{f"width:{n}": lambda n=n: concurrent(n) for n in data.CONCURRENCY},
    }
    return {
        "encode": encode,
        "decode": decode,
        "decode_dict": decode_dict,
        "get_http": lambda: get(common.PLAIN),
        "get_tls": lambda: get(common.TLS),
        "put_http": lambda: put(common.PLAIN),
        "put_tls": lambda: put(common.TLS),
        "engine": engine,
        "page": page,
        "page_mixed": mixed,
        "batch_get": batch,
        "concurrent_async": lambda: concurrent(50),
        "concurrent_uvloop": on_uvloop,
        "stream": stream,
    } | growth
