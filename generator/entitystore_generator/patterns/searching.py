"""Whether a pattern finds something in a text, in time that is bounded: for the compiler's own questions.

What is generated asks Python's `re`, whose time no one bounds. The compiler tries patterns on texts of the same
document (defaults, examples), and must end whatever they are: here a part is tried from all places at once, and each
place once, so that no text is read in two ways.

Rules of this file:
- Not known is an answer: where there are references to groups, and where it would take too many steps.
"""

from __future__ import annotations

from typing import assert_never

from entitystore_generator.patterns.syntax import (
    WORDS,
    Alternatives,
    Characters,
    Edge,
    Group,
    Look,
    Node,
    Range,
    Reference,
    Repeat,
    Sequence,
)

__all__ = ["finds"]

_MAX_STEPS = 500_000
"""Looks of a part at a place."""

Places = set[int]


def finds(node: Node, text: str) -> bool | None:
    """Whether the pattern finds something in the text; None if that is not known."""
    try:
        return bool(_Search(text).ends(node, set(range(len(text) + 1))))
    except _Unknown:
        return None


class _Unknown(Exception):
    pass


class _Search:
    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0

    def ends(self, node: Node, starts: Places) -> Places:
        """The places up to which the node matches from any of these."""
        self._steps += 1 + len(starts)
        if self._steps > _MAX_STEPS:
            raise _Unknown
        if not starts:
            return set()
        match node:
            case Characters():
                return {start + 1 for start in starts if self._is_at(start, node.ranges, node.negated)}
            case Edge():
                return {start for start in starts if self._holds(node, start)}
            case Look():
                return {start for start in starts if self._sees(node, start) != node.negated}
            case Group(inner=inner):
                return self.ends(inner, starts)
            case Reference():
                raise _Unknown
            case Sequence(items=items):
                for item in items:
                    starts = self.ends(item, starts)
                return starts
            case Alternatives(options=options):
                return set().union(*(self.ends(option, starts) for option in options))
            case Repeat():
                return self._repeated(node, starts)
            case _:
                assert_never(node)

    def _is_at(self, place: int, ranges: tuple[Range, ...], negated: bool = False) -> bool:
        if not 0 <= place < len(self._text):
            return False
        code = ord(self._text[place])
        return any(first <= code <= last for first, last in ranges) != negated

    def _holds(self, edge: Edge, place: int) -> bool:
        match edge:
            case Edge.START:
                return place == 0
            case Edge.END:
                return place == len(self._text)
            case Edge.WORD | Edge.NO_WORD:
                is_between = self._is_at(place - 1, WORDS) != self._is_at(place, WORDS)
                return is_between == (edge is Edge.WORD)

    def _sees(self, look: Look, place: int) -> bool:
        if look.ahead:
            return bool(self.ends(look.inner, {place}))
        return any(place in self.ends(look.inner, {start}) for start in range(place + 1))

    def _repeated(self, node: Repeat, starts: Places) -> Places:
        for _ in range(node.least):
            after = self.ends(node.inner, starts)
            if after == starts:
                break
            starts = after
        found, new = set(starts), starts
        left = -1 if node.most is None else node.most - node.least
        while new and left:
            new = self.ends(node.inner, new) - found
            found |= new
            left -= 1
        return found
