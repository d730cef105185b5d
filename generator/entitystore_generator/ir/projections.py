"""What an index holds of an entity, by its projection.

Rules of this file:
- KEYS_ONLY holds the keys of the index and of the table; INCLUDE its list besides. The type is an attribute like
  others, and without it no item can be read.
- An index that lacks anything is no source of entities: what a finder takes from it are keys.
"""

from __future__ import annotations

from entitystore_generator.ir.model import Entity, Index, Package

__all__ = ["fetched_indexes", "lacking"]


def lacking(entity: Entity, index: Index, package: Package) -> tuple[str, ...]:
    """The stored names of what the index does not hold of the entity: the type, then properties in their order."""
    if index.projection == "ALL":
        return ()
    held = {key.name for key in (*index.key_attributes, *package.table.primary.key_attributes)} | {*index.included}
    attributes = (package.table.type_attribute, *(field.attribute for field in entity.model.fields))
    return tuple(name for name in dict.fromkeys(attributes) if name not in held)


def fetched_indexes(entity: Entity, package: Package) -> tuple[str, ...]:
    """The indexes of the table that lack something of the entity, whether it has keys of them or not.

    One that it has no keys of can be asked for it by literal keys all the same.
    """
    return tuple(index.name for index in package.table.indexes if lacking(entity, index, package))
