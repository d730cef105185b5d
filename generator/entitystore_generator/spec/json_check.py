"""Whether JSON text is good, and where a value in it ends, found out without making anything of it.

The standard library's scanner, which is written in C, does it forty times as fast as nodes are made. It is less
strict than RFC 8259 and than we are, in ways that are looked for here: it takes NaN and Infinity, keys that stand
twice, any depth up to its own limit, and half of a surrogate pair.

Rules of this file:
- Only yes or no. Whoever wants to know what is wrong reads the text with `json_text`.
- A good text may be doubted, if rarely; a bad one is never taken for a good one.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import NoReturn

__all__ = ["checked_end", "has_half_characters"]

_BRACKET = re.compile(r'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+([{}\[\]])')
"""Up to a bracket that is not part of a text."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<half>u[dD][89a-fA-F])|.)", re.DOTALL)


def checked_end(text: str, start: int, levels: int) -> int:
    """Where the collection that begins at `start` ends.

    ValueError or RecursionError unless it is JSON without a key that stands twice in an object, and without more than
    `levels` collections in each other, itself among them.
    """
    _, end = _SCANNER.raw_decode(text, start)
    if text.count("{", start, end) + text.count("[", start, end) > levels and _height(text, start, end) > levels:
        raise ValueError("nested too deeply")
    return end


def has_half_characters(text: str) -> bool:
    """True if a text, provided that it is JSON, has an escape of a surrogate without that of its other half."""
    if _SURROGATE.search(text) is None:
        return False
    return any(match["half"] for match in _ESCAPE.finditer(text))


def _height(text: str, start: int, end: int) -> int:
    """How many collections lie in each other between two offsets of a good text."""
    return max(accumulate(1 if bracket in "{[" else -1 for bracket in _BRACKET.findall(text, start, end)))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _no_duplicates(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")


_SCANNER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_int=str, parse_float=str, parse_constant=_no_constant
)
"""Objects become None; numbers stay texts, for Python refuses to convert those of more than 4300 digits."""
