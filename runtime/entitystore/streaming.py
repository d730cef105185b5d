"""Streams: results one by one, with pages fetched ahead in the background.

    with table.order.by_user_id(user_id="1").stream(progress_handler=show) as stream:
        for result in stream:
            result.item, result.error, result.meta.index, result.meta.cursor

Rules of this file:
- One thread per stream, begun by the first item asked for. It ends with the last page, with `close()`, the end of the
  `with` or of the loop (also by `break`), the deadline, or the cancel token; whichever comes first.
- The thread knows the feed, never the stream or its iterator, so that these are finalised when nobody holds them.
- A call that is under way when the stream is stopped is cancelled. A transport that cannot do that is not waited for:
  nobody gets its answer, and the thread, a daemon, ends when the transport gives the call up.
- Nothing outside of the stream holds it once it has ended, not even its finaliser: an error holds its traceback, and
  that the frames of whoever called.
- `async_streaming` is the same with a task.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from contextvars import copy_context
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from entitystore.client import Client, Request
from entitystore.plan import QueryPlan
from entitystore.stream_feed import Delivery, Feed
from entitystore.stream_values import (
    CancelToken,
    ErrorHandler,
    FetchedPage,
    ProgressHandler,
    StreamMeta,
    StreamOptions,
    StreamProgress,
    StreamResult,
)
from entitystore.transports import CallContext

if TYPE_CHECKING:
    from entitystore.async_streaming import AsyncStream

__all__ = [
    "AsyncStream",
    "CancelToken",
    "ErrorHandler",
    "ProgressHandler",
    "Stream",
    "StreamMeta",
    "StreamOptions",
    "StreamProgress",
    "StreamResult",
]

E = TypeVar("E")

_JOIN_WAIT = 0.1
"""Seconds that the first stop waits for the thread: enough for one that waits, or whose answer is nearly there."""


def read_once() -> RuntimeError:
    """The error for a second loop over a stream."""
    return RuntimeError("a stream is read once; make another, from result.meta.cursor to go on")


class Stream(Generic[E]):
    """The results of a query. Iterate once, from one thread; made by `query.stream()`, nothing is sent before."""

    def __init__(self, client: Client, plan: QueryPlan[E], options: StreamOptions) -> None:
        self._fetcher = _Fetcher(client, Feed(plan, options), options.cancel)
        self._iterator: _Results[E] | None = _Results(self._fetcher, options)

    def __iter__(self) -> _Results[E]:
        """The one iterator. The stream does not hold it, so that leaving the loop ends the fetching."""
        if self._iterator is None:
            raise read_once()
        iterator, self._iterator = self._iterator, None
        return iterator

    def __next__(self) -> StreamResult[E]:
        """The next result, for who does not loop. Then `close` is up to the caller."""
        if self._iterator is None:
            raise read_once()
        return next(self._iterator)

    def close(self) -> None:
        """Stop fetching. The iterator ends; nothing that was fetched ahead is delivered."""
        self._fetcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Results(Generic[E]):
    """The iterator of a stream."""

    def __init__(self, fetcher: _Fetcher[E], options: StreamOptions) -> None:
        self._fetcher = fetcher
        self._feed = fetcher.feed
        self._options = options
        self._delivery: Delivery[E] | None = None
        fetcher.close_with(self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> StreamResult[E]:
        try:
            result = self._next(self._delivery or self._begin())
        except Exception:
            self._fetcher.close()
            raise
        if result is None:
            self._fetcher.close()
            raise StopIteration
        return result

    def _begin(self) -> Delivery[E]:
        self._delivery = Delivery(self._feed, self._options)
        self._fetcher.start()
        return self._delivery

    def _next(self, delivery: Delivery[E]) -> StreamResult[E] | None:
        feed = self._feed
        while not feed.stopped:
            feed.check_deadline()
            result = delivery.next_result()
            if result is not None:
                if feed.consume():
                    self._fetcher.wake()
                return result
            if delivery.is_complete or not self._begin_page(delivery):
                return None
        return None

    def _begin_page(self, delivery: Delivery[E]) -> bool:
        """Wait for the next page; False if there is none."""
        page = self._fetcher.take()
        if page is not None:
            if delivery.begin(page):
                self._fetcher.wake()
            return True
        if self._feed.fault is not None and not self._feed.stopped:
            delivery.refuse(self._feed.fault)
        return False


class _Fetcher(Generic[E]):
    """Runs a feed in a thread."""

    def __init__(self, client: Client, feed: Feed[E], cancel: CancelToken | None) -> None:
        self.feed = feed
        self._client = client
        self._cancel = cancel
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._forget: Callable[[], None] | None = None
        self._call: CallContext | None = None
        self._finalizer: weakref.finalize[[], object] | None = None

    def close_with(self, results: object) -> None:
        """Close when nobody holds the results any more."""
        self._finalizer = weakref.finalize(results, self.close)

    def start(self) -> None:
        """Begin to fetch, unless there is nothing to."""
        self.feed.start()
        if self._cancel is not None:
            self._forget = self._cancel.on_cancel(self._stop)
        if not self.feed.is_over:
            context = copy_context()  # of who iterates: a `usage()` around the loop counts what is fetched for it
            thread = threading.Thread(target=context.run, args=(self._run,), name="entitystore-stream", daemon=True)
            thread.start()
            self._thread = thread  # one that has begun, whatever interrupts this

    def take(self) -> FetchedPage[E] | None:
        """Wait for a page; None if none comes any more. TimeoutError at the deadline."""
        with self._changed:
            self._changed.wait_for(lambda: self.feed.is_ready, self.feed.seconds_left)
            return self.feed.take()

    def wake(self) -> None:
        """Tell the thread that there is room."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and see the thread off unless it hangs in a call. May be repeated."""
        self._stop()
        if self._finalizer is not None:
            self._finalizer.detach()
        if self._forget is not None:
            self._forget()
        # The collector may finalise the iterator in any thread, in this one too.
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_WAIT)

    def _stop(self) -> None:
        with self._changed:
            self.feed.stop()
            self._changed.notify_all()
        call = self._call
        if call is not None:
            call.cancel()

    def _run(self) -> None:
        try:
            while (request := self._next_request()) is not None:
                self._fetch(request)
        except Exception as error:  # whatever it is, it belongs to who iterates
            self._failed(error)

    def _next_request(self) -> Request | None:
        """Wait for room; None if nothing more is to be fetched."""
        feed = self.feed
        with self._changed:
            has_room = self._changed.wait_for(lambda: feed.is_over or feed.has_room, feed.seconds_left)
            return None if feed.is_over or not has_room else feed.request()

    def _fetch(self, request: Request) -> None:
        self._call = request.context
        if self.feed.is_over:  # stopped before there was a call to cancel
            return
        try:
            body = self._client.answer(request)
            with self._changed:
                pause = self.feed.arrived(body)
                self._changed.notify_all()
                if pause is not None:
                    self._changed.wait_for(lambda: self.feed.is_over, pause)
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """Wait for the next attempt, or leave the error to who iterates."""
        with self._changed:
            pause = self.feed.failed(error)
            self._changed.notify_all()
            if pause is not None:
                self._changed.wait_for(lambda: self.feed.is_over, pause)


def __getattr__(name: str) -> object:
    """Bring the async twin, and with it asyncio, only to who asks for it (PEP 562)."""
    if name == "AsyncStream":
        from entitystore.async_streaming import AsyncStream

        return AsyncStream
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
