"""How many texts an automaton accepts, how long they get, and how many bytes their characters take.

Rules of this file:
- Answers are exact for the automaton, and so no smaller than the truth where that is larger than the language meant.
"""

from __future__ import annotations

from entitystore_generator.proofs.automata import Automaton

__all__ = ["character_bytes", "count_texts", "longest"]


def count_texts(automaton: Automaton, limit: int) -> int | None:
    """The number of texts; None if there are more than `limit`."""
    order = _in_order(automaton)
    if order is None:
        return None
    counts: dict[int, int] = {}
    for state in reversed(order):
        further = sum((last - first + 1) * counts[target] for first, last, target in automaton.rows[state])
        counts[state] = further + (state in automaton.finals)
    return counts[0] if counts[0] <= limit else None


def longest(automaton: Automaton) -> int | None:
    """The length of a longest text in characters; None if there is none that is longest."""
    order = _in_order(automaton)
    if order is None:
        return None
    lengths: dict[int, int] = {}
    for state in reversed(order):
        lengths[state] = max((1 + lengths[target] for _, _, target in automaton.rows[state]), default=0)
    return lengths[0]


def character_bytes(automaton: Automaton) -> int:
    """The most bytes that a character of a text takes in UTF-8, 1 to 4."""
    highest = max((last for row in automaton.rows for _, last, _ in row), default=0)
    return len(chr(highest).encode())


def _in_order(automaton: Automaton) -> list[int] | None:
    """The states, each before those it leads to; None where they lead back."""
    done: dict[int, None] = {}
    open_states: set[int] = set()
    waiting: list[tuple[int, bool]] = [(0, False)]
    while waiting:
        state, is_left = waiting.pop()
        if is_left:
            open_states.discard(state)
            done[state] = None
        elif state in open_states:
            return None
        elif state not in done:
            open_states.add(state)
            waiting.append((state, True))
            waiting += [(target, False) for _, _, target in automaton.rows[state]]
    return list(reversed(done))
