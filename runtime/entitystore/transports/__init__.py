"""The seam to a backend: an operation's name and body bytes in, response bytes out.

Rules of this package:
- Everything above knows only the two protocols below. Nothing above imports botocore, ssl or a socket.
- A transport raises `ServiceError` for an answer that is a refusal, `TransportError` or `TimeoutError`
  where no usable answer came, and nothing else. It retries by itself what is safe to retry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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
    "Credentials",
    "HttpTransport",
    "Transport",
]


class Transport(Protocol):
    """Carries calls; safe to share between threads."""

    def call(self, operation: str, body: bytes) -> bytes:
        """Send `body` (DynamoDB JSON) as `operation` (`GetItem`, …) and return the answer's body.

        Raises ServiceError, TransportError, TimeoutError.
        """
        ...

    def close(self) -> None:
        """Close pooled connections. A closed transport may not be used again."""
        ...


class AsyncTransport(Protocol):
    """Carries calls within one event loop."""

    async def call(self, operation: str, body: bytes) -> bytes:
        """Send `body` (DynamoDB JSON) as `operation` (`GetItem`, …) and return the answer's body.

        Raises ServiceError, TransportError, TimeoutError.
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
