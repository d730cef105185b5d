"""A schema's `type`, and the bounds of its numbers.

Rules of this file:
- A type that does not exist is an error, not "anything".
- Exclusive bounds are numbers, as in 3.1; 3.0's booleans make them of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias

from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.keywords import BOUNDS, TYPES
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence, position_of
from entitystore_generator.spec.scalars import meaning_of, surprise
from entitystore_generator.spec.shapes import Shapes

__all__ = ["Values", "read_bounds", "read_type"]

Values: TypeAlias = dict[str, Any]
"""The fields of a `Schema` that were read up to now."""


def read_type(node: Mapping, values: Values, shapes: Shapes) -> None:
    """`type`, which may be a list; the types that it names, and whether null is one of them."""
    type_ = node.get("type")
    if type_ is None:
        return
    names = [name for name in _type_names(type_, shapes) if name is not None]
    if "null" in names:
        values["nullable"] = True
    others = [name for name in dict.fromkeys(names) if name != "null"]
    if len(others) == 1:
        values["type"] = others[0]
    elif others:
        values["types"] = tuple(others)
    elif names:
        message = "the only value of this schema is null"
        shapes.error("ES107", message, position_of(type_), 'name another type: [string, "null"]')


def _type_names(node: Node, shapes: Shapes) -> Iterator[str | None]:
    if isinstance(node, Sequence) and not node.items:
        shapes.error("ES107", "this list of types is empty", position_of(node), "name one, or leave it out")
    for item in node.items if isinstance(node, Sequence) else (node,):
        yield _type_name(item, shapes)


def _type_name(node: Node, shapes: Shapes) -> str | None:
    if isinstance(node, Scalar) and node.text in ("null", "~") and node.plain:
        message = f"type has to be a text, but {surprise(node)}"
        shapes.error("ES106", message, position_of(node), 'put it in quotes: "null"')
        return None
    name = shapes.text(node, "type")
    if name is None or name in TYPES:
        return name
    hint = did_you_mean(name, TYPES)
    if name in ("date", "date-time", "datetime", "uuid", "binary", "decimal", "email"):
        hint = f"write type: string, format: {name.replace('datetime', 'date-time')}"
    shapes.error("ES108", f"there is no type {name!r}", position_of(node), hint)
    return None


def read_bounds(node: Mapping, values: Values, shapes: Shapes) -> None:
    """The least and greatest number, and what numbers are multiples of."""
    for keyword, field in BOUNDS.items():
        given = node.get(keyword)
        if given is not None:
            values[field] = shapes.number(given, keyword)
    _read_exclusive(node, values, shapes, "exclusiveMinimum", "minimum")
    _read_exclusive(node, values, shapes, "exclusiveMaximum", "maximum")
    multiple = values.get("multiple_of")
    if isinstance(multiple, Decimal) and multiple <= 0:
        shapes.wrong(node.pairs["multipleOf"].value, "multipleOf", "a number above 0")
        values["multiple_of"] = None


def _read_exclusive(node: Mapping, values: Values, shapes: Shapes, keyword: str, bound: str) -> None:
    """A number in 3.1; in 3.0 a boolean that makes the bound an exclusive one."""
    given = node.get(keyword)
    if given is None:
        return
    if isinstance(given, Scalar) and meaning_of(given).kind == "boolean":
        if meaning_of(given).value is True and bound in values:
            values[f"exclusive_{bound}"] = values.pop(bound)
        return
    values[f"exclusive_{bound}"] = shapes.number(given, keyword, "a number (or, in OpenAPI 3.0, true or false)")
