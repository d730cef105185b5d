"""What generated code asks of values that are not plainly what the schema says.

The code itself asks the plain question (`type(order) is not Order`, `type(order.id) is not str`) and comes here for
whatever is out of the ordinary: an instance of a subclass, a pydantic object that `model_construct` left without a
property or to which `model_copy(update=…)` gave one that its class does not have, or simply a value of another type.

Rules of this file:
- What is let pass is stored as it is and read as an equal value. A subclass that adds behaviour is fine; an object with
  properties that its codec does not know is refused, since they would be lost.
- A StrEnum is a text and an IntEnum an integer. Of other subclasses nobody knows whether the text that they are shown
  as is the one that they hold: `f"USER#{Shade.RED}"` is `USER#Shade.RED` for `class Shade(str, Enum)`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import Enum
from typing import cast

from entitystore.errors import ValidationError
from entitystore.values import wrong_type

__all__ = ["require_bytes", "require_integer", "require_text", "require_whole"]


def require_text(value: object, field: str) -> None:
    """ValidationError unless `value` is a str, or the member of a StrEnum."""
    if type(value) is str or (isinstance(value, str) and isinstance(value, Enum) and format(value) == value.value):
        return
    raise _subclass(field, value, str)


def require_integer(value: object, field: str) -> None:
    """ValidationError unless `value` is an int and no bool, or the member of an IntEnum."""
    if type(value) is int or (isinstance(value, int) and isinstance(value, Enum) and str(value) == str(value.value)):
        return
    raise _subclass(field, value, int)


def require_bytes(value: object, field: str) -> None:
    """ValidationError unless `value` is bytes."""
    if type(value) is not bytes:
        raise _subclass(field, value, bytes)


def _subclass(field: str, value: object, kind: type) -> ValidationError:
    if not isinstance(value, kind) or isinstance(value, bool):
        return wrong_type(field, value, kind.__name__)
    what = "its value" if isinstance(value, Enum) else f"a plain {kind.__name__}"
    return ValidationError(field, f"takes {kind.__name__}, not its subclass {type(value).__name__}: give {what}")


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
