"""No write of what the schema does not allow, whatever was done to an entity after it was made.

A valid entity is changed at random places, in every way that Python leaves open: `model_copy`, `model_construct`,
attributes set behind the class's back, elements, keys and members of what it holds. Whatever comes of it either is a
ValidationError before anything is sent, or is stored such that the same entity is read.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import enum
import importlib
import math
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from types import new_class
from typing import Any
from uuid import UUID

import msgspec
import pytest

from entitystore.codec import json_bytes
from entitystore.errors import ValidationError
from entitystore_generator.emit.python_types import has_default
from entitystore_generator.ir.model import (
    AnyType,
    FieldType,
    ListType,
    MapType,
    NullableType,
    ObjectType,
    SetType,
    UnionType,
)
from tests.compiled import Compiled
from tests.roundtrip.strategies import Strategies


class Text(str):
    def __str__(self) -> str:
        return "another text"

    __format__ = object.__format__


class Shade(str, enum.Enum):  # noqa: UP042 - what StrEnum replaced, and what is formatted in another way
    RED = "red"
    A = "a"


class Colour(enum.StrEnum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Whole(int):
    def __str__(self) -> str:
        return "a number"

    __repr__ = __str__


class Real(float):
    def __repr__(self) -> str:
        return "a float"


class Moment(datetime.datetime):
    pass


class Never(datetime.tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, moment: datetime.datetime | None) -> None:
        return None

    dst = tzname = utcoffset


UTC = datetime.UTC
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 10**38, -(10**39), Whole(1), Number.ONE),
    *(1.0, 1.5, -0.0, math.nan, math.inf, 1e300, 5e-324, Real(1.5)),
    *map(Decimal, ("1", "-0", "1.5", "NaN", "sNaN", "-Infinity", "1E+126", "1E-131", "1." + "1" * 40)),
    *("", "a", "red", "A B", "1", "\ud800", "a\udfff", "é\U0001f600", "x" * 50, "2024-01-01", "a@b.c"),
    *(Text("a"), Shade.RED, Shade.A, Colour.RED),
    *(b"", b"\xff", bytearray(b"a"), memoryview(b"a")),
    datetime.datetime(2024, 1, 1),
    datetime.datetime(2024, 1, 1, tzinfo=UTC),
    datetime.datetime(2024, 1, 1, tzinfo=Never()),
    datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=14))),
    Moment(2024, 1, 1, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=5))),
    *(datetime.date(2024, 1, 1), datetime.time(1), datetime.timedelta(1)),
    *(UUID(int=1), str(UUID(int=1)), object(), int, len),
    *([], [None], [1, "a"], ["a", "a"], [[]], (), ("a",), {}, {"a": 1}, {1: "a"}, {"a": None}, {"\ud800": "a"}),
    *(set(), {"a"}, {1, 2.5}, {"a", 1}, frozenset({"a"}), {Decimal("NaN"), Decimal(1)}, {math.nan, 1.0}),
]


def is_object(value: object) -> bool:
    """Whether it is an object of a generated class."""
    own = ("__pydantic_fields_set__", "__struct_fields__", "__dataclass_fields__")
    return not isinstance(value, type) and any(hasattr(value, name) for name in own)


def properties(value: Any) -> list[str]:
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    return list(getattr(value, "__struct_fields__", None) or type(value).model_fields)


def given(thing: Any) -> dict[str, Any]:
    """The properties that it has."""
    return {name: getattr(thing, name) for name in properties(thing) if hasattr(thing, name)}


def plain(value: Any) -> Any:
    """What is compared: objects by their properties, since those of a subclass come back as the class's own."""
    if is_object(value):
        return {name: plain(each) for name, each in given(value).items()}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def typed(entity: Any) -> Any:
    """What is compared of an entity: of free-form values a UUID or a datetime comes back as the text that it became."""
    return {name: value for name, value in plain(entity).items() if not name.endswith("anything")}


def force(thing: Any, name: str, value: Any) -> None:
    """Set a property without a look at what the class thinks of it."""
    if hasattr(thing, "__pydantic_fields_set__"):
        thing.__dict__[name] = value
    else:
        setattr(thing, name, value)


Place = tuple[Any, Callable[[Any], None]]
"""A value within an entity, and how another one takes its place."""


def places(thing: Any, replace: Callable[[Any], None]) -> Iterator[Place]:
    """The value itself, and all that stand in it."""
    yield thing, replace
    if is_object(thing):
        for name, each in given(thing).items():
            yield from places(each, partial(force, thing, name))
    elif isinstance(thing, list):
        for number, each in enumerate(thing):
            yield from places(each, partial(thing.__setitem__, number))
    elif isinstance(thing, dict):
        for key, each in list(thing.items()):
            yield from places(each, partial(thing.__setitem__, key))


def other_objects(thing: Any) -> list[Any]:
    """What may be taken for an object and is none: its properties as a dict, and instances of subclasses."""
    values, kind = given(thing), type(thing)
    more: Any
    same: Any
    if dataclasses.is_dataclass(thing):
        more = dataclasses.make_dataclass("More", [("more", int, 1)], bases=(kind,), kw_only=True)
        same = type("Same", (kind,), {})
    elif isinstance(thing, msgspec.Struct):
        given_tag: Any = {"kw_only": True, "tag": thing.__struct_config__.tag}
        more = new_class("More", (kind,), given_tag, lambda own: own.update(__annotations__={"more": int}, more=1))
        same = new_class("Same", (kind,), given_tag)
    else:
        own = {"__annotations__": {"more": int}, "more": 1, "__module__": __name__}
        more, same = type("More", (kind,), own), type("Same", (kind,), {"__module__": __name__})
        return [values, more.model_construct(**values), same.model_construct(**values)]
    return [values, more(**values), same(**values)]


def mutate(entity: Any, rng: random.Random) -> Any:
    """The entity with one thing changed, at any depth."""
    value, replace = rng.choice(list(places(entity, lambda value: None))[1:])
    kinds = ["replace", "replace", "hold"]
    if is_object(value):
        kinds += ["delete", "object"] + ["copy", "construct", "more"] * hasattr(value, "model_copy")
    match rng.choice(kinds):
        case "replace":
            replace(rng.choice(VALUES))
        case "hold":
            hold(value, rng.choice(VALUES))
        case "object":
            replace(rng.choice(other_objects(value)))
        case "delete":
            name = rng.choice(properties(value))
            if hasattr(value, name):
                delattr(value, name)
        case "construct":
            left = rng.choice(properties(value))
            replace(type(value).model_construct(**{name: each for name, each in given(value).items() if name != left}))
        case kind:
            name = "later" if kind == "more" else rng.choice(properties(value))
            replace(value.model_copy(update={name: rng.choice(VALUES)}))
    return entity


def hold(value: Any, more: Any) -> None:
    """Put one more into a list, a set or a dict."""
    if isinstance(value, list):
        value.append(more)
    elif isinstance(value, set) and getattr(more, "__hash__", None) and not _raises(lambda: hash(more)):
        value.add(more)
    elif isinstance(value, dict) and not _raises(lambda: hash(more)):
        value[more if isinstance(more, int) else "key"] = more


def _raises(call: Callable[[], object]) -> bool:
    try:
        call()
    except (TypeError, ValueError):
        return True
    return False


class Filled:
    """Entities in which every list, set and map holds something and nothing is left out, as deep as it is worth."""

    def __init__(self, compiled: Compiled) -> None:
        self._package = compiled.package
        self._models = importlib.import_module(f"{compiled.module.__name__}.models")
        self._simplest = Strategies(compiled)

    def entity(self, class_name: str, depth: int = 2) -> Any:
        fields = self._package.model(class_name).fields
        values = {field.name: self._value(field.type, depth) for field in fields if depth > 0 or not has_default(field)}
        return getattr(self._models, class_name)(**values)

    def _value(self, type_: FieldType, depth: int) -> Any:
        match type_:
            case ObjectType(class_name=name):
                return self.entity(name, depth - 1)
            case UnionType(options=options):
                return self._value(options[-1].type, depth)
            case NullableType(inner=inner):
                return self._value(inner, depth)
            case ListType(item=item):
                return [self._value(item, depth)]
            case SetType(item=item):
                return {self._value(item, depth)}
            case MapType(value=inner):
                return {"k": self._value(inner, depth)}
            case AnyType():
                return {"k": [1]}
        return self._simplest.simplest_value(type_)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_written_is_valid_or_refused(every_type: Compiled, seed: int) -> None:
    entity = Filled(every_type).entity("Everything")
    codec = every_type.store_module("everything").CODEC
    rng = random.Random(seed)
    written = 0
    for _ in range(300):
        changed = copy.deepcopy(entity)
        for _ in range(rng.randint(1, 2)):
            mutate(changed, rng)
        try:
            item = codec.item_of(changed)
            json_bytes(item)
        except ValidationError:
            continue
        assert typed(codec.read_item(item)) == typed(changed)
        written += 1
    assert 30 < written < 270
