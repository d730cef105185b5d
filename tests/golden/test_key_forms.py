"""Golden packages read what they write through every index, and no key in which another program spells it otherwise."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from entitystore.codec import Undecoded, json_bytes
from tests.golden.cases import Case, good_cases
from tests.golden.test_behaviour import samples

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{3}|\d{6})Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def stored(case: Case) -> Iterator[tuple[ModuleType, Any, dict[str, Any]]]:
    """The store's module of each sample, the entity, and its item as the package writes it."""
    package = case.load()
    modules = [importlib.import_module(f"{package.__name__}.{path.stem}") for path in case.package.glob("*_store.py")]
    by_entity = {module.CODEC.entity: module for module in modules}
    for name, entity, _ in samples(case).ENTITIES:
        module = by_entity[name]
        yield module, entity, module.encode(entity)


def read(module: ModuleType, item: dict[str, Any], index: str) -> object:
    (found,) = module.CODEC.read_page(json_bytes({"Items": [item]}), index).items
    return found


@pytest.mark.parametrize("case", good_cases(), ids=lambda case: case.name)
def test_keys_of_ones_own_and_of_others(case: Case) -> None:
    table = case.load().TABLE
    for module, entity, item in stored(case):
        for index in (table.primary, *table.indexes):
            if not all(key.name in item for key in index.key_attributes):
                continue  # DynamoDB has it in no such index
            assert read(module, item, index.name) == entity, index.name
            for key in index.key_attributes:
                text = str(item[key.name].get("S", ""))
                for other in {TIME.sub(lambda time: time[0][:19] + "+00:00", text), UUID.sub(_upper, text)} - {text}:
                    found = read(module, item | {key.name: {"S": other}}, index.name)
                    assert isinstance(found, Undecoded), (index.name, key.name, other)


def _upper(uuid: re.Match[str]) -> str:
    return uuid[0].upper()
