"""ES316: finders on indexes that do not hold what the entity is made of, and cost a second read.

Rules of this file:
- Such a finder is right: it takes keys from the index and reads the entities from the table (see `ir.projections`).
- What it lacks need not be much: one attribute more in INCLUDE may spare all of those reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.ir.model import Entity, IndexKeys, Package
from entitystore_generator.ir.projections import lacking
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Indexes that lack attributes of their entities."""
    for entity in package.entities:
        for keys in entity.secondary:
            missing = lacking(entity, keys.index, package)
            if missing:
                yield _finding(entity, keys, missing)


def _finding(entity: Entity, keys: IndexKeys, missing: tuple[str, ...]) -> Finding:
    finder = next((each.name for each in entity.access_patterns if each.keys.index == keys.index), keys.index.name)
    return warning(
        "ES316",
        f"{finder} reads each {entity.type_name} from the table besides: the index {keys.index.name} does not hold "
        f"{_listed(missing)}",
        keys.partition.position,
        f"project ALL, or include {', '.join(missing)}",
        entity,
        tuple(field for field in entity.model.fields if field.attribute in missing),
    )


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"
