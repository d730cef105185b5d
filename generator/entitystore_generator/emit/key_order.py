"""Whether the texts of a key component are in the order of its values, and what one text tells of another.

    {at}          ascending: between(a, b) is a range of keys
    {number|desc:8}  descending: later numbers have earlier texts
    {number}      none: "10" comes before "9"

Rules of this file:
- "None" is always safe: a finder then offers no condition on the component.
"""

from __future__ import annotations

import re
from enum import Enum

from entitystore_generator.ir.model import (
    Component,
    DateTimeType,
    DateType,
    IntegerType,
    NumberType,
    TransformKind,
)

__all__ = ["Order", "order_of", "tells"]

_DIRECTIVES = "YmdHMSf"
"""strftime directives of fixed width, from the greatest unit to the smallest."""


class Order(Enum):
    """How texts follow each other when the values ascend."""

    ASCENDING = "ascending"
    DESCENDING = "descending"
    NONE = "none"


def order_of(component: Component) -> Order:
    """The order of the component's texts."""
    if component.transforms:
        return _after_transforms(component)
    match component.field.type:
        case IntegerType() as integer:
            ordered = bool(component.format) or _has_one_width(integer)
        case NumberType():
            ordered = False
        case DateTimeType() | DateType():
            ordered = not component.format or _is_ordered_format(component.format)
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


def _has_one_width(integer: IntegerType) -> bool:
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
    return not (given.transforms or given.default is not None or _loses(given))


def _loses(component: Component) -> bool:
    """True where two values have one text; a number's padding loses nothing."""
    return bool(component.format) and isinstance(component.field.type, (DateTimeType, DateType))
