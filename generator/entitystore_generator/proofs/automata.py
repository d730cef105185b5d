"""Finite automata over ranges of code points: deterministic, and without a state that leads nowhere.

    state 0 ── [0-9] ──▶ state 1 (an end) ── [0-9] ──▶ state 1

Rules of this file:
- A row is the edges of a state: (first, last, target), sorted and disjoint. No edge is on a surrogate.
- State 0 is where texts begin; every other state can be reached from it, and an end can be reached from each. The
  automaton of no text at all has one state, which is no end.
- Automata are compared by identity, so that answers about them can be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from entitystore_generator.regular import chars

__all__ = ["Automaton", "Edge", "Row", "merged", "overlaps", "trimmed"]

A = TypeVar("A")
B = TypeVar("B")

Edge: TypeAlias = tuple[int, int, int]
"""First and last code point, and the state that they lead to."""
Row: TypeAlias = tuple[Edge, ...]


class Automaton:
    """A language. `rows` are the edges of each state, `finals` the states in which a text may end.

    `cost` is the number of steps that it took to make."""

    __slots__ = ("_alphabet", "cost", "finals", "rows")

    def __init__(self, rows: tuple[Row, ...], finals: frozenset[int], cost: int = 0) -> None:
        self.rows = rows
        self.finals = finals
        self.cost = cost
        self._alphabet: Row | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        """Whether there is a text at all."""
        return bool(self.finals)

    @property
    def has_empty_text(self) -> bool:
        return 0 in self.finals

    @property
    def ends_itself(self) -> bool:
        """Whether no text of the language begins another one."""
        return not any(self.rows[state] for state in self.finals)

    @property
    def alphabet(self) -> Row:
        """The characters that its texts can have in them, as edges to 0."""
        if self._alphabet is None:
            ranges = {(first, last) for row in self.rows for first, last, _ in row}
            self._alphabet = tuple((first, last, 0) for first, last in chars(ranges).ranges)
        return self._alphabet

    def cannot_go_on(self, following: Automaton) -> bool:
        """Whether each text of `following` begins with a character that is in no text of this language."""
        return not following.has_empty_text and not any(overlaps(self.alphabet, following.rows[0]))

    def accepts(self, text: str) -> bool:
        """Whether the text is one of the language."""
        state = 0
        for character in text:
            following = self.after(state, character)
            if following is None:
                return False
            state = following
        return state in self.finals

    def after(self, state: int, character: str) -> int | None:
        """The state that the character leads to, None where no text goes on with it."""
        code = ord(character)
        for first, last, target in self.rows[state]:
            if code <= last:
                return target if code >= first else None
        return None


def merged(edges: Iterable[Edge]) -> Row:
    """The edges, which are disjoint, in order; neighbours that lead to one state are one edge."""
    found: list[Edge] = []
    for first, last, target in sorted(edges):
        if found and found[-1][2] == target and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last, target)
        else:
            found.append((first, last, target))
    return tuple(found)


def overlaps(row: Sequence[tuple[int, int, A]], other: Sequence[tuple[int, int, B]]) -> Iterator[tuple[int, int, A, B]]:
    """The ranges on which both rows have an edge, with the two targets."""
    place = place_other = 0
    while place < len(row) and place_other < len(other):
        first, last, target = row[place]
        first_other, last_other, target_other = other[place_other]
        low, high = max(first, first_other), min(last, last_other)
        if low <= high:
            yield low, high, target, target_other
        if last <= last_other:
            place += 1
        else:
            place_other += 1


def trimmed(rows: Sequence[Iterable[Edge]], finals: Iterable[int]) -> Automaton:
    """The automaton of these rows without what is not reached from state 0 or leads nowhere, numbered as it is met."""
    ends = set(finals)
    live = _live(rows, ends)
    if 0 not in live:
        return Automaton(((),), frozenset())
    numbers: dict[int, int] = {0: 0}
    found: list[Row] = []
    order = [0]
    for state in order:
        edges: list[Edge] = []
        for first, last, target in sorted(rows[state]):
            if target not in live:
                continue
            if target not in numbers:
                numbers[target] = len(order)
                order.append(target)
            edges.append((first, last, numbers[target]))
        found.append(merged(edges))
    return Automaton(tuple(found), frozenset(numbers[state] for state in ends if state in numbers))


def _live(rows: Sequence[Iterable[Edge]], finals: set[int]) -> set[int]:
    before: dict[int, set[int]] = {}
    for state, row in enumerate(rows):
        for _, _, target in row:
            before.setdefault(target, set()).add(state)
    live, waiting = set(finals), list(finals)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in live:
                live.add(state)
                waiting.append(state)
    return live
