"""The reads of a worker: of single items, of batches, of all that it has, in pages and in streams."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from msgspec import Struct

from entitystore.answers import check, decoder
from entitystore.client import Call
from entitystore.errors import IncompleteBatchError, NotFoundError
from tests.faults.batches import identity
from tests.faults.calls import SIZE, Caller, order_key
from tests.faults.catalogue import KINDS
from tests.faults.judging import Called
from tests.faults.ledger import Fault

__all__ = ["Reads"]


class _Counter(Struct):
    Item: dict[str, dict[str, str]] | None = None


_read_counter = decoder(_Counter)


def _counter_of(body: bytes) -> _Counter:
    check("GetItem", body)
    return _read_counter(body)


class Reads(Caller):
    """What a worker reads."""

    async def read_counter(self) -> None:
        body = {"TableName": self.table.table_name, "Key": self._counter_key, "ConsistentRead": True}
        call = Call("GetItem", json.dumps(body).encode(), _counter_of)
        called, answer = await self._call("read counter", lambda: self.table.run(call))
        item = {} if called.error is not None or answer.Item is None else answer.Item
        if called.error is not None or (item and identity(item) != self._counter_name):
            return  # nothing below the stores compares the key that came with the one asked for
        told = int(item.get("n", {"N": "0"})["N"])
        if told != self._counter:
            self.judge.found(called, Fault.WRONG, f"the counter is {told}, not {self._counter}")

    async def get_many(self) -> None:
        numbers = self._some()
        keys = [order_key(self.name, number) for number in numbers]
        called, found = await self._call(
            "get_many",
            lambda: self.table.order.get_many(keys, consistent=True, deadline=self._limits.deadline),
            (IncompleteBatchError,),
        )
        if called.error is None:
            for number, order in zip(numbers, found, strict=True):
                self._judge_order(called, number, order)

    async def get(self) -> None:
        number = self._pick()
        called, order = await self._call(
            "get_one",
            lambda: self.table.order.get_one(**order_key(self.name, number), consistent=True),
            (NotFoundError,),
        )
        if called.error is None or isinstance(called.error, NotFoundError):
            self._judge_order(called, number, order)

    async def find(self) -> None:
        number = self._pick()
        called, order = await self._call(
            "find", lambda: self.table.order.find(**order_key(self.name, number), consistent=True)
        )
        if called.error is None:
            self._judge_order(called, number, order)

    async def exists(self) -> None:
        number = self._pick()
        called, told = await self._call(
            "exists", lambda: self.table.order.exists(**order_key(self.name, number), consistent=True)
        )
        possible = self.ledger.possible(self.keys[number])
        if any(KINDS[kind].malformed for kind in called.record.faults):
            return  # whether it can be read is not asked
        if called.error is None and told not in {version is not None for version in possible}:
            self.judge.found(called, Fault.WRONG, f"{number} is said to be there: {told}, and can only be {possible}")

    def _query(self) -> Any:
        return self.table.order.by_user_id(user_id=self.name).consistent()

    async def all(self) -> None:
        called, orders = await self._call("all", lambda: self._query().all())
        if called.error is None:
            self._judge_listing(called, orders)

    async def pages(self) -> None:
        """All of it in pages, each of them a call; a page that fails is asked for again, from the last cursor."""
        orders: list[Any] = []
        cursor = None
        for _ in range(12):
            called, page = await self._call("page", partial(self._query().page, 7, cursor))
            if called.error is None:
                orders += page.items
                cursor = page.cursor
                if cursor is None:
                    self._judge_listing(called, orders)
                    return

    async def count(self) -> None:
        called, told = await self._call("count", lambda: self._query().count())
        if called.error is None:
            sets = [self.ledger.possible(key) for key in self.keys]
            least = sum(None not in each for each in sets)
            most = sum(each != {None} for each in sets)
            if not least <= told <= most:
                self.judge.found(called, Fault.WRONG, f"counted {told}, not {least} to {most}")

    async def stream(self) -> None:
        """All of it by streams: one that ends by an error goes on in another one, from the last item's cursor."""
        taken: list[tuple[Any, str]] = []
        for _ in range(5):
            called, ended = await self._call("stream", lambda: self._drain(taken))
            if called.error is None and ended:
                self._judge_listing(called, [order for order, _ in taken])
                return

    async def _drain(self, taken: list[tuple[Any, str]]) -> bool:
        """Read a stream, perhaps not to its end; whether it has ended. Each order comes with its cursor."""
        cursor = taken[-1][1] if taken else None
        most = self.random.choice([3, SIZE, SIZE])
        stream = self._query().stream(
            page_size=self.random.choice([2, 5, SIZE]),
            buffer_size=self.random.choice([1, 10]),
            max_retries=2,
            cursor=cursor,
            deadline=self._limits.deadline,
        )
        async for result in stream:
            if result.error is not None:
                raise result.error
            taken.append((result.item, result.meta.cursor))  # both or none, whatever interrupts this
            most -= 1
            if not most:
                return False
        return True

    def _judge_listing(self, called: Called, orders: list[Any]) -> None:
        """Everything of the worker's, each item once and in order."""
        numbers = [int(order.id[2:]) for order in orders]
        if numbers != sorted({*numbers}):
            self.judge.found(called, Fault.DOUBLED, f"items are not in order, or twice there: {numbers}")
            return
        found = dict(zip(numbers, orders, strict=True))
        for number, key in enumerate(self.keys):
            if number in found or None not in self.ledger.possible(key):
                if number not in found:
                    self.judge.found(called, Fault.LOST, f"{key} is missing")
                    continue
                self._judge_order(called, number, found[number])
            else:
                self.ledger.saw(key, None)
