"""The values that a schema gives: `enum`, `const` and `default`.

Rules of this file:
- Where a schema wants a text, or may want one, what is a text in YAML 1.2 (`no`, `12:30:00`) is one. What no YAML reads
  as a text (`1.10`) is an error, and no value, where the schema wants texts alone.
- A default says less about its type than a constant does: a `no` in it is settled when the type is known.
- Null is no member of an enum; that it was there makes the schema nullable.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entitystore_generator.ir.model import JsonValue
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence, position_of
from entitystore_generator.spec.scalars import meaning_of, unquoted
from entitystore_generator.spec.shapes import Shapes

__all__ = ["is_null", "read_constants"]


def read_constants(node: Mapping, types: tuple[str, ...], shapes: Shapes) -> dict[str, Any]:
    """The fields of `Schema` that come of a schema's constants. `types` are its types, "" where it names none."""
    fields: dict[str, Any] = {}
    for keyword in ("default", "const"):
        given = node.get(keyword)
        if given is not None:
            fields[keyword] = (_default if keyword == "default" else _value)(given, keyword, types, shapes)
            fields[f"has_{keyword}"] = True
    given = node.get("enum")
    return fields if given is None else fields | _enum(given, types, shapes)


def _default(node: Node, name: str, types: tuple[str, ...], shapes: Shapes) -> JsonValue:
    if types == ("string",):
        return _value(node, name, types, shapes)
    return shapes.value(node, name, undecided=not {"", "string", "array", "object"}.isdisjoint(types))


def _value(node: Node, name: str, types: tuple[str, ...], shapes: Shapes) -> JsonValue:
    if isinstance(node, Scalar) and _should_be_text(node, types):
        return shapes.text(node, name)
    return shapes.value(node, name)


def _should_be_text(node: Scalar, types: tuple[str, ...]) -> bool:
    if types == ("string",):
        return meaning_of(node).kind != "null"
    return ("" in types or "string" in types) and unquoted(node) is not None


def _enum(node: Node, types: tuple[str, ...], shapes: Shapes) -> dict[str, Any]:
    sequence = shapes.sequence(node, "enum", f"write [{node.text}]" if isinstance(node, Scalar) else "")
    if sequence is None:
        return {}
    if not sequence.items:
        shapes.error("ES107", "this enum is empty, so there is no value", position_of(node), "list its values")
    fields: dict[str, Any] = {}
    members: list[JsonValue] = []
    for item in sequence.items:
        if not isinstance(item, Scalar):
            shapes.wrong(item, "a value of an enum", "a text or a number")
            continue
        value = _value(item, "a value of enum", types, shapes)
        if value is None and meaning_of(item).kind == "null":
            fields["nullable"] = True
        elif value is not None:
            members.append(float(value) if isinstance(value, Decimal) else value)
    return fields | {"enum_values": tuple(members)}


def is_null(node: Node) -> bool:
    """True for a schema that admits null alone."""
    if not isinstance(node, Mapping):
        return False
    type_, const, enum = node.get("type"), node.get("const"), node.get("enum")
    if isinstance(type_, Scalar):
        return type_.text == "null"
    if isinstance(const, Scalar):
        return meaning_of(const).kind == "null"
    if isinstance(enum, Sequence) and len(enum.items) == 1:
        only = enum.items[0]
        return isinstance(only, Scalar) and meaning_of(only).kind == "null"
    return False
