"""Annotations of a field's Python type, and expressions of its default.

Rules of this file:
- A pure function of the type; what it needs is asked of `Imports`.
"""

from __future__ import annotations

import json
from decimal import Decimal

from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.source import literal
from entitystore_generator.ir.defaults import branch_of_default
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    ChoiceType,
    DateTimeType,
    DateType,
    EitherType,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    JsonValue,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    Package,
    SetType,
    StringType,
    UnionType,
    UuidType,
)

__all__ = ["annotation", "default_expression", "field_annotation", "is_immutable"]


def annotation(type_: FieldType, imports: Imports, models_module: str = ".models") -> str:
    """The annotation of a value of this type; classes come from `models_module` ("" inside of it)."""

    def inner(each: FieldType) -> str:
        return annotation(each, imports, models_module)

    match type_:
        case StringType():
            return "str"
        case IntegerType():
            return "int"
        case NumberType(decimal=True):
            return imports.use("decimal", "Decimal")
        case NumberType():
            return "float"
        case BooleanType():
            return "bool"
        case DateTimeType():
            return imports.use("datetime", "datetime")
        case DateType():
            return imports.use("datetime", "date")
        case UuidType():
            return imports.use("uuid", "UUID")
        case BytesType():
            return "bytes"
        case LiteralType(value=value):
            return f"{imports.use('typing', 'Literal')}[{literal(value)}]"
        case ChoiceType(values=values):
            return f"{imports.use('typing', 'Literal')}[{', '.join(map(literal, values))}]"
        case EnumType(class_name=name) | ObjectType(class_name=name):
            return imports.use(models_module, name) if models_module else name
        case AnyType():
            return "object"
        case ListType(item=item):
            return f"list[{inner(item)}]"
        case SetType(item=item):
            return f"set[{inner(item)}]"
        case MapType(value=value):
            return f"dict[str, {inner(value)}]"
        case NullableType(inner=wrapped):
            return f"{inner(wrapped)} | None"
        case EitherType(type=whole):
            return inner(whole)
        case UnionType(options=options):
            return " | ".join(dict.fromkeys(inner(option.type) for option in options))


def plain_annotation(type_: FieldType) -> str:
    """The annotation as a person says it: for messages, where no name needs a module."""
    return annotation(type_, Imports(prelude={}), models_module="")


def field_annotation(field: Field, imports: Imports, models_module: str = ".models") -> str:
    """The annotation of a field, None included where the field may be None."""
    plain = annotation(field.type, imports, models_module)
    return f"{plain} | None" if may_be_none(field) else plain


def may_be_none(field: Field) -> bool:
    """True where the attribute in Python may be None. A set is empty rather than absent."""
    if isinstance(field.type, AnyType):
        return False  # `object` admits None
    if isinstance(field.type, SetType):
        return field.nullable
    return field.optional_in_python


def has_default(field: Field) -> bool:
    """True where the constructor may be called without this field."""
    return not field.required or field.default is not None


def is_immutable(type_: FieldType) -> bool:
    """True where one default object can serve every instance."""
    match type_:
        case EitherType(type=whole):
            return is_immutable(whole)
        case UnionType(options=options):
            return all(is_immutable(option.type) for option in options)
        case _:
            return not isinstance(type_, (ListType, SetType, MapType, ObjectType, AnyType))


def default_expression(field: Field, package: Package, imports: Imports, models_module: str = "") -> str:
    """The expression of the field's default; `None`, or an empty set, where the document gives none."""
    if field.default is not None:
        return _value(field.type, field.default.value, package, imports, models_module)
    return "set()" if isinstance(field.type, SetType) and not field.nullable else "None"


def default_as_json(field: Field, package: Package) -> str:
    """The default as JSON text, where it is no plain value that pydantic could tell of; else ""."""
    if field.default is None or field.default.value is None or not _is_made(field.type):
        return ""
    return json.dumps(_plain(field.type, field.default.value, package))


def _is_made(type_: FieldType) -> bool:
    match type_:
        case EitherType(type=whole):
            return _is_made(whole)
        case UnionType(options=options):
            return any(_is_made(option.type) for option in options)
        case NumberType(decimal=decimal):
            return decimal
        case _:
            return isinstance(type_, BytesType) or not is_immutable(type_)


def _plain(type_: FieldType, value: JsonValue, package: Package) -> object:
    """A frozen value as what `json` writes."""
    match type_:
        case NullableType(inner=inner) | EitherType(type=inner):
            return _plain(inner, value, package)
        case ListType(item=item) | SetType(item=item):
            return [_plain(item, each, package) for each in _elements(value)]
        case MapType(value=each_type):
            return {name: _plain(each_type, each, package) for name, each in _pairs(value)}
        case ObjectType(class_name=name):
            types = {field.wire_name: field.type for field in package.model(name).fields}
            return {name: _plain(types.get(name, AnyType()), each, package) for name, each in _pairs(value)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if not isinstance(value, tuple):
        return value
    pairs = _pairs(value)
    if value and len(pairs) == len(value):
        return {name: _plain(type_, each, package) for name, each in pairs}
    return [_plain(type_, each, package) for each in value]


def _value(type_: FieldType, value: JsonValue, package: Package, imports: Imports, models_module: str) -> str:
    if value is None:
        return "None"
    match type_:
        case NullableType(inner=inner) | EitherType(type=inner):
            return _value(inner, value, package, imports, models_module)
        case UnionType():
            branch = branch_of_default(type_, value, package.models_by_name, package.enums_by_name)
            return _json(value) if branch is None else _value(branch, value, package, imports, models_module)
        case IntegerType():
            return repr(int(str(value)))
        case NumberType(decimal=True):
            return f'{imports.use("decimal", "Decimal")}("{Decimal(str(value))}")'
        case NumberType():
            return repr(float(str(value)))
        case DateTimeType():
            return f"{imports.use('datetime', 'datetime')}.fromisoformat({literal(str(value))})"
        case DateType():
            return f"{imports.use('datetime', 'date')}.fromisoformat({literal(str(value))})"
        case UuidType():
            return f"{imports.use('uuid', 'UUID')}({literal(str(value))})"
        case BytesType():
            import base64

            return literal(base64.b64decode(str(value)))
        case EnumType(class_name=name):
            members = package.enum(name).members
            member = next(member.name for member in members if member.value == value)
            owner = imports.use(models_module, name) if models_module else name
            return f"{owner}.{member}"
        case ListType(item=item) | SetType(item=item):
            elements = ", ".join(_value(item, each, package, imports, models_module) for each in _elements(value))
            if isinstance(type_, SetType):
                return f"{{{elements}}}" if elements else "set()"
            return f"[{elements}]"
        case MapType(value=each_type):
            pairs = (
                f"{literal(key)}: {_value(each_type, each, package, imports, models_module)}"
                for key, each in _pairs(value)
            )
            return f"{{{', '.join(pairs)}}}"
        case ObjectType(class_name=name):
            return _object(name, value, package, imports, models_module)
        case _:
            return _json(value)


def _object(name: str, value: JsonValue, package: Package, imports: Imports, models_module: str) -> str:
    given = dict(_pairs(value))
    arguments = (
        f"{field.name}={_value(field.type, given[field.wire_name], package, imports, models_module)}"
        for field in package.model(name).fields
        if field.wire_name in given
    )
    owner = imports.use(models_module, name) if models_module else name
    return f"{owner}({', '.join(arguments)})"


def _elements(value: JsonValue) -> tuple[JsonValue, ...]:
    return tuple(value) if isinstance(value, tuple) else ()


def _pairs(value: JsonValue) -> tuple[tuple[str, JsonValue], ...]:
    if not isinstance(value, tuple):
        return ()
    return tuple((str(pair[0]), pair[1]) for pair in value if isinstance(pair, tuple) and len(pair) == 2)


def _json(value: JsonValue) -> str:
    if isinstance(value, Decimal):
        return repr(float(value))
    if isinstance(value, tuple):
        pairs = _pairs(value)
        if value and len(pairs) == len(value):
            return "{" + ", ".join(f"{literal(name)}: {_json(each)}" for name, each in pairs) + "}"
        return "[" + ", ".join(_json(each) for each in value) + "]"
    return literal(value)
