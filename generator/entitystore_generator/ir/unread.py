"""Types whose schema has a fault that was reported: nothing is said of what follows from them.

    UNREAD                       such a type
    holds_unread(type)           it is one, or has one among its parts
    reaches_unread(type, …)      or in a class that it leads to

Rules of this file:
- A property of such a type is in the class, so that its name is known; a key that names it is built by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from entitystore_generator.ir.model import (
    AnyType,
    EitherType,
    FieldType,
    ListType,
    MapType,
    NullableType,
    ObjectClass,
    ObjectType,
    SetType,
    UnionType,
)

__all__ = ["UNREAD", "holds_unread", "reaches_unread"]

UNREAD = AnyType(is_unread=True)
_WITH_PARTS = (ListType, SetType, MapType, NullableType, EitherType, UnionType)


def holds_unread(type_: FieldType) -> bool:
    """Whether something of the type, classes aside, could not be read."""
    if isinstance(type_, AnyType):
        return type_.is_unread
    return isinstance(type_, _WITH_PARTS) and UNREAD in _parts(type_)


def reaches_unread(type_: FieldType, classes: Mapping[str, ObjectClass]) -> bool:
    """Whether something of the type, or of a class that it leads to, could not be read."""
    waiting, seen = [type_], set[str]()
    while waiting:
        for each in _parts(waiting.pop()):
            if each == UNREAD:
                return True
            if isinstance(each, ObjectType) and each.class_name not in seen:
                seen.add(each.class_name)
                waiting += [field.type for field in classes[each.class_name].fields]
    return False


def _parts(type_: FieldType) -> Iterator[FieldType]:
    """The type and those that it consists of."""
    yield type_
    match type_:
        case ListType(item=inner) | SetType(item=inner) | MapType(value=inner) | NullableType(inner=inner):
            yield from _parts(inner)
        case EitherType(type=whole, branches=branches):
            for each in (whole, *branches):
                yield from _parts(each)
        case UnionType(options=options):
            for option in options:
                yield from _parts(option.type)
        case _:
            pass
