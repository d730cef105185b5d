"""Packages that tests compile for themselves, once per process, and import as their users do."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from entitystore_generator.compiler import read_package
from entitystore_generator.config import MODEL_KINDS, ModelKind, Options
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.emit.plan import package_files
from entitystore_generator.ir.model import Package

__all__ = ["MODEL_KINDS", "Compiled", "compile_document", "write_document"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A document's representation, and the package that was made of it, imported.

    Hypothesis shows the arguments of a test that failed, so the representation stays short.
    """

    kind: ModelKind
    package: Package = field(repr=False)
    folder: Path
    module: ModuleType = field(repr=False)

    def store_module(self, entity: str) -> ModuleType:
        """The module of an entity's store, by the entity's snake_case name."""
        return importlib.import_module(f"{self.module.__name__}.{entity}_store")


def write_document(document: Path, kind: ModelKind, parent: Path, name: str) -> Path:
    """Write the package `name` of a document below `parent`; gives its folder."""
    folder, _ = _write(document, kind, parent, name)
    return folder


def compile_document(document: Path, kind: ModelKind, parent: Path, name: str) -> Compiled:
    """Write the package of a document below `parent`, and import it as `name`, which no other may have."""
    folder, package = _write(document, kind, parent, name)
    if str(parent) not in sys.path:
        sys.path.insert(0, str(parent))
    importlib.invalidate_caches()
    return Compiled(kind, package, folder, importlib.import_module(name))


def _write(document: Path, kind: ModelKind, parent: Path, name: str) -> tuple[Path, Package]:
    options, diagnostics = Options(kind, name), Diagnostics()
    package, _ = read_package(document, options, document.name, diagnostics)
    assert package is not None, "\n".join(map(str, diagnostics))
    folder = parent / name
    folder.mkdir(parents=True)
    for path, text in package_files(package, options).items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder, package
