"""What a part of a pattern matches, by the anchors that it meets: `(^a|b$)` is a, at the start, or b, at the end.

Rules of this file:
- Exact for characters, groups, repeats and anchors wherever they stand. What else there is (looks, `\\b`, references)
  counts as met, so that the texts are more than the truth then, never fewer.
- A part that needs the start can follow only what matched the empty text there, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from entitystore_generator.patterns.joining import choice, has_empty, only_empty, repeat, sequence
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
)
from entitystore_generator.regular import ANY_TEXT, EMPTY, NOTHING, Texts, Word, all_but, chars

__all__ = ["MAX_DEPTH", "Anchored", "TooDeep", "anchored", "character", "deeper"]


class TooDeep(Exception):
    """A value would be nested so deep that nothing could walk it."""


MAX_DEPTH = 80
"""How many anchors, looks and groups around them may come one after the other in what becomes one value."""


class Anchored(Struct, frozen=True):
    """Texts that are matched anywhere (`free`), or only from the text's start on, up to its end, or as the whole.

    `depth` counts the steps in which anchors were joined to others.
    """

    free: Texts = NOTHING
    start: Texts = NOTHING
    end: Texts = NOTHING
    whole: Texts = NOTHING
    depth: int = 0

    @property
    def is_free(self) -> bool:
        """Whether no anchor is met."""
        return self.start is NOTHING and self.end is NOTHING and self.whole is NOTHING


_MET = Anchored(EMPTY)


def deeper(*depths: int) -> int:
    """One more than the greatest. Raises TooDeep."""
    depth = max(depths) + 1
    if depth > MAX_DEPTH:
        raise TooDeep
    return depth


def character(node: Characters) -> Texts:
    """The texts of one character."""
    single = node.single
    if single is not None and not 0xD800 <= single <= 0xDFFF:
        return Word(chr(single))
    found = chars(node.ranges)
    found = all_but(found) if node.negated else found
    return found if found.ranges else NOTHING


def anchored(node: Node) -> Anchored:
    """What a part of a pattern matches."""
    match node:
        case Characters():
            return Anchored(character(node))
        case Edge.START:
            return Anchored(start=EMPTY)
        case Edge.END:
            return Anchored(end=EMPTY)
        case Edge.WORD | Edge.NO_WORD | Look():
            return _MET
        case Reference():
            return Anchored(ANY_TEXT)
        case Group(inner=inner):
            return anchored(inner)
        case Alternatives(options=options):
            return _any_of(map(anchored, options))
        case Sequence(items=items):
            return _one_after_the_other(map(anchored, items))
        case Repeat():
            return _repeated(anchored(node.inner), node.least, node.most)


def _any_of(options: Iterable[Anchored]) -> Anchored:
    found = list(options)
    if all(option.is_free for option in found):
        return Anchored(choice(option.free for option in found))
    return Anchored(
        choice(option.free for option in found),
        choice(option.start for option in found),
        choice(option.end for option in found),
        choice(option.whole for option in found),
        deeper(*(option.depth for option in found)),
    )


def _one_after_the_other(items: Iterable[Anchored]) -> Anchored:
    """Runs without an anchor are joined at once, however long. Raises TooDeep for too many anchors in a row."""
    result = _MET
    run: list[Texts] = []
    for item in items:
        if item.is_free:
            run.append(item.free)
            continue
        result = _then(_then(result, Anchored(sequence(run))), item)
        run = []
    return _then(result, Anchored(sequence(run)))


def _then(one: Anchored, two: Anchored) -> Anchored:
    if one.is_free and two.is_free:
        return Anchored(sequence((one.free, two.free)))
    return Anchored(
        sequence((one.free, two.free)),
        choice((sequence((one.start, two.free)), _if_empty(two.start, one.free, one.start))),
        choice((sequence((one.free, two.end)), _if_empty(one.end, two.free, two.end))),
        choice(
            (
                sequence((one.start, two.end)),
                _if_empty(two.whole, one.free, one.start),
                _if_empty(one.whole, two.free, two.end),
                _if_empty(_if_empty(EMPTY, one.end, one.whole), two.start, two.whole),
            )
        ),
        deeper(one.depth, two.depth),
    )


def _if_empty(texts: Texts, *others: Texts) -> Texts:
    """The texts, if one of the others can be empty."""
    return texts if texts is not NOTHING and any(map(has_empty, others)) else NOTHING


def _repeated(part: Anchored, least: int, most: int | None) -> Anchored:
    """The first that needs the start follows empty ones alone; the last that needs the end has empty ones behind it."""
    free = repeat(part.free, least, most)
    if part.is_free or most == 0:
        return Anchored(free)
    once, twice = _others(part.free, least, most, 1), _others(part.free, least, most, 2)
    before = _any_number(once) if has_empty(part.start) or has_empty(part.free) else once
    after = _any_number(once) if has_empty(part.end) or has_empty(part.free) else once
    between = _any_number(twice) if any(map(has_empty, (part.free, part.start, part.end))) else twice
    alone = part.whole if least < 2 else _if_empty(part.whole, part.free, part.start, part.end)
    return Anchored(
        free,
        sequence((part.start, _texts(before))),
        sequence((_texts(after), part.end)),
        choice((sequence((part.start, _texts(between), part.end)), alone, only_empty(part.whole))),
        deeper(part.depth),
    )


class _Others(Struct, frozen=True):
    """The repeats beside those that meet an anchor; `least` above `most` if there is no room for them."""

    inner: Texts
    least: int
    most: int | None


def _others(inner: Texts, least: int, most: int | None, met: int) -> _Others:
    return _Others(inner, max(0, least - met), None if most is None else most - met)


def _any_number(others: _Others) -> _Others:
    return _Others(others.inner, 0, others.most)


def _texts(others: _Others) -> Texts:
    if others.most is not None and others.most < others.least:
        return NOTHING
    return repeat(others.inner, others.least, others.most)
