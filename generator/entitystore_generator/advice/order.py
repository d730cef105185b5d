"""ES310: values in a sort key whose texts are in another order than the values.

Rules of this file:
- DynamoDB compares bytes. A range condition and a sorted read are right only where the texts order as the values do,
  so integers, decimals, dates and times are looked at; texts order as themselves.
- A strftime format is in order if its parts go from the year down without a gap, counting what earlier macros of the
  same property say: `{t:%Y-%m}` in the partition and `{t:%d}` in the sort key are in order.
- Shards (`|mod`, `|shard`) and `|desc` are chosen for their order, or against one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, shown, warning
from entitystore_generator.ir.model import (
    Component,
    DateTimeType,
    DateType,
    Entity,
    IndexKeys,
    IntegerType,
    KeyTemplate,
    NumberType,
    Package,
    TransformKind,
)
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]

_FOLLOWS = {"Y": "mjUW", "m": "d", "d": "H", "j": "H", "H": "M", "M": "S", "S": "f", "G": "V", "V": "u", "u": "H"}
"""What may come next after each strftime directive, so that the text stays in the order of time."""
_ORDERED_BY_DESIGN = (TransformKind.DESC, TransformKind.SORTABLE, TransformKind.MOD, TransformKind.SHARD)
_MAX_DIGITS = 39
_UNBOUNDED = 10**_MAX_DIGITS


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Components of sort keys that are out of order."""
    for entity in package.entities:
        for keys in entity.all_keys:
            if keys.sort is not None and keys.index.sort is not None and keys.index.sort.type == "S":
                for template in keys.sort.templates:
                    yield from _in_template(entity, keys, template)


def _in_template(entity: Entity, keys: IndexKeys, template: KeyTemplate) -> Iterator[Finding]:
    earlier = [part for each in keys.partition.templates for part in each.components]
    for component in template.components:
        if component.identity not in [each.identity for each in earlier]:
            fault = _fault(component, earlier)
            if fault is not None:
                reason, hint = fault
                message = f"{shown(component)} in {keys.sort.logical if keys.sort else ''} is not in order: {reason}"
                yield warning("ES310", message, component.position, hint, entity, component.path)
        earlier.append(component)


def _fault(component: Component, earlier: list[Component]) -> tuple[str, str] | None:
    """Why the texts are not in the order of the values, and what to write; None if they are."""
    if any(step.kind in _ORDERED_BY_DESIGN for step in component.transforms):
        return None
    path = ".".join(field.wire_name for field in component.path)
    match component.field.type:
        case IntegerType() as type_ if not component.format.startswith("0"):
            pair = _misordered(type_, _added(component))
            return (_reason(pair), _number_hint(path, type_)) if pair else None
        case NumberType() as type_:
            decimals = _misordered_decimal(type_)
            return (_reason(decimals), f"write {{{path}|sortable}}") if decimals else None
        case DateTimeType() | DateType() if component.format:
            return _format_fault(component, earlier, path)
        case _:
            return None


def _reason(pair: tuple[object, object]) -> str:
    return f"{pair[1]} comes before {pair[0]} as text"


def _added(component: Component) -> int:
    return sum(step.argument or 0 for step in component.transforms if step.kind is TransformKind.ADD)


def _misordered(type_: IntegerType, added: int = 0) -> tuple[int, int] | None:
    """Two values of the type, the lower first, whose texts are the other way round; None if there are none."""
    step = type_.multiple_of or 1
    low = -_UNBOUNDED if type_.minimum is None else type_.minimum
    high = _UNBOUNDED if type_.maximum is None else type_.maximum
    for upper in _upper_values(step, high, added):
        lower = upper - step
        if low <= lower and upper <= high and str(lower + added) > str(upper + added):
            return lower, upper
    return None


def _upper_values(step: int, high: int, added: int) -> Iterator[int]:
    """Where an order of texts breaks, if it does: at each new digit, and among negative numbers anywhere."""
    for digits in range(1, _MAX_DIGITS):
        yield -(-(10**digits - added) // step) * step
    highest = min(high, -1 - added) // step * step
    yield from range(highest, highest - 20 * step, -step)


def _misordered_decimal(type_: NumberType) -> tuple[object, object] | None:
    lows = [bound for bound in (type_.minimum, type_.exclusive_minimum) if bound is not None]
    highs = [bound for bound in (type_.maximum, type_.exclusive_maximum) if bound is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    pair = _misordered(IntegerType(None if low is None else math.ceil(low), None if high is None else math.floor(high)))
    if pair is None and low is not None and low < 0 and (high is None or high >= low / 10):
        return low, low / 10
    return pair


def _number_hint(path: str, type_: IntegerType) -> str:
    if type_.minimum is not None and type_.minimum >= 0:
        digits = len(str(type_.maximum)) if type_.maximum is not None else 10
        return f"pad it, {{{path}:0{digits}d}}, or write {{{path}|sortable}}"
    return f"write {{{path}|sortable}}; padding, as in {{{path}:010d}}, is for numbers that are never negative"


# --------------------------------------------------------------------------------------------------- times


def _format_fault(component: Component, earlier: list[Component], path: str) -> tuple[str, str] | None:
    own = _directives(component.format)
    known = [each for other in earlier if _path(other) == _path(component) for each in _directives(other.format)]
    is_told = any(_path(other) == _path(component) and _is_whole(other) for other in earlier)
    wrong = None if is_told else _out_of_place(known, own)
    if wrong is None:
        return None
    hint = f"write {{{path}}}, which is always in order, or begin with the year: {{{path}:%Y-%m-%d}}"
    if not known and own[0] not in "YG":
        return f"%{wrong} does not begin with the year, so that one year's times lie among another's", hint
    return f"%{wrong} stands where it does not follow from year to fraction of a second", hint


def _path(component: Component) -> tuple[str, ...]:
    return tuple(field.wire_name for field in component.path)


def _is_whole(component: Component) -> bool:
    return not component.format and not component.transforms


def _directives(format_: str) -> list[str]:
    return [each for each in re.findall(r"%(.)", format_) if each != "%"]


def _out_of_place(known: list[str], own: list[str]) -> str | None:
    """The first directive of `own` that breaks the order; None if none does. Repetitions say nothing new."""
    allowed, seen = "YG", set[str]()
    for place, directive in enumerate((*known, *own)):
        if directive in seen:
            continue
        if directive not in allowed:
            if place >= len(known):
                return directive
            continue  # an earlier macro's own fault
        seen.add(directive)
        allowed = _FOLLOWS.get(directive, "")
    return None
