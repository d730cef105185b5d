"""Texts in upper or lower case, as `str.upper` and `str.lower` make them.

Rules of this file:
- Exact for ASCII, and for ranges of few characters. A larger range becomes all that its characters may turn into: one
  to three of any script, the ASCII letters among them, since U+017F is an S in upper case.
- A lower-case sigma is written in two ways, one of them at the end of a word; both count everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from entitystore_generator import regular
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.building import replaced
from entitystore_generator.regular import Chars, Choice, Repeat, Texts, Word

__all__ = ["in_case"]

_ASCII = (0, 0x7F)
_OTHERS = (0x80, 0x10FFFF)
_FEW = 256
_SIGMA = "\u03a3"
_SIGMAS = "\u03c3\u03c2"
_LONGEST = 3
"""The most characters that one becomes: `str.upper` of U+0390."""


def in_case(automaton: Automaton, case: Callable[[str], str]) -> Automaton:
    """The texts of an automaton after `str.upper` or `str.lower`, and perhaps more."""
    return replaced(automaton, partial(_image, case))


def _image(case: Callable[[str], str], first: int, last: int) -> Texts:
    """What the characters from `first` to `last` become."""
    options: list[Texts] = []
    if first <= _ASCII[1]:
        options.append(_of_each(case, first, min(last, _ASCII[1])))
    if last >= _OTHERS[0]:
        first = max(first, _OTHERS[0])
        options.append(_of_each(case, first, last) if last - first < _FEW else _of_many(case))
    return options[0] if len(options) == 1 else Choice(tuple(options))


def _of_each(case: Callable[[str], str], first: int, last: int) -> Texts:
    texts = {case(chr(code)) for code in range(first, last + 1)}
    if case is str.lower and first <= ord(_SIGMA) <= last:
        texts |= set(_SIGMAS)
    single = regular.chars((ord(text), ord(text)) for text in texts if len(text) == 1)
    longer = [Word(text) for text in sorted(texts) if len(text) > 1]
    return Choice((single, *longer)) if longer else single


def _of_many(case: Callable[[str], str]) -> Texts:
    letters = _of_each(case, ord("A"), ord("Z"))
    ascii_letters = letters.ranges if isinstance(letters, Chars) else ()
    return Repeat(regular.chars((_OTHERS, *ascii_letters)), 1, _LONGEST)
