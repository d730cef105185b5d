"""A package and its proofs, as values to be shown.

Rules of this file:
- Counts say what they are of: "4 of 6" is never left to be guessed.
- What was not decided is listed, pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass

from entitystore_generator.design.examples import template_example
from entitystore_generator.design.queries import Query, queries
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Entity, Index, IndexKeys, Key, KeyChoice
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["Design", "EntityDesign", "Guard", "IndexLine", "KeyLine", "Proofs", "describe"]


@dataclass(frozen=True, slots=True)
class IndexLine:
    """The table's own key (`name` is "") or an index. Key attributes as `name (S)`."""

    name: str
    partition: str
    sort: str
    projection: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One template. `when` is the condition under which it is taken, "" if always; `attribute` where it is stored."""

    logical: str
    attribute: str
    template: str
    when: str
    example: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A component whose values may not contain a character, and in which keys."""

    component: str
    character: str
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntityDesign:
    """One entity."""

    name: str
    type_name: str
    keys: tuple[KeyLine, ...]
    queries: tuple[Query, ...]
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Proofs:
    """What was proved, of how many. `faults` and `undecided` are the sentences of the diagnostics.

    `sharing` are the pairs that the document lets meet.
    """

    templates: int
    templates_read_in_one_way: int
    pairs: int
    pairs_disjoint: int
    sharing: tuple[str, ...]
    queries: int
    queries_of_one_entity: int
    faults: tuple[str, ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """One document."""

    spec: str
    table: str
    type_attribute: str
    indexes: tuple[IndexLine, ...]
    entities: tuple[EntityDesign, ...]
    proofs: Proofs


def describe(languages: KeyLanguages, diagnostics: Diagnostics) -> Design:
    """The design of a package. `diagnostics` are what the proofs found."""
    package = languages.package
    entities = tuple(_entity(entity, languages) for entity in package.entities)
    return Design(
        package.spec_name,
        package.table.name,
        package.table.type_attribute,
        tuple(map(_index, (package.table.primary, *package.table.indexes))),
        entities,
        _proofs(languages, entities, diagnostics),
    )


def _index(index: Index) -> IndexLine:
    included = f" {', '.join(index.included)}" if index.included else ""
    names = [f"{each.name} ({each.type})" for each in (index.partition, index.sort) if each is not None]
    return IndexLine(index.name, names[0], names[1] if len(names) > 1 else "", f"{index.projection}{included}")


def _entity(entity: Entity, languages: KeyLanguages) -> EntityDesign:
    return EntityDesign(
        entity.name,
        entity.type_name,
        tuple(line for keys in entity.all_keys for line in _lines(keys, languages)),
        tuple(queries(entity, languages)),
        _guards(entity, languages),
    )


def _lines(keys: IndexKeys, languages: KeyLanguages) -> list[KeyLine]:
    lines = [_line(keys.partition, choice, keys.index.partition.name, languages) for choice in keys.partition.choices]
    if keys.sort is not None and keys.index.sort is not None:
        lines += [_line(keys.sort, choice, keys.index.sort.name, languages) for choice in keys.sort.choices]
    return lines


def _line(key: Key, choice: KeyChoice, attribute: str, languages: KeyLanguages) -> KeyLine:
    when = " and ".join(
        f"{'.'.join(step.wire_name for step in each.path)} is {_word(each.value)}" for each in choice.when
    )
    when = when or ("otherwise" if key.is_conditional else "")
    example = template_example(choice.template, languages)
    return KeyLine(key.logical, attribute, choice.template.source, when, example)


def _word(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _guards(entity: Entity, languages: KeyLanguages) -> tuple[Guard, ...]:
    """Guards by property, each with the templates that need it."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    keys = [key for each in entity.all_keys for key in (each.partition, each.sort) if key is not None]
    for template in (template for key in keys for template in key.templates):
        for component in template.components:
            character = languages.guard_of(component)
            if character:
                name = ".".join(field.wire_name for field in component.path)
                found.setdefault((name, character), {})[template.source] = None
    return tuple(Guard(name, character, tuple(templates)) for (name, character), templates in found.items())


def _proofs(languages: KeyLanguages, entities: tuple[EntityDesign, ...], diagnostics: Diagnostics) -> Proofs:
    count, sharing = len(entities), _sharing(languages)
    told = {code: tuple(each.message for each in diagnostics if each.code == code) for code in _CODES}
    pairs = count * (count - 1) // 2
    calls = [query for entity in entities for query in entity.queries]
    templates = sum(len(entity.keys) for entity in entities)
    return Proofs(
        templates,
        templates - len({each.template.position for each in languages.ambiguities}),
        pairs,
        pairs - len(sharing) - len(told["ES302"]) - len(told["ES303"]),
        sharing,
        len(calls),
        sum(not query.filter and not query.exact for query in calls),
        (*told["ES301"], *told["ES302"], *told["ES304"]),
        told["ES303"],
    )


_CODES = ("ES301", "ES302", "ES303", "ES304")


def _sharing(languages: KeyLanguages) -> tuple[str, ...]:
    entities = languages.package.entities
    return tuple(
        f"{one.type_name} and {other.type_name}"
        for place, one in enumerate(entities)
        for other in entities[place + 1 :]
        if other.type_name in one.shares_keys_with or one.type_name in other.shares_keys_with
    )
