"""Texts without quotes that YAML 1.1 reads as something else, where the type decides what they are.

    default: no      of a property whose type stands behind a $ref
    when: {paid: no} a condition, read before the class of its entity

Rules of this file:
- Where a text is possible, it is the text, as YAML 1.2 reads it, with a note; else a boolean, where one is possible.
- Where neither is, it is the text, which the type refuses: that is said there, without a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from entitystore_generator.ir.apart import stored_kind
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import (
    AnyType,
    EitherType,
    EnumClass,
    FieldType,
    JsonValue,
    ListType,
    MapType,
    NullableType,
    ObjectClass,
    ObjectType,
    SetType,
    UnionType,
)
from entitystore_generator.ir.unread import holds_unread
from entitystore_generator.spec.schema import Unquoted

__all__ = ["DefaultDecider", "decided"]

T = TypeVar("T")


def decided(value: T, type_: FieldType, enums: Mapping[str, EnumClass], context: Context) -> T | str | bool:
    """The value; of an `Unquoted` one the boolean or the text that it is for the type."""
    if not isinstance(value, Unquoted):
        return value
    if holds_unread(type_):
        return str(value)
    kinds = _kinds(type_, enums)
    if "S" in kinds:
        context.note("ES128", value.note, value.position, value.hint)
        return str(value)
    return value.boolean if value.boolean is not None and "BOOL" in kinds else str(value)


def _kinds(type_: FieldType, enums: Mapping[str, EnumClass]) -> set[str]:
    """What DynamoDB calls the types that the values are stored as; "S" among them where anything is possible."""
    match type_:
        case NullableType(inner=inner) | EitherType(type=inner):
            return _kinds(inner, enums)
        case UnionType(options=options):
            return set().union(*(_kinds(option.type, enums) for option in options))
        case _:
            return {stored_kind(type_, lambda name: enums[name].base) or "S"}


class DefaultDecider:
    """Decides what is in the defaults of a package whose classes are complete."""

    def __init__(self, classes: Mapping[str, ObjectClass], enums: Mapping[str, EnumClass], context: Context) -> None:
        self._classes = classes
        self._enums = enums
        self._context = context

    def value(self, value: JsonValue, type_: FieldType) -> JsonValue:
        """The value of a default, with everything in it decided."""
        if not isinstance(value, tuple):
            return decided(value, type_, self._enums, self._context)
        match type_:
            case NullableType(inner=inner) | EitherType(type=inner):
                return self.value(value, inner)
            case UnionType(options=options):
                return self.value(value, _only_collection([option.type for option in options]))
            case ListType(item=item) | SetType(item=item):
                return tuple(self.value(each, item) for each in value)
            case MapType(value=inner):
                return tuple(self._member(each, inner) for each in value)
            case ObjectType(class_name=name):
                types = {field.wire_name: field.type for field in self._classes[name].fields}
                return tuple(self._member(each, types.get(_name(each), AnyType())) for each in value)
            case _:
                return tuple(self.value(each, AnyType()) for each in value)

    def _member(self, pair: JsonValue, type_: FieldType) -> JsonValue:
        """A member of an object; an element of a list, which is wrong there, as it is."""
        if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str):
            return pair[0], self.value(pair[1], type_)
        return self.value(pair, AnyType())


def _name(pair: JsonValue) -> str:
    return str(pair[0]) if isinstance(pair, tuple) and pair else ""


def _only_collection(types: Sequence[FieldType]) -> FieldType:
    """The one type among them that has parts; any, if there are several."""
    found = [each for each in types if isinstance(each, (ListType, SetType, MapType, ObjectType))]
    return found[0] if len(found) == 1 else AnyType()
