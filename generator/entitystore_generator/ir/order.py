"""The order of classes in a module: each before whoever needs it.

Rules of this file:
- The document's order otherwise. Classes that refer to each other stay in it.
- No recursion: chains of classes may be longer than Python's stack.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.ir.model import (
    EitherType,
    EnumClass,
    EnumType,
    FieldType,
    ListType,
    MapType,
    NullableType,
    ObjectClass,
    ObjectType,
    Package,
    SetType,
    UnionType,
)

__all__ = ["class_references", "dependencies_first", "enum_references", "in_order"]


def class_references(type_: FieldType) -> Iterator[str]:
    """The names of the object classes that a type mentions."""
    return (each.class_name for each in _named(type_) if isinstance(each, ObjectType))


def enum_references(type_: FieldType) -> Iterator[str]:
    """The names of the enums that a type mentions."""
    return (each.class_name for each in _named(type_) if isinstance(each, EnumType))


def _named(type_: FieldType) -> Iterator[ObjectType | EnumType]:
    match type_:
        case ObjectType() | EnumType():
            yield type_
        case ListType(item=inner) | SetType(item=inner) | MapType(value=inner) | NullableType(inner=inner):
            yield from _named(inner)
        case EitherType(type=whole, branches=branches):
            for each in (whole, *branches):
                yield from _named(each)
        case UnionType(options=options):
            for option in options:
                yield from _named(option.type)


def dependencies_first(models: tuple[ObjectClass, ...]) -> tuple[ObjectClass, ...]:
    """The same classes, each after those that it mentions, as far as circles allow."""
    by_name = {model.name: model for model in models}
    done: dict[str, ObjectClass] = {}
    begun: set[str] = set()
    for model in models:
        if model.name in begun:
            continue
        stack = [(model, _needs(model))]
        begun.add(model.name)
        while stack:
            current, needs = stack[-1]
            needed = next((name for name in needs if name not in begun), None)
            if needed is None:
                done.setdefault(current.name, current)
                stack.pop()
            else:
                begun.add(needed)
                stack.append((by_name[needed], _needs(by_name[needed])))
    return tuple(done.values())


def in_order(package: Package) -> tuple[EnumClass | ObjectClass, ...]:
    """All that a package defines: each enum before the first class that needs it."""
    enums = {enum.name: enum for enum in package.enums}
    found: list[EnumClass | ObjectClass] = []
    for model in package.models:
        needed = (name for field in model.fields for name in enum_references(field.type))
        found += [enums.pop(name) for name in needed if name in enums]
        found.append(model)
    return (*found, *enums.values())


def _needs(model: ObjectClass) -> Iterator[str]:
    return (name for field in model.fields for name in class_references(field.type))
