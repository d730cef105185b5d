"""Counters, whose number is the key of the table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from no_sort_key_store import Counter, CountersTable

from entitystore import between, gt, lt
from entitystore.errors import NotFoundError, ValidationError

Item = dict[str, dict[str, object]]

MINUS = Counter(number=-5, name="minus", group="a", value=Decimal("-1.5"))
NINE = Counter(number=9, name="nine", group="a", value=Decimal("9"), note="not after ten")
TEN = Counter(number=10, name="ten", group="a", value=Decimal("10"))


def _item(number: str, name: str, value: str, **attributes: dict[str, object]) -> Item:
    return {
        "number": {"N": number},
        "name": {"S": name},
        "group": {"S": "a"},
        "value": {"N": value},
        "_type": {"S": "Counter"},
        **attributes,
    }


ENTITIES: list[tuple[str, object, Item]] = [
    ("Counter", MINUS, _item("-5", "minus", "-1.5")),
    ("Counter", NINE, _item("9", "nine", "9", note={"S": "not after ten"})),
    ("Counter", TEN, _item("10", "ten", "10")),
]


def refused(table: CountersTable) -> tuple[str, str, str]:
    """What cannot be a key: a text for a number, an empty text, and a number as text."""
    with pytest.raises(ValidationError) as as_text:
        table.counter.find(number="9")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValidationError) as as_bool:
        table.counter.find(number=True)
    with pytest.raises(ValidationError) as empty:
        table.counter.put(Counter(number=1, name="", group="a", value=Decimal(1)))
    return as_text.value.field, as_bool.value.field, empty.value.field


def removed(table: CountersTable) -> bool:
    """A counter that is put, removed and then missing."""
    table.counter.put(Counter(number=11, name="eleven", group="b", value=Decimal(11)))
    table.counter.delete(number=11)
    with pytest.raises(NotFoundError):
        table.counter.get_one(number=11)
    return table.counter.exists(number=11)


QUERIES: list[tuple[str, Callable[[CountersTable], object], object]] = [
    ("by key", lambda table: table.counter.get_one(number=-5), MINUS),
    ("the key", lambda table: table.counter.key(number=9), {"number": {"N": "9"}}),
    ("by the only key of the table", lambda table: table.counter.by_number(number=10).all(), [TEN]),
    ("by an index without a sort key", lambda table: table.counter.by_name(name="nine").all(), [NINE]),
    ("numbers in their order", lambda table: table.counter.by_group(group="a").all(), [MINUS, NINE, TEN]),
    (
        "a range of numbers",
        lambda table: table.counter.by_group(group="a", value=between(Decimal(-2), Decimal("9.5"))).all(),
        [MINUS, NINE],
    ),
    ("above a number", lambda table: table.counter.by_group(group="a", value=gt(Decimal("9.0"))).all(), [TEN]),
    ("below a number", lambda table: table.counter.by_group(group="a", value=lt(Decimal(0))).all(), [MINUS]),
    (
        "a number, written otherwise",
        lambda table: table.counter.by_group(group="a", value=Decimal("9.00")).all(),
        [NINE],
    ),
    ("what is refused", refused, ("number", "number", "name")),
    ("what is removed", removed, False),
    ("many at once", lambda table: table.counter.get_many([{"number": 9}, {"number": 1}]), [NINE, None]),
]
