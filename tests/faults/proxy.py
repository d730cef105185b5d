"""A proxy in front of an engine, which spoils calls and counts what the engine has applied.

    with Proxy(engine_url, plan) as proxy:
        ...                         # clients call proxy.url; each request carries the name of its call
        record = proxy.close("w1-17")   # the call has ended: what became of it?

Rules of this file:
- Whether the engine has applied a request is known by its answer: 200, and nothing else, is "applied".
- When a call has been closed nothing of it is applied any more: a request of it that is still on the way is dropped,
  one that the engine has is waited for. So what `close` returns is final.
- A request carries the name of its call as its body's first member, `{"~":"w1-17",…}`, which the engine does not see,
  or as the header `X-Call`.
- The proxy has a thread and an event loop of its own. A child process asks by `POST /close/<call>`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.faults.answers import Answer, usual
from tests.faults.batches import halves, with_unprocessed, written
from tests.faults.engine import EnginePool
from tests.faults.kinds import Applies, Do, Kind, Reads, Wait
from tests.patience import PATIENCE

__all__ = ["Plan", "Proxy", "Record"]

_TAG = b'{"~":"'
_LEAST = 64  # bytes of a body in which its tag is


@dataclass
class Record:
    """What became of one call.

    `applied` counts per key how often the engine has applied a write of it; `refusals` how often it has refused;
    `sendings` are the requests that arrived; `faults` the kinds that they met, in their order.
    """

    applied: Counter[str] = field(default_factory=Counter)
    refusals: int = 0
    sendings: int = 0
    faults: list[str] = field(default_factory=list)
    pending: int = 0
    closed: bool = False


@dataclass(frozen=True)
class Plan:
    """Which faults there are. `rate` of the sendings meet one; in `stubborn` of the calls all meet the same one."""

    seed: int
    kinds: tuple[Kind, ...]
    rate: float = 0.6
    stubborn: float = 0.15
    slow_weight: float = 0.2

    def choose(self, call: str, sending: int, operation: str) -> Kind | None:
        """The fault that this sending meets. It follows from the seed and the arguments."""
        possible = [kind for kind in self.kinds if not kind.operations or operation in kind.operations]
        of_call = random.Random(f"{self.seed}/{call}")
        chance = of_call if of_call.random() < self.stubborn else random.Random(f"{self.seed}/{call}/{sending}")
        if not possible or chance.random() >= self.rate:
            return None
        (kind,) = chance.choices(possible, [self.slow_weight if each.slow else 1.0 for each in possible])
        return kind


class _Gone(Exception):
    """The client has gone, or the connection is not to be used any more."""


class Proxy:
    """Listens on a free port of 127.0.0.1 from `__enter__` to `__exit__`."""

    def __init__(self, engine_url: str, plan: Plan, *, silence: float) -> None:
        """Stand before the engine; `silence` is the clients' `read_timeout`."""
        self.plan = plan
        self.faults: Counter[str] = Counter()
        self._silence = silence
        self._table_name = f"shop-{secrets.token_hex(6)}"
        self._engine = EnginePool(engine_url)
        self._lock = threading.Lock()
        self._records: dict[str, Record] = {}
        self._handlers: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def table_name(self) -> str:
        """A table of this run alone: other runs on the same engine have workers of the same names."""
        return self._table_name

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the proxy hangs"

    def _run(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._accepted, "127.0.0.1", 0, limit=8192, backlog=500))
        self.port: int = server.sockets[0].getsockname()[1]
        self._ready.set()
        loop.run_forever()
        server.close()
        for handler in self._handlers:
            handler.cancel()
        loop.run_until_complete(asyncio.gather(*self._handlers, return_exceptions=True))
        self._engine.close()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()

    # --- what became of a call ---

    def is_settled(self, call: str) -> bool:
        """Close a call; whether nothing of it is with the engine any more."""
        with self._lock:
            record = self._records.setdefault(call, Record())
            record.closed = True
            return record.pending == 0

    def take(self, call: str) -> Record:
        """The record of a settled call. From now on it is only known that it is closed."""
        with self._lock:
            record = self._records[call]
            self._records[call] = Record(closed=True)
            return record

    def close(self, call: str) -> Record:
        """Close a call, wait until it is settled; its record."""
        until = time.monotonic() + PATIENCE
        while not self.is_settled(call):
            assert time.monotonic() < until, f"{call} is never settled"
            time.sleep(0.001)
        return self.take(call)

    def forget_closed(self) -> None:
        """Forget which calls are closed: no client is left that could send anything of theirs."""
        with self._lock:
            self._records = {name: record for name, record in self._records.items() if record.pending}

    # --- one connection ---

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        try:
            while True:
                await self._serve_one(reader, writer)
        except (_Gone, OSError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            pass
        finally:
            self._handlers.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, fields = _head(head)
        length = int(fields.get("content-length", "0"))
        if line.startswith("POST /close/"):
            await self._tell(line.split(" ")[1].rpartition("/")[2], writer)
            return
        operation = fields["x-amz-target"].rpartition(".")[2]
        start = await reader.readexactly(min(length, _LEAST))
        call = fields.get("x-call") or _call_of(start)
        kind = self._arrived(call, operation) if call else None
        if kind is not None and kind.reads is Reads.HEAD:
            await self._do(kind, operation, b"", Answer(200, b"{}"), reader, writer)
            return
        body = _untagged(start + await reader.readexactly(length - len(start)))
        if kind is None:
            writer.write(usual(await self._apply(call, operation, body)))
            return
        if kind.applies is Applies.LATE:
            await self._apply_late(call, operation, body, reader)
            raise _Gone
        await self._do(kind, operation, body, await self._first(kind, call, operation, body), reader, writer)

    async def _tell(self, call: str, writer: asyncio.StreamWriter) -> None:
        while not self.is_settled(call):  # noqa: ASYNC110 (nobody is told when a request has been answered)
            await asyncio.sleep(0.001)
        record = self.take(call)
        shown = {"applied": record.applied, "refusals": record.refusals, "sendings": record.sendings}
        writer.write(usual(Answer(200, json.dumps({**shown, "faults": record.faults}).encode())))

    def _arrived(self, call: str, operation: str) -> Kind | None:
        """Note a request; the fault that it meets."""
        with self._lock:
            record = self._records.setdefault(call, Record())
            if record.closed:
                raise _Gone
            record.sendings += 1
            kind = self.plan.choose(call, record.sendings, operation)
            if kind is not None:
                record.faults.append(kind.name)
                self.faults[kind.name] += 1
        return kind

    async def _first(self, kind: Kind, call: str, operation: str, body: bytes) -> Answer:
        """What the engine says before the fault, where it is asked."""
        if kind.applies is Applies.NEVER:
            return Answer(200, b"{}")
        if kind.applies is Applies.HALF:
            half, left = halves(operation, body)
            return with_unprocessed(operation, await self._apply(call, operation, half), left)
        return await self._apply(call, operation, body)

    async def _apply(self, call: str, operation: str, body: bytes) -> Answer:
        """Ask the engine, and count; unless the call has ended meanwhile."""
        with self._hold(call):
            return await self._ask(call, operation, body)

    async def _apply_late(self, call: str, operation: str, body: bytes, reader: asyncio.StreamReader) -> None:
        """Ask the engine when the client has gone. That counts as being with the engine from the beginning."""
        with self._hold(call):
            await _until_gone(reader)
            await self._ask(call, operation, body)

    @contextlib.contextmanager
    def _hold(self, call: str) -> Iterator[None]:
        with self._lock:
            record = self._records.setdefault(call, Record())
            if call and record.closed:
                raise _Gone
            record.pending += 1
        try:
            yield
        finally:
            with self._lock:
                record.pending -= 1

    async def _ask(self, call: str, operation: str, body: bytes) -> Answer:
        answer = await self._engine.ask(operation, body)
        with self._lock:
            record = self._records[call]
            if answer.status == 200:
                record.applied.update(written(operation, body))
            else:
                record.refusals += 1
        return answer

    async def _do(
        self,
        kind: Kind,
        operation: str,
        body: bytes,
        answer: Answer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        for step in kind.steps(operation, body, answer):
            if isinstance(step, bytes):
                writer.write(step)
            elif isinstance(step, Wait):
                await asyncio.sleep(step.silences * self._silence)
                if writer.is_closing():
                    raise _Gone
            else:
                await _end(step, reader, writer)


async def _end(step: Do, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if step is Do.HANG:
        await _until_gone(reader)
    elif step is Do.RESET_NEXT:
        await reader.read(1)
        _reset(writer)
    elif step is Do.RESET:
        await writer.drain()
        _reset(writer)
    raise _Gone


async def _until_gone(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(65536):
            pass


def _reset(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _head(head: bytes) -> tuple[str, dict[str, str]]:
    line, *lines = head.decode("latin-1").split("\r\n")
    return line, {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}


def _call_of(start: bytes) -> str:
    return start[len(_TAG) :].partition(b'"')[0].decode() if start.startswith(_TAG) else ""


def _untagged(body: bytes) -> bytes:
    return b"{" + body.partition(b",")[2] if body.startswith(_TAG) else body
