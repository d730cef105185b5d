"""Whether an object can be written whole: it is of its class, and has its properties and no others.

Generated code asks the plain question itself (`type(order) is not Order`) and comes here for whatever is out of the
ordinary: an instance of a subclass, or a pydantic object that `model_construct` left without a property or to which
`model_copy(update=…)` gave one that its class does not have.

Rules of this file:
- A subclass that adds behaviour is fine; one that adds properties is refused, since they would be lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import cast

from entitystore.errors import ValidationError
from entitystore.values import wrong_type

__all__ = ["require_whole"]


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
    if hasattr(model, "__pydantic_fields_set__"):
        _check_values(value, properties, model, prefix)


def _properties(model: type) -> list[str]:
    """The names of the properties of a class of any of the three kinds."""
    if dataclasses.is_dataclass(model):
        return [field.name for field in dataclasses.fields(model)]
    found = getattr(model, "__struct_fields__", None) or getattr(model, "model_fields", ())
    return list(cast(Iterable[str], found))


def _check_values(value: object, properties: list[str], model: type, prefix: str) -> None:
    """pydantic keeps values in a dict, into which some of its ways write without a look at the class."""
    given = vars(value)
    for name in properties:
        if name not in given:
            raise ValidationError(prefix + name, "is missing")
    more = [*given, *(getattr(value, "__pydantic_extra__", None) or ())]
    for name in more:
        # A subclass may keep results there: functools.cached_property.
        if name not in properties and not hasattr(type(value), name):
            raise ValidationError(prefix + str(name), f"is no property of {model.__name__}: it would not be stored")
