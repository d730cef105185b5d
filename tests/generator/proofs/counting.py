"""All texts of an automaton that has few."""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.proofs.automata import Automaton

__all__ = ["all_texts"]


def all_texts(automaton: Automaton, limit: int) -> Iterator[str]:
    """Every text once; ValueError for more than `limit`."""
    waiting, count = [(0, "")], 0
    while waiting:
        state, text = waiting.pop()
        count += 1
        if count > limit:
            raise ValueError("more texts than expected")
        if state in automaton.finals:
            yield text
        for first, last, target in automaton.rows[state]:
            if last - first > limit:
                raise ValueError("more texts than expected")
            waiting += [(target, text + chr(code)) for code in range(first, last + 1)]
