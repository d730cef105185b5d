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
import time
import weakref
from types import TracebackType
from typing import Self

from entitystore import errors
from entitystore.errors import ServiceError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.aio_connection import Connection, connect
from entitystore.transports.aio_pool import Pool
from entitystore.transports.core import HttpBase, Route, body_of, bounded, note_answer, note_loss
from entitystore.transports.retries import READS, Attempts, StaleError
from entitystore.transports.settings import resolve_quickly


class AsyncHttpTransport(HttpBase):
    """Calls DynamoDB over kept HTTP/1.1 connections from asyncio.

    Each event loop has its own connections. Close the transport before its loop ends. A timeout may come
    late by an eighth of its length, at most by a second.
    """

    def _set_up(self) -> None:
        super()._set_up()
        self._pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = weakref.WeakKeyDictionary()
        self._pool: Pool | None = None  # the one used last; there is hardly ever another

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Send `body` as `operation` and return the answer's body; retries what is safe to retry.

        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        loop = asyncio.get_running_loop()
        pool = self._pool
        if pool is None or pool.loop is not loop or self._closed:
            pool = self._pool_of(loop)
        now = loop.time()
        limit = self._limit(now, None if context is None else _by_loop(context.deadline, now))
        is_read = operation in READS
        route = self._route or await self._await_route()
        attempts: Attempts | None = None
        while True:
            try:
                # One attempt stands here, not in a coroutine of its own, which would take its part of every wake-up.
                credentials = route.source.cached()
                if credentials is None:
                    credentials = await asyncio.to_thread(route.source.current)
                    now = loop.time()
                connection = pool.take(now, for_read=is_read)
                if connection is None:
                    connection = await self._obtain(pool, route, limit, is_read)
                    now = loop.time()
                keep = False
                try:
                    request = route.signer(credentials).head(operation, body) + body
                    response = await connection.send(request, now, self._read_timeout, limit)
                    keep = response.keep_alive
                    if context is not None:
                        note_answer(context, body, response)
                finally:
                    pool.give_back(connection, now, keep=keep)
                answer = body_of(response)
                if attempts is None:
                    self._quota.give_back()
                else:
                    attempts.succeeded()
                return answer
            except (ServiceError, TransportError) as error:
                if context is not None and isinstance(error, TransportError):
                    note_loss(context, body)
                if isinstance(error, StaleError):
                    pool.drop_idle()  # whatever closed this one has likely closed them all
                if attempts is None:
                    attempts = Attempts(self._policy, self._quota, operation, body, limit, context, clock=loop.time)
                wait = attempts.after(error)
            await asyncio.sleep(wait)
            now = loop.time()

    async def _obtain(self, pool: Pool, route: Route, limit: float | None, is_read: bool) -> Connection:
        """A slot, and a connection for it: one that was given back meanwhile, or a new one."""
        if not pool.slots.take_free():
            await self._wait_for_slot(pool, limit)
        try:
            now = pool.loop.time()
            connection = pool.kept(now, for_read=is_read)
            if connection is None:
                connection = await connect(route, pool.loop, bounded(self._connect_timeout, limit, now))
        except BaseException:
            pool.slots.release()
            raise
        pool.watch(connection)
        return connection

    async def _wait_for_slot(self, pool: Pool, limit: float | None) -> None:
        try:
            async with asyncio.timeout_at(limit):
                await pool.slots.wait()
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


def _by_loop(deadline: float | None, now: float) -> float | None:
    """A time of `time.monotonic()` by the clock of the loop, which need not be the same."""
    return None if deadline is None else now + deadline - time.monotonic()
