"""No class of a document can take a name that a generated module imports from elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from entitystore_generator.ir.names import RESERVED_CLASSES
from tests.golden.cases import Case, good_cases


@pytest.mark.parametrize("case", good_cases(), ids=lambda case: case.name)
def test_imported_names_are_reserved(case: Case) -> None:
    imported = {name for path in case.package.glob("*.py") for name in _imported_classes(path)}
    assert imported - RESERVED_CLASSES == set()


def _imported_classes(path: Path) -> Iterator[str]:
    """Capitalised names that a module imports from outside of its package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = (alias.asname or alias.name for alias in node.names)
            yield from (name for name in names if name[0].isupper())
