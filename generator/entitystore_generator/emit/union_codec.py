"""The codec of a union: a struct of its stored forms, a function that reads one, and one that writes one.

    oneOf: [string, integer]         S: str | None, N: str | None; the one that is there
    oneOf: [date, date-time, enum]   S: str | None; the first that reads it
    oneOf: [integer, number]         N: str | None; an int if it is whole
    oneOf: [Cat, Dog]                M: dict[str, object] | None; by the tag, or the first that reads it

Rules of this file:
- Why the first that reads a value is the right one is said in `ir/branches.py`; the order is decided there.
- What would be read back as another branch is not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.names import from_item_name, item_struct_name, to_item_name
from entitystore_generator.emit.python_types import annotation, plain_annotation
from entitystore_generator.emit.source import literal
from entitystore_generator.ir.apart import stored_kind
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    DateTimeType,
    EitherType,
    EnumType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    UnionOption,
    UnionType,
)

if TYPE_CHECKING:
    from entitystore_generator.emit.codecs import CodecEmitter

__all__ = ["UnionCodec", "fill_union", "is_of_type"]

VALUES = "entitystore.values"


class UnionCodec(Struct):
    """A union's leaf struct and its two functions, for the template `union.jinja`.

    `leaves` are (DynamoDB type, annotation), `decoders` statements, `encoders` (test, statements before, expression).
    `written` is the type of what is stored.
    """

    name: str
    struct: str
    from_name: str
    to_name: str
    annotation: str
    written: str
    label: str
    quoted_label: str
    wanted: str
    unreadable: str
    leaves: list[tuple[str, str]] = []
    decoders: list[str] = []
    encoders: list[tuple[str, list[str], str]] = []

    @classmethod
    def named(cls, name: str, label: str, union: UnionType, imports: Imports) -> UnionCodec:
        """An empty one. `label` is what errors call the property."""
        wanted = " or ".join(plain_annotation(option.type) for option in union.options)
        return cls(
            name=name,
            struct=item_struct_name(name),
            from_name=f"_{from_item_name(name)}",
            to_name=f"_{to_item_name(name)}",
            annotation=annotation(union, imports),
            written=imports.use(VALUES, "AttributeValue"),
            label=label,
            quoted_label=literal(label),
            wanted=literal(wanted),
            unreadable=literal(f"expected {wanted}"),
        )


def fill_union(codec: UnionCodec, union: UnionType, scope: str, codecs: CodecEmitter) -> None:
    """Put leaves, decoders and encoders into the codec of a union."""
    _Filler(codec, union, scope, codecs).fill()


class _Filler(Struct):
    codec: UnionCodec
    union: UnionType
    scope: str
    codecs: CodecEmitter

    def fill(self) -> None:
        for option in sorted(self.union.options, key=_place_of_test):
            test = is_of_type(option.type, "value", self.codecs.imports)
            self.codec.encoders.append((test, self._refusals(option), self._encoded(option.type)))
        by_kind: dict[str, list[UnionOption]] = {}
        for option in self.union.options:
            by_kind.setdefault(self._kind(option.type), []).append(option)
        for kind, options in by_kind.items():
            self._read(kind, options)

    def _kind(self, type_: FieldType) -> str:
        return stored_kind(type_, lambda name: self.codecs.package.enum(name).base)

    # -------------------------------------------------------------------------------------------- writing

    def _encoded(self, type_: FieldType) -> str:
        if isinstance(_whole(type_), NumberType) and self._number_beside_integer() == NumberType(False):
            use = self.codecs.imports.use(VALUES, "exact_float_text")
            return f'{{"N": {use}(value, {literal(self.codec.label)})}}'
        return self.codecs.encode(type_, "value", self.codec.label, self.scope)

    def _number_beside_integer(self) -> FieldType | None:
        wholes = [_whole(option.type) for option in self.union.options]
        has_integer = any(isinstance(each, IntegerType) for each in wholes)
        return next((each for each in wholes if has_integer and isinstance(each, NumberType)), None)

    def _refusals(self, option: UnionOption) -> list[str]:
        """Statements that refuse what would be read back as another branch."""
        if option.taken:
            values = ", ".join(map(literal, option.taken))
            reason = "is a value of two branches, and read back as the first: use that one's"
            return self._refusal(f"value.value in ({values},)", self.codec.label, reason)
        if not isinstance(option.type, ObjectType) or not option.tags:
            return []
        fields = self.codecs.package.model(option.type.class_name).fields
        tag = next(field for field in fields if field.wire_name == self.union.discriminator)
        if not isinstance(tag.type, ChoiceType) or set(tag.type.values) == set(option.tags):
            return []
        values = ", ".join(map(literal, option.tags))
        label = f"{self.codec.label}.{tag.name}"
        reason = f"is none of the tags that choose {option.type.class_name} here"
        return self._refusal(f"value.{tag.name} not in ({values},)", label, reason)

    def _refusal(self, test: str, label: str, reason: str) -> list[str]:
        error = self.codecs.imports.use("entitystore.errors", "ValidationError")
        return [f"if {test}:", f"    raise {error}({literal(label)}, {literal(reason)})"]

    # -------------------------------------------------------------------------------------------- reading

    def _read(self, kind: str, options: list[UnionOption]) -> None:
        if len(options) == 1:
            type_ = options[0].type
            self._add(kind, _container(kind, self.codecs.inside(type_, self.scope) or "bytes"))
            self._decode(kind, f"return {self.codecs.convert(type_, f'leaf.{kind}', self.scope)}")
        elif kind == "M":
            self._read_objects(options)
        elif kind == "N" and self._number_beside_integer() is not None:
            self._read_number(self._number_beside_integer() == NumberType(True))
        else:
            self._add(kind, "str")
            self._decode(kind, *(line for option in options for line in self._attempt(kind, option.type)))

    def _add(self, kind: str, leaf: str) -> None:
        self.codec.leaves.append((kind, leaf))

    def _decode(self, kind: str, *lines: str) -> None:
        self.codec.decoders += [f"if leaf.{kind} is not None:", *(f"    {line}" for line in lines)]

    def _read_number(self, decimal: bool) -> None:
        self._add("N", self.codecs.imports.use("decimal", "Decimal") if decimal else "str")
        use = self.codecs.imports.use(VALUES, "int_or_decimal" if decimal else "int_or_float")
        self._decode("N", f"return {use}(leaf.N)")

    def _attempt(self, kind: str, type_: FieldType) -> list[str]:
        """Statements that give the value if it can be read as the type."""
        match type_:
            case LiteralType(value=value):
                return [f"if leaf.{kind} == {literal(str(value))}:", f"    return {literal(value)}"]
            case EnumType(class_name=name):
                value = f"leaf.{kind}" if kind == "S" else f"int(leaf.{kind})"
                read = f"{self.codecs.imports.use('.models', name)}({value})"
                return _tried(read, "ValueError")
            case _:
                return self._converted(type_, f'{{"{kind}": leaf.{kind}}}')

    def _converted(self, type_: FieldType, stored: str) -> list[str]:
        convert = f"{self.codecs.imports.module('msgspec')}.convert"
        leaf = f"{convert}({stored}, {self.codecs.wire(type_, self.scope)})"
        return _tried(self.codecs.decode(type_, leaf, self.scope), _UNREADABLE)

    def _read_objects(self, options: list[UnionOption]) -> None:
        self._add("M", "dict[str, object]")
        if self.union.discriminator is not None:
            self._decode("M", *self._by_tag(options))
            return
        lines: list[str] = []
        for option in options:
            if isinstance(option.type, ObjectType):
                lines += _tried(self._object(option.type), _UNREADABLE)
            else:
                lines += self._converted(option.type, '{"M": leaf.M}')
        self._decode("M", *lines)

    def _by_tag(self, objects: list[UnionOption]) -> list[str]:
        lines = [f"match leaf.M.get({literal(self._tag_attribute(objects))}):"]
        for option in objects:
            assert isinstance(option.type, ObjectType)
            patterns = " | ".join(f'{{"S": {literal(tag)}}}' for tag in option.tags)
            lines += [f"    case {patterns}:", f"        return {self._object(option.type)}"]
        return lines

    def _object(self, type_: ObjectType) -> str:
        struct, make = self.codecs.stored_object(type_.class_name)
        return f"{make}({self.codecs.imports.module('msgspec')}.convert(leaf.M, {struct}))"

    def _tag_attribute(self, objects: list[UnionOption]) -> str:
        """The stored name of the tag, which is one in all of them."""
        assert isinstance(objects[0].type, ObjectType)
        fields = self.codecs.package.model(objects[0].type.class_name).fields
        return next(field.attribute for field in fields if field.wire_name == self.union.discriminator)


_UNREADABLE = "(msgspec.ValidationError, ValueError)"


def _tried(read: str, errors: str) -> list[str]:
    return ["try:", f"    return {read}", f"except {errors}:", "    pass  # the next one, then"]


def _container(kind: str, inside: str) -> str:
    if kind == "L":
        return f"list[{inside}]"
    return f"set[{inside}]" if kind in ("SS", "NS", "BS") else inside


def _whole(type_: FieldType) -> FieldType:
    return type_.type if isinstance(type_, EitherType) else type_


def is_of_type(type_: FieldType, value: str, imports: Imports) -> str:
    """An expression for whether a value that is one of a union's is of this branch."""
    match type_:
        case EitherType(type=whole):
            return is_of_type(whole, value, imports)
        case IntegerType():
            return f"isinstance({value}, int) and not isinstance({value}, bool)"
        case LiteralType(value=bool(constant)):
            return f"{value} is {literal(constant)}"
        case LiteralType(value=int(constant)) if constant in (0, 1):  # which False and True are equal to
            return f"{value} == {literal(constant)} and not isinstance({value}, bool)"
        case LiteralType(value=constant):
            return f"{value} == {literal(constant)}"
        case ChoiceType(values=values):
            return f"{value} in ({', '.join(map(literal, values))},)"
        case ListType():
            return f"isinstance({value}, list)"
        case SetType():
            return f"isinstance({value}, (set, frozenset))"
        case MapType():
            return f"isinstance({value}, dict)"
        case NumberType(decimal=False):
            return f"isinstance({value}, (float, int)) and not isinstance({value}, bool)"
        case _:
            return f"isinstance({value}, {annotation(type_, imports)})"


def _place_of_test(option: UnionOption) -> int:
    """Constants before all others; bool before int (it is one), date-time before date, int before float (likewise)."""
    order = (LiteralType, ChoiceType, BooleanType, EnumType, DateTimeType, IntegerType)
    whole = _whole(option.type)
    return next((place for place, kind in enumerate(order) if isinstance(whole, kind)), len(order))
