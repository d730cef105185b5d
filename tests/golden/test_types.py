"""Golden packages and the code that uses them pass both type checkers in their strict modes.

Rules of this file:
- `make lint` checks the packages as parts of this repository. Here they are what they are for their users: packages of
  their own, imported by their own names, and called by `samples.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden.cases import GOLDEN, ROOT, good_cases

pytestmark = pytest.mark.slow

CASES = good_cases()
FOLDERS = [str(case.package.parent) for case in CASES]
SAMPLES = [str(case.folder / "samples.py") for case in CASES]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command's outcome, run at the root of the repository."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_mypy(tmp_path: Path) -> None:
    packages = [str(case.package) for case in CASES]
    result = run("mypy", "--cache-dir", str(tmp_path), *packages, *SAMPLES, MYPYPATH=os.pathsep.join(FOLDERS))
    assert result.returncode == 0, result.stdout


def test_pyright(tmp_path: Path) -> None:
    config = {
        "include": [os.path.relpath(path, tmp_path) for path in (*FOLDERS, *SAMPLES)],
        "extraPaths": [str(ROOT / "runtime"), *FOLDERS],
        "pythonVersion": "3.11",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    result = run("pyright", "--project", str(tmp_path), "--pythonpath", sys.executable)
    assert result.returncode == 0, result.stdout
    assert "0 errors" in result.stdout


def test_every_case_has_samples() -> None:
    assert [path for path in SAMPLES if not Path(path).exists()] == []
    assert GOLDEN.joinpath("storefront", "samples.py").exists()
