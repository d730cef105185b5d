"""The adaptive mode: free until the service throttles, then a pace that finds what it takes."""

from __future__ import annotations

import asyncio
import time

import pytest

from entitystore.errors import ServiceError, TimeoutError
from entitystore.transports import AsyncHttpTransport, HttpTransport
from entitystore.transports.pace import Pace
from tests.transports.conftest import Make
from tests.transports.server import FakeServer, ok, refuse


def test_nothing_is_slowed_down_before_the_first_throttling() -> None:
    pace = Pace()
    assert [pace.delay(number / 1000) for number in range(2000)] == [0.0] * 2000


@pytest.mark.parametrize("capacity", [20.0, 200.0])
def test_the_pace_finds_what_the_service_takes(capacity: float) -> None:
    """A service that takes so many requests a second, and a client that would send a thousand."""
    pace, now, tokens, last, taken, refused = Pace(), 100.0, capacity, 100.0, 0, 0
    while now < 160.0:
        now += max(0.001, pace.delay(now))
        tokens = min(capacity, tokens + (now - last) * capacity)
        last = now
        throttled = tokens < 1.0
        tokens -= 0.0 if throttled else 1.0
        pace.answered(now, throttled=throttled)
        if now > 110.0:
            taken += not throttled
            refused += throttled
    assert taken / 50.0 > 0.6 * capacity
    assert refused < 0.2 * taken


def test_two_that_come_at_once_wait_one_after_the_other() -> None:
    pace = Pace()
    pace.delay(1.0)
    pace.answered(1.0, throttled=True)
    first, second = pace.delay(2.0), pace.delay(2.0)
    assert second > first


def test_a_transport_keeps_the_pace(make: Make) -> None:
    with FakeServer(refuse(400, "ThrottlingException"), default=ok()) as server:
        transport = make(server.url, retry_mode="adaptive", max_attempts=1)
        with pytest.raises(ServiceError):
            transport.call("GetItem", b"{}")
        transport.call("GetItem", b"{}")  # takes the turn that is free
        started = time.monotonic()
        transport.call("GetItem", b"{}")
        assert time.monotonic() - started > 0.2


def test_a_turn_beyond_the_deadline_is_not_waited_for() -> None:
    async def in_a_loop(url: str) -> None:
        async with AsyncHttpTransport(url, retry_mode="adaptive", max_attempts=1, deadline=0.3) as transport:
            for _ in range(9):
                await transport.call("GetItem", b"{}")

    with FakeServer(default=refuse(400, "ThrottlingException")) as server:
        with HttpTransport(server.url, retry_mode="adaptive", max_attempts=1, deadline=0.3) as transport:
            with pytest.raises(ServiceError):
                transport.call("GetItem", b"{}")
            with pytest.raises(ServiceError):
                transport.call("GetItem", b"{}")
            with pytest.raises(TimeoutError, match="turn"):
                transport.call("GetItem", b"{}")
        with pytest.raises(ServiceError):
            asyncio.run(in_a_loop(server.url))
