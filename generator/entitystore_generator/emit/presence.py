"""Statements for keys of which a property may be missing.

Rules of this file:
- An index pair is there or not as a whole, so that what is tested are the properties of both its keys.
"""

from __future__ import annotations

from collections.abc import Iterable

from entitystore_generator.ir.model import KeyTemplate

__all__ = ["presence", "under"]


def presence(templates: Iterable[KeyTemplate], argument: str) -> list[str]:
    """Tests that every property of the pair is there; none for properties that always are."""
    tests: dict[str, None] = {}
    for template in templates:
        for component in template.components:
            if component.default is not None:
                continue
            path = argument
            for step in component.path:
                path = f"{path}.{step.name}"
                if step.optional_in_python:
                    tests[f"{path} is not None"] = None
    return list(tests)


def under(condition: str, lines: list[str]) -> list[str]:
    """The statements, under a condition if there is one."""
    return [f"if {condition}:", *(f"    {line}" for line in lines)] if condition else lines
