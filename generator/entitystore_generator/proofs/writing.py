"""The text that a value has in a key, by the runtime's own functions: what a generated text function would return.

Rules of this file:
- A value that the runtime refuses raises its ValidationError, or ValueError.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from entitystore import keys, values
from entitystore_generator.ir.model import Component, Transform, TransformKind

__all__ = ["Value", "written"]

Value: TypeAlias = str | int | bool | Decimal | date
"""A value of a property: UUIDs as their texts, enums as their values, date-times with a time zone."""


def written(component: Component, value: Value) -> str:
    """The text of a value."""
    result: Value = value
    if component.format or not component.transforms:
        result = _plain(component, value)
    for transform in component.transforms:
        result = _transformed(transform, result, component)
    return result if isinstance(result, str) else _plain(component, result)


def _plain(component: Component, value: Value) -> str:
    name = component.name
    match value:
        case bool():
            return keys.boolean_text(value, name)
        case int():
            width = component.format.strip("d")
            return keys.padded_text(value, int(width), name) if width else str(value)
        case Decimal():
            return keys.decimal_key_text(value, name)
        case datetime():
            stamp = values.timestamp_text(value, name)
            return keys.formatted_timestamp(value, component.format, name) if component.format else stamp
        case date():
            return (
                keys.formatted_date(value, component.format, name)
                if component.format
                else values.date_text(value, name)
            )
        case str():
            return value


def _transformed(transform: Transform, value: Value, component: Component) -> Value:
    name, argument = component.name, transform.argument or 0
    match transform.kind, value:
        case TransformKind.UPPER, _:
            return _plain(component, value).upper()
        case TransformKind.LOWER, _:
            return _plain(component, value).lower()
        case TransformKind.ISOMS, datetime():
            return values.milliseconds_text(value, name)
        case TransformKind.DESC, int():
            return keys.descending_text(value, argument, name)
        case TransformKind.SORTABLE, Decimal():
            return keys.sortable_decimal_text(value, name)
        case TransformKind.SORTABLE, int():
            return keys.sortable_integer_text(value, name)
        case TransformKind.MOD, int():
            return value % argument
        case TransformKind.ADD, int():
            return value + argument
        case TransformKind.SHARD, _:
            return keys.shard_text(_plain(component, value), argument)
        case _:
            raise ValueError(f"{transform.kind} does not take {value!r}")
