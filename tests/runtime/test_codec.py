"""Codecs: the fast way, the slow way that tells what is wrong, and pages of several entity types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from entitystore import wire
from entitystore.answers import last_key
from entitystore.codec import Codec, EntityPage, MixedCodec, Undecoded, json_bytes
from entitystore.errors import DecodeError, NotFoundError, ValidationError
from entitystore.values import Item
from tests.runtime.fakes import Order, order_codec, stored

CODEC = order_codec()
OTHER: Item = {"PK": {"S": "U#1"}, "SK": {"S": "x"}, "EntityType": {"S": "User"}}


class StoredUser(msgspec.Struct):
    SK: wire.S[str]


def user_codec() -> Codec[Any]:
    return Codec(
        entity="User",
        type_name="User",
        type_attribute="EntityType",
        item_type=StoredUser,
        from_item=lambda item: f"user {item.SK.S}",
        encode=lambda user: {"SK": {"S": user}},
        key_attributes=("PK", "SK"),
    )


def got(item: Item | None) -> bytes:
    return msgspec.json.encode({} if item is None else {"Item": item})


def page(*items: Item, **more: object) -> bytes:
    return msgspec.json.encode({"Items": list(items), "Count": len(items), "ScannedCount": len(items), **more})


def order(number: int) -> Order:
    return Order(f"{number:04d}", number)


def without(name: str) -> Item:
    item = stored(order(1))
    del item[name]
    return item


def with_(name: str, **value: object) -> Item:
    return stored(order(1)) | {name: value}


BROKEN = [
    pytest.param(without("total"), "total", id="an attribute is missing"),
    pytest.param(with_("total", S="1"), "total", id="another DynamoDB type"),
    pytest.param(with_("total", N="5.0"), "5.0", id="an int that is written as a fraction"),
    pytest.param(with_("total", NULL=True), "total", id="NULL where a value is required"),
    pytest.param(without("EntityType"), "'EntityType'", id="no type"),
    pytest.param(with_("EntityType", N="1"), "'EntityType'", id="the type is a number"),
]


def test_one_is_read() -> None:
    assert CODEC.read_one(got(stored(order(1)))) == order(1)
    assert CODEC.read_item(stored(order(1))) == order(1)
    assert CODEC.read_raw(msgspec.json.encode(stored(order(1)))) == order(1)


def test_what_the_entity_does_not_know_is_ignored() -> None:
    assert CODEC.read_one(got(with_("added_later", M={"a": {"L": []}}))) == order(1)


def test_nothing_is_not_found() -> None:
    with pytest.raises(NotFoundError) as caught:
        CODEC.read_one(b"{}")
    assert caught.value.found_type is None


@pytest.mark.parametrize("item", [OTHER, OTHER | {"total": {"N": "1"}}])
def test_another_entity_is_not_found_and_named(item: Item) -> None:
    reads: tuple[Callable[[], Order], ...] = (lambda: CODEC.read_one(got(item)), lambda: CODEC.read_item(item))
    for read in reads:
        with pytest.raises(NotFoundError, match="'User'") as caught:
            read()
        assert caught.value.found_type == "User"


@pytest.mark.parametrize(("item", "reason"), BROKEN)
def test_a_broken_item_comes_with_the_error(item: Item, reason: str) -> None:
    reads: tuple[Callable[[], Order], ...] = (
        lambda: CODEC.read_one(got(item)),
        lambda: CODEC.read_item(item),
        lambda: CODEC.read_raw(msgspec.json.encode(item)),
    )
    for read in reads:
        with pytest.raises(DecodeError) as caught:
            read()
        assert (caught.value.item, caught.value.entity) == (item, "Order")
        assert reason in caught.value.reason


def test_a_page_is_read_at_once() -> None:
    found = CODEC.read_page(page(stored(order(1)), stored(order(2)), LastEvaluatedKey={"PK": {"S": "a"}}))
    assert found.items == [order(1), order(2)]
    assert (found.last_key, found.positions, found.scanned) == (b'{"PK":{"S":"a"}}', None, 2)


def test_a_page_leaves_out_others_and_says_what_is_broken() -> None:
    broken = with_("total", S="1")
    found: EntityPage[Order] = CODEC.read_page(page(stored(order(1)), OTHER, broken, stored(order(2))))
    first, undecoded, last = found.items
    assert (first, last) == (order(1), order(2))
    assert isinstance(undecoded, Undecoded)
    assert undecoded.item == undecoded.error.item == broken
    assert found.positions == [0, 2, 3]


def test_an_empty_page_has_no_end_before_its_last_key_is_gone() -> None:
    assert CODEC.read_page(page()).last_key is None
    assert CODEC.read_page(page(LastEvaluatedKey=None)).last_key is None
    assert CODEC.read_page(page(LastEvaluatedKey={"PK": {"S": "a"}})).last_key is not None
    assert last_key(msgspec.Raw(b"null")) is None


def test_a_mixed_page_gives_each_its_own_class() -> None:
    mixed: MixedCodec[Any] = MixedCodec("EntityType", {"Order": CODEC, "User": user_codec()})
    assert mixed.type_names == ("Order", "User")
    broken, unknown, untyped = with_("total", S="1"), with_("EntityType", S="Cart"), without("EntityType")
    found = mixed.read_page(page(OTHER, stored(order(1)), broken, unknown, untyped))
    assert found.items[:2] == ["user x", order(1)]
    errors = [each.error for each in found.items[2:] if isinstance(each, Undecoded)]
    assert [error.item for error in errors] == [broken, unknown, untyped]
    assert ["total" in errors[0].reason, "'Cart'" in errors[1].reason, "no type" in errors[2].reason] == [True] * 3


def test_the_key_of_an_item() -> None:
    assert CODEC.key_of(stored(order(1))) == {"PK": {"S": "U#1"}, "SK": {"S": "0001"}}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"Item": {"PK": {"S": "a"}, "note": {"S": "\ud800"}}}, "note"),
        ({"Item": {"address": {"M": {"street": {"S": "x\udfff"}}}}}, "street"),
        ({"Item": {"tags": {"SS": ["a", "\udc00"]}}}, "tags"),
        ({"Item": {"list": {"L": [{"S": "a"}, {"S": "\udc00"}]}}}, "list"),
    ],
)
def test_text_that_utf_8_cannot_hold_is_refused_and_named(body: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        json_bytes(body)
    assert caught.value.field == name
    assert caught.value.__cause__ is None


def test_bytes_are_base64() -> None:
    assert json_bytes({"B": b"\x00\xff"}) == b'{"B":"AP8="}'
