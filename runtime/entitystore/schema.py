"""pydantic classes whose published JSON Schema, and so FastAPI's, says what the document says.

pydantic publishes what it checks, which is not always what the document says: `base64url` for bytes, a text beside the
number for a Decimal, nothing at all for what a function checks, null for every property that may be missing, a title
for everything.

    Model, TextEnum, WholeEnum      the bases of generated classes
    Pattern("^a$", "^a\\Z")         the document's pattern, and what it is for `re`
    Format("int64")                 the document's format, and what it means for a value of this type
    Encoding("base64"), Number()    the same for bytes and for a Decimal without a format
    MultipleOf, UniqueItems         checks that pydantic does not have
    Nullable[str]                   null is a value of the property, beside standing for what is missing
    Required()                      the property is required, though it has a default

Rules of this file:
- Only packages of pydantic classes import it.
- A mark changes the core schema once, when a class is made. It calls a function for each value only where pydantic has
  no check of its own, or writes a value otherwise than the document says.
- The published schema is made when it is asked for. Requests and responses have the same one, so that FastAPI lists a
  class once, under its own name.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar, cast

import pydantic
from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from entitystore import checks

__all__ = [
    "Encoding",
    "Format",
    "Model",
    "MultipleOf",
    "Nullable",
    "Number",
    "Pattern",
    "Required",
    "TextEnum",
    "UniqueItems",
    "WholeEnum",
]

T = TypeVar("T")

_CHECKS: Mapping[str, Callable[[str], str]] = {"email": checks.email, "uri": checks.uri}
_RANGES: Mapping[str, tuple[int, int]] = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_LARGEST_EXPONENT = 300  # of any float, less a few


# ------------------------------------------------------------------------------------------- what a value is


class Pattern:
    """A text in which the expression is found. `published` is the document's (ECMA-262), `python` says it for `re`.

    With the engine that goes with it, for who takes a field out of its class, as FastAPI does.
    """

    def __init__(self, published: str, python: str = "") -> None:
        self._published = published
        self._python = python or published

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _core({**handler(source), "pattern": self._python, "regex_engine": "python-re"})

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"pattern": self._published}


class _Mark:
    """What a value is in JSON, by its type in Python: bytes are base64, a Decimal is a number."""

    def __init__(self, words: JsonSchemaValue, *, is_text: bool = False) -> None:
        self._words = words
        self._is_text = is_text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        made = handler(source)
        match made["type"]:
            case "bytes":
                return _written_by(_base64, made)
            case "decimal" if not self._is_text:
                return _written_by(_number, made)
        return made

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        published, inner = handler(schema), _innermost(schema)
        match inner["type"]:
            case "bytes":
                published.pop("format", None)  # base64url
                published = {**_lengths(inner), **published, "type": "string"}
            case "decimal":
                for word in ("anyOf", "pattern"):  # a number, or a text that is one
                    published.pop(word, None)
                published["type"] = "string" if self._is_text else "number"
                published |= {} if self._is_text else _bounds(inner)
        return published | self._words


class Format(_Mark):
    """`format`: email and uri are checked, int32 and int64 are bounds, byte and binary are base64.

    `is_text`: the number is written as a text, as `type: string, format: decimal` says.
    """

    def __init__(self, name: str, *, is_text: bool = False) -> None:
        super().__init__({"format": name}, is_text=is_text)
        self._check = _CHECKS.get(name)
        self._range = _RANGES.get(name)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        made: Any = super().__get_pydantic_core_schema__(source, handler)
        if self._check is not None:
            return core_schema.no_info_after_validator_function(self._check, made)
        if self._range is not None and made["type"] == "int":
            low, high = self._range
            made |= {"ge": max(made.get("ge", low), low), "le": min(made.get("le", high), high)}
        return _core(made)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The format says what its own bounds would say."""
        published = super().__get_pydantic_json_schema__(schema, handler)
        for word, bound in zip(("minimum", "maximum"), self._range or (), strict=False):
            if published.get(word) == bound:
                del published[word]
        return published


class Encoding(_Mark):
    """`contentEncoding: base64`: bytes."""

    def __init__(self, name: str) -> None:
        super().__init__({"contentEncoding": name})


class Number(_Mark):
    """A Decimal that is a number in JSON, as `type: number` says."""

    def __init__(self) -> None:
        super().__init__({})


class MultipleOf:
    """A Decimal that is a multiple of another one; pydantic's own check takes whole numbers."""

    def __init__(self, step: Decimal) -> None:
        self._step = step

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(checks.multiple_of(self._step), handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"multipleOf": _plain(self._step)}


class UniqueItems:
    """A list in which no two items are equal."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        check: Callable[[list[Any]], list[Any]] = checks.unique
        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"uniqueItems": True}


def _written_by(write: Callable[[Any], object], made: CoreSchema) -> CoreSchema:
    """The core schema with another form in JSON."""
    return _core({**made, "serialization": core_schema.plain_serializer_function_ser_schema(write, when_used="json")})


def _core(made: Any) -> CoreSchema:
    """A changed core schema, of which no checker knows which of them it is."""
    return cast("CoreSchema", made)


def _innermost(schema: CoreSchema) -> dict[str, Any]:
    """The core schema within those of functions that check a value."""
    inner: Any = schema
    while "schema" in inner:
        inner = inner["schema"]
    return dict(inner)


def _base64(value: bytes) -> str:
    """In the standard alphabet (RFC 4648, section 4), as documents mean it; pydantic reads that of URLs, too."""
    return b64encode(value).decode("ascii")


def _number(value: Decimal) -> int | float | str:
    """The number in JSON. A text where it has more digits than a float holds, so that none is lost."""
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        return str(value)
    found = _plain(value)
    return found if Decimal(repr(found)) == value else str(value)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _lengths(of_bytes: Mapping[str, Any]) -> dict[str, object]:
    names = {"min_length": "minLength", "max_length": "maxLength"}
    return {word: of_bytes[name] for name, word in names.items() if name in of_bytes}


_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}


def _bounds(decimal: Mapping[str, Any]) -> dict[str, object]:
    return {word: _plain(Decimal(decimal[name])) for name, word in _BOUNDS.items() if name in decimal}


# ------------------------------------------------------------------------------------------------- the classes


class _IsNullable:
    """Tells a property of which null is a value from one that is None where it is missing."""


class Required:
    """Of a property that is required, and has a default where it is missing all the same."""


Nullable: TypeAlias = Annotated[T | None, _IsNullable()]
"""The type of a property that may be missing, and of which null is a value, too."""


class Model(pydantic.BaseModel):
    """The base of generated classes."""

    model_config = ConfigDict(
        validate_assignment=True,
        populate_by_name=True,
        # Python's own expressions, so that a pattern means the same in all three kinds of classes.
        regex_engine="python-re",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        protected_namespaces=(),
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        published = handler(schema)
        own = handler.resolve_ref_schema(published)
        if "title" not in cls.model_config:
            own.pop("title", None)
        if "description" not in _said(cls.model_config):
            _unwrap(own, cls.__doc__)
        properties, required = own.get("properties", {}), []
        for name, field in cls.model_fields.items():
            key = field.alias if field.alias in properties else name
            if key in properties:
                _take_out_additions(properties[key], field)
                required += [key] if _is_required(field) else []
        if required:
            own["required"] = required
        return published


class _Enum:
    """What an enum publishes. `__words__` is what the document says of it beside its description."""

    __words__: ClassVar[Mapping[str, object]] = {}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        published = handler(schema)
        own = handler.resolve_ref_schema(published)
        own.pop("title", None)
        _unwrap(own, cls.__doc__)
        own.update(cls.__words__)
        return published


class TextEnum(_Enum, StrEnum):
    """The base of enums of texts."""


class WholeEnum(_Enum, IntEnum):
    """The base of enums of integers."""


def _said(settings: ConfigDict) -> Mapping[str, object]:
    """What is to be published beside what pydantic knows."""
    extra = settings.get("json_schema_extra")
    return extra if isinstance(extra, dict) else {}


def _unwrap(published: JsonSchemaValue, docstring: str | None) -> None:
    """Make the paragraphs of a docstring lines again, as they were before they were wrapped."""
    description = published.get("description", "")
    if docstring and docstring.split() == description.split():
        published["description"] = "\n\n".join(" ".join(each.split()) for each in description.split("\n\n"))


def _is_required(field: pydantic.fields.FieldInfo) -> bool:
    return field.is_required() or any(isinstance(each, Required) for each in field.metadata)


def _take_out_additions(shown: JsonSchemaValue, field: pydantic.fields.FieldInfo) -> None:
    """Leave out what pydantic adds to the document: a title, and null for what may be missing."""
    if field.title is None:
        shown.pop("title", None)
    if field.is_required() or field.default_factory is not None or field.default is not None:
        return
    if "default" not in _said({"json_schema_extra": field.json_schema_extra}):
        shown.pop("default", None)
    if not any(isinstance(each, _IsNullable) for each in field.metadata):
        _take_out_null(shown)


def _take_out_null(shown: JsonSchemaValue) -> None:
    branches = shown.get("anyOf", ())
    others = [each for each in branches if each != {"type": "null"}]
    if len(others) == len(branches):
        return
    if len(others) > 1:
        shown["anyOf"] = others
    else:
        del shown["anyOf"]
        shown.update({**others[0], **shown})
