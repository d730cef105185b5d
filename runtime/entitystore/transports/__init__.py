"""The seam to a backend: an operation's name and body bytes in, response bytes out.

Rules of this package:
- Everything above knows only the two protocols below. Nothing above imports botocore, ssl or a socket.
- A transport raises `ServiceError` for an answer that is a refusal, `TransportError` or a subclass of it
  where no usable answer came, and nothing else. It retries by itself what is safe to retry.
- Whatever one call is allowed, and what became of it, is in its `CallContext`. A transport may ignore it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from entitystore.transports.asyncio import AsyncHttpTransport
    from entitystore.transports.boto3 import AsyncBoto3Transport, Boto3Transport
    from entitystore.transports.http import HttpTransport
    from entitystore.transports.sigv4 import Credentials

__all__ = [
    "AsyncBoto3Transport",
    "AsyncHttpTransport",
    "AsyncTransport",
    "Boto3Transport",
    "CallContext",
    "Credentials",
    "HttpTransport",
    "Transport",
]


class CallContext(Struct):
    """What one call may do, said by the caller, and what became of it, said by the transport.

    `deadline` is a time of `time.monotonic()` by which the call, with all its attempts and waits, has ended; it counts
    beside the transport's own. `may_repeat` is leave to send a write again that may have been applied. `cancel()`,
    from any thread, ends a blocking call at once, with a TransportError.

    `attempts` counts the sendings; `waited` are the seconds between them; `bytes_sent` and `bytes_received` count the
    bodies of all of them. `request_id` is the service's for the last answer. `maybe_applied`: some sending of a write
    may have been applied of which the end of the call does not tell: it failed, or its answer is a later sending's.
    """

    deadline: float | None = None
    may_repeat: bool = False
    attempts: int = 0
    waited: float = 0.0
    bytes_sent: int = 0
    bytes_received: int = 0
    request_id: str | None = None
    maybe_applied: bool = False
    cancelled: bool = False
    _end_wait: Callable[[], object] | None = None

    def cancel(self) -> None:
        """End the call, whatever it waits for."""
        self.cancelled = True
        if self._end_wait is not None:
            self._end_wait()

    def on_cancel(self, end_wait: Callable[[], object] | None) -> None:
        """From now on the call waits for what `end_wait` ends, which is called at once if it is cancelled already."""
        self._end_wait = end_wait
        if self.cancelled and end_wait is not None:
            end_wait()


class Transport(Protocol):
    """Carries calls; safe to share between threads."""

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Send `body` (DynamoDB JSON) as `operation` (`GetItem`, …) and return the answer's body.

        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        ...

    def close(self) -> None:
        """Close pooled connections. A closed transport may not be used again."""
        ...


class AsyncTransport(Protocol):
    """Carries calls within one event loop."""

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Send `body` (DynamoDB JSON) as `operation` (`GetItem`, …) and return the answer's body.

        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        ...

    async def close(self) -> None:
        """Close pooled connections. A closed transport may not be used again."""
        ...


def __getattr__(name: str) -> object:
    """Import a transport when it is asked for (PEP 562): none of them pays for another's libraries."""
    if name == "HttpTransport":
        from entitystore.transports.http import HttpTransport

        return HttpTransport
    if name == "AsyncHttpTransport":
        from entitystore.transports.asyncio import AsyncHttpTransport

        return AsyncHttpTransport
    if name == "Boto3Transport":
        from entitystore.transports.boto3 import Boto3Transport

        return Boto3Transport
    if name == "AsyncBoto3Transport":
        from entitystore.transports.boto3 import AsyncBoto3Transport

        return AsyncBoto3Transport
    if name == "Credentials":
        from entitystore.transports.sigv4 import Credentials

        return Credentials
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
