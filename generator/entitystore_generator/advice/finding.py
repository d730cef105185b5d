"""One piece of advice, and the words that all rules use for what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entitystore_generator.diagnostics import Diagnostic, Position, Severity
from entitystore_generator.ir.model import Component, Entity, Field, IndexKeys, Key, Package

__all__ = ["Finding", "index_title", "keys_of", "shown", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic with what it concerns: silences of the entity or of one of the fields apply to it."""

    diagnostic: Diagnostic
    entity: Entity | None = None
    fields: tuple[Field, ...] = ()


def warning(
    code: str, message: str, position: Position, hint: str, entity: Entity | None = None, fields: tuple[Field, ...] = ()
) -> Finding:
    """A finding of the common kind."""
    return Finding(Diagnostic(code, Severity.WARNING, message, position, hint), entity, fields)


def keys_of(package: Package) -> Iterator[tuple[Entity, IndexKeys, Key]]:
    """Every key of every entity, partition keys before sort keys, in the order of the document."""
    for entity in package.entities:
        for keys in entity.all_keys:
            yield entity, keys, keys.partition
            if keys.sort is not None:
                yield entity, keys, keys.sort


def shown(component: Component) -> str:
    """The macro as the document could write it: `{createdAt:%Y-%m|upper}`."""
    path = ".".join(field.wire_name for field in component.path)
    steps = [_step(step.kind.value, step.argument) for step in component.transforms]
    default = [f"|default:{component.default}"] if component.default is not None else []
    return "{" + path + (f":{component.format}" if component.format else "") + "".join([*steps, *default]) + "}"


def _step(name: str, argument: int | None) -> str:
    return f"|{name}" if argument is None else f"|{name}:{argument}"


def index_title(keys: IndexKeys) -> str:
    """`the table` or `the index GSI1`."""
    return f"the index {keys.index.name}" if keys.index.name else "the table"
