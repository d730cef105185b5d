"""Documents give exactly the packages and diagnostics that are committed, whatever the process they are compiled in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from entitystore_generator.compiler import Compilation, compile_package
from entitystore_generator.config import Options
from entitystore_generator.report import TextReport
from tests.golden.cases import ROOT, Case, broken_cases, good_cases

GOOD = good_cases()
BROKEN = broken_cases()


def compiled(case: Case) -> Compilation:
    """What the case's document gives now."""
    return compile_package(case.spec, Options(case.models, case.package.name), spec_name=case.spec.name)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_the_package_is_as_expected(case: Case, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation = compiled(case)
    monkeypatch.chdir(case.spec.parent)
    said = TextReport(colour=False).render(compilation.diagnostics)
    assert not compilation.diagnostics.has_errors, said
    if update_golden:
        _write(case.package, compilation.files)
        _write_diagnostics(case, said)
    assert dict(compilation.files) == _read(case.package)
    assert said == (case.diagnostics.read_text(encoding="utf-8") if case.diagnostics.exists() else "")


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_the_diagnostics_are_as_expected(case: Case, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation = compiled(case)
    monkeypatch.chdir(case.folder)
    text = TextReport(colour=False).render(compilation.diagnostics)
    if update_golden:
        _write_diagnostics(case, text)
    assert compilation.diagnostics.has_errors
    assert compilation.files == {}
    assert text == case.diagnostics.read_text(encoding="utf-8")


def test_there_are_cases() -> None:
    assert len(GOOD) >= 10
    assert len(BROKEN) >= 10
    assert {case.models for case in GOOD} == {"pydantic", "dataclass", "msgspec"}


@pytest.mark.parametrize("seed", ["1", "4711"])
def test_the_output_depends_on_nothing_else(seed: str, tmp_path: Path) -> None:
    """Another hash seed, working folder, locale and time zone give the same bytes."""
    environment = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-m", "tests.golden.digest"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    digests = json.loads(result.stdout)
    assert digests == {case.name: _read(case.package) for case in GOOD}


def _read(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def _write_diagnostics(case: Case, text: str) -> None:
    case.diagnostics.parent.mkdir(exist_ok=True)
    if text:
        case.diagnostics.write_text(text, encoding="utf-8", newline="\n")
    else:
        case.diagnostics.unlink(missing_ok=True)


def _write(folder: Path, files: object) -> None:
    assert isinstance(files, dict)
    for path in _read(folder) if folder.exists() else ():
        if path not in files:
            (folder / path).unlink()
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
