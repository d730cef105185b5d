"""Regular expressions of ECMA-262 as trees, and the sets of characters that its escapes stand for.

    ^[a-z]+$        Sequence((Edge.START, Repeat(Characters(((97, 122),)), 1, None), Edge.END))

Rules of this file:
- Frozen values. A group that is not referred to is its content; what is left of the spelling is what has a meaning.
- Characters are code points, as the u flag has them; ranges stand in the order of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TypeAlias, assert_never

from msgspec import Struct

__all__ = [
    "DIGITS",
    "LAST",
    "LINE_ENDS",
    "SPACES",
    "WORDS",
    "Alternatives",
    "Characters",
    "Edge",
    "Group",
    "Look",
    "Node",
    "Place",
    "Range",
    "Reference",
    "Repeat",
    "Sequence",
    "complement",
    "one",
    "parts_of",
    "walk",
    "width_of",
]

Range: TypeAlias = tuple[int, int]
"""First and last code point, both included."""

LAST = 0x10FFFF
DIGITS: tuple[Range, ...] = ((0x30, 0x39),)
"""CharacterClassEscape :: d"""
WORDS: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
"""CharacterClassEscape :: w, and what `\\b` looks at. Without the i flag that is ASCII."""
LINE_ENDS: tuple[Range, ...] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
"""LineTerminator: what `.` is not."""
SPACES: tuple[Range, ...] = (
    *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
"""CharacterClassEscape :: s: WhiteSpace (tab, vertical tab, form feed, U+FEFF, the category Zs) and LineTerminator.
The category has been the same since Unicode 6.3."""


class Characters(Struct, frozen=True):
    """One character out of the ranges; if `negated`, one that is in none of them."""

    ranges: tuple[Range, ...]
    negated: bool = False

    @property
    def single(self) -> int | None:
        """The code point, where there is one alone."""
        if self.negated or len(self.ranges) != 1 or self.ranges[0][0] != self.ranges[0][1]:
            return None
        return self.ranges[0][0]

    @property
    def admitted(self) -> tuple[Range, ...]:
        """The ranges of what it matches."""
        return complement(self.ranges) if self.negated else self.ranges


class Edge(Enum):
    """A condition on a place: the text's start or end, or that a word begins or ends there (or does not)."""

    START = "^"
    END = "$"
    WORD = "\\b"
    NO_WORD = "\\B"


Place: TypeAlias = tuple[int, int]
"""Where a node stands in the pattern: the first character, and how many they are."""


class Look(Struct, frozen=True):
    """That `inner` matches from here on (`ahead`) or up to here; if `negated`, that it does not."""

    inner: Node
    ahead: bool
    negated: bool
    place: Place


class Group(Struct, frozen=True):
    """A part whose text can be referred to by its number, from 1."""

    inner: Node
    number: int


class Reference(Struct, frozen=True):
    """The text of a group once more; the empty text where the group took no part."""

    number: int
    place: Place


class Repeat(Struct, frozen=True):
    """`inner`, `least` to `most` times; None is any number. `lazy` changes what is found first, not whether."""

    inner: Node
    least: int
    most: int | None
    lazy: bool = False


class Sequence(Struct, frozen=True):
    """One after the other."""

    items: tuple[Node, ...]


class Alternatives(Struct, frozen=True):
    """Any of two or more."""

    options: tuple[Node, ...]


Node: TypeAlias = Characters | Edge | Look | Group | Reference | Repeat | Sequence | Alternatives


def one(code: int) -> Characters:
    """This character."""
    return Characters(((code, code),))


def complement(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """All code points that are in none of the ranges, which may overlap."""
    found: list[Range] = []
    start = 0
    for first, last in sorted(ranges):
        if first > start:
            found.append((start, first - 1))
        start = max(start, last + 1)
    return (*found, (start, LAST)) if start <= LAST else tuple(found)


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly within a node."""
    match node:
        case Sequence(items=items):
            return items
        case Alternatives(options=options):
            return options
        case Look(inner=inner) | Group(inner=inner) | Repeat(inner=inner):
            return (inner,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all within it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(parts_of(found))


def width_of(node: Node) -> int | None:
    """How many characters the node matches; None if that differs."""
    match node:
        case Characters():
            return 1
        case Edge() | Look():
            return 0
        case Reference():
            return None
        case Group(inner=inner):
            return width_of(inner)
        case Repeat(inner=inner, least=least, most=most):
            width = width_of(inner)
            return 0 if width == 0 else width * least if width is not None and least == most else None
        case Sequence(items=items):
            widths = [width_of(item) for item in items]
            return None if None in widths else sum(width or 0 for width in widths)
        case Alternatives(options=options):
            found = {width_of(option) for option in options}
            return found.pop() if len(found) == 1 else None
        case _:
            assert_never(node)
