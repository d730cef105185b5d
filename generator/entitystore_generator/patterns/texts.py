"""The whole texts in which a pattern finds something, as a value of `regular`.

    ^[a-z]+$        one or more of a to z
    -x              any text, -x, any text
    ^(?!admin$)     what is not admin

From right to left: what can stand from a place to the end of the text is what the part there matches, followed by
what can stand after it. That is kept twice, for a place within the text and for its start, where `^` is met.

Rules of this file:
- Larger than the truth is allowed, smaller is not; `exact` says which it is, since what is excluded has to be exact.
- Looks ahead are exact outside of repeats, and where there are not dozens of them in a row. Looks behind, `\\b` and
  references to groups are met by any text.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.patterns.anchored import Anchored, TooDeep, anchored, deeper
from entitystore_generator.patterns.joining import both, choice, excluding, has_empty, not_empty, only_empty, sequence
from entitystore_generator.patterns.syntax import (
    Alternatives,
    Edge,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
    walk,
)
from entitystore_generator.regular import ANY_CHARACTER, ANY_TEXT, NOTHING, Texts
from entitystore_generator.regular import Repeat as RepeatOf

__all__ = ["whole_texts"]

_MAX_WEIGHT = 2000
"""Parts of a value up to which alternatives are followed one by one, each with a copy of what comes after them."""


class _Rest(Struct, frozen=True):
    """What can stand from a place within the text to its end, and from its start to its end."""

    within: Texts
    start: Texts
    exact: bool
    weight: int = 1
    depth: int = 0


_ANYTHING = _Rest(ANY_TEXT, ANY_TEXT, True)


def whole_texts(node: Node) -> Texts:
    """The texts in which the pattern finds something."""
    try:
        rest = _before(node, _ANYTHING)
    except TooDeep:
        return ANY_TEXT
    if rest.within is rest.start:
        return sequence((ANY_TEXT, rest.start))
    return choice((rest.start, sequence((RepeatOf(ANY_CHARACTER, 1, None), rest.within))))


def _before(node: Node, rest: _Rest) -> _Rest:
    """What can stand from a place on where `node` matches first, and `rest` comes after it."""
    match node:
        case Edge.START:
            return replace(rest, within=NOTHING)
        case Edge.END:
            return replace(rest, within=only_empty(rest.within), start=only_empty(rest.start))
        case Edge.WORD | Edge.NO_WORD:
            return replace(rest, exact=False)
        case Look():
            return _looking(node, rest)
        case Group(inner=inner):
            return _before(inner, rest)
        case Sequence(items=items):
            return _sequence(items, rest)
        case Alternatives(options=options) if _has_looks(node) and rest.weight < _MAX_WEIGHT:
            return _any_of([_before(option, rest) for option in options])
        case Repeat(inner=inner, least=least, most=1) if _has_looks(inner) and rest.weight < _MAX_WEIGHT:
            found = _before(inner, rest)
            return found if least else _any_of([found, rest])
        case _:
            return _anchored(node, rest)


def _sequence(items: tuple[Node, ...], rest: _Rest) -> _Rest:
    """Items without looks are taken together."""
    run: list[Node] = []
    for item in reversed(items):
        if not _has_looks(item):
            run.append(item)
            continue
        rest = _before(item, _anchored(Sequence(tuple(reversed(run))), rest))
        run = []
    return _anchored(Sequence(tuple(reversed(run))), rest)


def _has_looks(node: Node) -> bool:
    """Whether there is what `anchored` does not know exactly."""
    return any(isinstance(each, (Look, Reference)) or each in (Edge.WORD, Edge.NO_WORD) for each in walk(node))


def _any_of(options: list[_Rest]) -> _Rest:
    within = choice(option.within for option in options)
    return _Rest(
        within,
        within if all(map(_is_same, options)) else choice(option.start for option in options),
        all(option.exact for option in options),
        sum(option.weight for option in options),
        deeper(*(option.depth for option in options)),
    )


def _is_same(rest: _Rest) -> bool:
    return rest.within is rest.start


def _looking(node: Look, rest: _Rest) -> _Rest:
    seen = _before(node.inner, _ANYTHING)
    if not node.ahead or (node.negated and not seen.exact):
        return replace(rest, exact=False)
    within, start = (excluding(seen.within), excluding(seen.start)) if node.negated else (seen.within, seen.start)
    same = _is_same(seen) and _is_same(rest)
    found = both(within, rest.within)
    exact = seen.exact and rest.exact
    depth = deeper(seen.depth, rest.depth)
    return _Rest(found, found if same else both(start, rest.start), exact, seen.weight + rest.weight + 1, depth)


def _anchored(node: Node, rest: _Rest) -> _Rest:
    part = anchored(node)
    exact = rest.exact and not _has_looks(node)
    weight = rest.weight + 1
    depth = rest.depth if part.is_free else deeper(part.depth, rest.depth)
    end = only_empty(rest.within)
    within = choice((sequence((part.free, rest.within)), sequence((part.end, end))))
    if part.is_free and (_is_same(rest) or not has_empty(part.free)):
        return _Rest(within, within, exact, weight, depth)
    return _Rest(within, _at_start(part, rest, end), exact, weight, depth)


def _at_start(part: Anchored, rest: _Rest, end: Texts) -> Texts:
    """After an empty match the place is still the start."""
    if _is_same(rest):
        return choice(
            (sequence((choice((part.free, part.start)), rest.within)), sequence((choice((part.end, part.whole)), end)))
        )
    options = [sequence((not_empty(choice((part.free, part.start))), rest.within))]
    options.append(sequence((not_empty(choice((part.end, part.whole))), end)))
    if has_empty(part.free) or has_empty(part.start):
        options.append(rest.start)
    if has_empty(part.end) or has_empty(part.whole):
        options.append(only_empty(rest.start))
    return choice(options)
