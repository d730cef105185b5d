"""Waiting that ends in time, and when a call is cancelled, also where the system has no such wait.

Rules of this file:
- What cannot be interrupted (a look-up of names, a credentials provider) runs in a daemon thread, which is left behind
  where it takes too long. Nothing that it finds later is used.
- `_thread`, not `threading`, whose import costs a start 1 ms.
"""

from __future__ import annotations

import time
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from typing import Generic, TypeVar

from entitystore.errors import TimeoutError, TransportError
from entitystore.transports import CallContext

__all__ = ["Gate", "cancelled", "run_aside", "sleep"]

T = TypeVar("T")


def cancelled() -> TransportError:
    """The error for a call that its caller has cancelled."""
    return TransportError("the call was cancelled")


class Gate:
    """Opens once, from any thread."""

    def __init__(self) -> None:
        self._first = allocate_lock()
        self._closed = allocate_lock()
        self._closed.acquire()

    def open(self) -> None:
        """Open it; a second time does nothing."""
        if self._first.acquire(blocking=False):
            self._closed.release()

    def wait(self, limit: float | None) -> None:
        """Wait until it is open, or until a time of `time.monotonic()`."""
        self._closed.acquire(timeout=-1 if limit is None else max(0.0, limit - time.monotonic()))


def sleep(seconds: float, context: CallContext | None) -> None:
    """Wait between two attempts; a cancelled call does not."""
    if context is None:
        time.sleep(seconds)
        return
    gate = Gate()
    context.on_cancel(gate.open)
    gate.wait(time.monotonic() + seconds)
    context.on_cancel(None)


class _Aside(Generic[T]):
    """One function in a thread of its own."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.gate = Gate()
        self.found: list[T] = []
        self.error: BaseException | None = None
        self._function = function

    def run(self) -> None:
        try:
            self.found.append(self._function())
        except BaseException as error:  # whatever it is, it belongs to who waits
            self.error = error
        self.gate.open()


def run_aside(function: Callable[[], T], what: str, limit: float | None, context: CallContext | None) -> T:
    """What the function returns or raises; TimeoutError where that takes longer than `limit`.

    `what` names the function in the error: "the look-up of db.example". Without a limit it runs in this thread.
    """
    if limit is None and context is None:
        return function()
    aside = _Aside(function)
    if context is not None:
        context.on_cancel(aside.gate.open)
    start_new_thread(aside.run, ())
    aside.gate.wait(limit)
    if aside.error is not None:
        raise aside.error
    if aside.found:
        return aside.found[0]
    if context is not None and context.cancelled:
        raise cancelled()
    raise TimeoutError(f"{what} took too long")
