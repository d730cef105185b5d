"""Stored items that are not what the schema says: an error that carries the item, never a guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entitystore.codec import json_bytes
from entitystore.errors import DecodeError, NotFoundError
from entitystore_generator.ir.model import SetType
from tests.compiled import Compiled
from tests.roundtrip.strategies import Strategies


@pytest.fixture(scope="module")
def item(every_type: Compiled) -> dict[str, Any]:
    encoded: dict[str, Any] = every_type.store_module("everything").encode(
        Strategies(every_type).simplest("Everything")
    )
    return encoded


def read(every_type: Compiled, item: dict[str, Any]) -> list[Any]:
    """The item by each way in: as bytes and as a mapping."""
    codec = every_type.store_module("everything").CODEC
    return [codec.read_one(json_bytes({"Item": item})), codec.read_item(item)]


WRONG = [
    ("text", {"N": "1"}),
    ("text", {"NULL": True}),
    ("text", {"L": []}),
    ("integer", {"S": "5"}),
    ("integer", {"N": "5.0"}),
    ("integer", {"N": "5e3"}),
    ("integer", {"N": "x"}),
    ("number", {"N": "x"}),
    ("number", {"S": "1.5"}),
    ("decimal", {"N": "x"}),
    ("decimal", {"S": "1.5"}),
    ("flag", {"N": "1"}),
    ("flag", {"S": "true"}),
    ("moment", {"S": "1700000000"}),
    ("moment", {"N": "1700000000"}),
    ("moment", {"S": "2024-01-01"}),
    ("moment", {"S": "2024-01-01T00:00:00"}),
    ("moment", {"S": ""}),
    ("day", {"S": "2024-01-01T00:00:00Z"}),
    ("day", {"S": "20240101"}),
    ("day", {"S": "2024-02-30"}),
    ("uuid", {"S": "not-one"}),
    ("blob", {"S": "AP8="}),
    ("color", {"S": "blue"}),
    ("level", {"N": "4"}),
    ("level", {"N": "1.0"}),
    ("constant", {"S": "other"}),
    ("texts", {"SS": ["a"]}),
    ("texts", {"L": [{"N": "1"}]}),
    ("texts", {"L": [{"NULL": True}]}),
    ("decimals", {"L": [{"N": "x"}]}),
    ("grid", {"L": [{"L": [{"S": "1"}]}]}),
    ("counts", {"L": []}),
    ("counts", {"NS": ["1.5"]}),
    ("names", {"SS": [1]}),
    ("keyed", {"M": {"a": {"N": "1"}}}),
    ("by_day", {"M": {"a": {"L": [{"M": {}}]}}}),
    ("address", {"M": {}}),
    ("address", {"M": {"street": {"NULL": True}}}),
    ("address", {"S": "x"}),
    ("text_or_number", {"M": {}}),
    ("text_or_number", {"NULL": True}),
    ("text_or_number", {"N": "1.5"}),
    ("payment", {"M": {"kind": {"S": "cash"}}}),
    ("payment", {"M": {"kind": {"S": "card"}}}),
    ("payment", {"M": {}}),
    ("shape", {"M": {}}),
    ("shape", {"M": {"radius": {"S": "1"}}}),
    ("anything", {"X": "1"}),
    ("anything", {"N": "x"}),
    ("anything", {"M": {"a": {"N": "x"}}}),
    ("maybeMoment", {"S": "1700000000"}),
    ("maybeInteger", {"N": "5.0"}),
    ("maybeText", {"N": "5"}),
    ("maybeUnion", {"M": {}}),
    ("nullableText", {"N": "5"}),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=str)
def test_a_wrong_value_is_a_decode_error(
    every_type: Compiled, item: dict[str, Any], name: str, value: dict[str, Any]
) -> None:
    broken = item | {name: value}
    codec = every_type.store_module("everything").CODEC
    ways: list[Callable[[], object]] = [
        lambda: codec.read_one(json_bytes({"Item": broken})),
        lambda: codec.read_item(broken),
    ]
    for way in ways:
        with pytest.raises(DecodeError) as caught:
            way()
        assert caught.value.item.keys() == broken.keys()
        assert caught.value.item[name] == value
        assert caught.value.entity == "Everything"


def test_each_required_attribute_is_missed(every_type: Compiled, item: dict[str, Any]) -> None:
    model = every_type.package.entities[0].model
    # A set of which nothing is stored is empty.
    required = [field for field in model.fields if field.required and not isinstance(field.type, SetType)]
    assert len(required) > 30
    for field in required:
        without = {name: value for name, value in item.items() if name != field.attribute}
        with pytest.raises(DecodeError) as caught:
            read(every_type, without)
        assert caught.value.item.keys() == without.keys()
        assert field.attribute in caught.value.reason


def test_what_is_not_required_may_be_missing_or_null(every_type: Compiled, item: dict[str, Any]) -> None:
    model = every_type.package.entities[0].model
    optional = [field for field in model.fields if not field.required]
    assert len(optional) > 25
    names = {field.attribute for field in optional}
    without = {name: value for name, value in item.items() if name not in names}
    nulls = without | {field.attribute: {"NULL": True} for field in optional if field.default is None}
    simplest = Strategies(every_type).simplest("Everything")
    assert read(every_type, nulls) == [simplest] * 2
    simplest.maybe_nullable_tags = set()  # a set of which nothing is stored is empty; NULL is None
    assert read(every_type, without) == [simplest] * 2


def test_what_is_not_known_is_ignored(every_type: Compiled, item: dict[str, Any]) -> None:
    later = {"later": {"M": {"x": {"L": [{"B": b"1"}]}}}, "GSI9PK": {"S": "x"}}
    assert read(every_type, item | later) == read(every_type, item)


def test_another_entity_is_not_found(every_type: Compiled, item: dict[str, Any]) -> None:
    for other in (item | {"EntityType": {"S": "Other"}}, {"PK": {"S": "E#1"}, "EntityType": {"S": "Other"}}):
        with pytest.raises(NotFoundError) as caught:
            read(every_type, other)
        assert caught.value.found_type == "Other"


def test_an_item_without_type_is_a_decode_error(every_type: Compiled, item: dict[str, Any]) -> None:
    untyped = {name: value for name, value in item.items() if name != "EntityType"}
    with pytest.raises(DecodeError, match="EntityType"):
        read(every_type, untyped)
