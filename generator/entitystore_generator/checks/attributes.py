"""Attributes of an item: each name stands for one thing.

Rules of this file:
- A property may be stored under a key attribute's name only where the key is that property and nothing else, for an
  attribute has one value. It has to be required, and every entity has to give the attribute one DynamoDB type.
"""

from __future__ import annotations

import unicodedata

from ..diagnostics import Diagnostics
from ..ir.model import Entity, Field, Index, Key, KeyAttribute, ObjectClass, Package
from ..ir.tables import own_property
from ..ir.unions import stored_kind


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report attributes that two properties, or a property and a key or the type name, would share."""
    for model in package.models:
        _check_repeated(model, diagnostics)
        _check_names(model, diagnostics)
    _check_table(package, diagnostics)
    for entity in package.entities:
        for field in entity.model.fields:
            _check_reserved(package, entity, field, diagnostics)


def _check_repeated(model: ObjectClass, diagnostics: Diagnostics) -> None:
    seen: dict[str, Field] = {}
    for field in model.fields:
        other = seen.setdefault(field.attribute, field)
        if other is not field:
            diagnostics.error(
                "ES211",
                f"{field.wire_name} and {other.wire_name} of {model.name} are both stored as {field.attribute!r}",
                field.position,
                "give one of them another x-dynamodb-attribute.name",
            )


def _check_names(model: ObjectClass, diagnostics: Diagnostics) -> None:
    """Names that DynamoDB or the decoder cannot have, and that nobody means."""
    for field in model.fields:
        fault = _name_fault(field.attribute)
        if fault:
            message = f"the attribute name {field.attribute!r} of a property of {model.name} {fault}"
            hint = f"store it under another name: x-dynamodb-attribute: {{name: {field.name}}}"
            diagnostics.error("ES229", message, field.position, hint)


def _name_fault(name: str) -> str:
    """Why no attribute can be called `name`; "" if one can."""
    if not name:
        return "is empty"
    held = [character for character in name if character in '"\\' or unicodedata.category(character) in ("Cc", "Cs")]
    return f"holds {held[0]!r}" if held else ""


def _check_table(package: Package, diagnostics: Diagnostics) -> None:
    """The type and the TTL may not be key attributes, nor one key attribute be both keys of an index."""
    table = package.table
    fault = _name_fault(table.type_attribute)
    if fault:
        message = f"the entity-type attribute {table.type_attribute!r} {fault}"
        diagnostics.error("ES229", message, table.position, "choose another name")
    for index in (table.primary, *table.indexes):
        title = f"the index {index.name}" if index.name else "the table"
        names = [attribute.name for attribute in _attributes(index)]
        if len(set(names)) != len(names):
            message = f"{title} has {names[0]!r} as its partition key and as its sort key"
            diagnostics.error("ES210", message, table.position, "name another attribute")
        for role, name in (("entity-type", table.type_attribute), ("ttl", table.ttl_attribute)):
            if name in names and role == "entity-type":
                message = f"the entity-type attribute {name!r} is a key of {title}"
                diagnostics.error("ES210", message, table.position, "name another attribute")
    if table.type_attribute == table.ttl_attribute:
        message = f"{table.type_attribute!r} is both the entity-type and the ttl attribute"
        diagnostics.error("ES210", message, table.position, "name another attribute")


def _attributes(index: Index) -> list[KeyAttribute]:
    return [index.partition] + ([index.sort] if index.sort is not None else [])


def _check_reserved(package: Package, entity: Entity, field: Field, diagnostics: Diagnostics) -> None:
    if field.attribute == package.table.type_attribute:
        message = f"{field.wire_name} is stored as {field.attribute!r}, where the entity's type name stands"
        diagnostics.error("ES210", message, field.position, _other_name(field))
    for index in (package.table.primary, *package.table.indexes):
        for place, attribute in enumerate(_attributes(index)):
            if attribute.name == field.attribute:
                fault = _key_fault(package, entity, field, attribute, _key(entity, index, place))
                if fault:
                    diagnostics.error("ES210", fault, field.position, _other_name(field))


def _other_name(field: Field) -> str:
    return f"store it under another name: x-dynamodb-attribute: {{name: {field.attribute}Value}}"


def _key(entity: Entity, index: Index, place: int) -> Key | None:
    keys = next((each for each in entity.all_keys if each.index.name == index.name), None)
    if keys is None:
        return None
    return keys.sort if place else keys.partition


def _key_fault(package: Package, entity: Entity, field: Field, attribute: KeyAttribute, key: Key | None) -> str | None:
    """Why the property cannot be the key attribute itself; None if it can."""
    name = f"{field.wire_name} is stored as {field.attribute!r}, which is a key attribute"
    if key is None:
        return f"{name} of an index that {entity.type_name} does not fill"
    owned = {own_property(template) for template in key.templates}
    if key.is_conditional or {each[0] for each in owned if each} != {field.attribute} or None in owned:
        return f"{name} filled by a template that is not just {{{field.wire_name}}}"
    if field.optional_in_python:
        return f"{name}, but may be missing or null"
    kind = stored_kind(field.type, lambda name: package.enum(name).base)
    if kind != attribute.type:
        return f"{name} of type {attribute.type}, but is stored as {kind or 'a union'}"
    return None
