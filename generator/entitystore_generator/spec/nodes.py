"""YAML and JSON as trees of nodes that know their place.

    compose.py       YAML text -> nodes            json_text.py  JSON text -> nodes
    scalars.py       what a scalar means           shapes.py     nodes -> checked Python values

Rules of this file:
- A node keeps two offsets into its source; a line and a column are worked out only for a diagnostic.
- Anchors share their node, so a tree may be a graph, though never a circle; `size` counts nodes as if aliases were
  written out, and `height` is the depth below a node. Both are bounded by whoever makes the nodes.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from entitystore_generator.diagnostics import Position
from entitystore_generator.spec.source import Source

__all__ = ["MAX_DEPTH", "Mapping", "Node", "Pair", "Scalar", "Sequence", "position_inside", "position_of"]

MAX_DEPTH = 120
"""Collections within each other. Documents that people publish stay below 40; ours go on by recursion."""


class Scalar:
    """A text. `plain` is without quotes, so that it may mean a number, a boolean or null; see `scalars`."""

    __slots__ = ("end", "plain", "source", "start", "text")
    size = 1
    height = 0

    def __init__(self, source: Source, start: int, end: int, text: str, plain: bool) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.text = text
        self.plain = plain


class Sequence:
    """A list."""

    __slots__ = ("end", "height", "items", "size", "source", "start")

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self.start = start
        self.end = start
        self.items: list[Node] = []
        self.size = 1
        self.height = 1


class Mapping:
    """A mapping with text keys in the order of the document, merge keys (`<<`) already merged."""

    __slots__ = ("end", "height", "pairs", "size", "source", "start")

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self.start = start
        self.end = start
        self.pairs: dict[str, Pair] = {}
        self.size = 1
        self.height = 1

    def get(self, key: str) -> Node | None:
        """The value of a key; None if there is none."""
        pair = self.pairs.get(key)
        return None if pair is None else pair.value


Node: TypeAlias = Scalar | Sequence | Mapping


class Pair(NamedTuple):
    """A key and its value."""

    key: Scalar
    value: Node


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
    return None
