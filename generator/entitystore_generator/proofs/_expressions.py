"""Patterns as sets of texts, by way of Python's own parser."""

from __future__ import annotations

import re
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

from entitystore_generator import patterns, regular
from entitystore_generator.regular import ANY_CHARACTER, ANY_TEXT, Chars, Choice, Repeat, Sequence, Texts, Word


def texts_of(pattern: str) -> Texts | None:
    python = patterns.to_python(pattern)
    if python is None:
        return None
    try:
        return _whole(list(_parser.parse(python)))
    except (_Unknown, RecursionError):
        return ANY_TEXT


class _Unknown(Exception):
    pass


def _whole(items: list) -> Texts:
    if len(items) == 1 and items[0][0] is c.BRANCH:
        return Choice(tuple(_whole(list(branch)) for branch in items[0][1][1]))
    begins = bool(items) and items[0] == (c.AT, c.AT_BEGINNING)
    ends = bool(items) and items[-1] == (c.AT, c.AT_END_STRING)
    inner = items[1 if begins else 0 : -1 if ends and len(items) > (1 if begins else 0) else None]
    middle = [_one(*each) for each in inner]
    return Sequence((*(() if begins else (ANY_TEXT,)), *middle, *(() if ends else (ANY_TEXT,))))


def _seq(items) -> Texts:
    return Sequence(tuple(_one(*each) for each in items))


def _one(op, av) -> Texts:
    if op is c.LITERAL:
        return Word(chr(av))
    if op is c.NOT_LITERAL:
        return regular.all_but(regular.chars([(av, av)]))
    if op is c.ANY:
        return regular.all_but(regular.chars([(10, 10)]))
    if op is c.IN:
        return _class(av)
    if op is c.BRANCH:
        return Choice(tuple(_seq(branch) for branch in av[1]))
    if op in (c.MAX_REPEAT, c.MIN_REPEAT):
        low, high, inner = av
        return Repeat(_seq(inner), low, None if high is c.MAXREPEAT else high)
    if op is c.SUBPATTERN:
        return _seq(av[3])
    raise _Unknown


def _class(items) -> Chars:
    negated, ranges = False, []
    for op, av in items:
        if op is c.NEGATE:
            negated = True
        elif op is c.LITERAL:
            ranges.append((av, av))
        elif op is c.RANGE:
            ranges.append(av)
        elif op is c.CATEGORY and av in _CATEGORIES:
            ranges += _CATEGORIES[av]
        else:
            raise _Unknown
    found = regular.chars(ranges)
    return regular.all_but(found) if negated else found


_SPACES = [(code, code) for code in range(0x3001) if chr(code).isspace()]
_CATEGORIES = {c.CATEGORY_SPACE: _SPACES, c.CATEGORY_NOT_SPACE: regular.all_but(regular.chars(_SPACES)).ranges}
