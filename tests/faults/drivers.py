"""The ways in which workers run: threads, tasks, and threads over boto3.

Rules of this file:
- The operations are coroutines. A thread runs them without an event loop: nothing that a blocking table does ever
  waits in `await`, so one step takes each coroutine to its end.
- Requests are given the name of their call between the client and the transport.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from entitystore.client import AsyncClient, Client
from entitystore.query import Query
from entitystore.store import Store
from entitystore.streaming import Stream
from entitystore.table import Table
from entitystore.transports import AsyncTransport, CallContext, Transport
from tests.faults.proxy import Proxy, Record
from tests.guards.paths import shop_store
from tests.patience import PATIENCE

__all__ = ["AsyncTagged", "Tagged", "TaskDriver", "ThreadDriver", "async_table", "run_now", "table"]

T = TypeVar("T")


def _tagged(name: str, body: bytes) -> bytes:
    return b'{"~":"%s",' % name.encode() + body[1:]


class Tagged:
    """A transport that gives each request the name of its worker's call."""

    def __init__(self, inner: Transport) -> None:
        self.call_name = ""
        self._inner = inner

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        return self._inner.call(operation, _tagged(self.call_name, body), context)

    def close(self) -> None:
        """Others use the transport, too."""


class AsyncTagged:
    """The same for asyncio."""

    def __init__(self, inner: AsyncTransport) -> None:
        self.call_name = ""
        self._inner = inner

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        return await self._inner.call(operation, _tagged(self.call_name, body), context)

    async def close(self) -> None:
        """Others use the transport, too."""


class BotoTagged:
    """The same for a boto3 client, which looks at bodies: the name goes into a header."""

    def __init__(self, inner: Transport) -> None:
        self.call_name = ""
        self._inner = inner

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        _current.name = self.call_name
        return self._inner.call(operation, body, context)

    def close(self) -> None:
        """Others use the client, too."""


_current = threading.local()


def tag_client(client: Any) -> None:
    """Let a boto3 client send the name of the call in a header."""

    def add(request: Any, **_: object) -> None:
        request.headers["X-Call"] = getattr(_current, "name", "")

    client.meta.events.register("before-sign.dynamodb", add)


def name_call(name: str) -> None:
    """What this thread sends with a tagged boto3 client belongs to this call."""
    _current.name = name


# --- tables ---

_BLOCKING = (Table, Store, Query, Stream)


class _Awaited:
    """A blocking object whose calls can be awaited."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if not inspect.isroutine(value):
            return _wrapped(value)
        if name in _MADE_AT_ONCE:
            return lambda *positional, **named: _wrapped(value(*positional, **named))

        async def call(*positional: Any, **named: Any) -> Any:
            return value(*positional, **named)

        return call

    async def __aiter__(self) -> AsyncIterator[Any]:
        for each in self._target:
            yield each


_MADE_AT_ONCE = frozenset({"by_user_id", "consistent", "limit", "stream"})


def _wrapped(value: Any) -> Any:
    return _Awaited(value) if isinstance(value, _BLOCKING) else value


class _WithRun:
    """A table, and how to run a call that no store has."""

    def __init__(self, table: Any, run: Callable[[Any], Awaitable[Any]]) -> None:
        self.order = table.order
        self.table_name = table.table_name
        self.run = run


def table(transport: Transport, name: str) -> Any:
    """A blocking table whose calls can be awaited."""
    client = Client(transport, name)

    async def run(call: Any) -> Any:
        return client.run(call)

    return _WithRun(_Awaited(shop_store.connect(transport=transport, table_name=name)), run)


def async_table(transport: AsyncTransport, name: str) -> Any:
    """An asyncio table."""
    client = AsyncClient(transport, name)
    return _WithRun(shop_store.connect_async(transport=transport, table_name=name), client.run)


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise AssertionError("a blocking call has waited for an event loop")


# --- drivers ---


class Records(Protocol):
    """Knows what became of a call."""

    def close(self, call: str) -> Record: ...


class ThreadDriver:
    """One worker in one thread."""

    def __init__(self, tagged: Tagged | BotoTagged, proxy: Records) -> None:
        self._tagged = tagged
        self._proxy = proxy

    def name_call(self, name: str) -> None:
        self._tagged.call_name = name

    async def settled(self, name: str) -> Record:
        return self._proxy.close(name)

    async def attempt(self, call: Awaitable[Any], seconds: float | None) -> Any:
        return await call


class TaskDriver:
    """One worker in one task."""

    def __init__(self, tagged: AsyncTagged, proxy: Proxy) -> None:
        self._tagged = tagged
        self._proxy = proxy
        self.cancelled = 0

    def name_call(self, name: str) -> None:
        self._tagged.call_name = name

    async def settled(self, name: str) -> Record:
        until = time.monotonic() + PATIENCE
        while not self._proxy.is_settled(name):
            assert time.monotonic() < until, f"{name} is never settled"
            await asyncio.sleep(0.002)
        return self._proxy.take(name)

    async def attempt(self, call: Awaitable[Any], seconds: float | None) -> Any:
        if seconds is None:
            return await call
        task = asyncio.ensure_future(call)
        await asyncio.wait({task}, timeout=seconds)
        task.cancel()
        try:
            return await task
        finally:
            self.cancelled += task.cancelled()
