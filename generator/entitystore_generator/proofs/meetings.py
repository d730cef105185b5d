"""Which pairs of entities can ever have one table key.

Rules of this file:
- A partition key that both can have, together with a sort key that both can have, is not yet a meeting: a property that
  stands in both keys must have one value. What the partition keys can share says which texts it can have in the sort
  keys; and witnesses are checked for that.
- Where the languages meet and no witness was found, the answer is "not decided", and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from msgspec import Struct

from entitystore_generator.ir.model import Component, Entity, KeyTemplate
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.chains import Chain, have_common_text
from entitystore_generator.proofs.found import Meeting
from entitystore_generator.proofs.restricting import restricted
from entitystore_generator.proofs.templates import KeyLanguages

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
        if _can_meet(one, other, languages):
            from entitystore_generator.proofs.witnesses import meeting  # most documents need none

            yield meeting(one, other, languages) or Undecided(one, other)


def _pairs(languages: KeyLanguages) -> Iterator[tuple[Entity, Entity]]:
    """The pairs that constant beginnings do not keep apart, in the order of the document."""
    for number, entity in enumerate(languages.package.entities):
        for filling in languages.neighbours(entity.primary):
            if filling.number > number:
                yield entity, filling.entity


def _can_meet(one: Entity, other: Entity, languages: KeyLanguages) -> bool:
    """False where it is proved that they cannot."""
    mine, theirs = one.primary, other.primary
    if languages.can_meet(mine.partition, theirs.partition) is False:
        return False
    if mine.sort is None or theirs.sort is None:
        return True
    if languages.can_meet(mine.sort, theirs.sort) is False:
        return False
    pairs = [(keys.partition.templates, keys.sort.templates) for keys in (mine, theirs) if keys.sort is not None]
    return any(
        _can_be_one(partitions, sorts, languages)
        for partitions in product(pairs[0][0], pairs[1][0])
        for sorts in product(pairs[0][1], pairs[1][1])
    )


def _can_be_one(
    partitions: tuple[KeyTemplate, KeyTemplate], sorts: tuple[KeyTemplate, KeyTemplate], languages: KeyLanguages
) -> bool:
    """As `_can_meet` of one choice of templates, where a component of both keys has one text."""
    first, second = partitions
    chains = [
        _known_from(partition, sort, other, languages)
        for (partition, other), sort in zip(((first, second), (second, first)), sorts, strict=True)
    ]
    if all(chain is languages.template(sort) for chain, sort in zip(chains, sorts, strict=True)):
        return True
    return languages.budget.ask(lambda steps: have_common_text(chains[0], chains[1], steps)) is not False


def _known_from(partition: KeyTemplate, sort: KeyTemplate, other: KeyTemplate, languages: KeyLanguages) -> Chain:
    """The sort key's texts; components that stand in the partition key have those that it can share with `other`."""
    identities = [part.identity if isinstance(part, Component) else None for part in partition.parts]
    parts = [languages.part(part) for part in sort.parts]
    for place, part in enumerate(sort.parts):
        if isinstance(part, Component) and part.identity in identities:
            known = _shared(partition, identities.index(part.identity), other, languages)
            parts[place] = known if known is not None else parts[place]
    return languages.chain(tuple(parts))


def _shared(partition: KeyTemplate, place: int, other: KeyTemplate, languages: KeyLanguages) -> Automaton | None:
    one, two = languages.template(partition), languages.template(other)
    return languages.budget.ask(lambda steps: restricted(one, place, two, steps), len(one) + len(two))
