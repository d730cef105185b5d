"""The child process of `local.LocalEngine`: ministack's DynamoDB behind Hypercorn.

Run as a script, never imported. It prints the port that it listens on as one line, then nothing,
and ends when its standard input closes, which also happens when the process that started it is
killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

# What an ASGI server hands to an application (asgi.readthedocs.io, "Applications").
_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]
_Application: TypeAlias = Callable[[_Message, _Receive, _Send], Awaitable[None]]

# ministack reads these when it is imported. DynamoDB alone, quiet, nothing persisted.
_SETTINGS = {
    "SERVICES": "dynamodb",
    "LOG_LEVEL": "ERROR",
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
    "AUTH": "false",
    "MINISTACK_HOST": "127.0.0.1",
}


def main() -> None:
    """Listen, say where, serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = int(listener.getsockname()[1])
    os.environ.update(_SETTINGS, GATEWAY_PORT=str(port))
    asyncio.run(_serve(listener, port))


def _leave_with_the_parent() -> None:
    # os.read, since a thread inside sys.stdin's lock makes a normal interpreter exit abort.
    while os.read(0, 4096):
        pass
    # Everything is in memory: there is nothing to flush, and no reason to wait for open
    # connections.
    os._exit(0)


async def _serve(listener: socket.socket, port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = "ERROR"
    config.keep_alive_timeout = 75
    # The socket listens already: whoever connects before the first accept waits in the backlog.
    print(port, flush=True)
    await serve(_without_lifespan(app), config)


def _without_lifespan(app: _Application) -> Any:
    """`app` without its start-up, which would look for Docker, run scripts and open an MQTT
    port.
    """

    async def serve_requests(scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return None

    return serve_requests


if __name__ == "__main__":
    main()
