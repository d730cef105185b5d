"""ES313 and ES319: indexes that nobody fills, and indexes that answer what another answers already.

Rules of this file:
- An index costs a write for each item in it. The table's own key is never superfluous.
- Two finders are alike if they ask for the same properties of the partition, and one's sort properties begin the
  other's. The shorter one is then superfluous, unless the longer one's index leaves out items of its own.
- Keys that are chosen by value are not compared.
- Nothing is said of an item that lies in a partition of the index together with other entities' items.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from entitystore_generator.advice.finding import Finding, index_title, warning
from entitystore_generator.ir.model import Component, Entity, IndexKeys, Package
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Indexes without items, and duplicates."""
    yield from _unfilled(package)
    for entity in package.entities:
        for one, other in combinations(entity.all_keys, 2):
            superfluous = _superfluous(one, other)
            if superfluous is not None and not _has_company(entity, superfluous, languages):
                yield _duplicate(entity, superfluous, one if superfluous is other else other)


def _has_company(entity: Entity, keys: IndexKeys, languages: KeyLanguages) -> bool:
    """Whether other entities lie in the same partitions: a parent may be there to be read with its children."""
    others = (each for other in languages.package.entities if other is not entity for each in other.all_keys)
    on_index = (each.partition for each in others if each.index == keys.index)
    return any(languages.can_meet(keys.partition, partition) is not False for partition in on_index)


def _unfilled(package: Package) -> Iterator[Finding]:
    filled = {keys.index.name for entity in package.entities for keys in entity.all_keys}
    for index in package.table.indexes:
        if index.name not in filled:
            yield warning(
                "ES313",
                f"no entity fills the index {index.name}",
                index.position or package.table.position,
                f"give an entity {index.name}PK, or remove the index",
            )


def _duplicate(entity: Entity, superfluous: IndexKeys, other: IndexKeys) -> Finding:
    names = {pattern.keys.index.name: pattern.name for pattern in entity.access_patterns}
    template = superfluous.partition.template
    return warning(
        "ES319",
        f"{names.get(superfluous.index.name, template.source)} finds nothing that "
        f"{names.get(other.index.name, other.partition.template.source)} on {index_title(other)} does not find by the "
        f"same properties",
        template.position,
        f"remove {superfluous.partition.logical}, or let it hold another property",
        entity,
        tuple(field for component in template.components for field in component.path),
    )


def _superfluous(one: IndexKeys, other: IndexKeys) -> IndexKeys | None:
    """Which of the two can go; None if both are needed."""
    if _is_chosen(one) or _is_chosen(other) or _partition(one) != _partition(other):
        return None
    return other if _covers(one, other) else one if _covers(other, one) and not one.index.is_table else None


def _covers(wide: IndexKeys, narrow: IndexKeys) -> bool:
    sorts, narrow_sorts = _sorts(wide), _sorts(narrow)
    if list(sorts)[: len(narrow_sorts)] != list(narrow_sorts):
        return False
    same_items = all(key in narrow_sorts or not component.may_be_missing for key, component in sorts.items())
    return same_items and (wide.index.projection == "ALL" or _projection(wide) == _projection(narrow))


def _projection(keys: IndexKeys) -> tuple[str, tuple[str, ...]]:
    return keys.index.projection, keys.index.included


def _is_chosen(keys: IndexKeys) -> bool:
    return keys.partition.is_conditional or (keys.sort is not None and keys.sort.is_conditional)


def _partition(keys: IndexKeys) -> dict[object, None]:
    return dict.fromkeys(sorted((each.identity for each in keys.partition.template.components), key=repr))


def _sorts(keys: IndexKeys) -> dict[object, Component]:
    """The properties that order a partition: those of the sort key that the partition does not tell."""
    known = _partition(keys)
    components = keys.sort.template.components if keys.sort is not None else ()
    found = {component.identity: component for component in components}
    return {key: component for key, component in found.items() if key not in known}
