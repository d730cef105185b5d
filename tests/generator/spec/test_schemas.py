"""Schemas: what is read of each keyword, and where a wrong one is reported."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from entitystore_generator.diagnostics import Severity
from entitystore_generator.spec.bundle import closure_text
from entitystore_generator.spec.schema import Schema
from tests.generator.spec.loading import ENTITY, HEAD, HEAD_30, load, load_property

# ---------------------------------------------------------------------------------------------- what is read


def read(tmp_path: Path, schema: str, others: str = "", head: str = HEAD) -> Schema:
    return load_property(tmp_path, schema, others, head).schema("User").properties["p"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{}", {"type": "", "nullable": False, "additional": None}),
        ("true", {"type": ""}),
        ("{type: string, format: date-time, readOnly: true}", {"format": "date-time", "read_only": True}),
        ("{type: string, minLength: 1, maxLength: 3.0}", {"min_length": 1, "max_length": 3}),
        ('{type: string, pattern: "^[a-z]+$"}', {"pattern": "^[a-z]+$"}),
        ("{type: string, description: d, title: t}", {"description": "d", "title": "t"}),
        ("{type: [string]}", {"type": "string", "types": (), "nullable": False}),
        ('{type: [string, "null"]}', {"type": "string", "types": (), "nullable": True}),
        ('{type: [string, integer, "null"]}', {"type": "", "types": ("string", "integer"), "nullable": True}),
        ("{type: string, nullable: true}", {"type": "string", "nullable": True}),
        ("{type: string, x-nullable: true}", {"type": "string", "nullable": True}),
        ("{type: string, enum: [a, b, null]}", {"enum_values": ("a", "b"), "nullable": True}),
        ("{type: integer, enum: [1, 2]}", {"enum_values": (1, 2)}),
        ("{type: number, enum: [1.5]}", {"enum_values": (1.5,)}),
        ('{type: string, enum: ["no", "1"]}', {"enum_values": ("no", "1")}),
        ("{type: number, minimum: 0.10, maximum: 1e3}", {"minimum": Decimal("0.10"), "maximum": Decimal("1e3")}),
        ("{type: number, multipleOf: 0.01}", {"multiple_of": Decimal("0.01")}),
        ("{type: integer, exclusiveMinimum: 5}", {"exclusive_minimum": Decimal(5), "minimum": None}),
        (
            "{type: integer, maximum: 5, exclusiveMaximum: true}",
            {"exclusive_maximum": Decimal(5), "maximum": None},
        ),
        ("{type: integer, minimum: 5, exclusiveMinimum: false}", {"exclusive_minimum": None, "minimum": Decimal(5)}),
        ("{type: array, minItems: 1, maxItems: 2, uniqueItems: true}", {"min_items": 1, "unique_items": True}),
        ("{type: object, additionalProperties: false}", {"additional": False}),
        ("{type: object, required: [a, b]}", {"required": ("a", "b")}),
        ("{type: object, minProperties: 1, maxProperties: 2}", {"min_properties": 1, "max_properties": 2}),
        ("{type: string, default: x}", {"has_default": True, "default": "x"}),
        ("{type: string, nullable: true, default: null}", {"has_default": True, "default": None}),
        ("{default: [1, {a: 0.50}]}", {"default": (1, (("a", Decimal("0.50")),))}),
        ("{const: x}", {"has_const": True, "const": "x"}),
        ("{const: True}", {"has_const": True, "const": True}),
        ("{type: boolean, default: off}", {"has_default": True, "default": False}),
    ],
)
def test_keywords(tmp_path: Path, schema: str, expected: dict[str, Any]) -> None:
    found = read(tmp_path, schema)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize("null", ['{type: "null"}', "{enum: [null]}", "{const: null}"])
def test_null_as_a_branch_is_nullable(tmp_path: Path, keyword: str, null: str) -> None:
    found = read(tmp_path, f"{{{keyword}: [{{type: string}}, {null}]}}")
    branches = found.one_of or found.any_of
    assert (found.nullable, [each.type for each in branches]) == (True, ["string"])


def test_parts_know_where_they_are(tmp_path: Path) -> None:
    found = read(tmp_path, "{type: object, properties: {a/b: {type: array, items: {type: string}}}}")
    inner = found.properties["a/b"].items
    assert inner is not None
    assert inner.pointer == "spec.yaml#/components/schemas/User/properties/p/properties/a~1b/items"
    assert found.property_positions["a/b"].length == 3


def test_a_discriminator_s_mapping_holds_names_and_references(tmp_path: Path) -> None:
    pets = "    Cat: {type: object}\n    Dog: {type: object}\n"
    mapping = 'mapping: {cat: Cat, dog: "#/components/schemas/Dog"}'
    branches = '[{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]'
    found = read(tmp_path, f"{{oneOf: {branches}, discriminator: {{propertyName: kind, {mapping}}}}}", pets)
    assert found.discriminator is not None
    assert found.discriminator.property_name == "kind"
    root = "spec.yaml#/components/schemas/"
    assert found.discriminator.mapping == (("cat", f"{root}Cat"), ("dog", f"{root}Dog"))


INHERITANCE = """\
    Pet: {type: object, required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
    Cat: {allOf: [{$ref: "#/components/schemas/Pet"}]}
    Lion: {allOf: [{$ref: "#/components/schemas/Cat"}]}
    Stone: {type: object}
    Broken: {allOf: [{$ref: "#/components/schemas/Nowhere"}]}
"""


def test_what_extends_a_base_with_a_discriminator_belongs_to_it(tmp_path: Path) -> None:
    loaded = load_property(tmp_path, '{$ref: "#/components/schemas/Pet"}', INHERITANCE)
    discriminator = loaded.schema("Pet").discriminator
    assert discriminator is not None
    assert [tag for tag, _ in discriminator.mapping] == ["Cat", "Lion"]
    assert loaded.schema("Lion").all_of
    assert "spec.yaml#/components/schemas/Stone" not in loaded.good.schemas


def test_a_mapping_s_own_tags_come_before_names(tmp_path: Path) -> None:
    text = INHERITANCE.replace("{propertyName: kind}", "{propertyName: kind, mapping: {tabby: Cat}}")
    discriminator = load_property(tmp_path, '{$ref: "#/components/schemas/Pet"}', text).schema("Pet").discriminator
    assert discriminator is not None
    assert [tag for tag, _ in discriminator.mapping] == ["tabby", "Lion"]


# --------------------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ("{type: ⟦objct⟧}", "ES108"),
        ("{type: [string, ⟦nul⟧]}", "ES108"),
        ("{type: ⟦datetime⟧}", "ES108"),
        ("{type: ⟦null⟧}", "ES106"),
        ('{type: ⟦"null"⟧}', "ES107"),
        ("{type: ⟦⟧{}}", "ES107"),
        ("{type: ⟦⟧[]}", "ES107"),
        ("{minLength: ⟦x⟧}", "ES107"),
        ("{maxLength: ⟦-1⟧}", "ES107"),
        ("{maxLength: ⟦1.5⟧}", "ES107"),
        ("{maxLength: ⟦0x10⟧}", "ES106"),
        ("{minimum: ⟦'1'⟧}", "ES107"),
        ("{minimum: ⟦.inf⟧}", "ES106"),
        ("{minimum: ⟦1e999999999⟧}", "ES106"),
        ("{maximum: ⟦1_000⟧}", "ES106"),
        ("{multipleOf: ⟦0⟧}", "ES107"),
        ("{required: ⟦true⟧}", "ES107"),
        ("{required: [⟦1⟧]}", "ES106"),
        ("{properties: ⟦⟧[]}", "ES107"),
        ("{properties: {⟦404⟧: {}}}", "ES106"),
        ("{properties: {a: ⟦x⟧}}", "ES107"),
        ("{properties: {a: ⟦false⟧}}", "ES107"),
        ("{items: ⟦⟧[]}", "ES107"),
        ("{allOf: ⟦⟧{}}", "ES107"),
        ("{oneOf: ⟦⟧[]}", "ES107"),
        ("{anyOf: [⟦3⟧]}", "ES107"),
        ("{nullable: ⟦maybe⟧}", "ES107"),
        ("{readOnly: ⟦'true'⟧}", "ES107"),
        ("{pattern: ⟦1⟧}", "ES106"),
        ("{format: ⟦⟧[]}", "ES107"),
        ("{additionalProperties: ⟦3⟧}", "ES107"),
        ("{enum: ⟦x⟧}", "ES107"),
        ("{enum: ⟦⟧[]}", "ES107"),
        ("{enum: [⟦⟧{}]}", "ES107"),
        ("{type: string, enum: [yep, ⟦true⟧]}", "ES106"),
        ("{type: string, enum: [⟦0123⟧]}", "ES106"),
        ("{type: string, enum: [⟦0x1F⟧]}", "ES106"),
        ("{type: string, const: ⟦2024⟧}", "ES106"),
        ("{type: integer, default: ⟦12:30:00⟧}", "ES106"),
        ("{type: integer, enum: [⟦0b1⟧]}", "ES106"),
        ("{nullable: ⟦y⟧}", "ES107"),
        ("{properties: {⟦true⟧: {}}}", "ES106"),
        ("{type: string, default: ⟦1.10⟧}", "ES106"),
        ("{⟦discriminator⟧: {}}", "ES107"),
        ("{discriminator: ⟦⟧[]}", "ES107"),
        ("{discriminator: {propertyName: ⟦1⟧}}", "ES106"),
        ("{discriminator: {propertyName: k, mapping: ⟦⟧[]}}", "ES107"),
        ("⟦string⟧", "ES107"),
        ("⟦⟧[]", "ES107"),
    ],
)
def test_a_wrong_value_is_reported_where_it_stands(tmp_path: Path, schema: str, code: str) -> None:
    loaded = load_property(tmp_path, schema)
    assert loaded.spec is None
    assert loaded.codes == [code], loaded.found
    assert loaded.places == loaded.marked


@pytest.mark.parametrize(
    ("schema", "code", "hint"),
    [
        ("{⟦requird⟧: [a]}", "ES122", "required"),
        ("{⟦maxlength⟧: 3}", "ES122", "maxLength"),
        ("{⟦propertes⟧: {}}", "ES122", "properties"),
        ("{⟦not⟧: {type: string}}", "ES121", ""),
        ("{⟦patternProperties⟧: {}}", "ES121", ""),
        ("{required: [a, ⟦a⟧]}", "ES107", "remove"),
    ],
)
def test_what_has_no_effect_is_said(tmp_path: Path, schema: str, code: str, hint: str) -> None:
    loaded = load_property(tmp_path, schema)
    assert loaded.spec is not None
    assert loaded.codes == [code]
    assert loaded.places == loaded.marked
    assert hint in loaded.found[0].hint


def test_keys_that_anybody_may_add_are_no_faults(tmp_path: Path) -> None:
    read(tmp_path, "{type: string, x-internal: {a: 1}, example: yes, examples: [no], deprecated: true, xml: {}}")


def test_all_faults_come_in_one_run_in_the_order_of_lines(tmp_path: Path) -> None:
    text = HEAD + ENTITY + "        a: {type: ⟦objct⟧}\n        b: {minLength: ⟦x⟧}\n        c: {$ref: '#/⟦nowhere⟧'}\n"
    loaded = load(tmp_path, text)
    assert loaded.codes == ["ES108", "ES107", "ES109"]
    assert loaded.places == loaded.marked


def test_a_fault_that_no_entity_reaches_is_no_error(tmp_path: Path) -> None:
    others = "    Other: {type: objct, minLength: x}\n    Another: {items: {$ref: '#/nowhere'}}\n"
    assert [*load(tmp_path, HEAD + ENTITY + others).good.schemas] == ["spec.yaml#/components/schemas/User"]


# --------------------------------------------------------------------------------------- OpenAPI 3.0 and 3.1


def test_3_0_ignores_what_stands_beside_a_reference_and_says_so(tmp_path: Path) -> None:
    other = "    Other: {type: object}\n"
    schema = '{$ref: "#/components/schemas/Other", ⟦nullable⟧: true, description: d}'
    loaded = load_property(tmp_path, schema, other, HEAD_30)
    assert loaded.spec is not None
    assert (loaded.codes, loaded.places) == (["ES120"], loaded.marked)
    assert not loaded.spec.schemas["spec.yaml#/components/schemas/User"].properties["p"].nullable


def test_3_0_has_no_extension_beside_a_reference(tmp_path: Path) -> None:
    other = "    Other: {type: object}\n"
    schema = '{$ref: "#/components/schemas/Other", ⟦x-dynamodb-attribute⟧: {name: o}}'
    loaded = load_property(tmp_path, schema, other, HEAD_30)
    assert (loaded.spec, loaded.codes, loaded.places) == (None, ["ES120"], loaded.marked)


def test_3_1_keeps_what_stands_beside_a_reference(tmp_path: Path) -> None:
    other = "    Other: {type: object}\n"
    found = read(tmp_path, '{$ref: "#/components/schemas/Other", description: d, default: {}}', other)
    assert (found.ref, found.description, found.has_default) == ("spec.yaml#/components/schemas/Other", "d", True)


def test_swagger_2(tmp_path: Path) -> None:
    text = """\
swagger: "2.0"
info: {title: Old, version: "1"}
paths: {}
definitions:
  User:
    type: object
    x-dynamodb-indexmap: {PK: "{id}"}
    properties:
      id: {type: string}
      pet: {$ref: "#/definitions/Pet"}
      note: {type: string, x-nullable: true}
  Pet: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}}}
"""
    spec = load(tmp_path, text).good
    assert (spec.version, spec.title) == ("2.0", "Old")
    assert [entity.schema for entity in spec.entities] == ["spec.yaml#/definitions/User"]
    pet = spec.schemas["spec.yaml#/definitions/Pet"]
    assert pet.discriminator is not None
    assert pet.discriminator.property_name == "kind"
    assert '"#/components/schemas/Pet"' in closure_text(spec)


# ------------------------------------------------------------------------------------------ YAML 1.1 and YAML 1.2


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "Yes", "no", "NO", "on", "off", "OFF", "y", "Y", "n"),
        *("12:30:00", "-1:30", "1_000", "0b1", "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01 1:00:00.5 +1"),
    ],
)
@pytest.mark.parametrize("head", [HEAD, HEAD_30])
def test_where_a_text_is_wanted_it_is_the_text_of_yaml_1_2(tmp_path: Path, text: str, head: str) -> None:
    name = text if len(text) == 1 else f"⟦{text}⟧"
    schema = (
        f"{{type: string, enum: [⟦{text}⟧, x], default: ⟦{text}⟧, title: ⟦{text}⟧, description: ⟦{text}⟧}}\n"
        f"        q: {{required: [{name}], properties: {{{name}: {{const: ⟦{text}⟧}}}}}}\n"
        f"        r: {{enum: [⟦{text}⟧, x], discriminator: {{propertyName: ⟦{text}⟧}}}}\n"
        f"        s: {{type: [string, integer], const: ⟦{text}⟧}}"
    )
    loaded = load_property(tmp_path, schema, head=head)
    assert loaded.spec is not None, loaded.found
    assert {(each.code, each.severity) for each in loaded.found} == {("ES128", Severity.NOTE)}
    assert sorted(loaded.places) == sorted(loaded.marked)
    assert all(f'"{text}"' in each.hint for each in loaded.found)
    properties = loaded.spec.schemas["spec.yaml#/components/schemas/User"].properties
    p, q, r, s = (properties[name] for name in "pqrs")
    assert (p.enum_values, p.default, p.title, p.description) == ((text, "x"), text, text, text)
    assert (q.required, [*q.properties], q.properties[text].const) == ((text,), [text], text)
    assert (r.enum_values, r.discriminator and r.discriminator.property_name, s.const) == ((text, "x"), text, text)


def test_a_name_of_one_letter_is_not_noted(tmp_path: Path) -> None:
    schema = "{required: [x, y], properties: {x: {type: number}, y: {type: number}, n: {enum: [⟦y⟧, ⟦n⟧]}}}"
    loaded = load_property(tmp_path, schema)
    assert (loaded.codes, loaded.places) == (["ES128", "ES128"], loaded.marked)


def test_where_a_boolean_is_wanted_yes_and_no_are_booleans(tmp_path: Path) -> None:
    found = read(tmp_path, "{type: boolean, default: no, nullable: yes, readOnly: Off, enum: [on, off]}")
    assert (found.default, found.nullable, found.read_only, found.enum_values) == (False, True, False, (True, False))


def test_texts_in_quotes_and_in_json_mean_one_thing(tmp_path: Path) -> None:
    quoted = read(tmp_path, """{type: string, enum: ["no", 'y', "12:30:00"], default: !!str 2024-01-01}""")
    assert (quoted.enum_values, quoted.default) == (("no", "y", "12:30:00"), "2024-01-01")
