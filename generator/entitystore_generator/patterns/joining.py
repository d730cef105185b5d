"""Sets of texts, put together and simplified on the way.

Rules of this file:
- What comes out has the texts of what is asked for, exactly; only the form is smaller.
"""

from __future__ import annotations

from collections.abc import Iterable

from entitystore_generator.regular import (
    ANY_CHARACTER,
    ANY_TEXT,
    EMPTY,
    NOTHING,
    Both,
    Chars,
    Choice,
    Not,
    Repeat,
    Sequence,
    Texts,
    Word,
)

__all__ = ["both", "choice", "excluding", "has_empty", "not_empty", "only_empty", "repeat", "sequence"]

_SOME_TEXT = Repeat(ANY_CHARACTER, 1, None)


def sequence(parts: Iterable[Texts]) -> Texts:
    """A text of each part, one after the other."""
    found: list[Texts] = []
    word: list[str] = []
    for part in _flat(parts):
        if isinstance(part, Word):
            word.append(part.text)
            continue
        if part == NOTHING:
            return NOTHING
        if part == ANY_TEXT and not word and found and found[-1] == ANY_TEXT:
            continue
        if word:
            found.append(Word("".join(word)))
            word = []
        found.append(part)
    if word:
        found.append(Word("".join(word)))
    return found[0] if len(found) == 1 else Sequence(tuple(found))


def _flat(parts: Iterable[Texts]) -> Iterable[Texts]:
    for part in parts:
        if isinstance(part, Sequence):
            yield from part.parts
        else:
            yield part


def choice(options: Iterable[Texts]) -> Texts:
    """The texts of any option."""
    found: dict[Texts, None] = {}
    for option in options:
        found.update(dict.fromkeys(option.options if isinstance(option, Choice) else (option,)))
    if ANY_TEXT in found:
        return ANY_TEXT
    return next(iter(found)) if len(found) == 1 else Choice(tuple(found))


def repeat(inner: Texts, least: int, most: int | None) -> Texts:
    """`least` to `most` texts, one after the other."""
    if most == 0 or inner == EMPTY or (inner == NOTHING and not least):
        return EMPTY
    if inner == NOTHING or (least, most) == (1, 1):
        return inner
    if isinstance(inner, Repeat) and (inner.least, inner.most) in ((0, None), (1, None)) and most is None:
        return Repeat(inner.inner, min(inner.least, least) if least < 2 else inner.least * least, None)
    return Repeat(inner, least, most)


def both(one: Texts, other: Texts) -> Texts:
    """The texts that are in both sets."""
    if NOTHING in (one, other):
        return NOTHING
    if one == ANY_TEXT or one is other:
        return other
    return one if other == ANY_TEXT else Both(one, other)


def excluding(texts: Texts) -> Texts:
    """All texts that are not in the set."""
    if isinstance(texts, Not):
        return texts.inner
    return ANY_TEXT if texts == NOTHING else NOTHING if texts == ANY_TEXT else Not(texts)


def has_empty(texts: Texts) -> bool:
    """Whether the empty text is one of these."""
    match texts:
        case Chars():
            return False
        case Word(text=text):
            return not text
        case Sequence(parts=parts):
            return all(map(has_empty, parts))
        case Choice(options=options):
            return any(map(has_empty, options))
        case Repeat(inner=inner, least=least):
            return not least or has_empty(inner)
        case Both(one=one, other=other):
            return has_empty(one) and has_empty(other)
        case Not(inner=inner):
            return not has_empty(inner)


def only_empty(texts: Texts) -> Texts:
    """The empty text, if it is one of these."""
    return EMPTY if has_empty(texts) else NOTHING


def not_empty(texts: Texts) -> Texts:
    """These texts but for the empty one."""
    if not has_empty(texts):
        return texts
    if isinstance(texts, Repeat) and not has_empty(texts.inner):
        return repeat(texts.inner, 1, texts.most)
    return NOTHING if texts == EMPTY else both(texts, _SOME_TEXT)
