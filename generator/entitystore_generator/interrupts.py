"""Signals that end a run, as exceptions, so that whatever was begun is taken back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_TERMINATED = 128 + signal.SIGTERM  # the exit code that a shell gives to a process ended by SIGTERM


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(_TERMINATED)


@contextmanager
def termination_as_exit() -> Iterator[None]:
    """Within it, SIGTERM raises SystemExit(143), unless the parent made this process ignore it, as `nohup` does SIGHUP.

    Signals can be handled in the main thread alone.
    """
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
