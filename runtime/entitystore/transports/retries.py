"""When a failed call may be sent again, and after how long. No IO, no clock of its own.

Rules of this file:
- What was certainly not applied may always be sent again: the connection was refused or its handshake
  failed; the request never left whole (a server cannot act on part of a body: its length and its signed
  hash are wrong); the service answered that it is throttling, unavailable (503 in its own form), or still
  busy with the same transaction.
- What may have been applied may be sent again only if a second time changes nothing: reads, and
  TransactWriteItems with a ClientRequestToken, which the service recognises for ten minutes. That is: no
  answer in time, a broken connection or answer after the request was sent, InternalServerError and any
  other 5xx. "When you receive an HTTP 500 status code on a write, the operation may have succeeded or
  failed" (Amazon DynamoDB Developer Guide, Error handling).
- All other writes are then an error that says `maybe_applied`, unless the caller gave leave with
  `retry_writes=True`. An unconditional put is no exception: between the two sendings another writer
  may have been at the item, and the second would undo what it wrote.
- Waits have full jitter: uniform between 0 and min(cap, base * 2**n) (AWS Architecture Blog, "Exponential
  Backoff And Jitter"). 50 ms and 5 s with 8 attempts come to 3.2 s of waiting on average, 6.4 s at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from entitystore.errors import THROTTLING_CODES, ServiceError, TransportError

READS = frozenset(
    {
        "BatchGetItem",
        "DescribeContinuousBackups",
        "DescribeEndpoints",
        "DescribeLimits",
        "DescribeTable",
        "DescribeTimeToLive",
        "GetItem",
        "ListTables",
        "ListTagsOfResource",
        "Query",
        "Scan",
        "TransactGetItems",
    }
)
"""Operations that change nothing. An operation that is not named here counts as a write."""

NOT_APPLIED_CODES = THROTTLING_CODES | {"TransactionInProgressException"}
"""Refusals that mean: nothing happened, come back later."""

UNAVAILABLE_CODES = frozenset({"ServiceUnavailable", "ServiceUnavailableException"})
"""DynamoDB's own 503. A 503 in another form comes from something on the way and proves nothing."""


class RetryPolicy(Struct, frozen=True):
    """How often and how long a transport tries.

    `max_attempts` counts the first sending. `base` and `cap` are seconds. `deadline` is the seconds that
    one call may take with all its attempts and waits; None sets no bound.
    """

    max_attempts: int = 8
    base: float = 0.05
    cap: float = 5.0
    deadline: float | None = None
    retry_writes: bool = False

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError("max_attempts counts the first sending too: it must be at least 1")
        if self.base < 0 or self.cap < 0:
            raise ValueError("base and cap are seconds: neither may be negative")
        if self.deadline is not None and self.deadline <= 0:
            raise ValueError("deadline is in seconds: it must be more than 0, or None")

    def longest_wait(self, retry: int) -> float:
        """The upper end of the wait before the retry with this number, counted from 1, in seconds."""
        return min(self.cap, self.base * 2.0 ** min(retry - 1, 60))


def is_idempotent(operation: str, body: bytes) -> bool:
    """True if sending the call a second time changes nothing."""
    if operation in READS:
        return True
    return operation in ("TransactWriteItems", "ExecuteTransaction") and _has_token(body)


def _has_token(body: bytes) -> bool:
    if b'"ClientRequestToken"' not in body:
        return False
    import json  # only a failed transaction comes here

    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(request, dict) and bool(request.get("ClientRequestToken"))


def certainly_not_applied(error: ServiceError | TransportError) -> bool:
    """True if nothing of the request can have taken effect."""
    if isinstance(error, TransportError):
        return not error.maybe_applied
    return error.code in NOT_APPLIED_CODES or error.code in UNAVAILABLE_CODES or error.status < 500


def is_transient(error: ServiceError | TransportError) -> bool:
    """True if the same request may well succeed a moment later."""
    if isinstance(error, TransportError):
        return not isinstance(error, PermanentError)
    return error.code in NOT_APPLIED_CODES or error.status >= 500


class PermanentError(TransportError):
    """A fault that no repetition mends: a certificate that does not verify, a proxy that refuses."""


class StaleError(TransportError):
    """A kept connection turned out to be closed by the peer before any byte of the answer."""


class Attempts:
    """The retries of one call, from its first failure on; `started` is its start by `clock`, in seconds."""

    def __init__(
        self,
        policy: RetryPolicy,
        operation: str,
        body: bytes,
        started: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._operation = operation
        self._body = body
        self._started = started
        self._failures = 0
        self._stale_seen = False  # the first stale connection is no failure of the service
        self._maybe_applied = False  # by any sending so far, not only the last one

    def after(self, error: ServiceError | TransportError) -> float:
        """Seconds to wait before the next sending; raises the call's final error if there is none."""
        if self._operation not in READS and not certainly_not_applied(error):
            self._maybe_applied = True
        if not is_transient(error) or not (certainly_not_applied(error) or self._may_repeat()):
            raise self._final(error)
        if isinstance(error, StaleError) and not self._stale_seen:
            self._stale_seen = True
            return 0.0
        self._failures += 1
        if self._failures >= self._policy.max_attempts:
            raise self._final(error)
        wait = self._jittered()
        deadline = self._policy.deadline
        elapsed = self._clock() - self._started
        if deadline is not None and elapsed + wait >= deadline:
            raise self._final(error)
        return wait

    def _may_repeat(self) -> bool:
        return self._policy.retry_writes or is_idempotent(self._operation, self._body)

    def _jittered(self) -> float:
        import random  # only a failed call comes here

        return random.uniform(0.0, self._policy.longest_wait(self._failures))  # noqa: S311

    def _final(self, error: ServiceError | TransportError) -> ServiceError | TransportError:
        """The error as the caller should see it, which is unsure if any sending may have been applied."""
        if isinstance(error, TransportError):
            error.maybe_applied = self._maybe_applied
            return error
        if self._maybe_applied and is_transient(error):
            return _unsure(self._operation, error)
        return error


def unsure_if_write(operation: str, error: ServiceError) -> TransportError | None:
    """The error for a write that may have been applied, if `error` leaves that open; else None."""
    if operation in READS or certainly_not_applied(error):
        return None
    return _unsure(operation, error)


def _unsure(operation: str, error: ServiceError) -> TransportError:
    unsure = TransportError(f"{operation} may or may not have been applied: {error}", maybe_applied=True)
    unsure.code = error.code
    unsure.service_message = error.service_message
    unsure.request_id = error.request_id
    unsure.__cause__ = error
    return unsure
