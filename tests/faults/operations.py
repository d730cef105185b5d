"""The one generator of operations: what workers do, whichever transport carries it.

Rules of this file:
- It is written for asyncio. A blocking table comes as one whose calls can be awaited (see `drivers`).
- What is done follows from the worker's seed, and from what it was told before.
- Each worker has a partition of its own, with `SIZE` orders at most, and one counter.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from msgspec import Struct

from entitystore.answers import check, decoder, written
from entitystore.client import Call
from entitystore.errors import (
    AlreadyExistsError,
    ConditionFailedError,
    IncompleteBatchError,
    NotFoundError,
    WriteOutcomeUnknownError,
)
from tests.faults.batches import identity
from tests.faults.judging import Called, Judge
from tests.faults.kinds import KINDS
from tests.faults.ledger import Fault, Ledger, Report
from tests.faults.proxy import Record
from tests.guards.paths import order_store, shop_store

__all__ = ["SIZE", "Driver", "Limits", "Worker", "order_key"]

SIZE = 30
START = datetime(2026, 1, 1, tzinfo=UTC)
_WRITES = (WriteOutcomeUnknownError,)
_BATCHES = (IncompleteBatchError, WriteOutcomeUnknownError)


class _Counter(Struct):
    Item: dict[str, dict[str, str]] | None = None


_read_counter = decoder(_Counter)


def _counter_of(body: bytes) -> _Counter:
    check("GetItem", body)
    return _read_counter(body)


@dataclass(frozen=True)
class Limits:
    """What a run allows its calls.

    `deadline` of a call in seconds, and `bound` by when it has to have ended. `cancelled` is the part of the calls that
    are cancelled; `may_repeat` says that the transport has leave to send writes again, `strict` that no call may fail,
    `certain` that none may leave open what happened.
    """

    deadline: float
    bound: float
    cancelled: float = 0.0
    may_repeat: bool = False
    strict: bool = False
    certain: bool = False


class Driver(Protocol):
    """How calls are made: by threads, by tasks, or over boto3."""

    def name_call(self, name: str) -> None:
        """The calls of this worker that follow have this name."""

    async def settled(self, name: str) -> Record:
        """The record of a call that has ended."""
        ...

    async def attempt(self, call: Awaitable[Any], seconds: float | None) -> Any:
        """The call's result; it is cancelled after so many seconds, where the driver can do that."""


def order_key(worker: str, number: int) -> dict[str, Any]:
    """The arguments that name an order."""
    return {"user_id": worker, "created_at": START + timedelta(days=number), "id": f"o-{number}"}


def _texts(worker: str) -> list[str]:
    return [identity(order_store.key(**order_key(worker, number))) for number in range(SIZE)]


class Worker:
    """Does one thing after the other, and judges what it is told."""

    def __init__(self, name: str, table: Any, driver: Driver, report: Report, seed: int, limits: Limits) -> None:
        self.name = name
        self.table = table
        self.random = random.Random(f"{seed}/{name}")
        self.keys = _texts(name)
        self.ledger = Ledger([*self.keys, f"COUNT#{name}|COUNT"])
        self.judge = Judge(
            self.ledger, report, limits.bound, limits.deadline, limits.may_repeat, limits.strict, limits.certain
        )
        self._driver = driver
        self._limits = limits
        self._count = 0
        self._orders: dict[str, Any] = {}
        self._counter = 0
        self._counter_key = {"PK": {"S": f"COUNT#{name}"}, "SK": {"S": "COUNT"}}
        self._counter_name = identity(self._counter_key)
        chances: dict[Callable[[], Awaitable[None]], int] = {
            self.put: 6,
            self.create: 5,
            self.update: 6,
            self.delete: 4,
            self.delete_if: 3,
            self.add: 4,
            self.add_in_transaction: 3,
            self.get: 5,
            self.find: 3,
            self.exists: 2,
            self.read_counter: 2,
            self.get_many: 4,
            self.put_many: 3,
            self.delete_many: 2,
            self.all: 3,
            self.pages: 2,
            self.count: 1,
            self.stream: 3,
        }
        self._operations, self._weights = [*chances], [*chances.values()]

    async def run(self, steps: int) -> None:
        """Do so many things, and then look at every item."""
        for _ in range(steps):
            (operation,) = self.random.choices(self._operations, self._weights)
            await operation()

    # --- one call ---

    async def _call(
        self, operation: str, act: Callable[[], Awaitable[Any]], documented: Collection[type] = (), calls: int = 1
    ) -> tuple[Called, Any]:
        self._count += 1
        name = f"{self.name}-{self._count}"
        self._driver.name_call(name)
        called, result = Called(name, operation, time.monotonic()), None
        try:
            result = await self._driver.attempt(act(), self._impatience())
        except (Exception, KeyboardInterrupt, asyncio.CancelledError) as error:
            # An interruption within a lock of Python's own `threading` is hidden by what that raises then.
            is_hidden = isinstance(error, RuntimeError) and isinstance(error.__context__, KeyboardInterrupt)
            called.error = error.__context__ if is_hidden else error
        finally_ = time.monotonic()
        called.record = await self._driver.settled(name)
        called.began += time.monotonic() - finally_  # what the proxy took is not the call's
        self.judge.look(called, documented, calls)
        return called, result

    def _impatience(self) -> float | None:
        """Seconds after which this call is cancelled; None for most."""
        if self.random.random() >= self._limits.cancelled:
            return None
        return self.random.choice([0.0, 0.001, 0.003, 0.01, 0.05, self._limits.deadline / 3])

    def _pick(self) -> int:
        """The number of a key: a few of them are asked for most."""
        return self.random.choice([self.random.randrange(5), self.random.randrange(SIZE)])

    def _make(self, number: int) -> tuple[str, Any]:
        """A new version of an order, and what it is called."""
        version = f"v{self._count + 1}-{number}"
        lines = self.random.choice([1, 1, 1, 2, 40])
        order = shop_store.Order(
            **order_key(self.name, number),
            status=self.random.choice([*shop_store.OrderStatus]),
            total=Decimal(self.random.randrange(100_000)) / 100,
            lines=[shop_store.OrderLine(sku="S" * lines, quantity=1, price=Decimal(each)) for each in range(lines)],
            note=version,
        )
        self._orders[version] = order
        return version, order

    # --- single writes ---

    async def put(self) -> None:
        number = self._pick()
        version, order = self._make(number)
        called, _ = await self._call("put", lambda: self.table.order.put(order), _WRITES)
        self.judge.judge_write(called, {self.keys[number]: version})

    async def create(self) -> None:
        number = self._pick()
        key = self.keys[number]
        version, order = self._make(number)
        called, _ = await self._call("create", lambda: self.table.order.create(order), (*_WRITES, AlreadyExistsError))
        if isinstance(called.error, AlreadyExistsError):
            self.judge.judge_refusal(called, key, {None}, "there is an item")
        elif called.error is None:
            self._was_possible(called, key, None)
        self.judge.judge_write(called, {key: version})

    async def update(self) -> None:
        number = self._pick()
        key = self.keys[number]
        expected = self.random.choice([*self.ledger.possible(key), "v0"]) or "v0"
        version, order = self._make(number)
        called, _ = await self._call(
            "update",
            lambda: self.table.order.update_with_condition(order, "note = :n", {"n": expected}),
            (*_WRITES, ConditionFailedError),
        )
        self._judge_condition(called, key, expected)
        self.judge.judge_write(called, {key: version})

    async def delete_if(self) -> None:
        number = self._pick()
        key = self.keys[number]
        expected = self.random.choice([*self.ledger.possible(key), "v0"]) or "v0"
        arguments = order_key(self.name, number)
        called, _ = await self._call(
            "delete if",
            lambda: self.table.order.delete(**arguments, condition="note = :n", values={"n": expected}),
            (*_WRITES, ConditionFailedError),
        )
        self._judge_condition(called, key, expected)
        self.judge.judge_write(called, {key: None})

    async def delete(self) -> None:
        number = self._pick()
        called, _ = await self._call("delete", lambda: self.table.order.delete(**order_key(self.name, number)), _WRITES)
        self.judge.judge_write(called, {self.keys[number]: None})

    def _judge_condition(self, called: Called, key: str, expected: str) -> None:
        if isinstance(called.error, ConditionFailedError):
            self.judge.judge_refusal(called, key, {expected}, f"what is stored is not {expected}")
        elif called.error is None:
            self._was_possible(called, key, expected)

    def _was_possible(self, called: Called, key: str, version: str | None) -> None:
        if version not in self.ledger.possible(key):
            self.judge.found(called, Fault.WRONG, f"{key} was written on a condition that cannot have been met")

    # --- the counter: a write that a repetition doubles ---

    async def add(self) -> None:
        body = {"TableName": self.table.table_name, **self._addition()}
        await self._add("UpdateItem", body, recognised=False)

    async def add_in_transaction(self) -> None:
        update = {"Update": {"TableName": self.table.table_name, **self._addition()}}
        token = f"{self.random.getrandbits(120):x}"
        body = {"TransactItems": [update], "ClientRequestToken": token}
        await self._add("TransactWriteItems", body, recognised=True)

    def _addition(self) -> dict[str, Any]:
        values = {":one": {"N": "1"}}
        return {"Key": self._counter_key, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": values}

    async def _add(self, operation: str, body: dict[str, Any], *, recognised: bool) -> None:
        call = Call(operation, json.dumps(body).encode(), lambda answer: written("PutItem", answer))
        called, _ = await self._call(operation, lambda: self.table.run(call), _WRITES)
        applied = called.record.applied[self._counter_name]
        self._counter += min(1, applied) if recognised else applied
        self.judge.judge_write(called, {self._counter_name: None}, recognised=recognised)

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

    # --- batches ---

    async def put_many(self) -> None:
        made = {number: self._make(number) for number in self._some()}
        changes = {self.keys[number]: version for number, (version, _) in made.items()}
        called, _ = await self._call(
            "put_many",
            lambda: self.table.order.put_many([order for _, order in made.values()], deadline=self._limits.deadline),
            _BATCHES,
            calls=1 + len(made) // 26,
        )
        self.judge.judge_write(called, changes)

    async def delete_many(self) -> None:
        numbers = self._some()
        keys = [order_key(self.name, number) for number in numbers]
        called, _ = await self._call(
            "delete_many",
            lambda: self.table.order.delete_many(keys, deadline=self._limits.deadline),
            _BATCHES,
            calls=1 + len(keys) // 26,
        )
        self.judge.judge_write(called, {self.keys[number]: None for number in numbers})

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

    def _some(self) -> list[int]:
        return self.random.sample(range(SIZE), self.random.choice([1, 2, 5, 12, 28]))

    # --- reads ---

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

    def _judge_order(self, called: Called, number: int, order: Any) -> None:
        """An order that was read, or None: one of the possible versions, and exactly as it was written."""
        version = None if order is None else order.note
        self.judge.judge_read(called, self.keys[number], version)
        if version in self._orders and order != self._orders[version]:
            self.judge.found(called, Fault.WRONG, f"{number} is not as it was written")

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
