"""HTTP/1.1 responses without IO: bytes go in, a `Response` comes out once it is whole.

Rules of this file:
- Source: RFC 9112 (framing) and RFC 9110 (fields). What a response to a POST may look like is read; what
  would leave doubt about where it ends is refused, for the next answer on the connection would be
  somebody else's.
- A response is whole or it is an error. A body that ends early, or whose CRC32 is not the one that
  DynamoDB announced, never reaches a decoder.
- Errors here are TransportErrors with `maybe_applied=True`: whoever reads an answer has sent a request.
- The usual answer, complete in one read, takes one pass and no state.
"""

from __future__ import annotations

import zlib

from msgspec import Struct

from entitystore.errors import ServiceError, TransportError
from entitystore.transports.head import MAX_BODY, MAX_HEAD, Head, RefusalFields, any_head, broken, usual_head
from entitystore.transports.secrets import without_secrets

_HEX_DIGITS = b"0123456789abcdefABCDEF"
_MOST_INTERIM = 100  # HTTP sets no bound; one or two is what there is
_KEPT = 2 * 1024 * 1024  # bytes; a page of a query has 1 MB of items, which is up to half as much again as JSON

_spare: list[bytearray] = []
"""The buffer of the last large body, for the next one. Two new megabytes for each page, for the buffer and for the
bytes that are handed out, are given back to the system and taken from it anew: a quarter of a query's time."""


class Response(Struct, frozen=True, gc=False):
    """One whole answer."""

    status: int
    body: bytes
    keep_alive: bool
    raw_request_id: bytes | None = None
    refusal: RefusalFields | None = None

    @property
    def request_id(self) -> str | None:
        """The service's name for this exchange; None where it gave none."""
        raw = self.raw_request_id
        return None if raw is None else raw.rpartition(b": ")[2].decode("latin-1")


class ResponseReader:
    """Collects the bytes of one response after another on one connection.

    Call `feed` with what was received until it returns the response, `end` when the peer has closed. While
    `window` is not None, bytes may be received straight into it; tell their number to `advance`.
    """

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._pending = b""  # a head that is not whole yet
        self._head: Head | None = None
        self._chunks: ChunkedBody | None = None
        self._buffer: memoryview | None = None  # a body of known length
        self._filled = 0
        self._parts: list[bytes] = []  # a body that ends with the connection
        self._interim = 0
        self.started = False

    @property
    def window(self) -> memoryview | None:
        """Room for the rest of a body and one byte more; None unless a body of known length is under way.

        The byte more tells what nobody asked for: it would stay in the socket, and begin the next answer.
        """
        return None if self._buffer is None else self._buffer[self._filled :]

    def feed(self, data: bytes) -> Response | None:
        """Take received bytes; return the response if it is whole."""
        if self.started:
            if self._head is not None:
                return self._feed_body(self._head, data)
            data = self._pending + data
        end = data.find(b"\r\n\r\n")
        if end < 0 or end > MAX_HEAD:
            self._wait_for_head(data)
            return None
        head = usual_head(data[:end]) or any_head(data[:end])
        body = data[end + 4 :]
        if head.length == len(body) and head.status >= 200 and not self.started:
            return _whole(head, body)
        self.started = True
        return self._begin_body(head, body) if head.status >= 200 else self._pass_over(head, body)

    def _wait_for_head(self, data: bytes) -> None:
        if len(data) > MAX_HEAD:
            broken("header fields without end")
        self.started = True
        self._pending = data

    def _pass_over(self, head: Head, data: bytes) -> Response | None:
        """Skip interim answers (RFC 9110, 15.2), of which `head` is one; the real one follows."""
        while head.status < 200:
            if head.status == 101:
                broken("it changes the protocol, which nobody asked for")
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                broken("interim answers without end")
            end = data.find(b"\r\n\r\n")
            if end < 0 or end > MAX_HEAD:
                self._wait_for_head(data)
                return None
            head = any_head(data[:end])
            data = data[end + 4 :]
        return self._begin_body(head, data)

    def _begin_body(self, head: Head, data: bytes) -> Response | None:
        self._head = head
        if head.chunked:
            self._chunks = ChunkedBody()
        elif head.length is not None:
            self._buffer = _buffer_of(head.length + 1)
        return self._feed_body(head, data)

    def _feed_body(self, head: Head, data: bytes) -> Response | None:
        if self._buffer is not None:
            end = self._filled + len(data)
            if end >= len(self._buffer):
                broken("more bytes than announced")
            self._buffer[self._filled : end] = data
            return self.advance(len(data))
        if self._chunks is not None:
            body = self._chunks.feed(data)
            return None if body is None else self._finish(head, body)
        self._filled += len(data)
        if self._filled > MAX_BODY:
            broken("a body without end")
        self._parts.append(data)
        return None

    def advance(self, count: int) -> Response | None:
        """Note that `count` bytes were received into `window`; return the response if it is whole."""
        self._filled += count
        if self._head is None or self._buffer is None or self._filled < len(self._buffer) - 1:
            return None
        if self._filled == len(self._buffer):
            broken("more bytes than announced")
        body = bytes(self._buffer[:-1])
        _keep_buffer(self._buffer)
        return self._finish(self._head, body)

    def end(self) -> Response:
        """The peer has closed: the response, if that is how it ends."""
        head = self._head
        if head is not None and head.length is None and not head.chunked:
            return self._finish(head, b"".join(self._parts))
        if not self.started:
            raise TransportError("the endpoint closed the connection without an answer", maybe_applied=True)
        return broken("the connection was closed in the middle of it")

    def _finish(self, head: Head, body: bytes) -> Response:
        self._reset()
        return _whole(head, body)


def _buffer_of(length: int) -> memoryview:
    """Room for a body, with anything in it."""
    try:
        buffer = _spare.pop()  # atomic: nobody else has it now
    except IndexError:
        buffer = bytearray()
    return memoryview(buffer if len(buffer) >= length else bytearray(length))[:length]


def _keep_buffer(view: memoryview) -> None:
    buffer = view.obj
    if isinstance(buffer, bytearray) and len(buffer) <= _KEPT and not _spare:
        _spare.append(buffer)


def _whole(head: Head, body: bytes) -> Response:
    if head.crc32 is not None and zlib.crc32(body) != head.crc32:
        broken("its CRC32 is not the announced one; it was damaged on the way")
    return Response(head.status, body, head.keep_alive, head.request_id, head.refusal)


class ChunkedBody:
    """Decodes `Transfer-Encoding: chunked` (RFC 9112, 7.1). Extensions and trailers are dropped."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._parts: list[bytes] = []
        self._size = 0
        self._in_trailer = False

    def feed(self, data: bytes) -> bytes | None:
        """Take received bytes; return the body once the last chunk and the trailers are there."""
        self._raw += data
        while not self._in_trailer:
            if not self._take_chunk():
                return None
        return self._take_trailer()

    def _take_chunk(self) -> bool:
        """Move one chunk from the raw bytes to the parts; False if it is not whole yet."""
        line_end = self._raw.find(b"\r\n")
        if line_end < 0:
            if len(self._raw) > MAX_HEAD:
                broken("a chunk without a size")
            return False
        size = self._chunk_size(line_end)
        if size == 0:
            del self._raw[:line_end]  # its CRLF stays: the trailer ends with a blank line
            self._in_trailer = True
            return True
        start, end = line_end + 2, line_end + 2 + size
        if len(self._raw) < end + 2:
            return False
        if self._raw[end : end + 2] != b"\r\n":
            broken("a chunk that is longer than it says")
        self._parts.append(bytes(self._raw[start:end]))
        del self._raw[: end + 2]
        self._size += size
        return True

    def _chunk_size(self, line_end: int) -> int:
        text = bytes(self._raw[:line_end]).partition(b";")[0].strip()
        if not text or len(text) > 16 or text.strip(_HEX_DIGITS):
            broken("a chunk size that is no number")
        size = int(text, 16)
        if self._size + size > MAX_BODY:
            broken("a body without end")
        return size

    def _take_trailer(self) -> bytes | None:
        end = self._raw.find(b"\r\n\r\n")
        if end < 0:
            if len(self._raw) > MAX_HEAD:
                broken("trailer fields without end")
            return None
        if len(self._raw) != end + 4:
            broken("more bytes than announced")
        return b"".join(self._parts)


def service_error(response: Response, token: str | None = None) -> ServiceError:
    """The refusal that a response with another status than 200 carries, without the session token that it may quote.

    DynamoDB puts `{"__type": "namespace#Code", "message": …}` into the body. An answer of something else
    on the way (a proxy, a load balancer) gets the code `Http<status>`.
    """
    body = response.body.replace(token.encode(), b"[left out]") if token else response.body
    fields = _json_object(body)
    code = fields.get("__type") or fields.get("code") or (response.refusal and response.refusal.error_type)
    message = fields.get("message") or fields.get("Message")
    if not isinstance(code, str) or not code:
        code = f"Http{response.status}"
        message = message or f"the endpoint answered {response.status}, not in DynamoDB's form"
    # `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException:http://…`, of which either end may be absent
    code = code.partition(":")[0].rpartition("#")[2]
    return ServiceError(
        code,
        without_secrets(message) if isinstance(message, str) else "",
        status=response.status,
        request_id=response.request_id,
        body=body if fields else b"{}",
    )


def _json_object(body: bytes) -> dict[str, object]:
    import json  # only refusals need it

    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
