"""Whether a text is one of a set of texts, by the definition of the set: the second opinion on automata."""

from __future__ import annotations

from entitystore_generator.regular import Both, Chars, Choice, Not, Repeat, Sequence, Texts, Word

__all__ = ["matches"]


def matches(texts: Texts, text: str) -> bool:
    """Whether the whole text is one of the set."""
    return len(text) in _ends(texts, text, 0)


def _ends(texts: Texts, text: str, start: int) -> set[int]:
    """Where a text of the set that begins at `start` can end."""
    match texts:
        case Word(text=word):
            return {start + len(word)} if text.startswith(word, start) else set()
        case Chars(ranges=ranges):
            fits = start < len(text) and any(first <= ord(text[start]) <= last for first, last in ranges)
            return {start + 1} if fits else set()
        case Sequence(parts=parts):
            places = {start}
            for part in parts:
                places = {end for place in places for end in _ends(part, text, place)}
            return places
        case Choice(options=options):
            return {end for option in options for end in _ends(option, text, start)}
        case Both(one=one, other=other):
            return _ends(one, text, start) & _ends(other, text, start)
        case Not(inner=inner):
            return set(range(start, len(text) + 1)) - _ends(inner, text, start)
        case Repeat():
            return _repeated(texts, text, start)


def _repeated(texts: Repeat, text: str, start: int) -> set[int]:
    places, found = {start}, set[int]()
    for count in range(texts.least + len(text) + 1):
        if texts.most is not None and count > texts.most:
            break
        if count >= texts.least:
            found |= places
        places = {end for place in places for end in _ends(texts.inner, text, place)}
    return found
