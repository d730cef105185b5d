"""An engine that speaks DynamoDB's protocol on this machine, for first steps, demos and tests.

    with LocalEngine() as engine:
        table = shop_store.connect(endpoint_url=engine.endpoint_url)

The engine is ministack (the extra `local`), in memory: what is stored ends with it.

Rules of this file:
- The engine lives in a child process (`_local_server.py`). ministack configures the root logger,
  the event loop and background threads when it is imported, and nothing of that may reach the
  caller.
- It listens on 127.0.0.1 alone, on a port that the kernel chose, and on no other.
- Nothing is left behind: the child holds the read end of a pipe whose write end is ours, and ends
  when that closes, so it cannot outlive this process, not even one that was killed.
- The child's environment is an explicit list: the caller's credentials and settings stay here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from entitystore.errors import EntityStoreError

__all__ = ["LocalEngine"]

_SERVER = Path(__file__).with_name("_local_server.py")
_STOP_SECONDS = 5.0
# Enough for a Python process to find its modules, its home and its temporary files; nothing of AWS,
# nothing that ministack reads as a setting.
_INHERITED = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "TMPDIR",
    "TEMP",
    "TMP",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONPYCACHEPREFIX",
    "PYTHONDONTWRITEBYTECODE",
    "VIRTUAL_ENV",
)


class LocalEngine:
    """An in-memory DynamoDB engine in a child process, on a free port of 127.0.0.1.

    Use it as a context manager, or call `start` and `stop`. Any credentials are accepted; none are
    checked. `start_timeout` is in seconds, and long: an engine that fails is noticed at once, and one on a
    busy machine takes its time. Raises EntityStoreError if the extra `local` is missing or the engine does
    not start.
    """

    def __init__(self, *, start_timeout: float = 120.0) -> None:
        self._start_timeout = start_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def endpoint_url(self) -> str:
        """Where the engine listens, as `http://127.0.0.1:PORT`. EntityStoreError if it is not
        running.
        """
        if self._process is None:
            raise EntityStoreError("the local engine is not running: call start(), or use `with`")
        return f"http://127.0.0.1:{self._port}"

    @property
    def is_running(self) -> bool:
        """True from `start` to `stop`, unless the engine's process ended by itself."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start the engine and return when it takes calls (about half a second). Running: no
        effect.
        """
        if self.is_running:
            return self
        self.stop()
        _require_extra()
        with tempfile.TemporaryFile() as stderr:
            process = _spawn(stderr)
            try:
                self._port = _read_port(process, stderr, self._start_timeout)
            except BaseException:
                _end(process)
                raise
        self._process = process
        return self

    def stop(self) -> None:
        """End the engine and all that it stored. Not running: no effect."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _require_extra() -> None:
    # The package itself is empty: what disturbs a process is in its modules, which stay outside.
    try:
        import ministack as _ministack  # noqa: F401
    except ModuleNotFoundError as missing:
        raise EntityStoreError(
            "the local engine is not installed: pip install 'entitystore-dynamodb[local]'"
        ) from missing


def _spawn(stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own, so that Ctrl-C reaches the caller and not the
    engine.
    """
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return subprocess.Popen(  # noqa: S603 (the command is our own file)
        # -P: the script's own folder must not come to sys.path, where `errors.py` would hide
        # others.
        [sys.executable, "-P", str(_SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=environment,
        start_new_session=True,
    )


def _read_port(process: subprocess.Popen[bytes], stderr: IO[bytes], timeout: float) -> int:
    """The port that the server prints as its first line when it listens."""
    assert process.stdout is not None
    watchdog = threading.Timer(timeout, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        line = process.stdout.readline()
    finally:
        watchdog.cancel()
    if line.strip().isdigit():
        return int(line)
    code = process.wait()
    stderr.seek(0)
    reason = stderr.read().decode(errors="replace").strip().splitlines()
    raise EntityStoreError(
        f"the local engine did not start within {timeout:g} s (exit code {code}): "
        + (reason[-1] if reason else "it said nothing")
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close our end of the pipe, which asks the server to leave; insist if it does not."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        process.stdout.close()
