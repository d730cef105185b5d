"""The drivers, sync and async: they carry requests and answers, and know nothing of what is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from entitystore.client import AsyncClient, Call, Client, Flow, Pause, Request
from entitystore.errors import EntityStoreError, ServiceError, ThrottledError, TransportError
from entitystore.transports import CallContext
from tests.runtime.fakes import Body, Script, throttled


class AsyncScript:
    def __init__(self, script: Script) -> None:
        self.script = script

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        await asyncio.sleep(0)
        return self.script.call(operation, body, context)

    async def close(self) -> None:
        return None


def run_sync(script: Script, what: Call[Any] | Flow[Any]) -> Any:
    client = Client(script, "shop")
    return client.run(what) if isinstance(what, Call) else client.run_flow(what)


def run_async(script: Script, what: Call[Any] | Flow[Any]) -> Any:
    client = AsyncClient(AsyncScript(script), "shop")
    return asyncio.run(client.run(what) if isinstance(what, Call) else client.run_flow(what))


Run = Callable[[Script, Call[Any] | Flow[Any]], Any]
both = pytest.mark.parametrize("run", [run_sync, run_async], ids=["sync", "async"])


@both
def test_a_call(run: Run) -> None:
    script = Script([{"a": 1}])
    assert run(script, Call("GetItem", b'{"k":1}', lambda body: body)) == b'{"a":1}'
    assert script.calls == [("GetItem", {"k": 1})]


@both
def test_a_refusal_becomes_what_the_call_says(run: Run) -> None:
    with pytest.raises(ThrottledError) as caught:
        run(Script([throttled()]), Call("GetItem", b"{}", len))
    assert (caught.value.code, caught.value.request_id) == ("ThrottlingException", "R1")
    assert isinstance(caught.value.__cause__, ServiceError)
    with pytest.raises(EntityStoreError, match=r"^mine$"):
        run(Script([throttled()]), Call("GetItem", b"{}", len, lambda error: EntityStoreError("mine")))


@both
def test_a_fault_of_the_connection_passes_as_it_is(run: Run) -> None:
    fault = TransportError("gone", maybe_applied=True)
    with pytest.raises(TransportError) as caught:
        run(Script([fault]), Call("PutItem", b"{}", len))
    assert caught.value is fault


@both
def test_a_flow_is_sent_the_answers_and_gives_its_result(run: Run) -> None:
    def flow() -> Flow[list[bytes]]:
        first = yield Request("Query", b'{"n":1}')
        paused = yield Pause(0.001)
        second = yield Request("Query", b'{"n":2}')
        return [first, paused, second]

    script = Script([{"a": 1}, {"a": 2}])
    assert run(script, flow()) == [b'{"a":1}', b"", b'{"a":2}']
    assert [body for _, body in script.calls] == [{"n": 1}, {"n": 2}]


@both
def test_a_flow_that_asks_for_nothing(run: Run) -> None:
    def flow() -> Flow[str]:
        return "done"
        yield Pause(0.0)

    assert run(Script([]), flow()) == "done"


@both
def test_a_refusal_is_thrown_into_the_flow(run: Run) -> None:
    caught: list[str | None] = []

    def flow() -> Flow[bytes]:
        try:
            yield Request("Query", b"{}")
        except ServiceError as error:
            caught.append(error.code)
        return (yield Request("Query", b"{}"))

    answers: list[Body | Exception] = [throttled(), {}]
    assert run(Script(answers), flow()) == b"{}"
    assert caught == ["ThrottlingException"]


@both
def test_what_a_flow_does_not_catch_is_raised_by_the_name_that_users_know(run: Run) -> None:
    def flow() -> Flow[bytes]:
        return (yield Request("Query", b"{}"))

    with pytest.raises(ThrottledError) as caught:
        run(Script([throttled()]), flow())
    assert isinstance(caught.value.__cause__, ServiceError)


@both
def test_a_refusal_without_another_name_passes_as_it_is(run: Run) -> None:
    refusal = ServiceError("ResourceNotFoundException", "no such table", status=400)

    def flow() -> Flow[bytes]:
        return (yield Request("Query", b"{}"))

    for what in (flow(), Call("Query", b"{}", len)):
        with pytest.raises(ServiceError) as caught:
            run(Script([refusal]), what)
        assert caught.value is refusal
        assert caught.value.__cause__ is None


@both
def test_a_pause_waits(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("time.sleep", waited.append)
    monkeypatch.setattr("asyncio.sleep", sleep)

    def flow() -> Flow[None]:
        yield Pause(1.5)
        yield Pause(3.0)

    run(Script([]), flow())
    assert waited == [1.5, 3.0]
