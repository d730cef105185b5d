"""Every wait of a call ends in time, whatever the other side does, and a stopped stream ends its call at once."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from entitystore.batch import get_many
from entitystore.client import Client
from entitystore.errors import IncompleteBatchError, TimeoutError, TransportError, is_timeout
from entitystore.streaming import Stream, StreamOptions
from entitystore.transports import AsyncHttpTransport, CallContext, HttpTransport
from entitystore.transports.waiting import run_aside, sleep
from entitystore.values import Key
from tests.runtime.fakes import order_codec, order_plan, stream_threads
from tests.transports.certificates import Authority
from tests.transports.conftest import Make
from tests.transports.server import FakeServer, never, pieces, response


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


LATE = 5.0
"""Seconds after which a call that had half a second is late, also on a busy machine."""


@contextmanager
def in_time() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < LATE


@contextmanager
def silent_port() -> Iterator[int]:
    """A port whose connections are made by the system and never answered."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


DRIPS = {
    "head": [bytes([each]) for each in response(b"{}" * 200)],
    "body": [response(b"x" * 400)[:-400], *[b"x"] * 400],
    "large body": [response(b"x" * 100_000)[:-100_000], *[b"x" * 100] * 1000],
    "chunks": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 400],
    "interim heads": [b"HTTP/1.1 100 Continue\r\n\r\n"] * 400,
}


@pytest.mark.parametrize("name", DRIPS)
def test_an_answer_that_drips(make: Make, name: str) -> None:
    with FakeServer(default=pieces(*DRIPS[name], pause=0.03)) as server, in_time(), pytest.raises(TimeoutError):
        make(server.url, deadline=0.5, read_timeout=0.3).call("GetItem", b"{}")


def test_a_handshake_that_never_comes(make: Make, authority: Authority) -> None:
    with silent_port() as port, in_time(), pytest.raises(TimeoutError, match="cannot connect"):
        make(f"https://localhost:{port}", ca_bundle=authority.bundle, deadline=0.5).call("PutItem", b"{}")


def test_a_tunnel_that_never_comes(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with silent_port() as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with in_time(), pytest.raises(TimeoutError, match="cannot connect"):
            make("https://db.example", deadline=0.5).call("PutItem", b"{}")


def test_a_request_that_is_not_read(make: Make) -> None:
    with silent_port() as port, in_time(), pytest.raises(TransportError) as caught:
        make(f"http://localhost:{port}", deadline=0.5).call("PutItem", b"x" * 20_000_000)
    assert is_timeout(caught.value)
    assert not caught.value.maybe_applied


def test_a_look_up_that_takes_long(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *given, **named: released.wait(60) and [])
    try:
        with in_time(), pytest.raises(TimeoutError):
            make("http://db.example", deadline=0.5, max_attempts=1).call("GetItem", b"{}")
    finally:
        released.set()


def test_a_configuration_that_takes_long(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr("entitystore.transports.core.resolve", lambda *given: released.wait(60))
    monkeypatch.setattr("entitystore.transports.core.resolve_quickly", lambda *given: None)
    try:
        with in_time(), pytest.raises(TimeoutError, match="configuration"):
            make("http://localhost:1", deadline=0.5, max_attempts=1).call("GetItem", b"{}")
    finally:
        released.set()


def test_credentials_that_take_long(make: Make) -> None:
    released = threading.Event()

    class Slow:
        def get_frozen_credentials(self) -> object:
            released.wait(60)
            raise RuntimeError("too late")

    try:
        with FakeServer() as server, in_time(), pytest.raises(TimeoutError, match="credentials"):
            make(server.url, credentials=Slow(), deadline=0.5, max_attempts=1).call("GetItem", b"{}")
    finally:
        released.set()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timers")
def test_signals_do_not_prolong_the_wait() -> None:
    ticks: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: ticks.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        with FakeServer(default=never()) as server, in_time(), pytest.raises(TimeoutError):
            HttpTransport(server.url, read_timeout=0.5, max_attempts=1).call("GetItem", b"{}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert ticks


def test_a_batch_says_what_is_missing_at_its_deadline() -> None:
    key: Key = {"PK": {"S": "1"}, "SK": {"S": "1"}}
    with FakeServer(default=never()) as server, in_time():
        client = Client(HttpTransport(server.url), "shop")
        with pytest.raises(IncompleteBatchError) as caught:
            client.run_flow(get_many(order_codec(), "shop", [key], deadline=0.5))
    assert caught.value.missing == (key,)
    assert isinstance(caught.value.__cause__, TimeoutError)


def cancelled_in(seconds: float) -> CallContext:
    context = CallContext()
    threading.Timer(seconds, context.cancel).start()
    return context


@pytest.mark.parametrize("write", [False, True])
def test_a_call_that_is_cancelled_ends_at_once(write: bool) -> None:
    with FakeServer(default=never()) as server, in_time(), pytest.raises(TransportError) as caught:
        HttpTransport(server.url).call("PutItem" if write else "GetItem", b"{}", cancelled_in(0.2))
    assert caught.value.maybe_applied is write


def test_a_call_that_was_cancelled_before_is_not_sent_twice() -> None:
    context = CallContext()
    context.cancel()
    with FakeServer(default=never()) as server, in_time(), pytest.raises(TransportError):
        HttpTransport(server.url).call("GetItem", b"{}", context)


def test_the_wait_between_attempts_is_cancelled() -> None:
    with in_time():
        sleep(30, cancelled_in(0.1))


def test_what_runs_aside() -> None:
    assert run_aside(lambda: 7, "it", time.monotonic() + 10, None) == 7
    with pytest.raises(KeyError):
        run_aside(lambda: {"y": 7}["x"], "it", time.monotonic() + 10, None)
    with in_time(), pytest.raises(TransportError, match="cancelled"):
        run_aside(lambda: time.sleep(20), "it", None, cancelled_in(0.1))


def _stop_by_close(url: str) -> None:
    transport = HttpTransport(url, read_timeout=20.0)
    stream = Stream(Client(transport, "shop"), order_plan(), StreamOptions())
    threading.Timer(0.2, stream.close).start()
    assert list(stream) == []


def test_a_stopped_stream_ends_its_call() -> None:
    with FakeServer(default=never()) as server:
        with in_time():
            _stop_by_close(server.url)
        wait_until(lambda: not stream_threads())


def wait_until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + LATE
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


# asyncio warns of connections that a loop has left open, which is what the second case is about.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("shut_down", [True, False], ids=["asyncio.run", "a loop that is only closed"])
def test_loops_that_are_gone_leave_nothing_open(shut_down: bool) -> None:
    def run(transport: AsyncHttpTransport) -> None:
        call = transport.call("GetItem", b"{}")
        if shut_down:
            asyncio.run(call)
            return
        loop = asyncio.new_event_loop()
        loop.run_until_complete(call)
        loop.close()

    with FakeServer() as server:
        transport = AsyncHttpTransport(server.url)
        for _ in range(20):
            run(transport)
        gc.collect()
        assert len(_peers(server.port)) <= (0 if shut_down else 1)
        asyncio.run(transport.close())
        gc.collect()
        assert _peers(server.port) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_child_closes_what_is_in_other_threads_hands() -> None:
    with FakeServer(default=never()) as server:
        transport = HttpTransport(server.url)
        thread = threading.Thread(target=_call_in_vain, args=[transport])
        thread.start()
        wait_until(lambda: bool(server.requests))
        peers = _peers(server.port)
        child = os.fork()
        if not child:
            os._exit(len(_peers(server.port)))
        assert len(peers) == 1
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        server.stopped.set()
        thread.join(10)


def _call_in_vain(transport: HttpTransport) -> None:
    with contextlib.suppress(TransportError):
        transport.call("GetItem", b"{}")


def _peers(port: int) -> list[int]:
    """The descriptors of this process that are connected to the port as a client."""
    return [number for number in range(3, 1024) if _peer_port(number) == port]


def _peer_port(number: int) -> int | None:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return None
        sock = socket.socket(fileno=number)
    except OSError:
        return None
    try:
        return int(sock.getpeername()[1]) if sock.family == socket.AF_INET else None
    except OSError:
        return None
    finally:
        sock.detach()
