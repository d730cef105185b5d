"""How long to wait before something is tried again: exponential backoff with full jitter.

Source: AWS Architecture Blog, "Exponential Backoff And Jitter": a wait drawn from the whole range between nothing and
the longest keeps callers that were refused together from coming back together.
"""

from __future__ import annotations

__all__ = ["full_jitter"]

FIRST_WAIT = 0.05
"""Seconds; the longest wait before the first repetition. It doubles with each."""

LONGEST_WAIT = 5.0
"""Seconds; no wait is longer."""


def full_jitter(retry: int) -> float:
    """Seconds to wait before repetition `retry`, which counts from 0."""
    import random  # only what was refused comes here

    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(retry, 30))
    return random.uniform(0.0, longest)  # noqa: S311 (spreads load; nothing depends on its being secret)
