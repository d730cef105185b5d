"""Key code: templates to straight-line Python.

    "ORDER#{createdAt}#{id}"  ->  f"ORDER#{created_at}#{id}"

Rules of this file:
- Each component whose text is not the value itself gets a text function (`_created_at_text`), which checks, converts
  and guards. `key()`, finders and conditions call it, so look-ups go through the same text as writes.
- `encode` calls it only where it does more than the entity's own checks did; elsewhere the conversion stands in place.
- A template becomes one f-string.
"""

from __future__ import annotations

import re

from msgspec import Struct, field
from msgspec.structs import replace

from entitystore_generator.emit.constraints import ConstraintEmitter
from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.key_order import has_one_width
from entitystore_generator.emit.names import free_name
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Code, Docstring, docstring, f_string, literal
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EnumType,
    FieldType,
    IntegerType,
    KeyTemplate,
    Literal,
    LiteralType,
    NumberType,
    Package,
    StringType,
    Transform,
    TransformKind,
    UuidType,
)
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["KeyEmitter", "TextFunction", "expires", "key_text"]

KEYS = "entitystore.keys"
VALUES = "entitystore.values"


class TextFunction(Struct, frozen=True):
    """A generated function from a component's value to its text."""

    name: str
    annotation: str
    docstring: Docstring
    lines: tuple[str, ...]


class KeyEmitter(Struct):
    """Emits the key code of one store module; text functions collect in `functions`."""

    languages: KeyLanguages
    imports: Imports
    constraints: ConstraintEmitter
    functions: list[TextFunction] = field(default_factory=list)
    _known: dict[tuple[object, ...], TextFunction] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    @property
    def package(self) -> Package:
        return self.languages.package

    def text_function(self, component: Component) -> TextFunction:
        """The text function of a component, made at first need; shared by all keys that want the same text."""
        guard = self.languages.guard_of(component)
        wanted = (component.path, component.format, component.transforms, component.default, guard)
        if wanted not in self._known:
            self._known[wanted] = self._named(self._make(component, guard), component, "text")
        return self._known[wanted]

    def bound_function(self, component: Component, suffix: str) -> TextFunction:
        """The text function of a bound of a condition, which need not be a value that the schema allows.

        `suffix` is the constant text after the component, where that orders its texts; "" otherwise.
        """
        is_cut = bool(suffix) and isinstance(component.field.type, StringType)
        return self._bound_function(component, "" if not is_cut else suffix, beyond=True)

    def number_bound(self, component: Component) -> TextFunction:
        """The same where the sort key is the number itself (N)."""
        return self._bound_function(component, "", beyond=False)

    def _bound_function(self, component: Component, suffix: str, *, beyond: bool) -> TextFunction:
        guard = self.languages.guard_of(component)
        wanted = (component.path, component.format, component.transforms, None, guard, suffix, beyond)
        if wanted not in self._known:
            made = self._make_bound(component, guard, suffix, beyond=beyond)
            is_plain = made.lines == self._make(component, guard).lines
            self._known[wanted] = self.text_function(component) if is_plain else self._named(made, component, "bound")
        return self._known[wanted]

    def _named(self, function: TextFunction, component: Component, kind: str) -> TextFunction:
        """The function under a name of its own, as one of the module's."""
        name = free_name(f"_{_called(component)}_{kind}", self._taken)
        named = replace(function, name=name)
        self.functions.append(named)
        return named

    def _make(self, component: Component, guard: str) -> TextFunction:
        label = _label(component)
        plain = annotation(component.field.type, self.imports)
        lines: list[str] = []
        if component.default is not None:
            lines += ["if value is None:", f"    return {literal(component.default)}"]
            plain += " | None"
        lines += self._type_check(component.field.type, component, label)
        lines += self._schema_checks(component, label)
        if expires(component):
            # What is stored is the whole second; a bound may lie between two.
            lines.append(f"value = {self.imports.use('entitystore.expiry', 'expiry_second')}(value, {literal(label)})")
        body, text = self._guarded(self._text(component, label, "value"), guard, label)
        summary = _summary(f"`{label}` in a key", guard)
        return TextFunction("", plain, summary, (*lines, *body, f"return {text}"))

    def _make_bound(self, component: Component, guard: str, suffix: str, *, beyond: bool) -> TextFunction:
        """As `_make`, for a value that need not be one of the schema's, nor one that a key has room for."""
        label = _label(component)
        plain = annotation(component.field.type, self.imports)
        lines = self._type_check(component.field.type, component, label)
        number = self._number_beyond(component, label) if beyond else ""
        body, text = ([], number) if number else self._guarded(self._text(component, label, "value"), guard, label)
        if suffix:
            text = f"{self._bound('text_bound')}({text}, {literal(suffix)})"
        summary = _summary(f"a bound of `{label}`", guard)
        return TextFunction("", plain, summary, (*lines, *body, f"return {text}"))

    def _guarded(self, text: str, guard: str, label: str) -> tuple[list[str], str]:
        """Statements that refuse the delimiter in a text, and the text."""
        if not guard:
            return [], text
        lines = [] if text == "value" else [f"text = {text}"]
        name = "value" if text == "value" else "text"
        holds = self.imports.use(KEYS, "holds_delimiter")
        lines += [f"if {literal(guard)} in {name}:", f"    raise {holds}({literal(label)}, {literal(guard)})"]
        return lines, name

    def _number_beyond(self, component: Component, label: str) -> str:
        """The text of a number that may be more or less than keys have room for; "" where they have room for all."""
        kinds = [step.kind for step in component.transforms]
        type_, name = component.field.type, literal(label)
        if isinstance(type_, NumberType) and kinds == [TransformKind.SORTABLE]:
            return f"{self._bound('sortable_decimal_bound')}(value, {name})"
        if not isinstance(type_, IntegerType):
            return ""
        if (width := _padding(component.format)) is not None:
            return f"{self._bound('padded_bound')}(value, {width}, {name})"
        if kinds == [TransformKind.DESC]:
            return f"{self._bound('descending_bound')}(value, {component.transforms[0].argument}, {name})"
        if kinds == [TransformKind.SORTABLE]:
            return f"{self._bound('sortable_integer_bound')}(value, {name})"
        if not kinds and has_one_width(type_):
            return f"{self._bound('integer_bound')}(value, {type_.minimum}, {type_.maximum}, {name})"
        return ""

    def _bound(self, name: str) -> str:
        return self.imports.use("entitystore.bounds", name)

    def _schema_checks(self, component: Component, label: str) -> list[str]:
        """The schema's own constraints: what is proved of keys is proved of values that meet them.

        An entity's properties have been checked before they are written, so `encode` need not; but a look-up, or a
        deletion, by a value that the schema does not allow could be the key of another entity.
        """
        match component.field.type:
            case IntegerType(minimum=None, maximum=None, multiple_of=None):
                return []  # what fits its format fits the key
            case IntegerType() | NumberType() as number:
                return self.constraints.check(number, "value", label) if self.constraints.rules(number, "", "") else []
            case other:
                return self.constraints.rules(other, "value", label)

    def _type_check(self, type_: FieldType, component: Component, label: str) -> list[str]:
        """Checks for the types whose conversion below does not check by itself."""
        if any(step.kind is not TransformKind.SHARD for step in component.transforms[:1]) and isinstance(
            type_, (IntegerType, NumberType, DateTimeType)
        ):
            return []
        match type_:
            case StringType():
                return self.constraints.plain(type_, "value", literal(label))
            case EnumType(class_name=name):
                expected, test = name, f"isinstance(value, {self.imports.use('.models', name)})"
            case UuidType():
                expected, test = "UUID", f"isinstance(value, {self.imports.use('uuid', 'UUID')})"
            case ChoiceType(values=values):
                expected = f"one of {', '.join(map(literal, values))}"
                test = f"value in ({', '.join(map(literal, values))},)"
            case LiteralType(value=value):
                expected, test = literal(value), f"value == {literal(value)}"
            case _:
                return []
        wrong = self.imports.use(VALUES, "wrong_type")
        negated = f"not {test}" if test.startswith("isinstance") else _negated(test)
        return [f"if {negated}:", f"    raise {wrong}({literal(label)}, value, {literal(expected)})"]

    def entity_text(self, component: Component, value: str) -> tuple[str, str]:
        """The text of a property that the entity's checks have seen: a name for it, and its expression."""
        if component.default is None and not self.languages.guard_of(component) and not expires(component):
            return f"{_called(component)}_text", self._text(component, _label(component), value)
        function = self.text_function(component)
        return function.name.lstrip("_"), f"{function.name}({value})"

    def text_of(self, component: Component, value: str) -> str:
        """The text of a value that is there, without any check of it but those of its form."""
        return self._text(component, _label(component), value)

    def _text(self, component: Component, label: str, value: str) -> str:
        expression, is_text = self._start(component, label, value)
        for transform in component.transforms:
            expression, is_text = self._transform(transform, expression, is_text, component, label)
        return expression if is_text else self._call(VALUES, "integer_text", expression, label)

    def _start(self, component: Component, label: str, value: str) -> tuple[str, bool]:
        """The value as text, or as it is where a numeric transform follows."""
        type_ = component.field.type
        numeric_first = bool(component.transforms) and component.transforms[0].kind not in (
            TransformKind.SHARD,
            TransformKind.UPPER,
            TransformKind.LOWER,
        )
        if component.transforms and component.transforms[0].kind in (TransformKind.MOD, TransformKind.ADD):
            return self._call(KEYS, "whole", value, label), False
        if numeric_first and isinstance(type_, (IntegerType, NumberType, DateTimeType)):
            return value, False
        match type_:
            case StringType() | ChoiceType():
                return value, True
            case IntegerType():
                return self._integer(component.format, label, value), True
            case BooleanType():
                return self._call(KEYS, "boolean_text", value, label), True
            case NumberType():
                return self._call(KEYS, "decimal_key_text", value, label), True
            case DateTimeType() if component.format:
                use = self.imports.use(KEYS, "formatted_timestamp")
                return f"{use}({value}, {literal(component.format)}, {literal(label)})", True
            case DateTimeType():
                return self._call(VALUES, "timestamp_text", value, label), True
            case DateType() if component.format:
                use = self.imports.use(KEYS, "formatted_date")
                return f"{use}({value}, {literal(component.format)}, {literal(label)})", True
            case DateType():
                return self._call(VALUES, "date_text", value, label), True
            case EnumType(class_name=name):
                return (f"{value}.value" if self.package.enum(name).base == "str" else f"str({value}.value)"), True
            case LiteralType(value=bool(constant)):
                return literal(str(constant).lower()), True
            case LiteralType(value=constant):
                return literal(str(constant)), True
            case _:
                return f"str({value})", True

    def _integer(self, format_: str, label: str, value: str) -> str:
        if not format_:
            return self._call(VALUES, "integer_text", value, label)
        use = self.imports.use(KEYS, "padded_text")
        return f"{use}({value}, {_padding(format_)}, {literal(label)})"

    def _transform(
        self, transform: Transform, expression: str, is_text: bool, component: Component, label: str
    ) -> tuple[str, bool]:
        argument = transform.argument
        match transform.kind:
            case TransformKind.UPPER | TransformKind.LOWER:
                return f"{expression}.{transform.kind.value}()", True
            case TransformKind.ISOMS:
                return self._call(VALUES, "milliseconds_text", expression, label), True
            case TransformKind.DESC:
                use = self.imports.use(KEYS, "descending_text")
                return f"{use}({expression}, {argument}, {literal(label)})", True
            case TransformKind.SORTABLE:
                is_decimal = isinstance(component.field.type, NumberType)
                function = "sortable_decimal_text" if is_decimal else "sortable_integer_text"
                return self._call(KEYS, function, expression, label), True
            case TransformKind.MOD:
                operand = f"({expression})" if "+" in expression else expression
                return f"{operand} % {argument}", False
            case TransformKind.ADD:
                return f"{expression} + {argument}", False
            case TransformKind.SHARD:
                text = expression if is_text else self._call(VALUES, "integer_text", expression, label)
                return f"{self.imports.use(KEYS, 'shard_text')}({text}, {argument})", True

    def _call(self, module: str, function: str, expression: str, label: str) -> str:
        return f"{self.imports.use(module, function)}({expression}, {literal(label)})"


def _padding(format_: str) -> int | None:
    """The width of a number format with zero padding, the only one that templates may have."""
    width = re.fullmatch(r"0([1-9][0-9]*)d?", format_)
    return int(width.group(1)) if width is not None else None


def expires(component: Component) -> bool:
    """Whether the property is stored as the whole seconds of its entity's expiry."""
    return isinstance(component.field.type, DateTimeType) and component.field.type.expires


def _negated(test: str) -> str:
    """Of a comparison of `value` with constants."""
    return test.replace("value in ", "value not in ", 1).replace("value ==", "value !=", 1)


def _summary(subject: str, guard: str) -> Docstring:
    return docstring(f"The text of {subject}" + (f"; may not contain {guard}." if guard else "."), wrap=False)


def _label(component: Component) -> str:
    """What errors call the property: `address.city`."""
    return ".".join(step.name for step in component.path)


def _called(component: Component) -> str:
    """Tells the texts of one property apart: `number`, `number_padded`, `number_desc`."""
    steps = [step.kind.value for step in component.transforms]
    if component.format:
        steps.insert(0, "padded" if isinstance(component.field.type, IntegerType) else "formatted")
    if component.default is not None:
        steps.append("or_default")
    return "_".join([component.name, *steps])


def key_text(template: KeyTemplate, expressions: dict[Component, str], *, upto: int | None = None) -> str:
    """The f-string of a template, or of its first `upto` parts; `expressions` give each component's text."""
    return f_string(
        part.text if isinstance(part, Literal) else Code(expressions[part]) for part in template.parts[:upto]
    )
