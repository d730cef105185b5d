"""Single items and batches, on every engine, through each transport, sync and async."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from entitystore.errors import (
    AlreadyExistsError,
    ConditionFailedError,
    DecodeError,
    NotFoundError,
    ServiceError,
    ValidationError,
    is_not_found,
)
from tests.compiled import Compiled
from tests.engines import Difference, Engine

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def user(shop: Compiled, uid: str, **more: Any) -> Any:
    given = {"id": uid, "email": f"{uid}@example.com", "name": "Zoë \U0001f600", "created_at": START}
    return shop.module.User(**(given | more))


def order(shop: Compiled, uid: str, number: int, **more: Any) -> Any:
    line = shop.module.OrderLine(sku="A", quantity=number + 1, price=Decimal("9.9"))
    given = {
        "id": f"o{number}",
        "user_id": uid,
        "status": shop.module.OrderStatus.OPEN,
        "total": Decimal(11) * number,
        "created_at": START + timedelta(minutes=number),
        "lines": [line],
    }
    return shop.module.Order(**(given | more))


def test_a_life(table: Any, shop: Compiled, uid: str) -> None:
    ada = user(shop, uid, tags={"a", "b"}, address=shop.module.Address(street="", city="Ü"))
    assert table.user.find(id=uid) is None
    assert not table.user.exists(id=uid)
    with pytest.raises(NotFoundError) as caught:
        table.user.get_one(id=uid)
    assert caught.value.found_type is None
    table.user.create(ada)
    assert table.user.exists(id=uid, consistent=True)
    assert table.user.get_one(id=uid) == table.user.find(id=uid, consistent=True) == ada
    assert table.user.get_by_key(f"USER#{uid}", f"USER#{uid}") == ada
    assert table.user.key(id=uid) == {"PK": {"S": f"USER#{uid}"}, "SK": {"S": f"USER#{uid}"}}
    ada.name = "Ada"
    ada.tags = set()
    table.user.put(ada)
    assert table.user.get_one(id=uid, consistent=True) == ada
    table.user.delete(id=uid)
    table.user.delete(id=uid)
    assert table.user.find(id=uid) is None


def test_create_refuses_a_second(table: Any, shop: Compiled, uid: str) -> None:
    table.user.create(user(shop, uid))
    with pytest.raises(AlreadyExistsError) as caught:
        table.user.create(user(shop, uid, name="Other"))
    assert caught.value.code == "ConditionalCheckFailedException"
    assert table.user.get_one(id=uid) == user(shop, uid)


def test_an_update_with_a_condition(table: Any, shop: Compiled, uid: str) -> None:
    first = user(shop, uid)
    with pytest.raises(ConditionFailedError):
        table.user.update_with_condition(first, "attribute_exists(PK)")
    assert table.user.find(id=uid) is None
    table.user.put(first)
    # `name` is a reserved word of DynamoDB.
    second = user(shop, uid, name="Second")
    table.user.update_with_condition(
        second, "name = :old AND begins_with(#mail, :start)", {"old": first.name, "start": uid}, names={"mail": "email"}
    )
    assert table.user.get_one(id=uid) == second
    with pytest.raises(ConditionFailedError) as caught:
        table.user.update_with_condition(first, "name = :old", {":old": "First"}, return_old=True)
    assert caught.value.item is not None
    assert shop.store_module("user").decode(caught.value.item) == second
    with pytest.raises(ConditionFailedError) as caught:
        table.user.update_with_condition(first, "name = :old", {":old": "First"})
    assert caught.value.item is None


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("name = 'x'", None),
        ("size(name) > 3", None),
        ("name = :x", None),
        ("name = :x", {"x": "a", "y": "b"}),
        ("", None),
    ],
)
def test_conditions_that_are_refused_before_they_are_sent(
    table: Any, shop: Compiled, uid: str, condition: str, values: dict[str, object] | None
) -> None:
    with pytest.raises(ValidationError):
        table.user.update_with_condition(user(shop, uid), condition, values)
    assert not table.user.exists(id=uid)


def test_a_condition_that_is_no_sentence_is_the_services_to_refuse(
    table: Any, shop: Compiled, uid: str, engine: Engine
) -> None:
    engine.skip_if(Difference.ACCEPTS_MALFORMED_CONDITIONS)
    with pytest.raises(ServiceError) as caught:
        table.user.update_with_condition(user(shop, uid), "name AND AND", None)
    assert caught.value.code == "ValidationException"
    assert not table.user.exists(id=uid)


def test_delete_with_a_condition(table: Any, shop: Compiled, uid: str) -> None:
    table.user.put(user(shop, uid))
    with pytest.raises(ConditionFailedError):
        table.user.delete(id=uid, condition="name = :n", values={"n": "other"})
    assert table.user.exists(id=uid)
    table.user.delete(id=uid, condition="name = :n", values={"n": user(shop, uid).name})
    assert not table.user.exists(id=uid)


def test_delete_by_key(table: Any, shop: Compiled, uid: str) -> None:
    table.user.put(user(shop, uid))
    table.user.delete_by_key(f"USER#{uid}", f"USER#{uid}")
    assert not table.user.exists(id=uid)
    with pytest.raises(ValidationError, match="sort_key"):
        table.user.get_by_key(f"USER#{uid}")


def test_another_entity_under_the_key(table: Any, shop: Compiled, uid: str) -> None:
    table.order.put(order(shop, uid, 1))
    key = table.order.key(user_id=uid, created_at=START + timedelta(minutes=1), id="o1")
    with pytest.raises(NotFoundError, match="'Order'") as caught:
        table.user.get_by_key(key["PK"]["S"], key["SK"]["S"])
    assert caught.value.found_type == "Order"
    assert is_not_found(caught.value)


def test_an_item_that_cannot_be_decoded(table: Any, shop: Compiled, uid: str, put_raw: Callable[..., None]) -> None:
    item = shop.store_module("user").encode(user(shop, uid)) | {"name": {"N": "5"}}
    put_raw(item)
    with pytest.raises(DecodeError, match="name") as caught:
        table.user.get_one(id=uid)
    assert caught.value.item == item
    assert uid not in str(caught.value)
    assert table.user.exists(id=uid)


@pytest.mark.parametrize("id", ["a#b", "", "a\n", "ä", None, 5])
def test_keys_that_the_schema_does_not_allow(table: Any, id: Any) -> None:
    """The look-up of what cannot have been stored finds nothing, or says why; it never finds another."""
    with pytest.raises((ValidationError, NotFoundError)):
        table.user.get_one(id=id)


def test_a_value_that_breaks_the_schema_is_not_sent(table: Any, shop: Compiled, uid: str) -> None:
    import pydantic

    with pytest.raises(pydantic.ValidationError, match="name"):
        user(shop, uid, name="")
    ada = user(shop, uid)
    with pytest.raises(pydantic.ValidationError, match="name"):
        ada.name = "x" * 101
    with pytest.raises(ValidationError, match="user"):
        table.user.put(order(shop, uid, 1))
    with pytest.raises(ValidationError, match="order"):
        table.order.create(ada)


def test_many_at_a_time(table: Any, shop: Compiled, uid: str) -> None:
    orders = [order(shop, uid, number) for number in range(130)]
    table.order.put_many(iter(orders))
    keys = [{"user_id": uid, "created_at": each.created_at, "id": each.id} for each in orders]
    missing = {"user_id": uid, "created_at": START, "id": "none"}
    found = table.order.get_many([*reversed(keys), missing, keys[0]], consistent=True)
    assert found == [*reversed(orders), None, orders[0]]
    table.order.delete_many([*keys[:120], missing, keys[0], table.order.key(**keys[129])])
    assert table.order.by_user_id(user_id=uid).all() == orders[120:129]


def test_of_two_with_one_key_the_later_is_stored(table: Any, shop: Compiled, uid: str) -> None:
    table.user.put_many([user(shop, uid, name="First"), user(shop, uid, name="Second")])
    assert table.user.get_one(id=uid).name == "Second"


def test_a_batch_that_holds_a_wrong_one_is_not_begun(table: Any, shop: Compiled, uid: str) -> None:
    with pytest.raises(ValidationError):
        table.user.put_many([user(shop, uid), order(shop, uid, 1)])
    with pytest.raises(ValidationError, match=r"entities\[1\]"):
        table.order.put_many([order(shop, uid, 0), _large(shop, uid)])
    assert table.user.find(id=uid) is None
    assert table.order.by_user_id(user_id=uid).all() == []


def _large(shop: Compiled, uid: str) -> Any:
    line = shop.module.OrderLine(sku="A" * 410_000, quantity=1, price=Decimal(1))
    return order(shop, uid, 1, lines=[line])


def test_stores_by_name(table: Any, shop: Compiled, uid: str) -> None:
    stores = table.stores()
    assert list(stores) == ["User", "Order", "Product"]
    assert stores.get("User").key(id=uid) == table.user.key(id=uid)


def test_what_the_registries_know(shop: Compiled, uid: str) -> None:
    tables = __import__(f"{shop.module.__name__}.table", fromlist=["table"])
    item = shop.store_module("user").encode(user(shop, uid))
    assert tables.TYPES.decode(item) == user(shop, uid)
    assert tables.TYPES.names() == ["User", "Order", "Product"]
    assert tables.INDEX_MAPS.get(shop.module.User)["GSI1PK"] == "EMAIL#{email}"
