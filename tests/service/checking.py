"""A transport that checks each request by DynamoDB's own rules before it goes on its way.

check_requests(table)       from now on every request of a table object is checked, sync or async
"""

from __future__ import annotations

from typing import Any

from entitystore.definition import TableDefinition
from entitystore.transports import AsyncTransport, CallContext, Transport
from tests.service.rules import check

__all__ = ["AsyncChecking", "Checking", "check_requests"]


class Checking:
    """A transport in front of another one."""

    def __init__(self, inner: Transport, definition: TableDefinition) -> None:
        self.inner = inner
        self.definition = definition

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        check(operation, body, self.definition)
        return self.inner.call(operation, body, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def close(self) -> None:
        self.inner.close()


class AsyncChecking:
    """The async twin."""

    def __init__(self, inner: AsyncTransport, definition: TableDefinition) -> None:
        self.inner = inner
        self.definition = definition

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        check(operation, body, self.definition)
        return await self.inner.call(operation, body, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def close(self) -> None:
        await self.inner.close()


def check_requests(table: Any) -> None:
    """Check every request of a table object, and of its stores, from now on."""
    from entitystore.client import AsyncClient

    client = table._client
    kind = AsyncChecking if isinstance(client, AsyncClient) else Checking
    client.transport = kind(client.transport, table.definition)
