"""Events, whose keys are computed from what they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zlib import crc32

import pytest
from msgspec.structs import replace
from transforms_store import Event, TransformsTable

from entitystore import between, ge, gt, le, lt
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

FIRST = Event(
    stream="main",
    number=1,
    at=datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    name="ÄRGER",
    balance=-5,
    price=Decimal("-10"),
)
SECOND = replace(FIRST, number=2, balance=3, price=Decimal("-9.5"), region="Groß", rank=7)
TENTH = replace(FIRST, number=11, balance=20, price=Decimal("0.001"), rank=-7)

SHARD = crc32("ÄRGER".encode()) % 4


def _event(number: int, balance: tuple[str, str], price: tuple[str, str], **attributes: dict[str, object]) -> Item:
    return {
        "PK": {"S": "MAIN"},
        "SK": {"S": f"EVENT#{99999999 - number}"},
        "GSI1PK": {"S": "NAME#ärger"},
        "GSI1SK": {"S": "2026-03-01T12:00:00.123Z"},
        "GSI2PK": {"S": f"SHARD#{number % 10 + 1}"},
        "GSI2SK": {"S": balance[1]},
        "GSI3PK": {"S": f"SPREAD#{SHARD}"},
        "GSI3SK": {"S": price[1]},
        "GSI4PK": {"S": "REGION#NONE"},
        "GSI4SK": {"S": "unranked"},
        "EntityType": {"S": "Event"},
        "stream": {"S": "main"},
        "number": {"N": str(number)},
        "at": {"S": "2026-03-01T12:00:00.123456Z"},
        "name": {"S": "ÄRGER"},
        "balance": {"N": balance[0]},
        "price": {"N": price[0]},
        **attributes,
    }


ENTITIES: list[tuple[str, object, Item]] = [
    ("Event", FIRST, _event(1, ("-5", "09223372036854775803"), ("-10", "48688~"))),
    (
        "Event",
        SECOND,
        _event(
            2,
            ("3", "09223372036854775811"),
            ("-9.5", "486904~"),
            region={"S": "Groß"},
            rank={"N": "7"},
            GSI4PK={"S": "REGION#GROSS"},
            GSI4SK={"S": "09223372036854775815"},
        ),
    ),
    (
        "Event",
        TENTH,
        _event(
            11,
            ("20", "09223372036854775828"),
            ("0.001", "61271!"),
            rank={"N": "-7"},
            GSI4SK={"S": "09223372036854775801"},
        ),
    ),
]


def refused(table: TransformsTable) -> list[str]:
    """Numbers that their text has no room for."""
    wide = replace(FIRST, number=10**8)
    large = replace(FIRST, balance=2**63 - 1, rank=2**63)
    found: list[str] = []
    for event in (wide, large):
        with pytest.raises(ValidationError) as caught:
            table.event.put(event)
        found.append(caught.value.field)
    return found


QUERIES: list[tuple[str, Callable[[TransformsTable], object], object]] = [
    ("whatever the case", lambda table: table.event.by_stream(stream="MaIn").first(), TENTH),
    (
        "newest first on a forward read",
        lambda table: table.event.by_stream(stream="main").all(),
        [TENTH, SECOND, FIRST],
    ),
    (
        "a range of numbers, though their texts descend",
        lambda table: table.event.by_stream(stream="main", number=between(2, 11)).all(),
        [TENTH, SECOND],
    ),
    ("above a number", lambda table: table.event.by_stream(stream="main", number=gt(2)).all(), [TENTH]),
    ("up to a number", lambda table: table.event.by_stream(stream="main", number=le(2)).all(), [SECOND, FIRST]),
    ("one event", lambda table: table.event.get_one(stream="MAIN", number=2), SECOND),
    ("by name, whatever the case", lambda table: table.event.by_name(name="Ärger").count(), 3),
    (
        "by milliseconds",
        lambda table: table.event.by_name(name="ÄRGER", at=datetime(2026, 3, 1, 12, 0, 0, 123999, tzinfo=UTC)).count(),
        3,
    ),
    ("over all shards, in one order", lambda table: table.event.by_gsi2().all(), [FIRST, SECOND, TENTH]),
    ("negative numbers first", lambda table: table.event.by_gsi2(balance=lt(0)).all(), [FIRST]),
    ("decimals in their order", lambda table: table.event.by_gsi3().all(), [FIRST, SECOND, TENTH]),
    (
        "a range of decimals",
        lambda table: table.event.by_gsi3(price=between(Decimal("-9.75"), Decimal("0.0010"))).all(),
        [SECOND, TENTH],
    ),
    ("what has no region", lambda table: table.event.by_region(region=None).all(), [TENTH, FIRST]),
    ("of a region", lambda table: table.event.by_region(region="groß", rank=ge(7)).all(), [SECOND]),
    ("what is refused", refused, ["number", "rank"]),
]
