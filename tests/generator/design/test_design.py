"""`explain` of a document: its text as a whole, its data, and that neither says what the generated code does not do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from entitystore_generator import cli
from entitystore_generator.compiler import examine_package
from entitystore_generator.config import Options
from entitystore_generator.design.describe import Design, describe
from entitystore_generator.design.examples import component_example
from entitystore_generator.design.text import WIDTH
from entitystore_generator.emit.plan import package_files
from tests.generator.advice.examining import document, entity, examine

HERE = Path(__file__).parent
SPEC = HERE / "shop.yaml"


def design(spec: Path) -> Design:
    examined = examine_package(spec, Options("pydantic", "x_store"), spec_name=spec.name)
    assert examined.languages is not None
    return describe(examined.languages, examined.diagnostics)


def test_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", str(SPEC)]) == 0
    out = capsys.readouterr().out
    assert out == (HERE / "shop.txt").read_text(encoding="utf-8")
    assert max(map(len, out.splitlines())) <= WIDTH


def test_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", str(SPEC), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["command"], found["exit_code"], found["diagnostics"]) == ("explain", 0, [])
    assert [each["type_name"] for each in found["design"]["entities"]] == ["User", "Organization", "Team", "order"]
    assert found["design"]["proofs"]["pairs"] == 6
    assert found["design"]["proofs"]["sharing"] == ["Organization and Team"]


def test_finders_and_filters_are_those_of_the_generated_code() -> None:
    options = Options("pydantic", "x_store")
    examined = examine_package(SPEC, options, spec_name=SPEC.name)
    assert examined.package is not None
    files = package_files(examined.package, options)
    for each in design(SPEC).entities:
        code = files[f"{each.name}_store.py"]
        shown: dict[str, list[bool]] = {}
        for query in each.queries:
            shown.setdefault(query.call.partition("(")[0], []).append(bool(query.filter))
        assert set(re.findall(r"def select_(\w+)", code)) == set(shown)
        for name, filtered in shown.items():
            body = re.split(r"\n(?=\S)", code[code.index(f"def select_{name}(") :])
            assert ("mixed=True" in "".join(body[:2])) is any(filtered), name


def test_what_is_read_from_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = 'PK: "X#{id}"\nSK: "X"\nGSI1PK: "V#{v}"\nGSI1SK: "{id}"'
    table = "GSI1: {partition-key: GSI1PK, sort-key: GSI1SK, projection: INCLUDE, include: [v]}"
    spec = tmp_path / "openapi.yaml"
    spec.write_text(document(entity("Thing", keys, "v: {type: string}", "id, v"), table=table), encoding="utf-8")
    assert [query.lacking for query in design(spec).entities[0].queries] == [(), *[("EntityType", "id")] * 2]
    cli.main(["explain", str(spec)])
    out = " ".join(capsys.readouterr().out.split())
    assert out.count("then the table, by key: the index lacks EntityType, id") == 2


@pytest.mark.parametrize(
    ("schema", "macro", "expected"),
    [
        ("type: string", "{v}", "v-1"),
        ("type: string, minLength: 5", "{v}", "v-1xx"),
        ("type: string, maxLength: 2", "{v}", "v-"),
        ("type: string, pattern: '^[0-9]{3}$'", "{v}", "111"),
        ("type: string, pattern: '^(EU|US)$'", "{v|lower}", "eu"),
        ("type: string, enum: [paid, open]", "{v|upper}", "PAID"),
        ("type: string, format: email", "{v}", "ada@example.com"),
        ("type: string, format: uuid", "{v}", "7d3f0c1a-5b2e-4c6d-8e9f-0a1b2c3d4e5f"),
        ("type: string, format: date", "{v:%Y%m}", "202601"),
        ("type: string, format: date-time", "{v|isoms}", "2026-01-02T03:04:05.000Z"),
        ("type: integer, minimum: 7, multipleOf: 5", "{v:04d}", "0010"),
        ("type: integer, maximum: -3", "{v|sortable}", "09223372036854775805"),
        ("type: integer", "{v|mod:10|add:1}", "2"),
        ("type: number, format: decimal, minimum: 20", "{v}", "21"),
        ("type: boolean", "{v}", "true"),
        ("const: only", "{v}", "only"),
        ("type: string, pattern: '^a{999}$'", "{v}", None),
    ],
)
def test_examples_are_admitted(tmp_path: Path, schema: str, macro: str, expected: str | None) -> None:
    text = document(entity("Thing", f'PK: "X#{{id}}"\nSK: "V#{macro}"', f"v: {{{schema}}}", "id, v"))
    examined = examine(tmp_path, text).examination
    assert examined.package is not None
    assert examined.languages is not None
    sort = examined.package.entities[0].primary.sort
    assert sort is not None
    found = component_example(sort.template.components[0], examined.languages)
    assert found == (expected if expected is not None else "a" * 999)


def test_a_guarded_example_does_not_hold_the_delimiter(tmp_path: Path) -> None:
    text = document(entity("Thing", 'PK: "{v}-{w}"\nSK: "{id}"', "v: {type: string}\nw: {type: string}", "id, v, w"))
    examined = examine(tmp_path, text).examination
    assert examined.languages is not None
    found = describe(examined.languages, examined.diagnostics).entities[0]
    assert [(guard.component, guard.character) for guard in found.guards] == [("v", "-")]
    assert found.keys[0].example == "v1-w-1"


def test_faults_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "openapi.yaml"
    keys = 'PK: "A#{name}"\nSK: "A"'
    spec.write_text(
        document(*(entity(each, keys, "name: {type: string}", "id, name") for each in ("User", "Team"))),
        encoding="utf-8",
    )
    assert cli.main(["explain", str(spec)]) == 2
    out, err = capsys.readouterr()
    assert "0 of 1 pairs of entities" in out
    assert "would have one key" in out.partition("Not proved")[2]
    assert "error ES302" in err


@pytest.mark.parametrize("text", ["", "openapi: 3.1.0\n", "{"])
def test_what_is_no_document(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(text, encoding="utf-8")
    assert cli.main(["explain", str(spec)]) == 2
    assert cli.main(["explain", str(tmp_path / "nowhere.yaml")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "ES508" in err
