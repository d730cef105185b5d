"""How groups begin: `(`, `(?:`, `(?<name>`, `(?=`, `(?!`, `(?<=`, `(?<!`, and no other.

Rules of this file:
- What other dialects have there is an error that says what to write. Flags (`(?i:…)`, ECMA-262 of 2025) are not
  supported: case-insensitive matching changes with each version of Unicode, and the others can be written out.
"""

from __future__ import annotations

from collections.abc import Sequence

from entitystore_generator.patterns.escapes import shown
from entitystore_generator.patterns.reading import Reader

__all__ = ["LOOKS", "opener"]

LOOKS = {"?=": (True, False), "?!": (True, True), "?<=": (False, False), "?<!": (False, True)}
"""Of each look whether it is ahead, and whether it is negated."""

_FOREIGN: tuple[tuple[str, str], ...] = (
    ("?P<", "write (?<name>…)"),
    ("?P=", "write \\k<name>"),
    ("?#", "leave the comment out"),
    ("?>", "write (?:…)"),
    ("?|", "write (?:…)"),
    ("?(", "write the alternatives out"),
    ("?'", "write (?<name>…)"),
    ("?R", "say it without recursion"),
    ("?&", "say it without recursion"),
)
_NO_FLAGS = "a pattern has no flags here: write both cases ([Aa]), [^] for any character"


def opener(reader: Reader, start: int, names: Sequence[str]) -> str:
    """What follows the bracket at `start`, without the name of one that has a name, which `names` may have once."""
    for known in ("?:", *LOOKS):
        if reader.accept(known):
            return known
    for foreign, hint in _FOREIGN:
        if reader.starts(foreign):
            reader.refuse(f"({foreign} is no group of ECMA-262", hint, start, reader.place + len(foreign))
    if reader.accept("?<"):
        _read_name(reader, start, names)
        return "?<"
    end = reader.place + 1
    while end < len(reader.text) and (reader.text[end].isalpha() or reader.text[end] == "-"):
        end += 1
    end += reader.text[end : end + 1] in (")", ":")
    return reader.refuse(f"{shown(reader.text[start:end])} is no group here", _NO_FLAGS, start, end)


def _read_name(reader: Reader, start: int, names: Sequence[str]) -> None:
    end = reader.text.find(">", reader.place)
    name = reader.text[reader.place : max(end, reader.place)]
    if not name.replace("$", "_").isidentifier():
        hint = "write (?<name>…) with letters and digits, or (…)"
        reader.refuse("this group has no name that a group can have", hint, start, max(end, reader.place))
    if names.count(name) > 1:
        reader.refuse(f"two groups are called {shown(name)}", "give each its own name", start, end)
    reader.place = end + 1
