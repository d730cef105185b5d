"""YAML and JSON as nodes: what is written, with its place, before anything is made of it.

    text -> parse.parse_text -> Node -> text(), integer(), number(), flag(), members(), … (values.py)

Rules of this file:
- Nodes are values: nobody changes one after `parse` has built it. Aliases share nodes, merge keys are already merged.
- A scalar that YAML 1.1 and YAML 1.2 read differently (`no`, `12:30:00`, `0123`) is of kind "surprise": nobody can say
  what was meant, so it is no value of any kind until it is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeGuard

from entitystore_generator.diagnostics import Position

__all__ = [
    "Entry",
    "Kind",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "content_position",
    "elements",
    "get",
    "is_mapping",
    "is_sequence",
    "kind",
    "pairs",
    "scalar",
    "source",
]

Kind: TypeAlias = Literal["string", "integer", "number", "boolean", "null", "surprise"]


@dataclass(slots=True, eq=False)
class _Place:
    """Where a node stands; a `Position` is made of it only when one is asked for, which is seldom."""

    file: str
    line: int
    column: int
    length: int

    @property
    def position(self) -> Position:
        return Position(self.file, self.line, self.column, self.length)


@dataclass(slots=True, eq=False)
class Scalar(_Place):
    """One text, number, boolean or null. `text` is the content without quotes and escapes.

    `quotes` is `'` or `"`, `|` or `>` for a block, "" for plain. `surprise` completes "YAML 1.1 reads it as …".
    """

    text: str
    kind: Kind
    quotes: str = ""
    surprise: str = ""


@dataclass(slots=True, eq=False)
class Sequence(_Place):
    """A list."""

    items: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class Entry:
    """One `key: value`."""

    key: Scalar
    value: Node


@dataclass(slots=True, eq=False)
class Mapping(_Place):
    """A mapping by the keys' texts, in the order of the document."""

    entries: dict[str, Entry]


Node: TypeAlias = Scalar | Sequence | Mapping


def is_mapping(node: Node) -> TypeGuard[Mapping]:
    return isinstance(node, Mapping)


def is_sequence(node: Node) -> TypeGuard[Sequence]:
    return isinstance(node, Sequence)


def pairs(node: Mapping) -> Iterator[tuple[Scalar, Node]]:
    """Keys and values in order."""
    return ((entry.key, entry.value) for entry in node.entries.values())


def get(node: Mapping, name: str) -> Node | None:
    """The value below a key; None if there is no such key."""
    entry = node.entries.get(name)
    return None if entry is None else entry.value


def elements(node: Sequence) -> tuple[Node, ...]:
    return node.items


def scalar(node: Node) -> str | int | bool | None:
    """A text, a boolean or a whole number; None for all else: lists, mappings, null, fractions and surprises."""
    if not isinstance(node, Scalar):
        return None
    match node.kind:
        case "string":
            return node.text
        case "boolean":
            return node.text.lower() == "true"
        case "integer" if len(node.text) <= 400:  # int() itself refuses thousands of digits
            return int(node.text)
        case _:
            return None


def kind(node: Node) -> str:
    """What a node is, to complete "must be a text, not …"."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(kind="surprise"):
            return f"{node.text}, which YAML 1.1 reads as {node.surprise}"
        case Scalar(kind="null"):
            return "null" if node.text else "empty"
        case Scalar(kind="string"):
            return "a text"
        case Scalar(kind="boolean"):
            return f"the boolean {node.text}"
        case Scalar():
            return f"the number {node.text[:40]}"


def source(node: Node) -> str:
    """A scalar as it is written without quotes; "" for lists, mappings and null."""
    return "" if not isinstance(node, Scalar) or node.kind == "null" else node.text


def content_position(node: Scalar) -> Position:
    """Where a scalar's first character stands: behind the quote if there is one."""
    quoted = node.quotes in ("'", '"')
    return node.position.shifted(1, max(node.length - 2, 0)) if quoted else node.position
