"""The proxy's own connections to the engine, on which nothing is ever spoiled."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from tests.faults.answers import Answer

__all__ = ["EnginePool"]

_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_HEAD = (
    "POST / HTTP/1.1\r\nHost: engine\r\nContent-Type: application/x-amz-json-1.0\r\n"
    "X-Amz-Target: DynamoDB_20120810.{}\r\nX-Amz-Date: 20261201T120000Z\r\nContent-Length: {}\r\n"
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261201/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0\r\n\r\n"
)


class EnginePool:
    """Kept connections to an engine, used within one event loop."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname, parts.port
        self._idle: list[_Pair] = []

    async def ask(self, operation: str, body: bytes) -> Answer:
        """The engine's answer."""
        pair = self._idle.pop() if self._idle else await asyncio.open_connection(*self._address, limit=1 << 20)
        reader, writer = pair
        writer.write(_HEAD.format(operation, len(body)).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("\r\ncontent-length:")[2].partition("\r\n")[0])
        answer = Answer(int(head[9:12]), await reader.readexactly(length))
        self._idle.append(pair)
        return answer

    def close(self) -> None:
        """Close what is kept."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()
