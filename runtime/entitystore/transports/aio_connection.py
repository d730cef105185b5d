"""One HTTP connection as an `asyncio.Protocol`, and how it is opened.

Rules of this file:
- The reader is the one of the blocking transport. The future of the call under way is all that waits.
- At most one call is under way. Bytes that no call waits for end the connection.
- An error says `maybe_applied` unless it is certain that the request did not leave whole: the first
  `send` failed, or part of it is still in the transport's buffer.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from typing import cast

from entitystore import errors
from entitystore.errors import TransportError
from entitystore.transports.core import check_tunnel, connect_request
from entitystore.transports.endpoint import Proxy
from entitystore.transports.head import MAX_HEAD
from entitystore.transports.http1 import Response, ResponseReader
from entitystore.transports.retries import StaleError
from entitystore.transports.route import Route, UntrustedError, connect_fault, connect_took_too_long

RECEIVE = 16 * 1024
"""Bytes received at a time, unless a large body is under way.

`asyncio.Protocol` would receive into a new object of 256 KB each time, which the allocator takes from the
system and gives back: 17 of the 27 microseconds of a bare exchange.
"""


class Connection(asyncio.BufferedProtocol):
    """One kept connection.

    `used` is the loop time at which its last call began and `expires` the one at which its call has waited too long;
    `gone` says that the event loop has let go of it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._reader = ResponseReader()
        self._view = memoryview(bytearray(RECEIVE))
        self._window: memoryview | None = None  # the part of a large body that is being received into
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._poll: select.poll | None = None
        self._fresh = True  # until the first answer
        self._ended = False
        self._silence = 0.0
        self._limit: float | None = None
        self.used = 0.0
        self.expires = 0.0
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, and a way to ask whether its socket can be read."""
        self._transport = cast(asyncio.Transport, transport)
        raw = transport.get_extra_info("socket")
        if raw is not None and hasattr(select, "poll"):  # not on Windows
            self._poll = select.poll()
            self._poll.register(raw.fileno(), select.POLLIN)

    def keep_alive(self) -> None:
        """Have the system probe the connection while nothing is sent."""
        raw = None if self._transport is None else self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where the next bytes shall go: into a large body itself, else into the connection's buffer."""
        window = self._window = self._reader.window if self._reader.started else None
        return self._view if window is None else window

    def buffer_updated(self, nbytes: int) -> None:
        """Take bytes of the answer."""
        answer = self._answer
        if answer is None or answer.done():
            self.abort()
            return
        try:
            if self._window is None:
                response = self._reader.feed(bytes(self._view[:nbytes]))
            else:
                response = self._reader.advance(nbytes)
        except TransportError as error:
            self._fail(error)
            return
        if response is None:
            self.expires = self._expiry(self._loop.time())
        else:
            self._fresh = False
            self._answer = None
            answer.set_result(response)

    def eof_received(self) -> None:
        """The peer has closed its side: the answer is whole now, or lost."""
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; `exc` is None where one side closed it in order."""
        self._end(exc)
        self.gone.set()
        self._poll = None

    def send(self, request: bytes, now: float, silence: float, limit: float | None) -> asyncio.Future[Response]:
        """Send a request; the future brings its answer, and is the caller's to bound with `time_out`.

        `now` is the loop's time, `silence` the longest one in seconds, `limit` a loop time. After an error, or when
        the future was cancelled, the connection is of no more use.
        """
        transport = self._transport
        if transport is None or self._ended:
            raise StaleError("the connection was closed before the request was sent")
        self._silence = silence
        self._limit = limit
        self.expires = self._expiry(now)
        answer: asyncio.Future[Response] = self._loop.create_future()
        self._answer = answer
        transport.write(request)
        if transport.is_closing():  # the first send failed, so nothing left
            self._answer = None
            raise StaleError("the request could not be sent")
        return answer

    def _expiry(self, now: float) -> float:
        expiry = now + self._silence
        return expiry if self._limit is None else min(expiry, self._limit)

    def time_out(self) -> None:
        """End the call under way: it has waited too long."""
        unsent = self._transport is not None and self._transport.get_write_buffer_size() > 0
        message = "the request could not be sent in time" if unsent else "no answer in time"
        self._fail(errors.TimeoutError(message, maybe_applied=not unsent))

    def is_stale(self) -> bool:
        """True if the peer has closed, or has sent what nobody asked for."""
        if self._ended or self._transport is None or self._transport.is_closing():
            return True
        return self._poll is not None and bool(self._poll.poll(0))

    def abort(self) -> None:
        """Let go of the connection at once."""
        self._ended = True
        if self._transport is not None:
            self._transport.abort()

    def abandon(self) -> None:
        """Let go of the connection although its loop is closed: its socket is closed when the transport is freed."""
        transport, self._transport = self._transport, None
        self._ended = True
        self._poll = None
        if transport is not None:
            with contextlib.suppress(RuntimeError):  # "Event loop is closed"
                transport.abort()

    def _end(self, error: Exception | None = None) -> None:
        answer = self._answer
        self._ended = True
        if answer is None or answer.done():
            return
        if error is None and self._reader.started:
            try:
                response = self._reader.end()
            except TransportError as broken:
                self._fail(broken)
            else:
                self._answer = None
                answer.set_result(response)
            return
        kind = TransportError if self._fresh or self._reader.started else StaleError
        lost = kind("the connection was lost before the answer was there", maybe_applied=True)
        lost.__cause__ = error
        self._fail(lost)

    def _fail(self, error: TransportError) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        self.abort()


async def connect(route: Route, loop: asyncio.AbstractEventLoop, within: float) -> Connection:
    """Open a connection `within` so many seconds. Raises TransportError; nothing has been sent then."""
    if route.speaks_tls:
        await asyncio.to_thread(route.tls_context)
    trusted_all = route.trusts_all
    try:
        return await _connect(route, loop, within)
    except UntrustedError:
        if trusted_all:
            raise
    await asyncio.to_thread(route.trust_all)
    return await _connect(route, loop, within)


async def _connect(route: Route, loop: asyncio.AbstractEventLoop, within: float) -> Connection:
    try:
        async with asyncio.timeout(within):
            connection = await _open(route, loop)
    except TimeoutError as error:
        raise connect_took_too_long(route) from error
    except OSError as error:
        raise connect_fault(route, error) from error
    if route.settings.tcp_keepalive:
        connection.keep_alive()
    return connection


async def _open(route: Route, loop: asyncio.AbstractEventLoop) -> Connection:
    proxy = route.tunnel
    if proxy is not None:
        return await _open_tunnel(route, loop, proxy)
    host, port = route.address
    context = route.tls_context()
    name = None if context is None else host
    _, connection = await loop.create_connection(
        lambda: Connection(loop), host, port, ssl=context, server_hostname=name
    )
    return connection


async def _open_tunnel(route: Route, loop: asyncio.AbstractEventLoop, proxy: Proxy) -> Connection:
    context = route.tls_context()
    assert context is not None, "only https goes through a tunnel"
    outer, name = (context, proxy.host) if proxy.tls else (None, None)
    transport, tunnel = await loop.create_connection(
        lambda: _Tunnel(loop), proxy.host, proxy.port, ssl=outer, server_hostname=name
    )
    try:
        transport.write(connect_request(route.endpoint, proxy))
        check_tunnel(await tunnel.head, proxy)
        connection = Connection(loop)
        secured = await loop.start_tls(transport, connection, context, server_hostname=route.endpoint.host)
    except BaseException:
        transport.abort()
        raise
    if secured is None:
        raise OSError("the connection was closed during the TLS handshake")
    connection.connection_made(secured)
    return connection


class _Tunnel(asyncio.Protocol):
    """Reads the answer of a proxy that was asked for a tunnel."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.head: asyncio.Future[bytes] = loop.create_future()
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Take bytes of the answer."""
        self._data += data
        if not self.head.done() and (b"\r\n\r\n" in self._data or len(self._data) > MAX_HEAD):
            self.head.set_result(self._data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The proxy hung up."""
        if not self.head.done():
            self.head.set_exception(exc or OSError("the proxy closed the connection without an answer"))
