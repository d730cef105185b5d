"""The documents that the generator is measured with are as the report has them; the report says what was measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.generate.documents import (
    entity_document,
    entity_name,
    large_document,
    more_properties,
    other_keys,
    public_document,
)
from bench.generate.report import report
from entitystore_generator.compiler import compile_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.load import load_spec


def compiled(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    compilation = compile_package(path, Options("pydantic", "made_store"), spec_name=path.name)
    assert not list(compilation.diagnostics)
    return dict(compilation.files)


def test_a_document_has_its_entities(tmp_path: Path) -> None:
    files = compiled(tmp_path, entity_document(7))
    stores = [name for name in files if name.endswith("_store.py")]
    assert stores == sorted(f"{entity_name(number).lower()}_store.py" for number in range(7))
    assert files["models.py"].count("\nclass ") == 3 * 7


def test_every_entity_has_a_name_of_its_own() -> None:
    names = {entity_name(number) for number in range(1000)}
    assert len(names) == 1000
    assert len({f"{name}{ending}" for name in names for ending in ("", "State", "Details")}) == 3000


def test_a_document_is_the_same_every_time() -> None:
    assert entity_document(20) == entity_document(20)
    assert large_document(5) == large_document(5)
    assert public_document(30, 2) == public_document(30, 2)


@pytest.mark.parametrize("change", [more_properties, other_keys], ids=lambda change: change.__name__)
def test_a_change_reaches_one_entity(tmp_path: Path, change: Callable[[str], str]) -> None:
    before, after = compiled(tmp_path, entity_document(4)), compiled(tmp_path, change(entity_document(4)))
    different = [name for name in before if before[name] != after[name] and name.endswith("_store.py")]
    assert different == ["account_store.py"]


def test_of_a_public_document_only_what_entities_reach_is_read(tmp_path: Path) -> None:
    path = tmp_path / "public.json"
    path.write_text(public_document(60, 2, operations=20), encoding="utf-8")
    diagnostics = Diagnostics()
    loaded = load_spec(path, path.name, diagnostics)
    assert not list(diagnostics)
    assert loaded.spec is not None
    assert len(json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"]) == 60
    assert len(loaded.spec.schemas) == 3 * 2


def _case(name: str, seconds: float) -> dict[str, object]:
    figures = {"best": seconds, "median": seconds * 2}
    return {"document": "5 entities", "name": name, "wall": figures, "cpu": figures}


@pytest.mark.parametrize(("seconds", "met"), [(1.2, "1.20 | yes |"), (1.4, "1.40 | no |")])
def test_the_report_says_which_goals_are_met(seconds: float, met: str) -> None:
    results = {
        "machine": {"processor": "P", "cores": 2, "system": "Linux", "python": "3.11", "load_before": 0.5},
        "versions": {"black": "26.1"},
        "rounds": 3,
        "memory": [
            {"document": "5 entities", "megabytes": 40},
            {"document": "300 large entities", "megabytes": 500},
        ],
        "cases": [
            _case("generate", seconds),
            _case("check, nothing changed", 0.04),
            _case("datamodel-code-generator, black and isort", 1.0),
            _case("datamodel-code-generator, built-in formatter", 0.5),
        ],
    }
    text = report(results)
    assert met in text
    assert "| 5 entities | 40 |  |" in text
    assert "| 300 large entities | 500 | <= 485: no |" in text
    assert "| 5 entities: check, nothing changed <= 0.05 s | 0.040 s | yes |" in text
    assert f"| generate | {seconds:.3f} / {seconds * 2:.3f} |" in text
