"""Random sets of texts over a few characters, for properties."""

from __future__ import annotations

from hypothesis import strategies as st

from entitystore_generator.regular import Both, Chars, Choice, Not, Repeat, Sequence, Texts, Word, all_but

ALPHABET = "ab#é"
texts = st.text(alphabet=ALPHABET, max_size=6)

_atoms = st.one_of(
    st.text(alphabet=ALPHABET, max_size=3).map(Word),
    st.sampled_from([Chars(((97, 98),)), Chars(((35, 35),)), all_but(Chars(((35, 35),))), Chars(())]),
)


def _repeats(inner: st.SearchStrategy[Texts]) -> st.SearchStrategy[Texts]:
    counts = st.sampled_from([(0, None), (1, None), (0, 1), (2, 2), (1, 3), (0, 0)])
    return st.builds(lambda each, count: Repeat(each, *count), inner, counts)


def _larger(inner: st.SearchStrategy[Texts]) -> st.SearchStrategy[Texts]:
    several = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sequence), several.map(Choice), _repeats(inner), st.builds(Both, inner, inner), inner.map(Not)
    )


sets: st.SearchStrategy[Texts] = st.recursive(_atoms, _larger, max_leaves=6)
