"""YAML and JSON as trees of nodes that know their place.

    compose.py       YAML text -> nodes            json_text.py  JSON text -> nodes
    scalars.py       what a scalar means           shapes.py     nodes -> checked Python values

Rules of this file:
- A node keeps two offsets into its source; a line and a column are worked out only for a diagnostic.
- Anchors share their node, so a tree may be a graph, though never a circle.
- A collection may be unread: its text was found to be good, and what is in it becomes nodes at the first look. Nobody
  has to know, but who would look into everything may look at the text first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NamedTuple, TypeAlias

from entitystore_generator.diagnostics import Position
from entitystore_generator.spec.source import DocumentError, Source

__all__ = [
    "MAX_DEPTH",
    "Mapping",
    "Node",
    "Pair",
    "Scalar",
    "Sequence",
    "duplicate_key",
    "position_inside",
    "position_of",
    "repeated_keys",
]

MAX_DEPTH = 120
"""Collections within each other. Documents that people publish stay below 40; ours go on by recursion."""


class Scalar:
    """A text. `plain` is without quotes, so that it may mean a number, a boolean or null; see `scalars`."""

    __slots__ = ("end", "plain", "source", "start", "text")

    def __init__(self, source: Source, start: int, end: int, text: str, plain: bool) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.text = text
        self.plain = plain


class Sequence:
    """A list. `read` gives the items of one that is unread."""

    __slots__ = ("_items", "_read", "end", "source", "start")

    def __init__(self, source: Source, start: int, read: Callable[[Sequence], list[Node]] | None = None) -> None:
        self.source = source
        self.start = start
        self.end = start
        self._items: list[Node] = []
        self._read = read

    @property
    def items(self) -> list[Node]:
        """The elements."""
        if self._read is not None:
            self._items, self._read = self._read(self), None
        return self._items

    @property
    def is_unread(self) -> bool:
        """True until someone looks at the items."""
        return self._read is not None


class Mapping:
    """A mapping with text keys in the order of the document, merge keys (`<<`) already merged.

    `read` gives the pairs of one that is unread.
    """

    __slots__ = ("_pairs", "_read", "end", "source", "start")

    def __init__(self, source: Source, start: int, read: Callable[[Mapping], dict[str, Pair]] | None = None) -> None:
        self.source = source
        self.start = start
        self.end = start
        self._pairs: dict[str, Pair] = {}
        self._read = read

    @property
    def pairs(self) -> dict[str, Pair]:
        """Keys and values by the text of the key."""
        if self._read is not None:
            self._pairs, self._read = self._read(self), None
        return self._pairs

    @property
    def is_unread(self) -> bool:
        """True until someone looks at the pairs."""
        return self._read is not None

    def get(self, key: str) -> Node | None:
        """The value of a key; None if there is none."""
        pair = self.pairs.get(key)
        return None if pair is None else pair.value


Node: TypeAlias = Scalar | Sequence | Mapping


class Pair(NamedTuple):
    """A key and its value."""

    key: Scalar
    value: Node


def repeated_keys(mapping: Mapping) -> Collection[str]:
    """The keys that stand twice in it: it is reported, and the first ones count."""
    return mapping.source.repeated.get(mapping.start, ())


def duplicate_key(first: Scalar, second: Scalar) -> DocumentError:
    """The fault of a key that stands twice in one mapping."""
    line = position_of(first).line
    message = f"the key {second.text!r} stands twice in this mapping; the first one is on line {line}"
    return DocumentError("ES103", message, position_of(second), "remove or rename one of them")


def position_of(node: Node) -> Position:
    """The node's place: all of a scalar, the first character of a collection."""
    return node.source.position(node.start, node.end if isinstance(node, Scalar) else 0)


def position_inside(node: Scalar, offset: int, length: int) -> Position:
    """The place of characters within a scalar's text; the whole scalar's where escapes or lines hide it."""
    place = _offset_inside(node, offset), _offset_inside(node, offset + length)
    if None in place:
        return position_of(node)
    start, end = (each or 0 for each in place)
    return node.source.position(start, end)


def _offset_inside(node: Scalar, offset: int) -> int | None:
    """Where the text's character `offset` stands in the source."""
    raw = node.source.text[node.start : node.end]
    if raw == node.text:
        return node.start + offset
    inner = raw[1:-1]
    if inner == node.text:
        return node.start + 1 + offset
    if raw[:1] == "'" and inner.replace("''", "'") == node.text:
        return node.start + 1 + offset + node.text.count("'", 0, offset)
    return _offset_behind_escapes(node, inner, offset) if raw[:1] == '"' and "\n" not in inner else None


_SPELT = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8}|.)|.", re.DOTALL)
"""A character between double quotes, as it may be spelt there in YAML and in JSON."""


def _offset_behind_escapes(node: Scalar, inner: str, offset: int) -> int | None:
    """The place in a text with escapes; two of them may be the halves of one character."""
    places: list[int] = []
    for spelt in _SPELT.finditer(inner):
        is_half = spelt[0][:2] == "\\u" and 0xDC00 <= int(spelt[0][2:], 16) <= 0xDFFF
        if not (is_half and places and ord(node.text[len(places) - 1 : len(places)] or "\0") > 0xFFFF):
            places.append(spelt.start())
    if len(places) != len(node.text):
        return None
    return node.start + 1 + (places[offset] if offset < len(places) else len(inner))
