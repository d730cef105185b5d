"""What a process holds: memory, objects, descriptors, threads; and whether that grows.

Rule: growth is the difference of medians, of the second quarter of a run's samples and of its last one. What a first
use takes (caches, imports, arenas of the allocator) is in neither.
"""

from __future__ import annotations

import gc
import os
import statistics
import threading
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Growth", "Sample", "growth", "sample"]

_PAGE = os.sysconf("SC_PAGE_SIZE")
_FEWEST = 8  # samples


@dataclass(frozen=True)
class Sample:
    """What this process holds now; `memory` in MB that are resident."""

    memory: float
    objects: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Growth:
    """How much one of these was before and is after; `allowed` is what does not count."""

    what: str
    before: float
    after: float
    allowed: float

    @property
    def is_flat(self) -> bool:
        return self.after - self.before <= self.allowed

    def __str__(self) -> str:
        verdict = "flat" if self.is_flat else "GROWS"
        return f"{self.what}: {self.before:,.0f} -> {self.after:,.0f}, {verdict}"


def sample() -> Sample:
    """Look, after everything that can be freed has been (Linux)."""
    gc.collect()
    with open("/proc/self/statm") as file:
        resident = int(file.read().split()[1]) * _PAGE / 1e6
    return Sample(resident, len(gc.get_objects()), len(os.listdir("/proc/self/fd")), threading.active_count())


def growth(samples: list[Sample]) -> list[Growth]:
    """Whether each of them is flat; nothing is said of fewer than eight samples."""
    if len(samples) < _FEWEST:
        return []
    quarter = len(samples) // 4
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]

    def grown(what: str, of: Callable[[Sample], float], part: float, fixed: float) -> Growth:
        before, after = (statistics.median(map(of, some)) for some in (early, late))
        return Growth(what, before, after, before * part + fixed)

    return [
        grown("MB of memory", lambda each: each.memory, 0.05, 8.0),
        grown("objects", lambda each: each.objects, 0.01, 500),
        grown("descriptors", lambda each: each.descriptors, 0.0, 8),
        grown("threads", lambda each: each.threads, 0.0, 4),
    ]
