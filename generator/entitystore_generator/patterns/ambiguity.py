r"""Repeats that read one text in two ways, as in `^(a+)+$`: each further character doubles the ways that are tried.

A pattern becomes its positions, the places of its characters, and the ways from each to the next (Glushkov's
automaton, with the ways counted). Two ways from a position back to it over the same text are what takes exponential
time, where the pattern can still fail after them (Weber and Seidl 1991, "IDA" and "EDA"; Rathnayake and Thielecke
2014, "Static analysis for regular expression exponential runtime").

Rules of this file:
- What is found is shown by such a text. Large patterns are not looked at to the end, and nothing is said of them.
- References and looks count as matching no characters; what is in a look is looked at by itself.
- A repeat of up to nine times is written out, since it has no more ways than that; a larger one counts as any number,
  or as three where its parts are of one length.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import product
from typing import TypeAlias, assert_never

from msgspec import Struct

from entitystore_generator.patterns.anchored import character
from entitystore_generator.patterns.syntax import (
    Alternatives,
    Characters,
    Edge,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
    walk,
    width_of,
)
from entitystore_generator.regular import Chars, Range, Word

__all__ = ["ambiguous_text"]

_WRITTEN_OUT = 9
_MAX_POSITIONS = 600
_MAX_WAYS = 20_000
_MAX_STEPS = 100_000
_READABLE = "a1A -_.@/:,b0Bx"

Ways: TypeAlias = dict[int, int]
"""Position -> how many ways lead there; 2 stands for more."""
_Pair: TypeAlias = tuple[int, int]


def ambiguous_text(root: Node) -> str | None:
    """A text that a repeat reads in two ways, where that can take exponential time; None if no repeat does."""
    roots = [root, *(node.inner for node in walk(root) if isinstance(node, Look))]
    return next((found for each in roots for found in _texts(each)), None)


def _texts(root: Node) -> Iterator[str]:
    graph = _Graph()
    try:
        whole = graph.add(root)
        for loop in graph.loops():
            # Where the pattern may end within the repeat, it is never left to fail.
            if not loop & whole.open_ends:
                yield from graph.read_twice(loop)
    except _TooLarge:
        return


class _TooLarge(Exception):
    pass


class _Part(Struct, frozen=True):
    """What a node adds: positions where it can begin and end, and the ways in which it can match no characters.

    `open_ends` are the ends after which nothing of it has to hold any more; `is_open` says so of no characters.
    """

    begins: Mapping[int, int]
    ends: Mapping[int, int]
    empty: int
    open_ends: frozenset[int] = frozenset()
    is_open: bool = False


_NOTHING = _Part({}, {}, 1, is_open=True)
_CONDITION = _Part({}, {}, 1)


class _Graph:
    def __init__(self) -> None:
        self.characters: list[tuple[Range, ...]] = []
        self.following: list[Ways] = []
        self._ways = 0
        self._steps = 0

    # ---------------------------------------------------------------------------------------------- building

    def add(self, node: Node) -> _Part:
        """Add the positions of a node."""
        match node:
            case Characters():
                return self._position(node)
            case Edge() | Look() | Reference():
                return _CONDITION
            case Group(inner=inner):
                return self.add(inner)
            case Sequence(items=items):
                part = _NOTHING
                for item in items:
                    part = self._then(part, self.add(item))
                return part
            case Alternatives(options=options):
                return _any_of([self.add(option) for option in options])
            case Repeat():
                return self._repeat(node)
            case _:
                assert_never(node)

    def _position(self, node: Characters) -> _Part:
        if len(self.characters) >= _MAX_POSITIONS:
            raise _TooLarge
        texts = character(node)
        ranges = texts.ranges if isinstance(texts, Chars) else ()
        if isinstance(texts, Word):
            ranges = ((ord(texts.text), ord(texts.text)),)
        place = len(self.characters)
        self.characters.append(ranges)
        self.following.append({})
        return _Part({place: 1}, {place: 1}, 0, frozenset({place}))

    def _connect(self, ends: Mapping[int, int], begins: Mapping[int, int]) -> None:
        self._ways += len(ends) * len(begins)
        if self._ways > _MAX_WAYS:
            raise _TooLarge
        for end, before in ends.items():
            ways = self.following[end]
            for begin, after in begins.items():
                ways[begin] = min(2, ways.get(begin, 0) + before * after)

    def _then(self, one: _Part, two: _Part) -> _Part:
        self._connect(one.ends, two.begins)
        return _Part(
            _sum(one.begins, two.begins, one.empty),
            _sum(two.ends, one.ends, two.empty),
            min(2, one.empty * two.empty),
            two.open_ends | one.open_ends if two.is_open else two.open_ends,
            one.is_open and two.is_open,
        )

    def _repeat(self, node: Repeat) -> _Part:
        """As many copies as have to be, then either one that leads back to itself, or those that may be left out."""
        least, most = node.least, node.most
        if most is not None and most > _WRITTEN_OUT:
            is_fixed = least == most and width_of(node.inner) is not None
            least, most = (3, 3) if is_fixed else (min(least, 1), None)
        part = _NOTHING
        for _ in range(min(least, 2) - 1 if most is None else least):
            part = self._then(part, self.add(node.inner))
        if most is None:
            return self._then(part, self._loop(node.inner, least))
        rest = _NOTHING
        for _ in range(most - least):
            rest = _any_of([_NOTHING, self._then(self.add(node.inner), rest)])
        return self._then(part, rest)

    def _loop(self, inner: Node, least: int) -> _Part:
        part = self.add(inner)
        self._connect(part.ends, part.begins)
        if least and not part.empty:
            return part
        return _Part(part.begins, part.ends, part.empty if least else 1, part.open_ends, part.is_open or not least)

    # ------------------------------------------------------------------------------------------------- loops

    def loops(self) -> list[frozenset[int]]:
        """Positions that lead to each other and back."""
        before: list[list[int]] = [[] for _ in self.following]
        for place, ways in enumerate(self.following):
            for target in ways:
                before[target].append(place)
        found: list[frozenset[int]] = []
        seen: set[int] = set()
        for place in range(len(self.following)):
            if place not in seen:
                loop = _reached(place, self.following) & _reached(place, before)
                seen |= loop
                found += [loop] if loop else []
        return found

    def read_twice(self, loop: frozenset[int]) -> Iterator[str]:
        """A short text that leads from one position of the loop to one of it in two ways, if there is one."""
        for place in sorted(loop):
            for target, ways in self.following[place].items():
                if ways > 1 and target in loop and self.characters[target]:
                    yield _readable(self.characters[target])
                    return
        yield from self._parted_and_met(loop)

    def _parted_and_met(self, loop: frozenset[int]) -> Iterator[str]:
        waiting: deque[tuple[_Pair, str]] = deque(((place, place), "") for place in sorted(loop))
        seen: set[_Pair] = set()
        while waiting:
            pair, text = waiting.popleft()
            for after, more in self._after(pair, loop):
                if after[0] != after[1] and after not in seen:
                    seen.add(after)
                    waiting.append((after, text + more))
                elif after[0] == after[1] and pair[0] != pair[1]:
                    yield text + more
                    return

    def _after(self, pair: _Pair, loop: frozenset[int]) -> Iterator[tuple[_Pair, str]]:
        """The pairs of positions that one character leads to, and the character."""
        ones, twos = ([place for place in self.following[each] if place in loop] for each in pair)
        self._steps += len(ones) * len(twos)
        if self._steps > _MAX_STEPS:
            raise _TooLarge
        for one, two in product(ones, twos):
            common = _common(self.characters[one], self.characters[two])
            if common:
                yield (one, two) if one < two else (two, one), _readable(common)


def _any_of(options: list[_Part]) -> _Part:
    begins: Ways = {}
    ends: Ways = {}
    for option in options:
        begins = _sum(begins, option.begins)
        ends = _sum(ends, option.ends)
    return _Part(
        begins,
        ends,
        min(2, sum(option.empty for option in options)),
        frozenset().union(*(option.open_ends for option in options)),
        any(option.is_open for option in options),
    )


def _sum(one: Mapping[int, int], other: Mapping[int, int], times: int = 1) -> Ways:
    found = dict(one)
    if times:
        for place, ways in other.items():
            found[place] = min(2, found.get(place, 0) + ways * times)
    return found


def _reached(place: int, following: list[Ways] | list[list[int]]) -> frozenset[int]:
    """The positions that can come after this one, it among them if it can."""
    seen: set[int] = set()
    waiting = list(following[place])
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            waiting += following[found]
    return frozenset(seen)


def _common(one: tuple[Range, ...], two: tuple[Range, ...]) -> tuple[Range, ...]:
    """The characters that both have."""
    pairs = product(one, two)
    return tuple((max(a, c), min(b, d)) for (a, b), (c, d) in pairs if a <= d and c <= b)


def _readable(ranges: tuple[Range, ...]) -> str:
    readable = (each for each in _READABLE if any(first <= ord(each) <= last for first, last in ranges))
    return next(readable, chr(ranges[0][0]))
