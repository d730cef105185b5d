"""One line on standard error that says how far long work is; on a terminal, and only there."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_EVERY = 0.1  # seconds between two drawings
_AFTER = 0.3  # seconds of work before the first: short work stays silent


class ProgressLine:
    """Call it with a phase, the steps done and their number; `close` before printing anything else."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = _is_terminal(self._stream)
        self._next = time.monotonic() + _AFTER
        self._width = 0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _EVERY
        text = f"{phase} {done}/{total}" if total else phase
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)

    def close(self) -> None:
        if self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
