"""How many bytes values can take, as far as the schema bounds them.

Rules of this file:
- What has no bound counts as nothing: a sum of these is reached by a value that the schema admits, so that a sum above
  a limit is a proof.
- Sizes of stored values are those of the developer guide, "DynamoDB item sizes and formats": text in UTF-8, a
  number about a byte for two digits and one more, lists and maps 3 bytes and 1 for each element.
"""

from __future__ import annotations

from decimal import Decimal

from entitystore_generator.advice.texts import character_bytes, longest
from entitystore_generator.ir.model import (
    BooleanType,
    BytesType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EitherType,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    KeyTemplate,
    ListType,
    Literal,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    Package,
    SetType,
    StringType,
    TransformKind,
    UnionType,
    UuidType,
)
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.language import string_texts

__all__ = ["field_bytes", "key_bytes", "value_bytes"]

_ASCII_FORMATS = frozenset({"email", "uri", "hostname", "ipv4", "ipv6"})
_CONTAINER = 3
_ELEMENT = 1
_TIMESTAMP = len("2026-01-02T03:04:05.000006Z")
_MILLISECONDS = len("2026-01-02T03:04:05.006Z")
_DATE = len("2026-01-02")
_UUID = 36
_SORTABLE_INTEGER = 20
_INT64_DIGITS = 19


def field_bytes(field: Field, package: Package) -> int:
    """The most that an attribute is known to take, its name included."""
    return utf8(field.attribute) + value_bytes(field.type, package)


def utf8(text: str) -> int:
    """The length of a text in bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def value_bytes(type_: FieldType, package: Package, inside: frozenset[str] = frozenset()) -> int:
    """The most that a stored value is known to take. `inside` are the classes that it is in, which are not entered."""
    match type_:
        case StringType():
            return _string_bytes(type_)
        case BytesType(max_length=most):
            return most or 0
        case IntegerType():
            return (_digits(type_) + 1) // 2 + 1
        case BooleanType():
            return 1
        case DateTimeType() | DateType() | UuidType() | EnumType() | LiteralType() | ChoiceType():
            return _scalar_text(type_, package)
        case ListType(item=item, max_items=most):
            return _CONTAINER + (most or 0) * (_ELEMENT + value_bytes(item, package, inside))
        case SetType(item=item, max_items=most):
            return (most or 0) * value_bytes(item, package, inside)
        case MapType(value=value, max_properties=most):
            return _CONTAINER + (most or 0) * (_ELEMENT + value_bytes(value, package, inside))
        case ObjectType(class_name=name) if name not in inside:
            fields = package.model(name).fields
            within = inside | {name}
            each = (utf8(field.attribute) + _ELEMENT + value_bytes(field.type, package, within) for field in fields)
            return _CONTAINER + sum(each)
        case UnionType(options=options):
            return max(value_bytes(option.type, package, inside) for option in options)
        case NullableType(inner=inner):
            return value_bytes(inner, package, inside)
        case EitherType(branches=branches):
            return max(value_bytes(branch, package, inside) for branch in branches)
        case _:
            return 0


def _string_bytes(type_: StringType) -> int:
    """0 where there is no bound."""
    if type_.max_length is None:
        return 0
    if type_.pattern is None:
        return type_.max_length * (1 if type_.format in _ASCII_FORMATS else 4)
    texts = automaton(string_texts(type_))
    end = longest(texts)
    return min(type_.max_length, type_.max_length if end is None else end) * character_bytes(texts)


def _scalar_text(type_: FieldType, package: Package) -> int:
    match type_:
        case DateTimeType():
            return _TIMESTAMP
        case DateType():
            return _DATE
        case UuidType():
            return _UUID
        case EnumType(class_name=name):
            return max(utf8(str(member.value)) for member in package.enum(name).members)
        case LiteralType(value=value):
            return utf8(str(value))
        case ChoiceType(values=values):
            return max(utf8(str(value)) for value in values)
        case _:
            return 0


def _digits(type_: IntegerType) -> int:
    """The most characters that the number is known to have."""
    bounds = [len(str(bound)) for bound in (type_.minimum, type_.maximum) if bound is not None]
    return max(bounds, default=_INT64_DIGITS if type_.bits == 64 else 1)


# ---------------------------------------------------------------------------------------------------- keys


def key_bytes(template: KeyTemplate, package: Package) -> int:
    """The most bytes that a key of the template is known to have; constant text counts, what has no bound does not."""
    return sum(utf8(part.text) if isinstance(part, Literal) else _text_bytes(part, package) for part in template.parts)


def _text_bytes(component: Component, package: Package) -> int:
    default = utf8(component.default) if component.default is not None else 0
    return max(default, _value_text_bytes(component, package))


def _value_text_bytes(component: Component, package: Package) -> int:
    for step in reversed(component.transforms):
        match step.kind:
            case TransformKind.DESC:
                return step.argument or 0
            case TransformKind.ISOMS:
                return _MILLISECONDS
            case TransformKind.SORTABLE:
                return _SORTABLE_INTEGER if isinstance(component.field.type, IntegerType) else 1
            case TransformKind.SHARD | TransformKind.MOD:
                return len(str((step.argument or 1) - 1))
            case _:
                continue
    return _plain_bytes(component, package)


def _plain_bytes(component: Component, package: Package) -> int:
    match component.field.type:
        case IntegerType() as type_:
            width = component.format.strip("d")
            return int(width) if width else _digits(type_)
        case NumberType(minimum=low, maximum=high):
            return max((len(format(bound, "f")) for bound in (low, high) if isinstance(bound, Decimal)), default=1)
        case BooleanType():
            return len("false")
        case DateTimeType() | DateType() if component.format:
            return len(component.format)
        case StringType() as type_:
            return _string_bytes(type_)
        case type_:
            return _scalar_text(type_, package)
