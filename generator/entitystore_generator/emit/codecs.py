"""Codec expressions: a field's type to the code that reads it from its stored form and writes it there.

    wire     NumberType(decimal)  ->  N[Decimal]
    decode   item.total           ->  item.total.N
    encode   order.total          ->  {"N": decimal_text(order.total, "total")}

Rules of this file:
- An emitter takes an expression and returns one; whatever needs statements (unions) becomes a function of its own,
  collected in `functions`.
- Conversions that change nothing are not written.
- Decoding reads a leaf struct of `entitystore.wire`; whatever can be parsed in C is.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from msgspec import Struct, field

from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.names import from_item_name, item_struct_name, to_item_name
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import literal
from entitystore_generator.emit.union_codec import UnionCodec, fill_union
from entitystore_generator.ir.apart import stored_kind
from entitystore_generator.ir.model import (
    AnyType,
    BytesType,
    ChoiceType,
    DateTimeType,
    DateType,
    EitherType,
    EnumType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    Package,
    SetType,
    UnionType,
    UuidType,
)

__all__ = ["CodecEmitter", "UnionCodec", "accessor"]

EXPIRY = "entitystore.expiry"
VALUES = "entitystore.values"
WIRE = "entitystore.wire"


def accessor(type_: FieldType, package: Package) -> str:
    """DynamoDB's name for the type that a value is stored as; "" for any."""
    return stored_kind(type_, lambda name: package.enum(name).base)


class CodecEmitter(Struct):
    """Emits the codecs of one module. `codecs_module` is where nested objects' codecs live, "" if here.

    `labels` are what errors call the properties of scopes.
    """

    package: Package
    imports: Imports
    codecs_module: str = ".codecs"
    labels: dict[str, str] = field(default_factory=dict)
    unions: list[UnionCodec] = field(default_factory=list)
    _union_names: dict[tuple[str, UnionType], UnionCodec] = field(default_factory=dict)
    _depth: int = 0

    # ------------------------------------------------------------------------------------------ wire types

    def wire(self, type_: FieldType, scope: str, *, optional: bool = False) -> str:
        """The annotation of the leaf; `optional` where NULL, or nothing, may stand for it."""
        match type_:
            case NullableType(inner=inner):
                return self.wire(inner, scope, optional=True)
            case EitherType(type=whole):
                return self.wire(whole, scope, optional=optional)
            case AnyType():
                return self.use_wire("Document")
            case UnionType():
                return self._union(type_, scope).struct
            case DateTimeType(expires=True):
                return self.imports.use(EXPIRY, "ExpirySeconds")
        kind = accessor(type_, self.package)
        name = self.use_wire(f"Optional{kind}" if optional else kind)
        inner_type = self.inside(type_, scope)
        return f"{name}[{inner_type}]" if inner_type else name

    def inside(self, type_: FieldType, scope: str) -> str:
        """The type argument of the leaf, "" where it takes none."""
        match type_:
            case BytesType() | SetType(item=BytesType()):
                return ""
            case IntegerType() | NumberType(decimal=False) | SetType(item=IntegerType()):
                return "str"
            case SetType(item=NumberType(decimal=False)):
                return "str"
            case SetType(item=item):
                return self.inside(item, scope)
            case EnumType(class_name=name):
                return self.imports.use(".models", name) if self.package.enum(name).base == "str" else "str"
            case LiteralType(value=value):
                return f"{self.imports.use('typing', 'Literal')}[{literal(_as_stored(value))}]"
            case ChoiceType(values=values):
                return f"{self.imports.use('typing', 'Literal')}[{', '.join(literal(_as_stored(v)) for v in values)}]"
            case EitherType(type=whole):
                return self.inside(whole, scope)
            case DateTimeType():
                return self.use_wire("Aware")
            case ListType(item=item):
                return self.wire(item, scope)
            case MapType(value=value):
                return f"dict[str, {self.wire(value, scope)}]"
            case ObjectType(class_name=name):
                return self._use_codec(name, item_struct_name)
            case _:
                return annotation(type_, self.imports)

    # -------------------------------------------------------------------------------------------- decoding

    def decode(self, type_: FieldType, leaf: str, scope: str) -> str:
        """The value out of a leaf that is not NULL."""
        match type_:
            case AnyType():
                return f"{self.imports.use(VALUES, 'from_document')}({leaf})"
            case UnionType():
                return f"{self._union(type_, scope).from_name}({leaf})"
            case NullableType(inner=inner):
                return self.decode_optional(inner, leaf, scope)
            case DateTimeType(expires=True):
                return f"{leaf}.time()"
            case EitherType(type=whole):
                return self.decode(whole, leaf, scope)
        return self.convert(type_, f"{leaf}.{accessor(type_, self.package)}", scope)

    def decode_optional(self, type_: FieldType, leaf: str, scope: str, absent: str = "None") -> str:
        """The value out of a leaf that may be NULL or nothing; then `absent`."""
        if isinstance(type_, UnionType):
            return f"{absent} if {leaf}.NULL else {self.decode(type_, leaf, scope)}"
        if isinstance(type_, DateTimeType) and type_.expires:
            return f"{absent} if {leaf}.is_absent else {leaf}.time()"
        inner = f"{leaf}.{accessor(type_, self.package)}"
        converted = self.convert(type_, inner, scope)
        if converted == inner and absent == "None":
            return inner
        return f"{absent} if {inner} is None else {converted}"

    def convert(self, type_: FieldType, inner: str, scope: str) -> str:
        """The value out of what stands under its DynamoDB type in a leaf."""
        match type_:
            case EitherType(type=whole):
                return self.convert(whole, inner, scope)
            case IntegerType():
                return f"int({inner})"
            case NumberType(decimal=False):
                return f"float({inner})"
            case EnumType(class_name=name) if self.package.enum(name).base == "int":
                return f"{self.imports.use('.models', name)}(int({inner}))"
            case LiteralType(value=value) if isinstance(value, int) and not isinstance(value, bool):
                return repr(value)
            case ChoiceType(values=(int(), *_)):
                return f"int({inner})"
            case SetType(item=item):
                each = self.convert(item, "each", scope)
                return inner if each == "each" else f"{{{each} for each in {inner}}}"
            case ObjectType(class_name=name):
                return f"{self._use_codec(name, from_item_name)}({inner})"
            case ListType(item=item):
                each = self._variable()
                decoded = self._nested(lambda: self.decode(item, each, scope))
                return f"[{decoded} for {each} in {inner}]"
            case MapType(value=value):
                each = self._variable()
                decoded = self._nested(lambda: self.decode(value, each, scope))
                return f"{{name: {decoded} for name, {each} in {inner}.items()}}"
            case _:
                return inner

    # -------------------------------------------------------------------------------------------- encoding

    def encode(self, type_: FieldType, value: str, label: str, scope: str) -> str:
        """The attribute value of an expression that is not None; `label` names it in errors."""
        match type_:
            case AnyType():
                return f"{self.imports.use(VALUES, 'to_document')}({value}, {literal(label)})"
            case UnionType():
                return f"{self._union(type_, scope).to_name}({value})"
            case NullableType(inner=inner):
                return f'{{"NULL": True}} if {value} is None else {self.encode(inner, value, label, scope)}'
            case EitherType(type=whole):
                return self.encode(whole, value, label, scope)
        inside = self._stored(type_, value, label, scope)
        return f'{{"{accessor(type_, self.package)}": {inside}}}'

    def _stored(self, type_: FieldType, value: str, label: str, scope: str) -> str:
        match type_:
            case ListType(item=item):
                each = self._variable()
                encoded = self._nested(lambda: self.encode(item, each, label, scope))
                return f"[{encoded} for {each} in {value}]"
            case MapType(value=inner):
                each = self._variable()
                encoded = self._nested(lambda: self.encode(inner, each, label, scope))
                return f"{{name: {encoded} for name, {each} in {value}.items()}}"
            case ObjectType(class_name=name):
                return f"{self._use_codec(name, to_item_name)}({value})"
            case SetType(item=item):
                each = self.scalar_text(item, "each", label)
                return f"sorted({value})" if each == "each" else f"[{each} for each in sorted({value})]"
            case _:
                return self.scalar_text(type_, value, label)

    def scalar_text(self, type_: FieldType, value: str, label: str) -> str:
        """What stands under the DynamoDB type: text for S and N, the value itself for B and BOOL."""
        match type_:
            case IntegerType(bits=None, minimum=low, maximum=high) if low is None or high is None:
                return self._text("integer_text", value, label)
            case IntegerType():
                return f"str({value})"
            case NumberType(expires=True):
                return f"{self.imports.use(EXPIRY, 'whole_seconds_text')}({value}, {literal(label)})"
            case DateTimeType(expires=True):
                return f"{self.imports.use(EXPIRY, 'expiry_text')}({value}, {literal(label)})"
            case NumberType(decimal=True):
                return self._text("decimal_text", value, label)
            case NumberType():
                return self._text("float_text", value, label)
            case DateTimeType():
                return self._text("timestamp_text", value, label)
            case DateType():
                return self._text("date_text", value, label)
            case UuidType():
                return f"str({value})"
            case EnumType(class_name=name):
                return f"{value}.value" if self.package.enum(name).base == "str" else f"str({value}.value)"
            case LiteralType(value=constant) if isinstance(constant, int) and not isinstance(constant, bool):
                return literal(str(constant))
            case LiteralType(value=constant):
                return literal(constant)
            case ChoiceType(values=(int(), *_)):
                return f"str({value})"
            case EitherType(type=whole):
                return self.scalar_text(whole, value, label)
            case _:
                return value

    def _text(self, function: str, value: str, label: str) -> str:
        return f"{self.imports.use(VALUES, function)}({value}, {literal(label)})"

    # ---------------------------------------------------------------------------------------------- unions

    def _union(self, union: UnionType, scope: str) -> UnionCodec:
        known = self._union_names.get((scope, union))
        if known is not None:
            return known
        taken = {*self.package.model_names, *(codec.name for codec in self.unions)}
        numbered = (scope if number == 1 else f"{scope}{number}" for number in count(1))
        name = next(each for each in numbered if each not in taken)
        codec = UnionCodec.named(name, self.labels.get(scope, scope), union, self.imports)
        self._union_names[scope, union] = codec
        self.unions.append(codec)
        fill_union(codec, union, scope, self)
        return codec

    def stored_object(self, name: str) -> tuple[str, str]:
        """The item struct of a class, and the function that makes an object of it."""
        return self._use_codec(name, item_struct_name), self._use_codec(name, from_item_name)

    # --------------------------------------------------------------------------------------------- helpers

    def use_wire(self, name: str) -> str:
        """A leaf of `entitystore.wire`."""
        return self.imports.use(WIRE, name)

    def _use_codec(self, class_name: str, named: Callable[[str], str]) -> str:
        name = named(class_name)
        return self.imports.use(self.codecs_module, name) if self.codecs_module else name

    def _variable(self) -> str:
        return "each" if self._depth == 0 else f"each_{self._depth + 1}"

    def _nested(self, emit: Callable[[], str]) -> str:
        self._depth += 1
        try:
            return emit()
        finally:
            self._depth -= 1


def _as_stored(constant: str | int | bool) -> str | bool:
    return constant if isinstance(constant, bool) else str(constant)
