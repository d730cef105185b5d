"""What `explain` prints can be called as it is printed, asks what is printed, and finds the entities of the samples."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from entitystore_generator.compiler import examine_package
from entitystore_generator.config import Options
from entitystore_generator.design.describe import Design, describe
from entitystore_generator.design.examples import component_value
from entitystore_generator.design.queries import Query
from entitystore_generator.emit.choices import expand, is_chosen
from entitystore_generator.emit.finder_arguments import finder_arguments
from entitystore_generator.ir.model import AccessPattern, Component, Entity, EnumType, UuidType
from entitystore_generator.proofs.templates import KeyLanguages
from tests.engines import Engine
from tests.golden.cases import Case, good_cases
from tests.golden.test_behaviour import samples
from tests.service.checking import check_requests


class Recorder:
    """A transport that keeps the queries and answers that there is nothing."""

    def __init__(self) -> None:
        self.queries: list[dict[str, Any]] = []

    def call(self, operation: str, body: bytes, context: object = None) -> bytes:
        self.queries.append(json.loads(body))
        return b'{"Items": [], "Count": 0, "ScannedCount": 0}'

    def close(self) -> None:
        return None


def examined(case: Case) -> tuple[KeyLanguages, Design]:
    found = examine_package(case.spec, Options(case.models, case.package.name), spec_name=case.spec.name)
    assert found.languages is not None
    return found.languages, describe(found.languages, found.diagnostics)


def printed(languages: KeyLanguages, design: Design) -> Iterator[tuple[Entity, AccessPattern, Query]]:
    """Every query that is printed, with the finder that it calls."""
    for entity, shown in zip(languages.package.entities, design.entities, strict=True):
        patterns = {each.name: each for known in entity.access_patterns for each in expand(known)}
        for query in shown.queries:
            yield entity, patterns[query.call.partition("(")[0]], query


def names_of(query: Query) -> list[str]:
    inside = query.call.partition("(")[2].rstrip(")")
    return inside.split(", ") if inside else []


def components_of(pattern: AccessPattern) -> dict[str, Component]:
    given = finder_arguments(pattern.keys)
    return {given.names[each]: each for each in (*given.partition, *given.sort)}


def sent_condition(request: dict[str, Any]) -> str:
    """A key condition with its names and values in place, as `explain` writes it."""
    text: str = request["KeyConditionExpression"]
    for name, attribute in request["ExpressionAttributeNames"].items():
        text = re.sub(re.escape(name) + r"\b", lambda _, to=attribute: to, text)  # type: ignore[misc]
    for name, value in request["ExpressionAttributeValues"].items():
        ((kind, inner),) = value.items()
        shown = inner if kind == "N" else json.dumps(inner, ensure_ascii=False)
        text = re.sub(re.escape(name) + r"\b", lambda _, to=shown: to, text)  # type: ignore[misc]
    return text


@pytest.mark.parametrize("case", good_cases(), ids=lambda case: case.name)
def test_each_call_asks_what_is_printed(case: Case) -> None:
    package = case.load()
    languages, design = examined(case)
    for entity, pattern, query in printed(languages, design):
        recorder = Recorder()
        store = getattr(package.connect(transport=recorder), entity.name)
        finder = getattr(store, pattern.name)
        named, components = names_of(query), components_of(pattern)
        assert [*inspect.signature(finder).parameters][: len(named)] == named
        finder(**{name: example(package, languages, components[name]) for name in named}).all()
        conditions = [sent_condition(each) for each in recorder.queries]
        assert query.condition in conditions, (query.call, conditions)
        filters = [bool(each.get("FilterExpression")) for each in recorder.queries]
        by_service = [each for each in query.exact if not each.startswith(("upper(", "lower("))]
        assert any(filters) is bool(query.filter or by_service) or query.lacking, query.call


def example(package: Any, languages: KeyLanguages, component: Component) -> Any:
    """The value that `explain` shows for a component, in Python."""
    value = component_value(component, languages)
    match component.field.type:
        case EnumType(class_name=name):
            return getattr(package.models, name)(value)
        case UuidType():
            import uuid

            return uuid.UUID(str(value))
        case _:
            return value


@pytest.mark.parametrize("case", good_cases(), ids=lambda case: case.name)
def test_each_call_finds_the_entities_that_it_is_made_for(case: Case, local_engine: Engine, table_name: str) -> None:
    package, sample = case.load(), samples(case)
    languages, design = examined(case)
    with package.connect(endpoint_url=local_engine.endpoint_url, table_name=table_name) as table:
        check_requests(table)
        table.create_table()
        stores = {entity.model.name: getattr(table, entity.name) for entity in languages.package.entities}
        stored = [(entity, item) for _, entity, item in sample.ENTITIES]
        for entity, _ in stored:
            stores[type(entity).__name__].put(entity)
        for schema, pattern, query in printed(languages, design):
            for entity, item in stored:
                if type(entity).__name__ == schema.model.name and _is_found(pattern, item):
                    given = {name: _value(entity, each) for name, each in components_of(pattern).items()}
                    if None in given.values():
                        continue  # None of a sort key is an argument that is not given
                    finder = getattr(stores[schema.model.name], pattern.name)
                    assert entity in finder(**{name: given[name] for name in names_of(query)}).all(), query.call


def _is_found(pattern: AccessPattern, item: dict[str, Any]) -> bool:
    """Whether the item is in the index, and the finder is not for one choice of its keys."""
    keys = [key.name for key in pattern.keys.index.key_attributes]
    by_choice = "_when_" in pattern.name or pattern.name.endswith("_otherwise")
    return all(name in item for name in keys) and not by_choice and not is_chosen(pattern.keys)


def _value(entity: object, component: Component) -> Any:
    value: Any = entity
    for step in component.path:
        value = getattr(value, step.name)
    return value
