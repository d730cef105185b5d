"""Whether an object can be written whole: it is of its class, and has its properties and no others.

pydantic looks at what its constructor and its setters are given. `model_construct` and `model_copy(update=…)` go around
both: an object may lack a property, or hold one that its class does not have.

Rules of this file:
- Generated code asks the plain question (`type(order) is not Order`, `is_whole`) and comes here, with its look at
  classes, only for what is out of the ordinary.
- A subclass that adds behaviour is fine; one that adds properties is refused, since they would be lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from entitystore.errors import ValidationError
from entitystore.values import wrong_type

__all__ = ["count_properties", "is_whole", "require_whole"]


def count_properties(model: type) -> int:
    """How many properties the objects of a class have: what `is_whole` is given, found once, on import."""
    return len(_properties(model))


def is_whole(value: object, model: type, count: int) -> bool:
    """Whether `value` is a `model`, and no subclass of it, that has `count` properties; for pydantic's classes.

    With as many as its class has it has all of them: code that looks at each finds out if another one is there instead.
    """
    return type(value) is model and len(value.__dict__) == count


def require_whole(value: object, model: type, name: str, prefix: str = "") -> None:
    """ValidationError unless `value` is a `model` of which nothing is missing and nothing would be lost.

    `name` is what errors call the object; `prefix` stands before the names of its properties: `lines[2].`.
    """
    if not isinstance(value, model):
        raise wrong_type(name, value, model.__name__)
    properties = _properties(model)
    for each in _properties(type(value)):
        if each not in properties:
            reason = f"is a property of {type(value).__name__} and none of {model.__name__}: it would not be stored"
            raise ValidationError(prefix + each, reason)
    if not isinstance(value, Struct) and not dataclasses.is_dataclass(value):
        _require_values(value, properties, model, prefix)


def _properties(model: Any) -> Collection[str]:
    """The names of the properties of a class of any of the three kinds."""
    if dataclasses.is_dataclass(model):
        return [field.name for field in dataclasses.fields(model)]
    return tuple(model.__struct_fields__ if issubclass(model, Struct) else model.model_fields)


def _require_values(value: Any, properties: Collection[str], model: type, prefix: str) -> None:
    """pydantic keeps values in a dict, and further ones (`extra="allow"`) in another one."""
    values = value.__dict__
    for name in properties:
        if name not in values:
            raise ValidationError(prefix + name, "is missing")
    for name in (*values, *(value.__pydantic_extra__ or ())):
        # A subclass may keep results there: functools.cached_property.
        if name not in properties and not any(name in each.__dict__ for each in type(value).__mro__):
            raise ValidationError(f"{prefix}{name}", f"is no property of {model.__name__}: it would not be stored")
