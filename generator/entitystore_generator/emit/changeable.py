"""Which properties of pydantic classes can come to hold what the schema does not allow.

A pydantic class validates what is assigned to its properties, and sees nothing of `order.lines.append(…)`.

Rules of this file:
- Lists, sets and dicts can be changed in place, and so can whatever holds one. All else is as it was validated.
- An object in a list need not be one of its class: its class is checked too, whether or not it can change itself.
"""

from __future__ import annotations

from entitystore_generator.ir.model import (
    EitherType,
    FieldType,
    ListType,
    MapType,
    NullableType,
    ObjectType,
    Package,
    SetType,
    UnionType,
)
from entitystore_generator.ir.order import class_references

__all__ = ["can_change", "checked_classes"]


def can_change(type_: FieldType, package: Package, within: frozenset[str] = frozenset()) -> bool:
    """Whether a value of the type can be changed in place. `within` are the classes that are being looked at."""
    match type_:
        case ListType() | SetType() | MapType():
            return True
        case NullableType(inner=inner) | EitherType(type=inner):
            return can_change(inner, package, within)
        case UnionType(options=options):
            return any(can_change(option.type, package, within) for option in options)
        case ObjectType(class_name=name):
            fields = () if name in within else package.model(name).fields
            return any(can_change(field.type, package, within | {name}) for field in fields)
        case _:
            return False


def checked_classes(package: Package) -> frozenset[str]:
    """The classes of objects in properties that can change."""
    fields = [field for model in package.models for field in model.fields if can_change(field.type, package)]
    return frozenset(name for field in fields for name in class_references(field.type))
