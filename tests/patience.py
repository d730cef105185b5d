"""How tests wait, and how they end a child: for machines that are busy, and for any parent.

Rules of this file, and of every test:
- A limit is there to end a test that would hang, never to measure. There is one, PATIENCE, for everything that is
  waited for. A timeout that is itself under test (`read_timeout=0.2`) only has to be far below PATIENCE.
- A test waits for an event or a condition, never for a time that should be enough. That something does not happen is
  seen when all that could do it wait (`is_waiting`).
- That something is quick is said of its CPU time, which a busy machine hardly changes.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Callable

__all__ = ["LIKE_A_TERMINAL", "PATIENCE", "children_cpu_seconds", "eventually", "is_waiting"]

PATIENCE = 120.0 * float(os.environ.get("ENTITYSTORE_PATIENCE", "1"))
"""Seconds after which a test that waits has failed. Many times what an idle machine needs."""

LIKE_A_TERMINAL = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""The first line of a child's program that a test interrupts. A parent that was started in the background, as by many
build servers, ignores SIGINT; its children inherit that, and Python then installs no handler."""


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether the condition holds, now or before the time is over."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.001)
    return True


def is_waiting(thread: threading.Thread) -> bool:
    """Whether the thread waits for another one, in an Event, a Condition or what is made of them."""
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and (frame.f_code.co_name, frame.f_code.co_filename) == ("wait", threading.__file__)


def children_cpu_seconds() -> float:
    """CPU time of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
