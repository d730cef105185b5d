"""The view of `models.py`, for each of the three model kinds.

Rules of this file:
- Names in Python are the fields' names; the document's own spelling is an alias where the library has such a thing,
  so that JSON of the API reads straight into the class.
- What the kinds differ in is in `_KINDS`; the template lays out all three alike.
"""

from __future__ import annotations

from collections.abc import Callable

from entitystore_generator.config import ModelKind
from entitystore_generator.emit.imports import Imports, models_prelude
from entitystore_generator.emit.pydantic_types import SCHEMA, class_config, pydantic_field, words_of_enum
from entitystore_generator.emit.python_types import (
    default_expression,
    field_annotation,
    has_default,
    is_immutable,
)
from entitystore_generator.emit.source import Comment, comment, docstring, identifier, literal
from entitystore_generator.emit.views import EnumView, FieldView, ModelsView, ModelView
from entitystore_generator.ir.model import EnumClass, Field, LiteralType, ObjectClass, Package, SetType
from entitystore_generator.ir.order import in_order

__all__ = ["models_view"]


def models_view(package: Package, kind: ModelKind, header: Comment) -> ModelsView:
    """Everything that `models.py` shows."""
    avoid = frozenset(field.name for model in package.models for field in model.fields)
    imports = Imports(models_prelude(kind), avoid)
    classes = tuple(
        _enum(each, kind, imports) if isinstance(each, EnumClass) else _model(each, package, kind, imports)
        for each in in_order(package)
    )
    return ModelsView(header, tuple(imports.lines()), kind, classes)


def _enum(enum: EnumClass, kind: ModelKind, imports: Imports) -> EnumView:
    members = tuple((member.name, literal(member.value)) for member in enum.members)
    if kind == "pydantic":
        base, words = imports.use(SCHEMA, "TextEnum" if enum.base == "str" else "WholeEnum"), words_of_enum(enum)
    else:
        base, words = imports.use("enum", "StrEnum" if enum.base == "str" else "IntEnum"), ""
    return EnumView(identifier(enum.name), base, docstring(enum.description), members, words=words)


def _model(model: ObjectClass, package: Package, kind: ModelKind, imports: Imports) -> ModelView:
    field_view = _KINDS[kind]
    fields = tuple(
        FieldView(field.name, *field_view(field, package, imports, model.tag), _comment(field, kind))
        for field in model.fields
    )
    config = class_config(model, imports) if kind == "pydantic" else ""
    return ModelView(
        identifier(model.name), docstring(model.description), _options(model, kind, imports), fields, config=config
    )


def _comment(field: Field, kind: ModelKind) -> Comment:
    """The description, where the class has no other place for it."""
    if kind == "pydantic":
        return comment("")
    text = " ".join(field.description.split())
    return comment(f"{text[:80].rsplit(' ', 1)[0]} …" if len(text) > 82 else text)


def _options(model: ObjectClass, kind: ModelKind, imports: Imports) -> str:
    match kind:
        case "dataclass":
            return ""
        case "msgspec":
            return _struct(model, imports)
        case "pydantic":
            return imports.use(SCHEMA, "Model")


def _struct(model: ObjectClass, imports: Imports) -> str:
    """Base and options of a msgspec class. One that a tag chooses has it from its base."""
    if not model.tag:
        return f"{imports.use('msgspec', 'Struct')}, kw_only=True"
    tag = next(field for field in model.fields if field.wire_name == model.tag)
    assert isinstance(tag.type, LiteralType)
    options = ["kw_only=True", f"tag_field={literal(model.tag)}", f"tag={literal(tag.type.value)}"]
    if tag.name != tag.wire_name:
        options.append(f"rename={{{literal(tag.name)}: {literal(tag.wire_name)}}}")
    return ", ".join([imports.use("entitystore.tagged", "Tagged"), *options])


def _pydantic(field: Field, package: Package, imports: Imports, tag: str) -> tuple[str, str]:
    default = _default(field, package, imports, lambda factory: _pydantic_factory(factory, imports))
    return pydantic_field(field, package, imports), default


def _pydantic_factory(factory: str, imports: Imports) -> str:
    return f"{imports.use('pydantic', 'Field')}(default_factory={factory})"


def _dataclass(field: Field, package: Package, imports: Imports, tag: str) -> tuple[str, str]:
    def factory(made: str) -> str:
        return f"{imports.use('dataclasses', 'field')}(default_factory={made})"

    return field_annotation(field, imports, ""), _default(field, package, imports, factory)


def _msgspec(field: Field, package: Package, imports: Imports, tag: str) -> tuple[str, str]:
    """The name in JSON stands with the property that has it. A tag has it from the class."""

    def made(*given: str) -> str:
        return f"{imports.use('msgspec', 'field')}({', '.join(each for each in given if each)})"

    is_renamed = field.name != field.wire_name != tag and _can_be_renamed(field.wire_name)
    name = f"name={literal(field.wire_name)}" if is_renamed else ""
    default = _default(field, package, imports, lambda factory: made(f"default_factory={factory}", name))
    if name and name not in default:
        default = f" = {made(default.replace(' = ', 'default=', 1), name)}"
    return field_annotation(field, imports, ""), default


def _default(field: Field, package: Package, imports: Imports, factory: Callable[[str], str]) -> str:
    if not has_default(field):
        return ""
    expression = default_expression(field, package, imports)
    if expression == "None" or is_immutable(field.type):
        return f" = {expression}"
    if expression == "set()" and isinstance(field.type, SetType):
        return f" = {factory('set')}"
    empty = {"[]": "list", "{}": "dict"}.get(expression)
    return f" = {factory(empty or f'lambda: {expression}')}"


_KINDS: dict[ModelKind, Callable[[Field, Package, Imports, str], tuple[str, str]]] = {
    "pydantic": _pydantic,
    "dataclass": _dataclass,
    "msgspec": _msgspec,
}


def _can_be_renamed(wire_name: str) -> bool:
    """msgspec takes no names that JSON would have to escape."""
    return not any(character in '"\\' or character < " " for character in wire_name)
