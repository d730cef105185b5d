"""The blocking HTTP transport: a pool of kept connections, shared by threads.

Rules of this file:
- A connection is in the pool or in the hands of one call, never both. It goes back only after a whole
  answer that leaves it open; after anything else, an interruption included, it is closed.
- Before a kept connection is used, one poll asks whether the peer has closed it. What slips through that
  gap of microseconds is known by its failure: if the request did not leave whole it is sent again on a
  new connection; if it did, that is for `retries` to decide.
- The last connection used is the first to be used again, so that a pool shrinks when there is less to do.
- After a fork the child forgets the parent's connections: two processes must not share one.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from entitystore import errors
from entitystore.errors import ServiceError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.core import (
    HttpBase,
    Route,
    UntrustedError,
    body_of,
    bounded,
    check_tunnel,
    connect_fault,
    connect_request,
    connect_took_too_long,
    note_answer,
    note_loss,
)
from entitystore.transports.head import MAX_HEAD
from entitystore.transports.http1 import Response, ResponseReader
from entitystore.transports.retries import Attempts, StaleError

if TYPE_CHECKING:
    from entitystore.transports.tls import TlsStream

RECEIVE = 16 * 1024  # bytes asked for at a time: a usual answer at once; large bodies have their own buffer


class Connection:
    """One kept connection. `used` is the monotonic time of its last use; `fresh` until the first answer."""

    def __init__(self, sock: socket.socket, tls: TlsStream | None = None) -> None:
        """Take a connected socket, and its TLS layer where there is one."""
        self._sock = sock
        self._stream = tls or sock
        self._tls = tls
        self._reader = ResponseReader()
        self._poll = _poller(sock)
        self.used = 0.0
        self.fresh = True

    def exchange(self, request: bytes) -> Response:
        """Send a request and receive its answer. After an error the connection is of no more use."""
        self._send(request)
        try:
            response = self._receive()
        except (TimeoutError, BlockingIOError) as error:
            raise errors.TimeoutError("no answer in time", maybe_applied=True) from error
        except OSError as error:
            raise self._lost(f"the connection broke: {error}", maybe_applied=True) from error
        self.fresh = False
        return response

    def _send(self, request: bytes) -> None:
        # An error here means that the request did not go out whole, so it cannot have been applied.
        try:
            self._stream.sendall(request)
        except (TimeoutError, BlockingIOError) as error:
            raise errors.TimeoutError("the request could not be sent in time") from error
        except OSError as error:
            raise self._lost(f"the request could not be sent: {error}") from error

    def _receive(self) -> Response:
        reader = self._reader
        sock = self._stream
        data = sock.recv(RECEIVE)
        if not data:
            raise self._lost("the connection was closed without an answer", maybe_applied=True)
        response = reader.feed(data)
        while response is None:
            window = reader.window
            if window is None:
                data = sock.recv(RECEIVE)
                response = reader.feed(data) if data else reader.end()
            else:
                count = sock.recv_into(window)
                response = reader.advance(count) if count else reader.end()
        return response

    def _lost(self, message: str, *, maybe_applied: bool = False) -> TransportError:
        kind = TransportError if self.fresh or self._reader.started else StaleError
        return kind(message, maybe_applied=maybe_applied)

    def is_stale(self) -> bool:
        """True if there is something to read before anything was asked: an end, or bytes of nobody."""
        return bool(self._poll(0)) or (self._tls is not None and self._tls.pending() > 0)

    def set_timeout(self, seconds: float) -> None:
        """Bound the silence in the next exchange.

        Python waits for a socket with a timeout by a poll before every send and receive. Where the kernel
        can do the waiting, that saves a fifth of a call.
        """
        if sys.platform == "win32":
            self._sock.settimeout(seconds)
            return
        self._sock.settimeout(None)
        timeval = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000) or 1)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeval)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeval)

    def close(self) -> None:
        """Close at once, without a TLS farewell: after a fork it would be said in the parent's name."""
        self._sock.close()


def _poller(sock: socket.socket) -> Callable[[int], Sequence[object]]:
    """A function that waits so many milliseconds and gives something if the socket can be read."""
    if not hasattr(select, "poll"):  # Windows
        return lambda milliseconds: select.select([sock], [], [], milliseconds / 1000)[0]
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    return poller.poll


def connect(route: Route, connect_timeout: float) -> Connection:
    """Open a connection: TCP, tunnel, TLS. Raises TransportError; nothing has been sent then."""
    route.tls_context()
    trusted_all = route.trusts_all
    try:
        return _connect(route, connect_timeout)
    except UntrustedError:
        if trusted_all:
            raise
    route.trust_all()
    return _connect(route, connect_timeout)


def _connect(route: Route, connect_timeout: float) -> Connection:
    host, port = route.address
    try:
        # As bytes: for text, `socket` loads the tables of internationalised names first, 2 ms of a start.
        sock = socket.create_connection(cast("tuple[str, int]", (host.encode(), port)), timeout=connect_timeout)
    except TimeoutError as error:
        raise connect_took_too_long(route) from error
    except OSError as error:
        raise connect_fault(route, error) from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _dig_tunnel(sock, route)
        context = route.tls_context()
        if context is None:
            return Connection(sock)
        from entitystore.transports.tls import TlsStream

        tls = TlsStream(sock, context, route.endpoint.host.encode())
        tls.handshake()
        return Connection(sock, tls)
    except TimeoutError as error:
        sock.close()
        raise connect_took_too_long(route) from error
    except OSError as error:
        sock.close()
        raise connect_fault(route, error) from error
    except BaseException:
        sock.close()
        raise


def _dig_tunnel(sock: socket.socket, route: Route) -> None:
    proxy = route.tunnel
    if proxy is None:
        return
    sock.sendall(connect_request(route.endpoint, proxy))
    head = b""
    while b"\r\n\r\n" not in head and len(head) < MAX_HEAD:
        data = sock.recv(RECEIVE)
        if not data:
            raise TransportError("the proxy closed the connection without an answer")
        head += data
    check_tunnel(head, proxy)


class HttpTransport(HttpBase):
    """Calls DynamoDB over kept HTTP/1.1 connections. Safe to share between threads and across a fork."""

    def _set_up(self) -> None:
        super()._set_up()
        self._idle: list[Connection] = []
        self._pid = os.getpid()

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Send `body` as `operation` and return the answer's body; retries what is safe to retry.

        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        started = time.monotonic()
        if self._pid != os.getpid():
            self._after_fork()
        if self._closed:
            self._refuse_if_closed()
        route = self._route or self._find_route()
        limit = self._limit(started, None if context is None else context.deadline)
        try:
            answer = self._attempt(route, operation, body, limit, context)
        except (ServiceError, TransportError) as error:
            return self._retry(route, operation, body, limit, context, error)
        self._quota.give_back()
        return answer

    def _retry(
        self,
        route: Route,
        operation: str,
        body: bytes,
        limit: float | None,
        context: CallContext | None,
        error: ServiceError | TransportError,
    ) -> bytes:
        """What the sendings after the first come to, which ended in `error`."""
        attempts = Attempts(self._policy, self._quota, operation, body, limit, context)
        while True:
            time.sleep(attempts.after(error))
            try:
                answer = self._attempt(route, operation, body, limit, context)
            except (ServiceError, TransportError) as another:
                error = another
            else:
                attempts.succeeded()
                return answer

    def _attempt(
        self, route: Route, operation: str, body: bytes, limit: float | None, context: CallContext | None
    ) -> bytes:
        request = route.signer(route.source.current()).head(operation, body) + body
        connection = self._checkout(route, limit)
        try:
            response = connection.exchange(request)
        except BaseException as error:
            connection.close()
            if context is not None:
                note_loss(context, body)
            if isinstance(error, StaleError):
                self._drop_idle()  # whatever closed this one has likely closed them all
            raise
        if response.keep_alive:
            self._checkin(connection)
        else:
            connection.close()
        if context is not None:
            note_answer(context, body, response)
        return body_of(response)

    def _checkout(self, route: Route, limit: float | None) -> Connection:
        """The kept connection that was used last and is still open, or a new one; bounded in time."""
        now = time.monotonic()
        connection = self._kept(now)
        if connection is None:
            connection = connect(route, bounded(self._connect_timeout, limit, now))
            connection.set_timeout(self._read_timeout)
        if limit is not None:
            connection.set_timeout(bounded(self._read_timeout, limit, time.monotonic()))
        return connection

    def _kept(self, now: float) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop()  # atomic: this is where threads race for a connection
            except IndexError:
                return None
            if now - connection.used < self._idle_seconds and not connection.is_stale():
                return connection
            connection.close()

    def _checkin(self, connection: Connection) -> None:
        connection.used = time.monotonic()
        if len(self._idle) < self._max_connections:
            self._idle.append(connection)
            if self._closed:  # while this call was under way
                self._drop_idle()
        else:
            connection.close()

    def _drop_idle(self) -> None:
        while True:
            try:
                self._idle.pop().close()
            except IndexError:
                return

    def _after_fork(self) -> None:
        """Start anew in a child. Closing the parent's sockets here leaves them open there."""
        inherited = self._idle
        self._set_up()  # with a new lock: the parent's may have been held at the fork
        for connection in inherited:
            connection.close()

    def close(self) -> None:
        """Close the kept connections; calls under way end as they would have."""
        self._closed = True
        self._drop_idle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
