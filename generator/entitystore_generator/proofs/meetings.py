"""Which pairs of entities can ever have one table key.

Rules of this file:
- A partition key that both can have, together with a sort key that both can have, is not yet a meeting: a property that
  stands in both keys must have one value. Witnesses are checked for that, and only such are shown.
- Where the languages meet and no witness was found, the answer is "not decided", and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from entitystore_generator.ir.model import Entity, IndexKeys
from entitystore_generator.proofs.templates import KeyLanguages
from entitystore_generator.proofs.witnesses import Meeting, meeting

__all__ = ["Undecided", "meetings"]


class Undecided(Struct, frozen=True):
    """Two entities whose keys meet as languages, while no pair of entities was found."""

    one: Entity
    other: Entity


def meetings(languages: KeyLanguages) -> Iterator[Meeting | Undecided]:
    """Every pair of entities whose table keys can meet, unless the document says that they share them."""
    for one, other in _pairs(languages):
        if other.type_name in one.shares_keys_with or one.type_name in other.shares_keys_with:
            continue
        if _can_meet(one.primary, other.primary, languages):
            yield meeting(one, other, languages) or Undecided(one, other)


def _pairs(languages: KeyLanguages) -> Iterator[tuple[Entity, Entity]]:
    """The pairs that constant beginnings do not keep apart, in the order of the document."""
    for number, entity in enumerate(languages.package.entities):
        for filling in languages.neighbours(entity.primary):
            if filling.number > number:
                yield entity, filling.entity


def _can_meet(one: IndexKeys, other: IndexKeys, languages: KeyLanguages) -> bool:
    """False where it is proved that they cannot."""
    if languages.can_meet(one.partition, other.partition) is False:
        return False
    return one.sort is None or other.sort is None or languages.can_meet(one.sort, other.sort) is not False
