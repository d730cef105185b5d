"""Timing of one case in this process, and the conversation with the process that asks for it.

Rules of this file:
- CPU time is user plus system of all threads (`os.times`), for libraries that work in threads of their own.
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
    usage = time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)
    return usage


def timed(run: Callable[[int], object], count: int) -> Sample:
    """One round of `count` operations; `run` does that many."""
    gc.collect()
    wall, cpu = time.perf_counter(), cpu_seconds()
    run(count)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    return {"cpu": cpu / count * 1e6, "wall": wall / count * 1e6}


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


def concurrently(
    loop: asyncio.AbstractEventLoop, operation: Callable[[], Awaitable[object]], width: int
) -> Callable[[int], None]:
    """A run of `width` tasks that share the operations."""

    async def worker(count: int) -> None:
        for _ in range(count):
            await operation()

    async def many(count: int) -> None:
        await asyncio.gather(*(worker(max(1, count // width)) for _ in range(width)))

    return lambda count: loop.run_until_complete(many(count))


def in_threads(operation: Callable[[], object], width: int) -> Callable[[int], None]:
    """A run of `width` threads that share the operations."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(width)

    def worker(count: int) -> None:
        for _ in range(count):
            operation()

    def run(count: int) -> None:
        for done in [pool.submit(worker, max(1, count // width)) for _ in range(width)]:
            done.result()

    return run


def serve(cases: dict[str, Callable[[], Callable[[int], object]]], about: dict[str, object]) -> None:
    """Answer requests on standard input: the name of a case and how often; runs are made at first use."""
    runs: dict[str, Callable[[int], object]] = {}
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
