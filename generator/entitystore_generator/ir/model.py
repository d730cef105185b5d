"""The intermediate representation: what a document means, with every reference followed and every name decided.

    Package
    ├── Table ── KeyAttribute, Index
    ├── enums ── EnumClass
    ├── models ─ ObjectClass ── Field ── FieldType
    └── entities ─ Entity ─ IndexKeys ─ Key ─ KeyTemplate ─ Literal | Component
                          └ AccessPattern

Rules of this file:
- Frozen values only, hashable, no behaviour but derived properties. Checks read it and report; emit reads it and
  writes code.
- They are structs of msgspec: a run makes a hundred such classes, each of which would take a millisecond as a
  dataclass, and a thousand of their values for each entity.
- Names are three: `name` is Python's (an identifier, never a keyword), `wire_name` the property in the document,
  `attribute` the name under which DynamoDB stores it.
- Text from the document is kept as it was; whoever emits it passes it through `repr`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal as OneOf
from typing import TypeAlias

from msgspec import Struct

from entitystore_generator.diagnostics import Position


class Silence(Struct, frozen=True):
    """Advice that the document does not want at this place: the rule's code, why not, and where it says so."""

    code: str
    reason: str
    position: Position


# ---------------------------------------------------------------------------------------------- field types


class StringType(Struct, frozen=True):
    """`type: string`. Lengths are in characters. `format` is kept where it is one that is checked: email, uri, ….

    `pattern` is the document's ECMA-262 expression, which matches anywhere unless it is anchored.
    """

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str = ""


class IntegerType(Struct, frozen=True):
    """`type: integer`. `bits` is 32 or 64 where the format says so; bounds include both ends."""

    minimum: int | None = None
    maximum: int | None = None
    multiple_of: int | None = None
    bits: OneOf[32, 64] | None = None

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """Least and greatest value, by the format and the bounds."""
        low, high = (-(2 ** (self.bits - 1)), 2 ** (self.bits - 1) - 1) if self.bits else (None, None)
        lows = [bound for bound in (low, self.minimum) if bound is not None]
        highs = [bound for bound in (high, self.maximum) if bound is not None]
        return max(lows, default=None), min(highs, default=None)


class NumberType(Struct, frozen=True):
    """`type: number`: a Decimal where the document asks for it, else a float. Bounds keep the document's digits.

    `expires`: it is its entity's expiry (ttl), and stored only if it is whole.
    """

    decimal: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exclusive_minimum: Decimal | None = None
    exclusive_maximum: Decimal | None = None
    multiple_of: Decimal | None = None
    expires: bool = False


class BooleanType(Struct, frozen=True):
    """`type: boolean`."""


class DateTimeType(Struct, frozen=True):
    """`format: date-time`: an aware datetime, stored in UTC with six digits of fraction and a `Z`.

    `expires`: it is its entity's expiry (ttl), and stored in whole seconds since 1970, as a number.
    """

    expires: bool = False


class DateType(Struct, frozen=True):
    """`format: date`: `YYYY-MM-DD`."""


class UuidType(Struct, frozen=True):
    """`format: uuid`: stored in canonical lower case."""


class BytesType(Struct, frozen=True):
    """`format: byte` or `binary`: bytes in Python, B in DynamoDB. Lengths are in bytes."""

    min_length: int | None = None
    max_length: int | None = None


class EnumType(Struct, frozen=True):
    """A reference to an `EnumClass` by its Python name."""

    class_name: str


class LiteralType(Struct, frozen=True):
    """`const`, or an enum of a single value without a class of its own. `value` is a str, int or bool."""

    value: str | int | bool


class ChoiceType(Struct, frozen=True):
    """One of several constants, all texts or all integers, without a class of its own: a tag of several values, say."""

    values: tuple[str, ...] | tuple[int, ...]


class AnyType(Struct, frozen=True):
    """A schema that admits any JSON: stored as the DynamoDB value that Python's type suggests.

    `is_unread`: a fault of the schema was reported, so that its type is not known. No package without faults has one.
    """

    is_unread: bool = False


class ListType(Struct, frozen=True):
    """`type: array`, stored as L."""

    item: FieldType
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False


class SetType(Struct, frozen=True):
    """An array with `x-dynamodb-attribute: {set: true}`: a Python set, stored as SS, NS or BS; absent when empty.

    `item` is a string-like, number or bytes type.
    """

    item: FieldType
    min_items: int | None = None
    max_items: int | None = None


class MapType(Struct, frozen=True):
    """`additionalProperties` without properties: `dict[str, value]`, stored as M."""

    value: FieldType
    min_properties: int | None = None
    max_properties: int | None = None


class ObjectType(Struct, frozen=True):
    """A reference to an `ObjectClass` by its Python name, stored as M."""

    class_name: str


class EitherType(Struct, frozen=True):
    """Branches of a union that are one type in Python and in DynamoDB: a value of `type` that one of them admits.

    `anyOf: [{type: string, maxLength: 5}, {enum: [unlimited]}]` is a text of at most five characters, or this one.
    `type` itself has no constraints. `branches` never hold an enum's class: its values are a ChoiceType.
    """

    type: FieldType
    branches: tuple[FieldType, ...]


class UnionOption(Struct, frozen=True):
    """One branch of a union. `tags` are the discriminator's values that choose it (none without a discriminator).

    `taken` are those of an enum's values that an earlier branch has, too, and so reads: they are written as that one.
    """

    type: FieldType
    tags: tuple[str, ...] = ()
    taken: tuple[str | int, ...] = ()


class UnionType(Struct, frozen=True):
    """`oneOf` or `anyOf` of more than one type. `discriminator` is the tag property's name on the wire, or None.

    Its branches differ in the DynamoDB type that they are stored as; objects by the tag, or by the properties that they
    require; texts, and integers, by the value. The first that fits is taken: `ir/branches.py` says why it is right.
    `tag_field` is the tag's name in Python, where it is the same in all classes and a constant in each; else "".
    """

    options: tuple[UnionOption, ...]
    discriminator: str | None = None
    tag_field: str = ""


class NullableType(Struct, frozen=True):
    """An element of a list or map, or a branch, that may be null. Fields say it with `Field.nullable`."""

    inner: FieldType


ScalarType: TypeAlias = (
    StringType
    | IntegerType
    | NumberType
    | BooleanType
    | DateTimeType
    | DateType
    | UuidType
    | BytesType
    | EnumType
    | LiteralType
    | ChoiceType
)
FieldType: TypeAlias = (
    ScalarType | AnyType | ListType | SetType | MapType | ObjectType | EitherType | UnionType | NullableType
)

# -------------------------------------------------------------------------------------------------- classes

JsonValue: TypeAlias = (
    str | int | float | Decimal | bool | tuple["JsonValue", ...] | tuple[tuple[str, "JsonValue"], ...] | None
)


class Default(Struct, frozen=True):
    """A property's default as the document gives it. Lists and objects are frozen to tuples; `{}` and `[]` are ()."""

    value: JsonValue


Keywords: TypeAlias = tuple[tuple[str, str], ...]
"""Keywords of JSON Schema, each with its value as JSON text."""


class Published(Struct, frozen=True):
    """What the published schema of a value says beside what follows from its type: `description`, `format`, ….

    `inner` is said of a list's items or a map's values, `branches` of a union's branches, by their types.
    """

    keywords: Keywords = ()
    inner: Published | None = None
    branches: tuple[tuple[FieldType, Published], ...] = ()


class Field(Struct, frozen=True, cache_hash=True):
    """One property of a class.

    `required`: the property is in the schema's `required`. `nullable`: null is a value of it.
    A property that is not required and has no default is `T | None = None` in Python; None is then stored as
    absence. A required nullable one stores None as NULL.
    """

    name: str
    wire_name: str
    attribute: str
    type: FieldType
    required: bool
    position: Position
    nullable: bool = False
    default: Default | None = None
    read_only: bool = False
    description: str = ""
    silences: tuple[Silence, ...] = ()
    published: Published = Published()

    @property
    def optional_in_python(self) -> bool:
        """True where the Python annotation admits None."""
        return self.nullable or (not self.required and self.default is None)

    @property
    def none_is_null(self) -> bool:
        """True where None, if it may be, is stored as NULL, since absence is a fault or stands for another default."""
        return self.required or (self.default is not None and self.default.value is not None)


class EnumMember(Struct, frozen=True):
    """`name` is an identifier; `value` what the document lists."""

    name: str
    value: str | int


class EnumClass(Struct, frozen=True):
    """A generated StrEnum (`base` str) or IntEnum (`base` int)."""

    name: str
    base: OneOf["str", "int"]
    members: tuple[EnumMember, ...]
    position: Position
    description: str = ""
    published: Keywords = ()


class ObjectClass(Struct, frozen=True):
    """A generated class; inherited properties (allOf) are already among its fields, in the order of the document.

    `tag` is the name on the wire of the property whose one value tells it apart in all of its unions; "" if none does.
    """

    name: str
    fields: tuple[Field, ...]
    position: Position
    description: str = ""
    tag: str = ""
    published: Keywords = ()

    def field(self, name: str) -> Field:
        """The field of this Python name; KeyError if there is none."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


# --------------------------------------------------------------------------------------------------- tables


class KeyAttribute(Struct, frozen=True):
    """A physical key attribute. `type` is DynamoDB's: text unless a numeric property is itself the key attribute."""

    name: str
    type: OneOf["S", "N"] = "S"


class Index(Struct, frozen=True):
    """The table itself (`name` is "") or a global secondary index, with its physical key attributes.

    `projection` is ALL, KEYS_ONLY or INCLUDE; `included` the attributes of the last. `position` is None where the
    index is inferred.
    """

    name: str
    partition: KeyAttribute
    sort: KeyAttribute | None
    projection: OneOf["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    included: tuple[str, ...] = ()
    position: Position | None = None

    @property
    def is_table(self) -> bool:
        return not self.name

    @property
    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        """Partition key and, where there is one, sort key."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)


class Table(Struct, frozen=True):
    """The physical table. `primary` is its own key; `type_attribute` holds each item's entity type name."""

    name: str
    primary: Index
    indexes: tuple[Index, ...]
    type_attribute: str
    ttl_attribute: str | None
    position: Position

    def index(self, name: str) -> Index:
        """The index of this name, "" for the table's own key; KeyError if there is none."""
        for index in (self.primary, *self.indexes):
            if index.name == name:
                return index
        raise KeyError(name)


# ----------------------------------------------------------------------------------------------------- keys


class TransformKind(StrEnum):
    """What is done to a value on its way into a key; see SEMANTICS, key templates."""

    UPPER = "upper"
    LOWER = "lower"
    ISOMS = "isoms"
    DESC = "desc"
    SORTABLE = "sortable"
    MOD = "mod"
    ADD = "add"
    SHARD = "shard"


class Transform(Struct, frozen=True):
    """One step after `|`. `argument` is its number, where it takes one."""

    kind: TransformKind
    argument: int | None = None


class Literal(Struct, frozen=True):
    """Constant text of a template, with `{{` and `}}` already single."""

    text: str


class Component(Struct, frozen=True, cache_hash=True):
    """One `{macro}`: the value of a property as text.

    `path` leads from the entity to the property (one field, or several through nested objects).
    `format` is a Python number format (`08d`) or a strftime format (`%Y-%m`), without the colon; "" if none.
    `default` is the text of `|default:`, None if there is none. `position` is the macro's own place.
    """

    path: tuple[Field, ...]
    format: str
    transforms: tuple[Transform, ...]
    default: str | None
    position: Position

    @property
    def field(self) -> Field:
        """The property at the end of the path."""
        return self.path[-1]

    @property
    def name(self) -> str:
        """The Python name of the argument that stands for this component: `id`, `address_city`."""
        return "_".join(field.name for field in self.path)

    @property
    def identity(self) -> object:
        """What makes two components one text, whichever template they stand in."""
        return tuple(field.wire_name for field in self.path), self.format, self.transforms, self.default

    @property
    def may_be_missing(self) -> bool:
        """True where some field on the path can be None or absent, and no default text stands in."""
        return self.default is None and any(field.optional_in_python for field in self.path)


class KeyTemplate(Struct, frozen=True, dict=True):  # its components are asked for all the time
    """The text of one key: literals and components in order. Two literals never stand side by side."""

    source: str
    parts: tuple[Literal | Component, ...]
    position: Position

    @cached_property
    def components(self) -> tuple[Component, ...]:
        return tuple(part for part in self.parts if isinstance(part, Component))

    @property
    def is_constant(self) -> bool:
        return not self.components

    @property
    def identity(self) -> object:
        """What makes two templates one text, however they are written."""
        return tuple(part.identity if isinstance(part, Component) else part.text for part in self.parts)

    @property
    def leading_text(self) -> str:
        """The constant text before the first component."""
        return self.parts[0].text if self.parts and isinstance(self.parts[0], Literal) else ""


class WhenEquals(Struct, frozen=True):
    """A condition of `when`: the property at `path` has this value."""

    path: tuple[Field, ...]
    value: str | int | bool


class KeyChoice(Struct, frozen=True):
    """One alternative of a key: taken if all of `when` holds; an empty `when` always holds."""

    when: tuple[WhenEquals, ...]
    template: KeyTemplate


class Key(Struct, frozen=True):
    """What fills one logical key (`PK`, `GSI1SK`) of an entity. Most have one choice without a `when`.

    The first choice that matches counts; if none does, the key is absent.
    """

    logical: str
    choices: tuple[KeyChoice, ...]
    position: Position

    @property
    def template(self) -> KeyTemplate:
        """The template of a key that has one unconditional choice; ValueError for any other."""
        if self.is_conditional:
            raise ValueError(f"{self.logical} is chosen by value")
        (choice,) = self.choices
        return choice.template

    @property
    def is_conditional(self) -> bool:
        return len(self.choices) != 1 or bool(self.choices[0].when)

    @property
    def templates(self) -> Iterator[KeyTemplate]:
        return (choice.template for choice in self.choices)


class IndexKeys(Struct, frozen=True):
    """An entity's keys on one index. `sort` is None where the index has no sort key or the entity fills none."""

    index: Index
    partition: Key
    sort: Key | None


class AccessPattern(Struct, frozen=True):
    """A finder: `name` is the generated method, `keys` the index that serves it."""

    name: str
    keys: IndexKeys


class Entity(Struct, frozen=True):
    """A schema with an index map: one store module.

    `name` is the snake_case name of module and table attribute; `type_name` what the type attribute stores.
    `primary` are the keys of the table itself; `secondary` those of the indexes that it fills.
    `shares_keys_with` are type names whose keys may meet this entity's on purpose. `faulty_indexes` are those whose
    keys have a fault here that was reported.
    """

    name: str
    type_name: str
    model: ObjectClass
    primary: IndexKeys
    secondary: tuple[IndexKeys, ...]
    access_patterns: tuple[AccessPattern, ...]
    position: Position
    shares_keys_with: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    faulty_indexes: tuple[str, ...] = ()

    @property
    def all_keys(self) -> tuple[IndexKeys, ...]:
        return (self.primary, *self.secondary)


class Unfinished(Struct, frozen=True):
    """An entity with a fault that was reported: what of it the checks can look at all the same.

    `type_name` is None where it is not known. `filled` are the indexes that its index map names. `table_keys` are those
    of the table's own keys that have no fault. `knows_required`: it is known which properties it requires.
    """

    name: str
    type_name: str | None
    model: ObjectClass
    position: Position
    filled: tuple[str, ...] = ()
    table_keys: tuple[Key, ...] = ()
    shares_keys_with: tuple[str, ...] = ()
    knows_required: bool = True


class TableKey(Struct, frozen=True):
    """A key of the table itself, with the type name of its entity, and whether it is known what that requires."""

    type_name: str
    key: Key
    knows_required: bool = True


class Gaps(Struct, frozen=True):
    """What of a document could not be read, so that nothing is said of what depends on it.

    `table`: the root's extensions. `entities`: which schemas are entities, or what options each of them has. `keys`:
    which keys the index map of each of them fills. `attributes`: under what names properties are stored. `silences`:
    what advice the document does not want.
    """

    table: bool = False
    entities: bool = False
    keys: bool = False
    attributes: bool = False
    silences: bool = False


class Package(Struct, frozen=True, dict=True):  # what is looked up for each entity is worked out once
    """Everything that is generated from one document. Entities, models and enums are in the document's order.

    `models` holds every class that an entity reaches, the entities' own among them, each before whoever
    needs it unless they refer to each other.

    A package of which nothing is generated, for its document has faults, has `unfinished` entities and `gaps`, and
    `loose_keys`: those on an index, or on the table, where only the sort key of an entity has a fault or is missing.
    """

    spec_name: str
    table: Table
    enums: tuple[EnumClass, ...]
    models: tuple[ObjectClass, ...]
    entities: tuple[Entity, ...]
    silences: tuple[Silence, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()
    loose_keys: tuple[IndexKeys, ...] = ()
    gaps: Gaps = Gaps()

    def model(self, class_name: str) -> ObjectClass:
        """The class of this Python name; KeyError if there is none."""
        return self.models_by_name[class_name]

    def enum(self, class_name: str) -> EnumClass:
        """The enum of this Python name; KeyError if there is none."""
        return self.enums_by_name[class_name]

    @property
    def model_names(self) -> Collection[str]:
        """The Python names of all classes that are no enums."""
        return self.models_by_name.keys()

    @cached_property
    def half_known_indexes(self) -> frozenset[str]:
        """The indexes on which an entity's keys have a fault, so that it is not known of what type theirs are."""
        faulty = {name for entity in self.entities for name in entity.faulty_indexes}
        return frozenset(faulty.union(*(each.filled for each in self.unfinished)))

    @cached_property
    def all_entities(self) -> tuple[Entity | Unfinished, ...]:
        """The entities, finished or not, in the order of the document."""
        both: tuple[Entity | Unfinished, ...] = (*self.entities, *self.unfinished)
        return tuple(sorted(both, key=lambda each: (each.position.line, each.position.column)))

    @property
    def table_keys(self) -> Iterator[TableKey]:
        """The keys of the table itself; those of unfinished entities last."""
        for entity in self.entities:
            for key in (entity.primary.partition, entity.primary.sort):
                if key is not None:
                    yield TableKey(entity.type_name, key)
        for each in self.unfinished:
            for key in each.table_keys:
                yield TableKey(each.type_name or each.model.name, key, each.knows_required)

    @cached_property
    def types_sharing_keys(self) -> frozenset[str]:
        """The type names that some entity shares its keys with, by its own word."""
        return frozenset(name for entity in self.entities for name in entity.shares_keys_with)

    @cached_property
    def models_by_name(self) -> Mapping[str, ObjectClass]:
        """The classes that are no enums, by their Python names."""
        return {model.name: model for model in self.models}

    @cached_property
    def enums_by_name(self) -> Mapping[str, EnumClass]:
        """The enums by their Python names."""
        return {enum.name: enum for enum in self.enums}
