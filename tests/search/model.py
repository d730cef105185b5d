"""What a call should find: brute force over the values of every entity.

Rules of this file:
- An entity is a dict of its properties' values; a missing one is not in it.
- Conditions compare what the component keeps of the property. Nothing is more or less than a missing value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from entitystore.conditions import Condition, Prefix
from tests.search.designs import Component, Keys, Property, Template, Values, components

__all__ = ["Call", "arguments", "is_indexed", "key_text", "meets", "missing"]


_SHARDS = ("|shard", "|mod")


@dataclass(frozen=True, slots=True)
class Argument:
    """A property that a finder is given, and the components that it stands for."""

    property: Property
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A finder's arguments: values for the first, and for the last of them maybe a condition."""

    partition: tuple[Argument, ...]
    sort: tuple[Argument, ...]
    values: tuple[Any, ...]
    condition: Any = None


def arguments(keys: Keys) -> tuple[tuple[Argument, ...], tuple[Argument, ...]]:
    """What the finder takes for the partition key, and for the sort key: what the partition tells needs no argument."""
    partition = [each for each in components(keys.partition) if not each.part.macro.startswith(_SHARDS)]
    shards = [each for each in components(keys.partition) if each.part.macro.startswith(_SHARDS)]
    known = {each.property for each in partition}
    partition += [each for each in shards if each.property in known]
    asked = [each for each in components(keys.sort) if not _is_told(each, partition)]
    return _by_property(partition), _by_property(asked)


def _is_told(component: Component, given: list[Component]) -> bool:
    same = [each.part for each in given if each.property == component.property]
    return any(each.lossless or each.macro == component.part.macro for each in same)


def _by_property(found: list[Component]) -> tuple[Argument, ...]:
    groups: dict[Property, list[Component]] = {}
    for each in found:
        groups.setdefault(each.property, []).append(each)
    return tuple(Argument(name, tuple(group)) for name, group in groups.items())


def missing(values: Values, component: Component) -> bool:
    """Whether the component has no text for this entity."""
    return values.get(component.property.name) is None and component.part.default is None


def is_indexed(values: Values, keys: Keys) -> bool:
    """Whether the entity is in the index: it has every property of the pair."""
    return not any(missing(values, each) for each in (*components(keys.partition), *components(keys.sort)))


def key_text(values: Values, template: Template) -> str:
    """The text of a key."""
    return "".join(
        part if isinstance(part, str) else part.part.text(values.get(part.property.name)) for part in template
    )


def meets(values: Values, call: Call) -> bool:
    """Whether the entity, which is in the index, is one that the call asks for."""
    given = (*call.partition, *call.sort)
    for argument, value in zip(given, call.values, strict=False):
        for each in argument.components:
            if each.part.value(values.get(each.property.name)) != each.part.value(value):
                return False
    if call.condition is None:
        return True
    last = given[len(call.values)].components[0]
    return _holds(call.condition, last, values.get(last.property.name))


def _holds(condition: Any, component: Component, own: Any) -> bool:
    part = component.part
    if isinstance(condition, Prefix):
        return part.text(own).startswith(part.case(condition.text))
    assert isinstance(condition, Condition)
    value = part.value(own)
    if value is None:
        return False
    bound = part.value(condition.value)
    tests: dict[str, Callable[[], bool]] = {
        "gt": lambda: value > bound,
        "ge": lambda: value >= bound,
        "lt": lambda: value < bound,
        "le": lambda: value <= bound,
        "between": lambda: bound <= value <= part.value(condition.other),
    }
    return tests[condition.operator]()
