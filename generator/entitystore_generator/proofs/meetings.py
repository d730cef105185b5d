"""Whether two entities can ever have one key, with the entities that would.

Rules of this file:
- A partition key that both can have, together with a sort key that both can have, is not yet a meeting: a property that
  stands in both keys must have one value. Witnesses are checked for that, and only such are shown.
- Where the languages meet and no witness was found, the answer is "not decided", and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from msgspec import Struct

from entitystore_generator.ir.model import Component, Entity, IndexKeys, KeyTemplate, Literal
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.chains import common_texts, readings
from entitystore_generator.proofs.templates import KeyLanguages
from entitystore_generator.regular import Word

__all__ = ["Meeting", "Undecided", "meetings"]

_READINGS_TRIED = 8

Values = Mapping[str, str]
"""Python name of a component -> its text."""


class Meeting(Struct, frozen=True):
    """Two entities of different types and the table key that they share; `sort` is "" in a table without."""

    one: Entity
    one_values: Values
    other: Entity
    other_values: Values
    partition: str
    sort: str


class Undecided(Struct, frozen=True):
    """Two entities whose keys meet as languages, while no pair of entities was found."""

    one: Entity
    other: Entity


def meetings(languages: KeyLanguages) -> Iterator[Meeting | Undecided]:
    """Every pair of entities whose table keys can meet, unless the document says that they share them."""
    for one, other in _pairs(languages):
        if other.type_name in one.shares_keys_with or one.type_name in other.shares_keys_with:
            continue
        if _can_meet(one.primary, other.primary, languages) is False:
            continue
        yield _witness(one, other, languages) or Undecided(one, other)


def _pairs(languages: KeyLanguages) -> Iterator[tuple[Entity, Entity]]:
    """The pairs that constant beginnings do not keep apart, in the order of the document."""
    for number, entity in enumerate(languages.package.entities):
        for filling in languages.neighbours(entity.primary):
            if filling.number > number:
                yield entity, filling.entity


def _can_meet(one: IndexKeys, other: IndexKeys, languages: KeyLanguages) -> bool | None:
    partition = languages.can_meet(one.partition, other.partition)
    if partition is False or one.sort is None or other.sort is None:
        return partition
    sort = languages.can_meet(one.sort, other.sort)
    return sort if sort is False else partition and sort


def _witness(one: Entity, other: Entity, languages: KeyLanguages) -> Meeting | None:
    return languages.budget.ask(lambda steps: next(_witnesses(one, other, languages, steps), None))


def _witnesses(one: Entity, other: Entity, languages: KeyLanguages, steps: Steps) -> Iterator[Meeting]:
    for mine, theirs in product(one.primary.partition.templates, other.primary.partition.templates):
        own, foreign = _Known(languages, mine, {}, steps), _Known(languages, theirs, {}, steps)
        for partition in own.texts_with(foreign):
            for first, second in product(own.readings(partition), foreign.readings(partition)):
                yield from _sorts(one, first, other, second, partition, languages, steps)


def _sorts(
    one: Entity, first: Values, other: Entity, second: Values, partition: str, languages: KeyLanguages, steps: Steps
) -> Iterator[Meeting]:
    if one.primary.sort is None or other.primary.sort is None:
        yield Meeting(one, first, other, second, partition, "")
        return
    for mine, theirs in product(one.primary.sort.templates, other.primary.sort.templates):
        own, foreign = _Known(languages, mine, first, steps), _Known(languages, theirs, second, steps)
        for sort in own.texts_with(foreign):
            for own_values, foreign_values in product(own.readings(sort), foreign.readings(sort)):
                yield Meeting(one, {**first, **own_values}, other, {**second, **foreign_values}, partition, sort)


class _Known(Struct, frozen=True):
    """A template of which some components have their text already."""

    languages: KeyLanguages
    template: KeyTemplate
    values: Values
    steps: Steps

    def _parts(self) -> tuple[Automaton, ...]:
        return tuple(map(self._part, self.template.parts))

    def _part(self, part: Literal | Component) -> Automaton:
        if isinstance(part, Component) and part.name in self.values:
            return automaton(Word(self.values[part.name]))
        return self.languages.part(part)

    def texts_with(self, other: _Known) -> Iterator[str]:
        """Texts that both can have."""
        return common_texts(self.languages.chain(self._parts()), self.languages.chain(other._parts()), self.steps)

    def readings(self, text: str) -> Iterator[Values]:
        """The values that give the text; a component that stands twice has one value."""
        for reading in islice(readings(self._parts(), text, self.steps), _READINGS_TRIED):
            values: dict[str, str] = {}
            parts = zip(self.template.parts, reading, strict=True)
            named = [(part.name, piece) for part, piece in parts if isinstance(part, Component)]
            if all(values.setdefault(name, piece) == piece for name, piece in named):
                yield values
