"""The adaptive retry mode: how fast a transport may send, learnt from the service's own throttling.

Source: the `adaptive` mode that the AWS SDKs have in common ("Retry behavior", AWS SDKs and Tools Reference Guide).
Until the first throttling nothing is slowed down. From then on requests are paced: each throttling takes the pace back
to 70 % of what was measured, and while none comes it grows along a cubic curve, slowly near what was last too much.

Rules of this file:
- No clock of its own and no waiting: `delay` says how long to wait, with the caller's monotonic time.
- Safe to share between threads: two that come at the same time wait one after the other.
"""

from __future__ import annotations

from _thread import allocate_lock

__all__ = ["Pace"]

_BACK_TO = 0.7
_GROWTH = 0.4
_SMOOTHING = 0.8
_BUCKET = 0.5
"""Seconds over which the pace of sending is measured."""
_LEAST = 0.5
"""Requests per second, however much is throttled."""


class Pace:
    """The pace of one transport, in requests per second."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._limited = False
        self._rate = 0.0  # allowed
        self._free_at = 0.0  # when the next request may be sent
        self._measured = 0.0
        self._bucket = 0.0  # the time up to which was measured
        self._sent = 0
        self._too_much = 0.0  # the rate at the last throttling, and when that was
        self._throttled_at = 0.0

    def delay(self, now: float) -> float:
        """Seconds to wait before the next request, which counts as sent then."""
        with self._lock:
            self._measure(now)
            if not self._limited:
                return 0.0
            start = max(now, self._free_at)
            self._free_at = start + 1.0 / self._rate
            return start - now

    def answered(self, now: float, *, throttled: bool) -> None:
        """A request was answered."""
        with self._lock:
            if throttled:
                self._slow_down(now)
            elif self._limited:
                self._rate = max(_LEAST, min(self._cubic(now), 2.0 * self._measured))

    def _measure(self, now: float) -> None:
        if not self._bucket:
            self._bucket = now
        self._sent += 1
        elapsed = now - self._bucket
        if elapsed >= _BUCKET:
            current = self._sent / elapsed
            self._measured = current * _SMOOTHING + self._measured * (1.0 - _SMOOTHING)
            self._bucket = now
            self._sent = 0

    def _slow_down(self, now: float) -> None:
        used = min(self._measured, self._rate) if self._limited else self._measured
        self._too_much = max(used, _LEAST)
        self._throttled_at = now
        self._rate = max(_LEAST, self._too_much * _BACK_TO)
        self._limited = True

    def _cubic(self, now: float) -> float:
        window: float = (self._too_much * (1.0 - _BACK_TO) / _GROWTH) ** (1.0 / 3.0)
        growth: float = _GROWTH * (now - self._throttled_at - window) ** 3
        return growth + self._too_much
