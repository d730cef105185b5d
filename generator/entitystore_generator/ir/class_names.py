"""The adapter to datamodel-code-generator: hands it a document, copies the names that it chose.

Rules of this file:
- The only module that imports it, and only when called: the import alone takes half a second.
- Its parser is not a stable interface. What leaves this file are frozen values of ours; what it would have written
  as code is dropped unread, and nothing of it is executed.
- Field types are not taken from it: it loses formats and bounds. `types` derives them from the document.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from entitystore_generator.ir.names import pascal_case

if TYPE_CHECKING:
    from datamodel_code_generator.model.base import DataModel
    from datamodel_code_generator.parser.openapi import OpenAPIParser
    from datamodel_code_generator.types import DataType

__all__ = ["ClassName", "ClassNames", "FieldName", "NamingError", "parse_class_names"]

_COMPONENTS = "#/components/schemas/"
_INLINE = "#-datamodel-code-generator-#"


class NamingError(Exception):
    """datamodel-code-generator could not read the document; the message is its own, on one line."""


class FieldName(Struct, frozen=True):
    """A property's Python name, and the classes that it defines in place, in the order of the document."""

    name: str
    inline: tuple[str, ...] = ()


class ClassName(Struct, frozen=True):
    """A class's Python name with those of its fields, by wire name, or of its members, by value.

    Members whose values are texts are left out: the parser keeps those in a form of its own, and `classes` names them.
    A schema that is neither object nor enum has no fields; `inline` are then the classes that it defines in place.
    """

    name: str
    is_enum: bool
    fields: Mapping[str, FieldName] = field(default_factory=dict)
    members: Mapping[str | int, str] = field(default_factory=dict)
    inline: tuple[str, ...] = ()


class ClassNames(Struct, frozen=True):
    """All classes: `components` by schema name, `inline` by the paths that `FieldName.inline` lists."""

    components: Mapping[str, ClassName] = field(default_factory=dict)
    inline: Mapping[str, ClassName] = field(default_factory=dict)


def parse_class_names(document: str) -> ClassNames:
    """The names for a self-contained OpenAPI document in JSON; NamingError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _copy(list(_parsed(document).results))
    except ModuleNotFoundError:
        raise
    except RecursionError as error:
        raise NamingError("the schemas are nested too deeply") from error
    except Exception as error:  # its own faults and those of its libraries, of any class
        message = " ".join(str(error).split()) or type(error).__name__
        raise NamingError(message[:300]) from error


def _parsed(document: str) -> OpenAPIParser:
    from datamodel_code_generator.config import OpenAPIParserConfig
    from datamodel_code_generator.format import DatetimeClassType
    from datamodel_code_generator.parser.openapi import OpenAPIParser

    config = OpenAPIParserConfig(
        snake_case_field=True,
        strict_nullable=True,
        use_standard_collections=True,
        use_union_operator=True,
        use_standard_primitive_types=True,
        strict_refs=True,
        target_datetime_class=DatetimeClassType.Datetime,
        use_specialized_enum=True,
        use_subclass_enum=True,
        formatters=[],
    )
    parser = OpenAPIParser(document, config=config)
    parser.parse(format_=False)
    return parser


def _copy(models: list[DataModel]) -> ClassNames:
    components: dict[str, ClassName] = {}
    inline: dict[str, ClassName] = {}
    for model in models:
        path = _local(model.reference.path)
        if path is None:
            continue
        if _is_component(path):
            name = path.removeprefix(_COMPONENTS)
            components[name] = _class_name(model, _component_name(name, model.class_name))
        else:
            inline[path] = _class_name(model, model.class_name)
    return ClassNames(components, inline)


def _component_name(schema_name: str, class_name: str) -> str:
    """A dot makes a module of its first part there; here all classes are in one."""
    return pascal_case(schema_name) if "." in schema_name else class_name


def _class_name(model: DataModel, name: str) -> ClassName:
    from datamodel_code_generator.model.enum import Enum

    if isinstance(model, Enum):
        values = ((each.default, each.name) for each in model.fields)
        members: dict[str | int, str] = {value: name for value, name in values if isinstance(value, int) and name}
        return ClassName(name, is_enum=True, members=members)
    fields: dict[str, FieldName] = {}
    root: tuple[str, ...] = ()
    for each in model.iter_all_fields():
        paths = tuple(dict.fromkeys(_inline_paths(each.data_type)))
        if each.original_name is None:
            root = paths
        elif each.name:
            fields[each.original_name] = FieldName(each.name, paths)
    return ClassName(name, is_enum=False, fields=fields, inline=root)


def _inline_paths(data_type: DataType) -> Iterator[str]:
    if data_type.reference is not None:
        path = _local(data_type.reference.path)
        if path is not None and not _is_component(path):
            yield path
    for inner in data_type.data_types:
        yield from _inline_paths(inner)


def _local(path: str) -> str | None:
    """The path from its `#` on; the file before it is a name that the parser made up."""
    start = path.find(_COMPONENTS)
    return path[start:] if start >= 0 else None


def _is_component(path: str) -> bool:
    return _INLINE not in path and "/" not in path.removeprefix(_COMPONENTS)
