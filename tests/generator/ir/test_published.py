"""What is kept of a schema's words, wherever they stand, and what is not JSON or comes back to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitystore_generator.compiler import read_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Field, Keywords, Package

HEAD = """
openapi: 3.1.0
info: {title: Words, version: "1"}
paths: {}
components:
  schemas:
    Code: {type: string, description: A code., examples: [a]}
    Thing:
      type: object
      x-dynamodb-indexmap: {PK: "THING#{id}", SK: THING}
      required: [id]
      properties:
        id: {type: string}
"""


def compiled(tmp_path: Path, text: str) -> tuple[Package | None, Diagnostics]:
    document, diagnostics = tmp_path / "openapi.yaml", Diagnostics()
    document.write_text(HEAD + text, encoding="utf-8")
    return read_package(document, Options("pydantic", "store"), document.name, diagnostics)[0], diagnostics


def field_of(tmp_path: Path, schema: str) -> Field:
    package, diagnostics = compiled(tmp_path, f"        value: {schema}\n")
    assert package is not None, list(map(str, diagnostics))
    return package.entities[0].model.field("value")


@pytest.mark.parametrize(
    ("schema", "keywords"),
    [
        ("{type: string, title: T, deprecated: true}", (("title", '"T"'), ("deprecated", "true"))),
        ("{type: string, deprecated: false, writeOnly: 1}", ()),
        ("{type: string, example: x}", (("examples", '["x"]'),)),
        ("{type: string, example: x, examples: [y, z]}", (("examples", '["y", "z"]'),)),
        (
            "{example: {a: [1, 1.5, null, true, .inf, 0x1F, 2024-01-01]}}",
            (("examples", '[{"a": [1, 1.5, null, true, ".inf", "0x1F", "2024-01-01"]}]'),),
        ),
        ("{type: integer, exclusiveMinimum: 0}", (("exclusiveMinimum", "0"),)),
        (
            "{type: string, contentEncoding: base64, contentMediaType: image/png}",
            (("contentEncoding", '"base64"'), ("contentMediaType", '"image/png"')),
        ),
        ('{$ref: "#/components/schemas/Code"}', (("examples", '["a"]'), ("description", '"A code."'))),
        ('{$ref: "#/components/schemas/Code", description: Own.}', (("examples", '["a"]'), ("description", '"Own."'))),
        (
            '{allOf: [{$ref: "#/components/schemas/Code"}, {description: Beside.}]}',
            (("examples", '["a"]'), ("description", '"Beside."')),
        ),
        (
            '{oneOf: [{$ref: "#/components/schemas/Code"}, {type: "null"}], title: Or}',
            (("title", '"Or"'), ("examples", '["a"]'), ("description", '"A code."')),
        ),
    ],
)
def test_what_is_said_of_a_property(tmp_path: Path, schema: str, keywords: Keywords) -> None:
    assert field_of(tmp_path, schema).published.keywords == keywords


def test_what_a_part_of_all_of_says_beside_a_reference_counts(tmp_path: Path) -> None:
    beside = "{default: b, x-dynamodb-attribute: {name: v}}"
    field = field_of(tmp_path, f'{{allOf: [{{$ref: "#/components/schemas/Code"}}, {beside}]}}')
    assert (field.attribute, field.default and field.default.value) == ("v", "b")


@pytest.mark.parametrize(
    "schemas",
    [
        "    A: {oneOf: [{$ref: '#/components/schemas/A'}]}",
        "    A: {type: array, items: {$ref: '#/components/schemas/A'}}",
        "    A: {oneOf: [{$ref: '#/components/schemas/B'}, {type: 'null'}]}\n"
        "    B: {oneOf: [{$ref: '#/components/schemas/A'}, {type: 'null'}]}",
        "    A: {oneOf: [{$ref: '#/components/schemas/B'}, {type: string}]}\n"
        "    B: {anyOf: [{$ref: '#/components/schemas/A'}, {type: integer}]}",
    ],
)
def test_a_schema_that_comes_back_to_itself_is_an_error_and_has_an_end(tmp_path: Path, schemas: str) -> None:
    package, diagnostics = compiled(tmp_path, f"        value: {{$ref: '#/components/schemas/A'}}\n{schemas}\n")
    assert package is None
    assert {each.code for each in diagnostics} == {"ES224"}
