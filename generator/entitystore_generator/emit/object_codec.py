"""The codec of one class: its item struct, how an object is read from it and written to it, and its checks.

Rules of this file:
- The same for entities and for the objects inside of them; an entity adds its keys and its type (`store_view`).
- The order of fields is the document's, in all of the parts.
- None of a property that is not required is absence; None of a required nullable one, or of one whose default is
  something else, is NULL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from entitystore_generator.config import ModelKind
from entitystore_generator.emit.codecs import CodecEmitter
from entitystore_generator.emit.constraints import ConstraintEmitter
from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.names import (
    argument_name,
    free_name,
    from_item_name,
    item_struct_name,
    local_name,
    snake_case,
    to_item_name,
)
from entitystore_generator.emit.python_types import default_expression, may_be_none
from entitystore_generator.emit.source import Docstring, identifier, literal
from entitystore_generator.emit.views import ObjectCodecView
from entitystore_generator.ir.model import (
    AnyType,
    DateTimeType,
    Field,
    FieldType,
    ObjectClass,
    Package,
    SetType,
    StringType,
    UnionType,
    UuidType,
)

__all__ = ["Entries", "ObjectCodec", "Written"]

Entries = list[tuple[str, str]]


class Written(Struct, frozen=True):
    """An entry of an item: the literal of its key, its value, and the condition of its being there, "" if always."""

    key: str
    value: str
    condition: str = ""

    @property
    def statements(self) -> list[str]:
        """What writes it to the item."""
        line = f"item[{self.key}] = {self.value}"
        return [f"if {self.condition}:", f"    {line}"] if self.condition else [line]


class ObjectCodec(Struct):
    """Makes the parts of a class's codec.

    `path` is the body of an f-string that leads to the object in errors. `read_as_text` are fields whose stored text is
    read, and converted in Python: they are key attributes themselves.
    """

    model: ObjectClass
    package: Package
    kind: ModelKind
    imports: Imports
    codecs: CodecEmitter
    constraints: ConstraintEmitter
    path: str = ""
    _held: dict[str, str] = msgspec.field(default_factory=dict)
    read_as_text: frozenset[str] = frozenset()

    @property
    def argument(self) -> str:
        """The name of the object in `encode` and the checks."""
        return argument_name(self.model.name)

    def hold(self, taken: set[str]) -> None:
        """Let the checks put each property that they look at into a variable, which what follows them uses.

        A look-up of pydantic's costs as much as a check; one for each property is what is left.
        """
        for each in self.model.fields:
            if not (isinstance(each.type, AnyType) or self._is_of_class(each) or self._is_checked_later(each)):
                self._held[each.name] = free_name(local_name(each.name), taken)

    def value(self, field: Field) -> str:
        """The expression of a property of the object that is written."""
        return self._held.get(field.name) or f"{self.argument}.{field.name}"

    def leaves(self) -> Entries:
        """Fields of the item struct: name, and annotation with default."""
        return [(field.name, self._leaf(field)) for field in self.model.fields]

    def _leaf(self, field: Field) -> str:
        optional = not _is_plain(field)
        wire = self.codecs.wire(self._read_type(field), self._scope(field), optional=optional)
        default = "" if _must_be_there(field) else self._absent(field, wire)
        if field.attribute == field.name and not default.startswith("default_factory"):
            return wire + (f" = {default.removeprefix('default=')}" if default else "")
        name = "" if field.attribute == field.name else f"name={literal(field.attribute)}"
        given = ", ".join(part for part in (default, name) if part)
        return f"{wire} = {self.imports.use('entitystore.wire', 'field')}({given})"

    def _read_type(self, field: Field) -> FieldType:
        return StringType() if field.name in self.read_as_text else field.type

    def _absent(self, field: Field, wire: str) -> str:
        """The leaf that stands for a missing attribute, as an argument of `field`."""
        if isinstance(field.type, AnyType):
            absent = "no_document" if _any_with_default(field) else "null_document"
            return f"default_factory={self.imports.use('entitystore.wire', absent)}"
        if isinstance(field.type, UnionType):
            return f"default={wire}(NULL=True)"
        return f"default={wire.split('[')[0]}()"

    def given(self) -> Entries:
        """Constructor arguments: name and the expression that reads it."""
        return [(field.name, self._read(field)) for field in self.model.fields]

    def _is_of_class(self, field: Field) -> bool:
        """True for the tag of a msgspec class, which is the same for all objects and cannot change."""
        return self.kind == "msgspec" and bool(self.model.tag) and field.wire_name == self.model.tag

    def _read(self, field: Field) -> str:
        leaf, scope = f"item.{field.name}", self._scope(field)
        if _any_with_default(field):
            default = default_expression(field, self.package, self.imports, ".models")
            return f"{self.codecs.decode(field.type, leaf, scope)} if {leaf} else {default}"
        if field.name in self.read_as_text:
            return self._convert_text(field, f"{leaf}.S")
        if _is_plain(field) or isinstance(field.type, AnyType):
            return self.codecs.decode(field.type, leaf, scope)
        return self.codecs.decode_optional(field.type, leaf, scope, self._when_absent(field, leaf))

    def _convert_text(self, field: Field, text: str) -> str:
        function = "uuid_of" if isinstance(field.type, UuidType) else "time_of"
        converted = f"{self.imports.use('entitystore.key_forms', function)}({text})"
        if _is_plain(field):
            return converted
        return f"{self._when_absent(field, f'item.{field.name}')} if {text} is None else {converted}"

    def _when_absent(self, field: Field, leaf: str) -> str:
        """The value where nothing, or NULL, is stored."""
        if isinstance(field.type, SetType):
            return self._absent_set(field, leaf)
        if field.default is None and may_be_none(field):
            return "None"
        default = default_expression(field, self.package, self.imports, ".models")
        if not may_be_none(field) or default == "None":
            return default
        return f"(None if {leaf}.NULL else {default})"

    def _absent_set(self, field: Field, leaf: str) -> str:
        """What a set is of which nothing is stored, or NULL. An empty one is absent where absence is no default."""
        if _has_members_by_default(field):
            default = default_expression(field, self.package, self.imports, ".models")
            return f"({'None' if field.nullable else 'set()'} if {leaf}.NULL else {default})"
        return f"(None if {leaf}.NULL else set())" if field.nullable else "set()"

    def written(self, field: Field) -> Iterator[Written]:
        """How a property is written."""
        value, key = self.value(field), literal(field.attribute)
        encoded = self.codecs.encode(field.type, value, field.name, self._scope(field))
        if _has_members_by_default(field) and isinstance(field.type, SetType) and not field.nullable:
            yield Written(key, f'{encoded} if {value} else {{"NULL": True}}')
        elif isinstance(field.type, SetType):
            if field.nullable:
                yield Written(key, '{"NULL": True}', f"{value} is None")
            yield Written(key, encoded, value)
        elif isinstance(field.type, AnyType) and not field.none_is_null:
            yield Written(key, encoded, f"{value} is not None")
        elif not may_be_none(field):
            yield Written(key, encoded)
        elif field.none_is_null:
            yield Written(key, f'{{"NULL": True}} if {value} is None else {encoded}')
        else:
            yield Written(key, encoded, f"{value} is not None")

    def checked(self, field: Field, writes: list[str]) -> list[str]:
        """Statements that raise ValidationError for what the schema does not allow, and what then writes the property.

        Both stand under one test where the property may be None.
        """
        found = self._checks_of(field)
        if not found:
            return writes
        value = self.value(field)
        head = f"if {value} is not None:"
        if may_be_none(field):
            inside = writes[1:] if writes[:1] == [head] else []
            found = [head, *(f"    {line}" for line in found), *inside]
            writes = [] if inside else writes
        if field.name in self._held:
            found[0] = _holding(found[0], value, f"{self.argument}.{field.name}")
        return [*found, *writes]

    def _checks_of(self, field: Field) -> list[str]:
        if self._is_of_class(field) or self._is_checked_later(field):
            return []
        label = f"{self.path}.{field.name}" if self.path else field.name
        return self.constraints.check(field.type, self.value(field), label)

    def _is_checked_later(self, field: Field) -> bool:
        """True where the conversion, `timestamp_text`, says the same under the same name."""
        return not self.path and field.type == DateTimeType()

    def view(
        self,
        leaves: Entries,
        docstring: Docstring,
        class_expression: str,
        written: list[str],
        checks: Iterable[str] = (),
    ) -> ObjectCodecView:
        """The finished view of these parts. `class_expression` is what the class goes by in this module."""
        name = self.model.name
        return ObjectCodecView(
            class_name=identifier(name),
            class_expression=class_expression,
            struct=item_struct_name(name),
            from_name=from_item_name(name),
            to_name=to_item_name(name),
            argument=identifier(self.argument),
            docstring=docstring,
            leaves=tuple(leaves),
            given=tuple((identifier(field), expression) for field, expression in self.given()),
            checks=tuple(checks),
            written=tuple(written),
            check_name=f"check_{snake_case(name)}",
            kind=self.kind,
            constructor=f"_make_{snake_case(name)}",
            size=f"_{snake_case(name).upper()}_SIZE",
        )

    def _scope(self, field: Field) -> str:
        """The name that a union of this field goes by: `OrderPayment`."""
        scope = self.model.name + "".join(word.capitalize() for word in field.name.split("_"))
        self.codecs.labels[scope] = field.name
        return scope


def _holding(line: str, variable: str, value: str) -> str:
    """The line, which puts the value into the variable where it first uses that."""
    found = re.search(rf"\b{variable}\b", line)
    assert found is not None
    start, end = found.span()
    is_argument = line[start - 1] == "(" and line[end] in ",)"
    held = f"{variable} := {value}" if is_argument else f"({variable} := {value})"
    return line[:start] + held + line[end:]


def _is_plain(field: Field) -> bool:
    """True where the attribute is always there and never NULL."""
    return field.required and not field.nullable and not isinstance(field.type, SetType)


def _must_be_there(field: Field) -> bool:
    return field.required and not isinstance(field.type, SetType)


def _any_with_default(field: Field) -> bool:
    """True where an absent value of any type stands for its default, so that NULL is a value."""
    return isinstance(field.type, AnyType) and field.default is not None and not field.required


def _has_members_by_default(field: Field) -> bool:
    """True where an absent set stands for its default, so that an empty one is stored as NULL."""
    return not field.required and field.default is not None and field.default.value not in (None, ())
