"""A transport that checks each request by DynamoDB's own rules before it goes on its way.

    check_requests(table)   from now on every request of a table object is checked, sync or async

Rule of this file:
- A condition that cannot be read is a caller's text, which every engine refuses: it goes on its way.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from entitystore.client import AsyncClient
from entitystore.definition import TableDefinition
from entitystore.transports import AsyncTransport, CallContext, Transport
from tests.service.expressions import Malformed
from tests.service.rules import check

__all__ = ["AsyncChecking", "Checking", "check_requests"]


class Checking:
    """A transport in front of another one."""

    def __init__(self, inner: Transport, definition: TableDefinition) -> None:
        self.inner = inner
        self.definition = definition

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        _check(operation, body, self.definition)
        return self.inner.call(operation, body, context)

    def close(self) -> None:
        self.inner.close()


class AsyncChecking:
    """The async twin."""

    def __init__(self, inner: AsyncTransport, definition: TableDefinition) -> None:
        self.inner = inner
        self.definition = definition

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        _check(operation, body, self.definition)
        return await self.inner.call(operation, body, context)

    async def close(self) -> None:
        await self.inner.close()


def _check(operation: str, body: bytes, definition: TableDefinition) -> None:
    with suppress(Malformed):
        check(operation, body, definition)


def check_requests(table: Any) -> None:
    """Check every request of a table object, and of its stores, from now on."""
    client = table._client
    if isinstance(client, AsyncClient):
        client.transport = AsyncChecking(client.transport, table.definition)
    else:
        client.transport = Checking(client.transport, table.definition)
