"""The language of a key component: which texts it can put into a key, as a finite automaton.

Rules of this file:
- Larger than the truth is allowed, smaller is not: what cannot be said exactly becomes "any text", so that a proof
  fails rather than lies.
- Automata are of `interegular`, and cached: a table asks for the same few again and again.
"""

from __future__ import annotations

import re
from functools import lru_cache

import interegular
from msgspec.structs import replace

from entitystore_generator import patterns
from entitystore_generator.ir.model import (
    BooleanType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    IntegerType,
    LiteralType,
    NumberType,
    Package,
    StringType,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.automata import Automaton, common_text
from entitystore_generator.proofs.concatenation import concatenated, literal_text, of_text, sequence_of
from entitystore_generator.proofs.scanning import structure

__all__ = ["ANY_TEXT", "automaton", "can_be_empty", "can_contain", "component_pattern", "string_pattern"]

ANY_TEXT = r"[\s\S]*"
_SIGNED = r"0|-?[1-9][0-9]*"
_TIMESTAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_SORTABLE_INTEGER = "[0-9]{20}"
_SORTABLE_DECIMAL = "5|6[0-9]{4,}!|4[0-9]{4,}~"
_DIGITS = {
    "%%": "%",
    **dict.fromkeys(("%Y", "%G"), "[0-9]{4}"),
    **dict.fromkeys(("%m", "%d", "%y", "%H", "%I", "%M", "%S", "%V", "%U", "%W"), "[0-9]{2}"),
    "%j": "[0-9]{3}",
    "%u": "[0-9]",
    "%f": "[0-9]{6}",
}
"""The directives that key templates may have, as `entitystore.keys` writes them."""
_DELIMITERS = "#|:/~!@$%&*+=;,._-"
_LONGEST_EXACT = 40
"""Characters up to which minLength and maxLength are counted: an automaton has a state for each."""
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@lru_cache(maxsize=4096)
def automaton(pattern: str) -> Automaton:
    """The automaton of an expression that matches whole texts; of any text if it is beyond the library."""
    text = literal_text(pattern)
    if text is not None:
        return of_text(text)
    parts = sequence_of(pattern)
    if parts:
        whole = concatenated([automaton(part) for part in parts]) if len(parts) > 1 else automaton(parts[0])
        if whole is not None:
            return whole
    return _by_library(pattern)


def _by_library(pattern: str) -> Automaton:
    try:
        return Automaton.of(interegular.parse_pattern(pattern).to_fsm())
    except Exception:  # the library raises many kinds for what it does not support
        return Automaton.of(interegular.parse_pattern(ANY_TEXT).to_fsm())


def component_pattern(component: Component, package: Package) -> str:
    """An expression that matches every text that the component can give."""
    text = _value_pattern(component, package)
    if component.default is not None:
        return f"(?:{text}|{re.escape(component.default)})"
    return text


def _value_pattern(component: Component, package: Package) -> str:
    if component.transforms:
        return _transformed(component, package)
    match component.field.type:
        case IntegerType():
            return rf"[0-9]{{{_width(component)},}}" if component.format else _integer_pattern(component.field.type)
        case DateTimeType() | DateType() if component.format:
            return _time_pattern(component.format)
        case DateTimeType():
            return _TIMESTAMP
        case DateType():
            return r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
        case BooleanType():
            return "true|false"
        case UuidType():
            return _UUID
        case EnumType(class_name=name):
            return "|".join(re.escape(str(member.value)) for member in package.enum(name).members)
        case LiteralType(value=value):
            return re.escape(str(value).lower() if isinstance(value, bool) else str(value))
        case NumberType():
            return r"-?[0-9.]+"
        case StringType() as text:
            return string_pattern(text)
        case _:
            return ANY_TEXT


def _transformed(component: Component, package: Package) -> str:
    last = component.transforms[-1].kind
    if last in (TransformKind.UPPER, TransformKind.LOWER):
        return _in_one_case(component, package)
    if last is TransformKind.ADD and not any(step.kind is TransformKind.MOD for step in component.transforms):
        return "-?[0-9]+"
    if last in (TransformKind.DESC, TransformKind.MOD, TransformKind.ADD, TransformKind.SHARD):
        return "[0-9]+"
    if last is TransformKind.ISOMS:
        return r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
    if last is TransformKind.SORTABLE:
        return _SORTABLE_INTEGER if isinstance(component.field.type, IntegerType) else _SORTABLE_DECIMAL
    return ANY_TEXT


def _in_one_case(component: Component, package: Package) -> str:
    """Any text, but for the delimiters that the property cannot hold: no case mapping makes one."""
    plain = component_pattern(replace(component, transforms=(), default=None), package)
    absent = "".join(re.escape(each) for each in _DELIMITERS if not can_contain(plain, each))
    return f"[^{absent}]*" if absent else ANY_TEXT


def _time_pattern(format_: str) -> str:
    """The texts of a strftime format: digits in fixed numbers, and what stands between them."""
    pieces = re.split(r"(%.)", format_)
    if any(piece not in _DIGITS for piece in pieces[1::2]):
        return ANY_TEXT
    return "".join(_DIGITS[piece] if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))


def _integer_pattern(integer: IntegerType) -> str:
    """Decimal digits; without what the least value rules out, as far as its sign goes."""
    if integer.minimum is None or integer.minimum < 0:
        return _SIGNED
    return "[1-9][0-9]*" if integer.minimum > 0 else "0|[1-9][0-9]*"


def _width(component: Component) -> int:
    digits = re.sub(r"[^0-9]", "", component.format)
    return max(1, int(digits)) if digits else 1


def string_pattern(text: StringType) -> str:
    """An expression that matches every text of a string type."""
    if text.pattern is None:
        return _any_of_length(text)
    python = patterns.to_python(text.pattern)
    if python is None:
        return ANY_TEXT
    return unanchored(python) or ANY_TEXT


def _any_of_length(text: StringType) -> str:
    """Any text of the schema's length; lengths that would make large automata are rounded away from the truth."""
    low = min(text.min_length or 0, _LONGEST_EXACT)
    high = text.max_length if text.max_length is not None and text.max_length <= _LONGEST_EXACT else None
    if not low and high is None:
        return ANY_TEXT
    return rf"[\s\S]{{{low},{'' if high is None else high}}}"


def unanchored(python: str) -> str | None:
    r"""The expression for whole texts of one for `re.search`: `^a\Z` -> `a`, `a` -> any text around it.

    None where an anchor stands elsewhere.
    """
    if _has_top_level_alternation(python):
        branches = [unanchored(branch) for branch in _split_alternatives(python)]
        if any(branch is None for branch in branches):
            return None
        return "(?:" + "|".join(branch or "" for branch in branches) + ")"
    starts, ends = python.startswith("^"), python.endswith(r"\Z")
    inner = python[1 if starts else 0 : -2 if ends else None]
    if _has_anchor(inner):
        return None
    return ("" if starts else ANY_TEXT) + f"(?:{inner})" + ("" if ends else ANY_TEXT)


def _split_alternatives(python: str) -> list[str]:
    """The branches of an alternation at the top level."""
    branches, start = [], 0
    for position, character, depth in structure(python):
        if character == "|" and not depth:
            branches.append(python[start:position])
            start = position + 1
    return [*branches, python[start:]]


def _has_top_level_alternation(python: str) -> bool:
    return len(_split_alternatives(python)) > 1


def _has_anchor(inner: str) -> bool:
    without_escapes = re.sub(r"\\[^ZbBA]", "", inner)
    without_classes = re.sub(r"\[[^\]]*\]", "", without_escapes)
    return bool(re.search(r"\^|\\[ZbBA]|\(\?[=!<]", without_classes))


@lru_cache(maxsize=4096)
def can_contain(pattern: str, text: str) -> bool:
    """Whether a text of this expression can have `text` in it."""
    return common_text(automaton(pattern), automaton(ANY_TEXT + re.escape(text) + ANY_TEXT)) is not None


@lru_cache(maxsize=4096)
def can_be_empty(pattern: str) -> bool:
    """Whether the empty text is one of this expression. Python's own engine tells, without making an automaton."""
    return re.compile(pattern).fullmatch("") is not None
