"""DynamoDB's attribute values as typed structs: what the C decoder reads an item into.

    {"S": "ada"}  ->  S[str]("ada")        {"N": "1.5"}  ->  N[Decimal](Decimal("1.5"))

Rules of this file:
- One struct per DynamoDB type, under DynamoDB's own name for it; T is the Python type of what is inside.
- Parsing is strict: a date-time must be written as one, never as digits, and a value under another DynamoDB type
  is a decode error. Integers and floats are read as `N[str]`, because only text is strict; generated code converts.
- The `Optional…` forms also admit `{"NULL": true}` and then hold None. They are frozen, so that one instance
  (`OptionalS()`) can be the default of an attribute that may be missing, which spares every reader a branch.
- `gc=False`: leaves hold no cycles, and a page has ten thousand of them.
"""

from __future__ import annotations

import datetime as _datetime
from typing import Annotated, Generic, TypeAlias, TypeVar

from msgspec import Meta, Struct, field

__all__ = [
    "BOOL",
    "BS",
    "NS",
    "SS",
    "Aware",
    "B",
    "Document",
    "L",
    "M",
    "N",
    "OptionalB",
    "OptionalBOOL",
    "OptionalBS",
    "OptionalL",
    "OptionalM",
    "OptionalN",
    "OptionalNS",
    "OptionalS",
    "OptionalSS",
    "S",
    "Struct",
    "field",
    "no_document",
    "null_document",
]

T = TypeVar("T")

Aware: TypeAlias = Annotated[_datetime.datetime, Meta(tz=True)]
"""A date-time that names its offset."""

Document: TypeAlias = dict[str, object]
"""An attribute value of any type, for `values.from_document`."""


def null_document() -> Document:
    """What stands for an attribute of any type that is missing."""
    return {"NULL": True}


def no_document() -> Document:
    """What stands for an attribute of any type that is missing, where it has a default, and NULL is a value."""
    return {}


class S(Struct, Generic[T], gc=False):
    """Text, and whatever is stored as text: str, UUID, date, Aware, an enum, a Literal."""

    S: T


class N(Struct, Generic[T], gc=False):
    """A number: Decimal, or str for `int()` and `float()`."""

    N: T


class B(Struct, gc=False):
    """Bytes; base64 in JSON."""

    B: bytes


class BOOL(Struct, Generic[T], gc=False):
    """A boolean: bool, or a Literal of one."""

    BOOL: T


class SS(Struct, Generic[T], gc=False):
    """A set of texts."""

    SS: set[T]


class NS(Struct, Generic[T], gc=False):
    """A set of numbers, each read as in `N`."""

    NS: set[T]


class BS(Struct, gc=False):
    """A set of bytes."""

    BS: set[bytes]


class L(Struct, Generic[T], gc=False):
    """A list of attribute values."""

    L: list[T]


class M(Struct, Generic[T], gc=False):
    """A map: an object's item struct, or a dict of attribute values."""

    M: T


class OptionalS(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`S`, NULL or nothing."""

    S: T | None = None
    NULL: bool = False


class OptionalN(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`N`, NULL or nothing."""

    N: T | None = None
    NULL: bool = False


class OptionalB(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """`B`, NULL or nothing."""

    B: bytes | None = None
    NULL: bool = False


class OptionalBOOL(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`BOOL`, NULL or nothing."""

    BOOL: T | None = None
    NULL: bool = False


class OptionalSS(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`SS`, NULL or nothing."""

    SS: set[T] | None = None
    NULL: bool = False


class OptionalNS(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`NS`, NULL or nothing."""

    NS: set[T] | None = None
    NULL: bool = False


class OptionalBS(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """`BS`, NULL or nothing."""

    BS: set[bytes] | None = None
    NULL: bool = False


class OptionalL(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`L`, NULL or nothing."""

    L: list[T] | None = None
    NULL: bool = False


class OptionalM(Struct, Generic[T], gc=False, frozen=True, forbid_unknown_fields=True):
    """`M`, NULL or nothing."""

    M: T | None = None
    NULL: bool = False
