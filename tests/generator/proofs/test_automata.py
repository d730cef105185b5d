"""Witnesses are witnesses, and where there is none, brute force finds none either."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.proofs.automata import ambiguity, common_text, common_texts, have_common_text, readings
from entitystore_generator.proofs.language import automaton

EXPRESSIONS = ["[a-z]+", "a*", "(ab)*", "a|ab", "b|", "[ab]{2}", "ab?", "[^#]*", "a#b|a", "#(a|b)", "#a*", "(a#)*"]
TEXTS = ["".join(letters) for size in range(5) for letters in itertools.product("ab#", repeat=size)]

expressions = st.sampled_from(EXPRESSIONS)


@given(expressions, expressions)
def test_common_texts(one: str, other: str) -> None:
    found = common_text(automaton(one), automaton(other))
    if found is None:
        assert not any(re.fullmatch(one, text) and re.fullmatch(other, text) for text in TEXTS)
    for text in common_texts(automaton(one), automaton(other)):
        assert re.fullmatch(one, text)
        assert re.fullmatch(other, text)


@given(expressions, expressions)
def test_ambiguity(head: str, rest: str) -> None:
    found = ambiguity(automaton(head), automaton(rest))
    if found is not None:
        left, middle, right = found
        assert middle
        assert re.fullmatch(head, left + middle)
        assert re.fullmatch(rest, right)
        assert re.fullmatch(head, left)
        assert re.fullmatch(rest, middle + right)
        return
    for text in TEXTS:
        ways = [
            cut for cut in range(len(text) + 1) if re.fullmatch(head, text[:cut]) and re.fullmatch(rest, text[cut:])
        ]
        assert len(ways) < 2, text


@pytest.mark.parametrize(
    ("head", "rest", "ambiguous"),
    [("[^#]*", "#[^#]*", False), (r"[\s\S]*", r"#[\s\S]*", True), ("[0-9]{4}", "[0-9]*", False), ("a+", "a", False)],
)
def test_keys_as_people_write_them(head: str, rest: str, ambiguous: bool) -> None:
    assert (ambiguity(automaton(head), automaton(rest)) is not None) is ambiguous


def test_readings() -> None:
    found = list(readings([automaton("a*"), automaton("a*b")], "aab"))
    assert found == [("", "aab"), ("a", "ab"), ("aa", "b")]


@given(expressions, expressions)
def test_having_a_common_text_is_to_have_one(one: str, other: str) -> None:
    first, second = automaton(one), automaton(other)
    assert have_common_text(first, second) is (common_text(first, second) is not None)
