"""What is written to the loggers below `entitystore`; no handler is ever set up here.

    entitystore.retry     DEBUG each attempt after the first, WARNING from the middle of the attempts on
    entitystore.call      DEBUG each call, WARNING each that failed: for who asks, `table.observe(LogCalls())`
    entitystore.observer  ERROR an observer that raised

Rules of this file:
- Names, numbers and codes alone: no key, no item, no text of an expression, no message of the service, which may quote
  any of them.
- `logging` is imported where there is something to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitystore.errors import EntityStoreError
from entitystore.observing import CallInfo, Outcome

if TYPE_CHECKING:
    from logging import Logger

__all__ = ["LogCalls", "log_retry", "logger"]

DEBUG, WARNING = 10, 30
"""As `logging` numbers them."""


def logger(name: str) -> Logger:
    """The logger `entitystore.<name>`. Nothing is written where the program has set up no logging."""
    import logging

    root = logging.getLogger("entitystore")
    if not root.handlers:  # else warnings would go to standard error, by logging's last resort
        root.addHandler(logging.NullHandler())
    return root.getChild(name)


def log_retry(operation: str, error: EntityStoreError, attempt: int, attempts: int, wait: float) -> None:
    """Write that a call is sent again, as attempt `attempt` of `attempts`, after `wait` seconds."""
    reason = error.code or type(error).__name__
    level = WARNING if attempt * 2 > attempts else DEBUG
    extra = {"entitystore": {"operation": operation, "reason": reason, "attempt": attempt, "wait": wait}}
    logger("retry").log(
        level, "%s attempt %d of %d in %.3f s after %s", operation, attempt, attempts, wait, reason, extra=extra
    )


class LogCalls:
    """An observer that writes one line a call: `Query shop/GSI1 Order.by_status 12 of 12 items 8.1 ms 4.5 units`."""

    def started(self, call: CallInfo) -> None:
        """Nothing yet."""

    def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
        """Write the line."""
        level = DEBUG if outcome.error is None else WARNING
        calls = logger("call")
        if calls.isEnabledFor(level):
            calls.log(level, "%s", _line(call, outcome), extra={"entitystore": _fields(call, outcome)})


def _line(call: CallInfo, outcome: Outcome) -> str:
    parts = [call.operation, call.target, call.access_pattern]
    if call.reads:
        parts.append(f"{outcome.items} of {outcome.scanned} items")
    parts.append(f"{outcome.seconds * 1000:.1f} ms")
    if outcome.capacity:
        parts.append(f"{sum(each.units for each in outcome.capacity):g} units")
    if outcome.attempts > 1:
        parts.append(f"{outcome.attempts} attempts")
    if outcome.error_code is not None:
        parts.append(f"failed: {outcome.error_code}")
    return " ".join(parts)


def _fields(call: CallInfo, outcome: Outcome) -> dict[str, object]:
    """For formatters that write JSON."""
    return {
        "operation": call.operation,
        "table": call.table,
        "index": call.index,
        "access_pattern": call.access_pattern,
        "batch_size": call.batch_size,
        "seconds": outcome.seconds,
        "attempts": outcome.attempts,
        "waited": outcome.waited,
        "bytes_sent": outcome.bytes_sent,
        "bytes_received": outcome.bytes_received,
        "items": outcome.items,
        "scanned": outcome.scanned,
        "units": sum(each.units for each in outcome.capacity),
        "request_id": outcome.request_id,
        "error": outcome.error_code,
    }
