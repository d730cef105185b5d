"""What was changed in place is checked before it is stored, whatever class holds it; pydantic sees no such change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entitystore.errors import ValidationError
from tests.compiled import Compiled
from tests.roundtrip.strategies import Strategies


def children(tree: Any) -> Any:
    tree.children = []
    return tree.children


CHANGES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "an element": ("texts[0]", lambda entity: entity.texts.append(5)),
    "an element of an element": ("grid[0]", lambda entity: entity.grid.append(["1"])),
    "a member": ("names[]", lambda entity: entity.names.add("")),
    "a value": ("keyed['a']", lambda entity: entity.keyed.update(a=1)),
    "a key": ("keyed", lambda entity: entity.keyed.update({1: "a"})),
    "an object of no class": ("addresses[0]", lambda entity: entity.addresses.append({"street": "x"})),
    "a list in a dict": ("by_day['mon']", lambda entity: entity.by_day.update(mon="x")),
    "an object below an object": ("deep.children[0]", lambda entity: children(entity.deep).append(None)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_the_schema_does_not_allow_is_refused(every_type: Compiled, name: str) -> None:
    field, change = CHANGES[name]
    entity = Strategies(every_type).simplest("Everything")
    change(entity)
    with pytest.raises(ValidationError) as caught:
        every_type.store_module("everything").encode(entity)
    assert caught.value.field.startswith(field)


def test_a_change_that_it_allows_is_stored(every_type: Compiled) -> None:
    store = every_type.store_module("everything")
    entity = Strategies(every_type).simplest("Everything")
    entity.texts.append("more")
    entity.keyed["a"] = "b"
    entity.names.add("n")
    item = store.encode(entity)
    assert item["texts"] == {"L": [{"S": "more"}]}
    assert store.decode(item) == entity
