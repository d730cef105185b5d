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

from entitystore.errors import EntityStoreError
from entitystore.observing import CallInfo, Outcome

__all__ = ["LogCalls", "log_retry"]


def log_retry(operation: str, error: EntityStoreError, attempt: int, attempts: int, wait: float) -> None:
    """Write that a call is sent again, as attempt `attempt` of `attempts`, after `wait` seconds."""
    import logging

    reason = error.code or type(error).__name__
    level = logging.WARNING if attempt * 2 > attempts else logging.DEBUG
    extra = {"entitystore": {"operation": operation, "reason": reason, "attempt": attempt, "wait": wait}}
    logging.getLogger("entitystore.retry").log(
        level, "%s attempt %d of %d in %.3f s after %s", operation, attempt, attempts, wait, reason, extra=extra
    )


class LogCalls:
    """An observer that writes one line a call: `Query shop/GSI1 Order.by_status 12 of 12 items 8.1 ms 4.5 units`."""

    def started(self, call: CallInfo) -> None:
        """Nothing yet."""

    def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
        """Write the line."""
        import logging

        level = logging.DEBUG if outcome.error is None else logging.WARNING
        logger = logging.getLogger("entitystore.call")
        if logger.isEnabledFor(level):
            logger.log(level, "%s", _line(call, outcome), extra={"entitystore": _fields(call, outcome)})


def _line(call: CallInfo, outcome: Outcome) -> str:
    parts = [call.operation, call.target, call.access_pattern, f"{outcome.items} of {outcome.scanned} items"]
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
