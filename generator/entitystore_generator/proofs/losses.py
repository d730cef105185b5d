"""Whether two values of a property have the same texts in all components of a key that it stands in.

    SK: "DAY#{at:%Y-%m-%d}"     two times of one day

Rules of this file:
- A text tells all where the value can be read back from it. Elsewhere values are written and compared: all of them
  where they are few, else some that differ in what the component leaves out. So every yes has two values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Several
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from math import isqrt, lcm

from entitystore_generator.ir.model import (
    BooleanType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    IntegerType,
    LiteralType,
    NumberType,
    Package,
    StringType,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.chains import some_texts
from entitystore_generator.proofs.language import string_texts
from entitystore_generator.proofs.values import admits, in_any_case, text_of, values_of
from entitystore_generator.proofs.writing import Value

__all__ = ["two_values"]

_STEPS = 5
_TEXTS = 60
_CASES = 4
_MOMENT = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
_ALIKE = (
    *(_MOMENT.replace(year=1926), _MOMENT.replace(year=2027), _MOMENT.replace(month=2)),
    *(_MOMENT + timedelta(days=days) for days in (7, 1)),
    *(_MOMENT + timedelta(hours=hours) for hours in (12, 1)),
    *(_MOMENT.replace(minute=5), _MOMENT.replace(second=6), _MOMENT.replace(microsecond=1006)),
    _MOMENT.replace(microsecond=7),
)
"""Moments that differ from `_MOMENT` in one part, the largest first."""


def two_values(
    components: Several[Component], package: Package, steps: Steps
) -> tuple[Value | None, Value | None] | None:
    """Two values of the property of these components that have one text in each; None if none were found."""
    known: dict[tuple[str | None, ...], Value | None] = {}
    for value in _sample(components, package, steps):
        steps.take(_STEPS)
        texts = tuple(text_of(component, value) for component in components)
        if None in texts:
            continue
        other = known.setdefault(texts, value)
        if other != value or type(other) is not type(value):
            return other, value
    return None


def _sample(components: Several[Component], package: Package, steps: Steps) -> Iterator[Value | None]:
    yield None
    defaults = [(each, each.default) for each in components if each.default is not None]
    told = [(component, text) for component, text in defaults if text is not None]
    if len(told) == len(components):
        yield from islice(values_of(told, package, steps), 2)
    type_ = components[0].field.type
    values: Iterable[Value] = _values(components, package, steps)
    yield from (value for value in values if admits(type_, value, package))


def _values(components: Several[Component], package: Package, steps: Steps) -> Iterable[Value]:
    count = _enough(components)
    match components[0].field.type:
        case BooleanType():
            return (True, False)
        case EnumType(class_name=name):
            return (member.value for member in package.enum(name).members)
        case LiteralType(value=value):
            return (value,)
        case IntegerType() as integer:
            return _integers(integer, components, count)
        case NumberType():
            return map(Decimal, range(count))
        case UuidType():
            return (f"7d3f0c1a-5b2e-4c6d-8e9f-{number:012x}" for number in range(count))
        case StringType() as type_:
            return _strings(type_, count, steps)
        case DateTimeType():
            return _times(count)
        case DateType():
            return dict.fromkeys(moment.date() for moment in _times(count))
        case _:
            return ()


def _enough(components: Iterable[Component]) -> int:
    """So many values that two of them are in one shard, most probably: the birthday problem."""
    steps = (step for component in components for step in component.transforms)
    shards = max((step.argument or 1 for step in steps if step.kind is TransformKind.SHARD), default=1)
    return min(_TEXTS + 4 * isqrt(shards), 5_000)


def _integers(integer: IntegerType, components: Iterable[Component], count: int) -> Iterator[int]:
    low, high = integer.bounds
    step = integer.multiple_of or 1
    steps = (each for component in components for each in component.transforms)
    divisors = [each.argument or 1 for each in steps if each.kind is TransformKind.MOD]
    period = lcm(step, *divisors)
    first = -(-low // step) * step if low is not None else 0 if high is None or high >= 0 else high // step * step
    direction = -1 if low is None and first < 0 else 1
    yield first
    yield first + direction * period
    yield from (first + direction * step * number for number in range(1, count))


def _strings(type_: StringType, count: int, steps: Steps) -> Iterator[str]:
    for text in some_texts(automaton(string_texts(type_)), count, steps):
        yield text
        yield from islice(in_any_case(type_, text, steps), _CASES)


def _times(count: int) -> Iterator[datetime]:
    yield _MOMENT
    yield from _ALIKE
    yield from (_MOMENT + timedelta(days=number, microseconds=number) for number in range(1, count))
