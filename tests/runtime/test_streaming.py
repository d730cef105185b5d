"""Streams in a thread: what is delivered, how far ahead is fetched, what ends them, and that no thread stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from entitystore import errors, stream_feed
from entitystore.client import Client
from entitystore.conditions import KeyRange
from entitystore.errors import ServiceError, TransportError, ValidationError
from entitystore.plan import QueryPlan
from entitystore.streaming import CancelToken, Stream, StreamOptions, StreamProgress
from tests.patience import PATIENCE, eventually, is_waiting
from tests.runtime.fakes import (
    GSI1,
    Order,
    QueryTransport,
    failing,
    order_plan,
    orders,
    stored,
    stream_threads,
    throttled,
)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_feed, "full_jitter", lambda retry: 0.0)


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    yield
    assert eventually(lambda: not stream_threads())


def fetching_waits() -> bool:
    """Whether the thread that fetches waits for its reader, and so asks for nothing."""
    return all(is_waiting(thread) for thread in stream_threads())


def shop(count: int, **settings: Any) -> QueryTransport:
    return QueryTransport([stored(order) for order in orders(count)], **settings)


def stream(transport: QueryTransport, plan: QueryPlan[Order] | None = None, **options: Any) -> Stream[Order]:
    return Stream(Client(transport, "shop"), plan or order_plan(), StreamOptions(**options))


def raising(*failures: Exception, at: int = 1) -> Callable[[int], None]:
    """Raise each of `failures` in turn, from call `at` on."""
    left = list(failures)

    def before(call: int) -> None:
        if call >= at and left:
            raise left.pop(0)

    return before


def test_every_item_comes_once_in_order_with_its_place() -> None:
    before = datetime.now(UTC)
    results = list(stream(shop(60), page_size=25))
    assert [result.item for result in results] == orders(60)
    assert [result.meta.index for result in results] == list(range(60))
    assert [result.meta.page_number for result in results] == [1] * 25 + [2] * 25 + [3] * 10
    assert all(before <= result.meta.timestamp <= datetime.now(UTC) for result in results)
    assert all(result.error is None and result.raw is None for result in results)


def test_nothing_is_sent_before_the_first_item_is_asked_for() -> None:
    transport = shop(3)
    lazy = stream(transport)
    iterator = iter(lazy)
    assert transport.bodies == []
    assert stream_threads() == []
    assert next(iterator).item == orders(1)[0]


def test_a_range_that_holds_nothing_sends_nothing() -> None:
    transport = shop(3)
    empty = structs.replace(order_plan(), range=KeyRange("none"))
    assert list(stream(transport, empty)) == []
    assert transport.bodies == []


@pytest.mark.parametrize(("limit", "page_size"), [(1, None), (7, 3), (6, 3), (100, 7), (5, 50)])
def test_the_limit_of_the_query_holds(limit: int, page_size: int | None) -> None:
    transport = shop(20)
    plan = structs.replace(order_plan(), limit=limit)
    assert [result.item for result in stream(transport, plan, page_size=page_size)] == orders(20)[:limit]
    assert sum(body["Limit"] for body in transport.bodies) <= max(limit, page_size or 0)


def test_the_limit_counts_what_is_given_not_what_is_left_out() -> None:
    """Items of other entities that slip through make no hole."""
    items = [stored(order) for order in orders(9)]
    for item in items[::2]:
        item["EntityType"] = {"S": "Other"}
    plan = structs.replace(order_plan(), limit=3)
    found = [result.item for result in stream(QueryTransport(items), plan)]
    assert found == [orders(9)[place] for place in (1, 3, 5)]


def test_no_more_is_fetched_ahead_than_the_buffer_and_one_page() -> None:
    transport = shop(1000)
    with stream(transport, buffer_size=50, page_size=20) as results:
        iterator = iter(results)
        next(iterator)
        assert eventually(lambda: len(transport.bodies) == 3 and fetching_waits())
        assert len(transport.bodies) == 3  # 59 items wait; 50 or more are enough
        for _ in range(10):
            next(iterator)
        assert eventually(lambda: len(transport.bodies) == 4)


def test_many_empty_pages_are_not_piled_up() -> None:
    """A filter may empty page after page; each takes a place of the buffer."""
    reached = threading.Event()

    class Empty(QueryTransport):
        def _answer(self, request: dict[str, Any]) -> bytes:
            if len(self.bodies) == 1:
                return super()._answer(request | {"Limit": 2})
            if len(self.bodies) == 12:
                reached.set()
            return b'{"Count":0,"Items":[],"LastEvaluatedKey":{"PK":{"S":"U#1"},"SK":{"S":"0001"}}}'

    transport = Empty([stored(order) for order in orders(3)])
    with stream(transport, buffer_size=10) as results:
        next(iter(results))
        assert eventually(lambda: len(transport.bodies) >= 9 and fetching_waits())
        assert not reached.is_set()


def test_break_ends_the_fetching_although_the_stream_is_kept() -> None:
    kept = stream(shop(1000), buffer_size=10, page_size=5)
    for _ in kept:
        assert len(stream_threads()) == 1
        break
    assert stream_threads() == []
    with pytest.raises(RuntimeError, match="read once"):
        iter(kept)


def test_close_ends_the_iterator() -> None:
    results = stream(shop(100), page_size=5)
    assert next(results).item == orders(1)[0]
    results.close()
    assert stream_threads() == []
    assert list(results) == []
    results.close()


def test_close_does_not_wait_for_a_call_that_hangs() -> None:
    release = threading.Event()
    transport = shop(10, before=lambda call: release.wait(PATIENCE) and None if call == 2 else None)
    with stream(transport, page_size=2) as results:
        next(iter(results))
        assert eventually(lambda: len(transport.bodies) == 2)
        results.close()
    assert [thread.daemon for thread in stream_threads()] == [True]  # it is in the call still
    release.set()


def test_cancel_ends_a_stream_that_waits() -> None:
    token = CancelToken()
    release = threading.Event()
    transport = shop(10, before=lambda call: release.wait(PATIENCE) and None if call == 2 else None)
    reader = threading.current_thread()
    found: list[object] = []

    def cancel_while_it_waits() -> None:
        assert eventually(lambda: len(found) == 2 and len(transport.bodies) == 2 and is_waiting(reader))
        token.cancel()

    threading.Thread(target=cancel_while_it_waits).start()
    for result in stream(transport, page_size=2, cancel=token):
        found.append(result)
    assert len(found) == 2
    assert token.cancelled
    release.set()


def test_a_token_that_was_cancelled_before_sends_nothing() -> None:
    token = CancelToken()
    token.cancel()
    transport = shop(3)
    assert list(stream(transport, cancel=token)) == []
    assert transport.bodies == []


def test_a_token_forgets_streams_that_ended() -> None:
    token = CancelToken()
    for _ in range(3):
        assert len(list(stream(shop(3), cancel=token))) == 3
    assert token._callbacks == {}


def test_the_deadline_is_raised_and_ends_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(stream_feed, "clock", lambda: now[0])
    results = iter(stream(shop(100), page_size=5, deadline=10.0))
    next(results)
    now[0] += 9.0
    next(results)
    now[0] += 1.0
    with pytest.raises(errors.TimeoutError, match="deadline of 10 seconds"):
        next(results)
    assert stream_threads() == []
    assert list(results) == []


def test_the_deadline_ends_a_wait_and_the_idle_thread() -> None:
    release = threading.Event()
    transport = shop(10, before=lambda call: release.wait(PATIENCE) and None)
    with pytest.raises(errors.TimeoutError):
        next(stream(transport, deadline=0.02))
    release.set()
    abandoned = stream(shop(100), page_size=2, buffer_size=2, deadline=1.0)
    next(abandoned)
    assert eventually(lambda: not stream_threads())


@pytest.mark.parametrize(
    "fault", [throttled(), failing(500), failing(503), TransportError("broken"), errors.TimeoutError("late")]
)
def test_a_page_is_asked_for_again(fault: Exception) -> None:
    transport = shop(10, before=raising(fault, fault, fault, at=2))
    assert [result.item for result in stream(transport, page_size=5)] == orders(10)
    assert transport.bodies[1] == transport.bodies[2] == transport.bodies[3] == transport.bodies[4]


def test_retries_count_anew_for_each_page() -> None:
    transport = shop(10, before=lambda call: raising(throttled())(1) if call % 2 else None)
    assert len(list(stream(transport, page_size=2, max_retries=1))) == 10


@pytest.mark.parametrize(
    ("fault", "seen", "calls"),
    [
        (throttled(), errors.ThrottledError, 4),
        (failing(), ServiceError, 4),
        (TransportError("broken"), TransportError, 4),
        (ServiceError("ValidationException", "no", status=400), ServiceError, 2),
        (ZeroDivisionError("a fault of the transport"), ZeroDivisionError, 2),
    ],
)
def test_the_error_comes_after_the_items_before_it(fault: Exception, seen: type[Exception], calls: int) -> None:
    transport = shop(10, before=raising(*[fault] * 9, at=2))
    found: list[Order | None] = []
    with pytest.raises(seen):
        _collect(stream(transport, page_size=5, max_retries=2), found)
    assert found == orders(5)
    assert len(transport.bodies) == calls


def _collect(results: Stream[Order], found: list[Order | None]) -> None:
    """Into a list that is still there when the stream has raised."""
    for result in results:
        found.append(result.item)


def test_an_error_handler_may_end_the_stream_instead_of_a_page_fault() -> None:
    seen: list[Exception] = []

    def stop(error: Exception) -> bool:
        seen.append(error)
        return False

    transport = shop(10, before=raising(*[throttled()] * 2, at=2))
    assert len(list(stream(transport, page_size=5, max_retries=1, error_handler=stop))) == 5
    assert [type(error) for error in seen] == [errors.ThrottledError]
    with pytest.raises(errors.ThrottledError):
        list(stream(shop(1, before=raising(throttled())), max_retries=0, error_handler=lambda error: True))


def broken_shop() -> QueryTransport:
    items = [stored(order) for order in orders(6)]
    items[2]["total"] = {"N": "many"}
    del items[4]["total"]
    return QueryTransport(items)


def test_an_item_that_cannot_be_decoded_is_a_result_and_the_rest_goes_on() -> None:
    transport = broken_shop()
    results = list(stream(transport, page_size=4))
    assert [result.item and result.item.total for result in results] == [0, 1, None, 3, None, 5]
    assert [result.meta.index for result in results] == list(range(6))
    assert isinstance(results[2].error, errors.DecodeError)
    assert results[2].raw == transport.items[2]
    assert results[4].raw == transport.items[4]


def test_an_error_handler_stops_after_the_result_that_was_broken() -> None:
    assert len(list(stream(broken_shop(), error_handler=lambda error: False))) == 3
    for answer in (True, None):
        assert len(list(stream(broken_shop(), error_handler=lambda error, answer=answer: answer))) == 6


def test_progress_after_each_page_that_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(stream_feed, "clock", lambda: now[0])
    seen: list[StreamProgress] = []
    for result in stream(broken_shop(), page_size=4, progress_handler=seen.append):
        assert len(seen) == result.meta.page_number - 1
        now[0] += 0.5
    assert [(each.items, each.items_processed, each.pages, each.errors) for each in seen] == [
        (4, 4, 1, 1),
        (6, 6, 2, 2),
    ]
    assert [each.rate for each in seen] == [2.0, 2.0]
    rest = list(stream(broken_shop(), cursor=seen[0].last_cursor))
    assert [result.item and result.item.total for result in rest] == [None, 5]
    assert list(stream(broken_shop(), cursor=seen[1].last_cursor)) == []


def test_progress_of_a_limited_query_resumes_where_it_stopped() -> None:
    seen: list[StreamProgress] = []
    plan = structs.replace(order_plan(), limit=5)
    assert len(list(stream(shop(10), plan, page_size=3, progress_handler=seen.append))) == 5
    rest = stream(shop(10), cursor=seen[-1].last_cursor)
    assert [result.item for result in rest] == orders(10)[5:]


def test_what_a_progress_handler_raises_comes_to_the_loop() -> None:
    def show(progress: StreamProgress) -> None:
        raise KeyError("bar")

    with pytest.raises(KeyError, match="bar"):
        list(stream(shop(10), page_size=5, progress_handler=show))


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("index", ["", "GSI1"])
def test_any_cursor_resumes_without_loss_or_repetition(index: str, forward: bool) -> None:
    plan = structs.replace(order_plan(GSI1, "ALL") if index else order_plan(), forward=forward)
    items = [stored(order) for order in orders(12)]
    transport = QueryTransport(items if forward else items[::-1])
    results = list(stream(transport, plan, page_size=5))
    for place, result in enumerate(results):
        rest = stream(transport, plan, page_size=3, cursor=result.meta.cursor)
        assert [each.item for each in rest] == [each.item for each in results[place + 1 :]]


def test_the_cursor_skips_items_of_other_entities() -> None:
    items = [stored(order) for order in orders(5)]
    items[1]["EntityType"] = {"S": "Other"}
    results = list(stream(QueryTransport(items)))
    rest = stream(QueryTransport(items), cursor=results[1].meta.cursor)
    assert [result.item for result in rest] == orders(5)[3:]


def test_a_foreign_cursor_is_refused_before_anything_is_sent() -> None:
    cursor = next(stream(shop(3), page_size=1)).meta.cursor
    with pytest.raises(ValidationError, match="another query"):
        stream(shop(3), order_plan(partition="U#2"), cursor=cursor)


@pytest.mark.parametrize(
    "options",
    [{"buffer_size": 0}, {"page_size": 0}, {"max_retries": -1}, {"deadline": 0.0}, {"deadline": float("nan")}],
)
def test_options_without_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(options))):
        StreamOptions(**options)


def test_an_answer_without_a_count_is_read_too() -> None:
    class NoCount(QueryTransport):
        def _answer(self, request: dict[str, Any]) -> bytes:
            return super()._answer(request).replace(b'"Count"', b'"Total"', 1)

    assert len(list(stream(NoCount([stored(order) for order in orders(9)]), page_size=2))) == 9


def test_results_say_nothing_of_the_rest_of_their_page() -> None:
    result = next(stream(shop(2)))
    assert "0001" not in repr(result)
