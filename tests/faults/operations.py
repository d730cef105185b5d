"""The one generator of operations: what workers do, whichever transport carries it.

Rules of this file, and of `calls`, `writes` and `reads`:
- It is written for asyncio. A blocking table comes as one whose calls can be awaited (see `drivers`).
- What is done follows from the worker's seed, and from what it was told before.
- Each worker has a partition of its own, with `SIZE` orders at most, and one counter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.faults.calls import Driver, Limits
from tests.faults.ledger import Report
from tests.faults.reads import Reads
from tests.faults.writes import Writes

__all__ = ["Worker"]


class Worker(Writes, Reads):
    """Does one thing after the other, and judges what it is told."""

    def __init__(self, name: str, table: Any, driver: Driver, report: Report, seed: int, limits: Limits) -> None:
        super().__init__(name, table, driver, report, seed, limits)
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
