"""decode(encode(x)) == x, for any entity of any type, in every form that an item has on its way."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitystore.codec import json_bytes
from tests.compiled import Compiled

Some = st.SearchStrategy[Any]

quick = settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@quick
@given(st.data())
def test_what_was_encoded_is_decoded(every_type: Compiled, entities: Some, data: st.DataObject) -> None:
    entity = data.draw(entities)
    store = every_type.store_module("everything")
    item = store.encode(entity)
    body = json_bytes({"Item": item})
    assert store.decode(item) == entity
    assert store.CODEC.read_one(body) == entity
    assert store.CODEC.read_page(json_bytes({"Items": [item, item]})).items == [entity, entity]
    as_json = msgspec.json.decode(body, type=dict[str, Any])["Item"]
    assert store.decode(as_json) == entity
    assert store.encode(store.decode(as_json)) == item


@quick
@given(st.data())
def test_what_is_encoded_is_dynamodb_json_of_the_smallest_form(
    every_type: Compiled, entities: Some, data: st.DataObject
) -> None:
    entity = data.draw(entities)
    for value in every_type.store_module("everything").encode(entity).values():
        check_value(value)


def check_value(value: dict[str, Any]) -> None:
    ((kind, inner),) = value.items()
    match kind:
        case "S" | "N":
            assert type(inner) is str
        case "B":
            assert type(inner) is bytes
        case "BOOL":
            assert type(inner) is bool
        case "NULL":
            assert inner is True
        case "SS" | "NS" | "BS":
            assert inner
            assert len(set(inner)) == len(inner)
            assert {type(each) for each in inner} == {bytes if kind == "BS" else str}
        case "L":
            for each in inner:
                check_value(each)
        case "M":
            for each in inner.values():
                check_value(each)
        case _:
            raise AssertionError(f"{kind} is no DynamoDB type")
