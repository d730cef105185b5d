"""How many connections there are at once: never more than allowed, and none is lost."""

from __future__ import annotations

import gc
import random
import threading
import time
import weakref

import pytest

from entitystore.errors import EntityStoreError, TimeoutError
from entitystore.transports import CallContext, HttpTransport
from tests.patience import PATIENCE, eventually
from tests.transports.server import Answer, FakeServer, echo, hang_up, never, ok, refuse, reset


def run(count: int, call: object) -> None:
    threads = [threading.Thread(target=call) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_no_more_connections_than_allowed() -> None:
    with FakeServer(default=echo) as server, HttpTransport(server.url, max_connections=3) as transport:
        wrong: list[int] = []

        def call() -> None:
            for number in range(50):
                body = b'{"n":%d}' % number
                if transport.call("GetItem", body) != body:
                    wrong.append(number)

        run(12, call)
        assert not wrong
        assert server.connections <= 3
        assert len(server.requests) == 600


def test_a_call_waits_for_a_connection_until_its_deadline() -> None:
    with FakeServer(never()) as server, HttpTransport(server.url, max_connections=1) as transport:
        holder = CallContext()
        thread = threading.Thread(target=_ignore, args=(transport, holder))
        thread.start()
        eventually(lambda: len(server.requests) == 1)
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="no connection became free in time") as caught:
            transport.call("PutItem", b"{}", CallContext(deadline=time.monotonic() + 0.2))
        assert 0.2 <= time.monotonic() - began < PATIENCE
        assert not caught.value.maybe_applied
        holder.cancel()
        thread.join(PATIENCE)
        assert transport.call("PutItem", b"{}") == b"{}"  # the place of the cancelled call


def _ignore(transport: HttpTransport, context: CallContext) -> None:
    with pytest.raises(EntityStoreError):
        transport.call("PutItem", b"{}", context)


def test_a_call_that_waits_is_cancelled() -> None:
    with FakeServer(never()) as server, HttpTransport(server.url, max_connections=1) as transport:
        holder, waiting = CallContext(), CallContext()
        threads = [threading.Thread(target=_ignore, args=(transport, each)) for each in (holder, waiting)]
        threads[0].start()
        eventually(lambda: len(server.requests) == 1)
        threads[1].start()
        time.sleep(0.05)
        waiting.cancel()
        threads[1].join(PATIENCE)
        assert not threads[1].is_alive()
        holder.cancel()
        threads[0].join(PATIENCE)
        assert len(transport._places._free) == 1


@pytest.mark.parametrize("answer", [hang_up(), reset(), refuse(400, "X"), ok(b"{}", "Connection: close")])
def test_whatever_happens_the_place_comes_back(answer: Answer) -> None:
    with (
        FakeServer(default=answer) as server,
        HttpTransport(server.url, max_connections=2, max_attempts=2) as transport,
    ):
        for _ in range(6):
            try:
                transport.call("PutItem", b"{}")
            except EntityStoreError:
                continue
        assert len(transport._places._free) == 2


def test_a_server_that_is_not_there_takes_no_place() -> None:
    with HttpTransport("http://localhost:1", max_connections=1, max_attempts=1) as transport:
        for _ in range(3):
            with pytest.raises(EntityStoreError, match="cannot connect"):
                transport.call("GetItem", b"{}")
        assert [place.connection for place in transport._places._free] == [None]


def test_random_faults_and_cancellations_lose_no_place() -> None:
    source = random.Random(3)
    answers = [ok(), echo, hang_up(), reset(), refuse(500, "InternalServerError")]

    def answer(server: FakeServer, sock: object, request: object) -> bool:
        return source.choice(answers)(server, sock, request)  # type: ignore[arg-type]

    with (
        FakeServer(default=answer) as server,
        HttpTransport(server.url, max_connections=4, max_attempts=3) as transport,
    ):

        def call() -> None:
            for _ in range(40):
                context = CallContext(deadline=time.monotonic() + source.choice([0.001, 5.0]))
                timer = threading.Timer(0.002, context.cancel)
                timer.start()
                try:
                    transport.call("GetItem", b"{}", context)
                except EntityStoreError:
                    continue
                finally:
                    timer.cancel()

        run(10, call)
        assert len(transport._places._free) == 4
        assert not transport._places._waiters


def test_a_place_that_an_interruption_has_lost_is_replaced() -> None:
    with FakeServer(default=echo) as server, HttpTransport(server.url, max_connections=2) as transport:
        transport.call("GetItem", b"{}")
        places = transport._places
        place = places.take(time.monotonic(), None, None)
        assert place.connection is not None
        lost = places.take(time.monotonic(), None, None)
        thread = threading.Thread(target=transport.call, args=("GetItem", b"{}"))
        thread.start()
        eventually(lambda: bool(places._waiters))
        del lost  # as a frame does whose instructions an exception has ended anywhere
        thread.join(PATIENCE)
        assert not thread.is_alive()
        places.give_back(place)
        assert len(places._free) == 2


def test_places_do_not_outlive_their_transport() -> None:
    places = HttpTransport("http://localhost:1", max_connections=2)._places
    place = places.take(time.monotonic(), None, None)
    gone = weakref.ref(places)
    del places
    gc.collect()
    assert gone() is None
    del place
