"""Attributes that are keys of several indexes: an item has one value for all of them.

Rules of this file:
- An entity that fills several of these keys fills them with one text. Two texts for the table's own key would be two
  places for one item.
- What is compared is what the templates say, not how they are written.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Entity, Index, Key, Package

__all__ = ["check"]


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report keys that want another text for an attribute than an earlier index of the same entity."""
    for entity in () if package.gaps.table else package.entities:
        first: dict[str, tuple[Index, Key]] = {}
        for index, attribute, key in _filled(entity):
            other_index, other = first.setdefault(attribute, (index, key))
            if other_index != index and _meaning(other) != _meaning(key):
                diagnostics.error(
                    "ES232",
                    f"{key.logical} of {entity.type_name} is stored as {attribute!r}, where {other.logical} puts "
                    "another text",
                    key.position,
                    f"give both the same template, or {key.logical} an attribute of its own in x-dynamodb-table",
                )


def _filled(entity: Entity) -> Iterator[tuple[Index, str, Key]]:
    """Each key of the entity with its index and the attribute that it is stored as."""
    for keys in entity.all_keys:
        yield keys.index, keys.index.partition.name, keys.partition
        if keys.index.sort is not None and keys.sort is not None:
            yield keys.index, keys.index.sort.name, keys.sort


def _meaning(key: Key) -> object:
    return tuple((choice.when, choice.template.identity) for choice in key.choices)
