"""What the type attribute stores: one name for one entity.

Rules of this file:
- Reading decides by the stored name alone which decoder an item gets.
- An entity that shares keys with one of which nothing is known says nothing wrong.
"""

from __future__ import annotations

from collections.abc import Set

from ..diagnostics import Diagnostics
from ..ir.model import Entity, Package, Unfinished
from ..ir.names import did_you_mean


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report names that two entities store, and names in shares-keys-with that none has."""
    seen: dict[str, Entity | Unfinished] = {}
    for entity in package.all_entities:
        if entity.type_name is None:
            continue
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
    for entity in () if package.gaps.entities else package.all_entities:
        _check_shared(entity, seen.keys(), diagnostics)


def knows_partners(entity: Entity, package: Package) -> bool:
    """Whether all that `shares-keys-with` names is there."""
    if not entity.shares_keys_with:
        return True
    known = {each.type_name for each in package.all_entities if each is not entity}
    return known.issuperset(entity.shares_keys_with)


def _check_shared(entity: Entity | Unfinished, known: Set[str], diagnostics: Diagnostics) -> None:
    own = entity.type_name or entity.model.name
    for name in entity.shares_keys_with:
        if name not in known or name == own:
            message = f"shares-keys-with of {own} names {name!r}, which is no other entity"
            hint = did_you_mean(name, known - {own}, "name the type of another entity")
            diagnostics.error("ES227", message, entity.position, hint)
