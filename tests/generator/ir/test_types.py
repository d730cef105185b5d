"""Schemas to field types: every format, every combination, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    DateTimeType,
    DateType,
    Default,
    EnumMember,
    EnumType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    UnionOption,
    UnionType,
    UuidType,
)
from tests.generator.ir.documents import build, build_property, entity, field_of, type_of

STRING = {"type": "string"}
SCALARS: list[tuple[dict[str, Any], FieldType]] = [
    (STRING, StringType()),
    ({"type": "string", "minLength": 1, "maxLength": 9, "pattern": "^a"}, StringType(1, 9, "^a")),
    ({"type": "string", "format": "email"}, StringType(format="email")),
    ({"type": "string", "format": "uri"}, StringType(format="uri")),
    ({"type": "string", "format": "password"}, StringType()),
    ({"type": "string", "format": "date-time"}, DateTimeType()),
    ({"type": "string", "format": "date"}, DateType()),
    ({"type": "string", "format": "uuid"}, UuidType()),
    ({"type": "string", "format": "binary", "minLength": 2, "maxLength": 5}, BytesType(2, 5)),
    ({"type": "string", "format": "byte", "minLength": 5, "maxLength": 9}, BytesType(4, 6)),
    ({"type": "string", "format": "byte"}, BytesType()),
    ({"type": "string", "contentEncoding": "base64", "minLength": 5, "maxLength": 9}, BytesType(4, 6)),
    ({"type": "string", "contentEncoding": "BASE64", "contentMediaType": "image/png"}, BytesType()),
    ({"contentEncoding": "base64"}, BytesType()),
    ({"allOf": [{"type": "string"}, {"contentEncoding": "base64"}]}, BytesType()),
    ({"type": "string", "contentMediaType": "text/html"}, StringType()),
    ({"type": "string", "contentEncoding": "8bit", "maxLength": 3}, StringType(None, 3)),
    ({"type": "string", "format": "decimal", "minimum": 0}, NumberType(True, Decimal(0))),
    ({"type": "integer"}, IntegerType()),
    ({"type": "integer", "format": "int32", "minimum": 1}, IntegerType(1, bits=32)),
    ({"type": "integer", "format": "int64"}, IntegerType(bits=64)),
    ({"type": "integer", "minimum": 0.5, "exclusiveMaximum": 10}, IntegerType(1, 9)),
    ({"type": "integer", "exclusiveMinimum": 0.5, "maximum": 2.5}, IntegerType(1, 2)),
    ({"type": "integer", "multipleOf": 1.5}, IntegerType(multiple_of=3)),
    ({"type": "integer", "multipleOf": 0.5}, IntegerType()),
    ({"type": "number"}, NumberType()),
    ({"type": "number", "format": "double", "exclusiveMinimum": 0}, NumberType(exclusive_minimum=Decimal(0))),
    ({"type": "number", "format": "decimal", "multipleOf": 0.01}, NumberType(True, multiple_of=Decimal("0.01"))),
    ({"type": "number", "x-dynamodb-attribute": {"number": "decimal"}}, NumberType(True)),
    ({"type": "boolean"}, BooleanType()),
    ({}, AnyType()),
    ({"description": "whatever"}, AnyType()),
    ({"format": "uuid"}, UuidType()),
    ({"minLength": 1}, StringType(1)),
    ({"const": "a"}, LiteralType("a")),
    ({"type": "integer", "const": 1}, LiteralType(1)),
    ({"const": True}, LiteralType(True)),
    ({"type": "boolean", "enum": [True, False]}, BooleanType()),
    ({"type": "boolean", "enum": [True]}, LiteralType(True)),
]


@pytest.mark.parametrize(("schema", "expected"), SCALARS, ids=str)
def test_scalars(schema: dict[str, Any], expected: FieldType) -> None:
    assert type_of(schema) == expected


CONTAINERS: list[tuple[dict[str, Any], FieldType]] = [
    ({"type": "array", "items": STRING, "minItems": 1, "maxItems": 3}, ListType(StringType(), 1, 3)),
    ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, ListType(IntegerType(), unique_items=True)),
    ({"items": STRING}, ListType(StringType())),
    ({"type": "array"}, ListType(AnyType())),
    ({"type": "array", "items": {"type": "string", "nullable": True}}, ListType(NullableType(StringType()))),
    ({"type": "array", "items": {"type": "array", "items": STRING}}, ListType(ListType(StringType()))),
    ({"type": "object"}, MapType(AnyType())),
    ({"type": "object", "additionalProperties": True}, MapType(AnyType())),
    ({"type": "object", "additionalProperties": {}}, MapType(AnyType())),
    ({"additionalProperties": {"type": ["number", "null"]}}, MapType(NullableType(NumberType()))),
    ({"type": "object", "additionalProperties": STRING, "maxProperties": 4}, MapType(StringType(), None, 4)),
    ({"type": "object", "additionalProperties": False}, MapType(AnyType(), max_properties=0)),
]


@pytest.mark.parametrize(("schema", "expected"), CONTAINERS, ids=str)
def test_arrays_and_maps(schema: dict[str, Any], expected: FieldType) -> None:
    assert type_of(schema) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (STRING, StringType()),
        ({"type": "integer"}, IntegerType()),
        ({"type": "string", "format": "byte"}, BytesType()),
        ({"type": "string", "format": "date-time"}, DateTimeType()),
        ({"type": "string", "enum": ["a", "b"]}, EnumType("PItem")),
    ],
    ids=str,
)
def test_sets(items: dict[str, Any], expected: FieldType) -> None:
    schema = {"type": "array", "items": items, "maxItems": 5, "x-dynamodb-attribute": {"set": True}}
    assert type_of(schema) == SetType(expected, None, 5)


def test_decimal_applies_to_elements() -> None:
    option = {"x-dynamodb-attribute": {"number": "decimal", "set": True}}
    assert type_of({"type": "array", "items": {"type": "number"}, **option}) == SetType(NumberType(True))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "x-dynamodb-attribute": {"set": True}},
        {"type": "array", "items": {"type": "boolean"}, "x-dynamodb-attribute": {"set": True}},
        {"type": "array", "items": {"type": "array"}, "x-dynamodb-attribute": {"set": True}},
        {"type": "array", "items": {"type": "string", "nullable": True}, "x-dynamodb-attribute": {"set": True}},
        {"type": "string", "x-dynamodb-attribute": {"number": "decimal"}},
        {"type": "integer", "x-dynamodb-attribute": {"number": "decimal"}},
    ],
    ids=str,
)
def test_attribute_options_that_do_not_fit(schema: dict[str, Any]) -> None:
    assert build_property(schema).the_error("ES218")[1].endswith("/p/x-dynamodb-attribute")


def test_an_empty_set_needs_a_form_of_its_own() -> None:
    """Absence stands for the default, and NULL for null, so that one that is empty would come back as its default."""
    numbers: dict[str, object] = {"items": {"type": "integer"}, "x-dynamodb-attribute": {"set": True}}
    said = build_property({"type": ["array", "null"], "default": [1], **numbers}).the_error("ES218")[1]
    assert said.endswith("/p/x-dynamodb-attribute")
    for words in ({"type": "array", "default": [1]}, {"type": ["array", "null"], "default": []}):
        assert build_property(words | numbers).codes == []


# ----------------------------------------------------------------------------------------- enums


def test_enums_keep_values_and_order() -> None:
    package = build_property({"type": "string", "enum": ["in progress", "open", "S", "s"]}).good
    assert [member.value for member in package.enum("P").members] == ["in progress", "open", "S", "s"]
    names = [member.name for member in package.enum("P").members]
    assert names[:2] == ["IN_PROGRESS", "OPEN"]
    assert len(set(names)) == 4


def test_integer_enum() -> None:
    package = build_property({"$ref": "#/components/schemas/Level"}, Level={"type": "integer", "enum": [1, -1]}).good
    level = package.enum("Level")
    assert (level.base, level.members) == ("int", (EnumMember("INTEGER_1", 1), EnumMember("INTEGER__1", -1)))


def test_an_enum_of_one_value_is_an_enum() -> None:
    assert type_of({"type": "string", "enum": ["only"]}) == EnumType("P")


def test_a_union_of_constants_is_an_enum() -> None:
    package = build_property({"oneOf": [{"const": "a", "description": "A"}, {"const": "b"}]}).good
    assert [member.value for member in package.enum("P").members] == ["a", "b"]


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": ["a", 1]},
        {"enum": ["no", False]},
        {"enum": [1, True]},
        {"enum": [1.5]},
        {"type": "integer", "enum": ["a"]},
        {"type": "string", "const": 1},
        {"const": 1.5},
        {"const": ["a"]},
    ],
    ids=str,
)
def test_unusable_enums(schema: dict[str, Any]) -> None:
    assert build_property(schema).the_error("ES219")[1].endswith("/properties/p")


# ------------------------------------------------------------------------------------------ null


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "nullable": True},
        {"type": ["string", "null"]},
        {"oneOf": [STRING, {"type": "null"}]},
        {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Text"}]},
        {"allOf": [{"$ref": "#/components/schemas/Text"}], "nullable": True},
        {"$ref": "#/components/schemas/NullableText"},
    ],
    ids=str,
)
def test_null_in_every_spelling(schema: dict[str, Any]) -> None:
    field = field_of(schema, Text=STRING, NullableText={"type": "string", "nullable": True})
    assert (field.type, field.nullable) == (StringType(), True)


# ----------------------------------------------------------------------------------------- objects

ADDRESS = {"type": "object", "required": ["street"], "properties": {"street": STRING}}


def test_objects_in_place_and_by_reference() -> None:
    assert type_of(ADDRESS) == ObjectType("P")
    assert type_of({"$ref": "#/components/schemas/Address"}, Address=ADDRESS) == ObjectType("Address")
    assert type_of({"properties": {"a": STRING}}) == ObjectType("P")


def test_a_reference_with_a_description_is_the_same_class() -> None:
    schema = {"description": "Where it goes.", "allOf": [{"$ref": "#/components/schemas/Address"}]}
    field = field_of(schema, Address=ADDRESS)
    assert (field.type, field.description) == (ObjectType("Address"), "Where it goes.")


def test_siblings_of_a_reference() -> None:
    schema = {"$ref": "#/components/schemas/Text", "maxLength": 4, "description": "Short.", "default": "x"}
    field = field_of(schema, Text={"type": "string", "maxLength": 9, "minLength": 1})
    assert (field.type, field.description, field.default) == (StringType(1, 4), "Short.", Default("x"))


def test_inheritance_is_flattened() -> None:
    base = {"type": "object", "required": ["id"], "properties": {"id": STRING, "at": {"format": "date"}}}
    own = {"type": "object", "required": ["at"], "properties": {"name": STRING}}
    child = {"x-dynamodb-indexmap": {"PK": "{id}"}, "allOf": [{"$ref": "#/components/schemas/Base"}, own]}
    model = build({"Base": base, "Child": child}).good.model("Child")
    assert [(field.wire_name, field.required) for field in model.fields] == [
        ("id", True),
        ("at", True),
        ("name", False),
    ]


def test_a_child_without_properties_of_its_own_is_a_class_of_its_own() -> None:
    base = {"type": "object", "properties": {"a": STRING}}
    package = build(
        {
            "Thing": entity({"b": {"$ref": "#/components/schemas/Base"}, "c": {"$ref": "#/components/schemas/Child"}}),
            "Base": base,
            "Child": {"allOf": [{"$ref": "#/components/schemas/Base"}]},
        }
    ).good
    model = package.model("Thing")
    assert (model.field("b").type, model.field("c").type) == (ObjectType("Base"), ObjectType("Child"))


def test_inherited_properties_are_narrowed() -> None:
    schema = {"allOf": [{"type": "string", "maxLength": 9}, {"maxLength": 5}, {"minLength": 2}]}
    assert type_of(schema) == StringType(2, 5)
    assert type_of({"allOf": [{"type": "number", "minimum": 1}, {"type": "integer"}]}) == IntegerType(1)


@pytest.mark.parametrize(
    "parts",
    [
        [STRING, {"type": "integer"}],
        [{"properties": {"a": STRING}}, {"properties": {"a": {"type": "integer"}}}],
        [{"enum": ["a"]}, {"enum": ["b"]}],
        [{"format": "date"}, {"format": "uuid"}],
    ],
    ids=str,
)
def test_contradictions(parts: list[dict[str, Any]]) -> None:
    assert "ES215" in build_property({"allOf": parts}).codes


def test_additional_properties_beside_declared_ones_are_noted() -> None:
    built = build_property({**ADDRESS, "additionalProperties": True})
    assert built.the_error("ES222")[0] == "only the declared properties of P are stored, not additional ones"
    assert built.good.model("P")


def test_required_without_a_property_is_a_warning() -> None:
    built = build_property({"type": "object", "properties": {"street": STRING}, "required": ["stret"]})
    message, _, hint = built.the_error("ES226")
    assert "'stret'" in message
    assert hint == "did you mean street?"


def test_read_only_and_attribute_names() -> None:
    field = field_of({"type": "string", "readOnly": True, "x-dynamodb-attribute": {"name": "q"}})
    assert (field.read_only, field.attribute, field.wire_name) == (True, "q", "p")


# -------------------------------------------------------------------------------------- recursion


def test_schemas_that_refer_to_each_other() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}
    package = build_property({"$ref": "#/components/schemas/Tree"}, Tree=tree).good
    assert package.model("Tree").field("kids").type == ListType(ObjectType("Tree"))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"$ref": "#/components/schemas/Loop"}},
        {"oneOf": [STRING, {"$ref": "#/components/schemas/Loop"}]},
        {"allOf": [{"$ref": "#/components/schemas/Loop"}, STRING]},
        {"$ref": "#/components/schemas/Loop"},
    ],
    ids=str,
)
def test_schemas_without_an_end(schema: dict[str, Any]) -> None:
    assert "ES224" in build_property({"$ref": "#/components/schemas/Loop"}, Loop=schema).codes


def test_long_chains_of_classes() -> None:
    last = 300
    chain = {
        f"C{number}": {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/C{number + 1}"}}}
        for number in range(last)
    }
    schemas = {"Thing": entity({"p": {"$ref": "#/components/schemas/C0"}}), **chain, f"C{last}": ADDRESS}
    names = [model.name for model in build(schemas).good.models]
    assert names == [f"C{number}" for number in range(last, -1, -1)] + ["Thing"]


# ------------------------------------------------------------------------------------------ unions

CARD = {"type": "object", "required": ["kind", "number"], "properties": {"kind": {"const": "card"}, "number": STRING}}
CASH = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cash"}, "till": STRING}}
REFS = [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Cash"}]


def option(type_: FieldType, *tags: str) -> UnionOption:
    return UnionOption(type_, tags)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"oneOf": [STRING, {"type": "integer"}]}, (StringType(), IntegerType())),
        ({"type": ["string", "integer", "null"]}, (StringType(), IntegerType())),
        ({"anyOf": [{"type": "array", "items": STRING}, STRING]}, (ListType(StringType()), StringType())),
        ({"anyOf": [STRING, {"oneOf": [{"type": "number"}, {"type": "boolean"}]}]}, "nested"),
    ],
    ids=str,
)
def test_unions_that_can_be_told_apart(schema: dict[str, Any], expected: Any) -> None:
    if expected == "nested":
        expected = (StringType(), NumberType(), BooleanType())
    assert type_of(schema, Card=CARD, Cash=CASH) == UnionType(tuple(map(option, expected)))


def test_objects_that_demand_more_come_first() -> None:
    small = {"type": "object", "required": ["a"], "properties": {"a": STRING}}
    large = {"type": "object", "required": ["a", "b"], "properties": {"a": STRING, "b": STRING}}
    schema = {"oneOf": [{"$ref": "#/components/schemas/Small"}, {"$ref": "#/components/schemas/Large"}]}
    expected = (option(ObjectType("Large")), option(ObjectType("Small")))
    assert type_of(schema, Small=small, Large=large) == UnionType(expected)


def test_equal_branches_are_one() -> None:
    assert type_of({"anyOf": [STRING, {"type": "string"}]}) == StringType()
    assert type_of({"anyOf": [STRING, {}]}) == AnyType()


@pytest.mark.parametrize(
    "schema",
    [
        {"oneOf": [{"type": "number"}, {"type": "number", "format": "decimal"}]},
        {"oneOf": [ADDRESS, {"type": "object", "additionalProperties": STRING}]},
        {"oneOf": [{"properties": {"a": STRING}}, {"properties": {"b": STRING}}]},
        {"oneOf": [ADDRESS, ADDRESS]},
        {"properties": {"a": STRING}, "oneOf": [{"properties": {"b": STRING}}, STRING]},
    ],
    ids=str,
)
def test_unions_that_cannot_be_told_apart(schema: dict[str, Any]) -> None:
    assert "ES216" in build_property(schema).codes


@pytest.mark.parametrize(
    ("mapping", "tags"),
    [
        ({"card": "#/components/schemas/Card", "cash": "#/components/schemas/Cash"}, (("card",), ("cash",))),
        ({"card": "#/components/schemas/Card"}, (("card",), ("cash",))),
        ({}, (("card",), ("cash",))),
    ],
)
def test_discriminators(mapping: dict[str, str], tags: tuple[tuple[str, ...], ...]) -> None:
    schema = {"oneOf": REFS, "discriminator": {"propertyName": "kind", "mapping": mapping}}
    options = (option(ObjectType("Card"), *tags[0]), option(ObjectType("Cash"), *tags[1]))
    assert type_of(schema, Card=CARD, Cash=CASH) == UnionType(options, "kind", "kind")


def test_without_a_mapping_the_schema_name_is_the_tag() -> None:
    one = {"type": "object", "required": ["kind"], "properties": {"kind": STRING}}
    schema = {
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/C"}],
        "discriminator": {"propertyName": "kind"},
    }
    expected = UnionType((option(ObjectType("A"), "A"), option(ObjectType("C"), "C")), "kind", "kind")
    assert type_of(schema, A=one, C=one) == expected


def test_a_base_with_a_discriminator_is_its_children() -> None:
    base = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": STRING},
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
        },
    }
    child = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"name": STRING}}]}
    expected = UnionType((option(ObjectType("Cat"), "cat"), option(ObjectType("Dog"), "dog")), "kind", "kind")
    assert type_of({"$ref": "#/components/schemas/Pet"}, Pet=base, Cat=child, Dog=child) == expected


@pytest.mark.parametrize(
    ("name", "mapping"),
    [
        ("missing", {}),
        ("till", {}),
        ("kind", {"x": "#/components/schemas/Card", "cash": "#/components/schemas/Cash"}),
    ],
)
def test_discriminators_that_do_not_work(name: str, mapping: dict[str, str]) -> None:
    schema = {"oneOf": REFS, "discriminator": {"propertyName": name, "mapping": mapping}}
    message, where, _ = build_property(schema, Card=CARD, Cash=CASH).the_error("ES216")
    assert where.endswith("/discriminator")
    assert "Ca" in message


def test_branches_that_only_require_are_noted() -> None:
    schema = {"properties": {"a": STRING, "b": STRING}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    built = build_property(schema)
    assert built.codes == ["ES222"]
    assert built.good.model("P").field("a")


# ---------------------------------------------------------------------------------------- defaults


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "string", "default": "x"}, "x"),
        ({"type": "integer", "default": 1.0}, 1),
        ({"type": "number", "default": 1}, 1),
        ({"type": "boolean", "default": False}, False),
        ({"type": "string", "format": "date-time", "default": "2020-01-01T00:00:00Z"}, "2020-01-01T00:00:00Z"),
        ({"type": "string", "format": "date", "default": "2020-01-01"}, "2020-01-01"),
        ({"type": "array", "items": {"type": "integer"}, "default": [1, 2.0]}, (1, 2)),
        ({"type": "array", "default": []}, ()),
        ({"type": "object", "default": {}}, ()),
        ({"type": "object", "additionalProperties": STRING, "default": {"a": "b"}}, (("a", "b"),)),
        ({**ADDRESS, "default": {"street": "x"}}, (("street", "x"),)),
        ({"type": "string", "enum": ["a", "b"], "default": "b"}, "b"),
        ({"type": ["string", "integer"], "default": 3}, 3),
        ({"type": "string", "format": "byte", "default": "AAA="}, "AAA="),
    ],
    ids=str,
)
def test_defaults(schema: dict[str, Any], default: object) -> None:
    field = field_of(schema)
    assert field.default is not None
    assert (type(field.default.value), field.default.value) == (type(default), default)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "default": 1},
        {"type": "string", "maxLength": 2, "default": "abc"},
        {"type": "string", "pattern": "^a", "default": "b"},
        {"type": "integer", "default": "1"},
        {"type": "integer", "default": True},
        {"type": "integer", "default": 1.5},
        {"type": "integer", "format": "int32", "default": 2**31},
        {"type": "integer", "maximum": 3, "default": 4},
        {"type": "number", "exclusiveMinimum": 0, "default": 0},
        {"type": "number", "multipleOf": 0.1, "default": 0.25},
        {"type": "boolean", "default": "true"},
        {"type": "string", "format": "date-time", "default": "2020-01-01T00:00:00"},
        {"type": "string", "format": "date-time", "default": "today"},
        {"type": "string", "format": "date", "default": "2020-13-01"},
        {"type": "string", "format": "uuid", "default": "x"},
        {"type": "string", "format": "byte", "default": "?"},
        {"type": "array", "items": STRING, "default": [1]},
        {"type": "array", "minItems": 1, "default": []},
        {"type": "array", "default": "a"},
        {"type": "object", "additionalProperties": STRING, "default": {"a": 1}},
        {**ADDRESS, "default": {}},
        {**ADDRESS, "default": {"street": "x", "zip": "y"}},
        {**ADDRESS, "default": {"street": None}},
        {"type": "string", "enum": ["a"], "default": "b"},
        {"type": ["string", "integer"], "default": True},
    ],
    ids=str,
)
def test_wrong_defaults(schema: dict[str, Any]) -> None:
    assert build_property(schema).the_error("ES217")[1].endswith("/properties/p")


def test_a_default_of_null_is_absence() -> None:
    assert field_of({"type": "string", "nullable": True, "default": None}).default is None
    thing = entity({"p": {"type": "string", "nullable": True, "default": None}}, ["p"])
    assert build({"Thing": thing}).good.model("Thing").field("p").default == Default(None)


# ------------------------------------------------------------------------------------- constraints


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 2, "maxLength": 1},
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
        {"type": "number", "minimum": 2, "maximum": 1},
        {"type": "array", "minItems": 2, "maxItems": 1},
        {"type": "object", "minProperties": 2, "maxProperties": 1},
    ],
    ids=str,
)
def test_constraints_that_admit_nothing(schema: dict[str, Any]) -> None:
    assert build_property(schema).the_error("ES223")[1].endswith("/properties/p")


@pytest.mark.parametrize("pattern", ["(", "^\\p{L}+$", "^a\\Z", "(?i)a"])
def test_a_pattern_that_is_none(pattern: str) -> None:
    assert build_property({"type": "string", "pattern": pattern}).the_error("ES234")[1].endswith("/properties/p")


@pytest.mark.parametrize("pattern", ["/^[a-z]+$/", "a^", "$a|b^", "[]"])
def test_a_pattern_that_matches_nothing(pattern: str) -> None:
    built = build_property({"type": "string", "pattern": pattern})
    assert [(each.code, each.severity) for each in built.diagnostics] == [("ES223", "warning")]


def test_a_pattern_of_what_is_no_text_is_noted() -> None:
    built = build_property({"type": "string", "format": "uuid", "pattern": "("})
    assert [(each.code, each.severity) for each in built.diagnostics] == [("ES222", "note")]


@pytest.mark.parametrize("values", [{"enum": ["A", "b"]}, {"const": "b"}])
def test_a_value_beside_a_pattern_that_refuses_it_is_noted(values: dict[str, Any]) -> None:
    built = build_property({"type": "string", "pattern": "^[A-Z]$", **values})
    assert [(each.code, each.severity) for each in built.diagnostics] == [("ES222", "note")]
    assert not list(build_property({"type": "string", "pattern": "^[A-Za-z]$", **values}).diagnostics)


def test_properties_that_are_merged_in_a_circle() -> None:
    one = {"properties": {"next": {"$ref": "#/components/schemas/Both"}}}
    two = {"properties": {"next": {"properties": {"next": {"$ref": "#/components/schemas/Both"}, "end": STRING}}}}
    built = build_property({"$ref": "#/components/schemas/Both"}, Both={"allOf": [one, two]})
    assert [field.wire_name for field in built.good.model("Both").fields] == ["next"]


@pytest.mark.parametrize("encoding", ["base64url", "hex", "quoted-printable"])
def test_another_encoding_stays_and_that_is_said(encoding: str) -> None:
    built = build_property({"type": "string", "contentEncoding": encoding})
    assert built.the_error("ES222")[0].startswith(f"contentEncoding '{encoding}' is not decoded")
    assert built.good
