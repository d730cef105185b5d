"""What can be said of a key template by its language: guards, and whether other entities' keys can be near.

Rules of this file:
- A guard is one character that a component's text may not contain, because it begins the text that ends the
  component. It is asked for only where the component's language has such a text and its width is not fixed.
- "Cannot meet" is proved on languages that are as large as the truth or larger, so it holds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from entitystore_generator.ir.model import (
    Component,
    DateTimeType,
    DateType,
    Entity,
    IndexKeys,
    Key,
    KeyTemplate,
    Literal,
    Package,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.automata import common_text
from entitystore_generator.proofs.language import ANY_TEXT, automaton, can_contain, component_pattern

__all__ = ["guard_of", "has_fixed_width", "key_pattern", "may_hold_others", "template_pattern"]

_FIXED_TRANSFORMS = frozenset({TransformKind.ISOMS, TransformKind.DESC})


def has_fixed_width(component: Component) -> bool:
    """Whether every text of the component has the same length, so that nothing needs to end it."""
    if component.default is not None:
        return False
    if component.transforms:
        return component.transforms[-1].kind in _FIXED_TRANSFORMS
    if component.format:
        return re.fullmatch(r"0[1-9][0-9]*d?", component.format) is not None
    return isinstance(component.field.type, (DateTimeType, DateType, UuidType))


def guard_of(template: KeyTemplate, component: Component, package: Package) -> str:
    """The character that the component's text may not contain; "" if nothing needs guarding."""
    place = template.parts.index(component)
    following = template.parts[place + 1] if place + 1 < len(template.parts) else None
    if not isinstance(following, Literal) or has_fixed_width(component):
        return ""
    if not any(isinstance(part, Component) for part in template.parts[place + 1 :]):
        return ""
    delimiter = following.text[0]
    return delimiter if can_contain(component_pattern(component, package), delimiter) else ""


def template_pattern(template: KeyTemplate, package: Package, *, upto: int | None = None) -> str:
    """An expression for the template's texts, guards applied; for its first `upto` parts alone if given."""
    pieces = []
    for part in template.parts[:upto]:
        if isinstance(part, Literal):
            pieces.append(re.escape(part.text))
            continue
        guard = guard_of(template, part, package)
        pieces.append(f"[^{re.escape(guard)}]*" if guard else f"(?:{component_pattern(part, package)})")
    return "".join(pieces)


def key_pattern(key: Key, package: Package) -> str:
    """An expression for all texts that a key can have, whichever choice is taken."""
    return "|".join(f"(?:{template_pattern(template, package)})" for template in key.templates)


@lru_cache(maxsize=65536)
def _can_meet(one: str, other: str) -> bool:
    return common_text(automaton(one), automaton(other)) is not None


def _prefix_can_meet(one: str, other: str) -> bool:
    """A cheap no, by constant beginnings alone, before any automaton is made."""
    return one.startswith(other) or other.startswith(one)


def may_hold_others(entity: Entity, keys: IndexKeys, sort_parts: int | None, package: Package) -> bool:
    """Whether the range that a finder reads can hold another entity's items.

    `sort_parts` says how many parts of the sort template the finder fixes; None means the whole key.
    """
    return any(
        _other_can_be_within(keys, other_keys, sort_parts, package)
        for other in package.entities
        if other is not entity
        for other_keys in other.all_keys
        if other_keys.index == keys.index
    )


def _other_can_be_within(keys: IndexKeys, other: IndexKeys, sort_parts: int | None, package: Package) -> bool:
    if not _keys_can_meet(keys.partition, other.partition, package):
        return False
    if keys.sort is None or other.sort is None:
        return True
    own = "|".join(f"(?:{_range_pattern(each, sort_parts, package)})" for each in keys.sort.templates)
    if not any(
        _prefix_can_meet(each.leading_text, theirs.leading_text)
        for each in keys.sort.templates
        for theirs in other.sort.templates
    ):
        return False
    return _can_meet(own, key_pattern(other.sort, package))


def _keys_can_meet(one: Key, other: Key, package: Package) -> bool:
    if not any(
        _prefix_can_meet(each.leading_text, theirs.leading_text) for each in one.templates for theirs in other.templates
    ):
        return False
    return _can_meet(key_pattern(one, package), key_pattern(other, package))


def _range_pattern(template: KeyTemplate, sort_parts: int | None, package: Package) -> str:
    if sort_parts is None:
        return template_pattern(template, package)
    return template_pattern(template, package, upto=sort_parts) + ANY_TEXT
