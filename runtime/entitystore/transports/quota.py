"""How many retries all calls of one transport may make together.

An outage is made worse by clients that repeat every call eight times. Each retry is therefore paid for out of one
budget; calls that succeed at once fill it again. In quiet times a single call has all its attempts; while nothing
succeeds, the budget is soon empty and a call ends with its first failure.

Rules of this file:
- The numbers are those of the AWS SDKs' standard mode: 500 in all, 5 for a retry, 10 for one after a timeout, 1 back
  for each call that needed none, and what the last retry took for a call that succeeded after all.
- A full budget, which is the usual case, costs a successful call one comparison.
"""

from __future__ import annotations

from _thread import allocate_lock

from entitystore.errors import ServiceError, TimeoutError, TransportError

__all__ = ["RetryQuota"]

CAPACITY = 500
_RETRY = 5
_RETRY_AFTER_TIMEOUT = 10
_SUCCESS = 1


class RetryQuota:
    """The budget of one transport; safe to share between threads."""

    __slots__ = ("_lock", "left")

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.left = CAPACITY

    def take(self, error: ServiceError | TransportError) -> int:
        """Pay for a retry after this error; what it took, 0 where there is not enough left."""
        price = _RETRY_AFTER_TIMEOUT if isinstance(error, TimeoutError) else _RETRY
        with self._lock:
            if self.left < price:
                return 0
            self.left -= price
            return price

    def give_back(self, amount: int = _SUCCESS) -> None:
        """A call succeeded: what its last retry took, or a little where it needed none."""
        if self.left < CAPACITY:
            with self._lock:
                self.left = min(CAPACITY, self.left + amount)
