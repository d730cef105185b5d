"""From sets of texts (`regular`) to automata.

    Texts ─▶ states with several next ones (a `_Sketch`) ─▶ one next state for each character ─▶ equal states joined

Rules of this file:
- An automaton may accept more than its set of texts, never less: large counts are rounded away, and a set that still
  needs too many states becomes any text. Under `Not` nothing is rounded.
- Sizes are bounded by numbers of states and steps, so that one set has the same automaton on every machine.
- A list of words costs as much as it has characters, however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import assert_never

from entitystore_generator import regular
from entitystore_generator.proofs.automata import Automaton, Edge, Row, merged, overlaps, trimmed
from entitystore_generator.proofs.budget import Steps, TooManySteps
from entitystore_generator.proofs.joining import joined, one_word, word_list
from entitystore_generator.regular import Both, Chars, Choice, Not, Repeat, Sequence, Texts, Word

__all__ = ["ANY", "automaton", "either", "replaced", "without", "words_of"]

_LONGEST_COUNTS = (256, 16, 2)
"""Up to which an open repetition is counted, and four times as far one of a fixed number: at the first try, and where
that was too large. A sort key has 1024 bytes."""
_MAX_SKETCH = 10_000
_MAX_STATES = 4_000
_MAX_DEPTH = 120
_STEPS = 100_000


@lru_cache(maxsize=4096)
def automaton(texts: Texts) -> Automaton:
    """The automaton of a set of texts, or of a larger set where that would be too large."""
    spent = 0
    for longest in _LONGEST_COUNTS:
        steps = Steps(_STEPS)
        builder = _Builder(steps, longest)
        try:
            found = builder.automaton(texts)
        except TooManySteps:
            spent += steps.used
            continue
        return Automaton(found.rows, found.finals, spent + steps.used)
    return Automaton(ANY.rows, ANY.finals, spent)


def replaced(automaton: Automaton, image: Callable[[int, int], Texts]) -> Automaton:
    """The texts after each character became a text of its `image`, which is asked for ranges of characters."""
    steps = Steps(_STEPS)
    try:
        builder = _Builder(steps, None)
        sketch = _Sketch(steps)
        states = [sketch.state() for _ in automaton.rows]
        end = sketch.state()
        for state, row in enumerate(automaton.rows):
            for first, last, target in row:
                sketch.silent[builder.add(image(first, last), state, sketch)].append(states[target])
            if state in automaton.finals:
                sketch.silent[state].append(end)
        found = joined(_determined(sketch, 0, end, steps))
    except TooManySteps:
        found = ANY
    return Automaton(found.rows, found.finals, automaton.cost + steps.used)


def either(one: Automaton, other: Automaton) -> Automaton:
    """The texts of both."""
    steps = Steps(_STEPS)
    try:
        sketch = _Sketch(steps)
        start, end = sketch.state(), sketch.state()
        for each in (one, other):
            sketch.silent[sketch.embed(each, start)].append(end)
        found = joined(_determined(sketch, start, end, steps))
    except TooManySteps:
        found = ANY
    return Automaton(found.rows, found.finals, one.cost + other.cost + steps.used)


def without(automaton: Automaton, characters: Chars) -> Automaton:
    """The texts that have none of the characters in them."""
    kept = tuple((first, last, 0) for first, last in regular.all_but(characters).ranges)
    rows = [[(first, last, target) for first, last, target, _ in overlaps(row, kept)] for row in automaton.rows]
    found = joined(trimmed(rows, automaton.finals))
    return Automaton(found.rows, found.finals, automaton.cost)


ANY = Automaton((tuple((first, last, 0) for first, last in regular.ANY_CHARACTER.ranges),), frozenset({0}))


class _Sketch:
    """States with any number of next ones: `edges` on characters, `silent` ones on nothing."""

    def __init__(self, steps: Steps) -> None:
        self.edges: list[list[Edge]] = []
        self.silent: list[list[int]] = []
        self._steps = steps
        self._embedded = 0

    def state(self) -> int:
        if len(self.edges) - self._embedded >= _MAX_SKETCH:
            raise TooManySteps
        self.edges.append([])
        self.silent.append([])
        return len(self.edges) - 1

    def embed(self, automaton: Automaton, start: int) -> int:
        """The automaton after `start`; gives the state in which its texts end."""
        # It is bounded itself, or a list of words, which may be as long as it is.
        self._embedded += len(automaton) + 1
        self._steps.give(8 * len(automaton))
        offset, end = len(self.edges), len(self.edges) + len(automaton)
        for row in automaton.rows:
            self.edges.append([(first, last, offset + target) for first, last, target in row])
            self.silent.append([])
        self.edges.append([])
        self.silent.append([])
        for state in sorted(automaton.finals):
            self.silent[offset + state].append(end)
        self.silent[start].append(offset)
        return end


class _Builder:
    """Builds one automaton. `longest` is None where nothing may be rounded."""

    def __init__(self, steps: Steps, longest: int | None) -> None:
        self.steps = steps
        self.longest = longest
        self._depth = 0

    def automaton(self, texts: Texts) -> Automaton:
        match texts:
            case Word(text=text):
                return one_word(text)
            case Choice() if (words := words_of(texts)) is not None:
                return word_list(words)
            case Both(one=one, other=other):
                with self._deeper():
                    return joined(_both(self.automaton(one), self.automaton(other), self.steps))
            case Not(inner=inner):
                with self._deeper(), self._exactly():
                    return joined(_all_but(self.automaton(inner)))
        sketch = _Sketch(self.steps)
        start = sketch.state()
        end = self.add(texts, start, sketch)
        return joined(_determined(sketch, start, end, self.steps))

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        if self._depth >= _MAX_DEPTH:
            raise TooManySteps
        self._depth += 1
        yield
        self._depth -= 1

    @contextmanager
    def _exactly(self) -> Iterator[None]:
        longest, self.longest = self.longest, None
        yield
        self.longest = longest

    def add(self, texts: Texts, start: int, sketch: _Sketch) -> int:
        """Adds the texts after `start`, to which nothing leads back; gives the state in which they end."""
        with self._deeper():
            return self._added(texts, start, sketch)

    def _added(self, texts: Texts, start: int, sketch: _Sketch) -> int:
        match texts:
            case Chars(ranges=ranges):
                end = sketch.state()
                sketch.edges[start] += [(first, last, end) for first, last in ranges]
                return end
            case Word(text=text):
                for character in text:
                    following = sketch.state()
                    sketch.edges[start].append((ord(character), ord(character), following))
                    start = following
                return start
            case Sequence(parts=parts):
                for part in parts:
                    start = self.add(part, start, sketch)
                return start
            case Choice(options=options):
                return self._choice(options, start, sketch)
            case Repeat():
                return self._repeat(texts, start, sketch)
            case Both() | Not():
                return sketch.embed(self.automaton(texts), start)
            case _:
                assert_never(texts)

    def _choice(self, options: tuple[Texts, ...], start: int, sketch: _Sketch) -> int:
        end = sketch.state()
        words = [option.text for option in options if isinstance(option, Word)]
        if words:
            sketch.silent[sketch.embed(word_list(words), start)].append(end)
        for option in options:
            if not isinstance(option, Word):
                sketch.silent[self.add(option, start, sketch)].append(end)
        return end

    def _repeat(self, texts: Repeat, start: int, sketch: _Sketch) -> int:
        least, most = texts.least, texts.most
        if self.longest is not None:
            is_counted = most is not None and most <= (4 * self.longest if most == least else self.longest)
            least, most = min(least, 4 * self.longest), most if is_counted else None
        for _ in range(least):
            start = self.add(texts.inner, start, sketch)
        if most is None:
            loop = sketch.state()
            sketch.silent[start].append(loop)
            sketch.silent[self.add(texts.inner, loop, sketch)].append(loop)
            return loop
        end = sketch.state()
        for _ in range(most - least):
            sketch.silent[start].append(end)
            start = self.add(texts.inner, start, sketch)
        sketch.silent[start].append(end)
        return end


def words_of(texts: Texts) -> list[str] | None:
    """All the texts of a word, or of a choice of words or of choices of words; None for other sets."""
    if not isinstance(texts, Choice):
        return [texts.text] if isinstance(texts, Word) else None
    options = [each for one in texts.options for each in (one.options if isinstance(one, Choice) else (one,))]
    words = [option.text for option in options if isinstance(option, Word)]
    return words if len(words) == len(options) else None


# ----------------------------------------------------------------------------------------- one next state


def _determined(sketch: _Sketch, start: int, end: int, steps: Steps) -> Automaton:
    """Each state stands for the set of states that the sketch may be in."""
    closures = _Closures(sketch, end)
    initial = closures.of((start,))
    numbers: dict[frozenset[int], int] = {initial: 0}
    order = [initial]
    rows: list[Row] = []
    for states in order:
        row: list[Edge] = []
        edges = [edge for state in states for edge in sketch.edges[state]]
        steps.take(1 + len(edges))
        for first, last, targets in _disjoint(edges):
            following = closures.of(targets)
            if following not in numbers:
                steps.take(len(following))
                if len(order) >= _MAX_STATES + 2 * len(sketch.edges):
                    raise TooManySteps
                numbers[following] = len(order)
                order.append(following)
            row.append((first, last, numbers[following]))
        rows.append(merged(row))
    return trimmed(rows, [number for states, number in numbers.items() if end in states])


class _Closures:
    """Sets of states with all that they lead to silently; states without edges are left out, but for the end."""

    def __init__(self, sketch: _Sketch, end: int) -> None:
        self._sketch = sketch
        self._end = end
        self._of_one: dict[int, frozenset[int]] = {}
        self._of_several: dict[tuple[int, ...], frozenset[int]] = {}

    def of(self, states: tuple[int, ...]) -> frozenset[int]:
        if len(states) == 1:
            return self._one(states[0])
        found = self._of_several.get(states)
        if found is None:
            found = self._of_several[states] = frozenset().union(*map(self._one, states))
        return found

    def _one(self, state: int) -> frozenset[int]:
        found = self._of_one.get(state)
        if found is None:
            seen, waiting = {state}, [state]
            while waiting:
                for target in self._sketch.silent[waiting.pop()]:
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
            kept = (each for each in seen if self._sketch.edges[each] or each == self._end)
            found = self._of_one[state] = frozenset(kept)
        return found


def _disjoint(edges: list[Edge]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """The ranges that the edges divide the characters into, each with all targets, in order."""
    if len(edges) == 1:
        first, last, target = edges[0]
        yield first, last, (target,)
        return
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for first, last, target in edges:
        begins.setdefault(first, []).append(target)
        ends.setdefault(last + 1, []).append(target)
    active: dict[int, int] = {}
    before = 0
    for place in sorted(begins.keys() | ends.keys()):
        if active:
            yield before, place - 1, tuple(sorted(active))
        for target in ends.get(place, ()):
            active[target] -= 1
            if not active[target]:
                del active[target]
        for target in begins.get(place, ()):
            active[target] = active.get(target, 0) + 1
        before = place


# ------------------------------------------------------------------------------------ both, and all but these


def _both(one: Automaton, other: Automaton, steps: Steps) -> Automaton:
    numbers: dict[tuple[int, int], int] = {(0, 0): 0}
    order = [(0, 0)]
    rows: list[Row] = []
    for state, state_other in order:
        row: list[Edge] = []
        for first, last, target, target_other in overlaps(one.rows[state], other.rows[state_other]):
            steps.take()
            pair = (target, target_other)
            if pair not in numbers:
                numbers[pair] = len(order)
                order.append(pair)
            row.append((first, last, numbers[pair]))
        rows.append(tuple(row))
    finals = [number for (a, b), number in numbers.items() if a in one.finals and b in other.finals]
    return trimmed(rows, finals)


def _all_but(automaton: Automaton) -> Automaton:
    """What is no text of the automaton ends in a state that it does not end in, or has left it."""
    left = len(automaton)
    rows: list[list[Edge]] = []
    for row in (*automaton.rows, ()):
        taken = regular.chars((first, last) for first, last, _ in row)
        rows.append([*row, *((first, last, left) for first, last in regular.all_but(taken).ranges)])
    return trimmed(rows, [state for state in range(left + 1) if state not in automaton.finals])
