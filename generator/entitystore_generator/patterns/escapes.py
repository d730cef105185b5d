"""Escapes (`\\d`, `\\u{1F600}`) and character classes (`[^a-z]`), as ECMA-262 reads them with the u flag.

Rules of this file:
- What is not an escape there is an error that says what to write. Only a character that is no letter and no digit may
  have a backslash that it does not need (`\\-`, `\\_`, `\\"`): every dialect takes it for the character.
- A hyphen beside `\\w` or its like in a class is a hyphen, which the flag would refuse and no dialect reads otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from entitystore_generator.patterns.reading import Reader
from entitystore_generator.patterns.syntax import DIGITS, SPACES, WORDS, Characters, Range, complement, one

__all__ = ["character_class", "escape", "shown"]

_SETS: Mapping[str, tuple[Range, ...]] = {"d": DIGITS, "s": SPACES, "w": WORDS}
_CONTROLS = {"f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_POSIX = re.compile(r"\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]")
_HYPHEN = (0x2D, 0x2D)
_ESCAPED = frozenset("^$\\.*+?()[]{}|/")
"""IdentityEscape with the u flag: what may have a backslash. In a class a hyphen may, too."""

_INSTEAD: Mapping[str, str] = {
    "A": "write ^, which is the start of the text",
    "Z": "write $, which is the end of the text",
    "z": "write $, which is the end of the text",
    "G": "leave it out",
    "a": "write \\x07",
    "e": "write \\x1b",
    "h": "write [ \\t]",
    "H": "write [^ \\t]",
    "R": "write (?:\\r\\n|[\\n\\r])",
    "Q": "write a backslash before each character that is not meant as syntax",
    "E": "write a backslash before each character that is not meant as syntax",
    "N": "write the character itself, or its number: \\u{20AC}",
    "U": "write its number as \\u{20AC}",
    "X": "write [^] for any character",
    "C": "write [^] for any character",
    "i": "write [A-Za-z_:]",
    "I": "write [^A-Za-z_:]",
    "<": "write \\b",
}
_NO_PROPERTIES = (
    "write the ranges that are meant, such as [A-Za-z\\u00c0-\\u024f]: which characters have a property changes with "
    "each version of Unicode"
)

Piece: TypeAlias = Characters


def shown(text: str) -> str:
    """A part of a pattern as a message may hold it: on one line, and not long."""
    short = text if len(text) <= 24 else f"{text[:23]}…"
    return "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in short)


def escape(reader: Reader, *, in_class: bool) -> Characters:
    """The characters of an escape; its backslash comes next. `\\b` outside of a class and references are not here."""
    start = reader.place
    reader.take()
    letter = reader.take()
    if letter in _SETS:
        return Characters(_SETS[letter])
    if letter and letter in "DSW":
        return Characters(_SETS[letter.lower()], negated=True)
    if letter in _CONTROLS:
        return one(_CONTROLS[letter])
    if letter == "b" and in_class:
        return one(0x08)
    match letter:
        case "":
            reader.refuse("it ends in a backslash", "write \\\\ for a backslash", start)
        case "c":
            return _control(reader, start)
        case "x":
            return one(_number(reader, 2, start))
        case "u":
            return one(_unicode(reader, start))
        case "0" if not _is_digit(reader.ahead()):
            return one(0)
        case "p" | "P":
            return _property(reader, start)
    if letter.isascii() and letter.isalnum():
        return _no_escape(reader, letter, start)
    if letter not in _ESCAPED and not (letter == "-" and in_class):
        reader.repair(start, reader.place, letter)
    return one(ord(letter))


def _is_digit(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _control(reader: Reader, start: int) -> Characters:
    letter = reader.take()
    if not (letter.isascii() and letter.isalpha()):
        reader.refuse("\\c has no letter after it", "write \\x and the number of the character", start, start + 2)
    return one(ord(letter) % 32)


def _number(reader: Reader, digits: int, start: int) -> int:
    text = reader.take(digits)
    if len(text) < digits or not _HEXADECIMAL.fullmatch(text):
        example = "\\x" if digits == 2 else "\\u"
        hint = f"write {digits} of 0-9 and a-f after it, or \\\\ for a backslash"
        reader.refuse(f"{example} has no {digits} hexadecimal digits after it", hint, start, start + 2)
    return int(text, 16)


def _unicode(reader: Reader, start: int) -> int:
    """`\\uXXXX`, two of which may be a surrogate pair, or `\\u{X}`."""
    if reader.starts("{"):
        return _braced(reader, start)
    code = _number(reader, 4, start)
    if 0xD800 <= code <= 0xDBFF and reader.starts("\\u"):
        low = reader.ahead(6)[2:]
        if len(low) == 4 and _HEXADECIMAL.fullmatch(low) and 0xDC00 <= int(low, 16) <= 0xDFFF:
            reader.take(6)
            return 0x10000 + ((code - 0xD800) << 10) + (int(low, 16) - 0xDC00)
    return code


def _braced(reader: Reader, start: int) -> int:
    end = reader.text.find("}", reader.place)
    digits = reader.text[reader.place + 1 : max(end, reader.place + 1)]
    if end < 0 or not _HEXADECIMAL.fullmatch(digits):
        hint = "write \\u{20AC} with the number of a character"
        reader.refuse("\\u{ has no hexadecimal digits and } after it", hint, start, start + 3)
    reader.place = end + 1
    code = int(digits.lstrip("0")[:8] or "0", 16)
    if code > 0x10FFFF:
        reader.refuse("there is no character of this number", "the last one is \\u{10FFFF}", start)
    return code


def _property(reader: Reader, start: int) -> Characters:
    letter = reader.text[start + 1]
    end = reader.text.find("}", reader.place) + 1 if reader.starts("{") else reader.place
    message = f"classes by Unicode property (\\{letter}) are not supported"
    return reader.refuse(message, _NO_PROPERTIES, start, max(end, reader.place))


def _no_escape(reader: Reader, letter: str, start: int) -> Characters:
    if _is_digit(letter):
        hint = "write \\x and two hexadecimal digits for a character by its number"
        message = "\\0 cannot stand before a digit" if letter == "0" else f"\\{letter} refers to no group"
        return reader.refuse(message, hint, start)
    hint = _INSTEAD.get(letter, f"write {letter} for the letter, or \\\\ for a backslash")
    return reader.refuse(f"\\{letter} is no escape in ECMA-262", hint, start)


# -------------------------------------------------------------------------------------------------- classes


def character_class(reader: Reader) -> Characters:
    """A class; its bracket comes next."""
    start = reader.place
    reader.take()
    negated = reader.accept("^")
    ranges: list[Range] = []
    while not reader.accept("]"):
        if reader.at_end:
            reader.refuse("this class is never closed", "write ] at its end, or \\[ for a bracket", start, start + 1)
        ranges += _class_item(reader)
    return Characters(tuple(ranges), negated)


def _class_item(reader: Reader) -> tuple[Range, ...]:
    """One character, one range, or one escape that stands for several."""
    start = reader.place
    first = _atom(reader)
    if not reader.starts("-") or reader.ahead(2) in ("-", "-]"):
        return _ranges(first)
    hyphen = reader.place
    reader.take()
    last = _atom(reader)
    low, high = first.single, last.single
    if low is None or high is None:
        reader.repair(hyphen, hyphen + 1, "\\-")
        return (*_ranges(first), _HYPHEN, *_ranges(last))
    if low > high:
        text = shown(reader.text[start : reader.place])
        hint = "exchange the two, or write \\- for a hyphen"
        reader.refuse(f"the range {text} ends before it begins", hint, start)
    return ((low, high),)


def _ranges(found: Characters) -> tuple[Range, ...]:
    return complement(found.ranges) if found.negated else found.ranges


def _atom(reader: Reader) -> Characters:
    if reader.starts("\\"):
        return escape(reader, in_class=True)
    posix = _POSIX.match(reader.text, reader.place)
    if posix:
        hint = "write the characters that are meant, such as A-Za-z0-9"
        reader.refuse(f"{posix.group()} is no class in ECMA-262", hint, reader.place, posix.end())
    return one(ord(reader.take()))
