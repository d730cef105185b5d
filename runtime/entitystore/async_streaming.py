"""Streams within an event loop: `streaming` with a task in the place of the thread.

    async with table.order.by_user_id(user_id="1").stream() as stream:
        async for result in stream: ...

Rules of this file:
- One task per stream, begun by the first item asked for, ended as in `streaming`. It is cancelled, so that a call on
  its way is given up too.
- The task knows the feed, never the stream or its iterator, so that these are finalised when nobody holds them.
- A cancel token may be used, and the iterator finalised, in another thread; the loop is told in the way it allows.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from entitystore.client import AsyncClient, Request
from entitystore.plan import QueryPlan
from entitystore.stream_feed import Delivery, Feed
from entitystore.stream_values import CancelToken, FetchedPage, StreamOptions, StreamResult
from entitystore.streaming import read_once

__all__ = ["AsyncStream"]

E = TypeVar("E")


class AsyncStream(Generic[E]):
    """The results of a query. Iterate once, from one task; made by `query.stream()`, nothing is sent before."""

    def __init__(self, client: AsyncClient, plan: QueryPlan[E], options: StreamOptions) -> None:
        self._fetcher = _Fetcher(client, Feed(plan, options), options.cancel)
        self._iterator: _Results[E] | None = _Results(self._fetcher, options)

    def __aiter__(self) -> _Results[E]:
        """The one iterator. The stream does not hold it, so that leaving the loop ends the fetching."""
        if self._iterator is None:
            raise read_once()
        iterator, self._iterator = self._iterator, None
        return iterator

    async def __anext__(self) -> StreamResult[E]:
        """The next result, for who does not loop. Then `close` is up to the caller."""
        if self._iterator is None:
            raise read_once()
        return await anext(self._iterator)

    async def close(self) -> None:
        """Stop fetching. The iterator ends; nothing that was fetched ahead is delivered."""
        await self._fetcher.close()

    aclose = close

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class _Results(Generic[E]):
    """The iterator of a stream."""

    def __init__(self, fetcher: _Fetcher[E], options: StreamOptions) -> None:
        self._fetcher = fetcher
        self._feed = fetcher.feed
        self._options = options
        self._delivery: Delivery[E] | None = None
        fetcher.stop_with(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> StreamResult[E]:
        try:
            result = await self._next(self._delivery or self._begin())
        except Exception:
            await self._fetcher.close()
            raise
        if result is None:
            await self._fetcher.close()
            raise StopAsyncIteration
        return result

    def _begin(self) -> Delivery[E]:
        self._delivery = Delivery(self._feed, self._options)
        self._fetcher.start()
        return self._delivery

    async def _next(self, delivery: Delivery[E]) -> StreamResult[E] | None:
        feed = self._feed
        while not feed.stopped:
            feed.check_deadline()
            result = delivery.next_result()
            if result is not None:
                if feed.consume():
                    self._fetcher.wake()
                return result
            if delivery.is_complete or not await self._begin_page(delivery):
                return None
        return None

    async def _begin_page(self, delivery: Delivery[E]) -> bool:
        """Wait for the next page; False if there is none."""
        page = await self._fetcher.take()
        if page is not None:
            if delivery.begin(page):
                self._fetcher.wake()
            return True
        if self._feed.fault is not None and not self._feed.stopped:
            delivery.refuse(self._feed.fault)
        return False


class _Fetcher(Generic[E]):
    """Runs a feed in a task."""

    def __init__(self, client: AsyncClient, feed: Feed[E], cancel: CancelToken | None) -> None:
        self.feed = feed
        self._client = client
        self._cancel = cancel
        self._room = asyncio.Event()
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._forget: Callable[[], None] | None = None
        self._finalizer: weakref.finalize[[], object] | None = None

    def stop_with(self, results: object) -> None:
        """Stop when nobody holds the results any more."""
        self._finalizer = weakref.finalize(results, self.stop)
        self._finalizer.atexit = False  # no loop runs by then

    def start(self) -> None:
        """Begin to fetch, unless there is nothing to."""
        self._loop = asyncio.get_running_loop()
        self.feed.start()
        if self._cancel is not None:
            self._forget = self._cancel.on_cancel(self.stop)
        if not self.feed.is_over:
            self._task = self._loop.create_task(self._run(), name="entitystore-stream")

    async def take(self) -> FetchedPage[E] | None:
        """Wait for a page; None if none comes any more. TimeoutError at the deadline."""
        await _until(lambda: self.feed.is_ready, self._news, self.feed.seconds_left)
        return self.feed.take()

    def wake(self) -> None:
        """Tell the task that there is room."""
        self._room.set()

    async def close(self) -> None:
        """Stop, and see the task off. May be repeated."""
        self.stop()
        if self._task is not None:
            await asyncio.wait([self._task])

    def stop(self) -> None:
        """Stop, from whichever thread, without waiting."""
        self.feed.stopped = True  # and no more than that here, which may be another thread
        if self._finalizer is not None:
            self._finalizer.detach()
        if self._forget is not None:
            self._forget()
        if self._loop is None:
            return
        if _is_running(self._loop):
            self._end()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and its tasks are gone
                self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self.feed.stop()
        if self._task is not None:
            self._task.cancel()
        self._news.set()

    async def _run(self) -> None:
        try:
            while (request := await self._next_request()) is not None:
                await self._fetch(request)
        except Exception as error:  # whatever it is, it belongs to who iterates
            self.feed.failed(error)
        finally:
            self._news.set()

    async def _next_request(self) -> Request | None:
        """Wait for room; None if nothing more is to be fetched."""
        feed = self.feed
        has_room = await _until(lambda: feed.is_over or feed.has_room, self._room, feed.seconds_left)
        return None if feed.is_over or not has_room else feed.request()

    async def _fetch(self, request: Request) -> None:
        """Ask for a page, and wait for the next attempt if there is one."""
        try:
            body = await self._client.answer(request)
            pause = self.feed.arrived(body)
        except Exception as error:
            pause = self.feed.failed(error)
        else:
            self._news.set()
        if pause is not None:
            await asyncio.sleep(pause)


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this very thread runs the loop."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


async def _until(predicate: Callable[[], bool], event: asyncio.Event, seconds: float | None) -> bool:
    """Wait until `predicate`, which is looked at whenever `event` is set; False if `seconds` passed before."""
    try:
        async with asyncio.timeout(seconds):
            while not predicate():
                event.clear()
                await event.wait()
    except TimeoutError:
        return False
    return True
