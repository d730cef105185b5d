"""What a piece of code costs, in counts that do not depend on how fast or busy the machine is.

- `instructions`: bytecode instructions that the interpreter executed, Python's own frames only.
- `calls`: calls of functions, those written in C included; what one of them does inside is not seen.
- `allocated`: bytes of the objects that the call leaves and of the most that it had at once, which is where a pass in C
  over the data shows, one call though it is.

Rules of this file:
- The code runs a few times first: decoders are made and the interpreter specialises at first use.
- Only the calling thread is counted, and no garbage collection.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed import TraceFunction

WARM_UP = 20


class Cost(NamedTuple):
    """What one call of a piece of code costs."""

    instructions: int
    calls: int
    allocated: int


def cost_of(code: Callable[[], object]) -> Cost:
    """Count one call of `code`."""
    for _ in range(WARM_UP):
        code()
    gc.collect()
    gc.disable()
    try:
        _instructions(code)  # Python 3.12 sees none the first time
        return Cost(_instructions(code), _calls(code), _allocated(code))
    finally:
        gc.enable()


def _instructions(code: Callable[[], object]) -> int:
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> TraceFunction:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        code()
    finally:
        sys.settrace(before)
    return count


def _calls(code: Callable[[], object]) -> int:
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        code()
    finally:
        sys.setprofile(before)
    return count - 1  # that which ends the counting


def _allocated(code: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        code()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = code()
        _, peak = tracemalloc.get_traced_memory()
        del result
        return peak - before
    finally:
        tracemalloc.stop()
