"""The expiry (ttl): which property of each entity it is, and how that is stored.

    x-dynamodb-table: {ttl: expiresAt}      whatever is stored as expiresAt
    x-dynamodb-entity: {ttl: endsAt}        this property; it is stored under the table's ttl attribute

Rules of this file:
- A table has one ttl attribute: the one that it names, else the one that its entities agree on.
- DynamoDB deletes an item once a number in that attribute, seconds since 1970, is past; anything else it passes over
  silently. So a property that could not be such a number is a fault, and so is a name that no entity has.
- What the document does not call an expiry is none: a date-time that merely has the attribute's name stays text, and
  a number there, which DynamoDB would take for one, is a fault.
- Only the entity's own class stores it so: the same class inside of another entity is an object like others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.apart import stored_kind
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.keys import KeyBuilder
from entitystore_generator.ir.model import (
    ChoiceType,
    DateTimeType,
    DateType,
    EitherType,
    EnumClass,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    LiteralType,
    NumberType,
    ObjectClass,
    Table,
)
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.ir.unread import holds_unread
from entitystore_generator.spec.schema import EntitySchema, Named

__all__ = ["Expiring", "find_expiry"]


class Expiring(Struct, frozen=True):
    """The table's ttl attribute, if it has one, and the entities' classes with their expiry as it is stored."""

    attribute: str | None
    models: tuple[ObjectClass, ...]


class _Candidate(Struct, frozen=True):
    """An entity with the property that it calls its expiry itself, and where it does."""

    entity: EntitySchema
    model: ObjectClass
    own: Field | None

    @property
    def says_so(self) -> bool:
        """Whether the entity names an expiry, rightly or not."""
        return self.entity.options is not None and self.entity.options.ttl is not None

    @property
    def position(self) -> Position:
        """Where the entity names its expiry."""
        options = self.entity.options
        return options.ttl.position if options and options.ttl else self.entity.position

    def stored_as(self, attribute: str) -> Field | None:
        """The property that has this attribute."""
        return next((field for field in self.model.fields if field.attribute == attribute), None)


def find_expiry(
    context: Context,
    table: Table,
    entities: Iterable[tuple[EntitySchema, ObjectClass]],
    classes: Mapping[str, ObjectClass],
    enums: Mapping[str, EnumClass],
) -> Expiring:
    """The table's ttl attribute, and the classes of the entities in their order."""
    if context.spec.gaps.table:
        return Expiring(None, tuple(model for _, model in entities))
    found = [
        _Candidate(entity, model, _own(KeyBuilder(context, model, classes, enums), entity))
        for entity, model in entities
    ]
    said = context.spec.table.ttl if context.spec.table else None
    attribute = said.name if said else _agreed(context, found)
    if attribute is None:
        return Expiring(None, tuple(each.model for each in found))
    if said and _is_whole(context, found) and said.name != table.type_attribute:  # that is a fault of its own
        _report_unknown(context, said, found)
    marker = _Marker(context, attribute, said is not None, enums)
    return Expiring(attribute, tuple(marker.mark(each) for each in found))


def _is_whole(context: Context, found: list[_Candidate]) -> bool:
    """Whether all properties of all entities are known, and what they are stored as."""
    gaps = context.spec.gaps
    return not (gaps.entities or gaps.attributes) and len(found) == len(context.spec.entities)


def _own(builder: KeyBuilder, entity: EntitySchema) -> Field | None:
    named = entity.options.ttl if entity.options else None
    path = builder.path((named.name,), named.position) if named else None
    return path[0] if path and not holds_unread(path[0].type) else None


def _agreed(context: Context, found: list[_Candidate]) -> str | None:
    """The attribute of the first entity that has an expiry; a fault for each that has another."""
    first: tuple[str, str] | None = None
    for each in found:
        if each.own is None:
            continue
        first = first or (each.entity.name, each.own.attribute)
        if each.own.attribute != first[1]:
            message = (
                f"the expiry (ttl) of {each.entity.name} is stored as {each.own.attribute!r}, that of {first[0]} "
                f"as {first[1]!r}, and a table has one attribute for it"
            )
            hint = f"name it in x-dynamodb-table: {{ttl: {first[1]}}}: each entity's ttl is then stored under it"
            context.error("ES233", message, each.position, hint)
    return first[1] if first else None


def _report_unknown(context: Context, said: Named, found: list[_Candidate]) -> None:
    """A ttl that no entity has is misspelt."""
    if any(each.says_so or each.stored_as(said.name) for each in found):
        return
    attributes = [field.attribute for each in found for field in each.model.fields]
    hint = did_you_mean(said.name, attributes, "name an attribute of an entity, or leave ttl out")
    context.error("ES233", f"no entity has the ttl attribute {said.name!r}, so nothing expires", said.position, hint)


class _Marker(Struct, frozen=True):
    """Marks the expiry in an entity's class. `is_said`: the table itself names the attribute."""

    context: Context
    attribute: str
    is_said: bool
    enums: Mapping[str, EnumClass]

    def mark(self, candidate: _Candidate) -> ObjectClass:
        """The class with its expiry as it is stored; as it was where it has none, or a fault."""
        field = candidate.own or candidate.stored_as(self.attribute)
        is_known = candidate.own or (candidate.entity.knows_options and field and not holds_unread(field.type))
        if field is None or not is_known or self._has_fault(candidate, field):
            return candidate.model
        stored = replace(field, attribute=self.attribute, type=self._stored(field.type) or field.type)
        fields = tuple(stored if each is field else each for each in candidate.model.fields)
        return replace(candidate.model, fields=fields)

    def _has_fault(self, candidate: _Candidate, field: Field) -> bool:
        if candidate.own is None and not self.is_said:
            self._report_unnamed(candidate, field)
            return True
        place = candidate.position if candidate.own else field.position
        title = f"{field.wire_name} of {candidate.entity.name}"
        if field.attribute not in (field.wire_name, self.attribute):
            message = f"{title} is stored as {field.attribute!r} by its own word, and as {self.attribute!r} as the ttl"
            self.context.error("ES233", message, place, "remove its x-dynamodb-attribute.name, or make both one name")
            return True
        if self._stored(field.type) is None:
            message = f"{title} is the expiry (ttl), but is stored as {self._kind(field.type) or 'a union'}"
            self.context.error("ES233", message, place, _remedy(field.type))
            return True
        return False

    def _report_unnamed(self, candidate: _Candidate, field: Field) -> None:
        """Another entity's ttl made this attribute the table's: DynamoDB looks at every number in it."""
        if self._kind(field.type) == "N":
            message = (
                f"{field.wire_name} of {candidate.entity.name} is a number in {self.attribute!r}, the ttl attribute "
                "by another entity's word: DynamoDB would delete by it"
            )
            hint = f"say x-dynamodb-entity: {{ttl: {field.wire_name}}} here, too, or store it under another name"
            self.context.error("ES233", message, field.position, hint)

    def _stored(self, type_: FieldType) -> FieldType | None:
        """The type as it is stored in the ttl attribute; None if it cannot be."""
        match type_:
            case DateTimeType() | NumberType():
                return replace(type_, expires=True)
            case IntegerType() | EnumType() | LiteralType() | ChoiceType() | EitherType(type=IntegerType()):
                return type_ if self._kind(type_) == "N" else None
            case _:
                return None

    def _kind(self, type_: FieldType) -> str:
        return stored_kind(type_, lambda name: self.enums[name].base)


def _remedy(type_: FieldType) -> str:
    wanted = "make it a date-time (stored as seconds since 1970), or an integer that counts them"
    return f"a day ends at another second in each time zone: {wanted}" if isinstance(type_, DateType) else wanted
