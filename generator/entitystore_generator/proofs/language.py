"""The language of a key component: which texts it can put into a key.

Rules of this file:
- Larger than the truth is allowed, smaller is not: what cannot be said exactly is any text, so that a proof fails
  rather than lies.
- What a value is refused for at run time (`entitystore.keys`, `entitystore.values`, the schema's checks) is not in the
  language, so that safe designs are proved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Steps
from decimal import Decimal
from functools import reduce
from math import floor

from entitystore.keys import shard_text
from entitystore_generator import patterns
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    FieldType,
    IntegerType,
    LiteralType,
    NumberType,
    Package,
    StringType,
    Transform,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs import times
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.building import automaton, either, words_of
from entitystore_generator.proofs.casing import in_case
from entitystore_generator.proofs.formats import FORMATS
from entitystore_generator.proofs.joining import word_list
from entitystore_generator.proofs.numbers import decimal_texts, digits, padded_texts
from entitystore_generator.regular import (
    ANY_CHARACTER,
    ANY_TEXT,
    Both,
    Chars,
    Choice,
    Repeat,
    Sequence,
    Texts,
    Word,
)

__all__ = ["component_automaton", "string_texts"]

_INT64 = 2**63
_MOST_DIGITS = 38
_LONGEST_EXACT = 64
"""Characters up to which minLength and maxLength are counted: an automaton has a state for each."""


def component_automaton(component: Component, package: Package) -> Automaton:
    """The texts that the component can put into a key."""
    texts, steps = _before_texts(component, package)
    words = words_of(texts)
    if words is not None and all(step.kind in _ON_WORDS for step in steps):
        written = [reduce(_on_word, steps, word) for word in words]
        return word_list(written if component.default is None else [*written, component.default])
    found = automaton(texts)
    for step in steps:
        found = _after(step, found)
    return found if component.default is None else either(found, automaton(Word(component.default)))


_ON_WORDS = (TransformKind.UPPER, TransformKind.LOWER, TransformKind.SHARD)


def _on_word(word: str, step: Transform) -> str:
    if step.kind is TransformKind.SHARD:
        return shard_text(word, step.argument or 1)
    return word.upper() if step.kind is TransformKind.UPPER else word.lower()


def _after(step: Transform, before: Automaton) -> Automaton:
    """The texts after a step that takes text."""
    match step.kind:
        case TransformKind.UPPER:
            return in_case(before, str.upper)
        case TransformKind.LOWER:
            return in_case(before, str.lower)
        case TransformKind.SHARD:
            return automaton(decimal_texts(0, (step.argument or 1) - 1))
        case _:
            return automaton(ANY_TEXT)


def _before_texts(component: Component, package: Package) -> tuple[Texts, Steps[Transform]]:
    """The texts before the steps that take text, and these steps."""
    match component.field.type:
        case IntegerType() as integer:
            return _integer(integer, component.format, component.transforms)
        case NumberType() as number if component.transforms[:1] == (Transform(TransformKind.SORTABLE),):
            return _sortable(number), component.transforms[1:]
        case DateTimeType() if component.transforms[:1] == (Transform(TransformKind.ISOMS),):
            return times.MILLISECONDS, component.transforms[1:]
        case type_:
            return _texts(type_, component.format, package), component.transforms


def _texts(type_: FieldType, format_: str, package: Package) -> Texts:
    """The texts of a value without any step."""
    match type_:
        case DateTimeType() | DateType() if format_:
            return times.format_texts(format_) or ANY_TEXT
        case DateTimeType():
            return times.TIMESTAMP
        case DateType():
            return times.DATE
        case BooleanType():
            return Choice((Word("true"), Word("false")))
        case UuidType():
            return _UUID
        case EnumType(class_name=name):
            return Choice(tuple(Word(str(member.value)) for member in package.enum(name).members))
        case LiteralType(value=value):
            return Word(str(value).lower() if isinstance(value, bool) else str(value))
        case ChoiceType(values=values):
            return Choice(tuple(Word(str(value)) for value in values))
        case NumberType() as number:
            return _decimal(number)
        case StringType() as text:
            return string_texts(text)
        case _:
            return ANY_TEXT


# -------------------------------------------------------------------------------------------------- numbers

_Bounds = tuple[int | None, int | None]


def _integer(integer: IntegerType, format_: str, steps: Steps[Transform]) -> tuple[Texts, Steps[Transform]]:
    low, high = bounds = _bounds(integer)
    width = re.sub(r"[^0-9]", "", format_)
    if width:
        return _padded(bounds, int(width)), steps
    for place, step in enumerate(steps):
        argument = step.argument or 0
        match step.kind:
            case TransformKind.ADD:
                low, high = (None if bound is None else bound + argument for bound in (low, high))
            case TransformKind.MOD:
                low, high = _modulo(low, high, argument)
            case TransformKind.DESC:
                least, most = _within((low, high), 0, 10**argument - 1)
                return padded_texts(10**argument - 1 - most, 10**argument - 1 - least, argument), steps[place + 1 :]
            case TransformKind.SORTABLE:
                least, most = _within((low, high), -_INT64, _INT64 - 1)
                return padded_texts(least + _INT64, most + _INT64, 20), steps[place + 1 :]
            case _:
                return decimal_texts(low, high), steps[place:]
    return decimal_texts(low, high), ()


def _bounds(integer: IntegerType) -> _Bounds:
    """Least and greatest value, as far as they are checked wherever a key is made.

    Those of a format alone are checked when an entity is written, and not when one is looked up.
    """
    is_checked = (integer.minimum, integer.maximum, integer.multiple_of) != (None, None, None)
    return integer.bounds if is_checked else (None, None)


def _within(bounds: _Bounds, low: int, high: int) -> tuple[int, int]:
    """The part of the bounds that a form has room for."""
    least, most = bounds
    return low if least is None else max(low, least), high if most is None else min(high, most)


def _padded(bounds: _Bounds, width: int) -> Texts:
    return padded_texts(*_within(bounds, 0, 10 ** min(width, _MOST_DIGITS) - 1), width)


def _modulo(low: int | None, high: int | None, divisor: int) -> _Bounds:
    """The remainders of the numbers between two bounds."""
    if low is not None and high is not None and low // divisor == high // divisor:
        return low % divisor, high % divisor
    return 0, divisor - 1


_FIRST_DIGIT = Chars(((49, 57),))
_FRACTION = Sequence((Word("."), digits(0, None), _FIRST_DIGIT))
_MAYBE_FRACTION = Repeat(_FRACTION, 0, 1)


def _decimal(number: NumberType) -> Texts:
    """As `entitystore.keys.decimal_key_text` writes them. What stands before the point is within the bounds."""
    low, high = _decimal_bounds(number)
    options: list[Texts] = []
    if high is None or high >= 0:
        whole = decimal_texts(max(0, floor(low or 0)), None if high is None else floor(high))
        options.append(Sequence((whole, _MAYBE_FRACTION)))
    if low is None or low < 0:
        least, most = 0 if high is None or high >= 0 else floor(-high), None if low is None else floor(-low)
        options.append(Sequence((Word("-"), decimal_texts(max(1, least), most), _MAYBE_FRACTION)))
        options += [Sequence((Word("-0"), _FRACTION))] if least == 0 else []
    return Choice(tuple(options))


def _decimal_bounds(number: NumberType) -> tuple[Decimal | None, Decimal | None]:
    lows = [bound for bound in (number.minimum, number.exclusive_minimum) if bound is not None]
    highs = [bound for bound in (number.maximum, number.exclusive_maximum) if bound is not None]
    return max(lows, default=None), min(highs, default=None)


def _significant(first: Chars, mark: str) -> Texts:
    """Up to 38 digits, of which neither the first nor the last is the one that stands for zero, and their mark."""
    several = Sequence((first, digits(0, _MOST_DIGITS - 2), first))
    return Sequence((Choice((first, several)), Word(mark)))


_SORTABLE_POSITIVE = Sequence((Word("6"), padded_texts(0, 255, 3), _significant(_FIRST_DIGIT, "!")))
_SORTABLE_NEGATIVE = Sequence((Word("4"), padded_texts(744, 999, 3), _significant(Chars(((48, 56),)), "~")))


def _sortable(number: NumberType) -> Texts:
    """As `entitystore.keys.sortable_decimal_text` writes them."""
    low, high = _decimal_bounds(number)
    options: list[Texts] = [Word("5")]
    options += [_SORTABLE_POSITIVE] if high is None or high > 0 else []
    options += [_SORTABLE_NEGATIVE] if low is None or low < 0 else []
    return Choice(tuple(options))


# --------------------------------------------------------------------------------------------------- strings

_HEX = Chars(((48, 57), (97, 102)))
_UUID = Sequence(
    tuple(
        part
        for place, width in enumerate((8, 4, 4, 4, 12))
        for part in ((Word("-"),) if place else ()) + (Repeat(_HEX, width, width),)
    )
)


def string_texts(type_: StringType) -> Texts:
    """The texts of a string type."""
    found = [
        texts
        for texts in (_pattern_texts(type_), _of_length(type_), FORMATS.get(type_.format))
        if texts is not None and texts != ANY_TEXT
    ]
    if not found:
        return ANY_TEXT
    whole = found[0]
    for texts in found[1:]:
        whole = Both(whole, texts)
    return whole


def _pattern_texts(type_: StringType) -> Texts | None:
    return patterns.texts_of(type_.pattern) if type_.pattern is not None else None


def _of_length(type_: StringType) -> Texts | None:
    """Any text of the schema's length; lengths that would make large automata are rounded away from the truth."""
    low = min(type_.min_length or 0, _LONGEST_EXACT)
    high = type_.max_length if type_.max_length is not None and type_.max_length <= _LONGEST_EXACT else None
    return Repeat(ANY_CHARACTER, low, high) if low or high is not None else None
