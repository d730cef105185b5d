"""Which property is the expiry, how it is stored, and what cannot be one."""

from __future__ import annotations

from typing import Any

import pytest

from entitystore_generator.ir.model import (
    DateTimeType,
    Field,
    FieldType,
    IntegerType,
    NumberType,
    Package,
    StringType,
)
from tests.generator.ir.documents import build, entity, the_entity

STRING = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
INTEGER = {"type": "integer"}


def with_ttl(name: str, properties: dict[str, Any], **keys: str) -> dict[str, Any]:
    return entity(properties, **keys) | {"x-dynamodb-entity": {"ttl": name}}


def session(schema: dict[str, Any]) -> dict[str, Any]:
    return entity({"end": schema, "created": TIME}, PK="S#{id}")


def field(package: Package, name: str = "session", wire_name: str = "end") -> Field:
    return next(each for each in the_entity(package, name).model.fields if each.wire_name == wire_name)


@pytest.mark.parametrize(
    ("schema", "stored"),
    [
        (TIME, DateTimeType(expires=True)),
        ({"type": ["string", "null"], "format": "date-time"}, DateTimeType(expires=True)),
        (INTEGER, IntegerType()),
        ({"type": "number"}, NumberType(expires=True)),
        ({"type": "number", "format": "decimal"}, NumberType(decimal=True, expires=True)),
    ],
    ids=str,
)
def test_what_the_table_calls_its_ttl(schema: dict[str, Any], stored: FieldType) -> None:
    package = build({"Session": session(schema)}, {"ttl": "end"}).good
    assert package.table.ttl_attribute == "end"
    assert field(package).type == stored
    assert field(package, wire_name="created").type == DateTimeType()


@pytest.mark.parametrize("schema", [{"type": "integer", "enum": [1, 2]}, {"const": 7}], ids=str)
def test_constants_of_seconds(schema: dict[str, Any]) -> None:
    assert build({"Session": session(schema)}, {"ttl": "end"}).good.table.ttl_attribute == "end"


@pytest.mark.parametrize("table", [None, {"ttl": "end"}, {"ttl": "ttl"}], ids=str)
def test_what_an_entity_calls_its_ttl(table: dict[str, Any] | None) -> None:
    document = {"Session": with_ttl("End", {"end": TIME}), "Note": entity({"text": STRING}, PK="N#{id}")}
    package = build(document, table).good
    attribute = table["ttl"] if table else "end"
    assert package.table.ttl_attribute == attribute
    assert (field(package).attribute, field(package).type) == (attribute, DateTimeType(expires=True))


def test_the_ttls_of_several_entities_are_one_attribute() -> None:
    document = {
        "Session": with_ttl("end", {"end": TIME}, PK="S#{id}"),
        "Lock": with_ttl("until", {"until": INTEGER}, PK="L#{id}"),
        "Token": entity({"ttl": TIME}, PK="T#{id}"),
    }
    package = build(document, {"ttl": "ttl"}).good
    assert field(package).attribute == field(package, "lock", "until").attribute == "ttl"
    assert field(package, "token", "ttl").type == DateTimeType(expires=True)


def test_ttls_that_disagree() -> None:
    document = {
        "Session": with_ttl("end", {"end": TIME}, PK="S#{id}"),
        "Lock": with_ttl("until", {"until": INTEGER}, PK="L#{id}"),
    }
    message, where, hint = build(document).the_error("ES233")
    assert "of Lock is stored as 'until', that of Session as 'end'" in message
    assert where == "#/components/schemas/Lock/x-dynamodb-entity"
    assert "x-dynamodb-table: {ttl: end}" in hint


def test_a_property_of_that_name_that_nobody_calls_an_expiry() -> None:
    def document(schema: dict[str, Any]) -> dict[str, Any]:
        return {"Session": with_ttl("end", {"end": TIME}, PK="S#{id}"), "Course": entity({"end": schema}, PK="C#{id}")}

    assert field(build(document(TIME)).good, "course").type == DateTimeType()
    assert field(build(document(STRING)).good, "course").type == StringType()
    message, where, _ = build(document(INTEGER)).the_error("ES233")
    assert "DynamoDB would delete by it" in message
    assert where == "#/components/schemas/Course/properties/end"


@pytest.mark.parametrize(
    "schema",
    [
        STRING,
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date"},
        {"type": "string", "enum": ["a"]},
        {"const": True},
        {"type": "boolean"},
        {"type": "array", "items": INTEGER},
        {"type": "object"},
        {"type": "object", "properties": {"a": INTEGER}},
        {},
        {"oneOf": [INTEGER, TIME]},
    ],
    ids=str,
)
@pytest.mark.parametrize("by_entity", [False, True])
def test_what_cannot_be_an_expiry(schema: dict[str, Any], by_entity: bool) -> None:
    thing = with_ttl("end", {"end": schema}) if by_entity else entity({"end": schema})
    message, where, hint = build({"Thing": thing}, None if by_entity else {"ttl": "end"}).the_error("ES233")
    assert message.startswith("end of Thing is the expiry (ttl), but is stored as ")
    assert where == f"#/components/schemas/Thing/{'x-dynamodb-entity' if by_entity else 'properties/end'}"
    assert "make it a date-time" in hint


@pytest.mark.parametrize(
    ("ttl", "hint"), [("edn", "did you mean end?"), ("End", "did you mean end?"), ("zzz", "it has: created, end, id")]
)
def test_a_ttl_that_no_entity_has(ttl: str, hint: str) -> None:
    message, where, found = build({"Session": session(TIME)}, {"ttl": ttl}).the_error("ES233")
    assert repr(ttl) in message
    assert (where, found) == ("#/x-dynamodb-table/ttl", hint)


def test_a_ttl_that_the_entity_does_not_have() -> None:
    message, where, hint = build({"Session": with_ttl("edn", {"end": TIME})}).the_error("ES201")
    assert message == "Session has no property 'edn'"
    assert (where, hint) == ("#/components/schemas/Session/x-dynamodb-entity", "did you mean end?")


def test_names_that_contradict_each_other() -> None:
    named = TIME | {"x-dynamodb-attribute": {"name": "e"}}
    message, _, _ = build({"Session": with_ttl("end", {"end": named})}, {"ttl": "ttl"}).the_error("ES233")
    assert "stored as 'e' by its own word, and as 'ttl' as the ttl" in message
    assert build({"Session": with_ttl("end", {"end": named})}).good.table.ttl_attribute == "e"


def test_two_properties_in_one_attribute() -> None:
    both = with_ttl("end", {"end": TIME, "ttl": TIME})
    assert "both stored as 'ttl'" in build({"Session": both}, {"ttl": "ttl"}).the_error("ES211")[0]


def test_the_class_inside_of_another_entity_is_an_object_like_others() -> None:
    document = {
        "Session": with_ttl("end", {"end": TIME}, PK="S#{id}"),
        "Log": entity({"session": {"$ref": "#/components/schemas/Session"}}, PK="L#{id}"),
    }
    package = build(document, {"ttl": "ttl"}).good
    inside = package.model("Session").field("end")
    assert (inside.attribute, inside.type) == ("end", DateTimeType())


def test_a_time_that_is_a_key_attribute_is_no_expiry() -> None:
    """A key attribute that is the property has its text, and DynamoDB wants a number."""
    table = {"ttl": "end", "indexes": {"ByEnd": {"partition-key": "p", "sort-key": "end"}}}
    thing = entity({"end": TIME, "p": STRING}, PK="{id}", ByEndPK="{p}", ByEndSK="{end}")
    assert "key attribute of type S, but is stored as N" in build({"Thing": thing}, table).the_error("ES210")[0]
    thing = entity({"end": INTEGER, "p": STRING}, PK="{id}", ByEndPK="{p}", ByEndSK="{end}")
    assert build({"Thing": thing}, table).good.table.index("ByEnd").sort
