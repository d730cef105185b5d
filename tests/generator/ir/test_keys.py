"""Index maps to keys, and the checks over them."""

from __future__ import annotations

from typing import Any

import pytest

from entitystore_generator.ir.model import Component, KeyAttribute, Literal, Transform, TransformKind
from tests.generator.ir.documents import Built, build, entity, the_entity

STRING = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
PROPERTIES: dict[str, Any] = {
    "name": STRING,
    "n": {"type": "integer"},
    "at": TIME,
    "day": {"type": "string", "format": "date"},
    "flag": {"type": "boolean"},
    "price": {"type": "number", "format": "decimal"},
    "ratio": {"type": "number"},
    "blob": {"type": "string", "format": "byte"},
    "tags": {"type": "array", "items": STRING},
    "map": {"type": "object"},
    "status": {"type": "string", "enum": ["open", "closed"]},
    "uid": {"type": "string", "format": "uuid"},
    "address": {"type": "object", "required": ["city"], "properties": {"city": STRING, "zip": STRING}},
}
ALL = list(PROPERTIES)


def keyed(template: Any, required: list[str] = ALL, **more: Any) -> Built:
    """An entity whose PK is this template."""
    return build({"Thing": entity(PROPERTIES, required, PK=template, **more)})


def parts_of(template: str) -> list[object]:
    """Texts, and property paths, of the parts that a template is bound to."""
    key = the_entity(keyed(template).good, "thing").primary.partition
    return [
        part.text if isinstance(part, Literal) else tuple(field.wire_name for field in part.path)
        for part in key.template.parts
    ]


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("USER", ["USER"]),
        ("{id}", [("id",)]),
        ("A#{id}#{address.city}", ["A#", ("id",), "#", ("address", "city")]),
        ("{ID}", [("id",)]),
        ("{Address.CITY}", [("address", "city")]),
        ("{{{id}}}", ["{", ("id",), "}"]),
        (
            "{at}{day}{flag}{price}{status}{uid}{n}",
            [(each,) for each in ["at", "day", "flag", "price", "status", "uid", "n"]],
        ),
    ],
)
def test_macros_find_their_properties(template: str, parts: list[object]) -> None:
    assert parts_of(template) == parts


def test_an_exact_name_wins() -> None:
    thing = entity({"userId": STRING, "user_id": STRING}, ["userId", "user_id"], PK="{user_id}")
    key = the_entity(build({"Thing": thing}).good, "thing").primary.partition
    assert key.template.components[0].field.wire_name == "user_id"


def test_two_that_match_equally_are_ambiguous() -> None:
    thing = entity({"userId": STRING, "user_id": STRING}, ["userId", "user_id"], PK="{USERID}")
    built = build({"Thing": thing})
    (found,) = [each for each in built.diagnostics if each.code == "ES202"]
    assert "'userId' or 'user_id'" in found.message
    assert found.position.length == len("{USERID}")


@pytest.mark.parametrize(
    ("template", "hint"),
    [
        ("{nme}", "did you mean name?"),
        ("{adress.city}", "did you mean address?"),
        ("{address.cty}", "did you mean city?"),
    ],
)
def test_unknown_properties_name_near_ones(template: str, hint: str) -> None:
    assert keyed(template).the_error("ES201")[2] == hint


def test_a_path_through_what_is_no_object() -> None:
    assert keyed("{name.first}").the_error("ES201")[0] == "name is no object, so it has no property 'first'"


@pytest.mark.parametrize("name", ["ratio", "blob", "tags", "map", "address"])
def test_types_that_no_key_holds(name: str) -> None:
    assert keyed(f"{{{name}}}").the_error("ES205")[0].startswith(f"{name} is")


FITTING = [
    *("{n:08d}", "{n:d}", "{n:08}", "{at:%Y-%m-%d}", "{day:%Y}", "{at:%H%M%S%f}", "{at:100%% %Y}", "{n|mod:10|add:1}"),
    *("{name|upper}", "{status|lower}", "{at|isoms}", "{n|desc:8}", "{n|sortable}", "{price|sortable}"),
    *("{name|shard:8}", "{n|shard:8}", "{name|lower|shard:4}", "{uid|upper}"),
]
NOT_FITTING = [
    *("{name:08d}", "{price:08d}", "{n:%Y}", "{n:x}", "{n:8.2f}", "{n:<8}", "{at:08d}", "{at:Y}", "{at:%A}", "{at:%p}"),
    *("{at:%s}", "{at:%}", "{day:%H}", "{at:%%}", "{name|desc:8}", "{n|upper}", "{name|isoms}", "{day|isoms}"),
    *("{n|desc:8|add:1}", "{price|mod:10}", "{n:08d|add:1}", "{flag:08d}"),
]


@pytest.mark.parametrize("macro", FITTING)
def test_formats_and_transforms_that_fit(macro: str) -> None:
    assert keyed(macro).good


@pytest.mark.parametrize("macro", NOT_FITTING)
def test_formats_and_transforms_that_do_not_fit(macro: str) -> None:
    assert keyed(macro).codes == ["ES206"]


def test_components_carry_what_is_written() -> None:
    thing = entity(PROPERTIES, ALL, PK="{n|mod:10|add:1}", SK="{name|default:NONE}", GSI1PK="{at:%Y}")
    built = the_entity(build({"Thing": thing}).good, "thing")
    (partition,) = built.primary.partition.template.components
    assert partition.transforms == (Transform(TransformKind.MOD, 10), Transform(TransformKind.ADD, 1))
    assert built.primary.sort is not None
    assert built.primary.sort.template.components[0].default == "NONE"
    assert built.secondary[0].partition.template.components[0].format == "%Y"


# ------------------------------------------------------------------------------- what may be missing


@pytest.mark.parametrize("template", ["{name}", "A#{name}", "{address.city}", "{address.zip}"])
def test_optional_properties_in_the_tables_key(template: str) -> None:
    built = keyed(template, required=[])
    message, _, hint = built.the_error("ES203")
    assert "may be missing" in message
    assert "|default:NONE" in hint


def test_an_optional_property_below_a_required_object() -> None:
    assert keyed("{address.zip}").codes == ["ES203"]


def test_what_makes_optional_properties_fine() -> None:
    assert keyed("{name|default:NONE}", required=[]).good
    thing = entity({"name": {"type": "string", "default": "x"}}, PK="{name}")
    assert build({"Thing": thing}).good
    assert keyed("{id}", required=[], GSI1PK="{name}").good


def test_a_nullable_property_in_the_tables_key() -> None:
    thing = entity({"name": {"type": "string", "nullable": True}}, ["name"], PK="{name}")
    assert build({"Thing": thing}).codes == ["ES203"]


def test_empty_templates() -> None:
    assert "ES204" in keyed("").codes


# -------------------------------------------------------------------------------------- conditional


def test_choices_are_kept_in_order() -> None:
    alternatives = [{"when": {"status": "open"}, "key": "OPEN#{n|desc:8}"}, {"key": "CLOSED#{n:08d}"}]
    thing = the_entity(keyed("{id}", GSI1PK=alternatives).good, "thing")
    key = thing.secondary[0].partition
    assert key.is_conditional
    assert [(choice.when[0].value if choice.when else None) for choice in key.choices] == ["open", None]


@pytest.mark.parametrize(
    "when",
    [{"status": "opne"}, {"n": "1"}, {"n": True}, {"flag": "true"}, {"flag": 1}, {"name": 1}, {"at": "2020"}],
    ids=str,
)
def test_conditions_that_never_hold(when: dict[str, Any]) -> None:
    built = keyed("{id}", GSI1PK=[{"when": when, "key": "A"}, {"key": "B"}])
    assert built.codes == ["ES207"]


def test_conditions_on_unknown_properties() -> None:
    built = keyed("{id}", GSI1PK=[{"when": {"stat": "open"}, "key": "A"}])
    assert built.the_error("ES201")[2].startswith("did you mean status")


def test_alternatives_after_the_last() -> None:
    built = keyed("{id}", GSI1PK=[{"key": "A"}, {"when": {"status": "open"}, "key": "B"}])
    assert built.codes == ["ES207"]


def test_the_tables_key_is_not_chosen() -> None:
    only = [{"when": {"status": "open"}, "key": "A"}]
    both = [*only, {"when": {"status": "closed"}, "key": "B"}]
    assert keyed(only).codes == ["ES203", "ES231"]
    assert keyed(both).codes == ["ES231"]
    assert keyed(both, required=[]).codes == ["ES203", "ES231"]


# ------------------------------------------------------------------- properties as key attributes


def on_id(schema: dict[str, Any], template: str = "{id}", required: bool = True) -> Built:
    thing = {
        "type": "object",
        "required": ["id"] if required else [],
        "x-dynamodb-indexmap": {"PK": template},
        "properties": {"id": schema},
    }
    return build({"Thing": thing}, {"partition-key": "id"})


@pytest.mark.parametrize("schema", [STRING, TIME, {"type": "string", "enum": ["a"]}], ids=str)
def test_a_text_property_may_be_the_key(schema: dict[str, Any]) -> None:
    assert on_id(schema).good.table.primary.partition == KeyAttribute("id", "S")


@pytest.mark.parametrize("schema", [{"type": "integer"}, {"type": "number", "format": "decimal"}], ids=str)
def test_a_numeric_property_makes_a_numeric_key(schema: dict[str, Any]) -> None:
    package = on_id(schema).good
    assert package.table.primary.partition == KeyAttribute("id", "N")
    assert package.entities[0].primary.index == package.table.primary


@pytest.mark.parametrize(
    ("schema", "template", "words"),
    [
        (STRING, "A#{id}", "not just {id}"),
        (STRING, "{id|upper}", "not just {id}"),
        ({"type": "integer"}, "{id:08d}", "not just {id}"),
        ({"type": "boolean"}, "{id}", "stored as BOOL"),
        ({"type": "integer", "enum": [1]}, "{id}", "stored as N"),
    ],
    ids=str,
)
def test_properties_that_cannot_be_the_key(schema: dict[str, Any], template: str, words: str) -> None:
    message, where, hint = on_id(schema, template).the_error("ES210")
    assert words in message
    assert where.endswith("/properties/id")
    assert "x-dynamodb-attribute" in hint


def test_an_optional_property_is_no_key_attribute_of_the_table() -> None:
    assert "ES210" in on_id(STRING, required=False).codes


@pytest.mark.parametrize(
    ("schema", "required", "words"),
    [
        (STRING, False, ""),
        ({"type": ["string", "null"]}, False, ""),
        ({**STRING, "default": "x"}, False, ""),
        ({"type": ["string", "null"]}, True, "may be null"),
        ({"type": ["string", "null"], "default": "x"}, False, "may be null"),
    ],
    ids=str,
)
def test_a_key_of_an_index_may_be_absent_and_never_null(schema: dict[str, Any], required: bool, words: str) -> None:
    thing = entity({"email": schema}, ["email"] if required else [], PK="T#{id}", GSI1PK="{email}", GSI1SK="{id}")
    table = {"indexes": {"GSI1": {"partition-key": "email", "sort-key": "GSI1SK"}}}
    built = build({"Thing": thing}, table)
    assert built.codes == (["ES210"] if words else [])
    assert not words or words in built.the_error("ES210")[0]


@pytest.mark.parametrize(
    ("stored", "schema", "words"),
    [
        (["email"], STRING, ""),
        (["email", "at"], STRING, "does not fill"),
        (["alone"], STRING, "does not fill"),
        (["email"], {"type": "integer"}, "stored as N"),
        (["email"], {"type": ["string", "null"], "default": "x"}, "may be null"),
    ],
    ids=str,
)
def test_one_of_two_keys_of_an_index_that_is_left_alone(stored: list[str], schema: dict[str, Any], words: str) -> None:
    """With both, or with the only one, the item would be in the index all the same."""
    indexes = {"GSI1": {"partition-key": "email", "sort-key": "at"}, "GSI2": {"partition-key": "alone"}}
    user = entity({}, PK="U#{id}", GSI1PK="{id}", GSI1SK="U", GSI2PK="{id}")
    other = entity(dict.fromkeys(stored, schema), PK="O#{id}")
    built = build({"User": user, "Other": other}, {"indexes": indexes})
    assert set(built.codes) == ({"ES210"} if words else set())
    assert not words or any(words in each.message for each in built.diagnostics)


def test_an_attribute_has_one_text_in_all_indexes() -> None:
    table = {"sort-key": "SK", "indexes": {"GSI1": {"partition-key": "GSI1PK", "sort-key": "SK"}}}
    one = entity({}, PK="{id}", SK="A#{id}", GSI1PK="G", GSI1SK="A#{id}")
    two = entity({}, PK="{id}", SK="A#{id}", GSI1PK="G", GSI1SK="B#{id}")
    assert build({"Thing": one}, table).codes == []
    message, where, _ = build({"Thing": two}, table).the_error("ES232")
    assert message == "GSI1SK of Thing is stored as 'SK', where SK puts another text"
    assert where.endswith("/Thing/GSI1SK")


def test_one_entity_with_text_makes_the_key_text() -> None:
    number = entity({"k": {"type": "integer"}}, ["k"], PK="{k}")
    text = entity({}, PK="T#{id}")
    built = build({"Number": number, "Text": text}, {"partition-key": "k"})
    assert "stored as N" in built.the_error("ES210")[0]


@pytest.mark.parametrize("name", ["EntityType", "PK", "GSI1PK"])
def test_properties_under_reserved_attributes(name: str) -> None:
    other = entity({}, PK="O#{id}", GSI1PK="{id}")
    built = build({"Thing": entity({name: STRING}), "Other": other})
    assert built.the_error("ES210")[1].endswith(f"/properties/{name}")


def test_a_renamed_property_makes_way() -> None:
    assert build({"Thing": entity({"PK": {**STRING, "x-dynamodb-attribute": {"name": "pk_value"}}})}).good


def test_two_properties_under_one_attribute() -> None:
    built = build({"Thing": entity({"a": {**STRING, "x-dynamodb-attribute": {"name": "b"}}, "b": STRING})})
    assert "both stored as 'b'" in built.the_error("ES211")[0]


# ---------------------------------------------------------------------------- the package as a whole


def test_one_type_name_for_two() -> None:
    admin = {**entity({}, PK="A#{id}"), "x-dynamodb-entity": {"type": "User"}}
    built = build({"User": entity({}), "Admin": admin})
    assert built.the_error("ES212")[1] == "#/components/schemas/Admin"


def test_stored_type_names() -> None:
    user = {**entity({}), "x-dynamodb-entity": {"type": "usr"}}
    package = build({"User": user}).good
    assert (package.entities[0].name, package.entities[0].type_name) == ("user", "usr")


def test_sharing_with_nobody() -> None:
    user = {**entity({}), "x-dynamodb-entity": {"shares-keys-with": ["Organisation"]}}
    built = build({"User": user, "Organization": entity({}, PK="{id}")})
    assert built.the_error("ES227")[2] == "did you mean Organization?"


def test_options_name_properties() -> None:
    user = {**entity({"version": {"type": "integer"}}), "x-dynamodb-entity": {"version": "vresion", "unique": [["id"]]}}
    built = build({"User": user})
    # ES230: both promise what this version does not keep.
    assert sorted(built.codes) == ["ES201", "ES230", "ES230"]
    assert "did you mean version?" in [found.hint for found in built.diagnostics]


@pytest.mark.parametrize(
    "table",
    [
        {"name": "my shop"},
        {"name": "ab"},
        {"partition-key": "x" * 256},
        {"indexes": {f"GSI{number}": {"partition-key": f"P{number}"} for number in range(21)}},
        {"indexes": {"G1": {"partition-key": "P"}}},
    ],
    ids=lambda table: str(table)[:30],
)
def test_tables_that_dynamodb_refuses(table: dict[str, Any]) -> None:
    assert set(build({"User": entity({})}, table).codes) == {"ES220"}


def test_attributes_with_two_roles() -> None:
    assert build({"User": entity({}, PK="{id}", SK="A")}, {"sort-key": "PK"}).codes == ["ES210"]
    assert build({"User": entity({})}, {"entity-type": "PK"}).codes == ["ES210"]
    assert build({"User": entity({})}, {"ttl": "EntityType"}).codes == ["ES210"]


@pytest.mark.parametrize("schema", [STRING, {"type": "object"}, {"oneOf": [STRING]}], ids=str)
def test_entities_have_properties(schema: dict[str, Any]) -> None:
    built = build({"User": {**schema, "x-dynamodb-indexmap": {"PK": "A"}}})
    assert built.package is not None
    assert built.package.entities == ()
    assert built.the_error("ES225")[1] == "#/components/schemas/User"


def test_an_enum_with_an_index_map_says_nothing_of_those_that_refer_to_it() -> None:
    """It has no class, which the proof of their keys would look for."""
    status = {"type": "string", "enum": ["open", "paid"], "x-dynamodb-indexmap": {"PK": "X", "SK": "Y"}}
    of = {"$ref": "#/components/schemas/Status"}
    for schemas in (
        {"Status": status, "Order": entity({"status": of}, PK="ORDER#{id}", SK="{status}")},
        {"Order": entity({"status": of}, PK="ORDER#{id}", SK="{status}"), "Status": status},
    ):
        built = build(schemas)
        assert built.the_error("ES225")[1] == "#/components/schemas/Status"


def test_all_faults_come_at_once() -> None:
    built = build(
        {
            "User": entity({"email": STRING}, PK="{emial}", SK="{id}"),
            "Order": entity({"n": {"type": "integer", "default": "x"}}, PK="{n}", SK="{id:08d}"),
            "Good": entity({}, PK="{id}", SK="{id}"),
        }
    )
    assert built.codes == ["ES206", "ES217", "ES201"]
    assert built.package is not None
    assert [each.name for each in built.package.entities] == ["good"]


def test_positions_of_components_are_the_macros_own() -> None:
    key = the_entity(keyed("A#{id}").good, "thing").primary.partition
    (component,) = key.template.components
    assert isinstance(component, Component)
    assert (component.position.column, component.position.length) == (3, 4)
