"""Drivers: they carry requests to a transport and answers back, and do nothing else.

Rules of this file:
- Everything above is values and pure functions; a `Call` is one request and how to read its answer, a `Flow` is a
  generator that yields requests and pauses and is sent the answers.
- `Client` and `AsyncClient` are the same but for the `await`.
- Time and sleep come from here alone, so that flows can be tested without waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Generic, NoReturn, TypeAlias, TypeVar

from msgspec import Struct

from entitystore.errors import EntityStoreError, ServiceError, naming_table, translate
from entitystore.observing import CapacityDetail, Observer, watched
from entitystore.transports import AsyncTransport, CallContext, Transport

if TYPE_CHECKING:
    from entitystore.cursor_seal import CursorSeal
    from entitystore.watching import Observers, Watch

__all__ = ["AsyncClient", "Call", "Client", "CursorKey", "Flow", "Pause", "Request", "clock"]

T = TypeVar("T")


class Request(Struct, frozen=True):
    """One request: the operation's name, its JSON body and, where it matters, what the call may do.

    `entity` and `method` say to who observes for whom it is made; see `observing.CallInfo`.
    """

    operation: str
    body: bytes
    context: CallContext | None = None
    entity: str | None = None
    method: str = ""


class Pause(Struct, frozen=True, gc=False):
    """Wait before going on, for so many seconds."""

    seconds: float


class Call(Struct, Generic[T], frozen=True):
    """One request, how to read its answer and what to raise for a refusal."""

    operation: str
    body: bytes
    read: Callable[[bytes], T]
    refuse: Callable[[ServiceError], EntityStoreError] = translate
    entity: str | None = None
    method: str = ""

    @property
    def request(self) -> Request:
        """The request alone."""
        return Request(self.operation, self.body, None, self.entity, self.method)


Flow: TypeAlias = Generator[Request | Pause, bytes, T]
"""Several requests on the way to one result. Is sent each answer's body, `b""` after a pause; errors are thrown in."""


CursorKey: TypeAlias = str | bytes | Sequence[str | bytes]
"""A Fernet key, 32 bytes in URL-safe base64, that cursors are sealed with; or several, of which the first one seals."""


def clock() -> float:
    """Seconds that never run backwards, for deadlines."""
    return time.monotonic()


def _raise(refusal: EntityStoreError) -> NoReturn:
    """Raise what a refusal means. It has its cause already; it is the refusal itself where it means nothing else."""
    raise refusal from refusal.__cause__


def _named(error: EntityStoreError, table_name: str) -> EntityStoreError:
    return naming_table(error, table_name) if isinstance(error, ServiceError) else error


def begin_watching(observers: Observers | None, request: Request) -> Watch | None:
    """The watch over a call, if anybody watches it."""
    from entitystore.watching import begin

    return begin(observers, request)


def observing_too(observers: Observers | None, observer: Observer, capacity: CapacityDetail) -> Observers:
    """The observers and another one."""
    from entitystore.watching import Observers

    found = observers or Observers()
    found.add(observer, capacity)
    return found


def _seal(key: CursorKey | None) -> CursorSeal | None:
    """What seals cursors with this key; EntityStoreError without the extra `cursors`, ValidationError for no key."""
    if key is None:
        return None
    from entitystore.cursor_seal import CursorSeal

    return CursorSeal(key)


class Client:
    """Runs calls and flows against one table."""

    __slots__ = ("cursor_seal", "observers", "table_name", "transport")

    def __init__(self, transport: Transport, table_name: str, cursor_key: CursorKey | None = None) -> None:
        self.transport = transport
        self.table_name = table_name
        self.cursor_seal = _seal(cursor_key)
        self.observers: Observers | None = None

    def observe(self, observer: Observer, capacity: CapacityDetail = "none") -> None:
        """Tell the observer of every call from now on."""
        self.observers = observing_too(self.observers, observer, capacity)

    def observe_no_more(self) -> None:
        """Tell no observer of any further call."""
        if self.observers is not None:
            self.observers.clear()

    def run(self, call: Call[T]) -> T:
        """The call's result; raises what `call.refuse` makes of a refusal, TransportError, TimeoutError."""
        try:
            # One frame less for the call that nobody watches.
            answer = self.answer(call.request) if watched else self.transport.call(call.operation, call.body)
        except ServiceError as error:
            _raise(call.refuse(naming_table(error, self.table_name)))
        return call.read(answer)

    def run_flow(self, flow: Flow[T]) -> T:
        """The flow's result; raises what `translate` makes of a refusal that the flow does not catch."""
        try:
            step = next(flow)
            while True:
                try:
                    answer = self._answer(step)
                except EntityStoreError as error:
                    step = flow.throw(_named(error, self.table_name))
                else:
                    step = flow.send(answer)
        except StopIteration as done:  # caught here: none may leave a coroutine (PEP 479)
            result: T = done.value
            return result
        except ServiceError as error:
            _raise(translate(error))

    def _answer(self, step: Request | Pause) -> bytes:
        if isinstance(step, Request):
            return self.answer(step)
        time.sleep(step.seconds)
        return b""

    def answer(self, request: Request) -> bytes:
        """The body of the service's answer, of which observers are told; raises what the transport does."""
        watch = begin_watching(self.observers, request) if watched else None
        if watch is None:
            if request.context is None:
                return self.transport.call(request.operation, request.body)
            return self.transport.call(request.operation, request.body, request.context)
        try:
            body = self.transport.call(request.operation, watch.body, watch.context)
        except BaseException as error:
            watch.failed(error)
            raise
        watch.answered(body)
        return body


class AsyncClient:
    """Runs calls and flows against one table, within one event loop."""

    __slots__ = ("cursor_seal", "observers", "table_name", "transport")

    def __init__(self, transport: AsyncTransport, table_name: str, cursor_key: CursorKey | None = None) -> None:
        self.transport = transport
        self.table_name = table_name
        self.cursor_seal = _seal(cursor_key)
        self.observers: Observers | None = None

    def observe(self, observer: Observer, capacity: CapacityDetail = "none") -> None:
        """Tell the observer of every call from now on."""
        self.observers = observing_too(self.observers, observer, capacity)

    def observe_no_more(self) -> None:
        """Tell no observer of any further call."""
        if self.observers is not None:
            self.observers.clear()

    async def run(self, call: Call[T]) -> T:
        """The call's result; raises what `call.refuse` makes of a refusal, TransportError, TimeoutError."""
        try:
            # One frame less for the call that nobody watches.
            answer = await (self.answer(call.request) if watched else self.transport.call(call.operation, call.body))
        except ServiceError as error:
            _raise(call.refuse(naming_table(error, self.table_name)))
        return call.read(answer)

    async def run_flow(self, flow: Flow[T]) -> T:
        """The flow's result; raises what `translate` makes of a refusal that the flow does not catch."""
        try:
            step = next(flow)
            while True:
                try:
                    answer = await self._answer(step)
                except EntityStoreError as error:
                    step = flow.throw(_named(error, self.table_name))
                else:
                    step = flow.send(answer)
        except StopIteration as done:  # caught here: none may leave a coroutine (PEP 479)
            result: T = done.value
            return result
        except ServiceError as error:
            _raise(translate(error))

    async def _answer(self, step: Request | Pause) -> bytes:
        if isinstance(step, Request):
            return await self.answer(step)
        import asyncio

        await asyncio.sleep(step.seconds)
        return b""

    async def answer(self, request: Request) -> bytes:
        """The body of the service's answer, of which observers are told; raises what the transport does."""
        watch = begin_watching(self.observers, request) if watched else None
        if watch is None:
            if request.context is None:
                return await self.transport.call(request.operation, request.body)
            return await self.transport.call(request.operation, request.body, request.context)
        try:
            body = await self.transport.call(request.operation, watch.body, watch.context)
        except BaseException as error:
            watch.failed(error)
            raise
        watch.answered(body)
        return body
