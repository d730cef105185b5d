"""Texts without quotes that YAML 1.1 reads as something else, where only the type behind a reference decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.build import build_with_names
from entitystore_generator.ir.class_names import ClassNames
from entitystore_generator.spec.schema import Unquoted
from tests.generator.spec.loading import ENTITY, HEAD, load, load_property


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ('{$ref: "#/components/schemas/Flag", default: no}', False),
        ('{$ref: "#/components/schemas/Word", default: no}', "no"),
        ('{allOf: [{$ref: "#/components/schemas/Flag"}], default: yes}', True),
        ("{type: [boolean, 'null'], default: on}", True),
        ("{type: [boolean, integer], default: on}", True),
        ("{type: [boolean, string], default: on}", "on"),
        ("{default: 12:30:00}", "12:30:00"),
        ("{type: array, items: {type: string}, default: [no, 1_0]}", ("no", "1_0")),
        ("{type: array, items: {$ref: '#/components/schemas/Flag'}, default: [no]}", (False,)),
        ("{type: object, additionalProperties: {type: string}, default: {no: no}}", (("no", "no"),)),
        ("{type: object, additionalProperties: {type: boolean}, default: {a: no}}", (("a", False),)),
        (
            "{type: object, properties: {a: {type: boolean}, b: {type: string}}, default: {a: y, b: n}}",
            (("a", "y"), ("b", "n")),
        ),
        (
            "{type: object, properties: {a: {type: boolean}, b: {type: string}}, default: {a: on, b: on}}",
            (("a", True), ("b", "on")),
        ),
    ],
)
def test_a_default_is_what_the_type_behind_it_wants(tmp_path: Path, schema: str, default: object) -> None:
    others = "    Flag: {type: boolean}\n    Word: {type: string}\n"
    loaded = load_property(tmp_path, schema, others)
    assert loaded.spec is not None
    diagnostics = Diagnostics()
    package = build_with_names(loaded.spec, ClassNames(), diagnostics)
    found = package.entities[0].model.field("p").default
    assert found is not None
    assert found.value == default
    assert not list(_unquoted(found.value))
    is_wrong = schema.endswith("{a: y, b: n}}")  # y is a text wherever a boolean is wanted
    assert diagnostics.has_errors is is_wrong


def _unquoted(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        yield from (word for each in value for word in _unquoted(each))
    elif isinstance(value, Unquoted):
        yield value


@pytest.mark.parametrize(
    ("schema", "value", "expected", "code"),
    [
        ("{type: string}", "no", "no", "ES128"),
        ("{type: string}", "12:30:00", "12:30:00", "ES128"),
        ("{type: string}", "2024-01-01", "2024-01-01", "ES128"),
        ("{type: string, enum: [on, off]}", "off", "off", "ES128"),
        ("{type: string, const: 'y'}", "y", "y", "ES128"),
        ("{type: boolean}", "yes", True, ""),
        ("{const: true, type: boolean}", "on", True, ""),
        ("{type: boolean}", "y", None, "ES207"),
        ("{type: integer}", "1_0", None, "ES207"),
        ("{type: string}", "'no'", "no", ""),
    ],
)
def test_a_condition_is_what_the_property_wants(
    tmp_path: Path, schema: str, value: str, expected: object, code: str
) -> None:
    keys = f'{{PK: "{{id}}", GSI1PK: [{{when: {{p: ⟦{value}⟧}}, key: x}}]}}'
    text = f"{HEAD}{ENTITY}        p: {schema}\n".replace('{PK: "USER#{id}", SK: USER}', keys)
    loaded = load(tmp_path, text)
    assert loaded.spec is not None
    diagnostics = Diagnostics()
    package = build_with_names(loaded.spec, ClassNames(), diagnostics)
    found = [each for each in diagnostics if each.position.line == loaded.marked[0][1]]
    assert [each.code for each in found] == [code] * bool(code)
    if expected is not None:
        (choice,) = package.entities[0].secondary[0].partition.choices
        assert choice.when[0].value == expected
        assert type(choice.when[0].value) is type(expected)
        assert [each.position.column for each in found] == [loaded.marked[0][2]] * len(found)
