"""Python names: what a document may call things, and what becomes of it."""

from __future__ import annotations

import ast
import keyword
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import entitystore_generator
from entitystore.table import Table
from entitystore_generator.checks import run_checks
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.build import build_package
from entitystore_generator.ir.class_names import NamingError, parse_class_names
from entitystore_generator.ir.model import EnumType, ObjectType
from entitystore_generator.ir.names import (
    RESERVED_ENTITIES,
    Scope,
    fold,
    identifier,
    index_constants,
    pascal_case,
    readable,
    snake_case,
)
from entitystore_generator.spec.load import load_spec
from tests.generator.ir.documents import Built, build, entity, the_entity

STRING = {"type": "string"}
NAMES = [
    *(
        "class",
        "list",
        "None",
        "self",
        "__init__",
        "_id",
        "1st-name",
        "order-date",
        "a.b/c~d",
        "é",
        "日本",
        "ﬁ",
        "²",
        "-",
        "",
    ),
    *(
        "model_config",
        "model_fields",
        "json",
        "copy",
        "schema",
        "date",
        "datetime",
        "field",
        "str",
        "import",
        "async",
        "cls",
    ),
    *('"""', "'); import os #", "x\ny", "\\", "a b", "$ref", "True", "match", "__class__", "model_validate", "\u2028"),
]


def fields_of(properties: dict[str, Any], **keys: str) -> dict[str, str]:
    """Wire name to Python name. What no attribute can be called is stored as a0, a1, …"""
    properties = {
        wire: {**schema, "x-dynamodb-attribute": {"name": f"a{place}"}} if {*wire} & {*'"\\\n'} or not wire else schema
        for place, (wire, schema) in enumerate(properties.items())
    }
    built = build({"Thing": entity(properties, properties, **keys)})
    return {field.wire_name: field.name for field in built.good.model("Thing").fields}


def assert_usable(names: list[str]) -> None:
    assert len(set(names)) == len(names)
    for name in names:
        assert name.isidentifier(), name
        assert not keyword.iskeyword(name), name
        assert not name.startswith("_"), name


def test_every_name_becomes_an_identifier() -> None:
    names = fields_of(dict.fromkeys(NAMES, STRING))
    assert list(names) == ["id", *NAMES]
    assert_usable(list(names.values()))


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("createdAt", "created_at"),
        ("order-date", "order_date"),
        ("class", "class_"),
        ("list", "list_"),
        ("None", "none"),
        ("self", "self_"),
        ("1st-name", "field_1st_name"),
        ("date", "date_"),
        ("model_config", "model_config_"),
        ("key", "key"),
    ],
)
def test_names_are_what_a_person_would_choose(wire: str, name: str) -> None:
    assert fields_of({wire: STRING})[wire] == name


def test_parameters_of_key_functions_make_way() -> None:
    names = fields_of({"key": STRING, "condition": STRING, "values": STRING}, PK="{key}", SK="{condition}")
    assert names == {"id": "id", "key": "key_", "condition": "condition_", "values": "values"}


def test_two_names_that_become_one() -> None:
    built = build({"Thing": entity({"user-id": STRING, "user_id": STRING, "userId": STRING})})
    assert built.codes == ["ES213", "ES213"]
    assert_usable([field.name for field in built.good.model("Thing").fields])


@pytest.mark.parametrize(
    "wires", [("userId", "user_id"), ("user_id", "userId"), ("date", "date_"), ("Self", "class", "class_", "self_")]
)
def test_no_property_has_the_name_of_another_one(wires: tuple[str, ...]) -> None:
    """pydantic takes a name and what the document calls the property: user_id would be that of both."""
    names = fields_of(dict.fromkeys(wires, STRING))
    assert_usable(list(names.values()))
    assert not [wire for wire, name in names.items() if name != wire and name in names]


def test_enum_members() -> None:
    values = ["open", "in progress", "S", "s", "mro", "name", "value", "title", "class", "", "1", "-", '"""', "x\ny"]
    values += ["__class__", "_sunder_", "_value_", "None", "upper", "é"]
    package = build({"Thing": entity({"p": {"type": "string", "enum": values}})}).good
    members = package.enum("P").members
    assert [member.value for member in members] == values
    names = [member.name for member in members]
    assert_usable(names)
    assert not set(names) & {*dir(str), "name", "value", "mro"}
    by_value = dict(zip(values, names, strict=True))
    assert [by_value[each] for each in ("in progress", "title", "class")] == ["IN_PROGRESS", "TITLE", "CLASS"]


# ------------------------------------------------------------------------------------------ classes


def classes_of(built: Built) -> list[str]:
    package = built.good
    return [*(model.name for model in package.models), *(each.name for each in package.enums)]


def test_classes_do_not_hide_what_modules_use() -> None:
    schemas: dict[str, Any] = {
        name: entity({}, PK=f"{name}#{{id}}")
        for name in [
            "Decimal",
            "BaseModel",
            "UUID",
            "Table",
            "Exception",
            "Struct",
            "User",
            "UserStore",
            "AsyncUserStore",
            "Async",
        ]
    }
    names = classes_of(build(schemas))
    assert len(set(names)) == len(schemas)
    assert set(names) & set(schemas) == {"User"}


def test_entities_do_not_hide_attributes_of_the_table() -> None:
    schemas = {name: entity({}, PK=f"{name}#{{id}}") for name in ["Query", "Close", "OrderLine", "HTTPLog"]}
    assert [each.name for each in build(schemas).good.entities] == ["query_", "close_", "order_line", "http_log"]


def test_every_attribute_of_the_table_is_reserved() -> None:
    assert {name for name in dir(Table) if not name.startswith("_")} <= RESERVED_ENTITIES


def test_inline_classes_with_one_name() -> None:
    place = {"type": "object", "properties": {"street": STRING}}
    size = {"type": "string", "enum": ["S"]}
    shirt = entity({"address": place, "size": size}, PK="S#{id}")
    built = build({"Shirt": shirt, "Shoe": entity({"address": place, "size": size}), "Size": entity({}, PK="Z#{id}")})
    names = classes_of(built)
    assert len(set(names)) == len(names)
    assert "Size" in [each.model.name for each in built.good.entities]


@pytest.mark.parametrize("schema", [{"type": "string", "enum": ["L"]}, {"type": "object", "properties": {"l": STRING}}])
def test_a_schema_keeps_its_name_beside_a_class_in_place(schema: dict[str, Any]) -> None:
    properties = {"size": {"type": "string", "enum": ["S"]}, "other": {"$ref": "#/components/schemas/Size"}}
    built = build({"Thing": entity(properties), "Size": schema})
    assert built.good.model("Thing").field("other").type in (EnumType("Size"), ObjectType("Size"))
    assert built.good.model("Thing").field("size").type == EnumType("ThingSize")


def test_inline_classes_keep_the_names_of_the_parser() -> None:
    lines = {"type": "array", "items": {"type": "object", "properties": {"sku": STRING}}}
    assert classes_of(build({"Order": entity({"lines": lines})})) == ["Line", "Order"]


def test_schema_names_with_dots_and_dashes() -> None:
    schemas = {name: entity({}, PK=f"{name}#{{id}}") for name in ["v1.User", "v2.User", "order-line", "3d"]}
    names = classes_of(build(schemas))
    assert names[:3] == ["V1User", "V2User", "OrderLine"]
    assert_usable(names)


def test_two_entities_in_one_module() -> None:
    built = build({"HTTPLog": entity({}), "HttpLog": entity({}, PK="A#{id}")})
    assert "http_log_store" in built.the_error("ES228")[0]


def test_text_never_becomes_a_name_with_anything_in_it() -> None:
    text = '"""\nimport os; os.abort() #'
    schemas = {
        "Thing": {
            **entity(
                {
                    text: {
                        "type": "string",
                        "enum": [text],
                        "description": text,
                        "x-dynamodb-attribute": {"name": "a"},
                    }
                }
            ),
            "description": text,
        }
    }
    package = build(schemas).good
    assert_usable([field.name for field in package.model("Thing").fields])
    assert_usable([member.name for each in package.enums for member in each.members])
    assert package.model("Thing").description == text


# -------------------------------------------------------------------------------------------- finders


def finders(keys: dict[str, str], **options: Any) -> tuple[dict[str, str], Built]:
    properties = {"email": STRING, "tenantId": STRING, "class": STRING}
    thing = entity(properties, properties, **keys)
    if options:
        thing["x-dynamodb-entity"] = options
    built = build({"Thing": thing})
    assert built.package is not None
    patterns = the_entity(built.package, "thing").access_patterns
    return {pattern.name: pattern.keys.index.name for pattern in patterns}, built


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"PK": "U#{id}"}, {"by_id": ""}),
        ({"PK": "{tenantId}#{email}"}, {"by_tenant_id_and_email": ""}),
        (
            {"PK": "{id}", "GSI1PK": "A#{id}", "GSI2PK": "B#{id}"},
            {"by_id": "", "by_id_on_gsi1": "GSI1", "by_id_on_gsi2": "GSI2"},
        ),
        ({"PK": "ALL", "GSI1PK": "ALL"}, {"by_pk": "", "by_gsi1": "GSI1"}),
        ({"PK": "{class}"}, {"by_class": ""}),
        ({"PK": "{id}#{id}"}, {"by_id": ""}),
    ],
    ids=str,
)
def test_finders_are_named_by_their_partition(keys: dict[str, str], expected: dict[str, str]) -> None:
    assert finders(keys)[0] == expected


def test_the_document_names_finders() -> None:
    keys = {"PK": "{id}", "GSI1PK": "{email}", "GSI2PK": "{id}"}
    names, _ = finders(keys, queries={"with_email": "GSI1", "by_id_on_gsi2": "PK"})
    assert names == {"by_id_on_gsi2": "", "with_email": "GSI1", "by_id": "GSI2"}


@pytest.mark.parametrize("name", ["put", "get_one", "class", "_hidden", "a b", "1st", "stream", ""])
def test_finder_names_that_cannot_be(name: str) -> None:
    _, built = finders({"PK": "{id}", "GSI1PK": "{email}"}, queries={name: "GSI1"})
    assert repr(name) in built.the_error("ES214")[0]


def test_finders_of_indexes_that_are_not_filled() -> None:
    _, built = finders({"PK": "{id}", "GSI1PK": "{email}"}, queries={"by_x": "GSI2"})
    assert built.the_error("ES214")[2] == "did you mean GSI1?"


# ------------------------------------------------------------------------------------------- functions


@given(st.text(max_size=12))
def test_identifier_always_gives_one(text: str) -> None:
    name = identifier(text)
    assert name.isidentifier()
    assert not name.startswith("_")
    scope = Scope({"self"})
    assert_usable(
        [scope.claim(text), scope.claim(text), scope.claim(f"_{text}"), scope.claim("self"), scope.claim("class")]
    )


@given(st.lists(st.text(alphabet="ab_-1A", max_size=4), max_size=8))
def test_a_scope_gives_no_name_twice(wanted: list[str]) -> None:
    scope = Scope()
    names = [scope.claim(each) for each in wanted]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("name", "snake", "pascal"),
    [
        ("OrderLine", "order_line", "OrderLine"),
        ("order-line", "order_line", "OrderLine"),
        ("HTTPLog", "http_log", "HTTPLog"),
        ("createdAt", "created_at", "CreatedAt"),
        ("__x__", "x", "X"),
    ],
)
def test_cases(name: str, snake: str, pascal: str) -> None:
    assert (snake_case(name), pascal_case(name)) == (snake, pascal)
    assert fold(snake) == fold(pascal)


# ---------------------------------------------------------------------------------------- the adapter


def test_a_document_that_the_parser_refuses() -> None:
    with pytest.raises(NamingError) as caught:
        parse_class_names("{")
    assert "\n" not in str(caught.value)


def test_only_the_adapter_knows_the_parser() -> None:
    sources = Path(entitystore_generator.__file__).parent.rglob("*.py")
    users = [path.name for path in sources if "import datamodel_code_generator" in _imports(path)]
    assert users == ["class_names.py"]


def _imports(path: Path) -> str:
    names = [
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    return " ".join(f"import {name}" for name in names)


def test_the_shop() -> None:
    diagnostics = Diagnostics()
    loaded = load_spec(Path(__file__).parents[3] / "examples/shop/openapi.yaml", "openapi.yaml", diagnostics)
    assert loaded.spec is not None
    package = build_package(loaded.spec, diagnostics, models="pydantic")
    assert package is not None
    run_checks(package, diagnostics)
    assert not diagnostics.has_errors
    finders = {each.name: [pattern.name for pattern in each.access_patterns] for each in package.entities}
    assert finders == {
        "user": ["by_id", "by_email"],
        "order": ["by_user_id", "by_status", "by_tracking_number"],
        "product": ["by_sku", "by_category"],
    }


_SCRIPT = """
import tests.generator.ir.documents as d
from tests.generator.ir.test_names import NAMES
s = {"type": "string"}
place = {"type": "object", "properties": {"street": s, "kind": {"enum": ["a", "A", "b c"]}}}
schemas = {n: d.entity({**dict.fromkeys(NAMES, s), "where": place}, PK=n + "#{id}") for n in ["B", "A", "a.C"]}
print(repr(d.build(schemas)))
"""


def test_names_do_not_depend_on_the_hash_seed() -> None:
    root = Path(__file__).parents[3]
    outputs = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


@given(
    st.text(max_size=8) | st.text("\u210c\uff28\ufb01\u00aa\u1ffc\u0130\u017f\u212a\u034f\u200d\u0301aA", max_size=8)
)
def test_names_are_in_the_form_that_python_reads(text: str) -> None:
    for name in (readable(text), snake_case(text), pascal_case(text), identifier(text)):
        assert readable(name) == name
    assert list(ast.parse(f"{identifier(text)}_ = 1").body[0].targets[0].id) == list(f"{identifier(text)}_")  # type: ignore[attr-defined]


@pytest.mark.parametrize("pair", [("\u210cello", "Hello"), ("\ufb01le", "file"), ("\u00aa", "a"), ("a\u034fb", "ab")])
def test_names_that_python_reads_alike_do_not_meet(pair: tuple[str, str]) -> None:
    found = fields_of(dict.fromkeys(pair, STRING))
    assert len(set(found.values()) - {""}) == len(found)


def test_a_property_and_a_class_without_case_do_not_meet() -> None:
    inside = {"type": "object", "properties": {"x": STRING}}
    properties = {"\u540d": {"$ref": "#/components/schemas/\u540d"}, "\u524d": inside}
    built = build({"P": entity(properties), "\u540d": inside}).good
    fields = {field.wire_name: field for field in built.model("P").fields}
    for wire in properties:
        assert fields[wire].name != fields[wire].type.class_name  # type: ignore[union-attr]


def test_constants_of_indexes_do_not_meet() -> None:
    constants = index_constants(("GSI-1", "GSI_1", "123", "primary", "table"))
    assert len(set(constants.values())) == len(constants) == 6
    assert all(name.isidentifier() for name in constants.values())
