"""ES318: an entity whose identity stands in no key, so that a second one replaces the first.

Rules of this file:
- What identifies an entity is a required property named id, or named after the entity: `orderId` of Order. Where there
  are several, one in the key is enough.
- `unique` says nothing here: such properties have guards of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.ir.model import Entity, Field, Package
from entitystore_generator.ir.names import fold
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Identifying properties that are in no part of the table's own key."""
    for entity in package.entities:
        identifying = [field for field in entity.model.fields if field.required and _identifies(field, entity)]
        in_key = _in_key(entity)
        if identifying and not any(field in in_key for field in identifying):
            field = identifying[0]
            yield warning(
                "ES318",
                f"{field.wire_name} of {entity.type_name} is in no part of the table's key: two that differ in it "
                "alone replace each other",
                field.position,
                f"add {{{field.wire_name}}} to {entity.primary.sort.logical if entity.primary.sort else 'PK'}",
                entity,
                (field,),
            )


def _identifies(field: Field, entity: Entity) -> bool:
    names = {"id", *(f"{fold(name)}id" for name in (entity.model.name, entity.type_name, entity.name))}
    return fold(field.wire_name) in names


def _in_key(entity: Entity) -> list[Field]:
    keys = [entity.primary.partition, *([entity.primary.sort] if entity.primary.sort else [])]
    return [part.path[0] for key in keys for template in key.templates for part in template.components]
