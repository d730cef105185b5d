"""The asyncio HTTP transport: a pool of kept connections for each event loop.

Rules of this file:
- A connection is idle, or serves one call. A call that fails or is cancelled aborts its connection: its
  answer may still be on the way and must not meet the next call.
- What may wait for files or the network outside asyncio (botocore, certificates) runs in a thread.
- A pool has a bound. Calls beyond it wait for a connection; threads are their own bound, tasks are not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from entitystore import errors
from entitystore.errors import ServiceError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.aio_connection import Connection, connect
from entitystore.transports.aio_pool import CLOCK, Pool
from entitystore.transports.core import HttpBase, body_of, bounded_by, note_answer, note_loss, pace_of, refuse_foreign
from entitystore.transports.retries import Attempts, StaleError
from entitystore.transports.route import Route

T = TypeVar("T")


class AsyncHttpTransport(HttpBase):
    """Calls DynamoDB over kept HTTP/1.1 connections from asyncio.

    Each event loop has its own connections, which are closed when the loop shuts down its asynchronous generators
    (as `asyncio.run` does), or at the latest when another loop uses the transport.
    """

    def _set_up(self) -> None:
        super()._set_up()
        self._pools: dict[asyncio.AbstractEventLoop, Pool] = {}
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
        route = self._route or await self._await_route(limit)
        attempts: Attempts | None = None
        while True:
            try:
                # One attempt stands here, not in a coroutine of its own, which would take its part of every wake-up.
                if route.pace is not None:
                    await asyncio.sleep(pace_of(route.pace, None if limit is None else limit - now + time.monotonic()))
                    now = loop.time()
                credentials = route.source.cached()
                if credentials is None:
                    credentials = await _within(limit, "the look-up of credentials", route.source.current)
                    now = loop.time()
                signer = route.signer(credentials)  # before a connection: it may change where that goes
                connection = pool.take(now)
                if connection is None:
                    connection = await self._obtain(pool, route, limit)
                    now = loop.time()
                keep = False
                try:
                    request = signer.head(operation, body) + body
                    waiting = connection.send(request, now, self._read_timeout, limit)
                    if connection.expires < pool.sweep_at:
                        pool.sweep_by(connection.expires)
                    response = await waiting
                    if response.body[:1] != b"{":
                        refuse_foreign(response)
                    keep = response.keep_alive
                    if context is not None:
                        note_answer(context, body, response)
                finally:
                    pool.give_back(connection, now, keep=keep)
                answer = body_of(response, route)
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
                    attempts = Attempts(route.policy, self._quota, operation, body, limit, context, clock=loop.time)
                wait = attempts.after(error)
            await asyncio.sleep(wait)
            now = loop.time()

    async def _obtain(self, pool: Pool, route: Route, limit: float | None) -> Connection:
        """A slot, and a connection for it: one that was given back meanwhile, or a new one."""
        if not pool.slots.take_free():
            await self._wait_for_slot(pool, limit)
        try:
            now = pool.loop.time()
            connection = pool.kept(now)
            if connection is None:
                connection = await connect(route, pool.loop, bounded_by(now + self._connect_timeout, limit) - now)
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
        if limit is not None and pool.loop.time() + CLOCK >= limit:  # another call's time was up at the same moment
            pool.slots.release()
            raise errors.TimeoutError("no connection became free in time")

    def _pool_of(self, loop: asyncio.AbstractEventLoop) -> Pool:
        self._refuse_if_closed()
        pool = self._pools.get(loop)
        if pool is None:
            self._drop_closed_loops()
            pool = Pool(loop, self._max_connections, self._idle_seconds)
            self._pools[loop] = pool
            pool.close_at_shutdown(lambda: self._pools.pop(loop, None))
        self._pool = pool
        return pool

    def _drop_closed_loops(self) -> None:
        """A loop that was closed without being shut down has left its connections open."""
        for loop, pool in tuple(self._pools.items()):
            if loop.is_closed():
                pool.abandon()
                del self._pools[loop]

    async def _await_route(self, limit: float | None) -> Route:
        route = self._quick_route()
        if route is not None:
            return route
        return await _within(limit, "the look-up of the configuration", self._find_route)

    async def close(self) -> None:
        """Close the kept connections; calls under way end as they would have."""
        self._closed = True
        self._drop_closed_loops()
        running = asyncio.get_running_loop()
        dropped: list[Connection] = []
        for loop, pool in tuple(self._pools.items()):
            if loop is running:
                dropped = pool.close()
            else:
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


async def _within(limit: float | None, what: str, function: Callable[[], T]) -> T:
    """What a function returns that may wait outside asyncio; its thread is left behind where it takes too long."""
    try:
        async with asyncio.timeout_at(limit):
            return await asyncio.to_thread(function)
    except TimeoutError as error:
        raise errors.TimeoutError(f"{what} took too long") from error


def _by_loop(deadline: float | None, now: float) -> float | None:
    """A time of `time.monotonic()` by the clock of the loop, which need not be the same."""
    return None if deadline is None else now + deadline - time.monotonic()
