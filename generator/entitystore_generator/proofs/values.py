"""From the text of a component back to values that have it, each checked against the schema and by writing it again.

    {row|desc:8}   99999998          row=1
    {at:%Y-%m}     2026-02           at=2026-02-02T03:04:05.000006Z
    {nick|upper}   ADA               nick='ADA', 'ada', …, as far as the pattern of `nick` admits

Rules of this file:
- What is returned is stored and written as it is said: whoever tries it finds it so. Not every value is found.
- A property that stands in a key several times has one value, which gives all of its texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence as Several
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from entitystore import checks
from entitystore.errors import ValidationError
from entitystore_generator import patterns
from entitystore_generator.ir.model import (
    BooleanType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    FieldType,
    IntegerType,
    LiteralType,
    NumberType,
    Package,
    StringType,
    Transform,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.chains import Chain, common_texts, some_texts
from entitystore_generator.proofs.language import string_texts
from entitystore_generator.proofs.moments import moments
from entitystore_generator.proofs.writing import Value, written
from entitystore_generator.regular import Sequence, Texts, chars

__all__ = ["Told", "admits", "in_any_case", "text_of", "value_of", "values_of"]

Told = tuple[Component, str]
"""A component and the text that it has."""

_TRIED = 300
_STEPS = 10
"""What writing a value counts."""
_FORMATS = {"email": checks.is_email, "uri": checks.is_uri, "ipv4": checks.is_ipv4, "ipv6": checks.is_ipv6}


def value_of(told: Several[Told], package: Package, steps: Steps) -> tuple[Value | None] | None:
    """A value that gives each component, all of one property, its text, in a tuple; None if none was found.

    (None,) is the property that is missing.
    """
    return next(((value,) for value in values_of(told, package, steps)), None)


def values_of(told: Several[Told], package: Package, steps: Steps) -> Iterator[Value | None]:
    """Values that give each component, all of one property, its text; not every one."""
    for value in islice(_candidates(told, package, steps), _TRIED):
        steps.take(_STEPS)
        if all(text_of(component, value) == text for component, text in told):
            yield value


def text_of(component: Component, value: Value | None) -> str | None:
    """The text of a value of the property, which None is where it may be missing; None where it has none."""
    if value is None:
        return component.default if any(field.optional_in_python for field in component.path) else None
    try:
        return written(component, value)
    except (ValidationError, ValueError, OverflowError):
        return None


def admits(type_: FieldType, value: Value, package: Package) -> bool:
    """Whether the schema's own checks take the value."""
    match type_, value:
        case StringType(), str():
            return _admits_text(type_, value)
        case IntegerType(), int():
            low, high = type_.bounds
            is_within = (low is None or low <= value) and (high is None or value <= high)
            return is_within and (type_.multiple_of is None or value % type_.multiple_of == 0)
        case NumberType(), Decimal():
            return _admits_number(type_, value)
        case EnumType(class_name=name), _:
            return any(member.value == value for member in package.enum(name).members)
        case LiteralType(value=constant), _:
            return type(constant) is type(value) and constant == value
        case (BooleanType(), bool()) | (DateTimeType(), datetime()) | (UuidType(), str()):
            return True
        case DateType(), date():
            return not isinstance(value, datetime)
        case _:
            return False


def _admits_text(type_: StringType, text: str) -> bool:
    if len(text) < (type_.min_length or 0) or (type_.max_length is not None and len(text) > type_.max_length):
        return False
    if type_.format in _FORMATS and not _FORMATS[type_.format](text):
        return False
    return type_.pattern is None or patterns.surely_finds(type_.pattern, text)


def _admits_number(type_: NumberType, value: Decimal) -> bool:
    if type_.minimum is not None and value < type_.minimum:
        return False
    if type_.maximum is not None and value > type_.maximum:
        return False
    if type_.exclusive_minimum is not None and value <= type_.exclusive_minimum:
        return False
    if type_.exclusive_maximum is not None and value >= type_.exclusive_maximum:
        return False
    return type_.multiple_of is None or checks.is_multiple(value, type_.multiple_of)


# ----------------------------------------------------------------------------------------------- candidates


def _candidates(told: Several[Told], package: Package, steps: Steps) -> Iterator[Value | None]:
    yield None
    type_ = told[0][0].field.type
    is_time = isinstance(type_, (DateTimeType, DateType))
    found: Iterator[Value] = moments(told) if is_time else _of_texts(told, package, steps)
    yield from (value for value in found if admits(type_, value, package))


def _of_texts(told: Several[Told], package: Package, steps: Steps) -> Iterator[Value]:
    """Texts that tell much come before those of which many values have one."""
    for component, text in sorted(told, key=lambda each: _tells_little(each[0])):
        yield from _of_text(component, text, package, steps)


def _tells_little(component: Component) -> int:
    kinds = {step.kind for step in component.transforms}
    return 2 * (TransformKind.SHARD in kinds) + (TransformKind.MOD in kinds)


def _of_text(component: Component, text: str, package: Package, steps: Steps) -> Iterator[Value]:
    match component.field.type:
        case BooleanType():
            yield from (True, False)
        case EnumType(class_name=name):
            yield from (member.value for member in package.enum(name).members)
        case LiteralType(value=value):
            yield value
        case IntegerType() as integer:
            yield from _integers(integer, component.transforms, text)
        case NumberType():
            yield from _decimals(component.transforms, text)
        case UuidType():
            yield from _uuids(component.transforms, text)
        case StringType() as type_:
            yield from _strings(type_, component.transforms, text, steps)
        case _:
            return


def _integers(integer: IntegerType, steps: Several[Transform], text: str) -> Iterator[int]:
    if any(step.kind is TransformKind.SHARD for step in steps):
        low, high = integer.bounds
        step = integer.multiple_of or 1
        first = -(-low // step) * step if low is not None else 0 if high is None or high >= 0 else high // step * step
        yield from (first + more * step * (1 if low is not None or first == 0 else -1) for more in range(_TRIED))
        return
    if not re.fullmatch(r"-?[0-9]+", text):
        return
    yield from _before(int(text), steps, integer)


def _before(number: int, steps: Several[Transform], integer: IntegerType) -> Iterator[int]:
    """The numbers that the steps turn into `number`; a few of them where there is no end."""
    if not steps:
        yield number
        return
    argument = steps[-1].argument or 0
    match steps[-1].kind:
        case TransformKind.ADD:
            found: Iterator[int] = iter((number - argument,))
        case TransformKind.DESC:
            found = iter((10**argument - 1 - number,))
        case TransformKind.SORTABLE:
            found = iter((number - 2**63,))
        case TransformKind.MOD:
            found = _congruent(number, argument, integer)
        case _:
            return
    for each in found:
        yield from _before(each, steps[:-1], integer)


def _congruent(remainder: int, divisor: int, integer: IntegerType) -> Iterator[int]:
    low, high = integer.bounds
    if low is None and high is not None and high < 0:
        yield from (high - (high - remainder) % divisor - more * divisor for more in range(_TRIED))
        return
    first = remainder if low is None else low + (remainder - low) % divisor
    yield from (first + more * divisor for more in range(_TRIED))


def _decimals(steps: Several[Transform], text: str) -> Iterator[Decimal]:
    if any(step.kind is TransformKind.SHARD for step in steps):
        yield from map(Decimal, range(_TRIED))
    elif any(step.kind is TransformKind.SORTABLE for step in steps):
        yield from _unsorted(text)
    elif re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        yield Decimal(text)


def _unsorted(text: str) -> Iterator[Decimal]:
    if text == "5":
        yield Decimal(0)
    found = re.fullmatch(r"([46])([0-9]{3})([0-9]+)[!~]", text)
    if found is None:
        return
    sign, exponent, digits = found.groups()
    if sign == "4":
        exponent, digits = str(999 - int(exponent)), "".join(str(9 - int(digit)) for digit in digits)
    number = Decimal((int(sign == "4"), tuple(map(int, digits)), int(exponent) - 130 - len(digits) + 1))
    yield Decimal(format(number, "f"))


def _uuids(steps: Several[Transform], text: str) -> Iterator[str]:
    if any(step.kind is TransformKind.SHARD for step in steps):
        yield from (f"7d3f0c1a-5b2e-4c6d-8e9f-{number:012x}" for number in range(_TRIED))
    else:
        yield text.lower()


def _strings(type_: StringType, transforms: Several[Transform], text: str, steps: Steps) -> Iterator[str]:
    if any(step.kind is TransformKind.SHARD for step in transforms):
        yield from some_texts(automaton(string_texts(type_)), _TRIED, steps)
    elif not transforms:
        yield text
    else:
        yield from in_any_case(type_, text, steps)


def in_any_case(type_: StringType, text: str, steps: Steps) -> Iterator[str]:
    """The texts of the type that differ from `text` in their case at most."""
    alike = Sequence(tuple(_in_any_case(character) for character in text))
    yield from common_texts(Chain((automaton(string_texts(type_)),)), Chain((automaton(alike),)), steps)


def _in_any_case(character: str) -> Texts:
    others = {character, *character.lower(), *character.upper(), *character.swapcase()}
    same = (other for other in others if character in (other.upper(), other.lower()))
    return chars((ord(other), ord(other)) for other in same)
