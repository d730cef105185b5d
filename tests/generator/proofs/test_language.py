"""Languages of components may be larger than the truth, never smaller."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.patterns import to_python
from entitystore_generator.proofs.language import ANY_TEXT, automaton, can_be_empty, can_contain, unanchored

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
