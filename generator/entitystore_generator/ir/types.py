"""Schemas to field types, and to the classes that they name.

    Types.field_type(schema, place)  ->  FieldType, and nullable
    Types.build_classes()            ->  every class that was asked for, and those that these need

Rules of this file:
- One class for each schema, found by its pointer. Fields are built from a work list, not by recursion, so that schemas
  may refer to each other in any depth and in circles.
- What a type cannot hold is an error with a hint; the type is then unread, and the building goes on. So it is for a
  schema with a fault, of which what is inside is built for its own faults.
- A constraint that is not enforced is never dropped in silence: there is a note.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.ir import scalars, unions
from entitystore_generator.ir.apart import Apart
from entitystore_generator.ir.branches import Indistinguishable, Settler
from entitystore_generator.ir.classes import ClassNaming, InlinePlace
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.defaults import PendingDefault, checked_default, normal_default
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    Default,
    EnumClass,
    EnumMember,
    EnumType,
    Field,
    FieldType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectClass,
    ObjectType,
    SetType,
    UnionType,
)
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.ir.order import enum_references
from entitystore_generator.ir.published import Publisher, published_by_class
from entitystore_generator.ir.schemas import Resolved, Resolver
from entitystore_generator.ir.silences import silences_of
from entitystore_generator.ir.tags import TaggedUnion, completed, narrowed
from entitystore_generator.ir.unquoted import DefaultDecider
from entitystore_generator.ir.unread import UNREAD, holds_unread, reaches_unread
from entitystore_generator.spec.schema import AttributeExtension, Pointer, Schema

__all__ = ["Types"]

_MAX_DEPTH = 60


class _Draft(Struct, frozen=True):
    """A class that has a name and waits for its fields."""

    name: str
    schema: Schema
    description: str


class _Union(Struct, frozen=True):
    """A union as the document has it, and the schema that it was made of."""

    type: UnionType
    schema: Schema


class Types:
    """Builds the types and classes of one document."""

    def __init__(self, context: Context, naming: ClassNaming) -> None:
        self.context = context
        self.resolver = Resolver(context)
        self.enums: dict[str, EnumClass] = {}
        self.classes: dict[str, ObjectClass] = {}
        self._naming = naming
        self._names: dict[Pointer, str] = {}
        self._drafts: deque[_Draft] = deque()
        self._schemas: dict[str, Schema] = {}
        self._unions: list[_Union] = []
        self._inside: list[Pointer] = []
        self._defaults: list[PendingDefault] = []
        self._built: dict[Pointer, FieldType] = {}
        self._publisher = Publisher(context, self.resolver, self._built)

    # ------------------------------------------------------------------------------------------ classes

    def request_class(self, schema: Schema, place: InlinePlace, description: str = "") -> str:
        """The Python name of the class of a resolved object schema; it is built by `build_classes`."""
        known = self._names.get(schema.pointer)
        if known is not None:
            return known
        name = self._naming.object_name(schema, place)
        self._names[schema.pointer] = name
        self._schemas[name] = schema
        self._drafts.append(_Draft(name, schema, description or schema.description))
        return name

    def schema_of(self, type_: ObjectType) -> Schema:
        """The resolved schema that a class was requested for."""
        return self._schemas[type_.class_name]

    def build_classes(self) -> None:
        """Build what was requested, and what that requests; then what needs all classes: unions and defaults."""
        while self._drafts:
            draft = self._drafts.popleft()
            self.classes[draft.name] = self._build(draft)
        self._settle_unions()
        for pending in self._defaults:
            self._check_default(pending)
        self._defaults.clear()

    def union(self, type_: UnionType, schema: Schema) -> UnionType:
        """A union, remembered; `build_classes` settles it."""
        self._unions.append(_Union(type_, schema))
        return type_

    def _settle_unions(self) -> None:
        """First the tags of classes, by which objects are told apart; then the unions, and whatever holds one."""
        if not self._unions:
            return
        apart = Apart(self.classes, self.enums)
        settler = Settler(apart, completed([each.type for each in self._unions], apart))
        tagged = [
            TaggedUnion(settler.completed.get(each.type, each.type), each.schema.discriminator.position)
            for each in self._unions
            if each.schema.discriminator is not None and each.type.discriminator is not None
        ]
        classes, faults = narrowed(tagged, apart)
        for each, fault in faults:
            if not reaches_unread(each.union, self.classes):
                self.context.error("ES216", fault.message, each.position, fault.hint)
            settler.give_up(each.union)
        self.classes.update(classes)
        for union in self._unions:
            try:
                settler.settled(union.type)
            except Indistinguishable as found:
                if not reaches_unread(union.type, self.classes):
                    self.context.error("ES216", found.message, union.schema.position, found.hint)
                settler.give_up(union.type)
        self._unions.clear()
        self._put_in(settler)

    def _put_in(self, settler: Settler) -> None:
        for name, model in self.classes.items():
            fields = tuple(_with_type(field, settler.settled(field.type)) for field in model.fields)
            self.classes[name] = replace(model, fields=fields, tag=settler.tags.get(name, ""))
        self._forget_enums()

    def _forget_enums(self) -> None:
        """What a tag or another branch stands in for needs no class, unless it has a name of its own."""
        fields = [field for model in self.classes.values() for field in model.fields]
        used = {name for field in fields for name in enum_references(field.type)}
        named = {self._names[each] for each in self.context.spec.closure_names if each in self._names}
        for name in [each for each in self.enums if each not in used | named]:
            del self.enums[name]

    def _build(self, draft: _Draft) -> ObjectClass:
        schema = draft.schema
        self._report_unknown_required(schema)
        if schema.additional not in (None, False) and not schema.faulty:
            self.context.note(
                "ES222",
                f"only the declared properties of {draft.name} are stored, not additional ones",
                schema.position,
                "declare them, or put them into a property with additionalProperties alone",
            )
        names = self._naming.field_names(schema, self.context)
        fields = [self._field(draft, wire, name) for wire, name in names.items()]
        published = published_by_class(schema)
        return ObjectClass(draft.name, tuple(fields), schema.position, draft.description, published=published)

    def _report_unknown_required(self, schema: Schema) -> None:
        for name in () if schema.faulty else schema.required:
            if name not in schema.properties:
                self.context.warning(
                    "ES226",
                    f"required names {name!r}, which is no property",
                    schema.position,
                    did_you_mean(name, schema.properties, "add the property, or take it out of required"),
                )

    def _field(self, draft: _Draft, wire: str, name: str) -> Field:
        schema = draft.schema.properties[wire]
        position = draft.schema.property_positions.get(wire, schema.position)
        resolved = self.resolver.resolve(schema)
        place = self._naming.place(draft.schema, draft.name, wire)
        type_, nullable = self._field_type(schema, resolved, place)
        attribute = resolved.attribute
        field = Field(
            name=name,
            wire_name=wire,
            attribute=(attribute.name if attribute else "") or wire,
            type=type_,
            required=wire in draft.schema.required,
            position=position,
            nullable=nullable,
            read_only=resolved.read_only,
            description=schema.description or ("" if isinstance(type_, ObjectType) else resolved.description),
            silences=silences_of(schema),
            published=self._publisher.of_value(resolved, type_),
        )
        return self._with_default(field, resolved, draft.name)

    def _with_default(self, field: Field, resolved: Resolved, class_name: str) -> Field:
        if not resolved.has_default or (resolved.default is None and not (field.required and field.nullable)):
            return field
        self._defaults.append(PendingDefault(class_name, field.name, resolved.default_from.position))
        given = replace(field, default=Default(normal_default(field.type, resolved.default)))
        self._refuse_three_absences(given, resolved)
        return given

    def _refuse_three_absences(self, field: Field, resolved: Resolved) -> None:
        """Report a set for which nothing is left to store an empty one as: NULL is null, and absence its default."""
        is_set, default = isinstance(field.type, SetType), field.default
        if is_set and field.nullable and not field.required and default is not None and default.value not in (None, ()):
            self.context.error(
                "ES218",
                "an empty set could not be stored: where it is missing it has a default, and NULL is null",
                resolved.attribute.position if resolved.attribute else field.position,
                "leave out the default or null, or store it as a list: leave out set: true",
            )

    def _check_default(self, pending: PendingDefault) -> None:
        if self.classes[pending.class_name].field(pending.name).default is None:
            return  # a tag that has one value in this class
        field = self._with_decided_default(pending)
        reason = checked_default(field, self.classes, self.enums)
        if reason:
            self.context.error(
                "ES217",
                f"the default of {field.wire_name} is not a value of it: {reason}",
                pending.position,
                "correct the default, or the schema",
            )

    def _with_decided_default(self, pending: PendingDefault) -> Field:
        model = self.classes[pending.class_name]
        field = model.field(pending.name)
        assert field.default is not None
        value = DefaultDecider(self.classes, self.enums, self.context).value(field.default.value, field.type)
        if value is field.default.value:
            return field
        decided = replace(field, default=Default(value))
        fields = tuple(decided if each is field else each for each in model.fields)
        self.classes[model.name] = replace(model, fields=fields)
        return decided

    # -------------------------------------------------------------------------------------------- types

    def field_type(self, schema: Schema, place: InlinePlace) -> tuple[FieldType, bool]:
        """The type of a schema, and whether null is a value of it."""
        return self._field_type(schema, self.resolver.resolve(schema), place)

    def _field_type(self, schema: Schema, resolved: Resolved, place: InlinePlace) -> tuple[FieldType, bool]:
        pointer = resolved.schema.pointer
        if pointer in self._inside or len(self._inside) >= _MAX_DEPTH:
            circular = pointer in self._inside
            message = "this schema contains itself without an object between" if circular else "it is nested too deeply"
            return self.refuse("ES224", message, schema, "put the inner one into a property of an object")
        self._inside.append(pointer)
        try:
            found = self._by_kind(resolved, place)
        finally:
            self._inside.pop()
        self._built[pointer] = found[0]
        return found

    def _by_kind(self, resolved: Resolved, place: InlinePlace) -> tuple[FieldType, bool]:
        schema, attribute = resolved.schema, resolved.attribute
        if schema.faulty:
            self._check_readable(schema, attribute)
            self._build_inside(schema, place)
            return UNREAD, resolved.nullable
        before = self.context.diagnostics.error_count
        type_, nullable = self.plain(schema, attribute, place)
        self._check_attribute(attribute, type_, schema)
        has_fault = self.context.diagnostics.error_count > before
        return UNREAD if has_fault else type_, nullable or resolved.nullable

    def _check_readable(self, schema: Schema, attribute: AttributeExtension | None) -> None:
        """Report what else is wrong in a schema with a fault, however that is corrected: pattern, bounds, set: true."""
        if schema.has_const or schema.enum_values or schema.one_of or schema.any_of or schema.ref is not None:
            return
        kind = scalars.implied_type(schema)
        if kind in ("string", "integer", "number"):
            scalars.scalar(kind, schema, None, self.context)
        if attribute is not None and attribute.set and schema.type not in ("", "array"):
            self._refuse_set(attribute)

    def _build_inside(self, schema: Schema, place: InlinePlace) -> None:
        """What a schema with a fault has inside, so that its faults are told, too."""
        if schema.properties and scalars.implied_type(schema) == "object":
            self.object_of(schema, place)
        inner = schema.additional if isinstance(schema.additional, Schema) else schema.items
        for each in (*schema.one_of, *schema.any_of, *([inner] if inner is not None else [])):
            self.field_type(each, place.item())

    def plain(self, schema: Schema, attribute: AttributeExtension | None, place: InlinePlace) -> tuple[FieldType, bool]:
        """The type of a schema without `$ref` and `allOf`, and whether its branches admit null."""
        if schema.has_const:
            return scalars.constant(schema, self.context), False
        if schema.enum_values:
            return self._enum(schema, place), False
        if schema.one_of or schema.any_of or len(schema.types) > 1 or unions.is_base(schema, self.context):
            return unions.build(self, schema, place)
        match scalars.implied_type(schema):
            case "array":
                return self._array(schema, attribute, place), False
            case "object":
                return self._object(schema, attribute, place), False
            case "":
                return AnyType(), False
            case name:
                return scalars.scalar(name, schema, attribute, self.context), False

    def _enum(self, schema: Schema, place: InlinePlace) -> FieldType:
        checked = scalars.enum_values(schema, self.context)
        if isinstance(checked, (BooleanType, LiteralType, AnyType)):
            return checked
        known = self._names.get(schema.pointer)
        if known in self._schemas:  # it has an index map, and is no object: that is told of the entity
            return UNREAD
        if known is None:
            known = self._names[schema.pointer] = self._naming.enum_name(schema, place)
            members = self._naming.member_names(schema, checked)
            self.enums[known] = EnumClass(
                known,
                "str" if isinstance(checked[0], str) else "int",
                tuple(map(EnumMember, members, checked)),
                schema.position,
                schema.description,
                published_by_class(schema),
            )
        return EnumType(known)

    def _array(self, schema: Schema, attribute: AttributeExtension | None, place: InlinePlace) -> FieldType:
        item, nullable = self._element(schema.items, attribute, place.item())
        scalars.check_bounds(schema.min_items, schema.max_items, "Items", schema, self.context)
        if attribute is None or not attribute.set:
            element = NullableType(item) if nullable and not isinstance(item, AnyType) else item
            return ListType(element, schema.min_items, schema.max_items, schema.unique_items)
        if not holds_unread(item) and (nullable or not scalars.can_be_in_set(item)):
            self.context.error(
                "ES218",
                "a set holds strings, numbers or bytes, and no null",
                attribute.position,
                "store it as a list: leave out set: true",
            )
        return SetType(item, schema.min_items, schema.max_items)

    def _object(self, schema: Schema, attribute: AttributeExtension | None, place: InlinePlace) -> FieldType:
        if schema.properties:
            return self.object_of(schema, place)
        self._report_unknown_required(schema)
        scalars.check_bounds(schema.min_properties, schema.max_properties, "Properties", schema, self.context)
        if schema.additional is False:
            return MapType(AnyType(), max_properties=0)
        values = schema.additional if isinstance(schema.additional, Schema) else None
        value, nullable = self._element(values, attribute, place.value())
        if nullable and not isinstance(value, AnyType):
            value = NullableType(value)
        return MapType(value, schema.min_properties, schema.max_properties)

    def object_of(self, schema: Schema, place: InlinePlace) -> ObjectType:
        """The type of an object schema with properties, whatever else is said of it."""
        return ObjectType(self.request_class(schema, place))

    def _element(
        self, schema: Schema | None, attribute: AttributeExtension | None, place: InlinePlace
    ) -> tuple[FieldType, bool]:
        """The type of a list's or map's elements, to which `number: decimal` of the whole applies."""
        if schema is None:
            return AnyType(), True
        type_, nullable = self.field_type(schema, place)
        if attribute is not None and attribute.decimal and isinstance(type_, NumberType):
            type_ = replace(type_, decimal=True)
        if isinstance(type_, SetType):  # which is absent when it is empty, and an element cannot be
            type_ = replace(type_, min_items=max(1, type_.min_items or 0))
        return type_, nullable

    # -------------------------------------------------------------------------------------------- faults

    def _check_attribute(self, attribute: AttributeExtension | None, type_: FieldType, schema: Schema) -> None:
        if attribute is None or holds_unread(type_):
            return
        if attribute.set and not isinstance(type_, SetType):
            self._refuse_set(attribute)
        if attribute.decimal and not scalars.holds_decimals(type_):
            self.context.error(
                "ES218",
                "number: decimal is for numbers, and arrays or maps of numbers",
                attribute.position,
                "an integer is exact anyway" if schema.type == "integer" else "leave it out",
            )

    def _refuse_set(self, attribute: AttributeExtension) -> None:
        message = "set: true is for arrays"
        self.context.error("ES218", message, attribute.position, "make it an array, or leave it out")

    def refuse(self, code: str, message: str, schema: Schema, hint: str) -> tuple[FieldType, bool]:
        """Report a fault; gives the type with which the building goes on."""
        self.context.error(code, message, schema.position, hint)
        return UNREAD, False


def _with_type(field: Field, type_: FieldType) -> Field:
    if type_ == field.type:
        return field
    default = field.default and Default(normal_default(type_, field.default.value))
    return replace(field, type=type_, default=default)
