"""Async tables, queries and streams, driven as if they were sync: one test serves both.

Rule: nothing is collected ahead. `next` runs the loop until the next item is there, as `async for` would.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

from entitystore.async_streaming import AsyncStream
from entitystore.merged import AsyncMergedQuery
from entitystore.query import AsyncQuery
from entitystore.store import AsyncStore
from entitystore.table import AsyncTable
from tests.patience import PATIENCE

_ASYNC = (AsyncTable, AsyncStore, AsyncQuery, AsyncMergedQuery, AsyncStream)


class Blocking:
    """Calls through to `target`; what can be awaited is, in `loop`."""

    def __init__(self, target: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._target = target
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        return self._wrapped(getattr(self._target, name))

    def _wrapped(self, value: Any) -> Any:
        if inspect.isawaitable(value):
            return self._wrapped(self._loop.run_until_complete(_awaited(value)))
        if isinstance(value, _ASYNC):
            return Blocking(value, self._loop)
        if inspect.isroutine(value):
            return lambda *positional, **named: self._wrapped(value(*positional, **named))
        return value

    def __iter__(self) -> Iterator[Any]:
        iterator = aiter(self._target)
        try:
            while True:
                try:
                    yield self._loop.run_until_complete(_awaited(anext(iterator)))
                except StopAsyncIteration:
                    return
        finally:
            close = getattr(iterator, "aclose", None)
            if close is not None:
                self._loop.run_until_complete(close())

    def tasks(self) -> list[asyncio.Task[Any]]:
        """The tasks that do not end, though the loop has all the time to end those that were cancelled."""
        if left := asyncio.all_tasks(self._loop):
            self._loop.run_until_complete(asyncio.wait(left, timeout=PATIENCE))
        return list(asyncio.all_tasks(self._loop))


async def _awaited(value: Any) -> Any:
    return await value
