"""The seam to a backend: an operation's name and body bytes in, response bytes out.

Rules of this package:
- Everything above knows only the two protocols below. Nothing above imports botocore, ssl or a socket.
- A transport raises `ServiceError` for an answer that is a refusal, `TransportError` or `TimeoutError`
  where no usable answer came, and nothing else. It retries by itself what is safe to retry.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["AsyncTransport", "Transport"]


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
