"""What people see in their editors: contract.py.txt, and the compiled packages, as mypy and pyright understand them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from entitystore_generator.config import ModelKind
from tests.compiled import MODEL_KINDS, write_document
from tests.engines import CHECKOUT

CONTRACT = Path(__file__).with_name("contract.py.txt")
SHOP = CHECKOUT / "examples/shop/openapi.yaml"
EVERY_TYPE = CHECKOUT / "tests/roundtrip/every_type.yaml"


@dataclass
class Findings:
    """What a checker says of one file, by line."""

    errors: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    revealed: dict[int, str] = field(default_factory=dict)


@pytest.fixture(scope="session", params=MODEL_KINDS)
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contract and the package that it speaks of."""
    kind: ModelKind = request.param
    folder = tmp_path_factory.mktemp(f"typing_{kind}")
    write_document(SHOP, kind, folder, "shop_store")
    write_document(EVERY_TYPE, kind, folder, "every_store")
    (folder / "contract.py").write_text(CONTRACT.read_text())
    return folder


def mypy(folder: Path) -> Iterator[tuple[str, int, str, str]]:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--show-error-codes",
        "--hide-error-context",
    ]
    settings = ["--config-file", "", "--cache-dir", str(CHECKOUT / ".mypy_cache/typing"), "."]
    answer = subprocess.run([*command, *settings], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode in (0, 1), answer.stderr
    for line in answer.stdout.splitlines():
        file, number, severity, message = line.split(":", 3)
        yield file, int(number), severity.strip(), message.strip()


def pyright(folder: Path) -> Iterator[tuple[str, int, str, str]]:
    settings = {"typeCheckingMode": "standard", "extraPaths": [str(CHECKOUT / "runtime")], "pythonVersion": "3.11"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "."]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode in (0, 1), answer.stdout + answer.stderr
    for each in json.loads(answer.stdout)["generalDiagnostics"]:
        file = Path(each["file"]).relative_to(folder.resolve()).as_posix()
        yield file, each["range"]["start"]["line"] + 1, each["severity"], each["message"]


CHECKERS = {"mypy": mypy, "pyright": pyright}


def sort(found: Iterator[tuple[str, int, str, str]]) -> dict[str, Findings]:
    files: dict[str, Findings] = defaultdict(Findings)
    for file, line, severity, message in found:
        shown = re.search(r'(?:Revealed type is|Type of ".*" is) "(.*)"', message, re.DOTALL)
        if shown:
            files[file].revealed[line] = plain(shown[1])
        elif severity == "error":
            files[file].errors[line].append(message)
    return files


def plain(type_: str) -> str:
    """A type without the modules of its names."""
    return re.sub(r"(\w+\.)+", "", type_)


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_contract(workspace: Path, checker: str) -> None:
    found = sort(CHECKERS[checker](workspace))
    contract = found.pop("contract.py")
    assert {file: dict(each.errors) for file, each in found.items() if each.errors} == {}
    lines = dict(enumerate(CONTRACT.read_text().splitlines(), 1))
    refused = {number for number, line in lines.items() if "  # error: " in line}
    assert len(refused) > 30
    unexpected = {f"{line}: {lines[line]}": text for line, text in contract.errors.items() if line not in refused}
    assert unexpected == {}
    assert [lines[line] for line in sorted(refused - contract.errors.keys())] == []
    shown = {number: line.partition("  # is ")[2] for number, line in lines.items() if "  # is " in line}
    assert len(shown) > 40
    different = {
        lines[line]: contract.revealed.get(line) for line in shown if contract.revealed.get(line) != shown[line]
    }
    assert different == {}
