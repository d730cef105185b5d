"""Entities that contain themselves or each other: stored inside without keys and type, at any depth."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitystore.codec import json_bytes
from entitystore.errors import ValidationError
from tests.compiled import Compiled
from tests.roundtrip.strategies import Strategies

Some = st.SearchStrategy[Any]

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
_made: dict[str, dict[str, Some]] = {}  # as in conftest.py: pytest makes such a fixture again and again


@pytest.fixture(scope="module")
def some(every_type: Compiled) -> dict[str, Some]:
    """Entities by their class's name."""
    if every_type.kind not in _made:
        strategies = Strategies(every_type)
        _made[every_type.kind] = {name: strategies.entity(name) for name in ("Comment", "Thread")}
    return _made[every_type.kind]


@quick
@pytest.mark.parametrize("class_name", ["Comment", "Thread"])
@given(data=st.data())
def test_what_was_encoded_is_decoded(
    every_type: Compiled, some: dict[str, Some], class_name: str, data: st.DataObject
) -> None:
    entity = data.draw(some[class_name])
    store = every_type.store_module(class_name.lower())
    item = store.encode(entity)
    assert store.decode(item) == entity
    assert store.CODEC.read_one(json_bytes({"Item": item})) == entity


def test_what_is_inside_has_no_keys_and_no_type(every_type: Compiled) -> None:
    module = every_type.module
    inner = module.Comment(id="2", replies=[])
    comment = module.Comment(id="1", replies=[inner], about=module.Thread(name="t", first=inner))
    item = every_type.store_module("comment").encode(comment)
    plain = {"M": {"id": {"S": "2"}, "replies": {"L": []}}}
    assert item == {
        "PK": {"S": "COMMENT#1"},
        "SK": {"S": "COMMENT"},
        "EntityType": {"S": "Comment"},
        "id": {"S": "1"},
        "replies": {"L": [plain]},
        "about": {"M": {"name": {"S": "t"}, "first": plain}},
    }


def test_what_is_inside_is_checked(every_type: Compiled) -> None:
    module = every_type.module
    comment = module.Comment(id="1", replies=[module.Comment(id="2", replies=[])])
    comment.replies[0].replies.append("no comment")
    with pytest.raises(ValidationError) as caught:
        every_type.store_module("comment").encode(comment)
    assert caught.value.field == "replies[0].replies[0]"


def test_one_that_is_its_own_part_is_refused(every_type: Compiled) -> None:
    module = every_type.module
    comment = module.Comment(id="1", replies=[])
    comment.replies.append(comment)
    with pytest.raises(ValidationError, match="contains itself"):
        every_type.store_module("comment").CODEC.item_of(comment)
