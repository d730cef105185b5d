"""A server on the loopback interface that answers as it is told, well or badly.

    with FakeServer(ok(b"{}"), hang_up(), refuse(400, "ThrottlingException")) as server:
        ...  # one answer per request, in the order of their arrival; after the last: `{}`

It records every whole request, and the number of the connection that it came on.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.patience import PATIENCE, eventually


@dataclass(frozen=True)
class Request:
    """One request as it arrived; `connection` counts from 1."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def operation(self) -> str:
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


Answer = Callable[["FakeServer", socket.socket, Request], bool]
"""Answers a request on its socket; True keeps the connection."""


def response(body: bytes, status: int = 200, *headers: str, crc32: int | None = None) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Whatever",
        "Content-Type: application/x-amz-json-1.0",
        f"Content-Length: {len(body)}",
        "x-amzn-RequestId: REQUEST-1",
        f"x-amz-crc32: {zlib.crc32(body) if crc32 is None else crc32}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ok(body: bytes = b"{}", *headers: str) -> Answer:
    return raw(response(body, 200, "Connection: keep-alive", *headers), keep=True)


def refuse(status: int, code: str, message: str = "no", **more: object) -> Answer:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message, **more})
    return raw(response(body.encode(), status), keep=True)


def raw(data: bytes, *, keep: bool = False) -> Answer:
    def answer(_: FakeServer, sock: socket.socket, __: Request) -> bool:
        sock.sendall(data)
        return keep

    return answer


def pieces(*parts: bytes, keep: bool = True, pause: float = 0.01) -> Answer:
    """Send the parts one by one, so that they arrive one by one."""

    def answer(server: FakeServer, sock: socket.socket, _: Request) -> bool:
        for part in parts:
            sock.sendall(part)
            server.stopped.wait(pause)
        return keep

    return answer


def hang_up() -> Answer:
    return lambda server, sock, request: False


def reset() -> Answer:
    def answer(_: FakeServer, sock: socket.socket, __: Request) -> bool:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return answer


def echo(_: FakeServer, sock: socket.socket, request: Request) -> bool:
    """Answer with the request's own body."""
    sock.sendall(response(request.body, 200, "Connection: keep-alive"))
    return True


def never() -> Answer:
    """Say nothing until the server stops."""

    def answer(server: FakeServer, _: socket.socket, __: Request) -> bool:
        server.stopped.wait()
        return False

    return answer


@dataclass
class FakeServer:
    """Listens on a free port from `__enter__` to `__exit__`."""

    answers: list[Answer]
    tls: ssl.SSLContext | None = None
    default: Answer = field(default_factory=ok)

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None, default: Answer | None = None) -> None:
        self.answers = list(answers)
        self.tls = tls
        self.default = default or ok()
        self.requests: list[Request] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def operations(self) -> list[str]:
        return [request.operation for request in self.requests]

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.close_connections()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a thread of the fake server hangs"

    def close_connections(self) -> None:
        """Close what is open, from the server's side; the other side has it in its kernel when this returns."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for sock in sockets:
            with contextlib.suppress(OSError), _kept(sock) as kept:  # its thread closes `sock`
                sock.shutdown(socket.SHUT_RDWR)
                assert eventually(lambda: _is_acknowledged(kept)), "the peer's kernel does not answer"

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what was sent has left
            with self._lock:
                self.connections += 1
                self._sockets.append(sock)
                number = self.connections
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        with sock, contextlib.suppress(OSError):
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._sockets.append(sock)
            with sock:
                while self._serve_one(sock, number):
                    pass

    def _serve_one(self, sock: socket.socket, number: int) -> bool:
        request = read_request(sock, number)
        if request is None:
            return False
        with self._lock:
            self.requests.append(request)
            answer = self.answers.pop(0) if self.answers else self.default
        return answer(self, sock, request)


def _kept(sock: socket.socket) -> socket.socket:
    """The same connection, as TCP, for as long as it is asked about."""
    return socket.fromfd(sock.fileno(), sock.family, sock.type)


def _is_acknowledged(sock: socket.socket) -> bool:
    """Whether the peer's kernel has the end of the connection, where this system tells (Linux)."""
    if not hasattr(socket, "TCP_INFO"):
        return True
    state = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state not in (_TCP_ESTABLISHED, _TCP_FIN_WAIT1)


_TCP_ESTABLISHED, _TCP_FIN_WAIT1 = 1, 4  # linux/include/net/tcp_states.h


def read_request(sock: socket.socket, number: int) -> Request | None:
    """The next whole request, or None if the peer has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        part = sock.recv(65536)
        if not part:
            return None
        body += part
    return Request(line, headers, body, number)
