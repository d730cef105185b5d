"""Which partitions `query_all` knows by the properties that name them."""

from __future__ import annotations

from typing import Any

from entitystore_generator.emit.source import comment
from entitystore_generator.emit.table_view import table_view
from tests.generator.ir.documents import build, entity

STRING = {"type": "string"}
USER = entity({"team": STRING}, PK="U#{id}", SK="U", GSI1PK="T#{team}", GSI1SK="U#{id}")
ORDER = entity({"team": STRING}, PK="O#{id}", SK="O", GSI1PK="T#{team}", GSI1SK="O#{id}")


def collections(table: dict[str, Any] | None = None, **schemas: Any) -> set[tuple[str, str, str, str]]:
    """Index, arguments, entities and partition of each overload."""
    view = table_view(build(schemas, table).good, "things", comment(""))
    return {
        (
            each.index.strip('"'),
            ", ".join(argument.name for argument in each.arguments),
            " | ".join(each.members),
            each.partition,
        )
        for each in view.collections
    }


def on_indexes(**schemas: Any) -> set[tuple[str, str, str]]:
    return {(index, arguments, result) for index, arguments, result, _ in collections(**schemas) if index}


def test_a_partition_of_an_index_that_two_entities_share() -> None:
    assert ("GSI1", "team", "User | Order", "user_store.select_by_team(team).partition") in collections(
        User=USER, Order=ORDER
    )


def test_each_may_name_it_by_properties_of_its_own() -> None:
    order = entity({"group": STRING}, PK="O#{id}", SK="O", GSI1PK="T#{group}", GSI1SK="O#{id}")
    both = {("GSI1", "team", "User | Order"), ("GSI1", "group", "User | Order")}
    assert on_indexes(User=USER, Order=order) == both


def test_who_is_alone_on_an_index_has_a_finder_already() -> None:
    assert on_indexes(User=USER) == set()
    other = entity({"team": STRING}, PK="O#{id}", SK="O", GSI1PK="O#{team}", GSI1SK="O")
    assert on_indexes(User=USER, Order=other) == set()


def test_names_that_would_mean_two_partitions_are_left_out() -> None:
    more = {
        "Bill": entity({"team": STRING}, PK="B#{id}", SK="B", GSI1PK="B#{team}", GSI1SK="B#{id}"),
        "Note": entity({"team": STRING}, PK="N#{id}", SK="N", GSI1PK="B#{team}", GSI1SK="N#{id}"),
    }
    assert on_indexes(User=USER, Order=ORDER, **more) == set()


def test_a_name_on_one_index_says_nothing_of_another() -> None:
    keys = {"GSI2PK": "S#{team}", "GSI2SK": "X#{id}"}
    user = entity({"team": STRING}, PK="U#{id}", SK="U", GSI1PK="T#{team}", GSI1SK="U#{id}", **keys)
    order = entity({"team": STRING}, PK="O#{id}", SK="O", GSI1PK="T#{team}", GSI1SK="O#{id}", **keys)
    assert on_indexes(User=user, Order=order) == {(f"GSI{n}", "team", "User | Order") for n in (1, 2)}


def test_an_index_that_holds_keys_alone() -> None:
    """Its entities are read from the table."""
    index = {"partition-key": "GSI1PK", "sort-key": "GSI1SK", "projection": "KEYS_ONLY"}
    found = collections({"sort-key": "SK", "indexes": {"GSI1": index}}, User=USER, Order=ORDER)
    assert ("GSI1", "team", "User | Order", "user_store.select_by_team(team).partition") in found


def test_neither_shards_nor_chosen_partitions() -> None:
    sharded = {"GSI1PK": "T#{id|shard:4}", "GSI1SK": "{id}"}
    chosen = {"GSI1PK": [{"when": {"team": "a"}, "key": "A"}, {"key": "B"}], "GSI1SK": "{id}"}
    for keys in (sharded, chosen):
        user = entity({"team": STRING}, ["team"], PK="U#{id}", SK="U", **keys)
        order = entity({"team": STRING}, ["team"], PK="O#{id}", SK="O", **keys)
        assert on_indexes(User=user, Order=order) == set()
