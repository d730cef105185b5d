r"""Which references to groups can have a text: `(a)\1` has, `\1(a)` has not.

In ECMA-262 a group's text is forgotten where the part around it is repeated, and where it was in a negated look; what
is forgotten, or was never matched, is referred to as the empty text. Python keeps some of it.

Rules of this file:
- A reference is live (its group may have matched), or it is the empty text wherever it stands.
- References for which the two would differ are faults.
"""

from __future__ import annotations

from typing import TypeAlias

from entitystore_generator.patterns.reading import Fault, Wrong
from entitystore_generator.patterns.syntax import Group, Look, Node, Reference, Repeat, parts_of

__all__ = ["live_references"]

_Around: TypeAlias = tuple[Look | Repeat, ...]
"""The looks and the repeats that a node stands in."""


def live_references(root: Node) -> frozenset[Reference]:
    """The references that are not always empty. Raises Wrong for one that Python would read otherwise."""
    found = _Finder()
    found.visit(root, ())
    return frozenset(found.live)


class _Finder:
    def __init__(self) -> None:
        self.live: set[Reference] = set()
        self._closed: dict[int, _Around] = {}

    def visit(self, node: Node, around: _Around) -> None:
        """Look at the node and what is in it, from left to right."""
        if isinstance(node, Reference):
            self._refer(node, around)
        inner = around
        if isinstance(node, Look) or (isinstance(node, Repeat) and node.most != 1):
            inner = (*around, node)
        for part in parts_of(node):
            self.visit(part, inner)
        if isinstance(node, Group):
            self._closed[node.number] = around

    def _refer(self, node: Reference, around: _Around) -> None:
        of_group = self._closed.get(node.number)
        if of_group is None or any(_is_negated(each) and not _is_in(each, around) for each in of_group):
            return
        if any(isinstance(each, Look) and not each.ahead for each in (*of_group, *around)):
            raise Wrong(_fault(node, "with a look-behind around it or around its group"))
        if any(isinstance(each, Repeat) for each in of_group):
            raise Wrong(_fault(node, "to a group that is repeated"))
        self.live.add(node)


def _is_negated(node: Look | Repeat) -> bool:
    return isinstance(node, Look) and node.negated


def _is_in(node: Look | Repeat, around: _Around) -> bool:
    """By identity: equal parts may stand at several places."""
    return any(each is node for each in around)


def _fault(node: Reference, where: str) -> Fault:
    message = f"a reference {where} cannot be checked in Python"
    return Fault(message, "write out what it stands for", *node.place)
