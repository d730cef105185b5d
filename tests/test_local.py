"""LocalEngine: quick, quiet, on loopback alone, and gone afterwards, however its user ends."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from entitystore.errors import EntityStoreError
from entitystore.local import LocalEngine
from tests.patience import LIKE_A_TERMINAL, PATIENCE, children_cpu_seconds, eventually


def call(endpoint_url: str, operation: str, body: Mapping[str, object]) -> dict[str, object]:
    """One call as plain HTTP: neither boto3 nor a transport of ours takes part."""
    request = urllib.request.Request(
        endpoint_url,
        data=json.dumps(body).encode(),
        headers={
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/dynamodb/aws4_request",
        },
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        answer: dict[str, object] = json.load(response)
        return answer


def process_of(engine: LocalEngine) -> subprocess.Popen[bytes]:
    process = engine._process
    assert process is not None
    return process


def is_gone(pid: int) -> bool:
    """True if no process of this id is left, not even an unreaped one of ours."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def refuses(endpoint_url: str) -> bool:
    port = int(endpoint_url.rpartition(":")[2])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def running() -> Iterator[LocalEngine]:
    with LocalEngine() as engine:
        yield engine


def test_it_speaks_dynamodb(running: LocalEngine) -> None:
    assert call(running.endpoint_url, "ListTables", {})["TableNames"] == []


def test_it_starts_quickly_and_twice_on_different_ports(running: LocalEngine) -> None:
    before = children_cpu_seconds()
    with LocalEngine() as other:
        assert other.endpoint_url != running.endpoint_url
    assert children_cpu_seconds() - before < 2  # it takes 0.2 s


def test_leaving_the_block_ends_it_also_on_an_error() -> None:
    seen = []

    def interrupted() -> None:
        with LocalEngine() as engine:
            seen.append((process_of(engine).pid, engine.endpoint_url))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    ((pid, url),) = seen
    assert is_gone(pid)
    assert refuses(url)


def test_start_and_stop_may_be_repeated() -> None:
    engine = LocalEngine()
    first = process_of(engine.start()).pid
    assert process_of(engine.start()).pid == first
    engine.stop()
    engine.stop()
    assert not engine.is_running
    with engine:
        assert engine.is_running
        assert process_of(engine).pid != first


def test_an_engine_that_died_is_noticed_and_started_again() -> None:
    with LocalEngine() as engine:
        process_of(engine).kill()
        process_of(engine).wait()
        assert not engine.is_running
        assert call(engine.start().endpoint_url, "ListTables", {})["TableNames"] == []


def test_what_was_stored_ends_with_it() -> None:
    table = {
        "TableName": "orders",
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    engine = LocalEngine()
    with engine:
        call(engine.endpoint_url, "CreateTable", table)
        assert call(engine.endpoint_url, "ListTables", {})["TableNames"] == ["orders"]
    with engine:
        assert call(engine.endpoint_url, "ListTables", {})["TableNames"] == []


def test_asking_a_stopped_engine_for_its_endpoint_says_what_to_do() -> None:
    with pytest.raises(EntityStoreError, match=r"call start\(\), or use `with`"):
        _ = LocalEngine().endpoint_url


def test_nothing_of_the_callers_process_changes(capfd: pytest.CaptureFixture[str]) -> None:
    def observed() -> tuple[object, ...]:
        root = logging.getLogger()
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        return (list(root.handlers), root.level, handlers, dict(os.environ), os.getcwd())

    before, threads = observed(), threading.active_count()
    with LocalEngine() as engine:
        call(engine.endpoint_url, "ListTables", {})
        assert observed() == before
    assert observed() == before
    assert threading.active_count() == threads
    assert not {name for name in sys.modules if name.startswith(("ministack.", "hypercorn"))}
    assert capfd.readouterr() == ("", "")


def test_credentials_stay_with_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret")
    monkeypatch.setenv("AUTH", "true")
    with LocalEngine() as engine:
        environment = Path(f"/proc/{process_of(engine).pid}/environ")
        if not environment.exists():
            pytest.skip("needs /proc to look into another process")
        assert b"the-secret" not in environment.read_bytes()
        assert call(engine.endpoint_url, "ListTables", {})["TableNames"] == []


def test_it_listens_on_loopback_alone_and_on_one_port(running: LocalEngine) -> None:
    """/proc/net/tcp{,6}: local address, state 0A (listening), inode; the process's own sockets only."""
    descriptors = Path(f"/proc/{process_of(running).pid}/fd")
    if not descriptors.exists():
        pytest.skip("needs /proc to look into another process")
    inodes = {os.readlink(path)[8:-1] for path in descriptors.iterdir() if path.is_symlink()}
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path("/proc/net", table).read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[9] in inodes]
    port = int(running.endpoint_url.rpartition(":")[2])
    assert listening == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_cannot_outlive_its_user(end: signal.Signals, tmp_path: Path) -> None:
    """The user's process is killed, in a folder and a home of its own, where nothing may be left."""
    code = LIKE_A_TERMINAL + (
        "import sys; from entitystore.local import LocalEngine\n"
        "with LocalEngine() as engine:\n"
        "    print(engine.endpoint_url, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with user:
        assert user.stdout is not None
        url = user.stdout.readline().decode().strip()
        assert not refuses(url)
        user.send_signal(end)
        user.wait(PATIENCE)
    # Orphans are reaped by the system in its own time, so what counts is that nobody listens.
    assert eventually(lambda: refuses(url)), "the engine outlived its user"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extra_gives_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(EntityStoreError, match=r"pip install 'entitystore-dynamodb\[local\]'"):
        LocalEngine().start()


def test_an_engine_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ministack").mkdir()
    (tmp_path / "ministack" / "__init__.py").touch()
    (tmp_path / "ministack" / "app.py").write_text("raise RuntimeError('no such day')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engine = LocalEngine()
    with pytest.raises(EntityStoreError, match="RuntimeError: no such day"):
        engine.start()
    assert not engine.is_running


def test_an_engine_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ministack").mkdir()
    (tmp_path / "ministack" / "__init__.py").touch()
    (tmp_path / "ministack" / "app.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EntityStoreError, match=r"did not start within 0\.5 s"):
        LocalEngine(start_timeout=0.5).start()
