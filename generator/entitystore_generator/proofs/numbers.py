"""The texts of whole numbers between two bounds, as sets of texts.

    decimal_texts(5, 120)       5 to 9, 10 to 99, 100 to 120
    padded_texts(5, 120, 4)     0005 to 0120

Rules of this file:
- Exact: each text is a number's, and each number has its text.
"""

from __future__ import annotations

from entitystore_generator.regular import EMPTY, NOTHING, Chars, Choice, Repeat, Sequence, Texts, Word

__all__ = ["DIGIT", "decimal_texts", "digits", "padded_texts"]

DIGIT = Chars(((48, 57),))


def digits(least: int, most: int | None = -1) -> Texts:
    """So many digits; exactly `least` where `most` is left out."""
    return Repeat(DIGIT, least, least if most == -1 else most)


def decimal_texts(low: int | None, high: int | None) -> Texts:
    """The numbers from `low` to `high`, both included, without leading zeros; None is no bound."""
    options: list[Texts] = []
    if low is not None and high is not None and low > high:
        return NOTHING
    if low is None or low < 0:
        least = 1 if high is None or high >= 0 else -high
        options.append(Sequence((Word("-"), _from(least, None if low is None else -low))))
    if high is None or high >= 0:
        options.append(_from(max(low or 0, 0), high))
    return options[0] if len(options) == 1 else Choice(tuple(options))


def _from(low: int, high: int | None) -> Texts:
    """As `decimal_texts`, for numbers that are not negative."""
    if high is None:
        return _from_on(low)
    widths = range(len(str(low)), len(str(high)) + 1)
    bounds = ((max(low, 10 ** (width - 1) if width > 1 else 0), min(high, 10**width - 1)) for width in widths)
    return Choice(tuple(_of_one_width(str(first), str(last)) for first, last in bounds if first <= last))


def _from_on(low: int) -> Texts:
    longer = Sequence((Chars(((49, 57),)), digits(len(str(low)), None)))
    return Choice((_of_one_width(str(low), "9" * len(str(low))), longer))


def padded_texts(low: int, high: int, width: int) -> Texts:
    """The numbers from `low` to `high`, none of which is negative or wider, with leading zeros."""
    return _of_one_width(f"{low:0{width}d}", f"{high:0{width}d}") if low <= high else NOTHING


def _of_one_width(low: str, high: str) -> Texts:
    """All texts of digits from one to another of the same length."""
    shared = next((place for place, digit in enumerate(low) if digit != high[place]), len(low))
    if shared == len(low):
        return Word(low)
    head, rest = low[:shared], len(low) - shared
    if set(low[shared:]) == {"0"} and set(high[shared:]) == {"9"}:
        return _after(head, digits(rest))
    return _after(head, Choice(tuple(_between(low[shared:], high[shared:]))))


def _between(low: str, high: str) -> list[Texts]:
    """Options for texts whose first digits differ: those that begin as `low`, as neither, and as `high`."""
    last = len(low) - 1
    options: list[Texts] = [Word(low), Word(high)]
    for place in range(last, 0, -1):
        options.append(_stepped(low[:place], chr(ord(low[place]) + 1), "9", last - place))
        options.append(_stepped(high[:place], "0", chr(ord(high[place]) - 1), last - place))
    options.append(_stepped("", chr(ord(low[0]) + 1), chr(ord(high[0]) - 1), last))
    return [option for option in options if option is not NOTHING]


def _stepped(head: str, first: str, last: str, free: int) -> Texts:
    if first > last or first > "9" or last < "0":
        return NOTHING
    return _after(head, Sequence((Chars(((ord(first), ord(last)),)), digits(free))))


def _after(head: str, rest: Texts) -> Texts:
    return Sequence((Word(head), rest)) if head else rest if rest is not EMPTY else EMPTY
