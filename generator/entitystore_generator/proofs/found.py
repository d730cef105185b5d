"""What is shown of a finding: entities, by the values of the properties that their keys are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from entitystore_generator.ir.model import Entity

__all__ = ["Meeting", "TwoReadings", "Value", "Values"]

Value: TypeAlias = str | int | bool | Decimal | date
"""A value of a property: UUIDs as their texts, enums as their values, date-times with a time zone."""

Values = Mapping[str, Value | None]
"""Python name of a component -> the value of its property; None is one that is missing."""


class Meeting(Struct, frozen=True):
    """Two entities of different types and the table key that they share; `sort` is "" in a table without."""

    one: Entity
    one_values: Values
    other: Entity
    other_values: Values
    partition: str
    sort: str


class TwoReadings(Struct, frozen=True):
    """Two tuples of values that give one text of a template."""

    one: Values
    other: Values
    text: str
