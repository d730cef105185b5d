"""ES322: a table key that tells less than the property it is made of, so that two values of it give one key.

    SK: "DAY#{createdAt:%Y-%m-%d}"     two entities of one day are one item

Rules of this file:
- All components of the table's key that a property stands in are looked at together: `{at:%Y-%m}` in the partition and
  `{at:%d}` in the sort key tell the day between them.
- Every finding shows two values that the schema admits and that give one key.
- `generate` says it, too: what it costs is data.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.ir.model import Component, Entity, Package
from entitystore_generator.proofs.telling import tells_all
from entitystore_generator.proofs.templates import KeyLanguages
from entitystore_generator.proofs.writing import Value

__all__ = ["advise"]


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Properties of table keys of which two values give one key."""
    for entity in package.entities:
        for components in _by_property(entity):
            if not any(map(tells_all, components)):
                yield from _finding(entity, components, languages)


def _by_property(entity: Entity) -> list[list[Component]]:
    keys = [entity.primary.partition, *([entity.primary.sort] if entity.primary.sort else [])]
    found: dict[tuple[str, ...], list[Component]] = {}
    for component in (each for key in keys for template in key.templates for each in template.components):
        found.setdefault(tuple(field.wire_name for field in component.path), []).append(component)
    return list(found.values())


def _finding(entity: Entity, components: list[Component], languages: KeyLanguages) -> Iterator[Finding]:
    from entitystore_generator.proofs.losses import two_values
    from entitystore_generator.proofs.witnesses import shown_value

    found = languages.budget.search(lambda steps: two_values(components, languages.package, steps))
    if found is None:
        return
    component = components[0]
    name = ".".join(step.wire_name for step in component.path)
    one, other = map(shown_value, found)
    yield warning(
        "ES322",
        f"two {entity.type_name} that differ in {name} alone can have one key: {name}={one} and {name}={other}",
        component.position,
        f"{_remedy(name, components, found)}, or say in x-dynamodb-lint that they are to be one item",
        entity,
        component.path,
    )


def _remedy(name: str, components: list[Component], found: tuple[Value | None, Value | None]) -> str:
    if None not in found:
        return f"add {{{name}}} to the key"
    return f"write a |default: that is no {name}, give {name} a pattern that excludes {components[0].default!r}"
