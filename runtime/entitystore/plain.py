"""What generated code asks of values that are not plainly what the schema says.

The code itself asks the plain question (`type(order.id) is not str`) and comes here for whatever is out of the
ordinary: an instance of a subclass, or simply a value of another type.

Rules of this file:
- What is let pass is stored as it is and read as an equal value.
- A StrEnum is a text and an IntEnum an integer. Of other subclasses nobody knows whether the text that they are shown
  as is the one that they hold: `f"USER#{Shade.RED}"` is `USER#Shade.RED` for `class Shade(str, Enum)`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from entitystore.errors import ValidationError
from entitystore.values import wrong_type

__all__ = ["require_bytes", "require_date", "require_float", "require_integer", "require_text"]


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


def require_float(value: object, field: str) -> None:
    """ValidationError unless `value` is a float or an int, and no bool."""
    if isinstance(value, bool) or not isinstance(value, (float, int)):
        raise wrong_type(field, value, "float")


def require_date(value: object, field: str) -> None:
    """ValidationError unless `value` is a date and no datetime."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise wrong_type(field, value, "date")


def require_bytes(value: object, field: str) -> None:
    """ValidationError unless `value` is bytes."""
    if type(value) is not bytes:
        raise _subclass(field, value, bytes)


def _subclass(field: str, value: object, kind: type) -> ValidationError:
    if not isinstance(value, kind) or isinstance(value, bool):
        return wrong_type(field, value, kind.__name__)
    what = "its value" if isinstance(value, Enum) else f"a plain {kind.__name__}"
    return ValidationError(field, f"takes {kind.__name__}, not its subclass {type(value).__name__}: give {what}")
