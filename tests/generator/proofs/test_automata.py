"""Automata accept what their sets of texts hold by definition, and nothing else."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.building import ANY, automaton, either, without
from entitystore_generator.proofs.joining import word_list
from entitystore_generator.regular import ANY_CHARACTER, Chars, Choice, Repeat, Sequence, Texts, Word, all_but
from tests.generator.patterns.matching import matches
from tests.generator.proofs.sets import sets, texts

HASH = Chars(((35, 35),))


def shape(automaton: Automaton) -> object:
    return automaton.rows, sorted(automaton.finals)


@settings(max_examples=40)
@given(sets, texts)
def test_an_automaton_accepts_what_the_set_holds(given_set: Texts, text: str) -> None:
    assert automaton(given_set).accepts(text) is matches(given_set, text)


@settings(max_examples=40)
@given(sets)
def test_it_is_as_its_rules_say(given_set: Texts) -> None:
    found = automaton(given_set)
    for row in found.rows:
        assert list(row) == sorted(row)
        assert all(first <= last < following for (first, last, _), (following, _, _) in itertools.pairwise(row))
        assert not any(first <= 0xDFFF and last >= 0xD800 for first, last, _ in row)
    reached = {0} | {target for row in found.rows for _, _, target in row}
    assert reached == set(range(len(found.rows)))


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="ab#é", max_size=6)), texts)
def test_a_list_of_words(words: list[str], text: str) -> None:
    assert word_list(tuple(words)).accepts(text) is (text in words)
    assert shape(word_list(tuple(words))) == shape(word_list(tuple(reversed(words))))


def test_a_long_list_of_words_has_few_states() -> None:
    found = automaton(Choice(tuple(Word(f"V{number:05d}") for number in range(10_000))))
    assert len(found) == 7
    assert found.cost == 0


@settings(max_examples=40)
@given(sets, sets, texts)
def test_either(one: Texts, other: Texts, text: str) -> None:
    assert either(automaton(one), automaton(other)).accepts(text) is (matches(one, text) or matches(other, text))


@settings(max_examples=40)
@given(sets, texts)
def test_without_a_character(given_set: Texts, text: str) -> None:
    assert without(automaton(given_set), HASH).accepts(text) is (matches(given_set, text) and "#" not in text)


A = Chars(((97, 97),))
ROUNDED: dict[str, Texts] = {
    "an open count": Repeat(A, 0, 5000),
    "a fixed count": Repeat(A, 5000, 5000),
    "counts of counts": Repeat(Repeat(Repeat(A, 50, 50), 50, 50), 50, 50),
    "the last but so many": Sequence((Repeat(Choice((A, Word("b"))), 0, None), A, Repeat(ANY_CHARACTER, 20, 20))),
    "deep": A,
}
for _ in range(400):
    ROUNDED["deep"] = Sequence((ROUNDED["deep"], Word("a")))


@pytest.mark.parametrize("name", ROUNDED)
def test_what_is_too_large_is_rounded_away_from_the_truth(name: str) -> None:
    found = automaton(ROUNDED[name])
    assert len(found) < 5000
    assert found.accepts("a" * 5000)
    assert found.cost < 1_000_000


def test_what_has_every_character_is_any_text() -> None:
    """The characters that XML allows, as patterns of schemas made from XSD have them: no other one is left."""
    everything = Chars(((0x20, 0xD7FF), (0xE000, 0xFFFD)))
    found = automaton(Choice((everything, all_but(everything))))
    assert found.accepts("\U0010ffff")
    assert shape(automaton(Repeat(ANY_CHARACTER, 0, None))) == shape(ANY)
