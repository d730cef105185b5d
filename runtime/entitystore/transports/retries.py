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
  failed" (Amazon DynamoDB Developer Guide, Error handling). And what DynamoDB never answers: another 2xx,
  a redirect, 408, which load balancers send to idle connections, so that it may meet a request on its way.
- All other writes end in WriteOutcomeUnknownError then, unless the caller gave leave to repeat them. An
  unconditional put is no exception: between the two sendings another writer may have been at the item, and
  the second would undo what it wrote.
- With leave, what an earlier sending may have done is not forgotten: a later refusal (a condition that
  failed, say) may be about what that one has stored, so it ends in WriteOutcomeUnknownError, too.
- All retries of a transport are paid for out of one budget (see `quota`).
- Waits have full jitter: uniform between 0 and min(cap, base * 2**n) (AWS Architecture Blog, "Exponential
  Backoff And Jitter"). 50 ms and 5 s with 8 attempts come to 3.2 s of waiting on average, 6.4 s at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from entitystore.errors import (
    THROTTLING_CODES,
    PermanentError,
    ServiceError,
    TransportError,
    WriteOutcomeUnknownError,
    with_service_details,
)
from entitystore.logs import log_retry
from entitystore.transports import CallContext
from entitystore.transports.quota import RetryQuota

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

TRANSACTIONS = frozenset({"ExecuteTransaction", "TransactWriteItems"})
"""Writes that may carry a token, by which the service recognises a repetition for ten minutes."""

NOT_APPLIED_CODES = THROTTLING_CODES | {"ReplicatedWriteConflictException", "TransactionInProgressException"}
"""Refusals that mean: nothing happened, come back later."""

_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS = 408, 429

_SKEW_CODES = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
_SKEW_MESSAGES = ("Signature expired", "Signature not yet current")

EVALUATED_CODE = "TransactionCanceledException"
"""The refusal of a transaction that the service has looked at whole."""

UNAVAILABLE_CODES = frozenset({"ServiceUnavailable", "ServiceUnavailableException"})
"""DynamoDB's own 503. A 503 in another form comes from something on the way and proves nothing."""


class RetryPolicy(Struct, frozen=True):
    """How often and how long a transport tries.

    `max_attempts` counts the first sending. `base` and `cap` are seconds.
    """

    max_attempts: int = 8
    base: float = 0.05
    cap: float = 5.0
    retry_writes: bool = False

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError("max_attempts counts the first sending too: it must be at least 1")
        if self.base < 0 or self.cap < 0:
            raise ValueError("base and cap are seconds: neither may be negative")

    def longest_wait(self, retry: int) -> float:
        """The upper end of the wait before the retry with this number, counted from 1, in seconds."""
        return min(self.cap, self.base * 2.0 ** min(retry - 1, 60))


def is_idempotent(operation: str, body: bytes) -> bool:
    """True if sending the call a second time changes nothing."""
    if operation in READS:
        return True
    return operation in TRANSACTIONS and _has_token(body)


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
    if error.code in NOT_APPLIED_CODES or error.code in UNAVAILABLE_CODES:
        return True
    return 400 <= error.status < 500 and error.status != _REQUEST_TIMEOUT


def is_transient(error: ServiceError | TransportError) -> bool:
    """True if the same request may well succeed a moment later."""
    if isinstance(error, TransportError):
        return not isinstance(error, PermanentError)
    if error.status >= 500 or error.status in (_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS):
        return True
    return error.code in NOT_APPLIED_CODES or is_skewed(error) or error.is_renewable


def is_skewed(error: ServiceError) -> bool:
    """True if the request was refused because this machine's clock is wrong; signed by the service's it may succeed."""
    if error.code in _SKEW_CODES:
        return True
    message = error.service_message or ""
    return error.code == "InvalidSignatureException" and message.startswith(_SKEW_MESSAGES)


class InternalError(TransportError):
    """A fault of which this package has to know more than its callers, who get `public()` of it."""

    surfaces_as: type[TransportError] = TransportError

    def public(self) -> TransportError:
        """The same fault as an error that is documented."""
        error = with_service_details(self.surfaces_as(str(self)), self)
        error.__cause__ = self.__cause__
        return error


class StaleError(InternalError):
    """A kept connection turned out to be closed by the peer before any byte of the answer."""


class Attempts:
    """The retries of one call, from its first failure on. `limit` is the time by `clock` at which it has to end."""

    def __init__(
        self,
        policy: RetryPolicy,
        quota: RetryQuota,
        operation: str,
        body: bytes,
        limit: float | None = None,
        context: CallContext | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._quota = quota
        self._operation = operation
        self._body = body
        self._limit = limit
        self._context = context
        self._failures = 0
        self._paid = 0
        self._stale_seen = False  # the first stale connection is no failure of the service
        self._maybe_applied = False  # by any sending so far, not only the last one

    def after(self, error: ServiceError | TransportError) -> float:
        """Seconds to wait before the next sending; raises the call's final error if there is none."""
        if self._operation not in READS and not certainly_not_applied(error):
            self._maybe_applied = True
        if self._context is not None and self._context.cancelled:
            raise self._final(error)
        if not is_transient(error) or not (certainly_not_applied(error) or self._may_repeat()):
            raise self._final(error)
        if isinstance(error, StaleError) and not self._stale_seen:
            self._stale_seen = True
            return 0.0
        self._failures += 1
        if self._failures >= self._policy.max_attempts:
            raise self._final(error)
        wait = self._jittered()
        if self._limit is not None and self._clock() + wait >= self._limit:
            raise self._final(error)
        self._paid = self._quota.take(error)
        if not self._paid:
            error.retries_denied = True
            raise self._final(error)
        if self._context is not None:
            self._context.waited += wait
        shown = error.public() if isinstance(error, InternalError) else error
        log_retry(self._operation, shown, self._failures + 1, self._policy.max_attempts, wait)
        return wait

    def succeeded(self) -> None:
        """The last retry was worth what it took. Its answer does not tell what the sendings before it have done."""
        if self._context is not None:
            self._context.maybe_applied = self._maybe_applied
        self._quota.give_back(self._paid or 1)

    def _may_repeat(self) -> bool:
        if self._policy.retry_writes or (self._context is not None and self._context.may_repeat):
            return True
        return is_idempotent(self._operation, self._body)

    def _jittered(self) -> float:
        import random  # only a failed call comes here

        return random.uniform(0.0, self._policy.longest_wait(self._failures))  # noqa: S311

    def _final(self, error: ServiceError | TransportError) -> ServiceError | TransportError:
        """The error as the caller should see it, which is unsure if any sending may have been applied."""
        if isinstance(error, InternalError):
            error = error.public()
        unsure = self._maybe_applied and not self._is_settled_by(error)
        if self._context is not None:
            self._context.maybe_applied = unsure
        if unsure:
            return outcome_unknown(self._operation, error)
        error.maybe_applied = False
        return error

    def _is_settled_by(self, error: ServiceError | TransportError) -> bool:
        """Whether this answer, the last one, says what became of all sendings.

        A transaction whose token is known is not evaluated again: that it was cancelled says that it never was applied.
        Other refusals may come before the service looks at the token.
        """
        is_evaluated = isinstance(error, ServiceError) and error.code == EVALUATED_CODE
        return is_evaluated and is_idempotent(self._operation, self._body)


def outcome_unknown(operation: str, error: ServiceError | TransportError) -> WriteOutcomeUnknownError:
    """The error for a write that may have been applied, raised from what happened last."""
    message = f"{operation} may or may not have been applied: {error}"
    unknown = with_service_details(WriteOutcomeUnknownError(message), error)
    unknown.maybe_applied = True
    unknown.retries_denied = error.retries_denied
    return unknown
