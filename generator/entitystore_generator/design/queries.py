"""What each finder asks DynamoDB for, once for each number of sort components that are given.

    by_user_id(user_id)               PK = "USER#id-1" AND begins_with(SK, "ORDER#")
    by_user_id(user_id, created_at)   PK = "USER#id-1" AND begins_with(SK, "ORDER#2026-…#")

Rules of this file:
- A finder of a key that is chosen by value is several, as in the generated code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from entitystore_generator.design.examples import template_example
from entitystore_generator.emit.choices import expand
from entitystore_generator.ir.model import AccessPattern, Component, Entity, IndexKeys
from entitystore_generator.ir.projections import lacking
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["Query", "queries"]


@dataclass(frozen=True, slots=True)
class Query:
    """One call of a finder. `call` names the arguments that are given; `index` is "" for the table.

    `condition` is the KeyConditionExpression with its example values. `filter` is the filter on the type, "" where the
    range was proved to hold this entity alone. `lacking` are attributes that the index does not hold, so that the
    entities are read from the table.
    """

    call: str
    index: str
    condition: str
    filter: str
    lacking: tuple[str, ...]


def queries(entity: Entity, languages: KeyLanguages) -> Iterator[Query]:
    """All calls of the entity's finders."""
    for pattern in entity.access_patterns:
        for each in expand(pattern):
            yield from _calls(entity, each, languages)


def _calls(entity: Entity, pattern: AccessPattern, languages: KeyLanguages) -> Iterator[Query]:
    keys = pattern.keys
    partition = _arguments(keys.partition.template.components)
    sort = _arguments(keys.sort.template.components, partition) if keys.sort is not None else ()
    for given in range(len(sort) + 1):
        upto = keys.sort.template.parts.index(sort[given]) if keys.sort is not None and given < len(sort) else None
        yield Query(
            f"{pattern.name}({', '.join(part.name for part in (*partition, *sort[:given]))})",
            keys.index.name,
            _condition(keys, upto, languages),
            _filter(entity, keys, None if keys.sort is None else upto, languages),
            lacking(entity, keys.index, languages.package),
        )


def _arguments(components: tuple[Component, ...], known: tuple[Component, ...] = ()) -> tuple[Component, ...]:
    """One component for each argument that is not known yet."""
    names = {component.name for component in known}
    unique = {component.name: component for component in reversed(components) if component.name not in names}
    return tuple(reversed(unique.values()))


def _condition(keys: IndexKeys, upto: int | None, languages: KeyLanguages) -> str:
    partition = f"{keys.index.partition.name} = {_quoted(template_example(keys.partition.template, languages))}"
    if keys.sort is None or keys.index.sort is None or upto == 0:
        return partition
    text = template_example(keys.sort.template, languages, upto=upto)
    name = keys.index.sort.name
    if upto is not None:
        return f"{partition} AND begins_with({name}, {_quoted(text)})"
    return f"{partition} AND {name} = {text if keys.index.sort.type == 'N' else _quoted(text)}"


def _filter(entity: Entity, keys: IndexKeys, upto: int | None, languages: KeyLanguages) -> str:
    if not languages.may_hold_others(entity, keys, upto):
        return ""
    return f"{languages.package.table.type_attribute} = {_quoted(entity.type_name)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
