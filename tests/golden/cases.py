"""Golden cases: folders that show a document and what becomes of it.

    golden/<case>/openapi.yaml           the document (its other files beside it)
                  case.toml              description, models kind; spec: another case's document
                  expected/<case>_store/ the package, byte for byte
                  expected/diagnostics.txt  what `generate` says of it, if anything
                  samples.py             entities, the items they are stored as, queries with their answers
    golden/broken_<case>/openapi.yaml    a document with faults
                         expected/diagnostics.txt

Rules of this file:
- What is expected is written only by `pytest --update-golden` (make generate), which CI refuses.
- A case is found by its folder; nothing lists the cases.
"""

from __future__ import annotations

import importlib
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from entitystore_generator.config import MODEL_KINDS, ModelKind

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "golden"


@dataclass(frozen=True, slots=True)
class Case:
    """One folder."""

    folder: Path
    models: ModelKind = "pydantic"
    document: str = ""

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def spec(self) -> Path:
        """The document."""
        if self.document:
            return (self.folder / self.document).resolve()
        return next(path for path in sorted(self.folder.glob("openapi.*")))

    @property
    def package(self) -> Path:
        """The folder of the expected package."""
        return self.folder / "expected" / f"{self.name}_store"

    @property
    def diagnostics(self) -> Path:
        """What is said of the document; there is no file where nothing is."""
        return self.folder / "expected" / "diagnostics.txt"

    def load(self) -> ModuleType:
        """The expected package, imported as its users do."""
        parent = str(self.package.parent)
        if parent not in sys.path:
            sys.path.insert(0, parent)
        return importlib.import_module(self.package.name)


def _case(folder: Path) -> Case:
    settings = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    kind = settings.get("models", "pydantic")
    return Case(folder, next(each for each in MODEL_KINDS if each == kind), settings.get("spec", ""))


def good_cases() -> list[Case]:
    """Documents that compile."""
    return [_case(folder) for folder in _folders() if not folder.name.startswith("broken_")]


def broken_cases() -> list[Case]:
    """Documents that do not."""
    return [_case(folder) for folder in _folders() if folder.name.startswith("broken_")]


def _folders() -> list[Path]:
    return sorted(path.parent for path in GOLDEN.glob("*/case.toml"))
