"""Random entities of a compiled package, from its representation: a new field type needs a case here, or fails loudly.

Rules of this file:
- Only what the schema admits and DynamoDB can hold; what neither does is for other tests.
- The edges come often: empty texts and collections, the last code points, 38 digits, the ends of int64, of floats and
  of the calendar.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st

from entitystore_generator.emit.python_types import has_default, may_be_none
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    DateTimeType,
    DateType,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    UnionType,
    UuidType,
)
from entitystore_generator.patterns import to_python
from tests.compiled import Compiled

__all__ = ["Strategies", "datetimes", "decimals", "floats", "texts"]

Some = st.SearchStrategy[Any]

EDGE_TEXTS = [
    "",
    " ",
    "\0",
    "#",
    "a#b",
    "\u2028",
    "ÿ",
    "é",
    "e\u0301",
    "\U0001f600",
    "\ud7ff",
    "\ue000",
    "\U0010fffe",
    '"\\',
    "{x}",
]


def texts(min_size: int = 0, max_size: int | None = None) -> Some:
    """Any text that UTF-8 can hold."""
    limit = 12 if max_size is None else min(max_size, 12)
    edges = [text for text in EDGE_TEXTS if min_size <= len(text) <= limit]
    anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=min_size, max_size=limit)
    return anything | st.sampled_from(edges) if edges else anything


def decimals() -> Some:
    """Any number that DynamoDB holds: 38 digits, magnitudes from 1E-130 to 9.99E+125."""
    whole = st.integers(-(10**38) + 1, 10**38 - 1)
    moved = st.builds(lambda number, power: Decimal(f"{number}E{power}"), whole, st.integers(-130, 87))
    held = moved.filter(lambda number: number.is_zero() or -130 <= number.adjusted() <= 125)
    edges = ["0", "-0", "0.00", "1.50", "9." + "9" * 37 + "E+125", "-1E-130", "1E+2", "0.1", "1" + "0" * 37]
    small = st.decimals(-(10**6), 10**6, places=2)
    return held | small | st.sampled_from(edges).map(Decimal)


def floats() -> Some:
    """Any float that DynamoDB holds."""
    held = st.floats(-9.99e125, 9.99e125).filter(lambda number: number == 0 or abs(number) >= 1e-130)
    return held | st.sampled_from([0.0, -0.0, 0.1, 1e22, 5e-130, -9.9e125, 2.0**53 + 2])


def datetimes() -> Some:
    """Any instant of the calendar, in any zone; the fraction is often absent."""
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    day = timedelta(days=1)
    anywhere = st.datetimes(datetime.min + day, datetime.max - day, timezones=zones | st.just(UTC))
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    before_us = first.astimezone(timezone(timedelta(hours=9)))
    return anywhere | anywhere.map(lambda at: at.replace(microsecond=0)) | st.sampled_from([first, last, before_us])


def emails() -> Some:
    label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
    return st.builds(lambda name, host, top: f"{name}@{host}.{top}", label, label, label)


def uris() -> Some:
    path = st.text(string.ascii_letters + string.digits + "-._~/%?&=", max_size=12)
    return path.map(lambda text: f"https://example.com/{text}")


_FIND = settings(database=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
_found: dict[FieldType, Any] = {}  # a search takes half a second, and these values have no class of a package


class Strategies:
    """Strategies for the classes of one package."""

    def __init__(self, compiled: Compiled) -> None:
        self._package = compiled.package
        self._module = vars(compiled.module)
        self._models = vars(__import__(f"{compiled.module.__name__}.models", fromlist=["models"]))
        self._scalars: dict[type, Callable[[Any], Some]] = {
            StringType: self._string,
            IntegerType: _integer,
            NumberType: _number,
            BooleanType: lambda type_: st.booleans(),
            DateTimeType: lambda type_: datetimes(),
            DateType: lambda type_: st.dates(),
            UuidType: lambda type_: st.uuids(),
            BytesType: lambda type_: st.binary(min_size=type_.min_length or 0, max_size=type_.max_length or 20),
            EnumType: lambda type_: st.sampled_from(list(self._models[type_.class_name])),
            LiteralType: lambda type_: st.just(type_.value),
            AnyType: lambda type_: _anything(),
        }

    def entity(self, class_name: str, **fixed: Some) -> Some:
        """Objects of a class, of which a few properties at a time are anything and the others the simplest value.

        `fixed` are strategies for some of its properties. To draw all of them each time would take seconds.
        """
        made: Callable[..., Any] = self._models[class_name]
        fields = self._package.model(class_name).fields
        plain = {
            field.name: self._plain(field) for field in fields if not has_default(field) and field.name not in fixed
        }
        strategies = {field.name: self._field(field, 2) for field in fields if field.name not in fixed}
        some = st.lists(st.sampled_from(sorted(strategies)), unique=True, max_size=6)
        varied = some.flatmap(lambda names: st.fixed_dictionaries({name: strategies[name] for name in names} | fixed))
        return varied.map(lambda given: made(**(plain | given)))

    def simplest(self, class_name: str) -> Any:
        """The object of a class that has no more than it needs."""
        return self._simplest(ObjectType(class_name))

    def simplest_value(self, type_: FieldType) -> Any:
        """The value of a type that has no more than it needs."""
        return self._simplest(type_)

    def _plain(self, field: Field) -> Any:
        return None if may_be_none(field) else self._simplest(field.type)

    def _simplest(self, type_: FieldType) -> Any:
        """A value of a type, without the half second that a search takes, where it is plain what to give."""
        match type_:
            case ObjectType(class_name=name):
                given = [field for field in self._package.model(name).fields if not has_default(field)]
                return self._models[name](**{field.name: self._plain(field) for field in given})
            case UnionType(options=options):
                return self._simplest(options[0].type)
            case ListType(min_items=None):
                return []
            case SetType(min_items=None):
                return set()
            case MapType(min_properties=None):
                return {}
            case AnyType():
                return None
            case EnumType(class_name=name):
                return next(iter(self._models[name]))
        if type_ not in _found:
            _found[type_] = find(self.value(type_), lambda value: True, settings=_FIND)
        return _found[type_]

    def _object(self, class_name: str, depth: int) -> Some:
        made: Callable[..., Any] = self._models[class_name]
        required: dict[str, Some] = {}
        optional: dict[str, Some] = {}
        for field in self._package.model(class_name).fields:
            (optional if has_default(field) else required)[field.name] = self._field(field, depth)
        return st.fixed_dictionaries(required, optional=optional).map(lambda given: made(**given))

    def _field(self, field: Field, depth: int) -> Some:
        none = [st.none()] if may_be_none(field) else []
        if depth <= 0 and not field.required:  # the end of what contains itself
            return st.none() if none else self._empty(field.type)
        return st.one_of(*none, self.value(field.type, depth))

    def _empty(self, type_: FieldType) -> Some:
        return st.just(set()) if isinstance(type_, SetType) else self.value(type_, 0)

    def value(self, type_: FieldType, depth: int = 2) -> Some:
        """Values of a type."""
        few = 3 if depth > 0 else 0
        match type_:
            case NullableType(inner=inner):
                return st.none() | self.value(inner, depth)
            case ObjectType(class_name=name):
                return st.deferred(lambda: self._object(name, depth - 1))
            case UnionType(options=options):
                return st.one_of([self.value(option.type, depth) for option in options])
            case ListType(item=item, min_items=low, max_items=high):
                most = min(max(few, low or 0), high or few)
                return st.lists(self.value(item, depth), min_size=low or 0, max_size=most, unique=type_.unique_items)
            case SetType(item=item, min_items=low, max_items=high):
                return st.sets(self.value(item, depth), min_size=low or 0, max_size=high or few)
            case MapType(value=inner, min_properties=low, max_properties=high):
                most = few if high is None else high
                return st.dictionaries(texts(1), self.value(inner, depth), min_size=low or 0, max_size=most)
        return self._scalars[type(type_)](type_)

    def _string(self, type_: StringType) -> Some:
        if type_.pattern is not None:
            pattern = to_python(type_.pattern)
            assert pattern is not None
            return st.from_regex(pattern, fullmatch=True).filter(lambda text: _fits(text, type_))
        match type_.format:
            case "email":
                return emails().filter(lambda text: _fits(text, type_))
            case "uri":
                return uris().filter(lambda text: _fits(text, type_))
        return texts(type_.min_length or 0, type_.max_length)


def _fits(text: str, type_: StringType) -> bool:
    return (type_.min_length or 0) <= len(text) <= (type_.max_length or len(text))


def _integer(type_: IntegerType) -> Some:
    low, high = type_.bounds
    low, high = -(10**38) + 1 if low is None else low, 10**38 - 1 if high is None else high
    step = type_.multiple_of or 1
    numbers = st.integers(-(-low // step), high // step).map(lambda number: number * step)
    return numbers | st.sampled_from(
        [number for number in (low, high, 0) if low <= number <= high and number % step == 0]
    )


def _number(type_: NumberType) -> Some:
    bounds = (type_.minimum, type_.maximum, type_.exclusive_minimum, type_.exclusive_maximum, type_.multiple_of)
    assert bounds == (None,) * 5, "bounds of numbers are for the tests of constraints"
    return decimals() if type_.decimal else floats()


def _anything() -> Some:
    leaves = (
        st.none()
        | st.booleans()
        | texts()
        | st.integers(-(10**38) + 1, 10**38 - 1)
        | decimals()
        | st.binary(max_size=5)
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(min_size=1), inner, max_size=3),
        max_leaves=8,
    )
