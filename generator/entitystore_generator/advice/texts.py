"""How many texts an automaton accepts, how long they get, and how many bytes their characters take.

Rules of this file:
- Answers are exact for the automaton, and so no smaller than the truth where that is larger than the language meant.
"""

from __future__ import annotations

from entitystore_generator.proofs.automata import Automaton

__all__ = ["character_bytes", "count_texts", "longest"]


def count_texts(automaton: Automaton, limit: int) -> int | None:
    """The number of texts; None if there are more than `limit`."""
    counts: dict[int, int] = {}
    for state in reversed(_in_order(automaton) or []):
        total = int(state in automaton.finals)
        for transition, target in _moves(automaton, state):
            ways = _characters(automaton, transition)
            if ways is None:
                return None
            total += ways * counts[target]
        counts[state] = total
    found = counts.get(automaton.initial)
    return found if found is not None and found <= limit else None


def longest(automaton: Automaton) -> int | None:
    """The length of a longest text in characters; None if there is none that is longest."""
    order = _in_order(automaton)
    if order is None:
        return None
    lengths: dict[int, int] = {}
    for state in reversed(order):
        lengths[state] = max((1 + lengths[target] for _, target in _moves(automaton, state)), default=0)
    return lengths[automaton.initial]


def character_bytes(automaton: Automaton) -> int:
    """The most bytes that a character of a text takes in UTF-8, 1 to 4."""
    used = {transition for state in automaton.live for transition, _ in _moves(automaton, state)}
    if automaton.other in used:
        return 4
    widths = (len(symbol.encode("utf-8", "surrogatepass")) for symbol, key in automaton.symbols.items() if key in used)
    return max(widths, default=1)


def _moves(automaton: Automaton, state: int) -> list[tuple[int, int]]:
    """The transitions to live states."""
    row = automaton.rows.get(state, {})
    return [(transition, target) for transition, target in row.items() if target in automaton.live]


def _characters(automaton: Automaton, transition: int) -> int | None:
    if transition == automaton.other:
        return None
    return sum(key == transition for key in automaton.symbols.values())


def _in_order(automaton: Automaton) -> list[int] | None:
    """The live states, each before those it leads to; None where they lead back."""
    done: dict[int, None] = {}
    open_states: set[int] = set()
    waiting: list[tuple[int, bool]] = [(automaton.initial, False)]
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
            waiting += [(target, False) for _, target in _moves(automaton, state)]
    return list(reversed(done))
