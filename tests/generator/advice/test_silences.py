"""Silences: at the document, the schema and the property; never of errors; never in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitystore_generator.advice.finding import Finding
from entitystore_generator.advice.silences import heard
from entitystore_generator.compiler import read_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostic, Diagnostics, Severity
from tests.generator.advice.examining import document, entity, examine

KEYS = 'PK: "USER#{id}"\nSK: "N#{n}"'
LINT = 'x-dynamodb-lint: {ignore: {ES310: "there are no more than nine"}}'


def numbered(root: str = "", schema: str = "", prop: str = "") -> str:
    inside = f", {prop}" if prop else ""
    return document(entity("Thing", KEYS, f"n: {{type: integer{inside}}}", "id, n", schema), root=root)


@pytest.mark.parametrize("text", [numbered(LINT + "\n"), numbered(schema=LINT), numbered(prop=LINT)])
def test_silenced(tmp_path: Path, text: str) -> None:
    assert examine(tmp_path, text).codes == []


def test_elsewhere_it_is_heard(tmp_path: Path) -> None:
    text = document(
        entity("Thing", KEYS, "n: {type: integer}", "id, n"),
        entity("Other", 'PK: "O#{id}"\nSK: "N"', "", "id", 'x-dynamodb-lint: {ignore: {«ES310»: "why not"}}'),
    )
    examined = examine(tmp_path, text)
    assert examined.codes == ["ES310", "ES321"]
    assert examined.spans[1:] == examined.marked


LEAN_KEYS = 'PK: "X#{id}"\nSK: "X"\nGSI1PK: "V#{id|upper}"\nGSI1SK: "{v}"'
LEAN_INDEX = "GSI1: {partition-key: GSI1PK, sort-key: GSI1SK, projection: KEYS_ONLY}"


def lean() -> str:
    """A document that silences what it is advised of."""
    more = 'x-dynamodb-lint: {ignore: {ES316: "keys are enough"}}'
    return document(entity("Thing", LEAN_KEYS, "v: {type: string}", "id, v", more), table=LEAN_INDEX)


def test_an_index_that_holds_keys_alone_is_silenced(tmp_path: Path) -> None:
    assert examine(tmp_path, lean()).codes == []


def test_an_error_is_heard(tmp_path: Path) -> None:
    """No advice is an error today; what silences do must not depend on that."""
    spec = tmp_path / "openapi.yaml"
    spec.write_text(lean(), encoding="utf-8")
    package, _ = read_package(spec, Options("pydantic", "x_store"), spec.name, Diagnostics())
    assert package is not None
    thing = package.entities[0]
    error = Finding(Diagnostic("ES316", Severity.ERROR, "broken", thing.position), thing)
    assert [each.diagnostic.code for each in heard(package, [error])] == ["ES316", "ES321"]
