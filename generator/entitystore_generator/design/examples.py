"""Example values: for each component of a key a text that the schema admits.

    id -> id-1    a pattern -> its shortest text    an enum -> its first    a date-time -> 2026-01-02T03:04:05.000006Z

Rules of this file:
- One property has one value, in whatever template it stands.
- Texts are made by the runtime's own functions. Where no value is found, the text is the property's name in `<>`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from uuid import UUID

from entitystore.errors import ValidationError
from entitystore_generator import patterns
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    IntegerType,
    KeyTemplate,
    Literal,
    LiteralType,
    NumberType,
    StringType,
    UuidType,
)
from entitystore_generator.proofs.budget import QUESTION_STEPS, Steps, TooManySteps
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.chains import Chain, common_texts
from entitystore_generator.proofs.found import Value
from entitystore_generator.proofs.language import string_texts
from entitystore_generator.proofs.templates import KeyLanguages
from entitystore_generator.proofs.writing import written
from entitystore_generator.regular import ANY_CHARACTER, Repeat

__all__ = ["component_example", "component_value", "template_example"]

_TIME = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
_UUID = UUID("7d3f0c1a-5b2e-4c6d-8e9f-0a1b2c3d4e5f")
_OF_FORMAT = {
    "email": "ada@example.com",
    "uri": "https://example.com/1",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_MAX_STRETCH = 64  # characters that an example is made longer by, for minLength


def template_example(template: KeyTemplate, languages: KeyLanguages, *, upto: int | None = None) -> str:
    """The text of a template, or of its first `upto` parts."""
    parts = template.parts[:upto]
    return "".join(part.text if isinstance(part, Literal) else component_example(part, languages) for part in parts)


def component_example(component: Component, languages: KeyLanguages) -> str:
    """The text of a component."""
    value = component_value(component, languages)
    try:
        return _unknown(component) if value is None else written(component, value)
    except (ValidationError, ValueError):
        return _unknown(component)


def _unknown(component: Component) -> str:
    return f"<{component.field.wire_name}>"


# -------------------------------------------------------------------------------------------------- values


def component_value(component: Component, languages: KeyLanguages) -> Value | None:
    """The value of a component, before anything is done to it; None where none is known."""
    match component.field.type:
        case StringType() as type_:
            return _string(type_, component, languages.guard_of(component))
        case IntegerType(minimum=low, maximum=high, multiple_of=step):
            return _number(low, high, step or 1)
        case NumberType() as type_:
            return _decimal(type_)
        case BooleanType():
            return True
        case DateTimeType(expires=expires):
            return _TIME.replace(microsecond=0) if expires else _TIME
        case DateType():
            return _TIME.date()
        case UuidType():
            return str(_UUID)
        case EnumType(class_name=name):
            return languages.package.enum(name).members[0].value
        case LiteralType(value=value) | ChoiceType(values=(value, *_)):
            return value
        case _:
            return None


def _number(low: int | None, high: int | None, step: int) -> int:
    """The multiple of `step` next to 1, or to the nearest bound."""
    wanted = max(1, low) if low is not None else 1
    wanted = min(wanted, high) if high is not None else wanted
    upper = -(-wanted // step) * step
    return upper if high is None or upper <= high else wanted // step * step


def _decimal(type_: NumberType) -> Decimal:
    wanted = Decimal("9.95")
    for low in (type_.minimum, type_.exclusive_minimum):
        wanted = wanted if low is None or wanted > low else low + 1
    for high in (type_.maximum, type_.exclusive_maximum):
        wanted = wanted if high is None or wanted < high else high - (high is type_.exclusive_maximum)
    step = type_.multiple_of
    return wanted // step * step if step else wanted


def _string(type_: StringType, component: Component, guard: str) -> str | None:
    name = component.field.wire_name
    wanted = (_OF_FORMAT.get(type_.format, ""), f"{name}-1", f"{name}1", name, f"{name.upper()}-1", "1", "a", "A1")
    fitted = (_fitted(text, type_) for text in wanted if text)
    return next((text for text in (*fitted, *_shortest(type_)) if _admits(type_, text, guard)), None)


def _fitted(text: str, type_: StringType) -> str:
    """The text at a length that the type admits, if that is near."""
    least = min(type_.min_length or 0, len(text) + _MAX_STRETCH)
    text = text + "x" * (least - len(text)) if len(text) < least else text
    return text if type_.max_length is None else text[: type_.max_length]


def _shortest(type_: StringType) -> tuple[str, ...]:
    least = min(type_.min_length or 0, _MAX_STRETCH)
    enough = Chain((automaton(Repeat(ANY_CHARACTER, least, None)),))
    texts = Chain((automaton(string_texts(type_)),))
    try:
        return tuple(islice(common_texts(texts, enough, Steps(QUESTION_STEPS)), 8))
    except TooManySteps:
        return ()


def _admits(type_: StringType, text: str, guard: str) -> bool:
    matches = type_.pattern is None or patterns.may_find(type_.pattern, text)
    fits = len(text) >= (type_.min_length or 0) and (type_.max_length is None or len(text) <= type_.max_length)
    return fits and bool(text) and not (guard and guard in text) and matches
