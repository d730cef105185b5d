"""What is proved of random designs is true of the keys of random entities, and what is found is found again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice, product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import (
    BooleanType,
    Component,
    DateTimeType,
    DateType,
    Entity,
    EnumType,
    Field,
    IntegerType,
    Key,
    LiteralType,
    NumberType,
    Package,
    StringType,
)
from entitystore_generator.proofs.budget import ENTITY_STEPS, PACKAGE_STEPS
from entitystore_generator.proofs.findings import prove
from entitystore_generator.proofs.meetings import meetings
from entitystore_generator.proofs.templates import KeyLanguages
from entitystore_generator.proofs.values import admits, text_of
from entitystore_generator.proofs.witnesses import Meeting, two_readings
from entitystore_generator.proofs.writing import Value
from tests.generator.proofs.designs import HARD_PATTERNS, component, designs, entity_of, package_of

TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "ba",
    "aa",
    "a#",
    "#a",
    "b#",
    "1",
    "11",
    "1#",
    "A",
    "aB",
    "a#a#",
    "NONE",
    "a@b",
    "a@bb",
    "-1",
]
NUMBERS = [-105, -10, -5, -3, -1, 0, 1, 2, 9, 10, 11, 12, 95, 99, 100, 105, 1010, 2**63 - 1]
MOMENTS = [
    datetime(year, month, day, 1, 10, 11, 6, UTC) for year in (1, 2024, 9999) for month, day in ((1, 1), (12, 31))
]
MOST = 1_000
EXAMPLES = int(os.environ.get("ENTITYSTORE_EXAMPLES", "30"))
"""How many designs are looked at; 1,500 take three minutes."""

Values = Mapping[Field, Value | None]


def values_of(field: Field, package: Package) -> list[Value | None]:
    """Values that the schema admits, chosen to meet."""
    match field.type:
        case StringType():
            found: list[Value] = [*TEXTS]
        case IntegerType():
            found = [*NUMBERS]
        case NumberType():
            found = [Decimal(text) for text in ("0", "1", "11", "1.1", "-1", "-0.5", "10", "110")]
        case BooleanType():
            found = [True, False]
        case EnumType(class_name=name):
            found = [member.value for member in package.enum(name).members]
        case LiteralType(value=value):
            found = [value]
        case DateTimeType():
            found = [*MOMENTS]
        case DateType():
            found = [*map(datetime.date, MOMENTS)]
        case _:
            found = ["7d3f0c1a-5b2e-4c6d-8e9f-0a1b2c3d4e5f", "00000000-0000-0000-0000-000000000000"]
    admitted = [value for value in found if admits(field.type, value, package)]
    return [*admitted] if field.required else [None, *admitted]


def entities_of(entity: Entity, package: Package) -> Iterator[Values]:
    fields = entity.model.fields
    for values in islice(product(*(values_of(field, package) for field in fields)), MOST):
        yield dict(zip(fields, values, strict=True))


def written(key: Key | None, values: Values, languages: KeyLanguages) -> tuple[str, ...] | None:
    """The texts of the key's parts; None where the runtime refuses one of the values."""
    assert key is not None
    texts: list[str] = []
    for part in key.template.parts:
        text = text_of(part, values[part.field]) if isinstance(part, Component) else part.text
        guard = languages.guard_of(part) if isinstance(part, Component) else ""
        if text is None or (guard and guard in text):
            return None
        texts.append(text)
    return tuple(texts)


def keys_of(entity: Entity, languages: KeyLanguages) -> dict[tuple[str, str], set[tuple[str, ...]]]:
    """Table key -> the texts that it is made of, for many entities."""
    found: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for values in entities_of(entity, languages.package):
        partition = written(entity.primary.partition, values, languages)
        sort = written(entity.primary.sort, values, languages)
        if partition is not None and sort is not None:
            found.setdefault(("".join(partition), "".join(sort)), set()).add(partition + sort)
    return found


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(designs)
def test_what_is_proved_is_true(package: Package) -> None:
    languages = KeyLanguages(package)
    one, other = package.entities
    keys = {entity.name: keys_of(entity, languages) for entity in package.entities}
    ambiguous = {found.template.position for found in languages.ambiguities}
    if not ambiguous:
        for of_entity in keys.values():
            assert all(len(texts) == 1 for texts in of_entity.values())
    if not list(meetings(languages)):
        assert not keys[one.name].keys() & keys[other.name].keys()


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(designs)
def test_every_witness_is_one(package: Package) -> None:
    languages = KeyLanguages(package)
    for found in languages.ambiguities:
        readings = two_readings(found, languages)
        if readings is not None:
            assert readings.one != readings.other
            for named in (readings.one, readings.other):
                values = {part.field: named[part.name] for part in found.template.components}
                text = "".join(
                    str(text_of(part, values[part.field])) if isinstance(part, Component) else part.text
                    for part in found.template.parts
                )
                assert text == readings.text
                assert_admitted(values, package)
    for meeting in meetings(languages):
        if isinstance(meeting, Meeting):
            sides = ((meeting.one, meeting.one_values), (meeting.other, meeting.other_values))
            for entity, named in sides:
                values = {field: named[field.name] for field in entity.model.fields}
                partition = written(entity.primary.partition, values, languages)
                sort = written(entity.primary.sort, values, languages)
                assert partition is not None
                assert sort is not None
                assert ("".join(partition), "".join(sort)) == (meeting.partition, meeting.sort)
                assert_admitted(values, package)


def assert_admitted(values: Values, package: Package) -> None:
    for field, value in values.items():
        assert (value is None and not field.required) or (value is not None and admits(field.type, value, package))


hard = st.sampled_from(HARD_PATTERNS).map(lambda pattern: (StringType(pattern=pattern), "", ()))
hard_components = st.builds(component, st.sampled_from("abc"), hard)


@settings(max_examples=4, deadline=None)
@given(st.lists(st.tuples(hard_components, hard_components), min_size=1, max_size=3))
def test_work_is_bounded_by_steps(pairs: list[tuple[Component, Component]]) -> None:
    entities = [entity_of(f"Thing{number}", [one], [other, one]) for number, (one, other) in enumerate(pairs)]
    package = package_of(*entities)
    first, second = (proved(package) for _ in range(2))
    assert first == second
    # One automaton, whose size has bounds of its own, may be begun with the last step.
    assert first[0] <= PACKAGE_STEPS + ENTITY_STEPS * len(entities) + 300_000


def proved(package: Package) -> tuple[int, list[str]]:
    diagnostics = Diagnostics()
    languages = prove(package, diagnostics)
    used = PACKAGE_STEPS + ENTITY_STEPS * len(package.entities) - languages.budget.left
    return used, [each.message for each in diagnostics]
