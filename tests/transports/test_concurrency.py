"""Threads, forks, tasks, cancellation: no answer ever meets the wrong call."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from entitystore.errors import TransportError, is_timeout
from entitystore.transports import CallContext
from entitystore.transports.aio_pool import Slots
from entitystore.transports.asyncio import AsyncHttpTransport
from entitystore.transports.http import HttpTransport
from tests.patience import PATIENCE, eventually
from tests.transports.server import FakeServer, Request, echo, never, ok, read_request, response


def test_threads_get_their_own_answers() -> None:
    with FakeServer(default=echo) as server, HttpTransport(server.url) as transport:

        def work(thread: int) -> None:
            for n in range(50):
                body = json.dumps({"thread": thread, "n": n}).encode()
                assert transport.call("GetItem", body) == body

        with ThreadPoolExecutor(8) as threads:
            for done in [threads.submit(work, thread) for thread in range(8)]:
                done.result(PATIENCE)
        assert server.connections <= 8
        assert len(server.requests) == 400


def test_tasks_get_their_own_answers() -> None:
    async def main(url: str) -> None:
        async with AsyncHttpTransport(url) as transport:

            async def work(task: int) -> None:
                for n in range(10):
                    body = json.dumps({"task": task, "n": n}).encode()
                    assert await transport.call("GetItem", body) == body

            await asyncio.gather(*[work(task) for task in range(50)])

    with FakeServer(default=echo) as server:
        asyncio.run(main(server.url))
        assert server.connections <= 50
        assert len(server.requests) == 500


def test_the_pool_is_bounded_and_the_rest_waits() -> None:
    async def main(url: str) -> list[bytes]:
        async with AsyncHttpTransport(url, max_connections=3) as transport:
            return await asyncio.gather(*[transport.call("GetItem", b'{"n":%d}' % n) for n in range(40)])

    with FakeServer(default=echo) as server:
        assert asyncio.run(main(server.url)) == [b'{"n":%d}' % n for n in range(40)]
        assert server.connections == 3


def test_a_slot_outlives_the_call_that_it_came_to() -> None:
    async def main() -> None:
        slots = Slots(asyncio.get_running_loop(), 1)
        assert slots.take_free()
        assert not slots.take_free()
        first, second, third = (asyncio.create_task(slots.wait()) for _ in range(3))
        await asyncio.sleep(0)
        second.cancel()  # while it waits
        slots.release()
        first.cancel()  # with the slot in its hands, before it could know
        results = await asyncio.gather(first, second, third, return_exceptions=True)
        assert [type(result) for result in results[:2]] == [asyncio.CancelledError] * 2
        assert results[2] is None
        slots.release()
        assert slots.take_free()
        assert not slots.take_free()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_waiting_for_a_connection_is_part_of_the_deadline() -> None:
    async def main(url: str) -> None:
        async with AsyncHttpTransport(url, max_connections=1, deadline=1.0, max_attempts=1) as transport:
            waiting = CallContext(deadline=time.monotonic() + 0.2)
            results = await asyncio.gather(
                transport.call("PutItem", b"{}"), transport.call("PutItem", b"{}", waiting), return_exceptions=True
            )
        assert all(isinstance(result, BaseException) and is_timeout(result) for result in results)
        assert sorted(result.maybe_applied for result in results if isinstance(result, TransportError)) == [False, True]

    with FakeServer(default=never()) as server:
        asyncio.run(main(server.url))
        assert len(server.requests) == 1


def test_a_cancelled_call_takes_its_connection_with_it() -> None:
    arrived, release = threading.Event(), threading.Event()

    def late(_: FakeServer, sock: socket.socket, __: Request) -> bool:
        arrived.set()
        release.wait(PATIENCE)
        sock.sendall(response(b'{"for":"the cancelled"}', 200, "Connection: keep-alive"))
        return True

    async def main(url: str) -> bytes:
        async with AsyncHttpTransport(url) as transport:
            await transport.call("GetItem", b"{}")
            task = asyncio.create_task(transport.call("GetItem", b"{}"))
            await asyncio.to_thread(arrived.wait, PATIENCE)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            release.set()
            return await transport.call("GetItem", b"{}")

    with FakeServer(ok(), late, ok(b'{"for":"the next"}')) as server:
        assert asyncio.run(main(server.url)) == b'{"for":"the next"}'
        assert server.connections == 2


def test_cancellation_at_any_moment_mixes_nothing_up() -> None:
    async def main(url: str) -> None:
        async with AsyncHttpTransport(url, max_connections=4) as transport:

            async def work(n: int) -> None:
                body = b'{"n":%d}' % n
                assert await transport.call("GetItem", body) == body

            for round_ in range(20):
                tasks = [asyncio.create_task(work(round_ * 100 + n)) for n in range(8)]
                for _ in range(round_):
                    await asyncio.sleep(0)
                for task in tasks[::2]:
                    task.cancel()
                results = await asyncio.gather(*tasks, return_exceptions=True)
                assert all(r is None or isinstance(r, asyncio.CancelledError) for r in results)
                assert [r for r in results[1::2] if r is not None] == []

    with FakeServer(default=echo) as server:
        asyncio.run(main(server.url))


def test_one_transport_in_two_loops() -> None:
    async def use(transport: AsyncHttpTransport) -> bytes:
        return await transport.call("GetItem", b'{"n":1}')

    with FakeServer(default=echo) as server:
        transport = AsyncHttpTransport(server.url)
        with asyncio.Runner() as one, asyncio.Runner() as two:
            assert [one.run(use(transport)), two.run(use(transport)), one.run(use(transport))] == [b'{"n":1}'] * 3
            assert server.connections == 2
            one.run(transport.close())
            with pytest.raises(TransportError, match="closed"):
                two.run(use(transport))
            two.run(asyncio.sleep(0))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_child_uses_connections_of_its_own() -> None:
    with FakeServer(default=echo) as server, HttpTransport(server.url) as transport:
        assert transport.call("GetItem", b'{"of":"parent"}') == b'{"of":"parent"}'
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of any fork beside threads
            child = os.fork()
        if child == 0:
            os._exit(0 if transport.call("GetItem", b'{"of":"child"}') == b'{"of":"child"}' else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert transport.call("GetItem", b'{"of":"parent again"}') == b'{"of":"parent again"}'
        assert server.connections == 2
        assert [request.connection for request in server.requests] == [1, 2, 1]


def test_an_interrupted_call_leaves_no_connection_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeServer(ok(), ok(b'{"n":2}'), ok(b'{"n":3}')) as server, HttpTransport(server.url) as transport:

        def interrupt(*_: object) -> None:
            """When the server has read the request: else its answer would go to the next one."""
            assert eventually(lambda: len(server.requests) == 2)
            raise KeyboardInterrupt

        transport.call("GetItem", b"{}")
        with monkeypatch.context() as patch:
            patch.setattr("entitystore.transports.http.Connection._receive", interrupt)
            with pytest.raises(KeyboardInterrupt):
                transport.call("GetItem", b"{}")
        assert transport.call("GetItem", b"{}") == b'{"n":3}'
        assert server.connections == 2


def test_closing_while_a_call_is_under_way() -> None:
    under_way, release = threading.Event(), threading.Event()

    def slow(_: FakeServer, sock: socket.socket, __: Request) -> bool:
        under_way.set()
        release.wait(PATIENCE)
        sock.sendall(response(b'{"n":1}', 200, "Connection: keep-alive"))
        return read_request(sock, 0) is not None

    with FakeServer(slow) as server, ThreadPoolExecutor(1) as threads:
        transport = HttpTransport(server.url)
        answer = threads.submit(transport.call, "GetItem", b"{}")
        assert under_way.wait(PATIENCE)
        transport.close()
        release.set()
        assert answer.result(PATIENCE) == b'{"n":1}'
        with pytest.raises(TransportError, match="closed"):
            transport.call("GetItem", b"{}")
