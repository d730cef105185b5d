"""A matcher for values of `regular`, by Brzozowski's derivatives: slow, and short enough to be seen to be right."""

from __future__ import annotations

from entitystore_generator.regular import EMPTY, NOTHING, Both, Chars, Choice, Not, Repeat, Sequence, Texts, Word

__all__ = ["matches"]


def matches(texts: Texts, text: str) -> bool:
    """Whether the text is one of these."""
    for character in text:
        texts = after(texts, character)
    return has_empty(texts)


def has_empty(texts: Texts) -> bool:
    match texts:
        case Chars():
            return False
        case Word(text=text):
            return text == ""
        case Sequence(parts=parts):
            return all(has_empty(part) for part in parts)
        case Choice(options=options):
            return any(has_empty(option) for option in options)
        case Repeat(inner=inner, least=least):
            return least == 0 or has_empty(inner)
        case Both(one=one, other=other):
            return has_empty(one) and has_empty(other)
        case Not(inner=inner):
            return not has_empty(inner)


def after(texts: Texts, character: str) -> Texts:
    """What may follow the character."""
    match texts:
        case Chars(ranges=ranges):
            return EMPTY if any(first <= ord(character) <= last for first, last in ranges) else NOTHING
        case Word(text=text):
            return Word(text[1:]) if text[:1] == character else NOTHING
        case Sequence(parts=parts):
            return after_parts(parts, character)
        case Choice(options=options):
            return any_of(*(after(option, character) for option in options))
        case Repeat(inner=inner, least=least, most=most):
            if most == 0:
                return NOTHING
            rest = Repeat(inner, max(0, least - 1), None if most is None else most - 1)
            return joined(after(inner, character), rest)
        case Both(one=one, other=other):
            return Both(after(one, character), after(other, character))
        case Not(inner=inner):
            return Not(after(inner, character))


def after_parts(parts: tuple[Texts, ...], character: str) -> Texts:
    found: list[Texts] = []
    for place, part in enumerate(parts):
        found.append(joined(after(part, character), *parts[place + 1 :]))
        if not has_empty(part):
            break
    return any_of(*found)


def joined(*parts: Texts) -> Texts:
    if NOTHING in parts:
        return NOTHING
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Sequence) else (part,))]
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def any_of(*options: Texts) -> Texts:
    flat = [inner for option in options for inner in (option.options if isinstance(option, Choice) else (option,))]
    found = tuple(dict.fromkeys(flat))
    return found[0] if len(found) == 1 else Choice(found)
