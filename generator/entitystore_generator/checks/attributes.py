"""Attributes of an item: each name stands for one thing.

Rules of this file:
- A property may be stored under a key attribute's name where the key is that property and nothing else, for an
  attribute has one value. DynamoDB keeps such an attribute to one type, and takes no NULL for it.
- It may also be one of two keys of an index that its entity leaves alone: an item is in an index only with both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ..diagnostics import Diagnostics
from ..ir.apart import stored_kind
from ..ir.model import Entity, Field, Index, KeyAttribute, ObjectClass, Package
from ..ir.tables import own_property
from ..ir.unread import holds_unread


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report attributes that two properties, or a property and a key or the type name, would share."""
    for model in dict.fromkeys((*package.models, *(entity.model for entity in package.entities))):
        _check_repeated(model, diagnostics)
        _check_names(model, diagnostics)
    if package.gaps.table:
        return
    _check_table(package, diagnostics)
    for each in package.all_entities:
        for field in _known(each.model):
            _check_type_attribute(package, field, diagnostics)
    for entity in package.entities:
        for field in _known(entity.model):
            _check_reserved(package, entity, field, diagnostics)


def _known(model: ObjectClass) -> Iterator[Field]:
    """The properties of which it is known how they are stored."""
    return (field for field in model.fields if not holds_unread(field.type))


def _check_repeated(model: ObjectClass, diagnostics: Diagnostics) -> None:
    seen: dict[str, Field] = {}
    for field in _known(model):
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
    for field in _known(model):
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
        names = [attribute.name for attribute in index.key_attributes]
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


def _check_type_attribute(package: Package, field: Field, diagnostics: Diagnostics) -> None:
    if field.attribute == package.table.type_attribute:
        message = f"{field.wire_name} is stored as {field.attribute!r}, where the entity's type name stands"
        diagnostics.error("ES210", message, field.position, _other_name(field))


def _check_reserved(package: Package, entity: Entity, field: Field, diagnostics: Diagnostics) -> None:
    for index in (package.table.primary, *package.table.indexes):
        for place, attribute in enumerate(index.key_attributes):
            if attribute.name == field.attribute:
                is_half_known = index.name in package.half_known_indexes
                fault = _key_fault(entity, field, index, place) or (
                    "" if is_half_known else _value_fault(package, field, attribute)
                )
                if fault:
                    message = f"{field.wire_name} is stored as {field.attribute!r}, which is a key attribute{fault}"
                    diagnostics.error("ES210", message, field.position, _other_name(field))


def _other_name(field: Field) -> str:
    return f"store it under another name: x-dynamodb-attribute: {{name: {field.attribute}Value}}"


def _key_fault(entity: Entity, field: Field, index: Index, place: int) -> str:
    """Why the property cannot be this key of the index; "" if it can, or where the key has a fault itself."""
    if index.name in entity.faulty_indexes:
        return ""
    keys = next((each for each in entity.all_keys if each.index.name == index.name), None)
    if keys is None:
        return f" of an index that {entity.type_name} does not fill" if _would_fill(entity, index) else ""
    key = keys.sort if place else keys.partition
    assert key is not None, "an index with a sort key is filled by pairs"
    owned = {own_property(template) for template in key.templates}
    if key.is_conditional or {each[0] for each in owned if each} != {field.attribute} or None in owned:
        return f" filled by a template that is not just {{{field.wire_name}}}"
    return ", but may be missing" if index.is_table and field.optional_in_python else ""


def _would_fill(entity: Entity, index: Index) -> bool:
    """Whether what the entity stores for other reasons may bring its items into the index."""
    stored = {field.attribute for field in entity.model.fields}
    stored |= {attribute.name for keys in entity.all_keys for attribute in keys.index.key_attributes}
    return all(attribute.name in stored for attribute in index.key_attributes)


def _value_fault(package: Package, field: Field, attribute: KeyAttribute) -> str:
    """Why no key attribute can have the property's values; "" if it can."""
    kind = stored_kind(field.type, lambda name: package.enum(name).base)
    if kind != attribute.type:
        return f" of type {attribute.type}, but is stored as {kind or 'a union'}"
    return ", but may be null" if field.nullable and field.none_is_null else ""
