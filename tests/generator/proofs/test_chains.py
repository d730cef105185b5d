"""Witnesses are witnesses, and where there is none, brute force finds none either."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entitystore_generator.proofs.budget import Budget, Steps, TooManySteps
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.chains import Chain, ambiguities, common_texts, have_common_text, readings
from entitystore_generator.regular import ANY_TEXT, Chars, Repeat, Sequence, Texts, Word, all_but
from tests.generator.patterns.matching import matches
from tests.generator.proofs.sets import sets

ALL = ["".join(letters) for size in range(5) for letters in itertools.product("ab#", repeat=size)]
MANY = 100_000
chains = st.lists(sets, min_size=1, max_size=3)


def chain(parts: list[Texts]) -> Chain:
    return Chain(tuple(map(automaton, parts)))


@settings(max_examples=40)
@given(chains, chains)
def test_common_texts(one: list[Texts], other: list[Texts]) -> None:
    first, second = Sequence(tuple(one)), Sequence(tuple(other))
    found = list(common_texts(chain(one), chain(other), Steps(MANY)))
    assert bool(found) is have_common_text(chain(one), chain(other), Steps(MANY))
    for text in found:
        assert matches(first, text)
        assert matches(second, text)
    if not found:
        assert not any(matches(first, text) and matches(second, text) for text in ALL)


@settings(max_examples=40)
@given(sets, chains)
def test_ambiguities(head: Texts, rest: list[Texts]) -> None:
    whole = Sequence(tuple(rest))
    found = list(ambiguities(automaton(head), chain(rest), Steps(MANY)))
    for left, middle, right in found:
        assert middle
        assert matches(head, left)
        assert matches(head, left + middle)
        assert matches(whole, right)
        assert matches(whole, middle + right)
    if not found:
        for text in ALL:
            ways = [cut for cut in range(len(text) + 1) if matches(head, text[:cut]) and matches(whole, text[cut:])]
            assert len(ways) < 2, text


NO_HASH = Repeat(all_but(Chars(((35, 35),))), 0, None)
DIGITS = Repeat(Chars(((48, 57),)), 0, None)
KEYS: list[tuple[Texts, list[Texts], bool]] = [
    (NO_HASH, [Word("#"), NO_HASH], False),
    (ANY_TEXT, [Word("#"), ANY_TEXT], True),
    (Repeat(Chars(((48, 57),)), 4, 4), [DIGITS], False),
    (Repeat(Word("a"), 1, None), [Word("a")], False),
]


@pytest.mark.parametrize(("head", "rest", "is_ambiguous"), KEYS)
def test_keys_as_people_write_them(head: Texts, rest: list[Texts], is_ambiguous: bool) -> None:
    assert bool(list(ambiguities(automaton(head), chain(rest), Steps(MANY)))) is is_ambiguous


@settings(max_examples=40)
@given(chains, st.text(alphabet="ab#", max_size=6))
def test_readings(parts: list[Texts], text: str) -> None:
    found = list(readings(tuple(map(automaton, parts)), text, Steps(MANY)))
    assert len(set(found)) == len(found)
    for reading in found:
        assert "".join(reading) == text
        assert all(matches(part, piece) for part, piece in zip(parts, reading, strict=True))
    assert bool(found) is matches(Sequence(tuple(parts)), text)


def test_readings_in_order() -> None:
    parts = (automaton(Repeat(Word("a"), 0, None)), automaton(Sequence((Repeat(Word("a"), 0, None), Word("b")))))
    assert list(readings(parts, "aab", Steps(MANY))) == [("", "aab"), ("a", "ab"), ("aa", "b")]


@settings(max_examples=40)
@given(sets, chains)
def test_the_same_question_takes_the_same_steps(head: Texts, rest: list[Texts]) -> None:
    def steps() -> int:
        counted = Steps(MANY)
        list(ambiguities(automaton(head), chain(rest), counted))
        return counted.used

    assert steps() == steps()


def test_what_is_beyond_the_budget_is_not_decided() -> None:
    budget = Budget(entities=1)
    one = chain([Repeat(Word("a"), 0, None)])
    assert budget.ask(lambda steps: have_common_text(one, one, steps)) is True
    assert budget.ask(lambda steps: steps.take(10**6)) is None
    budget.left = 0
    assert budget.ask(lambda steps: have_common_text(one, chain([Word("ab")]), steps)) is None
    with pytest.raises(TooManySteps):
        Steps(0).take()


@settings(max_examples=60)
@given(sets, chains, chains)
def test_parts_that_both_begin_with(same: Texts, one: list[Texts], other: list[Texts]) -> None:
    """They are left out of the search where that makes no difference."""
    begun, with_other = [same, *one], [same, *other]
    found = have_common_text(chain(begun), chain(with_other), Steps(MANY))
    assert found is bool(list(common_texts(chain(begun), chain(with_other), Steps(MANY))))
