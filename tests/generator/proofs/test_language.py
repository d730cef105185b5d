"""Languages of components may be larger than the truth, never smaller."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.keys import formatted_timestamp, sortable_decimal_text, sortable_integer_text
from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.model import (
    Component,
    DateTimeType,
    Field,
    FieldType,
    Index,
    IntegerType,
    KeyAttribute,
    NumberType,
    Package,
    Table,
    Transform,
    TransformKind,
)
from entitystore_generator.patterns import to_python
from entitystore_generator.proofs.language import (
    ANY_TEXT,
    automaton,
    can_be_empty,
    can_contain,
    component_pattern,
    unanchored,
)

PLACE = Position("spec.yaml", 1, 1)
TABLE = Table("shop", Index("", KeyAttribute("PK"), None), (), "EntityType", None, PLACE)
PACKAGE = Package("spec.yaml", TABLE, (), (), ())


def component_of(type_: FieldType, format: str = "", transforms: tuple[Transform, ...] = ()) -> Component:
    field = Field("v", "v", "v", type_, True, PLACE)
    return Component((field,), format, transforms, None, PLACE)


PATTERNS = [r"^[A-Za-z0-9-]+$", r"^a|b$", r"^(a|b)c?$", r"\d{3}", r"^x[$^]y$", r"^\$a$", r"^(?=a)b$", "^$", "a$|^b"]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text(alphabet="abcxy$^019-#", max_size=6))
def test_the_automaton_accepts_whatever_the_pattern_finds(pattern: str, text: str) -> None:
    python = to_python(pattern)
    assert python is not None
    if re.search(python, text):
        assert automaton(unanchored(python) or ANY_TEXT).accepts(text)


@pytest.mark.parametrize(
    ("pattern", "contained", "answer"),
    [
        ("[a-z]+", "#", False),
        ("[^#]*", "#", False),
        (ANY_TEXT, "#", True),
        ("[a-z]+", "b", True),
        ("ab|cd", "bc", False),
    ],
)
def test_containing(pattern: str, contained: str, answer: bool) -> None:
    assert can_contain(pattern, contained) is answer


def test_an_expression_beyond_the_library_is_any_text() -> None:
    assert can_contain(r"(?<=x)\Ba", "#")


def test_emptiness() -> None:
    assert can_be_empty("a*")
    assert not can_be_empty("a+")


@given(st.datetimes(), st.sampled_from(["%Y-%m-%d", "%j%%", "%G-W%V-%u", "%H:%M:%S.%f", "%y#%U %W", "%I."]))
def test_texts_of_times_are_in_their_language(value: datetime, format_: str) -> None:
    component = component_of(DateTimeType(), format=format_)
    pattern = component_pattern(component, PACKAGE)
    assert automaton(pattern).accepts(formatted_timestamp(value.replace(tzinfo=UTC), format_, "v"))
    assert not can_contain(pattern, "|")


@given(st.integers(-(2**63), 2**63 - 1))
def test_sortable_integers_are_in_their_language(value: int) -> None:
    component = component_of(IntegerType(), transforms=(Transform(TransformKind.SORTABLE),))
    assert automaton(component_pattern(component, PACKAGE)).accepts(sortable_integer_text(value, "v"))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**12), max_value=10**12))
def test_sortable_decimals_are_in_their_language(value: Decimal) -> None:
    component = component_of(NumberType(decimal=True), transforms=(Transform(TransformKind.SORTABLE),))
    assert automaton(component_pattern(component, PACKAGE)).accepts(sortable_decimal_text(value, "v"))
