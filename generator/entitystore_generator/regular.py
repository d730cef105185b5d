"""Sets of texts as values: what a key component can be, in a form that patterns are translated to and proofs read.

    Sequence((Word("USER#"), Repeat(Chars(((48, 57),)), 1, None)))        USER# and one or more digits

Rules of this file:
- Frozen, hashable values without behaviour: `patterns` makes them from a document's expressions, `proofs` turns them
  into automata. Neither knows the other.
- A text is a sequence of Unicode scalar values. Surrogates are in no text, since UTF-8 cannot hold them.
- Ranges are sorted, disjoint and not adjacent, so that equal sets are equal values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

__all__ = [
    "ANY_CHARACTER",
    "ANY_TEXT",
    "EMPTY",
    "NOTHING",
    "Both",
    "Chars",
    "Choice",
    "Not",
    "Repeat",
    "Sequence",
    "Texts",
    "Word",
    "all_but",
    "chars",
]

Range: TypeAlias = tuple[int, int]
"""First and last code point, both included."""

_SCALARS: tuple[Range, ...] = ((0, 0xD7FF), (0xE000, 0x10FFFF))


class Chars(Struct, frozen=True):
    """The texts of one character out of these ranges. Without ranges: no text at all."""

    ranges: tuple[Range, ...]


class Word(Struct, frozen=True):
    """One text."""

    text: str


class Sequence(Struct, frozen=True):
    """A text of each part, one after the other. Without parts: the empty text."""

    parts: tuple[Texts, ...]


class Choice(Struct, frozen=True):
    """The texts of any option. Without options: no text at all."""

    options: tuple[Texts, ...]


class Repeat(Struct, frozen=True):
    """`least` to `most` texts of `inner`, one after the other; any number from `least` on where `most` is None."""

    inner: Texts
    least: int
    most: int | None


class Both(Struct, frozen=True):
    """The texts that are in both sets."""

    one: Texts
    other: Texts


class Not(Struct, frozen=True):
    """All texts that are not in the set."""

    inner: Texts


Texts: TypeAlias = Chars | Word | Sequence | Choice | Repeat | Both | Not


def chars(ranges: Iterable[Range]) -> Chars:
    """One character out of ranges in any order, which may overlap."""
    merged: list[Range] = []
    for first, last in sorted(_without_surrogates(ranges)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return Chars(tuple(merged))


def _without_surrogates(ranges: Iterable[Range]) -> Iterable[Range]:
    for first, last in ranges:
        for low, high in _SCALARS:
            if first <= high and last >= low:
                yield max(first, low), min(last, high)


def all_but(excluded: Chars) -> Chars:
    """One character that is not among these."""
    found: list[Range] = []
    start = 0
    for first, last in excluded.ranges:
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    if start <= _SCALARS[-1][1]:
        found.append((start, _SCALARS[-1][1]))
    return chars(found)


NOTHING = Choice(())
EMPTY = Sequence(())
ANY_CHARACTER = Chars(_SCALARS)
ANY_TEXT = Repeat(ANY_CHARACTER, 0, None)
