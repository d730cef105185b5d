"""The head of an HTTP/1.1 response: status line and fields, as far as they matter here.

Rules of this file:
- Source: RFC 9112 (framing) and RFC 9110 (fields).
- What would leave doubt about where the answer ends is refused, for the next answer on the connection
  would be somebody else's.
- DynamoDB's usual success has a fast path. It only reads what the slow path would read the same way, and
  leaves everything else to it.
"""

from __future__ import annotations

from typing import NoReturn

from msgspec import Struct

from entitystore.errors import TransportError

MAX_HEAD = 64 * 1024
"""Bytes that status line and fields may have. DynamoDB sends about 300."""

MAX_BODY = 256 * 1024 * 1024
"""Bytes that a body may have. DynamoDB's largest answer, BatchGetItem, is 16 MB of items."""


class RefusalFields(Struct, frozen=True, gc=False):
    """What matters of the fields where the service refused."""

    error_type: str | None = None
    date: str | None = None


class Head(Struct, frozen=True, gc=False):
    """What the status line and the fields say, as far as it matters here."""

    status: int
    length: int | None  # None: the body ends where the connection does, or is chunked
    chunked: bool
    keep_alive: bool
    crc32: int | None
    request_id: bytes | None  # the value, or the whole line where nobody may ask for it
    refusal: RefusalFields | None  # None for a usual success


def broken(what: str) -> NoReturn:
    """Raise the error for an answer that cannot be used."""
    raise TransportError(f"the endpoint's answer cannot be used: {what}", maybe_applied=True)


def usual_head(data: bytes) -> Head | None:
    """The head exactly as DynamoDB writes that of a success, at a fifth of the cost; None for any other.

    `data` ends before the blank line.
    """
    lines = data.split(b"\r\n")
    if len(lines) != 8:
        return None
    status, server, date, kind, length, connection, request, crc32 = lines
    if (
        status != b"HTTP/1.1 200 OK"
        or connection != b"Connection: keep-alive"
        or kind != b"Content-Type: application/x-amz-json-1.0"
        or server[:8] != b"Server: "
        or date[:6] != b"Date: "
        or request[:18] != b"x-amzn-RequestId: "
        or length[:16] != b"Content-Length: "
        or crc32[:13] != b"x-amz-crc32: "
    ):
        return None
    length = length[16:]
    crc32 = crc32[13:]
    if not (length.isdigit() and len(length) < 9 and crc32.isdigit() and len(crc32) < 11):
        return None
    return Head(200, int(length), False, True, int(crc32), request, None)


def any_head(data: bytes) -> Head:
    """Read status line and fields; `data` ends before the blank line."""
    lines = data.split(b"\r\n")
    status_line = lines[0]
    if status_line[:7] != b"HTTP/1." or not status_line[9:12].isdigit():
        broken("it is not HTTP/1.1 (is the endpoint URL right, and https where it must be?)")
    fields: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        name = name.lower()
        value = value.strip()
        if not colon or name[-1:].isspace() or name[:1].isspace():
            broken("a malformed header field")
        if name in fields:  # RFC 9110, 5.3: a repeated field is a list
            value = fields[name] + b", " + value
        fields[name] = value
    return _head(int(status_line[9:12]), status_line[7:8] == b"1", fields)


def _head(status: int, version_11: bool, fields: dict[bytes, bytes]) -> Head:
    encoding = fields.get(b"content-encoding")
    if encoding is not None and encoding.lower() != b"identity":
        broken("it is compressed, though `identity` was asked for")
    chunked = _is_chunked(fields)
    connection = fields.get(b"connection")
    keep_alive = version_11
    if connection is not None:
        options = [option.strip() for option in connection.lower().split(b",")]
        keep_alive = b"close" not in options and (version_11 or b"keep-alive" in options)
    length = _length(status, fields, chunked)
    crc32 = fields.get(b"x-amz-crc32")
    return Head(
        status,
        length,
        chunked,
        keep_alive and (chunked or length is not None),
        int(crc32) if crc32 is not None and crc32.isdigit() and len(crc32) < 11 else None,
        fields.get(b"x-amzn-requestid"),
        RefusalFields(_text(fields.get(b"x-amzn-errortype")), _text(fields.get(b"date"))),
    )


def _is_chunked(fields: dict[bytes, bytes]) -> bool:
    coding = fields.get(b"transfer-encoding")
    if coding is None:
        return False
    if coding.lower() != b"chunked":
        broken("an unknown transfer coding")
    if b"content-length" in fields:  # RFC 9112, 6.3: the mark of request smuggling
        broken("both Content-Length and Transfer-Encoding")
    return True


def _length(status: int, fields: dict[bytes, bytes], chunked: bool) -> int | None:
    if status == 204 or status == 304:  # RFC 9112, 6.3: never a body
        return 0
    text = fields.get(b"content-length")
    if text is None or chunked:
        return None
    if not text.isdigit() or len(text) > 16:
        broken("a Content-Length that is no number")
    length = int(text)
    if length > MAX_BODY:
        broken(f"a body of {length} bytes")
    return length


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
