"""Faults that can be seen only when the whole package is known: entities beside each other, and on their table.

Rules of this package:
- A check reads the intermediate representation and nothing else, and only reports.
- One module for each kind of rule; `rules` has the texts that `explain` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagnostics import Diagnostics
    from ..ir.model import Entity, Package

__all__ = ["provable", "run_checks"]


def run_checks(package: Package, diagnostics: Diagnostics) -> None:
    """Report everything that is wrong with a package as a whole."""
    from . import attributes, chosen, limits, missing, shared_attributes, type_names

    missing.check(package, diagnostics)
    type_names.check(package, diagnostics)
    attributes.check(package, diagnostics)
    shared_attributes.check(package, diagnostics)
    limits.check(package, diagnostics)
    chosen.check(package, diagnostics)


def provable(package: Package) -> Package:
    """The package as the proofs take it where the checks found faults.

    An entity whose table key is chosen by value is left out but for its indexes, for it will have another one; and one
    that shares its keys with an entity that is not there may mean any.
    """
    from msgspec.structs import replace

    from .type_names import knows_partners

    def is_chosen(entity: Entity) -> bool:
        keys = (entity.primary.partition, entity.primary.sort)
        return any(key is not None and key.is_conditional for key in keys)

    kept = [entity for entity in package.entities if not is_chosen(entity)]
    names = tuple(entity.type_name for entity in kept)
    open_to_all = [
        replace(entity, shares_keys_with=names)
        if entity.shares_keys_with and not knows_partners(entity, package)
        else entity
        for entity in kept
    ]
    others = (keys for entity in package.entities if is_chosen(entity) for keys in entity.secondary)
    return replace(package, entities=tuple(open_to_all), loose_keys=(*package.loose_keys, *others))
