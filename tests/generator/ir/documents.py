"""Documents for tests: a mapping, as YAML would be read, to `Spec` and on to the representation.

It reads what these tests write and checks nothing; the front end's own reading is tested with the front end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from entitystore_generator.checks import run_checks
from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.build import build_package
from entitystore_generator.ir.model import Entity, Field, FieldType, ObjectClass, Package, TransformKind
from entitystore_generator.spec.schema import (
    AttributeExtension,
    ChoiceSyntax,
    Discriminator,
    EntityExtension,
    EntitySchema,
    IndexExtension,
    IndexMapEntry,
    Macro,
    Named,
    Schema,
    Spec,
    TableExtension,
    TemplateSyntax,
    Text,
    TransformSyntax,
    WhenSyntax,
)

Document = Mapping[str, Any]

FILE = "spec.yaml"
_PART = re.compile(r"\{\{|\}\}|\{([^{}|:]+)(?::([^{}|]*))?((?:\|[^{}|]*)*)\}|[^{}]+")
_SUBSCHEMAS = (("allOf", "all_of"), ("oneOf", "one_of"), ("anyOf", "any_of"))
_PLAIN = {
    "format": "format",
    "contentEncoding": "content_encoding",
    "description": "description",
    "readOnly": "read_only",
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minItems": "min_items",
    "maxItems": "max_items",
    "uniqueItems": "unique_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
}
_DECIMALS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
}


def place(pointer: str) -> Position:
    """A position of its own for each pointer, so that tests can ask where a fault is."""
    return Position(f"{FILE}{pointer}", 1, 1)


def frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(frozen, value))
    if isinstance(value, dict):
        return tuple((key, frozen(each)) for key, each in value.items())
    return value


def read_schema(node: Any, pointer: str) -> Schema:
    if not isinstance(node, dict):
        node = {}
    values: dict[str, Any] = {ours: node[theirs] for theirs, ours in _PLAIN.items() if theirs in node}
    values |= {ours: Decimal(str(node[theirs])) for theirs, ours in _DECIMALS.items() if theirs in node}
    types = node.get("type", ())
    names = [name for name in ([types] if isinstance(types, str) else types) if name != "null"]
    nullable = node.get("nullable", False) or (not isinstance(types, str) and "null" in types)
    for theirs, ours in _SUBSCHEMAS:
        parts = node.get(theirs, ())
        nullable = nullable or any(part.get("type") == "null" for part in parts)
        values[ours] = tuple(
            read_schema(part, f"{pointer}/{theirs}/{number}")
            for number, part in enumerate(parts)
            if part.get("type") != "null"
        )
    additional = node.get("additionalProperties")
    if isinstance(additional, dict):
        additional = read_schema(additional, f"{pointer}/additionalProperties")
    properties = node.get("properties", {})
    return Schema(
        pointer=FILE + pointer,
        position=place(pointer),
        type=names[0] if len(names) == 1 else "",  # type: ignore[arg-type]
        types=tuple(names) if len(names) > 1 else (),
        ref=FILE + node["$ref"] if "$ref" in node else None,
        nullable=nullable,
        has_default="default" in node,
        default=frozen(node.get("default")),
        enum_values=tuple(value for value in node.get("enum", ()) if value is not None),
        has_const="const" in node,
        const=frozen(node.get("const")),
        properties={name: read_schema(each, f"{pointer}/properties/{name}") for name, each in properties.items()},
        property_positions={name: place(f"{pointer}/properties/{name}") for name in properties},
        required=tuple(node.get("required", ())),
        additional=additional,
        items=read_schema(node["items"], f"{pointer}/items") if "items" in node else None,
        discriminator=_discriminator(node, pointer),
        attribute=_attribute(node, pointer),
        **values,
    )


def _discriminator(node: Document, pointer: str) -> Discriminator | None:
    given = node.get("discriminator")
    if given is None:
        return None
    mapping = tuple((tag, FILE + target) for tag, target in given.get("mapping", {}).items())
    return Discriminator(given["propertyName"], mapping, place(f"{pointer}/discriminator"))


def _attribute(node: Document, pointer: str) -> AttributeExtension | None:
    given = node.get("x-dynamodb-attribute")
    if given is None:
        return None
    where = place(f"{pointer}/x-dynamodb-attribute")
    return AttributeExtension(where, given.get("name", ""), given.get("set", False), given.get("number") == "decimal")


def read_template(source: str, pointer: str) -> TemplateSyntax:
    parts: list[Text | Macro] = []
    for match in _PART.finditer(source):
        if match[1] is None:
            text = {"{{": "{", "}}": "}"}.get(match[0], match[0])
            before = parts.pop().text if parts and isinstance(parts[-1], Text) else ""  # type: ignore[union-attr]
            parts.append(Text(before + text))
            continue
        where = place(pointer).shifted(match.start(), len(match[0]))
        steps = [step.partition(":") for step in match[3].split("|")[1:]]
        transforms = tuple(
            TransformSyntax(TransformKind(kind), int(argument) if argument else None, where)
            for kind, _, argument in steps
            if kind != "default"
        )
        default = next((argument for kind, _, argument in steps if kind == "default"), None)
        parts.append(Macro(tuple(match[1].split(".")), match[2] or "", transforms, default, where))
    return TemplateSyntax(source, tuple(parts), place(pointer))


def _entry(logical: str, value: Any, pointer: str) -> IndexMapEntry:
    alternatives = value if isinstance(value, list) else [{"key": value}]
    choices = tuple(
        ChoiceSyntax(
            tuple(
                WhenSyntax(tuple(name.split(".")), each, place(pointer)) for name, each in given.get("when", {}).items()
            ),
            read_template(given["key"], pointer),
        )
        for given in alternatives
    )
    return IndexMapEntry(logical, choices, place(pointer))


def _named(value: Any, pointer: str) -> Named | None:
    return None if value is None else Named(value, place(pointer))


def _options(node: Document, pointer: str) -> EntityExtension | None:
    given = node.get("x-dynamodb-entity")
    if given is None:
        return None

    def name(text: str) -> Named:
        return Named(text, place(f"{pointer}/{text}"))

    return EntityExtension(
        place(pointer),
        type=_named(given.get("type"), pointer),
        version=_named(given.get("version"), pointer),
        ttl=_named(given.get("ttl"), pointer),
        unique=tuple(tuple(map(name, group)) for group in given.get("unique", ())),
        queries=tuple((name(query), name(index)) for query, index in given.get("queries", {}).items()),
        shares_keys_with=tuple(map(name, given.get("shares-keys-with", ()))),
    )


def _table(given: Document | None) -> TableExtension | None:
    if given is None:
        return None
    where = place("#/x-dynamodb-table")
    indexes = tuple(
        IndexExtension(
            name,
            each.get("partition-key"),
            _named(each.get("sort-key"), f"#/x-dynamodb-table/{name}/sort-key"),
            each.get("projection", "ALL"),
            tuple(each.get("include", ())),
            where,
        )
        for name, each in given.get("indexes", {}).items()
    )
    return TableExtension(
        where,
        given.get("name", "shop"),
        given.get("partition-key"),
        _named(given.get("sort-key"), "#/x-dynamodb-table/sort-key"),
        given.get("entity-type"),
        _named(given.get("ttl"), "#/x-dynamodb-table/ttl"),
        indexes,
    )


def read_spec(schemas: Document, table: Document | None = None, title: str = "") -> Spec:
    """The document with these schemas; those with an index map are its entities."""
    pointers = {name: f"#/components/schemas/{name}" for name in schemas}
    entities = tuple(
        EntitySchema(
            name,
            FILE + pointers[name],
            tuple(
                _entry(logical, value, f"{pointers[name]}/{logical}")
                for logical, value in node["x-dynamodb-indexmap"].items()
            ),
            _options(node, f"{pointers[name]}/x-dynamodb-entity"),
            place(pointers[name]),
        )
        for name, node in schemas.items()
        if "x-dynamodb-indexmap" in node
    )
    return Spec(
        path=FILE,
        version="3.1",
        schemas={FILE + pointers[name]: read_schema(node, pointers[name]) for name, node in schemas.items()},
        entities=entities,
        table=_table(table),
        inputs=(FILE,),
        closure_names={FILE + pointer: name for name, pointer in pointers.items()},
        title=title,
    )


@dataclass(frozen=True, slots=True)
class Built:
    """What came of a document."""

    package: Package | None
    diagnostics: Diagnostics

    @property
    def codes(self) -> list[str]:
        """The codes reported, in the order of their places."""
        return [found.code for found in self.diagnostics]

    @property
    def good(self) -> Package:
        """The package, which has to be there, without an error."""
        assert self.package is not None
        assert not self.diagnostics.has_errors, list(self.diagnostics)
        return self.package

    def the_error(self, code: str) -> tuple[str, str, str]:
        """Message, place and hint of the only fault, which has to have this code."""
        assert self.codes == [code], list(self.diagnostics)
        (found,) = self.diagnostics
        return found.message, found.position.file.removeprefix(FILE), found.hint


def build(schemas: Document, table: Document | None = None, title: str = "") -> Built:
    """Build and check a document."""
    diagnostics = Diagnostics()
    package = build_package(read_spec(schemas, table, title), diagnostics, models="pydantic")
    if package is not None:
        run_checks(package, diagnostics)
    return Built(package, diagnostics)


def entity(properties: Document, required: Iterable[str] = (), **keys: Any) -> dict[str, Any]:
    """An entity's schema with an `id` and these properties; `keys` is its index map, by default that of the id."""
    return {
        "type": "object",
        "required": ["id", *required],
        "x-dynamodb-indexmap": keys or {"PK": "{id}"},
        "properties": {"id": {"type": "string"}, **properties},
    }


def build_property(schema: Document, **others: Document) -> Built:
    """Build an entity `Thing` whose optional property `p` has this schema, beside these other schemas."""
    return build({"Thing": entity({"p": schema}), **others})


def type_of(schema: Document, **others: Document) -> FieldType:
    """The type of a property with this schema."""
    return field_of(schema, **others).type


def field_of(schema: Document, **others: Document) -> Field:
    """The field of a property with this schema."""
    return the_model(build_property(schema, **others).good, "Thing").field("p")


def the_model(package: Package, name: str) -> ObjectClass:
    return package.model(name)


def the_entity(package: Package, name: str) -> Entity:
    return next(each for each in package.entities if each.name == name)
