"""Root extension and index maps to the table: what is not said is inferred, contradictions are reported once."""

from __future__ import annotations

from typing import Any

import pytest

from entitystore_generator.ir.model import Index, KeyAttribute
from tests.generator.ir.documents import build, entity, place


def key(name: str, partition: str, sort: str | None = None) -> Index:
    return Index(name, KeyAttribute(partition), KeyAttribute(sort) if sort else None)


def test_the_inferred_table() -> None:
    user = entity({}, PK="{id}", SK="U", GSI1PK="{id}", GSI10PK="{id}")
    order = entity({}, PK="{id}", SK="O", GSI1PK="{id}", GSI2PK="{id}", GSI2SK="O")
    table = build({"User": user, "Order": order}, title="My Shop!").good.table
    assert (table.name, table.type_attribute, table.ttl_attribute) == ("my-shop", "EntityType", None)
    assert table.primary == key("", "PK", "SK")
    assert table.indexes == (key("GSI1", "GSI1PK"), key("GSI2", "GSI2PK", "GSI2SK"), key("GSI10", "GSI10PK"))


def test_the_declared_table_has_physical_names() -> None:
    declared = {
        "sort-key": "SK",
        "indexes": {
            "GSI1": {"partition-key": "PK1", "sort-key": "SK1", "projection": "KEYS_ONLY"},
            "ByEmail": {"partition-key": "E"},
        },
    }
    user = entity({}, PK="{id}", SK="U", GSI1PK="{id}", GSI1SK="U", ByEmailPK="{id}")
    table = build({"User": user}, declared).good.table
    assert table.index("GSI1") == Index(
        "GSI1", KeyAttribute("PK1"), KeyAttribute("SK1"), "KEYS_ONLY", position=place("#/x-dynamodb-table")
    )
    assert table.index("ByEmail") == Index("ByEmail", KeyAttribute("E"), None, position=place("#/x-dynamodb-table"))


PLAIN = [key("", "PK", "SK"), key("GSI1", "GSI1PK", "GSI1SK"), key("GSI2", "GSI2PK")]


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ({}, PLAIN),
        ({"name": "house"}, PLAIN),
        ({"ttl": "id"}, PLAIN),
        ({"entity-type": "kind"}, PLAIN),
        ({"indexes": {}}, PLAIN),
        ({"partition-key": "pk"}, [key("", "pk", "SK"), *PLAIN[1:]]),
        ({"sort-key": "sk"}, [key("", "PK", "sk"), *PLAIN[1:]]),
        ({"indexes": {"GSI2": {"partition-key": "PK2"}}}, [PLAIN[0], key("GSI2", "PK2"), PLAIN[1]]),
        ({"indexes": {"GSI1": {"projection": "KEYS_ONLY"}}}, PLAIN),
        ({"indexes": {"GSI1": {"partition-key": "PK1"}}}, [PLAIN[0], key("GSI1", "PK1", "GSI1SK"), PLAIN[2]]),
        ({"indexes": {"GSI1": {"sort-key": "SK1"}}}, [PLAIN[0], key("GSI1", "GSI1PK", "SK1"), PLAIN[2]]),
        ({"indexes": {"Unused": {}}}, [PLAIN[0], key("Unused", "UnusedPK"), *PLAIN[1:]]),
    ],
    ids=str,
)
def test_what_is_not_said_is_inferred(said: dict[str, Any], keys: list[Index]) -> None:
    user = entity({}, PK="{id}", SK="U", GSI1PK="{id}", GSI1SK="U")
    order = entity({}, PK="{id}", SK="O", GSI2PK="{id}")
    if said.get("ttl"):
        said, order["properties"]["id"] = {"ttl": "n"}, {"type": "string"}
        order["properties"]["n"] = {"type": "integer"}
    table = build({"User": user, "Order": order}, said).good.table
    found = [(each.name, each.key_attributes) for each in (table.primary, *table.indexes)]
    assert found == [(each.name, each.key_attributes) for each in keys]
    assert table.type_attribute == said.get("entity-type", "EntityType")


def test_the_projection_of_an_index_whose_keys_are_inferred() -> None:
    user = entity({}, PK="{id}", GSI1PK="{id}", GSI1SK="U")
    table = build({"User": user}, {"indexes": {"GSI1": {"projection": "KEYS_ONLY"}}}).good.table
    assert table.index("GSI1").projection == "KEYS_ONLY"


@pytest.mark.parametrize(
    ("keys", "code", "words"),
    [
        ({"SK": "A"}, "ES209", "has no PK"),
        ({"PK": "{id}", "SK": "A", "GSI1SK": "A"}, "ES209", "has no GSI1PK"),
        ({"PK": "{id}", "SK": "A", "Email": "A"}, "ES208", "no key"),
        ({"PK": "{id}", "SK": "A", "EmailPK": "A", "EmailSK": "A"}, "ES208", "no index 'Email'"),
    ],
    ids=str,
)
def test_keys_that_the_declared_table_does_not_have(keys: dict[str, str], code: str, words: str) -> None:
    declared = {"sort-key": "SK", "indexes": {"GSI1": {"partition-key": "PK1", "sort-key": "SK1"}}}
    assert words in build({"User": entity({}, **keys)}, declared).the_error(code)[0]


def test_indexes_of_other_names_are_declared() -> None:
    built = build({"User": entity({}, PK="{id}", ByEmailPK="{id}")})
    message, where, hint = built.the_error("ES208")
    assert "GSI1, GSI2" in message
    assert where == "#/components/schemas/User/ByEmailPK"
    assert "ByEmail: {}" in hint


def test_a_contradiction_of_many_entities_is_one_fault() -> None:
    many = {f"E{n}": entity({}, PK=f"{n}#{{id}}", ByEmailPK="{id}", ByEmailSK="A") for n in range(9)}
    assert build(many).codes == ["ES208"]
    many = {f"E{n}": entity({}, PK=f"{n}#{{id}}", GSI1PK="{id}") for n in range(9)}
    message, where, hint = build(many, {"sort-key": "range"}).the_error("ES209")
    assert message == "x-dynamodb-table gives the table the sort-key 'range', but no entity has SK"
    assert (where, hint) == (
        "#/x-dynamodb-table/sort-key",
        "remove sort-key, or add SK to the index maps; it may be constant",
    )
    message, where, _ = build(many, {"indexes": {"GSI1": {"sort-key": "range"}}}).the_error("ES209")
    assert message.endswith("gives the index GSI1 the sort-key 'range', but no entity has GSI1SK")
    assert where == "#/x-dynamodb-table/GSI1/sort-key"


@pytest.mark.parametrize(
    ("table", "reason"), [(None, "other entities have one"), ({"sort-key": "SK"}, "x-dynamodb-table gives it one")]
)
def test_entities_that_disagree_on_the_sort_key(table: dict[str, Any] | None, reason: str) -> None:
    built = build({"User": entity({}, PK="{id}", SK="U"), "Order": entity({}, PK="O#{id}")}, table)
    assert built.the_error("ES209")[0] == f"Order has no SK, which the table needs ({reason})"
