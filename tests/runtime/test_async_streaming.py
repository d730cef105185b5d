"""Streams in a task: the same as in a thread, with what differs: cancellation, the loop, finalisation."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from entitystore import errors, stream_feed
from entitystore.async_streaming import AsyncStream
from entitystore.client import AsyncClient
from entitystore.streaming import CancelToken, StreamOptions
from tests.patience import PATIENCE, eventually
from tests.runtime.fakes import AsyncTransportOf, Order, QueryTransport, order_plan, orders, stored, throttled


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_feed, "full_jitter", lambda retry: 0.0)


def shop(count: int, **settings: Any) -> AsyncTransportOf:
    return AsyncTransportOf(QueryTransport([stored(order) for order in orders(count)]), **settings)


def stream(transport: AsyncTransportOf, **options: Any) -> AsyncStream[Order]:
    return AsyncStream(AsyncClient(transport, "shop"), order_plan(), StreamOptions(**options))


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test; no task may be left when it is done."""

    async def whole() -> None:
        await test
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [task for task in asyncio.all_tasks() if task.get_name() == "entitystore-stream"] == []

    asyncio.run(whole())


async def collect(results: AsyncStream[Order], found: list[Order | None]) -> None:
    """Into a list that is still there when the stream has raised."""
    async for result in results:
        found.append(result.item)


async def settle() -> None:
    """Let the loop run until all that can go on has."""
    for _ in range(200):
        await asyncio.sleep(0)


async def _hang_from_second(call: int) -> None:
    if call > 1:
        await asyncio.Event().wait()


def test_every_item_comes_once_in_order() -> None:
    async def test() -> None:
        results = [result async for result in stream(shop(60), page_size=25)]
        assert [result.item for result in results] == orders(60)
        assert [result.meta.index for result in results] == list(range(60))
        rest = stream(shop(60), cursor=results[30].meta.cursor)
        assert [result.item async for result in rest] == orders(60)[31:]

    run(test())


def test_no_more_is_fetched_ahead_than_the_buffer_and_one_page() -> None:
    async def test() -> None:
        transport = shop(1000)
        async with stream(transport, buffer_size=50, page_size=20) as results:
            await anext(results)
            await settle()
            assert len(transport.inner.bodies) == 3
            for _ in range(10):
                await anext(results)
            await settle()
            assert len(transport.inner.bodies) == 4

    run(test())


def test_break_ends_the_task_although_the_stream_is_kept() -> None:
    async def test() -> None:
        transport = shop(10, pause=_hang_from_second)
        kept = stream(transport, page_size=2)
        async for _ in kept:
            await asyncio.sleep(0)
            break
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert transport.cancelled == 1
        with pytest.raises(RuntimeError, match="read once"):
            aiter(kept)

    run(test())


def test_close_cancels_the_call_that_is_on_its_way_and_ends_the_iterator() -> None:
    async def test() -> None:
        transport = shop(10, pause=_hang_from_second)
        results = stream(transport, page_size=2)
        await anext(results)
        await asyncio.sleep(0)
        await results.close()
        assert transport.cancelled == 1
        assert [result async for result in results] == []

    run(test())


def test_a_token_cancels_from_another_thread() -> None:
    async def test() -> None:
        token = CancelToken()
        transport = shop(10, pause=_hang_from_second)
        found: list[Order | None] = []

        def cancel_after_two() -> None:
            assert eventually(lambda: len(found) == 2)
            token.cancel()

        other = threading.Thread(target=cancel_after_two)
        other.start()
        await collect(stream(transport, page_size=2, cancel=token), found)
        other.join(PATIENCE)
        assert found == orders(2)
        assert transport.cancelled == 1

    run(test())


def test_the_deadline_ends_a_wait() -> None:
    async def test() -> None:
        transport = shop(10, pause=_hang_from_second)
        found: list[Order | None] = []
        with pytest.raises(errors.TimeoutError):
            await collect(stream(transport, page_size=2, deadline=0.5), found)
        assert found == orders(2)
        assert transport.cancelled == 1

    run(test())


def test_a_wait_that_was_cancelled_loses_nothing() -> None:
    async def test() -> None:
        gate = asyncio.Event()

        async def wait(call: int) -> None:
            await gate.wait()

        results = stream(shop(3, pause=wait))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(results), 0.01)
        gate.set()
        assert [result.item async for result in results] == orders(3)

    run(test())


def test_pages_are_asked_for_again_and_then_the_error_comes_after_the_items() -> None:
    async def test() -> None:
        transport = shop(10)
        failures = [throttled(), throttled()]

        def before(call: int) -> None:
            if call > 1 and failures:
                raise failures.pop()

        transport.inner.before = before
        assert [result.item async for result in stream(transport, page_size=5)] == orders(10)

        failures.extend([throttled()] * 2)
        transport.inner.bodies.clear()
        found: list[Order | None] = []
        with pytest.raises(errors.ThrottledError):
            await collect(stream(transport, page_size=5, max_retries=1), found)
        assert found == orders(5)

    run(test())


def test_a_stream_that_is_left_when_its_loop_ends_warns_of_nothing() -> None:
    """pytest turns warnings, also from finalisers, into errors."""
    left: list[Any] = []

    async def leave() -> None:
        results = aiter(stream(shop(100), page_size=2, buffer_size=2))
        await anext(results)
        left.append(results)

    asyncio.run(leave())
    left.clear()
