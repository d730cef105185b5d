"""Entities that show what was found: values that a person can store, and the keys that they then have.

Rules of this file:
- A property has one value, in whatever key and however often it stands there.
- Every witness is made of values that the schema admits, and its keys are written from them; what is not found so is
  not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Sequence as Several
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, product
from typing import TypeVar

from msgspec import Struct

from entitystore.values import timestamp_text
from entitystore_generator.ir.model import Component, Entity, Key, KeyTemplate, Literal, Package
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.building import ANY
from entitystore_generator.proofs.chains import Chain, ambiguities, common_texts, readings
from entitystore_generator.proofs.joining import one_word
from entitystore_generator.proofs.templates import Ambiguous, KeyLanguages
from entitystore_generator.proofs.values import Told, text_of, value_of
from entitystore_generator.proofs.writing import Value

__all__ = ["Meeting", "TwoReadings", "Values", "meeting", "shown_value", "two_readings"]

T = TypeVar("T")

_READINGS_TRIED = 8
_BEGINNINGS_TRIED = 4

Values = Mapping[str, Value | None]
"""Python name of a component -> the value of its property; None is one that is missing."""


class Meeting(Struct, frozen=True):
    """Two entities of different types and the table key that they share; `sort` is "" in a table without."""

    one: Entity
    one_values: Values
    other: Entity
    other_values: Values
    partition: str
    sort: str


class TwoReadings(Struct, frozen=True):
    """Two tuples of values that give one text of a template."""

    one: Values
    other: Values
    text: str


def shown_value(value: Value | None) -> str:
    """A value as a message names it: texts and times in quotation marks, JSON's words for the rest."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return repr(timestamp_text(value, "value"))
        case date():
            return repr(value.isoformat())
        case str():
            return repr(value)


# ------------------------------------------------------------------------------------------------- readings


class _Reader:
    """Reads texts of templates back to values."""

    def __init__(self, languages: KeyLanguages, steps: Steps) -> None:
        self._languages = languages
        self._steps = steps

    @property
    def package(self) -> Package:
        return self._languages.package

    def parts(self, parts: Iterable[Literal | Component], known: Several[Told] = ()) -> tuple[Automaton, ...]:
        """The automata of some parts; a component whose text is known already has that one."""
        texts = {component.identity: text for component, text in known}
        return tuple(
            one_word(texts[part.identity])
            if isinstance(part, Component) and part.identity in texts
            else self._languages.part(part)
            for part in parts
        )

    def common(self, one: tuple[Automaton, ...], other: tuple[Automaton, ...]) -> Iterator[str]:
        return common_texts(Chain(one), Chain(other), self._steps)

    def told(
        self, parts: Several[Literal | Component], automata: tuple[Automaton, ...], text: str
    ) -> Iterator[list[Told]]:
        """What the text tells of the components, once for each way to read it."""
        for reading in islice(readings(automata, text, self._steps), _READINGS_TRIED):
            pairs = zip(parts, reading, strict=True)
            yield [(part, piece) for part, piece in pairs if isinstance(part, Component)]

    def values(self, told: Several[Told]) -> Values | None:
        """A value for each property that has all of its texts; None if none was found for one."""
        by_path: dict[object, list[Told]] = {}
        for component, text in told:
            by_path.setdefault(_path(component), []).append((component, text))
        values: dict[str, Value | None] = {}
        for of_one in by_path.values():
            found = value_of(of_one, self.package, self._steps)
            if found is None:
                return None
            values[of_one[0][0].name] = found[0]
        return values


def _path(component: Component) -> object:
    return tuple(field.wire_name for field in component.path)


# ----------------------------------------------------------------------------------------------- two entities


def meeting(one: Entity, other: Entity, languages: KeyLanguages) -> Meeting | None:
    """Two entities that have one table key; None where none were found within the budget."""
    return _first(languages, lambda steps: _meetings(one, other, _Reader(languages, steps)))


def _first(languages: KeyLanguages, witnesses: Callable[[Steps], Iterator[T]]) -> T | None:
    return languages.budget.search(lambda steps: next(witnesses(steps), None))


def _meetings(one: Entity, other: Entity, reader: _Reader) -> Iterator[Meeting]:
    for partition, told, foreign in _shared(one.primary.partition, other.primary.partition, reader, ([], [])):
        if reader.values(told) is None or reader.values(foreign) is None:
            continue
        if one.primary.sort is None or other.primary.sort is None:
            yield from _meeting(one, told, other, foreign, reader, partition, "")
            continue
        for sort, more, others in _shared(one.primary.sort, other.primary.sort, reader, (told, foreign)):
            yield from _meeting(one, told + more, other, foreign + others, reader, partition, sort)


def _shared(
    mine: Key, theirs: Key, reader: _Reader, known: tuple[list[Told], list[Told]]
) -> Iterator[tuple[str, list[Told], list[Told]]]:
    """Texts that both keys can have, with what they tell of the one entity and of the other."""
    for own, foreign in product(mine.templates, theirs.templates):
        parts, others = reader.parts(own.parts, known[0]), reader.parts(foreign.parts, known[1])
        for text in reader.common(parts, others):
            told = reader.told(own.parts, parts, text)
            for first, second in product(told, list(reader.told(foreign.parts, others, text))):
                yield text, first, second


def _meeting(
    one: Entity, told: list[Told], other: Entity, foreign: list[Told], reader: _Reader, partition: str, sort: str
) -> Iterator[Meeting]:
    values, others = reader.values(told), reader.values(foreign)
    if values is not None and others is not None:
        yield Meeting(one, values, other, others, partition, sort)


# ----------------------------------------------------------------------------------------------- two readings


def two_readings(found: Ambiguous, languages: KeyLanguages) -> TwoReadings | None:
    """Two tuples of values that give one key; None where none were found within the budget."""
    return _first(languages, lambda steps: _two_readings(found, languages, steps))


def _two_readings(found: Ambiguous, languages: KeyLanguages, steps: Steps) -> Iterator[TwoReadings]:
    reader, template, place = _Reader(languages, steps), found.template, found.place
    rest = template.parts[place + 1 :]
    automata = reader.parts(rest)
    beginnings = list(_beginnings(template, place, reader))
    for left, middle, right in ambiguities(languages.part(found.component), Chain(automata), steps):
        ones = [[(found.component, left + middle), *told] for told in reader.told(rest, automata, right)]
        others = [[(found.component, left), *told] for told in reader.told(rest, automata, middle + right)]
        for (text, begun), one, other in product(beginnings, ones, others):
            values, other_values = reader.values(begun + one), reader.values(begun + other)
            if values is not None and other_values is not None and not _told_apart(found.known, values, other_values):
                yield TwoReadings(values, other_values, text + left + middle + right)


def _beginnings(template: KeyTemplate, place: int, reader: _Reader) -> Iterator[tuple[str, list[Told]]]:
    """Texts of what stands before a component."""
    before = template.parts[:place]
    automata = reader.parts(before)
    for text in islice(reader.common(automata, (ANY,)), _BEGINNINGS_TRIED):
        for told in reader.told(before, automata, text):
            yield text, told


def _told_apart(known: Several[Component], one: Values, other: Values) -> bool:
    """Whether one of the components that are known beforehand, of the same properties, has two texts."""
    for component in known:
        name = component.name
        if name in one and text_of(component, one[name]) != text_of(component, other[name]):
            return True
    return False
