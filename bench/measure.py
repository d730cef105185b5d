"""Timing of one case in this process, and the conversation with the process that asks for it.

Rules of this file:
- CPU time is user plus system of all threads (CLOCK_PROCESS_CPUTIME_ID), for libraries with threads of their own.
- A run does at least so many operations as it is asked for, and says how many where it did more.
- One line of JSON in, one out; an error is an answer, never the end.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import TypedDict


class Sample(TypedDict):
    """Microseconds per operation."""

    cpu: float
    wall: float


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    return time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)


def timed(run: Callable[[int], int | None], count: int) -> Sample:
    """One round of `count` operations; `run` does that many."""
    gc.collect()
    wall, cpu = time.perf_counter(), cpu_seconds()
    done = run(count) or count
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    return {"cpu": cpu / done * 1e6, "wall": wall / done * 1e6}


def repeat(operation: Callable[[], object]) -> Callable[[int], None]:
    """A run that calls `operation` so many times."""

    def run(count: int) -> None:
        for _ in range(count):
            operation()

    return run


def repeat_async(loop: asyncio.AbstractEventLoop, operation: Callable[[], Awaitable[object]]) -> Callable[[int], None]:
    """A run that awaits `operation` so many times, one after the other."""

    async def many(count: int) -> None:
        for _ in range(count):
            await operation()

    return lambda count: loop.run_until_complete(many(count))


def uvloop_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop, which the environment of the benchmark has."""
    import uvloop

    return uvloop.new_event_loop()


def concurrently(
    loop: asyncio.AbstractEventLoop, operation: Callable[[], Awaitable[object]], width: int
) -> Callable[[int], int]:
    """A run of `width` tasks that share the operations."""

    async def worker(count: int) -> None:
        for _ in range(count):
            await operation()

    async def many(count: int) -> int:
        each = -(-count // width)
        await asyncio.gather(*(worker(each) for _ in range(width)))
        return each * width

    return lambda count: loop.run_until_complete(many(count))


def in_threads(operation: Callable[[], object], width: int) -> Callable[[int], int]:
    """A run of `width` threads that share the operations."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(width)

    def worker(count: int) -> None:
        for _ in range(count):
            operation()

    def run(count: int) -> int:
        each = -(-count // width)
        for done in [pool.submit(worker, each) for _ in range(width)]:
            done.result()
        return each * width

    return run


def serve(cases: dict[str, Callable[[], Callable[[int], int | None]]], about: dict[str, object]) -> None:
    """Answer requests on standard input: the name of a case and how often; runs are made at first use."""
    runs: dict[str, Callable[[int], int | None]] = {}
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    sys.stdout = sys.stderr
    answers.write(json.dumps({"cases": sorted(cases)} | about) + "\n")
    for line in sys.stdin:
        wanted = json.loads(line)
        name = wanted["case"]
        try:
            if name not in runs:
                runs[name] = cases[name]()
            answers.write(json.dumps(timed(runs[name], wanted["count"])) + "\n")
        except Exception as error:
            traceback.print_exc()
            answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}) + "\n")
