"""Schema objects, from nodes to `Schema` values.

Rules of this file:
- One reader for 2.0, 3.0 and 3.1: what one version has and another lacks (`nullable`, `type: [a, b]`, boolean
  `exclusiveMinimum`) is read wherever it stands, because authors mix them and mean the same.
- Every keyword is checked for its shape; a type that does not exist is an error, not "anything".
- A keyword that is known to JSON Schema and has no effect here is noted, and one that is misspelt gets a warning:
  what is ignored in silence is found in production.
- References are not followed here: `follow` gets each, and gives its pointer.
- A schema with a fault is read as far as it can be, and marked, so that no later pass speaks of what follows from that.
  A fault belongs to the innermost schema around it; one in a text for people leaves the values known.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.patterns import fault_of
from entitystore_generator.spec.annotations import read_annotations
from entitystore_generator.spec.bounds import Values, read_bounds, read_type
from entitystore_generator.spec.constants import is_null, read_constants
from entitystore_generator.spec.documents import Document, child_pointer
from entitystore_generator.spec.extensions import ATTRIBUTE, LINT, ExtensionReader
from entitystore_generator.spec.keywords import (
    BOOLEANS,
    COUNTS,
    IGNORED_NEXT_TO_REF,
    INEFFECTIVE,
    KNOWN,
    TEXTS,
)
from entitystore_generator.spec.nodes import (
    Mapping,
    Node,
    Pair,
    Scalar,
    Sequence,
    position_inside,
    position_of,
    repeated_keys,
)
from entitystore_generator.spec.scalars import meaning_of
from entitystore_generator.spec.schema import Discriminator, Pointer, Schema
from entitystore_generator.spec.shapes import Shapes

__all__ = ["Follow", "SchemaReader"]

Follow: TypeAlias = Callable[[Document, Scalar, bool], Pointer | None]
"""Gives a reference's pointer, None if it leads nowhere. The flag says that it may be a schema's bare name."""


class SchemaReader:
    """Reads the schemas of one document."""

    def __init__(self, diagnostics: Diagnostics, extensions: ExtensionReader, follow: Follow) -> None:
        self._shapes = Shapes(diagnostics)
        self._extensions = extensions
        self._follow = follow
        self._settled = 0
        """The errors, of all that were reported, that make no schema faulty any more."""

    def read(
        self, document: Document, node: Node, pointer: Pointer, position: Position, allowed: tuple[str, ...] = ()
    ) -> Schema:
        """The schema that `node` is. `allowed` are extensions that may stand here, beside those of properties."""
        before, settled = self._shapes.error_count, self._settled
        schema = self._read(document, node, pointer, position, allowed)
        found = self._shapes.error_count - before
        if not found:
            return schema
        is_own = found > self._settled - settled
        self._settled = settled + found
        return replace(schema, faulty=True) if is_own else schema

    def _read(
        self, document: Document, node: Node, pointer: Pointer, position: Position, allowed: tuple[str, ...]
    ) -> Schema:
        if not isinstance(node, Mapping):
            return self._no_mapping(node, pointer, position)
        ref = node.get("$ref")
        if ref is not None and not document.keeps_siblings:
            self._report_siblings(node)
            return self._of_ref(document, ref, pointer, position)
        self._extensions.check_keys(node, (*allowed, ATTRIBUTE, LINT))
        self._check_keywords(node)
        values: Values = self._repeated(node) if node.source.repeated else {"partial": False}
        if ref is not None:
            values["ref"] = self._target(document, ref)
            values["partial"] = values["ref"] is None
        self._read_scalars(node, values)
        read_type(node, values, self._shapes)
        read_bounds(node, values, self._shapes)
        values |= read_constants(node, values.get("types") or (values.get("type", ""),), self._shapes)
        values |= read_annotations(node)
        self._read_parts(document, node, pointer, values)
        return Schema(pointer, position, **values)

    # ----------------------------------------------------------------------------------- special schemas

    def _no_mapping(self, node: Node, pointer: Pointer, position: Position) -> Schema:
        if isinstance(node, Scalar) and meaning_of(node).value is True:
            return Schema(pointer, position)
        if isinstance(node, Scalar) and meaning_of(node).value is False:
            message = "the schema `false` admits no value at all"
            self._shapes.error("ES107", message, position_of(node), "remove what it belongs to")
        else:
            hint = "write {} for any value" if isinstance(node, Scalar) else ""
            self._shapes.wrong(node, "a schema", "a mapping", hint)
        return Schema(pointer, position, partial=True)

    def _repeated(self, node: Mapping) -> Values:
        """What follows from keywords that stand twice, which is reported already."""
        repeated = repeated_keys(node)
        if repeated:
            self._shapes.diagnostics.count_known_fault()
        return {"partial": not _LISTING.isdisjoint(repeated)}

    def _target(self, document: Document, ref: Node) -> Pointer | None:
        text = self._shapes.text(ref, "$ref")
        return self._follow(document, ref, False) if text is not None and isinstance(ref, Scalar) else None

    def _of_ref(self, document: Document, ref: Node, pointer: Pointer, position: Position) -> Schema:
        target = self._target(document, ref)
        return Schema(pointer, position, ref=target, partial=target is None)

    def _report_siblings(self, node: Mapping) -> None:
        for name, pair in node.pairs.items():
            place, hint = position_of(pair.key), "write allOf: [{$ref: …}] and put it beside that"
            if name.startswith("x-dynamodb-"):
                message = f"OpenAPI 3.0 ignores {name} beside a $ref"
                self._shapes.error("ES120", message, place, hint)
            elif name in IGNORED_NEXT_TO_REF:
                self._shapes.warning("ES120", f"OpenAPI 3.0 ignores {name} beside a $ref", place, hint)

    def _check_keywords(self, node: Mapping) -> None:
        for name, pair in node.pairs.items():
            if name in KNOWN or name[:2] in ("x-", "X-"):
                continue
            if name in INEFFECTIVE:
                message = f"{name} is not checked: the generated code does without it"
                self._shapes.note("ES121", message, position_of(pair.key), "say it in another way if it matters")
            elif near := difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.75):
                message = f"{name!r} is no keyword of a schema, so it has no effect"
                self._shapes.warning("ES122", message, position_of(pair.key), f"did you mean {near[0]}?")

    # ---------------------------------------------------------------------------------------------- scalars

    def _read_scalars(self, node: Mapping, values: Values) -> None:
        for keyword, pair in node.pairs.items():
            field = ""
            value: object = None
            if keyword in TEXTS:
                field, value = TEXTS[keyword], self._shapes.text(pair.value, keyword)
            elif keyword in COUNTS:
                field, value = COUNTS[keyword], self._shapes.count(pair.value, keyword)
            elif keyword in BOOLEANS:
                field, value = BOOLEANS[keyword], self._shapes.boolean(pair.value, keyword)
            elif keyword == ATTRIBUTE:
                field, value = "attribute", self._extensions.attribute(pair)
            elif keyword == LINT:
                field, value = "lint", self._extensions.lint(node)
            if value is not None:
                values[field] = value
            elif field in _FOR_PEOPLE:
                self._settled += 1
        if "pattern" in values:
            values["pattern_fault"] = _place_of_fault(values["pattern"], node.pairs["pattern"].value)

    # ------------------------------------------------------------------------------------------------ parts

    def _read_parts(self, document: Document, node: Mapping, pointer: Pointer, values: Values) -> None:
        """The schemas within a schema."""
        if "properties" in node.pairs:
            self._read_properties(
                document, node.pairs["properties"].value, child_pointer(pointer, "properties"), values
            )
        if "required" in node.pairs:
            self._read_required(node.pairs["required"].value, values)
        if "additionalProperties" in node.pairs:
            values["additional"] = self._additional(document, node.pairs["additionalProperties"], pointer)
        if "items" in node.pairs:
            values["items"] = self._items(document, node.pairs["items"], pointer)
        for keyword, field in (("allOf", "all_of"), ("oneOf", "one_of"), ("anyOf", "any_of")):
            if keyword in node.pairs:
                self._read_branches(document, node.pairs[keyword], child_pointer(pointer, keyword), field, values)
        if "discriminator" in node.pairs:
            values["discriminator"] = self._discriminator(document, node.pairs["discriminator"])

    def _read_properties(self, document: Document, node: Node, pointer: Pointer, values: Values) -> None:
        mapping = self._shapes.mapping(node, "properties", "write name: {type: string} below it")
        if mapping is None:
            values["partial"] = True
            return
        schemas: dict[str, Schema] = {}
        for name, pair in self._shapes.names(mapping, "the name of a property"):
            schemas[name] = self.read(document, pair.value, child_pointer(pointer, name), position_of(pair.key))
        for name, pair in mapping.pairs.items() if len(schemas) < len(mapping.pairs) else ():
            if name not in schemas:
                self._settled += 1
                schemas[name] = Schema(child_pointer(pointer, name), position_of(pair.key), faulty=True)
        for name in repeated_keys(mapping):
            schemas[name] = replace(schemas[name], faulty=True)
        values["properties"] = schemas
        values["property_positions"] = {name: schema.position for name, schema in schemas.items()}

    def _read_required(self, node: Node, values: Values) -> None:
        if isinstance(node, Scalar) and meaning_of(node).kind == "boolean":
            hint = "in the schema of the object, write required: [name]"
            self._shapes.wrong(node, "required", "a list of properties", hint)
            return
        names = self._shapes.texts(node, "required")
        seen: set[str] = set()
        for name, item in names:
            if name in seen:
                self._shapes.warning("ES107", f"required names {name!r} twice", position_of(item), "remove one")
            seen.add(name)
        values["required"] = tuple(dict.fromkeys(name for name, _ in names))

    def _additional(self, document: Document, pair: Pair, pointer: Pointer) -> Schema | bool | None:
        node = pair.value
        if isinstance(node, Scalar):
            return self._shapes.boolean(node, "additionalProperties")
        return self.read(document, node, child_pointer(pointer, "additionalProperties"), position_of(pair.key))

    def _items(self, document: Document, pair: Pair, pointer: Pointer) -> Schema | None:
        if isinstance(pair.value, Sequence):
            hint = "write items: {…}, one schema for every element"
            self._shapes.wrong(pair.value, "items", "one schema", hint)
            return None
        return self.read(document, pair.value, child_pointer(pointer, "items"), position_of(pair.key))

    def _read_branches(self, document: Document, pair: Pair, pointer: Pointer, field: str, values: Values) -> None:
        keyword = pair.key.text
        sequence = self._shapes.sequence(pair.value, keyword, "write a list of schemas, each with a - in front")
        if sequence is not None and not sequence.items:
            self._shapes.error("ES107", f"{keyword} is empty", position_of(pair.value), "list schemas, or leave it out")
        values["partial"] = values["partial"] or sequence is None
        branches: list[Schema] = []
        for number, item in enumerate(sequence.items if sequence else ()):
            if field != "all_of" and is_null(item):
                values["nullable"] = True
            else:
                place = position_of(_first_key(item))
                branches.append(self.read(document, item, child_pointer(pointer, number), place))
        values[field] = tuple(branches)

    def _discriminator(self, document: Document, pair: Pair) -> Discriminator | None:
        node = pair.value
        if isinstance(node, Scalar):  # 2.0
            name = self._shapes.text(node, "discriminator")
            return None if name is None else Discriminator(name, (), position_of(pair.key))
        mapping = self._shapes.mapping(node, "discriminator", "write {propertyName: kind}")
        if mapping is None:
            return None
        given = mapping.get("propertyName")
        if given is None:
            message, hint = "this discriminator has no propertyName", "write discriminator: {propertyName: kind}"
            self._shapes.error("ES107", message, position_of(pair.key), hint)
            return None
        name = self._shapes.text(given, "propertyName")
        tags = self._mapping_tags(document, mapping)
        return None if name is None else Discriminator(name, tuple(tags), position_of(pair.key))

    def _mapping_tags(self, document: Document, discriminator: Mapping) -> Iterator[tuple[str, Pointer]]:
        given = discriminator.get("mapping")
        mapping = None if given is None else self._shapes.mapping(given, "mapping", "write {tag: schema}")
        for tag, pair in self._shapes.names(mapping, "a tag of mapping") if mapping else ():
            target = self._shapes.text(pair.value, f"the schema of {tag}")
            if target is not None and isinstance(pair.value, Scalar):
                pointer = self._follow(document, pair.value, True)
                if pointer is not None:
                    yield tag, pointer


_LISTING = frozenset({"properties", "$ref", "allOf", "oneOf", "anyOf"})
"""Keywords that say what properties there are."""
_FOR_PEOPLE = frozenset({"title", "description"})


def _place_of_fault(pattern: str, node: Node) -> Position | None:
    fault = fault_of(pattern)
    if fault is None or not isinstance(node, Scalar):
        return None
    return position_inside(node, fault.start, fault.length)


def _first_key(node: Node) -> Node:
    """What to point at for a schema that has no name: its first key."""
    if isinstance(node, Mapping) and node.pairs:
        return next(iter(node.pairs.values())).key
    return node
