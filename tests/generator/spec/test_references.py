"""`$ref` within a file and between files: what is found, what is read, and what is said of those that lead nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entitystore_generator.spec.bundle import closure_text
from tests.generator.spec.loading import ENTITY, HEAD, HEAD_30, load, load_property

ROOT = "spec.yaml#/components/schemas/"


@pytest.mark.parametrize(
    ("ref", "target"),
    [
        ("#/components/schemas/Other", f"{ROOT}Other"),
        ("#/components/schemas/Other/properties/inner", f"{ROOT}Other/properties/inner"),
        ("#/components/schemas/Other/allOf/0", f"{ROOT}Other/allOf/0"),
        ("#/components/schemas/Other/$defs/Local", f"{ROOT}Other/$defs/Local"),
        ("#/components/schemas/A~1B~0C", f"{ROOT}A~1B~0C"),
        ("#/components/schemas/A~1B%7E0C", f"{ROOT}A~1B~0C"),
        ("#/components/schemas/with%20space", f"{ROOT}with space"),
        ("spec.yaml#/components/schemas/Other", f"{ROOT}Other"),
        ("./spec.yaml#/components/schemas/Other", f"{ROOT}Other"),
        ("other.yaml", "other.yaml#"),
        ("other.yaml#", "other.yaml#"),
        ("folder/../other.yaml#", "other.yaml#"),
        ("folder/my%20file.json#/Inner", "folder/my file.json#/Inner"),
    ],
)
def test_where_a_reference_leads(tmp_path: Path, ref: str, target: str) -> None:
    others = """\
    Other:
      type: object
      properties: {inner: {type: string}}
      allOf: [{type: object}]
      $defs: {Local: {type: string}}
    "A/B~C": {type: string}
    with space: {type: string}
"""
    files = {"other.yaml": "type: string\n", "folder/my file.json": '{"Inner": {"type": "string"}}'}
    text = f'{HEAD}{ENTITY}        p: {{$ref: "{ref}"}}\n{others}'
    loaded = load(tmp_path, text, files)
    assert loaded.schema("User").properties["p"].ref == target
    assert target in loaded.good.schemas


@pytest.mark.parametrize(
    ("ref", "code", "hint"),
    [
        ("#/components/schemas/⟦Usr⟧", "ES109", "did you mean User?"),
        ("#/⟦component⟧/schemas/User", "ES109", "did you mean components?"),
        ("#/components/schemas/User/properties/⟦ident⟧", "ES109", "it has: id"),
        ("#/info/title/⟦x⟧", "ES109", ""),
        ("#/components/schemas/User/required/⟦7⟧", "ES109", ""),
        ("⟦#User⟧", "ES109", "#/components/schemas/"),
        ("⟦#/components/schemas/U~1ser⟧", "ES109", ""),
        ("⟦missing.yaml⟧", "ES101", "check the path"),
        ("⟦.⟧", "ES101", "check the path"),
        ("⟦https://example.org/a.yaml#/A⟧", "ES111", "relative path"),
        ("⟦//example.org/a.yaml⟧", "ES111", "relative path"),
        ("⟦file:///etc/passwd⟧", "ES111", "relative path"),
        ("⟦/etc/passwd⟧", "ES111", "relative path"),
    ],
)
def test_a_reference_that_leads_nowhere(tmp_path: Path, ref: str, code: str, hint: str) -> None:
    quoted = ref.replace("⟦", '⟦"').replace("⟧", '"⟧') if ref.startswith("⟦") else f'"{ref}"'
    loaded = load_property(tmp_path, f"{{$ref: {quoted}}}")
    assert loaded.codes == [code]
    assert loaded.places == loaded.marked
    assert hint in loaded.found[0].hint


def test_a_reference_has_to_be_a_text(tmp_path: Path) -> None:
    loaded = load_property(tmp_path, "{$ref: ⟦3⟧}")
    assert (loaded.codes, loaded.places) == (["ES106"], loaded.marked)


def test_a_fault_in_another_file_is_found_there(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    loaded = load_property(tmp_path / "api", "{$ref: ../lib/other.yaml}")
    assert loaded.codes == ["ES101"]
    files = {"../lib/other.yaml": "type: object\nproperties:\n  a: {type: ⟦objct⟧}\n"}
    loaded = load(tmp_path / "api", f"{HEAD}{ENTITY}        p: {{$ref: ../lib/other.yaml}}\n", files)
    assert (loaded.codes, loaded.places) == (["ES108"], loaded.marked)


# ------------------------------------------------------------------------------------------------- files


def test_each_file_is_read_once_and_only_if_it_is_needed(tmp_path: Path) -> None:
    files = {
        "a.yaml": "A: {$ref: 'b.yaml#/B'}\nUnused: {$ref: unused.yaml}\n",
        "b.yaml": "B: {properties: {a: {$ref: './a.yaml#/A'}, u: {$ref: 'spec.yaml#/components/schemas/User'}}}\n",
        "unused.yaml": "type: [",
    }
    loaded = load(
        tmp_path, f"{HEAD}{ENTITY}        p: {{$ref: 'a.yaml#/A'}}\n        q: {{$ref: 'b.yaml#/B'}}\n", files
    )
    assert loaded.good.inputs == loaded.inputs
    assert [Path(path) for path in loaded.inputs] == [tmp_path / name for name in ("spec.yaml", "a.yaml", "b.yaml")]


def test_files_are_told_even_where_there_are_errors(tmp_path: Path) -> None:
    files = {"a.yaml": "type: objct\n"}
    loaded = load(tmp_path, f"{HEAD}{ENTITY}        p: {{$ref: a.yaml}}\n        q: {{$ref: b.yaml}}\n", files)
    assert loaded.spec is None
    assert [Path(path).name for path in loaded.inputs] == ["spec.yaml", "a.yaml"]


def test_an_entity_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    listed = "    User: {$ref: user.yaml}\n    Order: {$ref: 'lib.yaml#/components/schemas/Order'}\n"
    text = f"{HEAD}components:\n  schemas:\n{listed}"
    keys = "x-dynamodb-indexmap: {PK: '{id}'}"
    files = {
        "user.yaml": f"{keys}\nproperties: {{id: {{type: string}}, me: {{$ref: '#'}}}}\n",
        "lib.yaml": f"components: {{schemas: {{Order: {{{keys}, properties: {{id: {{type: string}}}}}}}}}}\n",
    }
    spec = load(tmp_path, text, files).good
    assert [(each.name, each.schema, each.position.line) for each in spec.entities] == [
        ("User", "user.yaml#", 6),
        ("Order", "lib.yaml#/components/schemas/Order", 7),
    ]
    assert spec.schemas["user.yaml#"].properties["me"].ref == "user.yaml#"
    assert spec.closure_names == {"user.yaml#": "User", "lib.yaml#/components/schemas/Order": "Order"}


def test_all_schemas_may_be_in_another_file(tmp_path: Path) -> None:
    schemas = "User: {x-dynamodb-indexmap: {PK: '{id}'}, properties: {id: {$ref: '#/Id'}}}\nId: {type: string}\n"
    text = HEAD + "components:\n  schemas: {$ref: schemas.yaml}\n"
    spec = load(tmp_path, text, {"schemas.yaml": schemas}).good
    assert [each.schema for each in spec.entities] == ["schemas.yaml#/User"]
    assert "schemas.yaml#/Id" in spec.schemas


def test_an_index_map_that_the_document_does_not_list_makes_no_entity(tmp_path: Path) -> None:
    files = {"lib.yaml": "Other: {type: object, ⟦x-dynamodb-indexmap⟧: {PK: x}}\n"}
    loaded = load(tmp_path, f"{HEAD}{ENTITY}        p: {{$ref: 'lib.yaml#/Other'}}\n", files)
    assert loaded.spec is not None
    assert [each.name for each in loaded.spec.entities] == ["User"]
    assert [each.severity.value for each in loaded.found] == ["warning"]
    assert loaded.places == loaded.marked


def test_a_file_without_a_version_follows_whoever_refers_to_it(tmp_path: Path) -> None:
    files = {"lib.yaml": "Other: {$ref: '#/Base', nullable: true}\nBase: {type: object}\n"}
    property_ = "        p: {$ref: 'lib.yaml#/Other'}\n"
    assert load(tmp_path, HEAD_30 + ENTITY + property_, files).codes == ["ES120"]
    spec = load(tmp_path, HEAD + ENTITY + property_, files).good
    assert spec.schemas["lib.yaml#/Other"].nullable


# ----------------------------------------------------------------------------------------------- circles


@pytest.mark.parametrize(
    "schemas",
    [
        "    ⟦A⟧: {$ref: '#/components/schemas/A'}\n",
        "    ⟦A⟧: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n",
        "    ⟦A⟧: {allOf: [{$ref: '#/components/schemas/A'}]}\n",
        "    ⟦A⟧: {allOf: [{$ref: '#/components/schemas/B'}]}\n    B: {$ref: '#/components/schemas/A'}\n",
    ],
)
def test_a_schema_that_is_made_of_itself(tmp_path: Path, schemas: str) -> None:
    loaded = load_property(tmp_path, "{$ref: '#/components/schemas/A'}", schemas)
    assert (loaded.codes, loaded.places) == (["ES110"], loaded.marked)


def test_references_in_the_place_of_what_they_lead_through_may_not_circle(tmp_path: Path) -> None:
    circle = "x-a: {$ref: '#/x-b'}\nx-b: {$ref: '#/x-a'}\n"
    loaded = load(tmp_path, f"{HEAD}{circle}{ENTITY}        p: {{$ref: '#/x-a/inner'}}\n")
    assert loaded.codes == ["ES110"]


@pytest.mark.parametrize(
    "schema",
    [
        "{type: object, properties: {next: {$ref: '#/components/schemas/A'}}}",
        "{type: array, items: {$ref: '#/components/schemas/A'}}",
        "{type: object, additionalProperties: {$ref: '#/components/schemas/A'}}",
        "{oneOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/A'}}]}",
        "{type: object, properties: {b: {$ref: '#/components/schemas/B'}}}",
    ],
)
def test_a_schema_may_contain_itself(tmp_path: Path, schema: str) -> None:
    other = "    B: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}\n"
    spec = load_property(tmp_path, "{$ref: '#/components/schemas/A'}", f"    A: {schema}\n{other}").good
    assert f"{ROOT}A" in spec.schemas


@pytest.mark.parametrize(
    "kind", ["{{$ref: {}}}", "{{properties: {{next: {{$ref: {}}}}}}}", "{{allOf: [{{$ref: {}}}]}}"]
)
def test_a_chain_of_references_may_be_as_long_as_it_likes(tmp_path: Path, kind: str) -> None:
    length = 2000
    links = (kind.format(f"'#/components/schemas/S{number + 1}'") for number in range(length))
    schemas = "".join(f"    S{number}: {link}\n" for number, link in enumerate(links))
    spec = load_property(
        tmp_path, "{$ref: '#/components/schemas/S0'}", f"{schemas}    S{length}: {{type: object}}\n"
    ).good
    assert len(spec.schemas) == length + 2
    json.loads(closure_text(spec))


def test_the_order_is_that_of_first_need(tmp_path: Path) -> None:
    properties = "        b: {$ref: '#/components/schemas/B'}\n        a: {$ref: '#/components/schemas/A'}\n"
    others = (
        "    A: {properties: {c: {$ref: '#/components/schemas/C'}}}\n    B: {type: object}\n    C: {type: object}\n"
    )
    spec = load(tmp_path, HEAD + ENTITY + properties + others).good
    assert [pointer.rpartition("/")[2] for pointer in spec.schemas] == ["User", "B", "A", "C"]
    assert [*json.loads(closure_text(spec))["components"]["schemas"]] == ["User", "B", "A", "C"]
