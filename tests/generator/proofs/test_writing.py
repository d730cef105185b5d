"""What the proofs take for the text of a value is what generated code writes, and is in the component's language.

One entity for each way to write a property into a key, generated and imported; random values that its schema admits.
"""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entitystore.errors import ValidationError
from entitystore_generator.ir.model import Component, EnumType, UuidType
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.language import component_automaton
from entitystore_generator.proofs.values import admits, text_of, value_of
from entitystore_generator.proofs.writing import Value
from tests.compiled import Compiled, compile_document
from tests.generator.advice.examining import document, entity

TIME = "type: string, format: date-time"
DAY = "type: string, format: date"
INTEGER = "type: integer, minimum: -1000"
SMALL = "type: integer, format: int32, minimum: 0, maximum: 120"
WAYS = [
    ("{v}", "type: string"),
    ("{v|upper}", "type: string"),
    ("{v|lower}", "type: string"),
    ("{v|upper|shard:7}", "type: string"),
    ("{v|lower}", "type: string, pattern: '^[a-zA-ZäÄß\\u017f]{1,4}$', maxLength: 3"),
    ("{v|default:-}", "type: string, pattern: '^[a-c]*$'"),
    *((macro, INTEGER) for macro in ("{v}", "{v:d}", "{v:03d}", "{v|desc:4}", "{v|sortable}", "{v|shard:11}")),
    *((macro, SMALL) for macro in ("{v}", "{v:03d}", "{v|desc:3}", "{v|sortable}", "{v|mod:7}", "{v|mod:7|add:5}")),
    *(
        (macro, "type: integer, format: int64")
        for macro in ("{v|mod:20|desc:3}", "{v|add:9}", "{v|add:3|mod:4|sortable}")
    ),
    *((macro, "type: number, format: decimal") for macro in ("{v}", "{v|sortable}", "{v|shard:3}")),
    ("{v}", "type: number, format: decimal, exclusiveMinimum: -2, maximum: 3"),
    ("{v}", "type: boolean"),
    ("{v|upper}", "type: boolean"),
    ("{v}", "type: string, format: uuid"),
    ("{v|upper}", "type: string, format: uuid"),
    ("{v|lower}", "type: string, enum: [New, OLD, ÉTÉ]"),
    ("{v}", "type: integer, enum: [1, -5, 20]"),
    ("{v|upper}", "const: fix#ed"),
    *(
        (macro, TIME)
        for macro in ("{v}", "{v|isoms}", "{v|isoms|lower}", "{v|shard:5}", "{v:%Y-%m-%dT%H}", "{v:%y%j.%f}")
    ),
    *((macro, TIME) for macro in ("{v:%I%M%S}", "{v:%G-W%V-%u|lower}", "{v:%U%%%W}")),
    *((macro, DAY) for macro in ("{v}", "{v:%d.%m.}", "{v:%G}", "{v|shard:2}")),
]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("ways")
    entities = [
        entity(f"Way{number}", f'PK: "W{number}#{macro}"', f"v: {{{schema}}}", "" if "|default" in macro else "v")
        for number, (macro, schema) in enumerate(WAYS)
    ]
    text = document(*entities).replace(", sort-key: SK", "")
    (folder / "ways.yaml").write_text(text, encoding="utf-8")
    return compile_document(folder / "ways.yaml", "dataclass", folder, "written_ways_store")


values = {
    "StringType": st.text(alphabet="abcäÄß\u017f\u03a3\u03c3\u212a#İ0", max_size=4),
    "IntegerType": st.one_of(st.integers(-1200, 1200), st.integers(-(2**63), 2**63 - 1), st.integers()),
    "NumberType": st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000),
    "BooleanType": st.booleans(),
    "UuidType": st.uuids().map(str),
    "EnumType": st.sampled_from(["New", "OLD", "ÉTÉ", 1, -5, 20]),
    "LiteralType": st.just("fix#ed"),
    "DateTimeType": st.datetimes(timezones=st.just(UTC)),
    "DateType": st.dates(),
}


def component_of(ways: Compiled, number: int) -> Component:
    (component,) = ways.package.entities[number].primary.partition.template.components
    return component


def generated(ways: Compiled, number: int, value: object) -> str | None:
    """The text that the generated code writes; None where it refuses the value."""
    type_ = component_of(ways, number).field.type
    if isinstance(type_, UuidType):
        value = UUID(str(value))
    if isinstance(type_, EnumType):
        value = getattr(ways.module, type_.class_name)(value)
    try:
        key = ways.store_module(f"way{number}").key(v=value)
    except ValidationError:
        return None
    return str(key["PK"]["S"]).removeprefix(f"W{number}#")


@pytest.mark.parametrize("number", range(len(WAYS)), ids=[f"{macro} {schema}" for macro, schema in WAYS])
def test_a_text_is_what_generated_code_writes(ways: Compiled, number: int) -> None:
    component = component_of(ways, number)
    language = component_automaton(component, ways.package)

    @settings(max_examples=25, deadline=None)
    @given(values[type(component.field.type).__name__])
    def holds(value: Value) -> None:
        if isinstance(component.field.type, EnumType) and not admits(component.field.type, value, ways.package):
            return  # no member of the class
        text = generated(ways, number, value)
        if text is None:
            assert not admits(component.field.type, value, ways.package) or text_of(component, value) is None
            return
        assert language.accepts(text)
        assert text_of(component, value) == text
        found = value_of([(component, text)], ways.package, Steps(10**6))
        if admits(component.field.type, value, ways.package):
            assert found is not None
            assert generated(ways, number, found[0]) == text

    holds()


@pytest.mark.parametrize("number", [number for number, (macro, _) in enumerate(WAYS) if "default" in macro])
def test_a_missing_value_has_the_default_text(ways: Compiled, number: int) -> None:
    component = component_of(ways, number)
    assert component.default is not None
    assert generated(ways, number, None) == text_of(component, None) == component.default
    assert component_automaton(component, ways.package).accepts(component.default)
