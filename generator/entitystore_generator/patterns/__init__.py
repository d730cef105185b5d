"""`pattern` of a document: one meaning, ECMA-262's with the u flag, for whoever asks.

    reading.py    the text and its faults              syntax.py    trees
    escapes.py    escapes and classes                  parsing.py   text -> tree
    texts.py      tree -> the texts that it admits     spelling.py  tree -> Python's `re`

Rules of this package:
- A pattern matches anywhere in the text unless it is anchored, as JSON Schema says.
- What is proved, checked at run time and published has one source: the tree.
"""

from __future__ import annotations

from functools import lru_cache

from entitystore_generator.patterns.parsing import parse
from entitystore_generator.patterns.reading import Fault, Wrong
from entitystore_generator.patterns.spelling import to_python
from entitystore_generator.patterns.syntax import Node
from entitystore_generator.patterns.texts import whole_texts
from entitystore_generator.regular import Texts

__all__ = ["Fault", "fault_of", "texts_of", "to_python"]


@lru_cache(maxsize=4096)
def _read(pattern: str) -> Node | Fault:
    try:
        return parse(pattern)
    except Wrong as wrong:
        return wrong.fault


def fault_of(pattern: str) -> Fault | None:
    """What is wrong with a pattern; None if nothing is."""
    found = _read(pattern)
    return found if isinstance(found, Fault) else None


@lru_cache(maxsize=4096)
def texts_of(pattern: str) -> Texts | None:
    """The texts in which the pattern finds something, or more than these; None if it is no expression."""
    found = _read(pattern)
    return None if isinstance(found, Fault) else whole_texts(found)
