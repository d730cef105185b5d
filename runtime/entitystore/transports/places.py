"""The connections of a blocking transport: those that are kept, and how many there may be.

Rules of this file:
- There are as many places as connections may be open at once. A place is free, with or without a kept connection in
  it, or in the hands of one call, which has to give it back.
- An exception of another thread or of a signal handler may end a call between any two instructions. A place that nobody
  holds any more is therefore replaced by a new one when it is finalised, which takes no lock: that may be anywhere.
- The connection used last is the first to be used again, so that a pool shrinks when there is less to do.
- Taking and giving back are single operations on a list, which the interpreter makes atomic. The lock is for calls that
  wait and for those that meet them: who gives a place back looks for a waiting call afterwards, and who waits
  looks for a free place after it has queued, so that neither can miss the other.
"""

from __future__ import annotations

import weakref
from _thread import allocate_lock  # `threading`, which gives the same, costs a start 1 ms
from collections import deque

from entitystore.errors import TimeoutError
from entitystore.transports import CallContext
from entitystore.transports.connection import Connection
from entitystore.transports.waiting import Gate, cancelled

__all__ = ["Place", "Places"]


class Place:
    """Room for one connection, and the one that is in it."""

    __slots__ = ("_home", "connection")

    def __init__(self, home: weakref.ref[Places]) -> None:
        self.connection: Connection | None = None
        self._home = home

    def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def __del__(self) -> None:
        home = self._home()
        if home is not None:
            home.replace_lost()


class _Waiter:
    """A call that waits for a place, and the one that it was given."""

    __slots__ = ("gate", "place")

    def __init__(self) -> None:
        self.gate = Gate()
        self.place: Place | None = None


class Places:
    """`size` places. A kept connection is used for at most `idle_seconds` after its last use."""

    def __init__(self, size: int, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._home: weakref.ref[Places] = weakref.ref(self)
        self._free = [Place(self._home) for _ in range(size)]
        self._waiters: deque[_Waiter] = deque()
        self._lock = allocate_lock()

    def take(self, now: float, limit: float | None, context: CallContext | None) -> Place:
        """A place, with a kept connection or without one.

        TimeoutError where none becomes free by `limit`; TransportError for a cancelled call.
        """
        while True:
            try:
                place = self._free.pop()  # atomic: this is where threads race for a connection
            except IndexError:
                place = self._wait(limit, context)
            connection = place.connection
            if connection is None:
                return place
            if now - connection.used < self._idle_seconds and not connection.is_stale():
                return place
            place.close()
            self.give_back(place)

    def give_back(self, place: Place) -> None:
        """Give a place back; the connection in it is the next one to be used."""
        if place.connection is None:
            self._free.insert(0, place)
        else:
            self._free.append(place)
        if self._waiters:
            self._serve()

    def replace_lost(self) -> None:
        """A place was lost. A call that waits gets the new one now, or else when the next is given back."""
        self._free.insert(0, Place(self._home))
        if self._waiters and self._lock.acquire(blocking=False):
            try:
                self._serve_all()
            finally:
                self._lock.release()

    def drop_idle(self) -> None:
        """Close the kept connections; their places stay."""
        with self._lock:
            taken: list[Place] = []
            while self._free:
                try:
                    place = self._free.pop()
                except IndexError:  # another thread was faster
                    break
                place.close()
                taken.append(place)
            self._free.extend(taken)
        self._serve()

    def _wait(self, limit: float | None, context: CallContext | None) -> Place:
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
        if waiter.place is not None:
            return waiter.place
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
            self._serve_all()

    def _serve_all(self) -> None:
        while self._waiters and self._free:
            try:
                place = self._free.pop()
            except IndexError:  # a call took it that did not have to wait
                return
            waiter = self._waiters.popleft()
            waiter.place = place
            waiter.gate.open()
