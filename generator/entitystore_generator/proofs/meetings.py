"""Whether two entities can ever have one key, with the entities that would.

Rules of this file:
- A partition key that both can have, together with a sort key that both can have, is not yet a meeting: a property that
  stands in both keys must have one value. Witnesses are checked for that, and only such are shown.
- Where the languages meet and no witness was found, the answer is "not decided", and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product

from msgspec import Struct

from entitystore_generator.ir.model import Component, Entity, IndexKeys, KeyTemplate, Literal
from entitystore_generator.proofs.automata import common_texts, readings
from entitystore_generator.proofs.language import automaton
from entitystore_generator.proofs.templates import KeyLanguages

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
        if not _can_meet(one.primary, other.primary, languages):
            continue
        yield next(_witnesses(one, other, languages), None) or Undecided(one, other)


def _pairs(languages: KeyLanguages) -> Iterator[tuple[Entity, Entity]]:
    """The pairs that constant beginnings do not keep apart, in the order of the document."""
    for number, entity in enumerate(languages.package.entities):
        for filling in languages.neighbours(entity.primary):
            if filling.number > number:
                yield entity, filling.entity


def _can_meet(one: IndexKeys, other: IndexKeys, languages: KeyLanguages) -> bool:
    if not languages.keys_can_meet(one.partition, other.partition):
        return False
    if one.sort is None or other.sort is None:
        return True
    return languages.keys_can_meet(one.sort, other.sort)


def _witnesses(one: Entity, other: Entity, languages: KeyLanguages) -> Iterator[Meeting]:
    for mine, theirs in product(one.primary.partition.templates, other.primary.partition.templates):
        own, foreign = _Known(languages, mine, {}), _Known(languages, theirs, {})
        for partition in own.texts_with(foreign):
            for first, second in product(own.readings(partition), foreign.readings(partition)):
                yield from _sorts(one, first, other, second, partition, languages)


def _sorts(
    one: Entity, first: Values, other: Entity, second: Values, partition: str, languages: KeyLanguages
) -> Iterator[Meeting]:
    if one.primary.sort is None or other.primary.sort is None:
        yield Meeting(one, first, other, second, partition, "")
        return
    for mine, theirs in product(one.primary.sort.templates, other.primary.sort.templates):
        own, foreign = _Known(languages, mine, first), _Known(languages, theirs, second)
        for sort in own.texts_with(foreign):
            for own_values, foreign_values in product(own.readings(sort), foreign.readings(sort)):
                yield Meeting(one, {**first, **own_values}, other, {**second, **foreign_values}, partition, sort)


class _Known(Struct, frozen=True):
    """A template of which some components have their text already."""

    languages: KeyLanguages
    template: KeyTemplate
    values: Values

    def _patterns(self) -> list[str]:
        return [self._pattern(place, part) for place, part in enumerate(self.template.parts)]

    def _pattern(self, place: int, part: Literal | Component) -> str:
        if isinstance(part, Component) and part.name in self.values:
            return re.escape(self.values[part.name])
        return self.languages.part_pattern(self.template.parts[place])

    def texts_with(self, other: _Known) -> Iterator[str]:
        """Texts that both can have."""
        mine = "".join(f"(?:{pattern})" for pattern in self._patterns())
        theirs = "".join(f"(?:{pattern})" for pattern in other._patterns())
        return common_texts(automaton(mine), automaton(theirs))

    def readings(self, text: str) -> Iterator[Values]:
        """The values that give the text; a component that stands twice has one value."""
        for reading in islice(readings([automaton(pattern) for pattern in self._patterns()], text), _READINGS_TRIED):
            values: dict[str, str] = {}
            parts = zip(self.template.parts, reading, strict=True)
            named = [(part.name, piece) for part, piece in parts if isinstance(part, Component)]
            if all(values.setdefault(name, piece) == piece for name, piece in named):
                yield values
