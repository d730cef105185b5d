"""ES317 and ES320: templates that are written differently from their like.

Rules of this file:
- Two templates of one key are alike if their constant texts differ in case alone, whatever their properties are named:
  readers of `USER#…` never find `User#…`.
- A delimiter is the character right beside a macro, unless it is a letter, a digit or a blank. The one that most macros
  of the table have is taken to be meant. Between the parts of a date (numbers with a fixed width) nothing is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from entitystore_generator.advice.finding import Finding, keys_of, shown, warning
from entitystore_generator.ir.model import (
    Component,
    DateTimeType,
    DateType,
    Entity,
    IntegerType,
    KeyTemplate,
    Literal,
    Package,
)
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Templates that differ in case, or in delimiters, from the others."""
    yield from _cases(package)
    yield from _delimiters(package)


# ---------------------------------------------------------------------------------------------------- case


def _cases(package: Package) -> Iterator[Finding]:
    groups: dict[tuple[str, tuple[str | None, ...]], list[tuple[Entity, KeyTemplate]]] = {}
    for entity, _, key in keys_of(package):
        for template in key.templates:
            folded = tuple(text if text is None else text.casefold() for text in _texts(template))
            groups.setdefault((key.logical, folded), []).append((entity, template))
    for (logical, _), members in groups.items():
        counts = Counter(_texts(template) for _, template in members)
        usual = max(counts, key=lambda texts: counts[texts])  # the first of several
        model, like = next((entity, each) for entity, each in members if _texts(each) == usual)
        for entity, template in members:
            if _texts(template) != usual:
                yield warning(
                    "ES317",
                    f"{template.source} differs from {like.source}, {logical} of {model.type_name}, only by case",
                    template.position,
                    "write both alike, or use another word",
                    entity,
                )


def _texts(template: KeyTemplate) -> tuple[str | None, ...]:
    """The constant texts, and None for each macro."""
    return tuple(part.text if isinstance(part, Literal) else None for part in template.parts)


# ---------------------------------------------------------------------------------------------- delimiters


class _Use(NamedTuple):
    """A delimiter beside a macro."""

    text: str
    entity: Entity
    template: KeyTemplate
    component: Component


def _delimiters(package: Package) -> Iterator[Finding]:
    templates = [(entity, template) for entity, _, key in keys_of(package) for template in key.templates]
    uses = [use for entity, template in templates for use in _uses(entity, template)]
    if not uses:
        return
    counts = Counter(use.text for use in uses)
    usual = max(counts, key=lambda text: counts[text])  # the first of several
    told: set[tuple[KeyTemplate, str]] = set()
    for use in uses:
        if use.text != usual and (use.template, use.text) not in told:
            told.add((use.template, use.text))
            yield warning(
                "ES320",
                f"{use.text!r} stands beside {shown(use.component)}, where the table's keys mostly have {usual!r}",
                use.component.position,
                f"write {usual} here, too; one delimiter lets everyone read the keys, and guards stay few",
                use.entity,
                use.component.path,
            )


def _uses(entity: Entity, template: KeyTemplate) -> Iterator[_Use]:
    for place, part in enumerate(template.parts):
        if isinstance(part, Component) and not _is_in_date(template, place):
            beside = [_text(template, place - 1)[-1:]]
            if not isinstance(_at(template, place + 2), Component):  # whose own it is otherwise
                beside.append(_text(template, place + 1)[:1])
            yield from (_Use(each, entity, template, part) for each in beside if _is_delimiter(each))


def _is_delimiter(character: str) -> bool:
    return bool(character) and not character.isalnum() and not character.isspace()


def _text(template: KeyTemplate, place: int) -> str:
    """The constant text at a place; "" where there is none."""
    part = _at(template, place)
    return part.text if isinstance(part, Literal) else ""


def _at(template: KeyTemplate, place: int) -> object:
    return template.parts[place] if 0 <= place < len(template.parts) else None


def _is_in_date(template: KeyTemplate, place: int) -> bool:
    """Whether the macro and one two places away are numbers of a fixed width, as in {year:04d}-{month:02d}."""
    neighbours = [_at(template, place - 2), _at(template, place + 2)]
    return _is_fixed(template.parts[place]) and any(map(_is_fixed, neighbours))


def _is_fixed(part: object) -> bool:
    if not isinstance(part, Component):
        return False
    return bool(part.format) and isinstance(part.field.type, (IntegerType, DateType, DateTimeType))
