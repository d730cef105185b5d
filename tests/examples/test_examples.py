"""The examples run, and what is committed of their packages is what their documents give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """The command's outcome, without the settings of whoever runs the tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-W", "error", *command], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("shop/demo.py", ["One partition, several entity types", "page 4: 200 items so far"]),
        ("tasks/main.py", ["1 has it, 1 came too late", "the last one is 'run 299'"]),
    ],
)
def test_an_example_runs(program: str, lines: list[str]) -> None:
    result = run(str(EXAMPLES / program))
    assert result.returncode == 0, result.stderr
    assert [line for line in lines if line not in result.stdout] == [], result.stdout


@pytest.mark.parametrize(("name", "models"), [("shop", "pydantic"), ("tasks", "msgspec")])
def test_its_package_is_up_to_date(name: str, models: str) -> None:
    folder = EXAMPLES / name
    options = ("-o", str(folder / f"{name}_store"), "--models", models)
    result = run("-m", "entitystore_generator", "check", str(folder / "openapi.yaml"), *options)
    assert result.returncode == 0, result.stdout + result.stderr
