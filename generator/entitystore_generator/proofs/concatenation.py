"""Automata of key templates, put together from those of their parts.

A table has a few kinds of components and many templates of them. `interegular` would build every template from its
characters; here the automaton of each part is made once, and a template's is their concatenation.

Rules of this file:
- Only expressions that are a sequence of groups, `(?:a)(?:b)`, are taken apart: what `KeyLanguages` writes. Any other
  is the library's.
- The subset construction is bounded; what would grow beyond is left to the library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.scanning import structure

__all__ = ["concatenated", "literal_text", "of_text", "sequence_of"]

_MAX_STATES = 5000
_SPECIAL = frozenset(".^$*+?{}[]|()")

_States = frozenset[tuple[int, int]]


def sequence_of(pattern: str) -> list[str] | None:
    """The insides of `(?:a)(?:b)…`, in order; None for an expression of another form."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        end = _end_of_group(pattern, position)
        if end is None:
            return None
        parts.append(pattern[position + 3 : end])
        position = end + 1
    return parts


def _end_of_group(pattern: str, start: int) -> int | None:
    """Where the group that begins at `start` ends; None if none begins, or it is repeated."""
    if not pattern.startswith("(?:", start):
        return None
    for position, character, depth in structure(pattern, start):
        if character == ")" and not depth:
            return None if pattern[position + 1 : position + 2] in ("*", "+", "?", "{") else position
    return None


def literal_text(pattern: str) -> str | None:
    """The one text of an expression that `re.escape` wrote; None for any other."""
    characters: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
            character = pattern[position : position + 1]
            if not character or character.isalnum():
                return None
        elif character in _SPECIAL:
            return None
        characters.append(character)
        position += 1
    text = "".join(characters)
    return text if re.escape(text) == pattern else None


def of_text(text: str) -> Automaton:
    """The automaton of one text."""
    symbols = {character: number for number, character in enumerate(dict.fromkeys(text))}
    rows = {state: {symbols[character]: state + 1} for state, character in enumerate(text)}
    return Automaton(0, frozenset({len(text)}), rows, symbols, None)


def concatenated(parts: Sequence[Automaton]) -> Automaton | None:
    """The automaton of a text of each part after the other; None if it would be too large."""
    symbols, signatures = _alphabet(parts)
    start = _closed({(0, parts[0].initial)}, parts)
    numbers: dict[_States, int] = {start: 0}
    rows: dict[int, dict[int, int]] = {}
    waiting = [start]
    while waiting:
        states = waiting.pop()
        row = rows.setdefault(numbers[states], {})
        for key, signature in enumerate(signatures):
            target = _after(states, signature, parts)
            if not target:
                continue
            if target not in numbers:
                if len(numbers) >= _MAX_STATES:
                    return None
                numbers[target] = len(numbers)
                waiting.append(target)
            row[key] = numbers[target]
    last = len(parts) - 1
    finals = frozenset(
        number for states, number in numbers.items() if any(p == last and s in parts[p].finals for p, s in states)
    )
    return Automaton(0, finals, rows, symbols, len(signatures) - 1)


def _alphabet(parts: Sequence[Automaton]) -> tuple[Mapping[str, int], list[tuple[int | None, ...]]]:
    """Characters that no part tells apart have one transition; the last one is that of all that none names."""
    named = sorted({symbol for part in parts for symbol in part.symbols})
    groups: dict[tuple[int | None, ...], int] = {}
    symbols: dict[str, int] = {}
    for symbol in named:
        signature = tuple(part.symbols.get(symbol, part.other) for part in parts)
        symbols[symbol] = groups.setdefault(signature, len(groups))
    return symbols, [*groups, tuple(part.other for part in parts)]


def _after(states: _States, signature: tuple[int | None, ...], parts: Sequence[Automaton]) -> _States:
    found = set()
    for part, state in states:
        target = parts[part].next(state, signature[part])
        if target is not None:
            found.add((part, target))
    return _closed(found, parts) if found else frozenset()


def _closed(states: set[tuple[int, int]], parts: Sequence[Automaton]) -> _States:
    """With the beginnings of the parts that may follow at once."""
    waiting = list(states)
    while waiting:
        part, state = waiting.pop()
        following = (part + 1, parts[part + 1].initial) if part + 1 < len(parts) else None
        if following is not None and state in parts[part].finals and following not in states:
            states.add(following)
            waiting.append(following)
    return frozenset(states)
