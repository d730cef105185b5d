"""The hot paths cost no more than is recorded in bounds.json, on any machine and however busy it is.

Rules of this file:
- Counts are exact, so that a single call or a handful of instructions more is seen. Whoever makes a path dearer on
  purpose records that, and the change is seen in review: `ENTITYSTORE_RECORD_GUARDS=1 pytest tests/guards`.
- Instructions differ between versions of the interpreter: bounds are kept by version, and a version that has none is
  held to the highest of the others and a quarter. So are the allocations' sizes.
- Time is compared with boto3's in the same process alone, with margins that only a different order of cost exceeds.
"""

from __future__ import annotations

import json
import os
import sys
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from entitystore.codec import Codec
from tests.guards import paths as guarded
from tests.guards.counting import Cost, cost_of

BOUNDS = Path(__file__).with_name("bounds.json")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
RECORD = os.environ.get("ENTITYSTORE_RECORD_GUARDS") == "1"
UNKNOWN_VERSION = 1.25
ALLOCATION_SLACK = 1.02  # sizes of objects change with patch releases, too


def bound(name: str, recorded: dict[str, dict[str, list[int]]]) -> Cost:
    """What a path may cost on this interpreter."""
    if VERSION in recorded:
        instructions, calls, allocated = recorded[VERSION][name]
        return Cost(instructions, calls, int(allocated * ALLOCATION_SLACK) + 64)
    highest = [max(column) for column in zip(*(version[name] for version in recorded.values()), strict=True)]
    return Cost(*(int(each * UNKNOWN_VERSION) for each in highest))


def exceeded(cost: Cost, limit: Cost) -> list[str]:
    """What is above its bound, in words."""
    return [
        f"{field}: {found}, not {allowed} at most"
        for field, found, allowed in zip(Cost._fields, cost, limit, strict=True)
        if found > allowed
    ]


def load() -> dict[str, dict[str, list[int]]]:
    bounds: dict[str, dict[str, list[int]]] = json.loads(BOUNDS.read_text())
    return bounds


def record(name: str, cost: Cost) -> None:
    bounds = load() if BOUNDS.exists() else {}
    bounds.setdefault(VERSION, {})[name] = list(cost)
    BOUNDS.write_text(json.dumps(bounds, indent=1, sort_keys=True) + "\n")


@pytest.mark.parametrize("name", guarded.paths())
def test_a_path_costs_no_more_than_recorded(name: str) -> None:
    cost = cost_of(guarded.paths()[name])
    if RECORD:
        record(name, cost)
    assert exceeded(cost, bound(name, load())) == []


# --- the guard itself: what it is there for has to be found ---


def with_pass(more: Callable[[Any], object]) -> Codec[Any]:
    """The shop's codec with something done to each item on its way to the entity."""
    store = guarded.order_store

    def from_item(item: Any) -> Any:
        more(item)
        return store.order_from_item(item)

    return Codec(
        entity="Order",
        type_name="Order",
        type_attribute="EntityType",
        item_type=store.StoredOrder,
        from_item=from_item,
        encode=store.encode,
        key_attributes=("PK", "SK"),
    )


def a_validation(item: Any) -> object:
    if not isinstance(item.note.S, str):
        raise TypeError
    return item


def test_a_validation_on_the_decode_path_is_found() -> None:
    codec = with_pass(a_validation)
    assert exceeded(cost_of(lambda: codec.read_one(guarded.ONE)), bound("decode one", load()))
    assert exceeded(cost_of(lambda: codec.read_page(guarded.PAGE)), bound("decode page", load()))


def test_a_pass_over_dicts_on_the_decode_path_is_found() -> None:
    codec = with_pass(msgspec.to_builtins)
    assert exceeded(cost_of(lambda: codec.read_one(guarded.ONE)), bound("decode one", load()))
    assert exceeded(cost_of(lambda: codec.read_page(guarded.PAGE)), bound("decode page", load()))


def test_a_page_that_is_read_as_dicts_first_is_found_by_its_memory() -> None:
    """In C and in one call, so that neither instructions nor calls would tell much."""
    codec: Any = guarded.order_store.CODEC

    def read() -> object:
        return msgspec.json.decode(guarded.PAGE), codec.read_page(guarded.PAGE)

    found = exceeded(cost_of(read), bound("decode page", load()))
    assert [each for each in found if each.startswith("allocated")]


def test_validating_models_when_decoding_is_found() -> None:
    model = guarded.shop_store.Order
    codec = with_pass(lambda item: model.model_validate(guarded.order().model_dump(by_alias=True)))
    assert exceeded(cost_of(lambda: codec.read_one(guarded.ONE)), bound("decode one", load()))


def test_the_bound_of_an_unknown_version_is_wider_but_there() -> None:
    recorded = {"2.7": {"path": [100, 10, 1000]}, "2.6": {"path": [80, 12, 1000]}}
    assert bound("path", recorded) == Cost(125, 15, 1250)


# --- against boto3, in this process ---


def times_cheaper(code: Callable[[], object], peer: Callable[[], object], count: int = 100) -> float:
    """How many times less processor time the code takes than its peer.

    The best of many short rounds, in turns: whatever else the machine does disturbs both, and some rounds of neither.
    """
    best = [float("inf"), float("inf")]
    for _ in range(60):
        for place, each in enumerate((code, peer)):
            best[place] = min(best[place], timeit.timeit(each, timer=time.process_time, number=count))
    return best[1] / best[0]


def test_decoding_is_three_times_as_fast_as_boto3s() -> None:
    """It is about four times; boto3's gives dicts, at that, and no entity."""
    deserialize = TypeDeserializer().deserialize
    codec: Any = guarded.order_store.CODEC

    def peer() -> object:
        return {name: deserialize(value) for name, value in json.loads(guarded.ONE)["Item"].items()}

    assert times_cheaper(lambda: codec.read_one(guarded.ONE), peer) > 3


def test_encoding_is_twice_as_fast_as_boto3s() -> None:
    """It is about three times; boto3's makes no keys, at that."""
    serialize = TypeSerializer().serialize
    entity = guarded.order()
    values = entity.model_dump(by_alias=True, mode="python") | {"createdAt": "2026-01-02T03:04:05.678901Z"}
    values["status"] = "paid"

    def peer() -> object:
        return json.dumps({name: serialize(value) for name, value in values.items()})

    encode = guarded.paths()["encode"]
    assert times_cheaper(encode, peer) > 2
