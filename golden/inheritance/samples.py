"""Vehicles: entities that include other schemas."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pydantic
import pytest
from inheritance_store import Bicycle, Company, FleetTable, Gravel, Livestock, Person, Truck

Item = dict[str, dict[str, object]]

TRUCK = Truck(
    id="t1",
    wheels=6,
    owner=Company(name="Haul", register_="NL1"),
    load=Livestock(kind="Livestock", weight=Decimal("900.5"), heads=12),
    spare=Gravel(kind="Gravel", weight=Decimal("1")),
)
EMPTY = Truck(id="t2", wheels=4, note="new", load=Gravel(kind="Gravel", weight=Decimal("0"), grain=3))
BICYCLE = Bicycle(id="b1", gears=3, wheels=2, owner=Person(name="Ada"), previous_owner=Person(name="Bob"), lock="12")

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Truck",
        TRUCK,
        {
            "PK": {"S": "VEHICLE#t1"},
            "SK": {"S": "TRUCK"},
            "EntityType": {"S": "Truck"},
            "id": {"S": "t1"},
            "wheels": {"N": "6"},
            "owner": {"M": {"name": {"S": "Haul"}, "register": {"S": "NL1"}}},
            "load": {"M": {"kind": {"S": "Livestock"}, "weight": {"N": "900.5"}, "heads": {"N": "12"}}},
            "spare": {"M": {"kind": {"S": "Gravel"}, "weight": {"N": "1"}}},
        },
    ),
    (
        "Truck",
        EMPTY,
        {
            "PK": {"S": "VEHICLE#t2"},
            "SK": {"S": "TRUCK"},
            "EntityType": {"S": "Truck"},
            "id": {"S": "t2"},
            "note": {"S": "new"},
            "wheels": {"N": "4"},
            "load": {"M": {"kind": {"S": "Gravel"}, "weight": {"N": "0"}, "grain": {"N": "3"}}},
        },
    ),
    (
        "Bicycle",
        BICYCLE,
        {
            "PK": {"S": "VEHICLE#b1"},
            "SK": {"S": "BICYCLE"},
            "EntityType": {"S": "Bicycle"},
            "id": {"S": "b1"},
            "wheels": {"N": "2"},
            "gears": {"N": "3"},
            "owner": {"M": {"name": {"S": "Ada"}}},
            "previousOwner": {"M": {"name": {"S": "Bob"}}},
            "lock": {"S": "12"},
        },
    ),
]


def refused(table: FleetTable) -> list[object]:
    """A bound that the entity adds to an included property, and a branch under the other's tag."""
    with pytest.raises(pydantic.ValidationError) as few:
        Truck(id="t3", wheels=3, load=TRUCK.load)
    return [error["loc"][0] for error in few.value.errors()]


QUERIES: list[tuple[str, Callable[[FleetTable], object], object]] = [
    ("a truck", lambda table: table.truck.get_one(id="t1"), TRUCK),
    ("a bicycle is no truck", lambda table: table.truck.find(id="b1"), None),
    ("what is refused", refused, ["wheels"]),
]
