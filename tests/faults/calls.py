"""One call of a worker: how it is made, cancelled and judged. What calls there are is in `writes` and `reads`."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from tests.faults.batches import identity
from tests.faults.judging import Called, Judge
from tests.faults.ledger import Fault, Ledger, Report
from tests.faults.proxy import Record
from tests.guards.paths import order_store, shop_store

__all__ = ["SIZE", "Caller", "Driver", "Limits", "order_key"]

SIZE = 30
"""Orders of a worker, at most."""

_START = datetime(2026, 1, 1, tzinfo=UTC)


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
    return {"user_id": worker, "created_at": _START + timedelta(days=number), "id": f"o-{number}"}


def _texts(worker: str) -> list[str]:
    return [identity(order_store.key(**order_key(worker, number))) for number in range(SIZE)]


class Caller:
    """A worker with its keys, its orders and its ledger."""

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

    def _some(self) -> list[int]:
        return self.random.sample(range(SIZE), self.random.choice([1, 2, 5, 12, 28]))

    def _was_possible(self, called: Called, key: str, version: str | None) -> None:
        if version not in self.ledger.possible(key):
            self.judge.found(called, Fault.WRONG, f"{key} was written on a condition that cannot have been met")

    def _judge_order(self, called: Called, number: int, order: Any) -> None:
        """An order that was read, or None: one of the possible versions, and exactly as it was written."""
        version = None if order is None else order.note
        self.judge.judge_read(called, self.keys[number], version)
        if version in self._orders and order != self._orders[version]:
            self.judge.found(called, Fault.WRONG, f"{number} is not as it was written")
