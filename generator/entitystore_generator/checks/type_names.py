"""What the type attribute stores: one name for one entity.

Rules of this file:
- Reading decides by the stored name alone which decoder an item gets.
"""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir.model import Entity, Package
from ..ir.names import did_you_mean


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report names that two entities store, and names in shares-keys-with that none has."""
    seen: dict[str, Entity] = {}
    for entity in package.entities:
        other = seen.setdefault(entity.type_name, entity)
        if other is not entity:
            diagnostics.error(
                "ES212",
                f"{entity.model.name} and {other.model.name} are both stored as {entity.type_name!r}",
                entity.position,
                "give one of them another x-dynamodb-entity.type",
            )
        elif not entity.type_name:
            diagnostics.error("ES212", f"{entity.model.name} is stored under an empty type name", entity.position)
    for entity in package.entities:
        _check_shared(entity, seen, diagnostics)


def _check_shared(entity: Entity, known: dict[str, Entity], diagnostics: Diagnostics) -> None:
    for name in entity.shares_keys_with:
        if name not in known or name == entity.type_name:
            message = f"shares-keys-with of {entity.type_name} names {name!r}, which is no other entity"
            hint = did_you_mean(name, known.keys() - {entity.type_name}, "name the type of another entity")
            diagnostics.error("ES227", message, entity.position, hint)
