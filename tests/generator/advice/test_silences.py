"""Silences: at the document, the schema and the property; never of errors; never in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_an_error_is_heard(tmp_path: Path) -> None:
    keys = 'PK: "X#{id}"\nSK: "X"\nGSI1PK: "V#{id|upper}"\nGSI1SK: "{v}"'
    table = "GSI1: {partition-key: GSI1PK, sort-key: GSI1SK, projection: KEYS_ONLY}"
    more = 'x-dynamodb-lint: {ignore: {ES316: "keys are enough"}}'
    examined = examine(tmp_path, document(entity("Thing", keys, "v: {type: string}", "id, v", more), table=table))
    assert examined.codes == ["ES321", "ES316"]
