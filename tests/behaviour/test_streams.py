"""Streams on every engine, through each transport, sync and async."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from entitystore import CancelToken, QueryParameters, StreamProgress
from entitystore.errors import DecodeError, TimeoutError, ValidationError
from tests.behaviour.blocking import Blocking
from tests.behaviour.test_items import order
from tests.compiled import Compiled
from tests.patience import PATIENCE


@pytest.fixture
def orders(table: Any, shop: Compiled, uid: str) -> list[Any]:
    made = [order(shop, uid, number) for number in range(23)]
    table.order.put_many(made)
    return made


@pytest.fixture(autouse=True)
def nothing_is_left(table: Any) -> Any:
    """No thread and no task outlives its stream."""
    yield
    for thread in _threads():
        thread.join(PATIENCE)
    assert _threads() == []
    if isinstance(table, Blocking):
        assert table.tasks() == []


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "entitystore-stream"]


def test_results_say_where_they_come_from(table: Any, orders: list[Any], uid: str) -> None:
    seen: list[StreamProgress] = []
    before = datetime.now(UTC)
    stream = table.order.by_user_id(user_id=uid).stream(buffer_size=5, page_size=10, progress_handler=seen.append)
    results = list(stream)
    assert [result.item for result in results] == orders
    assert [result.meta.index for result in results] == list(range(23))
    assert [result.meta.page_number for result in results] == [1] * 10 + [2] * 10 + [3] * 3
    assert {(result.error, result.raw) for result in results} == {(None, None)}
    assert all(before <= result.meta.timestamp <= datetime.now(UTC) for result in results)
    assert [(each.items, each.pages, each.errors) for each in seen] == [(10, 1, 0), (20, 2, 0), (23, 3, 0)]
    assert seen[-1].items_processed == 23
    assert seen[0].rate > 0


@pytest.mark.parametrize("stop", [1, 9, 10, 11, 23])
def test_any_result_resumes_the_stream(table: Any, orders: list[Any], uid: str, stop: int) -> None:
    query = table.order.by_user_id(user_id=uid)
    first = [result for result, _ in zip(query.stream(page_size=10), range(stop), strict=False)]
    assert [result.item for result in first] == orders[:stop]
    rest = query.stream(page_size=4, cursor=first[-1].meta.cursor)
    assert [result.item for result in rest] == orders[stop:]


def test_progress_resumes_the_stream(table: Any, orders: list[Any], uid: str) -> None:
    seen: list[StreamProgress] = []
    query = table.order.by_user_id(user_id=uid).descending()
    assert len(list(query.stream(page_size=10, progress_handler=seen.append))) == 23
    rest = query.stream(cursor=seen[1].last_cursor)
    assert [result.item for result in rest] == orders[::-1][20:]


def test_a_bad_item_is_a_result_and_the_rest_goes_on(
    table: Any, shop: Compiled, orders: list[Any], uid: str, put_raw: Callable[..., None]
) -> None:
    item = shop.store_module("order").encode(orders[11]) | {"createdAt": {"N": "5"}}
    put_raw(item)
    seen: list[StreamProgress] = []
    query = table.order.by_user_id(user_id=uid)
    results = list(query.stream(page_size=5, progress_handler=seen.append))
    assert [result.item for result in results] == [*orders[:11], None, *orders[12:]]
    bad = results[11]
    assert isinstance(bad.error, DecodeError)
    assert bad.raw == bad.error.item == item
    assert seen[-1].errors == 1
    assert [result.item for result in query.stream(cursor=bad.meta.cursor)] == orders[12:]
    stopped = list(query.stream(page_size=5, error_handler=lambda error: False))
    assert len(stopped) == 12


def test_leaving_the_loop_stops_the_fetching(table: Any, orders: list[Any], uid: str) -> None:
    for result in table.order.by_user_id(user_id=uid).stream(page_size=2, buffer_size=2):
        if result.meta.index == 4:
            break


def test_an_error_in_the_loop_stops_the_fetching(table: Any, orders: list[Any], uid: str) -> None:
    def read() -> None:
        for _ in table.order.by_user_id(user_id=uid).stream(page_size=2):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read()


def test_cancel_and_close(table: Any, orders: list[Any], uid: str) -> None:
    token = CancelToken()
    count = 0
    for _ in table.order.by_user_id(user_id=uid).stream(page_size=2, cancel=token):
        count += 1
        if count == 5:
            token.cancel()
    assert count == 5
    assert token.cancelled
    stream = table.order.by_user_id(user_id=uid).stream(page_size=2)
    seen: list[int] = []
    for result in stream:
        seen.append(result.meta.index)
        if len(seen) == 4:
            stream.close()
    assert seen == [0, 1, 2, 3]


def test_a_deadline(table: Any, orders: list[Any], uid: str) -> None:
    with pytest.raises(TimeoutError):
        for _ in table.order.by_user_id(user_id=uid).stream(page_size=1, deadline=0.000_1):
            pass


def test_limits_hold_in_streams(table: Any, orders: list[Any], uid: str) -> None:
    query = table.order.by_user_id(user_id=uid)
    assert [result.item for result in query.limit(7).stream(page_size=3)] == orders[:7]
    filtered = query.where("total >= :t", {"t": orders[20].total})
    assert [result.item for result in filtered.stream(page_size=3, buffer_size=1)] == orders[20:]
    literal = table.order.stream(QueryParameters(f"USER#{uid}"), page_size=25, buffer_size=100, max_retries=3)
    assert [result.item for result in literal] == orders


@pytest.mark.parametrize("wrong", [{"page_size": 0}, {"buffer_size": 0}, {"max_retries": -1}, {"deadline": 0.0}])
def test_options_that_make_no_sense(table: Any, uid: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        table.order.by_user_id(user_id=uid).stream(**wrong)


def test_a_stream_is_read_once(table: Any, orders: list[Any], uid: str) -> None:
    stream = table.order.by_user_id(user_id=uid).stream()
    assert len(list(stream)) == 23
    with pytest.raises(RuntimeError, match="read once"):
        list(stream)
