"""ES322: a table key that tells less than the property it is made of, so that two values of it give one key.

    SK: "DAY#{createdAt:%Y-%m-%d}"     two entities of one day are one item

Rules of this file:
- A text loses nothing if the value can be read back from it, or if another part of the key holds all of the property.
- Every finding shows two values that give one key.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.ir.model import Component, DateTimeType, DateType, Entity, Package, Transform, TransformKind
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["advise"]

_WHOLE_DATE = ("%Y", "%m", "%d")
_WHOLE_TIME = (*_WHOLE_DATE, "%H", "%M", "%S", "%f")
_MOMENT = "2026-01-02T03:04:05.000006Z"


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Components of table keys that lose something of their property, which nothing else in the key makes good."""
    for entity in package.entities:
        components = _components(entity)
        whole = {component.path for component in components if _loss(component, components) is None}
        for component in components:
            loss = _loss(component, components)
            if loss is not None and component.path not in whole:
                yield _finding(entity, component, *loss)


def _components(entity: Entity) -> list[Component]:
    keys = [entity.primary.partition, *([entity.primary.sort] if entity.primary.sort else [])]
    return [component for key in keys for template in key.templates for component in template.components]


def _finding(entity: Entity, component: Component, one: str, other: str) -> Finding:
    name = ".".join(step.wire_name for step in component.path)
    return warning(
        "ES322",
        f"two {entity.type_name} that differ in {name} alone can have one key: {name}={one} and {name}={other}",
        component.position,
        f"add {{{name}}} to the key, or say in x-dynamodb-lint that they are to be one item",
        entity,
        component.path,
    )


def _loss(component: Component, all_of_key: list[Component]) -> tuple[str, str] | None:
    """Two values that have one text; None if there are none. The parts of a time in a key are taken together."""
    if component.default is not None:
        return "null", repr(component.default)
    for step in component.transforms:
        found = _lost_by(step)
        if found is not None:
            return found
    if not component.format:
        return None
    formats = "".join(each.format for each in all_of_key if each.path == component.path)
    return _lost_by_format(component, formats)


def _lost_by(step: Transform) -> tuple[str, str] | None:
    match step.kind:
        case TransformKind.UPPER | TransformKind.LOWER:
            return "'a'", "'A'"
        case TransformKind.ISOMS:
            return _MOMENT, _MOMENT.replace("006Z", "007Z")
        case TransformKind.MOD:
            return "0", str(step.argument)
        case TransformKind.SHARD:
            return "a text", f"another in the same of {step.argument} shards"
        case _:
            return None


def _lost_by_format(component: Component, formats: str) -> tuple[str, str] | None:
    """strftime formats lose whatever they do not write."""
    if not isinstance(component.field.type, (DateTimeType, DateType)):
        return None
    is_time = isinstance(component.field.type, DateTimeType)
    missing = [part for part in (_WHOLE_TIME if is_time else _WHOLE_DATE) if part not in formats]
    if not missing:
        return None
    changed = {"%Y": "2027-01-02", "%m": "2026-02-02", "%d": "2026-01-03"}.get(missing[-1])
    if not is_time:
        return _MOMENT[:10], changed or _MOMENT[:10]
    later = {"%H": "T04:04:05.000006Z", "%M": "T03:05:05.000006Z", "%S": "T03:04:06.000006Z", "%f": "T03:04:05.000007Z"}
    return _MOMENT, (changed or _MOMENT[:10]) + later.get(missing[-1], _MOMENT[10:])
