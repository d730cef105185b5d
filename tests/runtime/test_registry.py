"""Registries and the storage manager: names, near names, static tables, threads; the protocol of a store."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, assert_type

import pytest

from entitystore.client import Client
from entitystore.errors import DecodeError, EntityStoreError, NoIndexMapError, NotRegisteredError, ValidationError
from entitystore.manager import DataStore, StorageManager
from entitystore.plan import QueryParameters
from entitystore.registry import IndexMapRegistry, TypeRegistry
from entitystore.store import Store
from entitystore.streaming import ProgressHandler, StreamMeta, StreamResult
from entitystore.values import Item
from tests.runtime.fakes import TABLE, Order, Script, order_codec, orders, stored


def decode_order(item: Item) -> Order:
    return order_codec().read_item(item)


def test_items_are_decoded_as_their_type_says() -> None:
    registry = TypeRegistry({"Order": decode_order})
    (order,) = orders(1)
    assert registry.decode(stored(order)) == order
    registry.register("Note", lambda item: item["text"]["S"])
    assert registry.decode({"EntityType": {"S": "Note"}, "text": {"S": "hello"}}) == "hello"
    assert registry.names() == list(registry) == ["Order", "Note"]
    assert "Note" in registry
    assert "Nota" not in registry
    assert len(registry) == 2


def test_the_type_attribute_may_have_another_name() -> None:
    registry = TypeRegistry({"Note": lambda item: 1}, type_attribute="kind")
    assert registry.decode({"kind": {"S": "Note"}}) == 1


@pytest.mark.parametrize(
    ("item", "reason"), [({}, "no type"), ({"EntityType": {"S": "Ordre"}}, "did you mean 'Order'")]
)
def test_an_item_of_no_known_type_is_an_error_that_carries_it(item: Item, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason) as caught:
        TypeRegistry({"Order": decode_order}).decode(item)
    assert caught.value.item is item


def test_unknown_names_are_answered_with_near_ones() -> None:
    registry = TypeRegistry({"Order": decode_order, "User": decode_order})
    with pytest.raises(NotRegisteredError, match="did you mean 'Order'"):
        registry.get("order")
    with pytest.raises(NotRegisteredError, match="registered are 'Order', 'User'"):
        registry.get("zzz")
    with pytest.raises(NotRegisteredError, match="nothing is registered"):
        TypeRegistry().get("zzz")


def test_a_name_is_registered_once_unless_replaced() -> None:
    registry = TypeRegistry({"Order": decode_order})
    with pytest.raises(ValidationError, match="'Order' is registered already"):
        registry.register("Order", lambda item: 1)
    assert registry.get("Order") is decode_order
    registry.register("Order", lambda item: 1, replace=True)
    assert registry.decode({"EntityType": {"S": "Order"}}) == 1


def test_a_static_table_is_neither_copied_nor_changed() -> None:
    class Watched(dict[str, Any]):
        def __iter__(self) -> Any:
            raise AssertionError("was iterated")

        keys = items = values = __iter__

    registry = TypeRegistry(Watched(Order=decode_order))
    assert registry.get("Order") is decode_order
    static = {"Order": decode_order}
    registry = TypeRegistry(static)
    registry.register("User", decode_order)
    assert static == {"Order": decode_order}


def test_many_threads_may_register_and_read() -> None:
    registry = TypeRegistry({"Order": decode_order})
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for step in range(200):
                registry.register(f"{number}-{step}", decode_order)
                assert registry.get("Order") is decode_order
                assert f"{number}-{step}" in registry.names()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(registry) == 801


def test_one_of_many_that_register_one_name_wins() -> None:
    registry = TypeRegistry()
    refused: list[ValidationError] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        try:
            registry.register("Order", decode_order)
        except ValidationError as error:
            refused.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3


def test_index_maps_are_found_by_class() -> None:
    class Ordre:
        """Near `Order`, and not registered."""

    registry = IndexMapRegistry({Order: {"PK": "USER#{user}", "SK": "ORDER#{id}"}})
    assert registry.get(Order)["SK"] == "ORDER#{id}"
    assert Order in registry
    with pytest.raises(NoIndexMapError, match="Ordre; did you mean 'Order'"):
        registry.get(Ordre)
    with pytest.raises(ValidationError, match="Order is registered already"):
        registry.register(Order, {})
    registry.register(str, {"PK": "{x}"})
    assert registry.classes() == list(registry) == [Order, str]
    assert len(registry) == 2


class MemoryStore:
    """A store that somebody wrote by hand, over a dict."""

    def __init__(self) -> None:
        self.entities: dict[str, Order] = {}

    def get_by_key(self, pk: str, sk: str | None = None) -> Order:
        return self.entities[pk]

    def put(self, order: Order) -> None:
        self.entities[order.id] = order

    def update_with_condition(self, order: Order, condition: str, values: Mapping[str, object] | None = None) -> None:
        self.put(order)

    def query(self, parameters: QueryParameters) -> list[Order]:
        return list(self.entities.values())

    def stream(
        self,
        parameters: QueryParameters,
        *,
        buffer_size: int = 100,
        page_size: int | None = None,
        max_retries: int = 3,
        progress_handler: ProgressHandler | None = None,
    ) -> Iterable[StreamResult[Order]]:
        return []

    def delete_by_key(self, pk: str, sk: str | None = None) -> None:
        del self.entities[pk]


def copy_all(source: DataStore[Order], target: DataStore[Order], partition: str) -> int:
    """What the protocol is for: code that knows stores, not where they keep things."""
    copied = list(source.query(QueryParameters(partition)))
    for order in copied:
        target.put(order)
    return len(copied)


def test_generated_and_handwritten_stores_are_data_stores() -> None:
    answer = {"Count": 2, "Items": [stored(order) for order in orders(2)], "ScannedCount": 2}
    generated = Store(Client(Script([answer]), "shop"), order_codec(), TABLE)
    memory = MemoryStore()
    assert copy_all(generated, memory, "U#1") == 2
    assert memory.query(QueryParameters("U#1")) == orders(2)


def test_stores_by_name() -> None:
    memory = MemoryStore()
    manager = StorageManager({"Order": memory})
    manager.register("Text", "any store")
    assert_type(manager.get("Order", MemoryStore), MemoryStore)
    assert manager.get("Order") is memory
    assert manager.names() == list(manager) == ["Order", "Text"]
    assert "Text" in manager
    assert len(manager) == 2
    with pytest.raises(ValidationError, match="is a str, not a MemoryStore"):
        manager.get("Text", MemoryStore)
    with pytest.raises(EntityStoreError, match="no store 'order' is registered; did you mean 'Order'"):
        manager.get("order")
    with pytest.raises(ValidationError, match="registered already"):
        manager.register("Text", memory)
    manager.register("Text", memory, replace=True)
    assert manager.get("Text", MemoryStore) is memory


def test_a_result_names_its_parts() -> None:
    assert StreamResult.__struct_fields__ == ("item", "error", "raw", "meta")
    assert StreamMeta.__struct_fields__[:3] == ("index", "page_number", "timestamp")
