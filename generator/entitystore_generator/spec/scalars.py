"""What a scalar means: text, number, boolean or null.

YAML 1.1 (which PyYAML follows) and YAML 1.2 (which OpenAPI recommends, with JSON's types) read some texts differently.

Rules of this file:
- JSON's spellings of numbers, booleans and null mean what they mean in JSON.
- Where a text is wanted, a scalar is read as YAML 1.2's core schema (10.3.2) reads it: `no`, `off`, `y`, `12:30:00` and
  2020-01-01 are the texts that stand there, exactly, and get a note, for tools that follow YAML 1.1 read something else
  (`unquoted`). What is a number, a boolean or null in YAML 1.2, too, is no text (`surprise`).
- A name of one letter, such as the coordinate `y`, gets no note: what hardly any reader takes for a boolean would be
  noted again and again.
- Where a boolean is wanted, `yes`, `no`, `on` and `off` are booleans, as in YAML 1.1: nothing else can be meant.
- Where a number is wanted, one that the two versions read differently, such as 0123, 12:30:00 or 0x1F, is "odd": the
  author is asked to write what is meant.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from entitystore_generator.spec.nodes import Scalar, position_of
from entitystore_generator.spec.schema import Unquoted

__all__ = ["Meaning", "meaning_of", "oddity", "surprise", "unquoted"]

Kind = Literal["null", "boolean", "integer", "number", "string", "odd"]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    spelling: value
    for words, value in (("true yes on", True), ("false no off", False))
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
_BEGINNINGS = frozenset("-+.0123456789~nNyYtTfFoO")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_ODD = re.compile(
    r"""[-+]?(?:
        0[0-9_]+(?:\.[0-9_]*)? | 0[xX][0-9a-fA-F_]+ | 0[bB][01_]+ | 0o[0-7]+
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
      | [0-9]+_[0-9_]*(?:\.[0-9_]*)?
      | \.(?:inf|Inf|INF) ) | \.(?:nan|NaN|NAN)""",
    re.VERBOSE,
)
_NUMBER_OF_1_2 = re.compile(
    r"""[-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
      | [-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?""",
    re.VERBOSE,
)
_DATE = re.compile(
    r"""[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
        (?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?
           (?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?""",
    re.VERBOSE,
)
"""A timestamp of YAML 1.1 (yaml.org/type/timestamp.html)."""
_LETTERS = {**dict.fromkeys("yY", True), **dict.fromkeys("nN", False)}
"""Booleans of YAML 1.1 that hardly any reader takes for some."""

_SIXTIES = re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+")
_MAX_DIGITS = 300
_MAX_EXPONENT = 300  # so that a float is near it


class Meaning(NamedTuple):
    """A scalar's kind and value; the value of "odd" is its text."""

    kind: Kind
    value: str | int | Decimal | bool | None


def meaning_of(node: Scalar) -> Meaning:
    """What the scalar means."""
    text = node.text
    if not node.plain or (text and text[0] not in _BEGINNINGS):
        return Meaning("string", text)
    if text in _NULLS:
        return Meaning("null", None)
    if text in _BOOLEANS:
        return Meaning("boolean", _BOOLEANS[text])
    return _number(text)


def _number(text: str) -> Meaning:
    if _INTEGER.fullmatch(text):
        return Meaning("integer", int(text)) if len(text) <= _MAX_DIGITS else Meaning("odd", text)
    if _NUMBER.fullmatch(text) and any(character.isdigit() for character in text.lower().partition("e")[0]):
        if len(text) > _MAX_DIGITS:
            return Meaning("odd", text)
        number = Decimal(text)
        huge = not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT
        return Meaning("odd", text) if huge else Meaning("number", number)
    return Meaning("odd", text) if _ODD.fullmatch(text) else Meaning("string", text)


def surprise(node: Scalar) -> str:
    """Why a plain scalar is not the text that it looks like, as a clause; "" if it is a text to YAML 1.2."""
    kind, value = meaning_of(node)
    if kind == "string" or (kind in ("boolean", "odd") and _is_text_of_1_2(node.text)):
        return ""
    if not node.source.shown:
        return "it is none to YAML"
    match kind:
        case "null":
            return f"{node.text} without quotes is null in YAML" if node.text else "nothing stands here, which is null"
        case "boolean":
            return f"{node.text} without quotes is the boolean {'true' if value else 'false'}"
        case "integer" | "number":
            return f"{_short(node.text)} without quotes is a number"
        case "odd":
            return oddity(node)


def _is_text_of_1_2(text: str) -> bool:
    return text.lower() not in ("true", "false") and not _NUMBER_OF_1_2.fullmatch(text)


def unquoted(node: Scalar, *, is_name: bool = False) -> Unquoted | None:
    """The text, if YAML 1.1 reads something else, and YAML 1.2 a text; None for any other scalar."""
    if is_name and node.text in _LETTERS:
        return None
    other = _other_reading(node)
    if not other or surprise(node):
        return None
    shown = _short(node.text) if node.source.shown else "this"
    return Unquoted(node.text, _BOOLEANS.get(node.text), f"{shown} without quotes is {other}", position_of(node))


def _other_reading(node: Scalar) -> str:
    """What YAML 1.1 makes of a scalar without quotes; "" for a text."""
    text = node.text
    if not node.plain or text[:1] not in _BEGINNINGS:
        return ""
    boolean = _LETTERS.get(text, _BOOLEANS.get(text))
    if boolean is not None:
        return f"the boolean {'true' if boolean else 'false'}"
    if text[0].isalpha():
        return ""
    if _DATE.fullmatch(text):
        return "a date"
    return "a number" if meaning_of(node).kind == "odd" else ""


def oddity(node: Scalar) -> str:
    """Why a number that is odd is none that can be used, as a clause."""
    text = node.text
    if not node.source.shown:
        return "it is none to YAML"
    if len(text) > _MAX_DIGITS or not re.fullmatch(r"[-+.:_0-9a-zA-Z]+", text):
        return f"{_short(text)} without quotes is a number too long to handle"
    if _SIXTIES.fullmatch(text):
        total = 0
        for part in text.lstrip("+-").split(":"):
            total = total * 60 + int(part)
        return f"{text} without quotes is the number {total} in YAML 1.1, which counts in sixties"
    if re.fullmatch(r"[-+]?0[0-7]+", text):
        return f"{text} without quotes is the octal number {int(text, 8)} in YAML 1.1, and another one in YAML 1.2"
    if re.search(r"[iI][nN][fF]|[nN][aA][nN]", text):
        return f"{text} without quotes is a number that JSON does not have"
    if re.fullmatch(r"[-+]?[0-9.]*[eE][-+]?[0-9]+", text):
        return f"{text} without quotes is a number too large or too small to handle"
    return f"{text} without quotes is a number in one version of YAML and not, or another one, in the other"


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}…"
