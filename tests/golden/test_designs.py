"""Published designs: each names its source, each compiles without a fault, and what the linter thinks of it is known.

golden/design_<case>/case.toml   source = "…"; advice = ["ES311"], the codes of what `entitystore lint` says
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from entitystore_generator.compiler import examine_package
from entitystore_generator.config import Options
from tests.golden.cases import Case, good_cases

DESIGNS = [case for case in good_cases() if case.name.startswith("design_")]


def settings(case: Case) -> Mapping[str, object]:
    """The case's `case.toml`."""
    return tomllib.loads((case.folder / "case.toml").read_text(encoding="utf-8"))


def test_there_are_designs_for_every_kind_of_model() -> None:
    assert len(DESIGNS) >= 6
    assert {case.models for case in DESIGNS} == {"pydantic", "dataclass", "msgspec"}


@pytest.mark.parametrize("case", DESIGNS, ids=lambda case: case.name)
def test_a_design_names_its_source(case: Case) -> None:
    assert str(settings(case).get("source", "")).strip()
    assert str(settings(case).get("description", "")).strip()


@pytest.mark.parametrize("case", DESIGNS, ids=lambda case: case.name)
def test_what_is_advised(case: Case) -> None:
    examined = examine_package(case.spec, Options(case.models, case.package.name), spec_name=case.spec.name)
    assert examined.package is not None
    assert not examined.diagnostics.has_errors, list(examined.diagnostics)
    assert sorted({each.code for each in examined.diagnostics}) == settings(case).get("advice", [])
