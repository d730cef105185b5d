"""Runs that end early leave the package as it was, and nothing beside it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from typing import Any

import pytest

from entitystore_generator.emit import output
from tests.generator.cli.conftest import Project
from tests.patience import LIKE_A_TERMINAL, PATIENCE

FULL = OSError(errno.ENOSPC, "No space left on device")
DENIED = PermissionError(errno.EACCES, "Permission denied")
ENDS = [FULL, DENIED, KeyboardInterrupt(), SystemExit(143)]


def failing(real: Callable[..., Any], after: int, error: BaseException) -> Callable[..., Any]:
    """`real`, but its call number `after` (from 0) raises, once."""
    calls = iter(range(10_000))

    def call(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == after:
            raise error
        return real(*args, **kwargs)

    return call


def expected_code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return 130
    return 143 if isinstance(error, SystemExit) else 2


def change_everything(project: Project) -> None:
    """The next run rewrites three files, adds two and deletes one, one of them in a folder of its own."""
    project.generate()
    project.describe("user", "item", "sub/part", text="new")


def no_staging_left(project: Project) -> bool:
    return not [path for path in project.folder.rglob("*") if "staging" in path.name]


@pytest.mark.parametrize("error", ENDS, ids=repr)
@pytest.mark.parametrize("function", ["replace", "mkdir", "chmod", "_write_new", "_keep"])
def test_every_step_is_taken_back(
    project: Project, monkeypatch: pytest.MonkeyPatch, function: str, error: BaseException
) -> None:
    """Fail at each call of the function in turn, until a run has none left to fail at."""
    change_everything(project)
    before = project.snapshot()
    target = output if function.startswith("_") else os
    step = 0
    for step in range(100):
        with monkeypatch.context() as patched:
            patched.setattr(target, function, failing(getattr(target, function), step, error))
            result = project.call("generate")
        if result.code == 0:
            break
        assert result.code == expected_code(error)
        assert "Traceback" not in result.err
        assert project.snapshot() == before, step
        assert no_staging_left(project)
    assert step > 1
    assert project.call("check").code == 0


@pytest.mark.parametrize("error", ENDS, ids=repr)
def test_a_deletion_that_fails(project: Project, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    change_everything(project)
    before = project.snapshot()
    monkeypatch.setattr(os, "unlink", failing(os.unlink, 0, error))
    assert project.call("generate").code == expected_code(error)
    assert project.snapshot() == before


@pytest.mark.parametrize("step", range(1, 5))
def test_an_interrupt_while_cleaning_up(project: Project, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """All is in place then, and stays."""
    change_everything(project)
    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", failing(os.unlink, step, KeyboardInterrupt()))
        assert project.call("generate").code == 130
    assert no_staging_left(project)
    assert project.call("check").code == 0


@pytest.mark.parametrize("error", ENDS, ids=repr)
@pytest.mark.parametrize("function", ["rename", "mkdir"])
def test_a_first_generation_leaves_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, function: str, error: BaseException
) -> None:
    before = project.snapshot()
    step = 0
    for step in range(20):
        with monkeypatch.context() as patched:
            patched.setattr(os, function, failing(getattr(os, function), step, error))
            result = project.run("generate", "api.json", "-o", "src/deep/shop_store")
        if result.code == 0:
            break
        assert result.code == expected_code(error)
        assert project.snapshot() == before
        assert not (project.folder / "src").exists()
    assert step > 0


def test_the_message_names_the_folder_and_the_reason(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", failing(tempfile.mkdtemp, 0, DENIED))
    result = project.call("generate")
    assert result.code == 2
    assert "shop_store: error ES409" in result.err
    assert "Permission denied" in result.err
    assert "staging" not in result.err


def test_a_folder_that_cannot_be_listed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.generate()
    project.describe("user")

    def refuse(path: str) -> None:
        raise DENIED

    monkeypatch.setattr(os, "scandir", refuse)
    result = project.call("check")
    assert result.code == 2
    assert "ES409" in result.err


def test_without_hard_links(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has none: the old files are copied, and still restored."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    change_everything(project)
    before = project.snapshot()
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing(os.replace, 2, FULL))
        assert project.call("generate").code == 2
    assert project.snapshot() == before
    assert project.call("generate").code == 0


def test_what_a_killed_run_left_is_cleared_after_an_hour(project: Project) -> None:
    project.generate()
    young, old = (project.output / f".entitystore-staging-{age}" for age in ("young", "old"))
    for folder in (young, old):
        folder.mkdir()
        (folder / "0.new").write_text("x")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert project.call("check").code == 0
    project.describe("user")
    project.generate()
    assert young.exists()
    assert not old.exists()


def test_a_mixture_that_a_kill_left_is_mended(project: Project) -> None:
    """Some files new, some old, the manifest old: no file of it counts as edited."""
    project.generate()
    old = project.snapshot(project.output)
    project.describe("user", "order", text="new")
    project.generate()
    for name in ("user_store.py", ".entitystore.json"):
        data = old[name]
        assert isinstance(data, bytes)
        (project.output / name).write_bytes(data)
    assert project.call("generate").code == 0
    assert project.call("check").code == 0


# Waits in the middle of its renames, until standard input ends.
SLOW_RUN = textwrap.dedent("""
    import os, sys
    from entitystore_generator import cli
    from entitystore_generator.emit import output
    from tests.generator.cli import fake_compiler
    fake_compiler.install(sys.modules)
    real, calls = os.replace, []
    def slow(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            print("now", flush=True)
            sys.stdin.read()
        real(*args, **kwargs)
    os.replace = slow
    sys.exit(cli.main())
""")


def signalled(script: str, number: signal.Signals, *wrapper: str) -> tuple[int, str]:
    """Exit code and standard error of a run that gets the signal while it renames."""
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-c", script, "generate", "api.json", "-o", "shop_store"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    return process.returncode, err


needs_signals = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")


@needs_signals
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals(project: Project, number: signal.Signals, code: int) -> None:
    """A real process, stopped while it renames."""
    change_everything(project)
    before = project.snapshot()
    found, err = signalled(LIKE_A_TERMINAL + SLOW_RUN, number)
    assert found == code
    assert "Traceback" not in err
    assert project.snapshot() == before


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_that_the_parent_has_ignored(project: Project, number: signal.Signals) -> None:
    """A run in the background of a shell script does not end by the Ctrl-C that its script gets."""
    change_everything(project)
    assert signalled(SLOW_RUN, number, "sh", "-c", 'trap "" INT TERM; exec "$@"', "sh") == (0, "")
    assert project.call("check").code == 0
