"""What each finder asks DynamoDB for, once for each number of sort components that are given.

    by_user_id(user_id)               PK = "USER#id-1" AND begins_with(SK, "ORDER#")
    by_user_id(user_id, created_at)   PK = "USER#id-1" AND begins_with(SK, "ORDER#2026-…#")

Rules of this file:
- A finder of a key that is chosen by value is several, as in the generated code.
- Arguments, and how far they may be given, are those that the code is generated from (`finder_arguments`, `asking`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entitystore_generator.design.examples import component_example, template_example
from entitystore_generator.emit.asking import SortStep, Way, case_of, sort_steps, stored_as
from entitystore_generator.emit.choices import expand
from entitystore_generator.emit.finder_arguments import finder_arguments
from entitystore_generator.ir.model import AccessPattern, Entity, IndexKeys
from entitystore_generator.ir.projections import lacking
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["Query", "queries"]


@dataclass(frozen=True, slots=True)
class Query:
    """One call of a finder. `call` names the arguments that are given; `index` is "" for the table.

    `condition` is the KeyConditionExpression with its example values. `filter` is the filter on the type, "" where the
    range was proved to hold this entity alone. `exact` are comparisons that leave out what only begins alike:
    `lower(title) = …` is made in the pages as they arrive, the others by the service. `lacking` are attributes that the
    index does not hold, so that the entities are read from the table.
    """

    call: str
    index: str
    condition: str
    filter: str
    lacking: tuple[str, ...]
    exact: tuple[str, ...] = ()


def queries(entity: Entity, languages: KeyLanguages) -> Iterator[Query]:
    """All calls of the entity's finders."""
    for pattern in entity.access_patterns:
        for each in expand(pattern):
            yield from _calls(entity, each, languages)


def _calls(entity: Entity, pattern: AccessPattern, languages: KeyLanguages) -> Iterator[Query]:
    keys = pattern.keys
    arguments = finder_arguments(keys)
    steps = sort_steps(keys, arguments, languages)
    for given in range(len(steps) + 1):
        if given and not steps[given - 1].is_end:
            continue
        upto = None
        if keys.sort is not None and given < len(steps):
            upto = keys.sort.template.parts.index(steps[given].component)
        named = [arguments.names[each] for each in (*arguments.partition, *arguments.sort[:given])]
        yield Query(
            f"{pattern.name}({', '.join(named)})",
            keys.index.name,
            _condition(keys, upto, languages),
            _filter(entity, keys, upto, languages),
            lacking(entity, keys.index, languages.package),
            () if upto is None or given == len(steps) else tuple(_exact(steps[:given], languages)),
        )


def _condition(keys: IndexKeys, upto: int | None, languages: KeyLanguages) -> str:
    known = template_example(keys.partition.template, languages)
    partition = f"{keys.index.partition.name} = {known if keys.index.partition.type == 'N' else _quoted(known)}"
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


def _exact(given: Sequence[SortStep], languages: KeyLanguages) -> Iterator[str]:
    """The comparisons of the arguments whose ends the key does not show."""
    for step in given:
        if step.asking.alone is Way.ATTRIBUTE:
            component = step.component
            path = ".".join(field.attribute for field in component.path)
            case = case_of(component)
            text = component_example(component, languages)
            is_number = stored_as(component, languages.package) == "N"
            yield f"{f'{case}({path})' if case else path} = {text if is_number else _quoted(text)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
