"""One connection of the blocking transport: how it is opened, and one exchange on it.

Rules of this file:
- No wait is longer than the silence that is allowed, nor goes past the call's limit; every one of them is a poll,
  since the kernel's own timeouts of a socket begin anew with each signal and each byte.
- An error says `maybe_applied` unless it is certain that the request did not leave whole.
- Names are looked up in a thread (see `waiting`), and addresses are tried one after the other.
"""

from __future__ import annotations

import contextlib
import math
import select
import socket
import time
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from entitystore import errors
from entitystore.errors import TransportError
from entitystore.transports import CallContext
from entitystore.transports.core import check_tunnel, connect_request
from entitystore.transports.head import MAX_HEAD
from entitystore.transports.http1 import Response, ResponseReader
from entitystore.transports.retries import StaleError
from entitystore.transports.route import Route, UntrustedError, connect_fault, connect_took_too_long
from entitystore.transports.waiting import run_aside

if TYPE_CHECKING:
    from entitystore.transports.tls import TlsStream

RECEIVE = 16 * 1024
"""Bytes asked for at a time: a usual answer at once; large bodies have their own buffer."""

_Poll = Callable[[float], Sequence[object]]
"""Waits so many milliseconds; what it returns is true if there is something to do."""

_Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""What a socket is made for and connected to, as `getaddrinfo` has it."""

open_connections: weakref.WeakSet[Connection] = weakref.WeakSet()
"""Every connection of this process: a child after a fork has no use for them."""


class Stream(Protocol):
    """What an exchange needs of a socket, or of TLS on it."""

    def sendall(self, data: bytes) -> None: ...
    def recv(self, size: int) -> bytes: ...
    def recv_into(self, window: memoryview) -> int: ...
    def pending(self) -> int: ...


class BoundedSocket:
    """A connected socket whose waits are bounded: by `silence` seconds each, and by `limit`, a monotonic time.

    `readable` waits so many milliseconds for something to read, or the end.
    """

    __slots__ = ("_receive", "_send", "_sock", "limit", "readable", "silence")

    def __init__(self, sock: socket.socket, silence: float, limit: float) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._send = sock.send
        self._receive = sock.recv
        self.readable = _poller(sock, for_reading=True)
        self.silence = silence
        self.limit = limit

    def sendall(self, data: bytes) -> None:
        """Send all of it; TimeoutError, OSError."""
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def _send_rest(self, data: memoryview) -> None:
        writable = _poller(self._sock, for_reading=False)
        while data:
            self._wait(writable)
            with contextlib.suppress(BlockingIOError):
                data = data[self._send(data) :]

    def recv(self, size: int) -> bytes:
        """Wait for bytes; b"" at the end. TimeoutError, OSError."""
        while True:
            seconds = self.limit - time.monotonic()  # as `_wait`, without its frame: each call comes here
            if seconds > self.silence:
                seconds = self.silence
            if seconds <= 0 or not self.readable(seconds * 1000):
                raise TimeoutError
            try:
                return self._receive(size)
            except BlockingIOError:  # what made it readable was not for us: a checksum that was wrong, say
                continue

    def recv_into(self, window: memoryview) -> int:
        """Wait for bytes; 0 at the end. TimeoutError, OSError."""
        while True:
            self._wait(self.readable)
            try:
                return self._sock.recv_into(window)
            except BlockingIOError:
                continue

    def pending(self) -> int:
        """Bytes that have been received and not yet asked for: none, the system has them."""
        return 0

    def _wait(self, poll: _Poll) -> None:
        seconds = min(self.silence, self.limit - time.monotonic())
        if seconds <= 0 or not poll(seconds * 1000):
            raise TimeoutError

    def end_wait(self) -> None:
        """End the wait of another thread."""
        _end_waits(self._sock)

    def close(self) -> None:
        """Close at once, without a TLS farewell: after a fork it would be said in the parent's name."""
        self._sock.close()


def _end_waits(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is closed, or was never connected
        sock.shutdown(socket.SHUT_RDWR)


def _poller(sock: socket.socket, *, for_reading: bool) -> _Poll:
    if not hasattr(select, "poll"):  # Windows
        if for_reading:
            return lambda milliseconds: select.select([sock], [], [], milliseconds / 1000)[0]
        return lambda milliseconds: select.select([], [sock], [], milliseconds / 1000)[1]
    poller = select.poll()
    poller.register(sock, select.POLLIN if for_reading else select.POLLOUT)
    return poller.poll


class Connection:
    """One kept connection. `used` is the monotonic time of its last use; `fresh` until the first answer."""

    def __init__(self, sock: BoundedSocket, tls: TlsStream | None = None) -> None:
        """Take a connected socket, and its TLS layer where there is one."""
        self._sock = sock
        self._stream: Stream = tls or sock
        self._tls = tls
        self._readable = sock.readable
        self._reader = ResponseReader()
        self.used = 0.0
        self.fresh = True
        open_connections.add(self)

    def exchange(
        self, request: bytes, silence: float, limit: float | None, context: CallContext | None = None
    ) -> Response:
        """Send a request and receive its answer. After an error the connection is of no more use."""
        sock = self._sock
        sock.silence = silence
        sock.limit = math.inf if limit is None else limit
        if context is not None:
            context.on_cancel(sock.end_wait)
        self._send(request)
        try:
            response = self._receive()
        except TimeoutError as error:
            raise errors.TimeoutError("no answer in time", maybe_applied=True) from error
        except OSError as error:
            raise self._lost(f"the connection broke: {error}", maybe_applied=True) from error
        if context is not None:
            context.on_cancel(None)
        self.fresh = False
        return response

    def _send(self, request: bytes) -> None:
        # An error here means that the request did not go out whole, so it cannot have been applied.
        try:
            self._stream.sendall(request)
        except TimeoutError as error:
            raise errors.TimeoutError("the request could not be sent in time") from error
        except OSError as error:
            raise self._lost(f"the request could not be sent: {error}") from error

    def _receive(self) -> Response:
        reader = self._reader
        stream = self._stream
        data = stream.recv(RECEIVE)
        if not data:
            raise self._lost("the connection was closed without an answer", maybe_applied=True)
        response = reader.feed(data)
        while response is None:
            window = reader.window
            if window is None:
                data = stream.recv(RECEIVE)
                response = reader.feed(data) if data else reader.end()
            else:
                count = stream.recv_into(window)
                response = reader.advance(count) if count else reader.end()
        return response

    def _lost(self, message: str, *, maybe_applied: bool = False) -> TransportError:
        kind = TransportError if self.fresh or self._reader.started else StaleError
        return kind(message, maybe_applied=maybe_applied)

    def is_stale(self) -> bool:
        """True if there is something to read before anything was asked: an end, or bytes of nobody."""
        return bool(self._readable(0)) or (self._tls is not None and self._tls.pending() > 0)

    def close(self) -> None:
        """Close at once."""
        self._sock.close()


def connect(route: Route, limit: float, context: CallContext | None = None) -> Connection:
    """Open a connection by a monotonic time: name, TCP, tunnel, TLS. TransportError; nothing has been sent then."""
    route.tls_context()
    trusted_all = route.trusts_all
    try:
        return _connect(route, limit, context)
    except UntrustedError:
        if trusted_all:
            raise
    route.trust_all()
    return _connect(route, limit, context)


def _connect(route: Route, limit: float, context: CallContext | None) -> Connection:
    try:
        sock = _open(route, limit, context)
    except TimeoutError as error:
        raise connect_took_too_long(route) from error
    except OSError as error:
        raise connect_fault(route, error) from error
    try:
        return _secured(route, sock)
    except TimeoutError as error:
        sock.close()
        raise connect_took_too_long(route) from error
    except OSError as error:
        sock.close()
        raise connect_fault(route, error) from error
    except BaseException:
        sock.close()
        raise


def _open(route: Route, limit: float, context: CallContext | None) -> BoundedSocket:
    """A TCP connection to the first of the endpoint's addresses that takes one."""
    last: OSError | None = None
    for family, address in _addresses(route, limit, context):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            if context is not None:
                context.on_cancel(partial(_end_waits, sock))
            sock.settimeout(max(0.001, limit - time.monotonic()))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if route.settings.tcp_keepalive:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except OSError as error:
            sock.close()
            last = error
        except BaseException:
            sock.close()
            raise
        else:
            return BoundedSocket(sock, max(0.001, limit - time.monotonic()), limit)
    raise last or OSError("the name has no address")


def _addresses(route: Route, limit: float, context: CallContext | None) -> list[_Address]:
    host, port = route.address

    def look_up() -> list[_Address]:
        # As bytes: for text, `socket` loads the tables of internationalised names first, 2 ms of a start.
        found = socket.getaddrinfo(host.encode(), port, type=socket.SOCK_STREAM)
        return [(family, address) for family, _, _, _, address in found]

    if host == "localhost" or host.replace(".", "").isdigit() or ":" in host:
        return look_up()
    return run_aside(look_up, f"the look-up of {host}", limit, context)


def _secured(route: Route, sock: BoundedSocket) -> Connection:
    """The connection, with TLS to the proxy, a tunnel through it, and TLS to the endpoint, where there are any."""
    context = route.tls_context()
    if context is None:
        _dig_tunnel(sock, route)
        return Connection(sock)
    from entitystore.transports.tls import secured

    proxy = route.proxy
    tls = None if proxy is None or not proxy.tls else secured(sock, context, proxy.host)
    _dig_tunnel(tls or sock, route)
    if route.endpoint.tls:
        tls = secured(tls or sock, context, route.endpoint.host)
    return Connection(sock, tls)


def _dig_tunnel(stream: Stream, route: Route) -> None:
    proxy = route.tunnel
    if proxy is None:
        return
    stream.sendall(connect_request(route.endpoint, proxy))
    head = b""
    while b"\r\n\r\n" not in head and len(head) < MAX_HEAD:
        data = stream.recv(RECEIVE)
        if not data:
            raise TransportError("the proxy closed the connection without an answer")
        head += data
    check_tunnel(head, proxy)
