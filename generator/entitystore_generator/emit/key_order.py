"""Whether the texts of a key component are in the order of its values, and what one text tells of another.

    {at}             ascending: between(a, b) is a range of keys
    {number|desc:8}  descending: later numbers have earlier texts
    {number}         none: "10" comes before "9"
    {at:%Y-%m}       ascending, by months: what a component keeps of a property is what is compared

Rules of this file:
- "None" is always safe: a finder then offers no condition on the component.
- Members of an enum are in the order of their texts, in capitals before small letters as all texts; those of an enum
  of numbers in the order of the numbers.
- The text of a default has its place among texts. Nothing is more or less than it among numbers, times and the like:
  there, a condition leaves it out (see `asking`).
"""

from __future__ import annotations

import re
from enum import Enum

from entitystore_generator.ir.model import (
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EnumClass,
    EnumType,
    IntegerType,
    NumberType,
    Package,
    TransformKind,
)

__all__ = ["Order", "has_one_width", "loses", "order_of", "tells"]

_DIRECTIVES = "YmdHMSf"
"""strftime directives of fixed width, from the greatest unit to the smallest."""

_INJECTIVE = (TransformKind.DESC, TransformKind.SORTABLE, TransformKind.ADD)
"""Transforms that give each value a text of its own."""


class Order(Enum):
    """How texts follow each other when the values ascend."""

    ASCENDING = "ascending"
    DESCENDING = "descending"
    NONE = "none"


def order_of(component: Component, package: Package) -> Order:
    """The order of the component's texts."""
    if component.transforms:
        return _after_transforms(component)
    match component.field.type:
        case IntegerType() as integer:
            ordered = bool(component.format) or has_one_width(integer)
        case NumberType():
            ordered = False
        case DateTimeType() | DateType():
            ordered = not component.format or _is_ordered_format(component.format)
        case EnumType(class_name=name):
            ordered = _is_ordered_enum(package.enum(name))
        case ChoiceType(values=(int(), *_)):
            ordered = False
        case _:
            ordered = True
    return Order.ASCENDING if ordered else Order.NONE


def _after_transforms(component: Component) -> Order:
    kinds = {step.kind for step in component.transforms}
    if kinds == {TransformKind.DESC}:
        return Order.DESCENDING
    if kinds <= {TransformKind.UPPER, TransformKind.LOWER}:
        is_whole = not component.format or _is_ordered_format(component.format)
        return Order.ASCENDING if is_whole and not isinstance(component.field.type, NumberType) else Order.NONE
    return Order.ASCENDING if kinds in ({TransformKind.ISOMS}, {TransformKind.SORTABLE}) else Order.NONE


def _is_ordered_enum(enum: EnumClass) -> bool:
    """True where the members' texts are in the order of their values: all texts, or numbers of one width."""
    texts = [str(member.value) for member in enum.members]
    return enum.base == "str" or (len({*map(len, texts)}) == 1 and not any(text.startswith("-") for text in texts))


def has_one_width(integer: IntegerType) -> bool:
    """True where every number has as many digits as every other."""
    low, high = integer.minimum, integer.maximum
    return low is not None and high is not None and low >= 0 and len(str(low)) == len(str(high))


def _is_ordered_format(format_: str) -> bool:
    used = "".join(re.findall(r"%(.)", format_.replace("%%", ""), re.DOTALL))
    return _DIRECTIVES.startswith(used)


def tells(given: Component, other: Component) -> bool:
    """Whether the text of `given` tells that of `other`, another component of the same property."""
    if (given.format, given.transforms, given.default) == (other.format, other.transforms, other.default):
        return True
    return not loses(given)


def loses(component: Component) -> bool:
    """True where two values have one text. Padding loses nothing, nor does a text that only orders."""
    if component.default is not None:
        return True
    if component.format and isinstance(component.field.type, (DateTimeType, DateType)):
        return True
    return any(step.kind not in _INJECTIVE for step in component.transforms)
