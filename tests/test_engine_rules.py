"""A missing engine skips and says how to get it; in CI it fails. Shown with pytest runs of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engines import (
    CHECKOUT,
    DYNOXIDE,
    PINS,
    Absent,
    EngineKind,
    RunningEngines,
    absence_is_failure,
)


def run_pytest(engines: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The engine tests in a process of their own, with the engines of that folder and no other."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name != "CI" and not name.startswith(("PYTEST_", "ENTITYSTORE_"))
    }
    selection = ["tests/test_engines.py", "-k", "item and (ministack or dynoxide)"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *selection, *options],
        cwd=CHECKOUT,
        env={**inherited, "ENTITYSTORE_ENGINES": str(engines), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["one-process", "xdist"])
def test_a_missing_engine_is_skipped_and_named(tmp_path: Path, options: tuple[str, ...]) -> None:
    result = run_pytest(tmp_path, *options)
    assert result.returncode == 0, result.stdout
    assert "1 passed, 1 skipped" in result.stdout
    assert "engines that ran: ministack\n" in result.stdout
    assert "engine skipped:   dynoxide (@dynoxide/linux-x64 is not installed: " in result.stdout
    assert "`make engines` brings it" in result.stdout


@pytest.mark.parametrize("variable", ["CI", "ENTITYSTORE_REQUIRE_ENGINES"])
def test_a_missing_engine_fails_where_it_is_required(tmp_path: Path, variable: str) -> None:
    result = run_pytest(tmp_path, **{variable: "1"})
    assert result.returncode == 1
    assert "dynoxide is required here: " in result.stdout


def test_golden_cases_are_not_written_in_ci(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, "--update-golden", CI="true")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--update-golden is refused in CI" in result.stderr


def test_another_version_counts_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.engines.ENGINES_FOLDER", tmp_path)
    folder = tmp_path / "node_modules" / "@dynoxide" / "linux-x64"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": "0.9.0"}))
    with pytest.raises(Absent, match=r"is 0\.9\.0, not .*: `make engines` brings the right one"):
        RunningEngines().get(DYNOXIDE)


def test_the_lock_file_pins_what_is_asked_for() -> None:
    """And names no registry: npm takes the one that is configured, and compares checksums."""
    text = (CHECKOUT / ".ci/engines/package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    for name, pin in PINS.items():
        assert locked[f"node_modules/{name}"]["version"] == pin
    assert all(locked[name]["integrity"].startswith("sha512-") for name in locked if name)
    assert "://" not in text


@pytest.mark.parametrize(
    ("value", "required"), [("true", True), ("1", True), ("", False), ("0", False), ("False", False)]
)
def test_what_counts_as_ci(monkeypatch: pytest.MonkeyPatch, value: str, required: bool) -> None:
    monkeypatch.delenv("ENTITYSTORE_REQUIRE_ENGINES", raising=False)
    monkeypatch.setenv("CI", value)
    assert absence_is_failure() is required


def test_each_engine_starts_once_and_all_end() -> None:
    events: list[str] = []

    @contextmanager
    def start() -> Iterator[str]:
        events.append("start")
        yield "http://127.0.0.1:1"
        events.append("stop")

    engines = RunningEngines()
    kind = EngineKind("sample", start)
    assert engines.get(kind) is engines.get(kind)
    engines.close()
    assert events == ["start", "stop"]


def test_one_engine_that_does_not_end_leaves_no_other_running() -> None:
    ended: list[str] = []

    @contextmanager
    def stubborn() -> Iterator[str]:
        yield ""
        raise OSError("cannot be ended")

    @contextmanager
    def willing() -> Iterator[str]:
        try:
            yield ""
        finally:
            ended.append("willing")

    engines = RunningEngines()
    engines.get(EngineKind("willing", willing))
    engines.get(EngineKind("stubborn", stubborn))
    with pytest.raises(OSError, match="cannot be ended"):
        engines.close()
    assert ended == ["willing"]
