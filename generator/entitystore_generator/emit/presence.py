"""Statements for keys of which a property may be missing.

Rules of this file:
- An index pair is there or not as a whole, so that what is tested are the properties of both its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from entitystore_generator.ir.model import Field, KeyTemplate

__all__ = ["presence", "under"]


def presence(templates: Iterable[KeyTemplate], value: Callable[[tuple[Field, ...]], str]) -> list[str]:
    """Tests that every property of the pair is there; none for properties that always are.

    `value` is the expression of the property at the end of a path.
    """
    components = [each for template in templates for each in template.components if each.default is None]
    paths = [each.path[:length] for each in components for length in range(1, len(each.path) + 1)]
    return list(dict.fromkeys(f"{value(path)} is not None" for path in paths if path[-1].optional_in_python))


def under(condition: str, lines: list[str]) -> list[str]:
    """The statements, under a condition if there is one."""
    return [f"if {condition}:", *(f"    {line}" for line in lines)] if condition else lines
