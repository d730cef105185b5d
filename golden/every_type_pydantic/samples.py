"""A value of every type, what it is stored as, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pydantic
import pytest
from every_type_pydantic_store import (
    Card,
    Circle,
    Colour,
    EveryTypeTable,
    Level,
    Node,
    Point,
    Presence,
    Size,
    Square,
    Thing,
    Transfer,
)

Item = dict[str, dict[str, object]]

THING = Thing(
    id=UUID("12345678-1234-4123-8123-1234567890AB"),
    text="naïve \U0001f41f\x00\n",
    code="abc",
    address="ada@example.com",
    homepage="https://example.com/ada?x=%20",
    whole=-(10**37),
    small=-(2**31),
    big=2**63 - 1,
    even=98,
    ratio=0.1,
    single=-1e-20,
    double=1e100,
    share=1.0,
    price=Decimal("19.90"),
    quota=Decimal("-0.0000000000000000000000000000000000001"),
    flag=False,
    moment=datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-5))),
    day=date(2024, 2, 29),
    avatar=b"",
    blob=b"\x00\xff",
    colour=Colour.BLUE_ISH,
    level=Level.INTEGER__1,
    size=Size.LARGE,
    kind="thing",
    revision=3,
    final=True,
    anything={"list": [1, "two", None, True, {"deep": Decimal("2.5")}], "bytes": b"\x01", "set": {"a", "b"}},
    payload={"text": "x", "empty": {}, "none": None},
    words=["a", "b", "a"],
    matrix=[[1.5, 2.0], [], [3.0]],
    corners=[Point(x=0.0, y=0.0), Point(x=1.0, y=0.0, label="right")],
    holders=["ada", None],
    scores={"a": Decimal("1.10"), "b": Decimal("2")},
    labels={"a.b": "dotted"},
    places={"home": Point(x=52.0, y=4.0)},
    grid={"row": [1, 2], "none": []},
    tags={"x", ""},
    primes={2, 3, 5},
    prices={Decimal("1.5"), Decimal("2")},
    hashes={b"\x00", b"\x01"},
    colours={Colour.RED},
    days={date(2026, 1, 1)},
    where=Point(x=1.0, y=2.0),
    tree=Node(
        name="root",
        children=[Node(name="leaf"), Node(name="branch", children=[Node(name="twig", children=[])])],
        sibling=Node(name="other"),
    ),
    reference=12,
    mixed=["a"],
    payment=Transfer(method="transfer", iban="NL00"),
    shape=Square(side=2.0),
)
OTHER_BRANCHES = THING.model_copy(
    update={
        "id": UUID(int=0),
        "anything": None,
        "reference": "twelve",
        "mixed": False,
        "payment": Card(method="card", number="4111111111111111"),
        "shape": Circle(radius=0.5),
    }
)
DEFAULTS = Presence(number=1, nullable=None, nullable_with_default=None, nullable_set=None, nullable_any=None)
FILLED = Presence(
    number=2,
    optional="",
    optional_count=0,
    optional_price=Decimal("0.10"),
    optional_flag=False,
    optional_moment=datetime(2026, 1, 1, tzinfo=UTC),
    optional_blob=b"x",
    optional_colour=Colour.RED,
    optional_kind="thing",
    optional_any=[],
    optional_list=[],
    optional_map={},
    optional_set={"one"},
    optional_point=Point(x=1.0, y=2.0, label=""),
    optional_reference="r",
    nullable="",
    nullable_set={1},
    nullable_any="any",
    optional_nullable=Point(x=0.0, y=0.0),
    default_text="",
    default_count=0,
    default_ratio=0.0,
    default_price=Decimal("0"),
    default_flag=False,
    default_moment=datetime(2026, 1, 2, tzinfo=UTC),
    default_day=date(2026, 1, 2),
    default_id=UUID(int=1),
    default_blob=b"",
    default_colour=Colour.RED,
    default_level=Level.INTEGER_1,
    default_list=[],
    default_empty_list=["c"],
    default_map={},
    default_set={"y"},
    default_point=Point(x=0.0, y=0.0),
    default_reference="five",
    nullable_with_default="known",
    optional_nullable_with_default=None,
)

THING_ITEM: Item = {
    "PK": {"S": "THING#12345678-1234-4123-8123-1234567890ab"},
    "SK": {"S": "THING"},
    "EntityType": {"S": "Thing"},
    "id": {"S": "12345678-1234-4123-8123-1234567890ab"},
    "text": {"S": "naïve \U0001f41f\x00\n"},
    "code": {"S": "abc"},
    "address": {"S": "ada@example.com"},
    "homepage": {"S": "https://example.com/ada?x=%20"},
    "whole": {"N": "-10000000000000000000000000000000000000"},
    "small": {"N": "-2147483648"},
    "big": {"N": "9223372036854775807"},
    "even": {"N": "98"},
    "ratio": {"N": "0.1"},
    "single": {"N": "-1E-20"},
    "double": {"N": "1E+100"},
    "share": {"N": "1.0"},
    "price": {"N": "19.90"},
    "quota": {"N": "-1E-37"},
    "flag": {"BOOL": False},
    "moment": {"S": "2026-03-01T04:59:59.999999Z"},
    "day": {"S": "2024-02-29"},
    "avatar": {"B": b""},
    "blob": {"B": b"\x00\xff"},
    "colour": {"S": "blue-ish"},
    "level": {"N": "-1"},
    "size": {"S": "large"},
    "kind": {"S": "thing"},
    "revision": {"N": "3"},
    "final": {"BOOL": True},
    "anything": {
        "M": {
            "list": {"L": [{"N": "1"}, {"S": "two"}, {"NULL": True}, {"BOOL": True}, {"M": {"deep": {"N": "2.5"}}}]},
            "bytes": {"B": b"\x01"},
            "set": {"SS": ["a", "b"]},
        }
    },
    "payload": {"M": {"text": {"S": "x"}, "empty": {"M": {}}, "none": {"NULL": True}}},
    "words": {"L": [{"S": "a"}, {"S": "b"}, {"S": "a"}]},
    "matrix": {"L": [{"L": [{"N": "1.5"}, {"N": "2.0"}]}, {"L": []}, {"L": [{"N": "3.0"}]}]},
    "corners": {
        "L": [
            {"M": {"x": {"N": "0.0"}, "y": {"N": "0.0"}}},
            {"M": {"x": {"N": "1.0"}, "y": {"N": "0.0"}, "label": {"S": "right"}}},
        ]
    },
    "holders": {"L": [{"S": "ada"}, {"NULL": True}]},
    "scores": {"M": {"a": {"N": "1.10"}, "b": {"N": "2"}}},
    "labels": {"M": {"a.b": {"S": "dotted"}}},
    "places": {"M": {"home": {"M": {"x": {"N": "52.0"}, "y": {"N": "4.0"}}}}},
    "grid": {"M": {"row": {"L": [{"N": "1"}, {"N": "2"}]}, "none": {"L": []}}},
    "tags": {"SS": ["", "x"]},
    "primes": {"NS": ["2", "3", "5"]},
    "prices": {"NS": ["1.5", "2"]},
    "hashes": {"BS": [b"\x00", b"\x01"]},
    "colours": {"SS": ["red"]},
    "onDays": {"SS": ["2026-01-01"]},
    "where": {"M": {"x": {"N": "1.0"}, "y": {"N": "2.0"}}},
    "tree": {
        "M": {
            "name": {"S": "root"},
            "children": {
                "L": [
                    {"M": {"name": {"S": "leaf"}}},
                    {
                        "M": {
                            "name": {"S": "branch"},
                            "children": {"L": [{"M": {"name": {"S": "twig"}, "children": {"L": []}}}]},
                        }
                    },
                ]
            },
            "sibling": {"M": {"name": {"S": "other"}}},
        }
    },
    "reference": {"N": "12"},
    "mixed": {"L": [{"S": "a"}]},
    "payment": {"M": {"method": {"S": "transfer"}, "iban": {"S": "NL00"}}},
    "shape": {"M": {"side": {"N": "2.0"}}},
}
OTHER_BRANCHES_ITEM: Item = THING_ITEM | {
    "PK": {"S": "THING#00000000-0000-0000-0000-000000000000"},
    "id": {"S": "00000000-0000-0000-0000-000000000000"},
    "anything": {"NULL": True},
    "reference": {"S": "twelve"},
    "mixed": {"BOOL": False},
    "payment": {"M": {"method": {"S": "card"}, "number": {"S": "4111111111111111"}}},
    "shape": {"M": {"radius": {"N": "0.5"}}},
}
DEFAULTS_ITEM: Item = {
    "PK": {"S": "PRESENCE#1"},
    "SK": {"S": "PRESENCE"},
    "EntityType": {"S": "Presence"},
    "number": {"N": "1"},
    "nullable": {"NULL": True},
    "nullableSet": {"NULL": True},
    "nullableAny": {"NULL": True},
    "defaultText": {"S": 'a "quoted" text'},
    "defaultCount": {"N": "7"},
    "defaultRatio": {"N": "0.5"},
    "defaultPrice": {"N": "9.90"},
    "defaultFlag": {"BOOL": True},
    "defaultMoment": {"S": "2026-01-01T00:00:00.000000Z"},
    "defaultDay": {"S": "2026-01-01"},
    "defaultId": {"S": "00000000-0000-4000-8000-000000000000"},
    "defaultBlob": {"B": b"\x00\x01\x02"},
    "defaultColour": {"S": "green"},
    "defaultLevel": {"N": "2"},
    "defaultList": {"L": [{"S": "a"}, {"S": "b"}]},
    "defaultEmptyList": {"L": []},
    "defaultMap": {"M": {"one": {"N": "1"}}},
    "defaultSet": {"SS": ["x"]},
    "defaultPoint": {"M": {"x": {"N": "1.0"}, "y": {"N": "2.0"}}},
    "defaultReference": {"N": "5"},
    "nullableWithDefault": {"NULL": True},
    "optionalNullableWithDefault": {"S": "unknown"},
}
FILLED_ITEM: Item = {
    "PK": {"S": "PRESENCE#2"},
    "SK": {"S": "PRESENCE"},
    "EntityType": {"S": "Presence"},
    "number": {"N": "2"},
    "optional": {"S": ""},
    "optionalCount": {"N": "0"},
    "optionalPrice": {"N": "0.10"},
    "optionalFlag": {"BOOL": False},
    "optionalMoment": {"S": "2026-01-01T00:00:00.000000Z"},
    "optionalBlob": {"B": b"x"},
    "optionalColour": {"S": "red"},
    "optionalKind": {"S": "thing"},
    "optionalAny": {"L": []},
    "optionalList": {"L": []},
    "optionalMap": {"M": {}},
    "optionalSet": {"SS": ["one"]},
    "optionalPoint": {"M": {"x": {"N": "1.0"}, "y": {"N": "2.0"}, "label": {"S": ""}}},
    "optionalReference": {"S": "r"},
    "nullable": {"S": ""},
    "nullableSet": {"NS": ["1"]},
    "nullableAny": {"S": "any"},
    "optionalNullable": {"M": {"x": {"N": "0.0"}, "y": {"N": "0.0"}}},
    "defaultText": {"S": ""},
    "defaultCount": {"N": "0"},
    "defaultRatio": {"N": "0.0"},
    "defaultPrice": {"N": "0"},
    "defaultFlag": {"BOOL": False},
    "defaultMoment": {"S": "2026-01-02T00:00:00.000000Z"},
    "defaultDay": {"S": "2026-01-02"},
    "defaultId": {"S": "00000000-0000-0000-0000-000000000001"},
    "defaultBlob": {"B": b""},
    "defaultColour": {"S": "red"},
    "defaultLevel": {"N": "1"},
    "defaultList": {"L": []},
    "defaultEmptyList": {"L": [{"S": "c"}]},
    "defaultMap": {"M": {}},
    "defaultSet": {"SS": ["y"]},
    "defaultPoint": {"M": {"x": {"N": "0.0"}, "y": {"N": "0.0"}}},
    "defaultReference": {"S": "five"},
    "nullableWithDefault": {"S": "known"},
    "optionalNullableWithDefault": {"NULL": True},
}

ENTITIES: list[tuple[str, object, Item]] = [
    ("Thing", THING, THING_ITEM),
    ("Thing", OTHER_BRANCHES, OTHER_BRANCHES_ITEM),
    ("Presence", DEFAULTS, DEFAULTS_ITEM),
    ("Presence", FILLED, FILLED_ITEM),
]

BROKEN: dict[str, object] = {
    "text": 1,
    "code": "ABC",
    "address": "nobody",
    "homepage": "no uri",
    "small": 2**31,
    "big": -(2**63) - 1,
    "even": 7,
    "share": 0.0,
    "price": Decimal("0.001"),
    "quota": Decimal("1000"),
    "moment": datetime(2026, 1, 1),
    "blob": b"",
    "colour": "mauve",
    "level": 4,
    "kind": "other",
    "revision": 4,
    "words": ["a", ""],
    "corners": [Point(x=0.0, y=0.0), Point(x=0.0, y=0.0)],
    "labels": {},
    "payment": Circle(radius=1.0),
}
"""Values that break the schema."""


def refused(table: EveryTypeTable) -> list[str]:
    """The properties whose broken values are refused before anything is stored."""
    found: list[str] = []
    for name, value in BROKEN.items():
        thing = THING.model_copy()
        with pytest.raises(pydantic.ValidationError) as caught:
            setattr(thing, name, value)
        found.append(str(caught.value.errors()[0]["loc"][0]))
    return found


QUERIES: list[tuple[str, Callable[[EveryTypeTable], object], object]] = [
    ("by key", lambda table: table.thing.get_one(id=THING.id), THING),
    ("by partition", lambda table: table.presence.by_number(number=2).all(), [FILLED]),
    ("what is refused", refused, list(BROKEN)),
]
