"""A document as values: schemas and extensions with their places, before any Python name is chosen.

This is what `spec.load.load_spec` gives and `ir.build` reads.

Rules of this file:
- Frozen values. Only schemas that an entity reaches are here; `$ref` is a pointer into `Spec.schemas`, never a copy,
  so schemas may refer to each other in a circle.
- Both spellings of null (3.0's `nullable`, 3.1's `type: [x, "null"]` and `oneOf: [..., {type: "null"}]`) are
  `nullable`, and exclusive bounds are numbers in either version.
- A pointer is `<file relative to the document's folder, POSIX>#<JSON pointer>`, such as
  `openapi.yaml#/components/schemas/User`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct, field

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.model import Gaps, JsonValue, TransformKind

Pointer: TypeAlias = str


class Unquoted(str):
    """A text without quotes that YAML 1.1 reads as something else, such as `no`. A package holds none.

    Who reads a value before its type is known passes it on; whoever knows the type takes the text and reports the note,
    or takes `boolean`, which is None for words that are no booleans anywhere.
    """

    __slots__ = ("boolean", "position", "reading")

    boolean: bool | None
    reading: str
    position: Position

    def __new__(cls, text: str, boolean: bool | None, reading: str, position: Position) -> Unquoted:
        made = super().__new__(cls, text)
        made.boolean, made.reading, made.position = boolean, reading, position
        return made

    @property
    def note(self) -> str:
        """What is said where it is read as a text."""
        return f"{self.reading} in YAML 1.1; it is read as a text, as in YAML 1.2"

    @property
    def hint(self) -> str:
        """What makes it a text for every reader."""
        return f'put it in quotes: "{self[:60]}"' if self.position.shown else "put it in quotes"


class AttributeExtension(Struct, frozen=True):
    """`x-dynamodb-attribute` of a property. `name` is "" where the property's own name is kept."""

    position: Position
    name: str = ""
    set: bool = False
    decimal: bool = False


class LintIgnore(Struct, frozen=True):
    """One rule that is silenced for the place where this stands. `code` is in capitals, and an advice's."""

    code: str
    reason: str
    position: Position


class LintIgnores(Struct, frozen=True):
    """`x-dynamodb-lint` of a document, a schema or a property: it holds for all that is below, too."""

    ignores: tuple[LintIgnore, ...] = ()


class Discriminator(Struct, frozen=True):
    """`discriminator` of a union: the tag property, and tag value -> pointer where a mapping is given."""

    property_name: str
    mapping: tuple[tuple[str, Pointer], ...]
    position: Position


class Schema(Struct, frozen=True):
    """One schema object. `type` is "" where the document says none; "null" never stands here (see `nullable`).

    `ref` is the target's pointer; sibling keys of a `$ref` (3.1) are kept, 3.0 has none.
    `additional`: None if not said, True or False, or the values' schema. `enum_values` are without null.
    `faulty`: a fault of it, or of a part that is no property, was reported, so nothing is known of its values.
    `partial`: nor of what properties it has beside those that are here.
    """

    pointer: Pointer
    position: Position
    type: Literal["", "string", "integer", "number", "boolean", "array", "object"] = ""
    types: tuple[str, ...] = ()  # more than one of them (3.1): a union; else empty
    format: str = ""
    content_encoding: str = ""
    ref: Pointer | None = None
    nullable: bool = False
    description: str = ""
    title: str = ""
    examples: str = ""  # a JSON list; "" if there are none
    said_of_values: str = ""  # a JSON list of `oneOf`, where an enum was written as one
    content_media_type: str = ""
    deprecated: bool = False
    read_only: bool = False
    write_only: bool = False
    has_default: bool = False
    default: JsonValue = None
    enum_values: tuple[str | int | float | bool, ...] = ()
    has_const: bool = False
    const: JsonValue = None
    properties: Mapping[str, Schema] = field(default_factory=dict)
    property_positions: Mapping[str, Position] = field(default_factory=dict)  # of each property's name
    required: tuple[str, ...] = ()
    additional: Schema | bool | None = None
    items: Schema | None = None
    all_of: tuple[Schema, ...] = ()
    one_of: tuple[Schema, ...] = ()
    any_of: tuple[Schema, ...] = ()
    discriminator: Discriminator | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_fault: Position | None = None  # where the pattern cannot be read; None if it can
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exclusive_minimum: Decimal | None = None
    exclusive_maximum: Decimal | None = None
    multiple_of: Decimal | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    min_properties: int | None = None
    max_properties: int | None = None
    attribute: AttributeExtension | None = None
    lint: LintIgnores = LintIgnores()
    faulty: bool = False
    partial: bool = False


# ------------------------------------------------------------------------------------------- key templates


class Text(Struct, frozen=True):
    """Constant text, `{{` and `}}` already single."""

    text: str


class TransformSyntax(Struct, frozen=True):
    """One `|step` or `|step:argument`, already known and with a checked argument."""

    kind: TransformKind
    argument: int | None
    position: Position


class Macro(Struct, frozen=True):
    """One `{path:format|step…}`. `path` are the property names as written; `format` "" if none."""

    path: tuple[str, ...]
    format: str
    transforms: tuple[TransformSyntax, ...]
    default: str | None
    position: Position


class TemplateSyntax(Struct, frozen=True):
    """A parsed key template; parts in order, two texts never side by side. A template without parts is an error."""

    source: str
    parts: tuple[Text | Macro, ...]
    position: Position


class WhenSyntax(Struct, frozen=True):
    """One `property: value` below `when`."""

    path: tuple[str, ...]
    value: str | int | bool
    position: Position


class ChoiceSyntax(Struct, frozen=True):
    """One alternative of a key; a plain string in the index map is one choice without `when`."""

    when: tuple[WhenSyntax, ...]
    template: TemplateSyntax


class IndexMapEntry(Struct, frozen=True):
    """One line of `x-dynamodb-indexmap`: logical key name (`PK`, `GSI1SK`) and its alternatives.

    `position` is the name's own place. `faulty`: a fault was reported, and what it concerns is left out.
    """

    logical: str
    choices: tuple[ChoiceSyntax, ...]
    position: Position
    faulty: bool = False


# --------------------------------------------------------------------------------------------- extensions


class Named(Struct, frozen=True):
    """A name that the document gives, with its place."""

    name: str
    position: Position


class IndexExtension(Struct, frozen=True):
    """One index below `x-dynamodb-table.indexes`; None for what it does not say."""

    name: str
    partition_key: str | None
    sort_key: Named | None
    projection: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    included: tuple[str, ...]
    position: Position


class TableExtension(Struct, frozen=True):
    """`x-dynamodb-table`; None (and "" for the name) for what it does not say, which is inferred."""

    position: Position
    name: str = ""
    partition_key: str | None = None
    sort_key: Named | None = None
    entity_type: str | None = None
    ttl: Named | None = None
    indexes: tuple[IndexExtension, ...] = ()


class EntityExtension(Struct, frozen=True):
    """`x-dynamodb-entity`. Property names are as written; `queries` maps a finder's name to a logical index.

    `hide_expired` is where that is asked for.
    """

    position: Position
    type: Named | None = None
    version: Named | None = None
    ttl: Named | None = None
    hide_expired: Position | None = None
    created: Named | None = None
    updated: Named | None = None
    unique: tuple[tuple[Named, ...], ...] = ()
    queries: tuple[tuple[Named, Named], ...] = ()
    shares_keys_with: tuple[Named, ...] = ()


class EntitySchema(Struct, frozen=True):
    """A schema with an index map. `name` is its key below `components/schemas` (or `definitions`).

    `knows_keys`: the names of all keys of its index map were read. `knows_options`: so were its options.
    """

    name: str
    schema: Pointer
    index_map: tuple[IndexMapEntry, ...]
    options: EntityExtension | None
    position: Position
    knows_keys: bool = True
    knows_options: bool = True


class Spec(Struct, frozen=True):
    """What a document says about entities. `inputs` are all files read, the document first.

    `schemas` holds every schema that is a `$ref` target or an entity, in the order of first need.
    `closure_names` maps each of `schemas`' pointers to its name in the one file that `closure_text` makes of them.
    `gaps` is what could not be read of a document that has faults.
    """

    path: str
    version: Literal["2.0", "3.0", "3.1"]
    schemas: Mapping[Pointer, Schema]
    entities: tuple[EntitySchema, ...]
    table: TableExtension | None
    inputs: tuple[str, ...]
    closure_names: Mapping[Pointer, str]
    title: str = ""
    lint: LintIgnores = LintIgnores()
    gaps: Gaps = Gaps()
