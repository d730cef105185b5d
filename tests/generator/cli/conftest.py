"""A project in a folder of its own, and the command line with a compiler that needs nothing installed."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from entitystore_generator import cli
from entitystore_generator.emit import fingerprint
from tests.generator.cli import fake_compiler


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found

    @property
    def json(self) -> dict[str, list[dict[str, object]]]:
        """The parts of the JSON document that are lists."""
        return {key: part for key, part in self.document.items() if isinstance(part, list)}

    def codes(self) -> list[object]:
        """The codes of the JSON document's diagnostics."""
        return [found["code"] for found in self.json["diagnostics"]]


class Project:
    """A folder with `api.json`, whose package is `shop_store`; it is the working folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.spec = folder / "api.json"
        self.output = folder / "shop_store"
        self._capsys = capsys
        self.describe("user", "order")

    def describe(self, *entities: str, **more: object) -> None:
        """Write the document."""
        self.spec.write_text(json.dumps({"entities": entities, **more}), encoding="utf-8")

    def configure(self, text: str = 'spec = "api.json"\noutput = "shop_store"\n') -> None:
        (self.folder / "pyproject.toml").write_text(f"[tool.entitystore]\n{text}", encoding="utf-8")

    def run(self, *arguments: str) -> Result:
        self._capsys.readouterr()
        code = cli.main(arguments)
        captured = self._capsys.readouterr()
        return Result(code, captured.out, captured.err)

    def call(self, command: str, *options: str) -> Result:
        """Run a command for this project's package."""
        return self.run(command, "api.json", "-o", "shop_store", *options)

    def generate(self) -> None:
        result = self.call("generate")
        assert result.code == 0, result

    def snapshot(self, folder: Path | None = None) -> dict[str, bytes | str]:
        """Everything below the project, staging folders too: path -> bytes, or where a link points."""
        root = folder or self.folder
        return {
            path.relative_to(root).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_symlink() or path.is_file()
        }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "entitystore_generator.compiler", fake_compiler)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    fingerprint.fingerprint.cache_clear()
    return Project(tmp_path, capsys)
