"""Regular expressions, character by character, as far as telling their structure needs.

Rules of this file:
- What is escaped or stands in a character class has no structure, and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["structure"]


def structure(pattern: str, start: int = 0) -> Iterator[tuple[int, str, int]]:
    """Place, character and depth of brackets after it, of each character that is neither escaped nor in a class."""
    depth, in_class, position = 0, False, start
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            yield position, character, depth
        position += 1
