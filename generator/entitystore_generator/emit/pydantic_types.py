"""Annotations of pydantic fields: types with what pydantic checks, and with what the published JSON Schema says.

    code: Annotated[str, Field(max_length=8, description="On the card.")]
    price: Annotated[Decimal, Field(ge=0), schema.Format("decimal")]

Rules of this file:
- pydantic's own `Field` wherever it has a word for it, marks of `entitystore.schema` for formats and for checks that it
  does not have, `json_schema_extra` for what is said and not checked.
- What restricts a value stands with its type. Titles, descriptions and the like stand with the property, around None.
- Nothing is written that pydantic publishes anyway.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from entitystore_generator import patterns
from entitystore_generator.emit.constraints import CHECKS, FORMAT_OF, ConstraintEmitter
from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.python_types import annotation, default_as_json, has_default, may_be_none
from entitystore_generator.emit.source import literal
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    ChoiceType,
    DateTimeType,
    EitherType,
    EnumClass,
    Field,
    FieldType,
    IntegerType,
    Keywords,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectClass,
    ObjectType,
    Package,
    Published,
    SetType,
    StringType,
    UnionType,
)

__all__ = ["SCHEMA", "class_config", "pydantic_field", "words_of_enum"]

SCHEMA = "entitystore.schema"

_Words = Mapping[str, str]
_OF_FIELD = ("title", "description", "examples")
"""Words that `Field` has arguments for."""
_SAID = frozenset({*_OF_FIELD, "deprecated", "readOnly", "writeOnly", "default"})
"""Words that restrict nothing."""
_NOTHING = Published()


def pydantic_field(field: Field, package: Package, imports: Imports) -> str:
    """The annotation of a field."""
    alias = [f"alias={literal(field.wire_name)}"] if field.name != field.wire_name else []
    required = [f"{imports.use(SCHEMA, 'Required')}()"] if field.required and has_default(field) else []
    published = _with_default(field, package)
    if not may_be_none(field):
        return _annotation(field.type, published, imports, alias, required)
    inner = _annotation(field.type, _without_words(published), imports)
    outer = [*alias, *_arguments({name: value for name, value in published.keywords if name in _SAID})]
    if field.nullable and has_default(field) and (field.default is None or field.default.value is None):
        return _annotated(f"{imports.use(SCHEMA, 'Nullable')}[{inner}]", outer, required, imports)
    return _annotated(f"{inner} | None", outer, required, imports)


def _with_default(field: Field, package: Package) -> Published:
    default = default_as_json(field, package)
    words = (*field.published.keywords, *([("default", default)] if default else []))
    return Published(words, field.published.inner, field.published.branches)


def class_config(model: ObjectClass, imports: Imports) -> str:
    """The configuration of a class, "" where its base's is all of it."""
    words = _words_of_class(model.description, model.published)
    title = [f"title={_value(words.pop('title'))}"] if "title" in words else []
    extra = [f"json_schema_extra={_dict(words)}"] if words else []
    return f"{imports.use('pydantic', 'ConfigDict')}({', '.join([*title, *extra])})" if title or extra else ""


def words_of_enum(enum: EnumClass) -> str:
    """What an enum says beside its docstring, as a dict; "" if nothing."""
    words = _words_of_class(enum.description, enum.published)
    return _dict(words) if words else ""


def _words_of_class(description: str, published: Keywords) -> dict[str, str]:
    """The description only where a docstring has other lines, or other words."""
    paragraphs = description.replace("\r\n", "\n").split("\n\n")
    as_docstring = "\n\n".join(filter(None, (" ".join(each.split()) for each in paragraphs)))
    if as_docstring == description.strip() and ">>>" not in description:
        return dict(published)
    return {"description": json.dumps(description.strip()), **dict(published)}


def _arguments(words: _Words) -> list[str]:
    """Words as arguments of `Field`."""
    named = [f"{name}={_value(words[name])}" for name in _OF_FIELD if name in words]
    extra = {name: value for name, value in words.items() if name not in _OF_FIELD}
    return [*named, *([f"json_schema_extra={_dict(extra)}"] if extra else [])]


def _dict(words: _Words) -> str:
    return f"{{{', '.join(f'{literal(name)}: {_value(value)}' for name, value in words.items())}}}"


def _value(text: str) -> str:
    """A JSON text as an expression."""
    return _expression(json.loads(text))


def _expression(value: object) -> str:
    match value:
        case list():
            return f"[{', '.join(map(_expression, value))}]"
        case dict():
            return f"{{{', '.join(f'{literal(name)}: {_expression(each)}' for name, each in value.items())}}}"
        case _:
            return literal(value)


def _without_words(published: Published) -> Published:
    kept = tuple(word for word in published.keywords if word[0] not in _SAID)
    return Published(kept, published.inner, published.branches)


# ---------------------------------------------------------------------------------------------------- types


def _annotation(
    type_: FieldType,
    published: Published,
    imports: Imports,
    alias: Sequence[str] = (),
    marks: Sequence[str] = (),
) -> str:
    """The annotation of a type; `alias` is a further argument of `Field`, `marks` are marks of the field."""
    words = dict(published.keywords)
    said = _arguments(_said(type_, words))
    arguments = [*alias, *_restrictions(type_, words, imports), *said]
    return _annotated(_plain(type_, published, imports), arguments, [*_marks(type_, words, imports), *marks], imports)


def _annotated(plain: str, arguments: Sequence[str], marks: Sequence[str], imports: Imports) -> str:
    if not arguments and not marks:
        return plain
    field = [f"{imports.use('pydantic', 'Field')}({', '.join(arguments)})"] if arguments else []
    return f"{imports.use('typing', 'Annotated')}[{', '.join([plain, *field, *marks])}]"


def _plain(type_: FieldType, published: Published, imports: Imports) -> str:
    inner = published.inner or _NOTHING
    match type_:
        case DateTimeType():
            return imports.use("pydantic", "AwareDatetime")
        case ListType(item=item):
            return f"list[{_annotation(item, inner, imports)}]"
        case SetType(item=item):
            return f"set[{_annotation(item, inner, imports)}]"
        case MapType(value=value):
            return f"dict[str, {_annotation(value, inner, imports)}]"
        case NullableType(inner=wrapped):
            return f"{_annotation(wrapped, _without_words(published), imports)} | None"
        case EitherType():
            return _either(type_, dict(published.branches), imports)
        case UnionType():
            return _union(type_, dict(published.branches), imports)
        case _:
            return annotation(type_, imports, "")


def _either(either: EitherType, branches: Mapping[FieldType, Published], imports: Imports) -> str:
    """Every branch as a form of the one type. Lists and dicts are checked when they are written."""
    if isinstance(either.type, (ListType, MapType)):
        return _annotation(either.type, _NOTHING, imports)
    plain = _plain(either.type, _NOTHING, imports)
    forms = (_form_of(each, plain, branches.get(each, _NOTHING), imports) for each in either.branches)
    return " | ".join(dict.fromkeys(forms))


def _form_of(branch: FieldType, plain: str, published: Published, imports: Imports) -> str:
    if isinstance(branch, (LiteralType, ChoiceType)):
        return _annotation(branch, published, imports)
    words = dict(published.keywords)
    arguments = [*_restrictions(branch, words, imports), *_arguments(_said(branch, words))]
    if type(branch) not in FORMAT_OF:
        return _annotated(plain, arguments, _marks(branch, words, imports), imports)
    check = imports.use(CHECKS, f"{FORMAT_OF[type(branch)]}_as_text")
    return _annotated(plain, arguments, [f"{imports.use('pydantic', 'AfterValidator')}({check})"], imports)


def _union(union: UnionType, branches: Mapping[FieldType, Published], imports: Imports) -> str:
    def of(type_: FieldType) -> str:
        plain = type_.inner if isinstance(type_, NullableType) else type_
        return _annotation(type_, branches.get(plain, _NOTHING), imports)

    objects = [option.type for option in union.options if isinstance(option.type, ObjectType)]
    if not union.tag_field or len(objects) < 2:
        return " | ".join(dict.fromkeys(of(option.type) for option in union.options))
    others = (of(option.type) for option in union.options if option.type not in objects)
    discriminator = f"discriminator={literal(union.tag_field)}"
    return " | ".join([_annotated(" | ".join(map(of, objects)), [discriminator], [], imports), *others])


# ------------------------------------------------------------------------------------------------ what is checked


def _restrictions(type_: FieldType, words: _Words, imports: Imports) -> list[str]:
    """Arguments of `Field`."""
    match type_:
        case StringType() | BytesType():
            return _sizes(type_.min_length, type_.max_length)
        case ListType() | SetType():
            return _sizes(type_.min_items, type_.max_items)
        case MapType():
            return _sizes(type_.min_properties, type_.max_properties)
        case IntegerType():
            return [f"{name}={bound}" for name, bound in _bounds_of_integer(type_, words) if bound is not None]
        case NumberType():
            return _bounds_of_number(type_, imports)
    return []


def _bounds_of_integer(type_: IntegerType, words: _Words) -> Iterable[tuple[str, int | None]]:
    """Exclusive ones as the document has them. Those of int32 and int64 are the format's."""
    low, high = type_.minimum, type_.maximum
    above = words.get("exclusiveMinimum")
    below = words.get("exclusiveMaximum")
    yield ("ge", low) if low is None or above != str(low - 1) else ("gt", low - 1)
    yield ("le", high) if high is None or below != str(high + 1) else ("lt", high + 1)
    yield "multiple_of", type_.multiple_of


def _bounds_of_number(type_: NumberType, imports: Imports) -> list[str]:
    bounds = (
        ("ge", type_.minimum),
        ("le", type_.maximum),
        ("gt", type_.exclusive_minimum),
        ("lt", type_.exclusive_maximum),
        ("multiple_of", None if _is_fraction(type_) else type_.multiple_of),
    )
    emitter = ConstraintEmitter(imports)
    return [f"{name}={emitter.bound(bound, type_.decimal)}" for name, bound in bounds if bound is not None]


def _sizes(low: int | None, high: int | None) -> list[str]:
    return [f"{name}={size}" for name, size in (("min_length", low or None), ("max_length", high)) if size is not None]


def _is_fraction(type_: NumberType) -> bool:
    """True for a Decimal that has to be a multiple of no whole number."""
    multiple = type_.multiple_of
    return type_.decimal and multiple is not None and multiple != multiple.to_integral_value()


# ------------------------------------------------------------------------------------------------ what is published


def _marks(type_: FieldType, words: _Words, imports: Imports) -> list[str]:
    """In the order in which they can be: a pattern and a format have to find the type itself."""
    mark = _mark(type_, words)
    marks = [f"{imports.use(SCHEMA, mark[0])}({mark[1]})"] if mark else []
    if isinstance(type_, StringType) and type_.pattern is not None:
        marks.insert(0, f"{imports.use(SCHEMA, 'Pattern')}({_pattern(type_.pattern)})")
    if isinstance(type_, NumberType) and _is_fraction(type_):
        step = ConstraintEmitter(imports).bound(type_.multiple_of, decimal=True)
        marks.append(f"{imports.use(SCHEMA, 'MultipleOf')}({step})")
    return marks


def _pattern(pattern: str) -> str:
    """The document's expression and Python's, if that is another one."""
    published, python = patterns.to_strict(pattern) or pattern, patterns.to_python(pattern) or pattern
    return ", ".join(map(literal, dict.fromkeys((published, python))))


def _mark(type_: FieldType, words: _Words) -> tuple[str, str] | None:
    """Name and arguments of the mark that says what a value of the type is."""
    format_ = _value(words["format"]) if "format" in words else ""
    match type_:
        case StringType(format=checked) if format_ or checked:
            return "Format", format_ or literal(checked)
        case IntegerType(bits=bits) if format_ or bits:
            return "Format", format_ or literal(f"int{bits}")
        case NumberType(decimal=True) if format_:
            return "Format", f"{format_}, is_text=True" if "type" in words else format_
        case NumberType(decimal=True):
            return "Number", ""
        case NumberType() if format_:
            return "Format", format_
        case BytesType() if format_:
            return "Format", format_
        case BytesType():
            return "Encoding", _value(words.get("contentEncoding", '"base64"'))
        case ListType(unique_items=True):
            return "UniqueItems", ""
        case _:
            return None


def _said(type_: FieldType, words: _Words) -> _Words:
    """What neither the type nor a mark says."""
    found = {name: value for name, value in words.items() if name in _SAID}
    match type_:
        case StringType():
            return found | _of(words, "contentEncoding", "contentMediaType")
        case BytesType():
            encoding = ("contentEncoding",) if "format" in words else ()
            return found | _of(words, *encoding, "contentMediaType") | _other_lengths(type_, words)
        case LiteralType() | ChoiceType() | BooleanType() | AnyType():
            return found | _of(words, "format")
        case _:
            return found


def _other_lengths(type_: BytesType, words: _Words) -> dict[str, str]:
    """The document's, where they count the characters of base64."""
    lengths = {"minLength": str(type_.min_length or 0), "maxLength": str(type_.max_length)}
    return {name: words[name] for name, length in lengths.items() if words.get(name, length) != length}


def _of(words: _Words, *names: str) -> dict[str, str]:
    return {name: words[name] for name in names if name in words}
