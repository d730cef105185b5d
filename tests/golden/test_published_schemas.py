"""What pydantic classes publish is what their document says, over every golden document."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pydantic
import pytest
from jsonschema import Draft202012Validator
from pydantic.json_schema import models_json_schema

from entitystore import schema
from tests.compiled import Compiled, compile_document
from tests.generator.patterns.test_agreement import by_node, needs_node
from tests.golden.cases import Case, good_cases
from tests.golden.documents import Document, Published, differences
from tests.golden.test_behaviour import samples

GOLDEN = [case for case in good_cases() if not case.document]
WORDS = Case(Path(__file__).parent, document="published.yaml")

SET = "a set has no element twice, whatever the document says of it"
TAG = "of a tag, only the values that choose this branch are left"
ARGUED = {
    "every_type_pydantic": {r"uniqueItems: None -> True": SET},
    "inheritance": {r"\.kind: const: None -> (Gravel|Livestock)": TAG},
    "keywords": {r"\[\]: default": "a default of a list's elements stands for nothing"},
    "golden": {
        r"\.petType: const: None -> (cat|dog)": TAG,
        r"dir: (enum|type): None -> ": "what is written as a union of constants is an enum, too",
    },
    "design_complaints": {r"\.attachments: uniqueItems: None -> True": SET},
    "design_version_control": {r"\.(followers|topics): uniqueItems: None -> True": SET},
    "storefront": {r"User\.tags: uniqueItems: None -> True": SET},
    "unquoted_words": {r": (default|nullable): .*\b(on|yes|no)\b": "words are booleans where these are wanted"},
    "unions": {
        r"\.(kind|reactionType): (const|enum): None -> ": TAG,
        r"Post\.model: ": "a text beside some texts is any text",
        r"Post\.input: branches": "arrays of several types are one list in Python",
        r"Post\.reaction: ": "a base with a discriminator is the union of what extends it",
    },
}
"""Where a class says something else than its document: expressions that find the difference, and why it is right."""


@pytest.fixture(scope="module", params=[*GOLDEN, WORDS], ids=lambda case: case.name)
def compiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Compiled]:
    """A golden document as a package of pydantic classes."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp("published")
    return case, compile_document(case.spec, "pydantic", folder, f"published_{case.name}")


def classes(made: Compiled) -> dict[str, type[pydantic.BaseModel]]:
    """The classes of a package by their names."""
    models = made.module.models
    members = inspect.getmembers(models, lambda each: inspect.isclass(each) and issubclass(each, pydantic.BaseModel))
    return {name: each for name, each in members if each.__module__ == models.__name__}


def published(made: Compiled) -> tuple[dict[str, Any], dict[str, Any]]:
    """What all classes of a package publish for requests, and for responses."""
    every = list(classes(made).values())
    requests = models_json_schema([(each, "validation") for each in every])[1]
    responses = models_json_schema([(each, "serialization") for each in every])[1]
    return requests, responses


def differences_of(case: Case, made: Compiled) -> list[str]:
    document, schemas = Document(case.spec), Published(published(made)[0])
    by_letters = {_letters(name): name for name in classes(made)}
    known = [(name, by_letters[_letters(name)]) for name in document.names() if _letters(name) in by_letters]
    assert known
    return [
        difference
        for name, class_name in known
        for difference in differences(document.plain(name), schemas.plain(class_name), class_name)
    ]


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def test_classes_publish_what_the_document_says(compiled: tuple[Case, Compiled]) -> None:
    found, argued = differences_of(*compiled), ARGUED.get(compiled[0].name, {})
    assert [each for each in found if not any(re.search(known, each) for known in argued)] == []
    assert [known for known in argued if not any(re.search(known, each) for each in found)] == []


def test_requests_and_responses_have_one_schema(compiled: tuple[Case, Compiled]) -> None:
    requests, responses = published(compiled[1])
    assert requests == responses


def test_what_is_published_is_a_json_schema(compiled: tuple[Case, Compiled]) -> None:
    requests, _ = published(compiled[1])
    Draft202012Validator.check_schema(requests)


@pytest.mark.parametrize("case", [case for case in GOLDEN if case.models == "pydantic"], ids=lambda case: case.name)
def test_what_the_samples_write_is_what_the_schema_admits(case: Case) -> None:
    """Exactly: with numbers in all their digits. Null that stands for what is missing is left out."""
    for _, entity, _ in samples(case).ENTITIES:
        exactly = exact(json.dumps(type(entity).model_json_schema(mode="serialization")))
        written = entity.model_dump_json(by_alias=True)
        value = without_missing(exact(written), entity)
        assert [each.json_path for each in Draft202012Validator(exactly).iter_errors(value)] == []
        read = type(entity).model_validate_json(written)
        typed = [name for name, field in type(entity).model_fields.items() if field.annotation is not object]
        assert [name for name in typed if getattr(read, name) != getattr(entity, name)] == []


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def is_required(field: pydantic.fields.FieldInfo) -> bool:
    return field.is_required() or any(isinstance(each, schema.Required) for each in field.metadata)


def without_missing(value: Any, of: object) -> Any:
    match of:
        case pydantic.BaseModel():
            fields = {field.alias or name: (getattr(of, name), field) for name, field in type(of).model_fields.items()}
            there = {name: part for name, (part, field) in fields.items() if part is not None or is_required(field)}
            return {name: without_missing(value[name], part) for name, part in there.items()}
        case list():
            return [without_missing(each, one) for each, one in zip(value, of, strict=True)]
        case dict():
            return {name: without_missing(each, of[name]) for name, each in value.items()}
    return value


@needs_node
def test_every_published_pattern_is_one_of_ecma_262(compiled: tuple[Case, Compiled]) -> None:
    patterns = list(patterns_of(published(compiled[1])[0]))
    if patterns:
        answers = by_node([(each, []) for each in patterns])
        assert [answer for answer in answers if isinstance(answer, str)] == []


def patterns_of(published: object) -> Iterator[str]:
    match published:
        case {"pattern": str(pattern)}:
            yield pattern
        case dict():
            for each in published.values():
                yield from patterns_of(each)
        case list():
            for each in published:
                yield from patterns_of(each)
