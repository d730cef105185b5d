"""`pattern` of a document: one meaning, ECMA-262's with the u flag.

    reading.py    the text and its faults              syntax.py    trees
    escapes.py    escapes and classes                  parsing.py   text -> tree
    anchored.py, texts.py, joining.py                                tree -> the texts that it admits
    references.py, spelling.py                                       tree -> Python's `re`
    searching.py                                                     tree and text -> whether it matches
    ambiguity.py                                                     tree -> what takes exponential time

Rules of this package:
- A pattern matches anywhere in the text unless it is anchored, as JSON Schema says.
- What is proved, checked at run time and published has one source: the tree.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from msgspec import Struct

from entitystore_generator.patterns.ambiguity import ambiguous_text
from entitystore_generator.patterns.parsing import parse
from entitystore_generator.patterns.reading import Fault, Wrong
from entitystore_generator.patterns.searching import finds
from entitystore_generator.patterns.spelling import spelled
from entitystore_generator.patterns.syntax import Node
from entitystore_generator.patterns.texts import whole_texts
from entitystore_generator.regular import Texts

__all__ = ["Fault", "fault_of", "may_find", "read_twice", "surely_finds", "texts_of", "to_python", "to_strict"]


class _Pattern(Struct, frozen=True):
    tree: Node
    strict: str
    python: str


@lru_cache(maxsize=4096)
def _read(pattern: str) -> _Pattern | Fault:
    try:
        parsed = parse(pattern)
        python = spelled(parsed.tree)
    except Wrong as wrong:
        return wrong.fault
    if not _is_compiled(python):
        return Fault("Python's regular expressions cannot say this", "write it in a simpler way", 0, len(pattern))
    return _Pattern(*parsed, python)


def _is_compiled(python: str) -> bool:
    """Python has the last word: what it refuses or warns of must not reach the generated code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(python)
    except (re.error, ValueError, OverflowError, RecursionError, Warning):
        return False
    return True


def fault_of(pattern: str) -> Fault | None:
    """What is wrong with a pattern; None if nothing is."""
    found = _read(pattern)
    return found if isinstance(found, Fault) else None


def to_python(pattern: str) -> str | None:
    """The expression for `re.search`; None if the pattern has a fault."""
    found = _read(pattern)
    return found.python if isinstance(found, _Pattern) else None


def may_find(pattern: str, text: str) -> bool:
    """Whether the pattern finds something in the text; True also where it has a fault, or that is not known in time."""
    found = _read(pattern)
    return isinstance(found, Fault) or finds(found.tree, text) is not False


@lru_cache(maxsize=4096)
def surely_finds(pattern: str, text: str) -> bool:
    """Whether the pattern is known to find something in the text."""
    found = _read(pattern)
    return isinstance(found, _Pattern) and finds(found.tree, text) is True


@lru_cache(maxsize=4096)
def read_twice(pattern: str) -> str | None:
    """A text that a repeat of the pattern reads in two ways, so that a search can take exponential time; else None."""
    found = _read(pattern)
    return ambiguous_text(found.tree) if isinstance(found, _Pattern) else None


def to_strict(pattern: str) -> str | None:
    r"""The pattern for those who read it with the flag u, which refuses `\_` and a lone `}`; None if it has a fault."""
    found = _read(pattern)
    return found.strict if isinstance(found, _Pattern) else None


@lru_cache(maxsize=4096)
def texts_of(pattern: str) -> Texts | None:
    """The texts in which the pattern finds something, or more than these; None if it has a fault."""
    found = _read(pattern)
    return whole_texts(found.tree) if isinstance(found, _Pattern) else None
