"""Answers as bytes: as DynamoDB writes them, and spoiled in one way each.

Rule: nothing here knows when, or whether, the engine applied the request.
"""

from __future__ import annotations

import json
import zlib
from typing import NamedTuple

__all__ = ["Answer", "fields", "foreign", "html", "refusal", "usual", "with_fields"]

JSON = "application/x-amz-json-1.0"
DATE = "Tue, 01 Dec 2026 12:00:00 GMT"


class Answer(NamedTuple):
    """What the engine answered."""

    status: int
    body: bytes


def usual(answer: Answer) -> bytes:
    """The answer exactly as the service would send it."""
    lines = [
        f"HTTP/1.1 {answer.status} {'OK' if answer.status == 200 else 'Bad Request'}",
        "Server: Server",
        f"Date: {DATE}",
        f"Content-Type: {JSON}",
        f"Content-Length: {len(answer.body)}",
        "Connection: keep-alive",
        "x-amzn-RequestId: 9K1V2T0RJ2TR5NM2QIAV2FVHIF",
        f"x-amz-crc32: {zlib.crc32(answer.body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body


def fields(answer: Answer) -> list[str]:
    """The usual fields but for those that say where the body ends."""
    return [f"Date: {DATE}", f"Content-Type: {JSON}", "x-amzn-RequestId: R", f"x-amz-crc32: {zlib.crc32(answer.body)}"]


def with_fields(status: str, lines: list[str], body: bytes, *, version: str = "HTTP/1.1") -> bytes:
    """An answer with these fields and no others."""
    return "\r\n".join([f"{version} {status}", *lines]).encode() + b"\r\n\r\n" + body


def foreign(status: int, body: bytes, kind: str = "text/html", *more: str) -> bytes:
    """The answer of something on the way, with the right length and none of the service's marks."""
    lines = [f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more]
    return with_fields(f"{status} Whatever", lines, body)


def html(status: int) -> bytes:
    """A page."""
    return foreign(status, b"<!doctype html><html><body><h1>%d</h1></body></html>" % status)


def refusal(status: int, code: str, message: str = "no", **more: object) -> bytes:
    """A refusal in the service's form."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **more}).encode()
    return usual(Answer(status, body))
