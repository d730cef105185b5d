"""The connections of a blocking transport: those that are kept, and how many there may be.

Rules of this file:
- There are as many places as connections may be open at once. A place is free, with or without a kept connection in
  it, or in the hands of one call, which has to give it back.
- The connection used last is the first to be used again, so that a pool shrinks when there is less to do.
- Taking and giving back are single operations on a list, which the interpreter makes atomic. The lock is for calls that
  wait and for those that meet them: who gives a place back looks for a waiting call afterwards, and who waits
  looks for a free place after it has queued, so that neither can miss the other.
"""

from __future__ import annotations

from _thread import allocate_lock  # `threading`, which gives the same, costs a start 1 ms
from collections import deque

from entitystore.errors import TimeoutError
from entitystore.transports import CallContext
from entitystore.transports.connection import Connection
from entitystore.transports.waiting import Gate, cancelled

__all__ = ["Places"]


class _Waiter:
    """A call that waits for a place, and the one that it was given."""

    __slots__ = ("connection", "gate", "is_served")

    def __init__(self) -> None:
        self.gate = Gate()
        self.connection: Connection | None = None
        self.is_served = False


class Places:
    """`size` places. A kept connection is used for at most `idle_seconds` after its last use."""

    def __init__(self, size: int, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._free: list[Connection | None] = [None] * size
        self._waiters: deque[_Waiter] = deque()
        self._lock = allocate_lock()

    def take(self, now: float, limit: float | None, context: CallContext | None) -> Connection | None:
        """A place: the kept connection in it, or None for one that is still to be opened.

        TimeoutError where none becomes free by `limit`; TransportError for a cancelled call.
        """
        while True:
            try:
                connection = self._free.pop()  # atomic: this is where threads race for a connection
            except IndexError:
                connection = self._wait(limit, context)
            if connection is None:
                return None
            if now - connection.used < self._idle_seconds and not connection.is_stale():
                return connection
            connection.close()
            self.give_back()

    def keep(self, connection: Connection) -> None:
        """Give a place back, with a connection that the next call may use."""
        self._free.append(connection)
        if self._waiters:
            self._serve()

    def give_back(self) -> None:
        """Give a place back whose connection is closed, or was never opened."""
        self._free.insert(0, None)
        if self._waiters:
            self._serve()

    def drop_idle(self) -> None:
        """Close the kept connections; their places stay."""
        with self._lock:
            count = 0
            while self._free:
                try:
                    connection = self._free.pop()
                except IndexError:  # another thread was faster
                    break
                count += 1
                if connection is not None:
                    connection.close()
            self._free.extend([None] * count)
        self._serve()

    def _wait(self, limit: float | None, context: CallContext | None) -> Connection | None:
        waiter = _Waiter()
        if context is not None:
            context.on_cancel(waiter.gate.open)
        self._waiters.append(waiter)
        try:
            self._serve()
            waiter.gate.wait(limit)
        finally:
            if context is not None:
                context.on_cancel(None)
            self._leave(waiter)
        if waiter.is_served:
            return waiter.connection
        if context is not None and context.cancelled:
            raise cancelled()
        raise TimeoutError("no connection became free in time")

    def _leave(self, waiter: _Waiter) -> None:
        """Stop waiting: from now on nobody serves the waiter."""
        with self._lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def _serve(self) -> None:
        """Give free places to those that have waited longest."""
        with self._lock:
            while self._waiters and self._free:
                try:
                    connection = self._free.pop()
                except IndexError:  # a call took it that did not have to wait
                    return
                waiter = self._waiters.popleft()
                waiter.connection = connection
                waiter.is_served = True
                waiter.gate.open()
