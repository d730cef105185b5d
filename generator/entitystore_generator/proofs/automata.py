"""Questions about languages, with a witness for every yes: can two meet, can a concatenation be read in two ways.

Rules of this file:
- Automata come from `interegular` as they are; here they are only walked, several at once, over groups of characters
  that none of them tells apart.
- Searches are breadth first in a fixed order, so that a witness is a shortest one and always the same.
- Characters that people can read are tried first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from interegular.fsm import FSM, anything_else
from msgspec import Struct

__all__ = ["Ambiguity", "Automaton", "ambiguity", "common_text", "common_texts", "have_common_text", "readings"]

_READABLE = "x1aAyz-_.#/:@ 0b2c3"
MAX_COMMON_TEXTS = 64


class Branches(NamedTuple):
    """Where a state leads: `usual` with most characters, elsewhere with the `special` ones, in groups by target."""

    usual: int | None
    special: frozenset[str]
    groups: tuple[tuple[int, frozenset[str]], ...]


class Ambiguity(NamedTuple):
    """Two readings of one text: head `left + middle` and rest `right`, or head `left` and rest `middle + right`."""

    left: str
    middle: str
    right: str


class Automaton:
    """A deterministic automaton, compared by identity so that answers about it can be kept.

    `rows` is state -> transition -> state; a missing one leads nowhere. `symbols` maps each named character to its
    transition, `other` is that of all other characters. `live` are the states from which an end can be reached.
    """

    __slots__ = ("_branches", "finals", "initial", "live", "other", "rows", "symbols")

    def __init__(
        self,
        initial: int,
        finals: frozenset[int],
        rows: Mapping[int, Mapping[int, int]],
        symbols: Mapping[str, int],
        other: int | None,
    ) -> None:
        self.initial = initial
        self.finals = finals
        self.rows = rows
        self.symbols = symbols
        self.other = other
        self.live = _live_states(self)
        self._branches: dict[int, Branches] = {}

    @classmethod
    def of(cls, fsm: FSM) -> Automaton:
        """The library's automaton as one of ours; its types for states and transitions are ints by other names."""
        mapping = dict(fsm.alphabet.items())
        other = cast("int | None", mapping.pop(anything_else, None))
        rows = cast("Mapping[int, Mapping[int, int]]", fsm.map)
        finals = cast("frozenset[int]", frozenset(fsm.finals))
        return cls(cast(int, fsm.initial), finals, rows, cast("dict[str, int]", mapping), other)

    def branches(self, state: int) -> Branches:
        """Where a state leads."""
        found = self._branches.get(state)
        if found is None:
            usual = self.next(state, self.other)
            targets = {symbol: self.next(state, transition) for symbol, transition in self.symbols.items()}
            special = frozenset(symbol for symbol, target in targets.items() if target != usual)
            groups: dict[int, set[str]] = {}
            for symbol, target in targets.items():
                if target is not None and target != usual:
                    groups.setdefault(target, set()).add(symbol)
            found = Branches(usual, special, tuple((target, frozenset(group)) for target, group in groups.items()))
            self._branches[state] = found
        return found

    def next(self, state: int, transition: int | None) -> int | None:
        """The live state that a transition leads to, None if there is none."""
        if transition is None:
            return None
        found = self.rows.get(state, {}).get(transition)
        return found if found in self.live else None

    def accepts(self, text: str) -> bool:
        """Whether the text is one of the language."""
        state: int | None = self.initial
        for character in text:
            state = None if state is None else self.next(state, self.symbols.get(character, self.other))
        return state in self.finals


def _live_states(automaton: Automaton) -> frozenset[int]:
    before: dict[int, set[int]] = {}
    for state, row in automaton.rows.items():
        for target in row.values():
            before.setdefault(target, set()).add(state)
    live = set(automaton.finals)
    waiting = list(live)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in live:
                live.add(state)
                waiting.append(state)
    return frozenset(live)


class _Step(Struct, frozen=True):
    """A group of characters by a representative, and the transition that it is in each automaton."""

    character: str
    keys: tuple[int | None, ...]


@lru_cache(maxsize=8192)
def _steps(automata: tuple[Automaton, ...]) -> tuple[_Step, ...]:
    """The groups of characters that these automata tell apart."""
    named = {symbol for each in automata for symbol in each.symbols}
    unnamed = next(character for character in _candidates() if character not in named)
    groups: dict[tuple[int | None, ...], str] = {}
    for character in sorted({*named, unnamed}, key=_readability):
        keys = tuple(each.symbols.get(character, each.other) for each in automata)
        groups.setdefault(keys, character)
    return tuple(_Step(character, keys) for keys, character in groups.items())


def _candidates() -> Iterator[str]:
    yield from _READABLE
    yield from map(chr, range(0x4E00, 0x9FFF))


def _readability(character: str) -> tuple[int, str]:
    place = _READABLE.find(character)
    return (place if place >= 0 else len(_READABLE) + (not character.isalnum()), character)


def have_common_text(one: Automaton, other: Automaton) -> bool:
    """Whether some text is one of both: as `common_text`, without the text, and many times faster."""
    start = (one.initial, other.initial)
    waiting, seen = [start], {start}
    while waiting:
        state, state_other = waiting.pop()
        if state in one.finals and state_other in other.finals:
            return True
        for pair in _pairs_after(one.branches(state), other.branches(state_other)):
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return False


def _pairs_after(one: Branches, other: Branches) -> Iterator[tuple[int, int]]:
    """The pairs of states that one character leads to. Some character is usual to both: there are enough."""
    if one.usual is not None and other.usual is not None:
        yield one.usual, other.usual
    for target, group in one.groups:
        if other.usual is not None and not group <= other.special:
            yield target, other.usual
        for target_other, group_other in other.groups:
            if not group.isdisjoint(group_other):
                yield target, target_other
    if one.usual is not None:
        for target_other, group_other in other.groups:
            if not group_other <= one.special:
                yield one.usual, target_other


def common_text(one: Automaton, other: Automaton) -> str | None:
    """A shortest text of both; None if there is none."""
    return next(common_texts(one, other), None)


def common_texts(one: Automaton, other: Automaton) -> Iterator[str]:
    """Texts of both, shortest first; one for each way through, `MAX_COMMON_TEXTS` at most."""
    automata = (one, other)
    waiting: deque[tuple[int, int, str]] = deque([(one.initial, other.initial, "")])
    visits: dict[tuple[int, int], int] = {}
    found = 0
    while waiting and found < MAX_COMMON_TEXTS:
        state, state_other, text = waiting.popleft()
        if state in one.finals and state_other in other.finals:
            found += 1
            yield text
        for step in _steps(automata):
            target, target_other = one.next(state, step.keys[0]), other.next(state_other, step.keys[1])
            if target is None or target_other is None:
                continue
            pair = (target, target_other)
            # The second visit gives a longer text: some witnesses need one.
            if visits.get(pair, 0) < 2:
                visits[pair] = visits.get(pair, 0) + 1
                waiting.append((target, target_other, text + step.character))


@lru_cache(maxsize=16384)
def ambiguity(head: Automaton, rest: Automaton) -> Ambiguity | None:
    """How a text of `head` followed by one of `rest` can be read in two ways; None if it cannot."""
    for state, left in _ends(head):
        found = _shifted(head, state, rest)
        if found is not None:
            return Ambiguity(left, *found)
    return None


def _ends(automaton: Automaton) -> Iterator[tuple[int, str]]:
    """Each accepting state with a shortest text that leads there."""
    waiting: deque[tuple[int, str]] = deque([(automaton.initial, "")])
    seen: set[int] = {automaton.initial}
    while waiting:
        state, text = waiting.popleft()
        if state in automaton.finals:
            yield state, text
        for step in _steps((automaton,)):
            target = automaton.next(state, step.keys[0])
            if target is not None and target not in seen:
                seen.add(target)
                waiting.append((target, text + step.character))


def _shifted(head: Automaton, end: int, rest: Automaton) -> tuple[str, str] | None:
    """A text that goes on from an end of `head` to another and begins one of `rest`, and what may follow both."""
    waiting: deque[tuple[int, int, str]] = deque([(end, rest.initial, "")])
    seen: set[tuple[int, int]] = set()
    while waiting:
        state, state_rest, middle = waiting.popleft()
        if middle and state in head.finals:
            right = _common_from(rest, rest.initial, state_rest)
            if right is not None:
                return middle, right
        for step in _steps((head, rest)):
            target, target_rest = head.next(state, step.keys[0]), rest.next(state_rest, step.keys[1])
            if target is None or target_rest is None or (target, target_rest) in seen:
                continue
            seen.add((target, target_rest))
            waiting.append((target, target_rest, middle + step.character))
    return None


@lru_cache(maxsize=65536)
def _common_from(automaton: Automaton, one: int, other: int) -> str | None:
    """A shortest text that the automaton accepts from both states."""
    waiting: deque[tuple[int, int, str]] = deque([(one, other, "")])
    seen = {(one, other)}
    while waiting:
        state, state_other, text = waiting.popleft()
        if state in automaton.finals and state_other in automaton.finals:
            return text
        for step in _steps((automaton,)):
            target, target_other = automaton.next(state, step.keys[0]), automaton.next(state_other, step.keys[0])
            if target is None or target_other is None or (target, target_other) in seen:
                continue
            seen.add((target, target_other))
            waiting.append((target, target_other, text + step.character))
    return None


def readings(automata: Sequence[Automaton], text: str) -> Iterator[tuple[str, ...]]:
    """Every way to read `text` as one text of each automaton, in order."""
    if not automata:
        if not text:
            yield ()
        return
    for cut in range(len(text) + 1):
        if automata[0].accepts(text[:cut]):
            for others in readings(automata[1:], text[cut:]):
                yield (text[:cut], *others)
