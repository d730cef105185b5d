"""Automata with as few states as their language needs.

Rules of this file:
- Where no state leads back, states are joined from the ends on, each by its edges to what is joined already: one look
  at each. Elsewhere states are parted from each other until nothing parts them any more, which can take a look at
  every state for each state; it is given up after some steps, and the automaton is right as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from entitystore_generator.proofs.automata import Automaton, Row, merged, numbered, trimmed

__all__ = ["joined", "one_word", "word_list"]

_STEPS = 50_000


@lru_cache(maxsize=1024)
def word_list(words: tuple[str, ...]) -> Automaton:
    """The automaton of these texts, in time and space of their characters."""
    children: list[dict[str, int]] = [{}]
    finals: set[int] = set()
    for word in words:
        state = 0
        for character in word:
            following = children[state].get(character)
            if following is None:
                following = children[state][character] = len(children)
                children.append({})
            state = following
        finals.add(state)
    rows = [[(ord(character), ord(character), state) for character, state in row.items()] for row in children]
    return _joined_from_ends(rows, finals, range(len(rows) - 1, -1, -1))


def one_word(text: str) -> Automaton:
    """The automaton of one text."""
    rows = (*(((ord(character), ord(character), place + 1),) for place, character in enumerate(text)), ())
    return Automaton(rows, frozenset({len(text)}))


def joined(automaton: Automaton) -> Automaton:
    """The same language with equal states joined."""
    order = _ends_first(automaton.rows)
    if order is not None:
        return _joined_from_ends(automaton.rows, automaton.finals, order)
    return _parted(automaton)


def _joined_from_ends(
    rows: Sequence[Iterable[tuple[int, int, int]]], finals: Iterable[int], order: Iterable[int]
) -> Automaton:
    """`order` has each state after all that it leads to."""
    ends, known = frozenset(finals), dict[tuple[bool, Row], int]()
    number: dict[int, int] = {}
    for state in order:
        row = merged((first, last, number[target]) for first, last, target in rows[state])
        number[state] = known.setdefault((state in ends, row), len(known))
    found = list(known)
    first = number[0]  # the last to be numbered: `trimmed` wants it in front
    swapped = {first: 0, 0: first}
    found[0], found[first] = found[first], found[0]
    moved = [[(low, high, swapped.get(target, target)) for low, high, target in row] for _, row in found]
    return numbered(moved, {state for state, (is_end, _) in enumerate(found) if is_end}, range(len(moved)))


def _ends_first(rows: Sequence[Row]) -> list[int] | None:
    """The states, each after those that it leads to; None where they lead back."""
    order: list[int] = []
    is_open = [False] * len(rows)
    seen = [False] * len(rows)
    waiting = [(0, False)]
    while waiting:
        state, is_left = waiting.pop()
        if is_left:
            is_open[state] = False
            order.append(state)
        elif is_open[state]:
            return None
        elif not seen[state]:
            seen[state] = is_open[state] = True
            waiting.append((state, True))
            waiting += [(target, False) for _, _, target in rows[state]]
    return order


def _parted(automaton: Automaton) -> Automaton:
    rows, finals = automaton.rows, automaton.finals
    groups = [int(state in finals) for state in range(len(rows))]
    count, steps = len(set(groups)), 0
    edges = sum(map(len, rows)) + len(rows)
    while True:
        steps += edges
        if steps > _STEPS:
            return automaton
        known: dict[tuple[int, Row], int] = {}
        parted = [
            known.setdefault(
                (groups[state], merged((low, high, groups[target]) for low, high, target in row)), len(known)
            )
            for state, row in enumerate(rows)
        ]
        groups = parted
        if len(known) == count:
            break
        count = len(known)
    if count == len(rows):
        return automaton
    found: dict[int, Row] = {}
    for state, group in enumerate(groups):  # state 0 is the first of its group, which is number 0
        found.setdefault(group, merged((low, high, groups[target]) for low, high, target in rows[state]))
    return trimmed(list(found.values()), {groups[state] for state in finals})
