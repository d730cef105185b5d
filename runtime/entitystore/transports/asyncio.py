"""The asyncio HTTP transport: a pool of kept connections for each event loop.

Rules of this file:
- A connection is idle, or serves one call. A call that fails or is cancelled aborts its connection: its
  answer may still be on the way and must not meet the next call.
- What may wait for files or the network outside asyncio (botocore, certificates) runs in a thread.
- A pool has a bound. Calls beyond it wait for a connection; threads are their own bound, tasks are not.
"""

from __future__ import annotations

import asyncio
import os
import weakref
from types import TracebackType
from typing import Self

from entitystore import errors
from entitystore.errors import ServiceError, TransportError
from entitystore.transports.aio_connection import Connection, connect
from entitystore.transports.core import HttpBase, Route, body_of
from entitystore.transports.retries import Attempts, StaleError
from entitystore.transports.settings import resolve_quickly


class Pool:
    """The connections of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int, idle_seconds: float, sweep_every: float) -> None:
        self.loop = loop
        self.slots = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._idle_seconds = idle_seconds
        self._sweep_every = sweep_every
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    def take(self) -> Connection | None:
        """The kept connection that was used last and is still open."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if self.loop.time() - connection.used < self._idle_seconds and not connection.is_stale():
                return connection
            connection.abort()
        return None

    def watch(self, connection: Connection) -> None:
        """Count the connection as busy, and end its call when it has waited too long."""
        self._busy.add(connection)
        if self._sweeper is None:
            self._sweeper = self.loop.call_later(self._sweep_every, self._sweep)

    def give_back(self, connection: Connection, *, keep: bool) -> None:
        """Keep a connection whose call has ended well, or end it."""
        self._busy.discard(connection)
        if keep and not self._closed:
            connection.used = self.loop.time()
            self._idle.append(connection)
        else:
            connection.abort()

    def _sweep(self) -> None:
        """One timer looks over all busy connections; a timer per call would cost a tenth of the call."""
        self._sweeper = None
        now = self.loop.time()
        for connection in tuple(self._busy):
            if connection.expires <= now:
                connection.time_out()
        if self._busy:
            self._sweeper = self.loop.call_later(self._sweep_every, self._sweep)

    def drop_idle(self) -> list[Connection]:
        """Abort the kept connections; they are gone one turn of the loop later."""
        dropped, self._idle = self._idle, []
        for connection in dropped:
            connection.abort()
        return dropped

    def close(self) -> list[Connection]:
        """Keep nothing from now on; calls under way end as they would have."""
        self._closed = True
        return self.drop_idle()


class AsyncHttpTransport(HttpBase):
    """Calls DynamoDB over kept HTTP/1.1 connections from asyncio.

    Each event loop has its own connections. Close the transport before its loop ends. A timeout may come
    late by an eighth of its length, at most by a second.
    """

    def _set_up(self) -> None:
        super()._set_up()
        self._pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = weakref.WeakKeyDictionary()
        self._pool: Pool | None = None  # the one used last; there is hardly ever another

    async def call(self, operation: str, body: bytes) -> bytes:
        """Send `body` as `operation` and return the answer's body; retries what is safe to retry.

        Raises ServiceError, TransportError, TimeoutError.
        """
        loop = asyncio.get_running_loop()
        pool = self._pool
        if pool is None or pool.loop is not loop or self._closed:
            pool = self._pool_of(loop)
        started = loop.time()
        route = self._route or await self._await_route()
        attempts: Attempts | None = None
        while True:
            try:
                return await self._attempt(pool, route, operation, body, started)
            except (ServiceError, TransportError) as error:
                if attempts is None:
                    attempts = Attempts(self._policy, operation, body, started, clock=loop.time)
                wait = attempts.after(error)
            await asyncio.sleep(wait)

    async def _attempt(self, pool: Pool, route: Route, operation: str, body: bytes, started: float) -> bytes:
        credentials = route.source.cached()
        if credentials is None:
            credentials = await asyncio.to_thread(route.source.current)
        await self._slot(pool, started)
        try:
            connection = pool.take()
            if connection is None:
                timeout = self._bounded(self._connect_timeout, started, pool.loop.time())
                connection = await connect(route, pool.loop, timeout)
            request = route.signer(credentials).head(operation, body) + body
            return await self._exchange(pool, connection, request, started)
        finally:
            pool.slots.release()

    async def _exchange(self, pool: Pool, connection: Connection, request: bytes, started: float) -> bytes:
        keep = False
        pool.watch(connection)
        try:
            timeout = self._read_timeout
            deadline = self._policy.deadline
            limit = None if deadline is None else started + deadline
            response = await connection.exchange(request, timeout, limit)
            keep = response.keep_alive
        except StaleError:
            pool.drop_idle()  # whatever closed this one has likely closed them all
            raise
        finally:
            pool.give_back(connection, keep=keep)
        return body_of(response)

    async def _slot(self, pool: Pool, started: float) -> None:
        if self._policy.deadline is None:
            await pool.slots.acquire()
            return
        try:
            async with asyncio.timeout_at(started + self._policy.deadline):
                await pool.slots.acquire()
        except TimeoutError as error:
            raise errors.TimeoutError("no connection became free in time") from error

    def _pool_of(self, loop: asyncio.AbstractEventLoop) -> Pool:
        self._refuse_if_closed()
        pool = self._pools.get(loop)
        if pool is None:
            shortest = min(self._read_timeout, self._policy.deadline or self._read_timeout)
            pool = Pool(loop, self._max_connections, self._idle_seconds, min(1.0, shortest / 8))
            self._pools[loop] = pool
        self._pool = pool
        return pool

    async def _await_route(self) -> Route:
        quick = resolve_quickly(self._wanted, os.environ)
        if quick is None:
            return await asyncio.to_thread(self._find_route)
        self._route = Route(quick)
        return self._route

    async def close(self) -> None:
        """Close the kept connections; calls under way end as they would have."""
        self._closed = True
        running = asyncio.get_running_loop()
        dropped: list[Connection] = []
        for loop, pool in tuple(self._pools.items()):
            if loop is running:
                dropped = pool.close()
            elif not loop.is_closed():
                loop.call_soon_threadsafe(pool.close)
        for connection in dropped:
            await connection.gone.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
