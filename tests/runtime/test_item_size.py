"""An item's size as DynamoDB's developer guide counts it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.item_size import item_size
from entitystore.values import Item, to_document


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({}, 0),
        ({"a": {"S": ""}}, 1),
        ({"name": {"S": "Ada"}}, 7),
        ({"é": {"S": "€"}}, 2 + 3),
        ({"a": {"N": "0"}}, 2),
        ({"a": {"N": "-12300"}}, 1 + 1 + 2),
        ({"a": {"N": "0.0012"}}, 1 + 1 + 1),
        ({"a": {"N": "1.5E+10"}}, 1 + 1 + 1),
        ({"a": {"B": b"1234"}}, 5),
        ({"a": {"B": "MTIzNA=="}}, 5),
        ({"a": {"NULL": True}}, 2),
        ({"a": {"BOOL": False}}, 2),
        ({"a": {"SS": ["a", "bc"]}}, 4),
        ({"a": {"NS": ["1", "234"]}}, 1 + 2 + 3),
        ({"a": {"BS": [b"12"]}}, 3),
        ({"a": {"L": [{"S": "a"}, {"NULL": True}]}}, 1 + 3 + 2 + 1 + 1),
        ({"a": {"M": {"b": {"S": "c"}}}}, 1 + 3 + 1 + 2),
    ],
)
def test_sizes(item: Item, size: int) -> None:
    assert item_size(item) == size


leaves = (
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(10**37), 10**37)
    | st.binary()
    | st.sets(st.text(), min_size=1)
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_json_is_never_shorter(entity: dict[str, object]) -> None:
    """The batch looks at sizes only where the JSON is longer than the limit."""
    item = {name: to_document(value, "f") for name, value in entity.items()}
    assert item_size(item) <= len(msgspec.json.encode(item))
