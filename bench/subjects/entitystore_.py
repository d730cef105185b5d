"""EntityStore: a generated package, of one of three model kinds."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
from typing import Any

from bench import data, measure, wide
from bench.subjects import common
from bench.subjects.common import Cases, Run

KIND = os.environ.get("BENCH_MODELS", "msgspec")
CANNOT: dict[str, str] = {}


class Subject:
    def __init__(self) -> None:
        self.package: Any = importlib.import_module(f"orders_{KIND}")
        self.store: Any = importlib.import_module(f"orders_{KIND}.order_store")
        values = data.order(0)
        self.order = self.package.Order(**{**values, "address": self.package.Address(**values["address"])})
        self.key = {name: values[name] for name in ("customer_id", "created_at", "id")}
        self.loop = asyncio.new_event_loop()

    def connect(self, url: str, table: str = "orders", **options: Any) -> Any:
        from entitystore.transports.http import HttpTransport

        return self.package.connect(transport=HttpTransport(url, **options), table_name=table)

    def connect_async(self, url: str, table: str = "orders", **options: Any) -> Any:
        from entitystore.transports.asyncio import AsyncHttpTransport

        return self.package.connect_async(transport=AsyncHttpTransport(url, **options), table_name=table)

    def encode(self) -> Run:
        from entitystore import operations

        codec = self.store.CODEC
        common.check_item(json.loads(operations.put(codec, "orders", self.order).body)["Item"])
        return measure.repeat(lambda: operations.put(codec, "orders", self.order).body)

    def decode(self) -> Run:
        codec = self.store.CODEC
        body = data.dumps({"Item": data.item(0)})
        common.check(codec.read_one(body))
        return measure.repeat(lambda: codec.read_one(body))

    def get(self, url: str, table: str = "orders", note: str = data.NOTE) -> Run:
        store = self.connect(url, table).order
        key = self.key
        common.check(store.get_one(**key), note=note)
        return measure.repeat(lambda: store.get_one(**key))

    def put(self, url: str) -> Run:
        store = self.connect(url).order
        store.put(self.order)
        return measure.repeat(lambda: store.put(self.order))

    def engine(self) -> Run:
        table = self.connect(common.ENGINE, f"engine-{KIND}")
        table.create_table(exist_ok=True)

        def round_trip() -> object:
            table.order.put(self.order)
            return table.order.get_one(**self.key)

        common.check(round_trip())
        return measure.repeat(round_trip)

    def page(self, table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
        store = self.connect(common.PLAIN, table).order
        common.check_page(store.by_customer_id(customer_id=data.CUSTOMER).all(), count)
        return measure.repeat(lambda: store.by_customer_id(customer_id=data.CUSTOMER).all())

    def mixed(self) -> Run:
        table = self.connect(common.PLAIN, "mixed")
        found = table.query_all(customer_id=data.CUSTOMER).all()
        common.check_page(found)
        assert [type(each).__name__ for each in found[:3]] == list(data.KINDS)
        return measure.repeat(lambda: table.query_all(customer_id=data.CUSTOMER).all())

    def batch(self) -> Run:
        store = self.connect(common.PLAIN).order
        keys = [
            {name: data.order(number)[name] for name in ("customer_id", "created_at", "id")} for number in range(100)
        ]
        common.check_page(store.get_many(keys), 100)
        return measure.repeat(lambda: store.get_many(keys))

    def concurrent(self, width: int, loop: asyncio.AbstractEventLoop | None = None) -> Run:
        used = loop or self.loop
        store = self.connect_async(common.PLAIN, max_connections=width).order
        common.check(used.run_until_complete(store.get_one(**self.key)))
        return measure.concurrently(used, lambda: store.get_one(**self.key), width)

    def threads(self) -> Run:
        store = self.connect(common.PLAIN).order
        return measure.in_threads(lambda: store.get_one(**self.key), 50)

    def attributes(self, count: int) -> Run:
        store: Any = importlib.import_module(f"wide_{KIND}.wide{count}_store")
        body = data.dumps({"Item": wide.item(count)})
        assert store.CODEC.read_one(body).field3 == "a text of usual length"
        return measure.repeat(lambda: store.CODEC.read_one(body))

    def stream(self) -> Run:
        store = self.connect(common.PLAIN, "stream").order

        def run(count: int) -> None:
            for _ in range(count):
                seen = 0
                for result in store.by_customer_id(customer_id=data.CUSTOMER).stream(buffer_size=1000):
                    if result.error is not None:
                        raise result.error
                    seen += result.item is not None
                assert seen == data.STREAM_PAGES * data.PAGE_ITEMS, seen

        return run


def cases() -> Cases:
    subject = Subject()
    growth: Cases = {
        **{
            f"size:{size}": lambda size=size: subject.get(common.PLAIN, f"size{size}", data.sized_note(size))
            for size in data.SIZES
        },
        **{f"page:{count}": lambda count=count: subject.page(f"page{count}", count) for count in data.PAGES},
        **{f"attributes:{count}": lambda count=count: subject.attributes(count) for count in wide.COUNTS},
        **{f"width:{width}": lambda width=width: subject.concurrent(width) for width in data.CONCURRENCY},
    }
    return {
        "encode": subject.encode,
        "decode": subject.decode,
        "get_http": lambda: subject.get(common.PLAIN),
        "get_tls": lambda: subject.get(common.TLS),
        "put_http": lambda: subject.put(common.PLAIN),
        "put_tls": lambda: subject.put(common.TLS),
        "engine": subject.engine,
        "page": subject.page,
        "page_mixed": subject.mixed,
        "batch_get": subject.batch,
        "concurrent_async": lambda: subject.concurrent(50),
        "concurrent_uvloop": lambda: subject.concurrent(50, measure.uvloop_loop()),
        "concurrent_threads": subject.threads,
        "stream": subject.stream,
    } | growth
