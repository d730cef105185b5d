"""TLS over a socket whose waits are bounded elsewhere.

`ssl.SSLSocket` asks before every read and write, by a system call, whether the socket is ready, tries, and reads each
record in two parts. Here TLS works on memory: one send for a request and one receive for a usual answer.

Rules of this file:
- What the peer's end without a farewell means is the reader's business: it comes as `b""`, as from `SSLSocket`.
- Whatever TLS itself has to say (a key update, an alert) is sent before anything is waited for.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from entitystore.transports.connection import Stream

RECEIVE = 64 * 1024
"""Bytes received at a time: up to four records."""


def secured(stream: Stream, context: ssl.SSLContext, host: str) -> TlsStream:
    """TLS on a stream, which may be TLS itself, with a certificate for `host`; OSError, ssl.SSLError."""
    tls = TlsStream(stream, context, host.encode())
    tls.handshake()
    return tls


class TlsStream:
    """The TLS layer of one connection: the few methods of a socket that a client needs."""

    def __init__(self, sock: Stream, context: ssl.SSLContext, host: bytes) -> None:
        """Prepare the layer; `host` is the name that the certificate must have."""
        self._sock = sock
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        # As bytes: for text, `ssl` loads the tables of internationalised names first.
        self._layer = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    def handshake(self) -> None:
        """Agree on keys and verify the certificate; OSError, ssl.SSLError."""
        try:
            while True:
                try:
                    self._layer.do_handshake()
                    return
                except ssl.SSLWantReadError:
                    self._flush()
                    self._receive()
        finally:
            self._flush()

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        sent = self._layer.write(data)
        while sent < len(data):  # one record at a time
            sent += self._layer.write(memoryview(data)[sent:])
        self._flush()

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        self._receive_first()
        while True:
            try:
                return self._layer.read(size)
            except ssl.SSLWantReadError:
                self._flush()
                self._receive()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def recv_into(self, window: memoryview) -> int:
        """Fill the window as far as one record does; 0 at the end."""
        self._receive_first()
        while True:
            try:
                return cast(int, self._layer.read(len(window), window))  # the stubs know bytes alone
            except ssl.SSLWantReadError:
                self._flush()
                self._receive()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return 0

    def pending(self) -> int:
        """Bytes that have come and were not asked for."""
        return self._layer.pending() + self._incoming.pending + self._sock.pending()

    def _receive_first(self) -> None:
        """Receive, if nothing has come that could be read: asking in vain makes an exception, an eighth of a call."""
        if not (self._incoming.pending or self._layer.pending()):
            self._flush()
            self._receive()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._sock.sendall(self._outgoing.read())

    def _receive(self) -> None:
        data = self._sock.recv(RECEIVE)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
