"""aioboto3: the asyncio client with boto3's TypeDeserializer, and entities made by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import aioboto3
from aiobotocore.config import AioConfig

from bench import data, measure
from bench.subjects import common
from bench.subjects.boto3_ import KEY, mixed_of, of_item, query, to_item
from bench.subjects.common import Cases, Run

CANNOT = {
    "concurrent_threads": "asyncio only",
    "encode": "boto3's own serializer",
    "decode": "boto3's own deserializer",
}
CONFIG = AioConfig(parameter_validation=False, max_pool_connections=256, retries={"mode": "standard"})
loop = asyncio.new_event_loop()


def client(url: str) -> Any:
    made = aioboto3.Session().client("dynamodb", endpoint_url=url, region_name=common.REGION, config=CONFIG)
    return loop.run_until_complete(made.__aenter__())


def get_with(made: Any, table: str = "orders") -> Any:
    async def operation() -> common.Order:
        return of_item((await made.get_item(TableName=table, Key=KEY))["Item"])

    return operation


def get(url: str) -> Run:
    operation = get_with(client(url))
    common.check(loop.run_until_complete(operation()))
    return measure.repeat_async(loop, operation)


def put(url: str) -> Run:
    made, order = client(url), common.plain_order()
    return measure.repeat_async(loop, lambda: made.put_item(TableName="orders", Item=to_item(order)))


def page() -> Run:
    made = client(common.PLAIN)

    async def operation() -> list[Any]:
        return [of_item(item) for item in (await query(made, "orders"))["Items"]]

    common.check_page(loop.run_until_complete(operation()))
    return measure.repeat_async(loop, operation)


def mixed() -> Run:
    from bench.subjects.boto3_ import _deserialize

    made = client(common.PLAIN)

    async def operation() -> list[Any]:
        items = (await query(made, "mixed"))["Items"]
        return [mixed_of({name: _deserialize(value) for name, value in item.items()}) for item in items]

    common.check_page(loop.run_until_complete(operation()))
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


def cases() -> Cases:
    return {
        "get_http": lambda: get(common.PLAIN),
        "get_tls": lambda: get(common.TLS),
        "put_http": lambda: put(common.PLAIN),
        "put_tls": lambda: put(common.TLS),
        "page": page,
        "page_mixed": mixed,
        "concurrent_async": lambda: concurrent(50),
        "concurrent_uvloop": on_uvloop,
    } | {f"width:{n}": lambda n=n: concurrent(n) for n in data.CONCURRENCY}
