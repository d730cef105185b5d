"""ES316: finders on indexes that do not hold what the entity is made of.

Rules of this file:
- KEYS_ONLY holds the keys of the index and of the table; INCLUDE its list besides. The type is an attribute like
  others, and without it no item can be read.
- A required property that is missing makes every item of the finder unreadable: an error. An optional one would be
  absent from what is returned although it is stored: a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.diagnostics import Diagnostic, Severity
from entitystore_generator.ir.model import Entity, Field, Index, IndexKeys, Package
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Indexes that lack attributes of their entities."""
    for entity in package.entities:
        for keys in entity.secondary:
            if keys.index.projection != "ALL":
                yield from _lacking(entity, keys, package)


def _lacking(entity: Entity, keys: IndexKeys, package: Package) -> Iterator[Finding]:
    held = _held(keys.index) | _held(package.table.primary)
    lacking = [field for field in entity.model.fields if field.attribute not in held]
    needed = [field.attribute for field in lacking if _is_needed(field)]
    if package.table.type_attribute not in held:
        needed.insert(0, package.table.type_attribute)
    finder = next((each.name for each in entity.access_patterns if each.keys.index == keys.index), keys.index.name)
    where = f"the index {keys.index.name} does not hold {_listed(needed or [field.attribute for field in lacking])}"
    hint = f"project ALL, or include {', '.join(needed or [field.attribute for field in lacking])}"
    place = keys.partition.position
    if needed:
        message = f"{finder} can read no {entity.type_name}: {where}"
        yield Finding(Diagnostic("ES316", Severity.ERROR, message, place, hint), entity)
    elif lacking:
        message = f"{finder} gives each {entity.type_name} without what it has: {where}"
        yield warning("ES316", message, place, hint, entity, tuple(lacking))


def _held(index: Index) -> set[str]:
    return {index.partition.name, *([index.sort.name] if index.sort else []), *index.included}


def _is_needed(field: Field) -> bool:
    return field.required and field.default is None


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"
