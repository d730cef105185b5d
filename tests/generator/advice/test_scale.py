"""How long lint takes over many entities in one table, generation aside."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from entitystore_generator.advice import run_advice
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.build import build_package
from entitystore_generator.proofs.findings import prove
from entitystore_generator.spec.load import load_spec
from tests.generator.advice.examining import document, entity

PROPERTIES = "tenant: {type: string}\nat: {type: string, format: date-time}\nemail: {type: string, format: email}"


def of_one_tenant(number: int) -> str:
    """Entities that lie in one partition, and in one index, each behind a constant of its own."""
    keys = (
        f'PK: "TENANT#{{tenant}}"\nSK: "E{number}#{{at}}#{{id}}"\nGSI1PK: "MAIL#{{email}}"\nGSI1SK: "E{number}#{{id}}"'
    )
    return entity(f"E{number}", keys, PROPERTIES, "id, tenant, at, email")


@pytest.mark.slow
@pytest.mark.parametrize(("count", "seconds"), [(100, 2), (1000, 60)])
def test_many_entities(tmp_path: Path, count: int, seconds: float) -> None:
    spec, found = tmp_path / "openapi.yaml", Diagnostics()
    spec.write_text(document(*map(of_one_tenant, range(count))), encoding="utf-8")
    loaded = load_spec(spec, spec.name, found)
    assert loaded.spec is not None
    package = build_package(loaded.spec, found, models="pydantic")
    assert package is not None
    start = process_time()
    run_advice(package, prove(package, found), found)
    taken = process_time() - start
    assert list(found) == []
    assert taken < seconds, f"{taken:.2f} s of CPU"
