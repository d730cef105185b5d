"""The kept connections of one event loop, and how many there may be.

Rules of this file:
- A slot is given to the call that has waited longest. A call that is cancelled with a slot in its hands
  passes it on.
- No call meets a connection that could be known to be closed, or to hold bytes that nobody asked for: those would be
  taken for its answer. The loop watches an idle connection, but may not have come to what has happened on it.
- One timer looks over all busy connections when the first of them may have waited too long, and is set anew for the
  next; a timer per call would cost a tenth of the call.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable

from entitystore.transports.aio_connection import Connection

CLOCK = 0.001
"""Seconds by which a loop may call back too early: the resolution of its clock (uvloop counts milliseconds)."""


class Slots:
    """A semaphore whose free case costs no coroutine."""

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int) -> None:
        self._loop = loop
        self._free = size  # more than 0 only while nobody waits
        self._waiters: deque[asyncio.Future[None]] = deque()

    def take_free(self) -> bool:
        """Take a slot if one is free."""
        if self._free > 0:
            self._free -= 1
            return True
        return False

    async def wait(self) -> None:
        """Wait for a slot and take it."""
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled():
                self.release()  # the slot had come already
            raise

    def release(self) -> None:
        """Give a slot back: to the next that waits, if one does."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1


class Pool:
    """The connections of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, size: int, idle_seconds: float) -> None:
        self.loop = loop
        self.slots = Slots(loop, size)
        self.sweep_at = math.inf  # when the timer is set for
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._idle_seconds = idle_seconds
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False
        self._guard: AsyncGenerator[None] | None = None

    def take(self, now: float) -> Connection | None:
        """A slot and a kept connection for it; None, and no slot, where something has to be waited for."""
        if not self._idle or not self.slots.take_free():
            return None
        connection = self.kept(now)
        if connection is None:
            self.slots.release()
            return None
        self.watch(connection)
        return connection

    def kept(self, now: float) -> Connection | None:
        """The kept connection that was used last and is still open."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            if now - connection.used < self._idle_seconds and not connection.is_stale():
                return connection
            connection.abort()
        return None

    def watch(self, connection: Connection) -> None:
        """Count the connection as busy. Its call has to see to it that the timer is set: `sweep_by`."""
        self._busy.add(connection)

    def sweep_by(self, when: float) -> None:
        """Look over the busy connections at this loop time at the latest."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        self.sweep_at = when
        self._sweeper = self.loop.call_at(when, self._sweep)

    def give_back(self, connection: Connection, now: float, *, keep: bool) -> None:
        """Give the slot back, and the connection: it is kept if its call, begun at `now`, has ended well."""
        self._busy.discard(connection)
        if keep and not self._closed:
            connection.used = now
            self._idle.append(connection)
        else:
            connection.abort()
        self.slots.release()

    def _sweep(self) -> None:
        """End the calls that have waited too long, and set the timer for the next that may."""
        self._sweeper = None
        self.sweep_at = math.inf
        now = self.loop.time() + CLOCK
        for connection in tuple(self._busy):
            if connection.expires <= now:
                connection.time_out()
        following = min((each.expires for each in self._busy if each.expires > now), default=None)
        if following is not None:
            self.sweep_by(following)

    def close_at_shutdown(self, ended: Callable[[], object]) -> None:
        """Close the connections when the loop shuts down its asynchronous generators, and then call `ended`.

        That is the one moment that a loop tells to others before it is closed; `asyncio.run` and its like see to it.
        """
        self._guard = self._until_shutdown(ended)
        with contextlib.suppress(StopIteration):  # of its first `yield`; from now on the loop knows it
            self._guard.__anext__().__await__().send(None)

    async def _until_shutdown(self, ended: Callable[[], object]) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            ended()
            for connection in self.close():
                await connection.gone.wait()

    def abandon(self) -> None:
        """Let go of connections whose loop is closed already, so that nobody can close them in order."""
        for connection in (*self._idle, *self._busy):
            connection.abandon()
        self._idle.clear()
        self._busy.clear()

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
