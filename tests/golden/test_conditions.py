"""Conditions on golden packages: every stored name may be named, and a name as Python has it is refused with a hint."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from types import ModuleType

import pytest
from msgspec.structs import fields

from entitystore.codec import Codec
from entitystore.errors import ValidationError
from entitystore.expressions import parse_condition
from tests.golden.cases import Case, good_cases

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPERATORS = {"AND", "OR", "NOT", "BETWEEN", "IN"}


def stores(package: ModuleType, case: Case) -> Iterator[ModuleType]:
    for path in sorted(case.package.glob("*_store.py")):
        yield importlib.import_module(f"{package.__name__}.{path.stem}")


@pytest.mark.parametrize("case", good_cases(), ids=lambda case: case.name)
def test_stored_names(case: Case) -> None:
    package = case.load()
    for store in stores(package, case):
        codec: Codec[object] = store.CODEC
        stored = {each.encode_name: each.name for each in fields(codec.item_types[0])}
        keys = {key.name for index in (package.TABLE.primary, *package.TABLE.indexes) for key in index.key_attributes}
        for name in {*stored, *keys}:
            if PLAIN.fullmatch(name) and name.upper() not in OPERATORS:
                parse_condition(f"attribute_exists({name})", None, None, codec, package.TABLE)
        for name, in_python in stored.items():
            if in_python not in {*stored, *keys} and in_python.upper() not in OPERATORS:
                with pytest.raises(ValidationError, match=re.escape(f"did you mean {name!r}?")):
                    parse_condition(f"attribute_not_exists({in_python})", None, None, codec, package.TABLE)
