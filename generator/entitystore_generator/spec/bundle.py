"""The closure as one self-contained OpenAPI 3.1 document in JSON, for datamodel-code-generator.

Rules of this file:
- Written from the values that were read, not from the text: what is not understood does not go on.
- Every schema of the closure is below `components/schemas` under its own name where that is free, and every other
  place refers to it.
- The same values give the same bytes.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from msgspec.structs import replace

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.model import JsonValue
from entitystore_generator.ir.names import words
from entitystore_generator.spec.entities import FoundEntity
from entitystore_generator.spec.frame import Frame
from entitystore_generator.spec.schema import Pointer, Schema, Spec

__all__ = ["closure_names", "closure_text"]

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_NOWHERE = Position("", 0, 0)
_CONTAINERS = words("properties items additionalProperties allOf oneOf anyOf $defs schemas definitions")


# -------------------------------------------------------------------------------------------------- names


def closure_names(
    frame: Frame, entities: Iterable[FoundEntity], schemas: Mapping[Pointer, Schema]
) -> dict[Pointer, str]:
    """A name for each schema. One that is only another name for a schema shares its name."""
    ends = _ends_of_aliases(schemas)
    listed = [(schema.pointer, schema.name) for schema in frame.schemas]
    listed += [(found.entity.schema, found.entity.name) for found in entities]
    names: dict[Pointer, str] = {}
    taken: set[str] = set()
    own_first = sorted(listed, key=lambda each: ends.get(each[0], each[0]) != each[0])
    for pointer, name in own_first:
        if pointer in ends:
            _claim(names, taken, ends[pointer], _clean(name))
    for pointer in schemas:
        if ends[pointer] not in names:
            _claim(names, taken, ends[pointer], _free_name(ends[pointer], taken))
    return {pointer: names[ends[pointer]] for pointer in schemas}


def _claim(names: dict[Pointer, str], taken: set[str], pointer: Pointer, name: str) -> None:
    """Give a schema a name, numbered where another one has it, unless it has one already."""
    if pointer not in names:
        names[pointer] = _unique(name, taken)
        taken.add(names[pointer])


def _ends_of_aliases(schemas: Mapping[Pointer, Schema]) -> dict[Pointer, Pointer]:
    """Each schema's pointer to that of the schema which it is only another name for, or to itself.

    Every chain is walked once: one of thousands of links would otherwise take minutes.
    """
    targets = {pointer: _alias(schema) for pointer, schema in schemas.items()}
    ends: dict[Pointer, Pointer] = {}
    for start in schemas:
        chain: dict[Pointer, None] = {}
        pointer, following = start, targets[start]
        while pointer not in ends and following in schemas and following is not None and following not in chain:
            chain[pointer] = None
            pointer, following = following, targets[following]
        end = ends.get(pointer, pointer)
        ends.update(dict.fromkeys((*chain, pointer), end))
    return ends


def _alias(schema: Schema) -> Pointer | None:
    """The target of a schema that is a `$ref` and no more; None for any other."""
    if schema.ref is None:
        return None
    words = {
        "description": "",
        "title": "",
        "examples": "",
        "content_media_type": "",
        "deprecated": False,
        "write_only": False,
    }
    bare = replace(schema, ref=None, position=_NOWHERE, **words)
    return schema.ref if bare == Schema(schema.pointer, _NOWHERE) else None


def _free_name(pointer: Pointer, taken: Collection[str]) -> str:
    """From the pointer's last names: `X/properties/y` is X_y; a file's only schema has the file's name."""
    file, _, fragment = pointer.partition("#")
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in fragment.split("/")[1:]]
    stem = posixpath.basename(file).partition(".")[0]
    words = [token for token in tokens if token not in _CONTAINERS]
    if tokens[-2:-1] in (["schemas"], ["definitions"], ["$defs"]) or len(tokens) == 1:
        words = words[-1:]
    elif tokens[:1] == ["components"]:
        words = words[1:]
    name = _clean("_".join(words) or stem)
    return name if name not in taken else _unique(_clean(f"{stem}_{name}"), taken)


def _clean(name: str) -> str:
    return _NOT_IN_NAMES.sub("_", name).strip("_") or "Schema"


def _unique(name: str, taken: Collection[str]) -> str:
    number, wanted = 2, name
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


# ----------------------------------------------------------------------------------------------- document


def closure_text(spec: Spec) -> str:
    """A self-contained OpenAPI 3 document (JSON) of what the entities reach, all of it under `components/schemas`."""
    schemas, names = spec.schemas, spec.closure_names
    components: dict[str, Json] = {}
    for pointer, schema in schemas.items():
        if _alias(schema) not in schemas:
            components.setdefault(names[pointer], _Writer(names).schema(schema))
    document = {
        "openapi": "3.1.0",
        "info": {"title": "closure", "version": "1"},
        "paths": {},
        "components": {"schemas": components},
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


class _Writer:
    """Writes schemas as JSON Schema 2020-12."""

    def __init__(self, names: Mapping[Pointer, str]) -> None:
        self._names = names

    def part(self, schema: Schema) -> Json:
        """A schema within another: by reference if it has a name of its own."""
        name = self._names.get(schema.pointer)
        return self.schema(schema) if name is None else _reference(name)

    def schema(self, schema: Schema) -> dict[str, Json]:
        """A schema, written out."""
        written: dict[str, Json] = {}
        if schema.ref is not None and schema.ref in self._names:
            written.update(_reference(self._names[schema.ref]))
        _write_type(schema, written)
        _write_constants(schema, written)
        _write_restrictions(schema, written)
        self._write_parts(schema, written)
        if schema.nullable and "type" not in written:
            return _or_null(written)
        return written

    def _write_parts(self, schema: Schema, written: dict[str, Json]) -> None:
        if schema.properties:
            written["properties"] = {name: self.part(each) for name, each in schema.properties.items()}
        if schema.required:
            written["required"] = list(schema.required)
        if schema.additional is not None:
            additional = schema.additional
            written["additionalProperties"] = additional if isinstance(additional, bool) else self.part(additional)
        if schema.items is not None:
            written["items"] = self.part(schema.items)
        for keyword, parts in (("allOf", schema.all_of), ("oneOf", schema.one_of), ("anyOf", schema.any_of)):
            if parts:
                written[keyword] = [self.part(each) for each in parts]
        if schema.discriminator is not None:
            written["discriminator"] = self._discriminator(schema)

    def _discriminator(self, schema: Schema) -> Json:
        assert schema.discriminator is not None
        mapping: dict[str, Json] = {
            tag: _reference(self._names[pointer])["$ref"]
            for tag, pointer in schema.discriminator.mapping
            if pointer in self._names
        }
        written: dict[str, Json] = {"propertyName": schema.discriminator.property_name}
        if mapping:
            written["mapping"] = mapping
        return written


def _reference(name: str) -> dict[str, Json]:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(written: dict[str, Json]) -> dict[str, Json]:
    """The same or null, where there is no `type` to say so."""
    null: Json = {"type": "null"}
    for keyword in ("oneOf", "anyOf"):
        branches = written.get(keyword)
        if isinstance(branches, list):
            return {**written, keyword: [*branches, null]}
    if "enum" in written or "const" in written or not written:
        return written
    return {"anyOf": [written, null]}


def _write_type(schema: Schema, written: dict[str, Json]) -> None:
    types: list[Json] = [*schema.types] or ([schema.type] if schema.type else [])
    if types and schema.nullable:
        types.append("null")
    if types:
        written["type"] = types[0] if len(types) == 1 else types
    if schema.format:
        written["format"] = schema.format


def _write_constants(schema: Schema, written: dict[str, Json]) -> None:
    if schema.enum_values:
        written["enum"] = [*schema.enum_values, *([None] if schema.nullable else [])]
    if schema.has_const:
        written["const"] = _json(schema.const)
    if schema.has_default:
        written["default"] = _json(schema.default)
    if schema.read_only:
        written["readOnly"] = True


def _write_restrictions(schema: Schema, written: dict[str, Json]) -> None:
    counts = {
        "minLength": schema.min_length,
        "maxLength": schema.max_length,
        "minItems": schema.min_items,
        "maxItems": schema.max_items,
        "minProperties": schema.min_properties,
        "maxProperties": schema.max_properties,
    }
    bounds = {
        "minimum": schema.minimum,
        "maximum": schema.maximum,
        "exclusiveMinimum": schema.exclusive_minimum,
        "exclusiveMaximum": schema.exclusive_maximum,
        "multipleOf": schema.multiple_of,
    }
    written.update({keyword: count for keyword, count in counts.items() if count is not None})
    written.update({keyword: _number(bound) for keyword, bound in bounds.items() if bound is not None})
    if schema.pattern is not None:
        written["pattern"] = schema.pattern
    if schema.unique_items:
        written["uniqueItems"] = True


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _json(value: JsonValue) -> Json:
    if isinstance(value, Decimal):
        return _number(value)
    if not isinstance(value, tuple):
        return value
    pairs = [each for each in value if isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str)]
    if value and len(pairs) == len(value):
        members: dict[str, Json] = {str(key): _json(each) for key, each in pairs}
        return members
    return [_json(each) for each in value]
