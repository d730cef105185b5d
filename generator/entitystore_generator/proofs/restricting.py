"""Which texts a part of a chain can have in the texts that it shares with another chain.

    ACCOUNT#{name} and ACCOUNT#{owner}, an owner of lower-case letters alone     name, too, is of lower-case letters

Rules of this file:
- Larger than the truth is allowed, smaller is not: a text is taken for possible where the part can begin, be gone
  through and end in texts of both, each perhaps in another one.
"""

from __future__ import annotations

from entitystore_generator.proofs.automata import Automaton, overlaps
from entitystore_generator.proofs.budget import Steps
from entitystore_generator.proofs.building import Sketch, determined
from entitystore_generator.proofs.chains import Chain

__all__ = ["restricted"]

_Pair = tuple[int, int]
_Edges = dict[_Pair, list[tuple[int, int, _Pair]]]


def restricted(one: Chain, part: int, other: Chain, steps: Steps) -> Automaton:
    """The texts of a part of `one`, by its number, in the texts of both chains."""
    edges = _edges(one, other, steps)
    live = _live(edges, [pair for pair in edges if pair[0] in one.ends and pair[1] in other.ends])
    places = one.places_of(part)
    sketch = Sketch(steps)
    start, end = sketch.state(), sketch.state()
    states = {pair: sketch.state() for pair in edges if pair in live and pair[0] in places}
    for pair, state in states.items():
        if pair[0] == places.start:
            sketch.silent[start].append(state)
        if pair[0] in one.ends and pair[1] in other.ends:
            sketch.silent[state].append(end)
        for first, last, target in edges[pair]:
            if target in states:
                sketch.edges[state].append((first, last, states[target]))
            elif target in live:
                sketch.edges[state].append((first, last, end))
    if one.parts[part].has_empty_text:
        sketch.silent[start].append(end)
    return determined(sketch, start, end, steps)


def _edges(one: Chain, other: Chain, steps: Steps) -> _Edges:
    """All pairs of places that a text leads to, each with where it goes on."""
    waiting = [(place, place_other) for place in one.starts for place_other in other.starts]
    found: _Edges = {pair: [] for pair in waiting}
    while waiting:
        pair = waiting.pop()
        moves, moves_other = one.moves(pair[0]), other.moves(pair[1])
        steps.take(1 + len(moves) + len(moves_other))
        for first, last, targets, targets_other in overlaps(moves, moves_other):
            for target in [(place, place_other) for place in targets for place_other in targets_other]:
                found[pair].append((first, last, target))
                if target not in found:
                    found[target] = []
                    waiting.append(target)
    return found


def _live(edges: _Edges, ends: list[_Pair]) -> set[_Pair]:
    """The pairs from which one of the ends is reached."""
    before: dict[_Pair, list[_Pair]] = {}
    for pair, row in edges.items():
        for _, _, target in row:
            before.setdefault(target, []).append(pair)
    live, waiting = set(ends), list(ends)
    while waiting:
        for pair in before.get(waiting.pop(), ()):
            if pair not in live:
                live.add(pair)
                waiting.append(pair)
    return live
