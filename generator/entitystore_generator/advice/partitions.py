"""ES311 and ES312: partitions that everything goes into.

Rules of this file:
- A partition serves about 1,000 writes a second. One text, or a few, for all items of an entity is a ceiling that no
  setting raises.
- Only what is certain is counted: booleans, enums, constants, bounded integers, and patterns with few texts. One
  component without a bound makes the count unbounded.
- Shards are counted by whoever wrote them: a template with `|shard` or `|mod` is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from entitystore_generator.advice.finding import Finding, index_title, shown, warning
from entitystore_generator.advice.texts import count_texts
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    Entity,
    EnumType,
    Field,
    IndexKeys,
    IntegerType,
    Key,
    LiteralType,
    Package,
    StringType,
    TransformKind,
)
from entitystore_generator.proofs.language import component_automaton
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["FEW", "advise"]

FEW = 32
"""As many partitions, or fewer, are reported."""


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Partition keys with one text, or with few."""
    for entity in package.entities:
        for keys in entity.all_keys:
            yield from _of_key(entity, keys, package)


def _of_key(entity: Entity, keys: IndexKeys, package: Package) -> Iterator[Finding]:
    key = keys.partition
    count = _count(key, package)
    if count is None or count > FEW:
        return
    template = key.choices[0].template
    if count == 1:
        yield warning(
            "ES311",
            f"every {entity.type_name} lies in one partition of {index_title(keys)}: {key.logical} is constant",
            template.position,
            f"put a property into it, or spread it: {template.source}#{{id|shard:8}}",
            entity,
            _fields(key),
        )
        return
    macros = ", ".join(dict.fromkeys(shown(part) for each in key.templates for part in each.components))
    yield warning(
        "ES312",
        f"all of {entity.type_name} lie in at most {count} partitions of {index_title(keys)}"
        + (f": {macros} has few values" if macros else f": {key.logical} has {count} constants"),
        template.components[0].position if template.components else template.position,
        "add a property with many values, or a shard: {id|shard:8}",
        entity,
        _fields(key),
    )


def _fields(key: Key) -> tuple[Field, ...]:
    return tuple(field for template in key.templates for part in template.components for field in part.path)


def _count(key: Key, package: Package) -> int | None:
    """How many texts the key can have at most; None if there is no bound, or it is sharded on purpose."""
    constants = {template.source for template in key.templates if template.is_constant}
    counts: list[int | None] = [len(constants)]
    for template in key.templates:
        if template.components:
            unique = {component.identity: component for component in template.components}
            counts.append(_product([_values(component, package) for component in unique.values()]))
    return None if None in counts else sum(count for count in counts if count is not None)


def _product(counts: list[int | None]) -> int | None:
    return None if None in counts else prod(count for count in counts if count is not None)


def _values(component: Component, package: Package) -> int | None:
    if any(step.kind in (TransformKind.SHARD, TransformKind.MOD) for step in component.transforms):
        return None
    count = _type_values(component, package)
    return None if count is None else count + (component.default is not None)


def _type_values(component: Component, package: Package) -> int | None:
    match component.field.type:
        case BooleanType():
            return 2
        case LiteralType():
            return 1
        case ChoiceType(values=values):
            return len(values)
        case EnumType(class_name=name):
            return len(package.enum(name).members)
        case IntegerType(minimum=low, maximum=high, multiple_of=step) if low is not None and high is not None:
            return max(0, high // (step or 1) - -(-low // (step or 1)) + 1)
        case StringType(pattern=pattern) if pattern is not None and not component.transforms:
            return count_texts(component_automaton(component, package), FEW)
        case _:
            return None
