"""`pattern` of a document (ECMA-262) as Python's `re` spells the same expression.

What differs, and is translated:
    $            end of the text, where Python also matches before a final newline   -> \\Z
    \\d \\w        ASCII, where Python takes every script's digits and letters         -> [0-9] [A-Za-z0-9_]
    \\/ \\-        needless escapes                                                    -> the character
    \\uXXXX \\u{X} \\cX (?<name>…)                                                     -> Python's spelling

Rules of this file:
- A pattern matches anywhere in the text unless it is anchored, as JSON Schema says.
- What Python cannot say is None, never a pattern that means something else.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

__all__ = ["to_python"]

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_"}
_KEPT = frozenset("bBfnrtvsSDWx0123456789.^$*+?()[]{}|\\k")


@lru_cache(maxsize=4096)
def to_python(pattern: str) -> str | None:
    """The pattern for `re.search`; None if it is not an expression or cannot be said in Python."""
    try:
        translated = _Translator(pattern).translate()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(translated)
    except (re.error, ValueError, OverflowError, RecursionError, Warning):
        return None
    return translated


class _Translator:
    """One pass over the pattern, which knows whether it is inside of a character class."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0
        self._in_class = False

    def translate(self) -> str:
        pieces = []
        while self._position < len(self._pattern):
            pieces.append(self._next())
        return "".join(pieces)

    def _take(self, count: int = 1) -> str:
        text = self._pattern[self._position : self._position + count]
        if len(text) < count:
            raise ValueError("the pattern ends in the middle of an escape")
        self._position += count
        return text

    def _next(self) -> str:
        character = self._take()
        if character == "\\":
            return self._escape()
        if self._in_class:
            self._in_class = character != "]"
            return "\\[" if character == "[" else character
        if character == "[":
            return self._open_class()
        if character == "$":
            return r"\Z"
        if character == "(" and self._pattern.startswith("?<", self._position):
            return self._group()
        return character

    def _open_class(self) -> str:
        """`[]` matches nothing in ECMA-262 and `[^]` anything; Python reads a literal bracket there."""
        self._in_class = True
        if self._pattern.startswith("^]", self._position):
            self._in_class = False
            self._take(2)
            return r"[\s\S]"
        if self._pattern.startswith("]", self._position):
            self._in_class = False
            self._take()
            return r"(?!)"
        return "["

    def _group(self) -> str:
        """A named group; look-behind (`(?<=`, `(?<!`) is spelt alike."""
        behind = self._pattern[self._position + 2 : self._position + 3]
        if behind in ("=", "!"):
            return "("
        self._take(2)
        return "(?P<"

    def _escape(self) -> str:
        letter = self._take()
        if letter in _CLASSES:
            return _CLASSES[letter] if self._in_class else f"[{_CLASSES[letter]}]"
        if letter in "DW" and not self._in_class:
            return f"[^{_CLASSES[letter.lower()]}]"
        if letter == "u":
            return self._unicode()
        if letter == "c":
            return f"\\x{ord(self._take()) % 32:02x}"
        if letter == "-" or (letter not in _KEPT and not letter.isalnum()):
            return re.escape(letter)
        if letter not in _KEPT or letter in "DWk":
            raise ValueError(f"\\{letter} has no translation")
        return "\\" + letter

    def _unicode(self) -> str:
        if self._pattern.startswith("{", self._position):
            end = self._pattern.index("}", self._position)
            digits = self._pattern[self._position + 1 : end]
            self._position = end + 1
        else:
            digits = self._take(4)
        return re.escape(chr(int(digits, 16)))
