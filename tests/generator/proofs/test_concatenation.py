"""Automata that are put together accept what the library's accept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.proofs.concatenation import literal_text, sequence_of
from entitystore_generator.proofs.language import automaton

PARTS = ["[a-z]*", "a|ab", re.escape("#a#"), "[^#]*", "b?", r"[\s\S]*", "(?:ab)+", r"\#", "", "é"]


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4), st.text(alphabet="ab#é!", max_size=7))
def test_a_sequence_accepts_what_its_expression_matches(parts: list[str], text: str) -> None:
    pattern = "".join(f"(?:{part})" for part in parts)
    assert sequence_of(pattern) == parts
    assert automaton(pattern).accepts(text) is (re.fullmatch(pattern, text) is not None)


@given(st.text(max_size=8))
def test_an_escaped_text_is_that_text(text: str) -> None:
    assert literal_text(re.escape(text)) == text
    assert automaton(re.escape(text)).accepts(text)
    assert not automaton(re.escape(text)).accepts(text + "x")


@pytest.mark.parametrize("pattern", ["(?:a)*", "(?:a)b", "a(?:b)", "(?:a)|(?:b)", "(?:a", "(a)(b)", "(?:a){2}"])
def test_other_forms_are_left_to_the_library(pattern: str) -> None:
    assert sequence_of(pattern) is None
