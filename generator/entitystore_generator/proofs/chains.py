"""One automaton after another, as the parts of a key template are, and questions about such chains.

    "ORDER#{createdAt}#{id}"     four automata; a place in the chain is a state of one of them

Rules of this file:
- Chains are walked as they are, two places at once, so that no question needs more than the product of their sizes:
  the automaton of a whole template is never made.
- Every yes has a witness. Searches are breadth first in a fixed order, so that a witness is a shortest one and always
  the same; characters that people can read are tried first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from entitystore_generator.proofs.automata import Automaton, overlaps
from entitystore_generator.proofs.budget import Steps

__all__ = [
    "MAX_WITNESSES",
    "Ambiguity",
    "Chain",
    "ambiguities",
    "common_texts",
    "have_common_text",
    "readings",
    "some_texts",
]

MAX_WITNESSES = 64
_READABLE = "x1aAyz-_.#/:@ 0b2c3"
_LAST_RANK = 2 * len(_READABLE)
_SEVERAL = 12
_VISITS = 2
"""How often a search goes through a place: the second time makes a longer text, and some witnesses need one."""

_Moves = tuple[tuple[int, int, tuple[int, ...]], ...]


class Ambiguity(NamedTuple):
    """Two readings of one text: head `left + middle` and rest `right`, or head `left` and rest `middle + right`."""

    left: str
    middle: str
    right: str


class Chain:
    """Texts of each part, one after the other. Places are states, numbered through the parts.

    `starts` are the places where a text may begin, `ends` those where it may end.
    """

    __slots__ = ("_moves", "_offsets", "ends", "parts", "starts")

    def __init__(self, parts: Sequence[Automaton]) -> None:
        self.parts = tuple(parts) or (_EMPTY,)
        self._offsets = [0]
        for part in self.parts:
            self._offsets.append(self._offsets[-1] + len(part))
        self._moves: dict[int, _Moves] = {}
        last = len(self.parts) - 1
        self.ends = frozenset(self._offsets[last] + state for state in self.parts[last].finals)
        self.starts = self._places(0, 0)

    def __len__(self) -> int:
        return self._offsets[-1]

    def moves(self, place: int) -> _Moves:
        """The ranges of characters after a place, each with the places that it leads to."""
        found = self._moves.get(place)
        if found is None:
            part = next(number for number, offset in enumerate(self._offsets[1:]) if place < offset)
            row = self.parts[part].rows[place - self._offsets[part]]
            found = self._moves[place] = tuple((first, last, self._places(part, target)) for first, last, target in row)
        return found

    def _places(self, part: int, state: int) -> tuple[int, ...]:
        """The places where a text may be in this state of a part: there, or at the beginning of what follows."""
        found: list[int] = []
        while True:
            is_last = part == len(self.parts) - 1
            if self.parts[part].rows[state] or is_last:
                found.append(self._offsets[part] + state)
            if is_last or state not in self.parts[part].finals:
                return tuple(found)
            part, state = part + 1, 0


_EMPTY = Automaton(((),), frozenset({0}))

# --------------------------------------------------------------------------------------------- common texts


def have_common_text(one: Chain, other: Chain, steps: Steps) -> bool:
    """Whether some text is one of both."""
    shared = _shared_parts(one, other)
    if shared:
        one, other = Chain(one.parts[shared:]), Chain(other.parts[shared:])
    waiting = [(place, place_other) for place in one.starts for place_other in other.starts]
    seen = set(waiting)
    while waiting:
        place, place_other = waiting.pop()
        if place in one.ends and place_other in other.ends:
            return True
        moves, moves_other = one.moves(place), other.moves(place_other)
        steps.take(1 + len(moves) + len(moves_other))
        for _, _, targets, targets_other in overlaps(moves, moves_other):
            for pair in [(target, each) for target in targets for each in targets_other]:
                if pair not in seen:
                    seen.add(pair)
                    waiting.append(pair)
    return False


def _shared_parts(one: Chain, other: Chain) -> int:
    """How many parts both begin with that make no difference: whatever the text is, they end at one place in it.

    For a table of many entities whose keys begin with one long list of words this is the answer.
    """
    count = 0
    for part, same in zip(one.parts[:-1], other.parts[:-1], strict=False):
        follows = one.parts[count + 1], other.parts[count + 1]
        if part is not same or not part or not (part.ends_itself or all(map(part.cannot_go_on, follows))):
            break
        count += 1
    return count


class _Search:
    """Pairs of places in the order in which they are reached, and the text that leads to each."""

    def __init__(self) -> None:
        self.pairs: list[tuple[int, int]] = []
        self._before: list[int] = []
        self._characters: list[int] = []
        self._visits: dict[tuple[int, int], int] = {}

    def start(self, pair: tuple[int, int]) -> None:
        """A pair that the empty text leads to; it may be reached again."""
        self._append(pair, -1, 0)

    def reach(self, pair: tuple[int, int], before: int, character: int) -> None:
        """A pair that one more character leads to, unless it was reached often enough."""
        visits = self._visits.get(pair, 0)
        if visits < _VISITS:
            self._visits[pair] = visits + 1
            self._append(pair, before, character)

    def _append(self, pair: tuple[int, int], before: int, character: int) -> None:
        self.pairs.append(pair)
        self._before.append(before)
        self._characters.append(character)

    def text(self, number: int) -> str:
        return self.path(number)[1]

    def path(self, number: int) -> tuple[int, str]:
        """The number of the pair that was started with, and the text from there."""
        characters: list[str] = []
        while self._before[number] >= 0:
            characters.append(chr(self._characters[number]))
            number = self._before[number]
        return number, "".join(reversed(characters))


def common_texts(one: Chain, other: Chain, steps: Steps) -> Iterator[str]:
    """Texts of both, shortest first; one for each way through, `MAX_WITNESSES` at most."""
    search = _Search()
    for place in one.starts:
        for place_other in other.starts:
            search.start((place, place_other))
    found: set[str] = set()
    for number, (place, place_other) in enumerate(search.pairs):
        if place in one.ends and place_other in other.ends:
            text = search.text(number)
            if text not in found:
                found.add(text)
                yield text
            if len(found) == MAX_WITNESSES:
                return
        _go_on(search, number, one.moves(place), other.moves(place_other), steps)


def _go_on(search: _Search, number: int, moves: _Moves, moves_other: _Moves, steps: Steps) -> None:
    """All that one more character leads to, in the order of the characters' readability."""
    steps.take(1 + len(moves) + len(moves_other))
    shared = [(each, *targets) for low, high, *targets in overlaps(moves, moves_other) for each in _two_of(low, high)]
    for (_, character), targets, targets_other in sorted(shared):
        for target in targets:
            for target_other in targets_other:
                search.reach((target, target_other), number, character)


def _two_of(low: int, high: int) -> list[tuple[int, int]]:
    """The most readable character of a range and, after all those, its last one, each with its rank."""
    first = _most_readable(low, high)
    is_shown = high != first[1] and chr(high).isprintable()
    return [first, (_LAST_RANK, high)] if is_shown else [first]


def _most_readable(low: int, high: int) -> tuple[int, int]:
    """How readable the best character of a range is (less is better), and that character."""
    for rank, character in enumerate(_READABLE):
        if low <= ord(character) <= high:
            return rank, ord(character)
    for code in range(low, min(high, low + 128) + 1):
        if chr(code).isalnum():
            return len(_READABLE), code
    return len(_READABLE) + 1, low


def some_texts(automaton: Automaton, limit: int, steps: Steps) -> Iterator[str]:
    """Texts of an automaton, shorter ones first, `limit` at most; all where they are few, with few characters each."""
    nearest = _distances(automaton, steps)
    waiting: deque[tuple[int, str]] = deque([(0, "")])
    found = 0
    while waiting and found < limit:
        state, text = waiting.popleft()
        row = automaton.rows[state]
        steps.take(1 + len(row))
        if state in automaton.finals:
            found += 1
            yield text
        if len(waiting) < limit:
            waiting += [(to, text + each) for first, last, to in row for each in _several(first, last)]
        elif state not in automaton.finals:  # enough: straight to the end
            first, last, target = min(row, key=lambda edge: nearest[edge[2]])
            waiting.append((target, text + _several(first, last)[0]))


def _distances(automaton: Automaton, steps: Steps) -> dict[int, int]:
    """How many characters it is from each state to an end."""
    before: dict[int, list[int]] = {}
    for state, row in enumerate(automaton.rows):
        steps.take(1 + len(row))
        for _, _, target in row:
            before.setdefault(target, []).append(state)
    found = dict.fromkeys(sorted(automaton.finals), 0)
    order = list(found)
    for state in order:
        for each in before.get(state, ()):
            if each not in found:
                found[each] = found[state] + 1
                order.append(each)
    return found


def _several(first: int, last: int) -> list[str]:
    """Characters of a range, readable ones first; those that cannot be shown only where there are no others."""
    readable = [character for character in _READABLE if first <= ord(character) <= last]
    more = [chr(code) for code in range(first, min(last, first + _SEVERAL) + 1)]
    others = [character for character in more if character not in readable and character.isprintable()]
    return [*readable, *others][:_SEVERAL] or more[:1]


# ---------------------------------------------------------------------------------------------- two readings


def ambiguities(head: Automaton, rest: Chain, steps: Steps) -> Iterator[Ambiguity]:
    """Ways in which a text of `head` followed by one of `rest` can be read twice; some, where there are many."""
    if head.ends_itself or head.cannot_go_on(rest.parts[0]):
        return
    whole, rights = Chain((head,)), _Rights(rest, steps)
    lefts = list(_ends(whole, steps))
    for some in _each_place_once(lefts):
        found = 0
        for ambiguity in islice(_ambiguities(whole, some, rest, rights, steps), MAX_WITNESSES):
            found += 1
            yield ambiguity
        if not found:  # nor do other texts to the same places lead to one
            return


def _each_place_once(lefts: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """The first text to each place, then the second one."""
    found: list[list[tuple[int, str]]] = []
    seen: dict[int, int] = {}
    for place, text in lefts:
        number = seen.get(place, 0)
        seen[place] = number + 1
        if number == len(found):
            found.append([])
        found[number].append((place, text))
    return found


def _ambiguities(
    whole: Chain, lefts: list[tuple[int, str]], rest: Chain, rights: _Rights, steps: Steps
) -> Iterator[Ambiguity]:
    search = _Search()
    for place, _ in lefts:
        for start in rest.starts:
            search.start((place, start))
    started = len(search.pairs)
    for number, (place, place_rest) in enumerate(search.pairs):
        if number >= started and place in whole.ends:
            right = rights.after(place_rest)
            if right is not None:
                source, middle = search.path(number)
                yield Ambiguity(lefts[source // len(rest.starts)][1], middle, right)
        _go_on(search, number, whole.moves(place), rest.moves(place_rest), steps)


def _ends(chain: Chain, steps: Steps) -> Iterator[tuple[int, str]]:
    """Each place where a text may end, with short texts that end there."""
    search = _Search()
    for place in chain.starts:
        search.start((place, place))
    for number, (place, _) in enumerate(search.pairs):
        if place in chain.ends:
            yield place, search.text(number)
        moves = chain.moves(place)
        steps.take(1 + len(moves))
        choices = [(each, targets) for low, high, targets in moves for each in _two_of(low, high)]
        for (_, character), targets in sorted(choices):
            for target in targets:
                search.reach((target, target), number, character)


class _Rights:
    """Shortest texts of a chain that are also what may follow a place in it."""

    def __init__(self, chain: Chain, steps: Steps) -> None:
        self._chain = chain
        self._steps = steps
        self._known: dict[int, str | None] = {}
        self._dead: set[tuple[int, int]] = set()

    def after(self, place: int) -> str | None:
        """The text for a place, None if there is none."""
        if place not in self._known:
            self._known[place] = self._found(place)
        return self._known[place]

    def _found(self, place: int) -> str | None:
        chain, search = self._chain, _Search()
        for start in chain.starts:
            search.start((start, place))
        for number, pair in enumerate(search.pairs):
            if pair in self._dead:  # it has led nowhere before
                continue
            if pair[0] in chain.ends and pair[1] in chain.ends:
                return search.text(number)
            _go_on(search, number, chain.moves(pair[0]), chain.moves(pair[1]), self._steps)
        self._dead.update(search.pairs)
        return None


# -------------------------------------------------------------------------------------------------- readings


def readings(parts: Sequence[Automaton], text: str, steps: Steps) -> Iterator[tuple[str, ...]]:
    """Every way to read `text` as one text of each part, in order; shorter first parts first."""
    if not parts:
        yield from [()] if not text else []
        return
    cuts = _cuts(parts, text, steps)
    if 0 not in cuts[0]:
        return
    places, waiting = [0], [iter(cuts[0][0])]
    while waiting:
        end = next(waiting[-1], None)
        if end is None:
            waiting.pop()
            places.pop()
            continue
        steps.take()
        if len(waiting) == len(parts):
            bounds = [*places, end]
            yield tuple(text[first:last] for first, last in pairwise(bounds))
        else:
            places.append(end)
            waiting.append(iter(cuts[len(waiting)][end]))


def _cuts(parts: Sequence[Automaton], text: str, steps: Steps) -> list[dict[int, list[int]]]:
    """For each part: place in the text -> where its text may end, so that the rest can be read, too."""
    found: list[dict[int, list[int]]] = []
    starts = {0}
    for part in parts:
        found.append({start: list(_ends_in(part, text, start, steps)) for start in sorted(starts)})
        starts = {end for ends in found[-1].values() for end in ends}
    after = {len(text)}
    for number in reversed(range(len(parts))):
        ends = {start: [end for end in ends if end in after] for start, ends in found[number].items()}
        found[number] = {start: each for start, each in ends.items() if each}
        after = set(found[number])
    return found


def _ends_in(part: Automaton, text: str, start: int, steps: Steps) -> Iterator[int]:
    state = 0
    for place in range(start, len(text) + 1):
        steps.take()
        if state in part.finals:
            yield place
        following = part.after(state, text[place]) if place < len(text) else None
        if following is None:
            return
        state = following
