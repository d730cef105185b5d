"""The schema's constraints as statements.

Rules of this file:
- A check is one `if` and one `raise`; a value that breaks several rules is told of the first.
- Labels are Python names with dots and places: `lines[2].price`. They are f-strings only where a place or a path is
  known at run time alone, and are made only when the check fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct, field

from entitystore_generator import patterns
from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.names import free_name, snake_case
from entitystore_generator.emit.python_types import annotation, plain_annotation
from entitystore_generator.emit.source import literal
from entitystore_generator.ir.model import (
    AnyType,
    BytesType,
    ChoiceType,
    DateTimeType,
    DateType,
    EitherType,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    UnionType,
    UuidType,
)

__all__ = ["CHECKS", "FORMATS", "FORMAT_OF", "ConstraintEmitter"]

CHECKS = "entitystore.checks"
ERRORS = "entitystore.errors"
PLAIN = "entitystore.plain"
VALUES = "entitystore.values"

FORMATS = {
    "email": "is no e-mail address",
    "uri": "is no URI",
    "ipv4": "is no IPv4 address",
    "ipv6": "is no IPv6 address",
}
"""The formats of strings that are checked, and what is said of a text that breaks one."""

FORMAT_OF: dict[type, str] = {DateTimeType: "date_time", DateType: "date", UuidType: "uuid"}
"""What the check of a text is called that has a type of its own, where the text stays one."""


class ConstraintEmitter(Struct):
    """Emits check statements; compiled patterns collect in `constants` as (name, expression)."""

    imports: Imports
    codecs_module: str = ".codecs"
    constants: list[tuple[str, str]] = field(default_factory=list)
    _patterns: dict[str, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _depth: int = 0
    _loops: dict[str, str] = field(default_factory=dict)
    _wholes: dict[str, FieldType] = field(default_factory=dict)

    def begin(self) -> None:
        """A new function begins: its loop variables are free."""
        self._loops.clear()

    def check(self, type_: FieldType, value: str, label: str) -> list[str]:
        """Statements that raise for a value that is not of the type. `label` is an f-string's body."""
        match type_:
            case NullableType(inner=inner):
                return _indented(f"if {value} is not None:", self.check(inner, value, label))
            case ObjectType(class_name=name):
                check = f"check_{snake_case(name)}"
                use = self.imports.use(self.codecs_module, check) if self.codecs_module else check
                narrowed = self._type(type_, value, label) if value in self._wholes else []
                return [*narrowed, f"{use}({value}, {_label(label)})"]
            case UnionType() as union:
                return self._union(union, value, label)
            case EitherType() as either:
                return self._either(either, value, label)
            case AnyType():
                return []
        lines = self._type(type_, value, label)
        lines += self.rules(type_, value, label)
        return lines + self._elements(type_, value, label)

    def _type(self, type_: FieldType, value: str, label: str) -> list[str]:
        if value not in self._wholes and (plain := self.plain(type_, value, _label(label))):
            return plain
        expected = _expected(type_, self.imports)
        test = _type_test(type_, value, self.imports)
        if not test:
            return []
        if isinstance(type_, (LiteralType, ChoiceType)):
            return self._refuse(test, _of_constants(type_), label)
        wrong = self.imports.use(VALUES, "wrong_type")
        return [f"if {test}:", f"    raise {wrong}({_label(label)}, {value}, {literal(expected)})"]

    def plain(self, type_: FieldType, value: str, label: str) -> list[str]:
        """The statements for a type of Python's own of which subclasses are looked at; `label` is an expression."""
        match type_:
            case StringType():
                kind, function = "str", "require_text"
            case IntegerType():
                kind, function = "int", "require_integer"
            case NumberType(decimal=False):
                kind, function = "float", "require_float"
            case BytesType():
                kind, function = "bytes", "require_bytes"
            case DateType():
                kind, function = self.imports.use("datetime", "date"), "require_date"
            case _:
                return []
        return [f"if type({value}) is not {kind}:", f"    {self.imports.use(PLAIN, function)}({value}, {label})"]

    def rules(self, type_: FieldType, value: str, label: str) -> list[str]:
        """The statements for the constraints of a scalar alone, its type apart."""
        return [line for rule in self._rules(type_, value, label) for line in rule]

    def _rules(self, type_: FieldType, value: str, label: str) -> Iterator[list[str]]:
        match type_:
            case StringType():
                yield self._size(value, type_.min_length, type_.max_length, "characters", label)
                if type_.pattern is not None:
                    yield self._pattern(type_.pattern, value, label)
                if type_.format in FORMATS:
                    use = self.imports.use(CHECKS, f"is_{type_.format}")
                    yield self._refuse(f"not {use}({value})", FORMATS[type_.format], label)
            case BytesType():
                yield self._size(value, type_.min_length, type_.max_length, "bytes", label)
            case IntegerType():
                yield self._integer(type_, value, label)
            case NumberType():
                yield from self._number(type_, value, label)
            case ListType() | SetType():
                yield self._size(value, type_.min_items, type_.max_items, "items", label)
                if isinstance(type_, ListType) and type_.unique_items:
                    use = self.imports.use(CHECKS, "has_duplicates")
                    yield self._refuse(f"{use}({value})", "has an item twice", label)
            case MapType():
                yield self._size(value, type_.min_properties, type_.max_properties, "entries", label)

    def _integer(self, type_: IntegerType, value: str, label: str) -> list[str]:
        low, high = type_.bounds
        lines = self._between(value, low, high, label)
        if type_.multiple_of is not None:
            reason = f"is not a multiple of {type_.multiple_of}"
            lines += self._refuse(f"{value} % {type_.multiple_of}", reason, label)
        return lines

    def _number(self, type_: NumberType, value: str, label: str) -> Iterator[list[str]]:
        bounds = (type_.minimum, type_.maximum, type_.exclusive_minimum, type_.exclusive_maximum)
        if type_.decimal and any(bound is not None for bound in bounds):  # Decimal("NaN") raises when it is compared
            yield self._refuse(f"not {value}.is_finite()", "is not a finite number", label)
        low = self.bound(type_.minimum, type_.decimal)
        high = self.bound(type_.maximum, type_.decimal)
        yield self._between(value, low, high, label)
        if type_.exclusive_minimum is not None:
            bound = self.bound(type_.exclusive_minimum, type_.decimal)
            yield self._refuse(f"{value} <= {bound}", f"is not more than {type_.exclusive_minimum}", label)
        if type_.exclusive_maximum is not None:
            bound = self.bound(type_.exclusive_maximum, type_.decimal)
            yield self._refuse(f"{value} >= {bound}", f"is not less than {type_.exclusive_maximum}", label)
        if type_.multiple_of is not None:
            decimal, use = self.imports.use("decimal", "Decimal"), self.imports.use(CHECKS, "is_multiple")
            reason = f"is not a multiple of {type_.multiple_of}"
            yield self._refuse(f'not {use}({value}, {decimal}("{type_.multiple_of}"))', reason, label)

    def bound(self, bound: Decimal | None, decimal: bool) -> str | None:
        if bound is None:
            return None
        if not decimal:
            return repr(float(bound))
        if bound == bound.to_integral_value() and abs(bound) < 10**15:
            return str(int(bound))
        return f'{self.imports.use("decimal", "Decimal")}("{bound}")'

    def _between(self, value: str, low: object, high: object, label: str) -> list[str]:
        if low is not None and high is not None:
            return self._refuse(
                f"not {low} <= {value} <= {high}", f"is not between {_plain(low)} and {_plain(high)}", label
            )
        if low is not None:
            return self._refuse(f"{value} < {low}", f"is less than {_plain(low)}", label)
        return self._refuse(f"{value} > {high}", f"is more than {_plain(high)}", label) if high is not None else []

    def _size(self, value: str, low: int | None, high: int | None, unit: str, label: str) -> list[str]:
        low = low or None
        if low is not None and high is not None:
            if low == high:
                return self._refuse(f"len({value}) != {low}", f"does not have exactly {low} {unit}", label)
            return self._refuse(f"not {low} <= len({value}) <= {high}", f"does not have {low} to {high} {unit}", label)
        if low is not None:
            return self._refuse(f"len({value}) < {low}", f"has fewer than {low} {unit}", label)
        return self._refuse(f"len({value}) > {high}", f"has more than {high} {unit}", label) if high is not None else []

    def _pattern(self, pattern: str, value: str, label: str) -> list[str]:
        python = patterns.to_python(pattern)
        if python is None:  # said by the checks already
            return []
        if python not in self._patterns:
            name = free_name(f"_{_constant_of(label)}_PATTERN", self._taken)
            self._patterns[python] = name
            self.constants.append((name, f"{self.imports.module('re')}.compile({literal(python)})"))
        return self._refuse(f"not {self._patterns[python]}.search({value})", f"does not match {pattern}", label)

    def _elements(self, type_: FieldType, value: str, label: str) -> list[str]:
        mark = f"_{self._depth + 1}" if self._depth else ""
        whole = self._whole_of(type_, value)
        each, place, name = self._loop_variable(f"each{mark}", whole), f"place{mark}", f"name{mark}"
        self._depth += 1
        if value in self._wholes and isinstance(whole, (ListType, SetType, MapType)):
            self._wholes[each] = whole.value if isinstance(whole, MapType) else whole.item
        try:
            match type_:
                case ListType(item=item):
                    head = f"for {place}, {each} in enumerate({value}):"
                    return _indented(head, self.check(item, each, f"{label}[{{{place}}}]"))
                case SetType(item=item):
                    lines = [*self.check(item, each, f"{label}[]"), *self._has_order(item, each, label)]
                    return _indented(f"for {each} in {value}:", lines)
                case MapType(value=inner):
                    lines = [*self._map_key(name, label), *self.check(inner, each, f"{label}[{{{name}!r}}]")]
                    return _indented(f"for {name}, {each} in {value}.items():", lines)
            return []
        finally:
            self._depth -= 1
            self._wholes.pop(each, None)

    def _whole_of(self, type_: FieldType, value: str) -> FieldType:
        """The type that type checkers take a value for, where several branches of a union are one type."""
        return next((each for each in _members(self._wholes.get(value, type_)) if type(each) is type(type_)), type_)

    def _has_order(self, item: FieldType, each: str, label: str) -> list[str]:
        """Members are sorted before they are written, which Decimal("NaN") cannot be."""
        if isinstance(item, NumberType) and item.decimal and not self.rules(item, each, label):
            return self._refuse(f"not {each}.is_finite()", "is not a finite number", f"{label}[]")
        return []

    def _loop_variable(self, wanted: str, type_: FieldType) -> str:
        """A variable has one type in a function: `each`, and `each_int` where `each` is something else already."""
        match type_:
            case ListType(item=item) | SetType(item=item) | MapType(value=item):
                kind = plain_annotation(item)
            case _:
                return wanted
        name = wanted
        if self._loops.get(name, kind) != kind:
            name = f"{wanted}_{snake_case(kind)}" if kind.isidentifier() else f"{wanted}_"
        while self._loops.setdefault(name, kind) != kind:
            name += "_"
        return name

    def _map_key(self, name: str, label: str) -> list[str]:
        return self.plain(StringType(), name, _label(label))

    def _union(self, union: UnionType, value: str, label: str) -> list[str]:
        lines: list[str] = []
        for place, option in enumerate(union.options):
            word = "if" if place == 0 else "elif"
            test = _type_test(option.type, value, self.imports, positive=True)
            lines += _indented(f"{word} {test}:", self.check(option.type, value, label) or ["pass"])
        wrong = self.imports.use(VALUES, "wrong_type")
        expected = " or ".join(_expected(option.type, self.imports) for option in union.options)
        return [*lines, "else:", f"    raise {wrong}({_label(label)}, {value}, {literal(expected)})"]

    def _either(self, either: EitherType, value: str, label: str) -> list[str]:
        """A value of the type as a whole has to be one of a branch's, whichever it is."""
        lines = self._type(either.type, value, label)
        if isinstance(either.type, (ListType, MapType)):
            self._wholes[value] = either.type
            return lines + self._elements_of_one(list(either.branches), value, label)
        tests = [self._refusal_of(branch, value, label) for branch in either.branches]
        test = " and ".join(f"({each})" if " or " in each else each for each in tests)
        return lines + self._refuse(test, "is admitted by no branch of its union", label)

    def _elements_of_one(self, branches: list[FieldType], value: str, label: str) -> list[str]:
        first, *others = (self.rules(each, value, label) + self._elements(each, value, label) for each in branches)
        lines = first
        error = self.imports.use(ERRORS, "ValidationError")
        for more in others:
            lines = [*_indented("try:", lines), *_indented(f"except {error}:", more)]
        del self._wholes[value]
        return lines

    def _refusal_of(self, branch: FieldType, value: str, label: str) -> str:
        """An expression for whether a branch refuses a value of the type that all branches are."""
        match branch:
            case LiteralType(value=constant):
                return f"{value} != {literal(constant)}"
            case ChoiceType(values=values):
                return f"{value} not in ({', '.join(map(literal, values))},)"
            case DateTimeType() | DateType() | UuidType():
                return f"not {self.imports.use(CHECKS, f'is_{FORMAT_OF[type(branch)]}')}({value})"
            case _:
                heads = (rule[0] for rule in self._rules(branch, value, label) if rule)
                return " or ".join(head.removeprefix("if ").removesuffix(":") for head in heads)

    def _refuse(self, condition: str, reason: str, label: str) -> list[str]:
        error = self.imports.use(ERRORS, "ValidationError")
        return [f"if {condition}:", f"    raise {error}({_label(label)}, {literal(reason)})"]


def _of_constants(type_: LiteralType | ChoiceType) -> str:
    if isinstance(type_, LiteralType):
        return f"is not {literal(type_.value)}"
    return f"is none of {', '.join(map(literal, type_.values))}"


def _members(type_: FieldType) -> Iterator[FieldType]:
    """The types that a value may be of in Python, null apart."""
    match type_:
        case UnionType(options=options):
            for option in options:
                yield from _members(option.type)
        case EitherType(type=inner) | NullableType(inner=inner):
            yield from _members(inner)
        case _:
            yield type_


def _label(body: str) -> str:
    return f'f"{body}"' if "{" in body else f'"{body}"'


def _plain(bound: object) -> str:
    text = str(bound)
    return text[9:-2] if text.startswith("Decimal(") else text


def _constant_of(label: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in label).upper().strip("_") or "TEXT"


def _indented(head: str, lines: list[str]) -> list[str]:
    return [head, *(f"    {line}" for line in lines)] if lines else []


def _expected(type_: FieldType, imports: Imports) -> str:
    match type_:
        case DateTimeType():
            return "a datetime with a time zone"
        case NullableType(inner=inner) | EitherType(type=inner):
            return _expected(inner, imports)
        case ListType():
            return "a list"
        case SetType():
            return "a set"
        case MapType():
            return "a dict"
        case _:
            return plain_annotation(type_)


def _type_test(type_: FieldType, value: str, imports: Imports, *, positive: bool = False) -> str:
    """An expression that is true where the value is not of the type (or is, if `positive`)."""
    match type_:
        case IntegerType():
            return _negated(f"isinstance({value}, int) and not isinstance({value}, bool)", positive)
        case NumberType(decimal=False):
            return _negated(f"isinstance({value}, (float, int)) and not isinstance({value}, bool)", positive)
        case DateTimeType():
            kind = imports.use("datetime", "datetime")
            return _negated(f"isinstance({value}, {kind}) and {value}.tzinfo is not None", positive)
        case DateType():
            kind, wrong = imports.use("datetime", "date"), imports.use("datetime", "datetime")
            return _negated(f"isinstance({value}, {kind}) and not isinstance({value}, {wrong})", positive)
        case EitherType(type=whole):
            return _type_test(whole, value, imports, positive=positive)
        case LiteralType(value=bool(constant)):
            return f"{value} is{'' if positive else ' not'} {literal(constant)}"
        case LiteralType(value=int(constant)) if constant in (0, 1):  # which False and True are equal to
            return _negated(f"{value} == {constant} and not isinstance({value}, bool)", positive)
        case LiteralType(value=constant):
            sign = "==" if positive else "!="
            return f"{value} {sign} {literal(constant)}"
        case ChoiceType(values=values):
            return f"{value}{'' if positive else ' not'} in ({', '.join(map(literal, values))},)"
        case ListType():
            return _negated(f"isinstance({value}, list)", positive)
        case SetType():
            return _negated(f"isinstance({value}, (set, frozenset))", positive)
        case MapType():
            return _negated(f"isinstance({value}, dict)", positive)
        case AnyType() | UnionType() | NullableType():
            return ""
        case _:
            return _negated(f"isinstance({value}, {annotation(type_, imports)})", positive)


def _negated(test: str, positive: bool) -> str:
    if positive:
        return test
    return f"not ({test})" if " and " in test else f"not {test}"
