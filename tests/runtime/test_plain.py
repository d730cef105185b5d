"""Values that are nearly of the type that they should be."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable
from types import FunctionType

import pytest

from entitystore import plain
from entitystore.errors import ValidationError


class Markup(str):
    pass


class Shade(str, enum.Enum):  # noqa: UP042 - what StrEnum replaced, and what is formatted in another way
    RED = "red"


class Colour(enum.StrEnum):
    RED = "red"


class Priority(int, enum.Enum):
    HIGH = 1


class Level(enum.IntEnum):
    HIGH = 1


class Whole(int):
    pass


class Data(bytes):
    pass


NOW = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
Require = Callable[[object, str], None]
PASS: list[tuple[Require, object]] = [
    *((plain.require_text, value) for value in ("", "a", Colour.RED)),
    *((plain.require_integer, value) for value in (0, -1, Level.HIGH)),
    *((plain.require_float, value) for value in (1.5, 1)),
    (plain.require_bytes, b""),
    (plain.require_date, NOW.date()),
]
REFUSED: list[tuple[Require, object, str]] = [
    (plain.require_text, None, "is missing; it takes str"),
    (plain.require_text, b"a", "takes str, not bytes"),
    (plain.require_text, Markup("a"), "takes str, not its subclass Markup: give a plain str"),
    (plain.require_text, Shade.RED, "takes str, not its subclass Shade: give its value"),
    (plain.require_integer, True, "takes int, not bool"),
    (plain.require_integer, 1.0, "takes int, not float"),
    (plain.require_integer, Whole(1), "takes int, not its subclass Whole: give a plain int"),
    (plain.require_integer, Priority.HIGH, "takes int, not its subclass Priority: give its value"),
    (plain.require_float, True, "takes float, not bool"),
    (plain.require_float, "1", "takes float, not str"),
    (plain.require_bytes, bytearray(), "takes bytes, not bytearray"),
    (plain.require_bytes, Data(), "takes bytes, not its subclass Data: give a plain bytes"),
    (plain.require_date, NOW, "takes date, not datetime"),
]


def shown(value: object) -> str:
    return value.__name__ if isinstance(value, FunctionType) else repr(value)


@pytest.mark.parametrize(("require", "value"), PASS, ids=shown)
def test_what_is_stored_as_it_is_passes(require: Require, value: object) -> None:
    require(value, "field")


@pytest.mark.parametrize(("require", "value", "reason"), REFUSED, ids=shown)
def test_anything_else_is_refused(require: Require, value: object, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        require(value, "field")
    assert (caught.value.field, caught.value.reason) == ("field", reason)
