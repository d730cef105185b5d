"""ES323: patterns for which a search can take exponential time.

Rules of this file:
- A pattern is reported at each property that has it, in whatever class it stands.
- Lengths are checked before patterns, so that a short maxLength is a bound of the time.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.ir.model import (
    Entity,
    Field,
    FieldType,
    ListType,
    MapType,
    NullableType,
    ObjectClass,
    Package,
    SetType,
    StringType,
    UnionType,
)
from entitystore_generator.patterns import read_twice
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]


_SHORT = 16
"""Characters for which even twice the ways for each is no time."""


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Properties whose patterns read a text in two ways."""
    entities = {entity.model.name: entity for entity in package.entities}
    for model in package.models:
        for field in model.fields:
            for pattern in dict.fromkeys(_patterns(field.type)):
                yield from _finding(pattern, field, model, entities.get(model.name))


def _finding(pattern: str, field: Field, model: ObjectClass, entity: Entity | None) -> Iterator[Finding]:
    text = read_twice(pattern)
    if text is not None:
        yield warning(
            "ES323",
            f"the pattern of {field.wire_name} in {model.name} can take exponential time: a repeat in it reads "
            f"{text!r} in two ways",
            field.position,
            "let each repeat begin with a character that cannot be in what comes before it: ^[a-z]+(-[a-z]+)*$",
            entity,
            (field,),
        )


def _patterns(type_: FieldType) -> Iterator[str]:
    match type_:
        case StringType(pattern=str() as pattern, max_length=most) if most is None or most > _SHORT:
            yield pattern
        case ListType(item=inner) | SetType(item=inner) | MapType(value=inner) | NullableType(inner=inner):
            yield from _patterns(inner)
        case UnionType(options=options):
            for option in options:
                yield from _patterns(option.type)
        case _:
            return
