"""Index maps to keys: every macro bound to a property, and checked to be text that a key can hold.

    "ORDER#{createdAt}#{ID}"  ->  Literal("ORDER#"), Component(created_at), Literal("#"), Component(id)

Rules of this file:
- A macro names a property as the wire spells it; failing that, the one property that matches without case and
  underscores. Nothing else is guessed.
- A template with a fault gives no key; the fault is at the macro's own place. Of a line that could not be read as a
  whole it is looked up alone what its macros name.
- A property whose schema has a fault is named rightly, and makes no key; nothing more is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    EnumClass,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    Key,
    KeyChoice,
    KeyTemplate,
    Literal,
    LiteralType,
    NumberType,
    ObjectClass,
    ObjectType,
    StringType,
    Transform,
    TransformKind,
    UuidType,
    WhenEquals,
)
from entitystore_generator.ir.names import did_you_mean, fold
from entitystore_generator.ir.unquoted import decided
from entitystore_generator.ir.unread import holds_unread
from entitystore_generator.spec.schema import (
    ChoiceSyntax,
    IndexMapEntry,
    Macro,
    TemplateSyntax,
    Text,
    TransformSyntax,
    WhenSyntax,
)

__all__ = ["KeyBuilder", "key_property_names"]

_NUMBER_FORMAT = re.compile(r"(0[1-9][0-9]{0,2})?d?")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_DATE_DIRECTIVES = frozenset("YmdyjGVuUW%")
_TIME_DIRECTIVES = _DATE_DIRECTIVES | frozenset("HIMSf")


def key_property_names(index_map: tuple[IndexMapEntry, ...]) -> frozenset[str]:
    """The folded names of the entity's own properties that its keys name."""
    return frozenset(
        fold(part.path[0])
        for entry in index_map
        for choice in entry.choices
        for part in choice.template.parts
        if isinstance(part, Macro) and part.path
    )


class KeyBuilder(Struct, frozen=True):
    """Builds the keys of one entity. `is_partial`: it may have properties that are not in its class."""

    context: Context
    model: ObjectClass
    classes: Mapping[str, ObjectClass]
    enums: Mapping[str, EnumClass]
    is_partial: bool = False

    def key(self, entry: IndexMapEntry) -> Key | None:
        """The key of one line of the index map; None where it has a fault."""
        if entry.faulty:
            self._look_up(entry)
            return None
        choices = [self._choice(choice, entry.logical) for choice in entry.choices]
        self._report_unreachable(entry)
        good = tuple(choice for choice in choices if choice is not None)
        return Key(entry.logical, good, entry.position) if good and len(good) == len(choices) else None

    def _look_up(self, entry: IndexMapEntry) -> None:
        for choice in entry.choices:
            for part in choice.template.parts:
                if isinstance(part, Macro):
                    self.path(part.path, part.position)
            for when in choice.when:
                self._when(when)

    def _report_unreachable(self, entry: IndexMapEntry) -> None:
        for choice in entry.choices[:-1]:
            if not choice.when:
                self.context.error(
                    "ES207",
                    f"alternatives of {entry.logical} after this one are never taken",
                    choice.template.position,
                    "the one without `when` comes last",
                )

    def _choice(self, choice: ChoiceSyntax, logical: str) -> KeyChoice | None:
        template = self._template(choice.template, logical)
        when = [self._when(each) for each in choice.when]
        good = tuple(each for each in when if each is not None)
        if template is None or len(good) != len(when):
            return None
        return KeyChoice(good, template)

    def _template(self, template: TemplateSyntax, logical: str) -> KeyTemplate | None:
        if not any(isinstance(part, Macro) or part.text for part in template.parts):
            self.context.error(
                "ES204",
                f"the template of {logical} is empty",
                template.position,
                "write a constant or a macro, such as USER#{id}, or leave the key out",
            )
            return None
        parts = [Literal(part.text) if isinstance(part, Text) else self._component(part) for part in template.parts]
        good = tuple(part for part in parts if part is not None)
        return KeyTemplate(template.source, good, template.position) if len(good) == len(parts) else None

    # ------------------------------------------------------------------------------------------ properties

    def path(self, names: tuple[str, ...], position: Position) -> tuple[Field, ...] | None:
        """The fields that a dotted path leads through; None, and an error, where it leads nowhere.

        None also, without an error, where that is not known.
        """
        model: ObjectClass | None = self.model
        fields: list[Field] = []
        for name in names:
            if model is None:
                if not holds_unread(fields[-1].type):
                    self._no_object(fields[-1], name, position)
                return None
            field = self._named(model, name, position)
            if field is None:
                return None
            fields.append(field)
            model = self.classes.get(field.type.class_name) if isinstance(field.type, ObjectType) else None
        return tuple(fields)

    def _no_object(self, field: Field, name: str, position: Position) -> None:
        self.context.error(
            "ES201",
            f"{field.wire_name} is no object, so it has no property {name!r}",
            position,
            f"write {{{field.wire_name}}}, or name a property of an object",
        )

    def _named(self, model: ObjectClass, name: str, position: Position) -> Field | None:
        exact = [field for field in model.fields if field.wire_name == name]
        found = exact or [field for field in model.fields if fold(field.wire_name) == fold(name)]
        if len(found) == 1:
            return found[0]
        if self.is_partial and model is self.model:
            return None
        wires = [field.wire_name for field in found or model.fields]
        if found:
            message = f"{name!r} may mean {' or '.join(map(repr, wires))} of {model.name}"
            self.context.error("ES202", message, position, "write one of them exactly")
        else:
            message = f"{model.name} has no property {name!r}"
            self.context.error("ES201", message, position, did_you_mean(name, wires, "declare it in the schema"))
        return None

    # ------------------------------------------------------------------------------------------ components

    def _component(self, macro: Macro) -> Component | None:
        path = self.path(macro.path, macro.position)
        if path is None or any(holds_unread(field.type) for field in path):
            return None
        is_plain = macro.format == "d" and isinstance(path[-1].type, IntegerType)  # as a number is written anyway
        component = Component(
            path,
            "" if is_plain else macro.format,
            tuple(Transform(step.kind, step.argument) for step in macro.transforms),
            macro.default,
            macro.position,
        )
        fault = self._type_fault(component) or self._format_fault(component)
        if fault is not None:
            self.context.error(*fault[:2], macro.position, fault[2])
            return None
        return component if self._transforms(component, macro.transforms) else None

    def _type_fault(self, component: Component) -> tuple[str, str, str] | None:
        """Code, message and hint where the property's type cannot be a key."""
        name = component.field.wire_name
        match component.field.type:
            case NumberType(decimal=False):
                hint = "make it an integer or a decimal (format: decimal), whose digits are exact"
                return "ES205", f"{name} is a floating-point number: its text in a key is not reliable", hint
            case StringType() | IntegerType() | NumberType() | BooleanType() | DateTimeType() | DateType():
                return None
            case UuidType() | EnumType() | LiteralType() | ChoiceType():
                return None
            case ObjectType():
                return "ES205", f"{name} is an object, which no key can hold", f"name a property: {{{name}.…}}"
            case _:
                return "ES205", f"{name} is of a type that no key can hold", "use strings, numbers, booleans or times"

    def _format_fault(self, component: Component) -> tuple[str, str, str] | None:
        if not component.format:
            return None
        text, type_ = component.format, component.field.type
        name = component.field.wire_name
        if isinstance(type_, IntegerType):
            if _NUMBER_FORMAT.fullmatch(text):
                return None
            return "ES206", f"{text!r} is no format for the integer {name}", "write zero padding, such as :08d"
        if isinstance(type_, (DateTimeType, DateType)):
            return self._time_fault(text, name, isinstance(type_, DateTimeType))
        hint = "formats are for integers (:08d) and times (:%Y-%m-%d)"
        return "ES206", f"{name} cannot have the format {text!r}", hint

    def _time_fault(self, text: str, name: str, has_time: bool) -> tuple[str, str, str] | None:
        allowed = _TIME_DIRECTIVES if has_time else _DATE_DIRECTIVES
        used = _DIRECTIVE.findall(text)
        wrong = [f"%{each}" for each in used if each not in allowed]
        if wrong:
            known = " ".join(sorted(f"%{each}" for each in allowed))
            reason = f"{wrong[0]} in the format of {name} is unknown, or depends on the language or the platform"
            return "ES206", reason, f"use {known}"
        if not [each for each in used if each != "%"]:
            return "ES206", f"the format {text!r} of {name} has nothing of the time in it", "write :%Y-%m-%d, say"
        return None

    # ------------------------------------------------------------------------------------------ transforms

    def _transforms(self, component: Component, steps: tuple[TransformSyntax, ...]) -> bool:
        """True where each step can take what the one before gives; else an error at the step."""
        kind = self._kind(component.field.type)
        if component.format and steps and kind != "integer":
            kind = "text"
        elif component.format and steps:
            message = "a number format and transforms do not go together"
            self.context.error("ES206", message, steps[0].position, "leave one of the two out")
            return False
        for step in steps:
            after = _AFTER.get((step.kind, kind))
            if after is None:
                self._wrong_step(step, kind, component)
                return False
            kind = after
        return True

    def _wrong_step(self, step: TransformSyntax, kind: str, component: Component) -> None:
        takes = sorted(taken for known, taken in _AFTER if known is step.kind)
        self.context.error(
            "ES206",
            f"|{step.kind.value} takes {' or '.join(takes)}, and {component.field.wire_name} gives {kind} here",
            step.position,
            "leave it out, or choose another property",
        )

    def _kind(self, type_: FieldType) -> str:
        match type_:
            case IntegerType():
                return "integer"
            case NumberType():
                return "decimal"
            case DateTimeType():
                return "date-time"
            case _:
                return "text"

    # ------------------------------------------------------------------------------------------ when

    def _when(self, when: WhenSyntax) -> WhenEquals | None:
        path = self.path(when.path, when.position)
        if path is None or any(holds_unread(field.type) for field in path):
            return None
        value = decided(when.value, path[-1].type, self.enums, self.context)
        reason = self._when_fault(path[-1].type, value)
        if reason:
            name = ".".join(when.path)
            self.context.error("ES207", f"{name} is never {value!r}: {reason}", when.position, "correct the value")
            return None
        return WhenEquals(path, value)

    def _when_fault(self, type_: FieldType, value: str | int | bool) -> str:
        match type_:
            case StringType():
                return "" if isinstance(value, str) else "it is a string; quote the value"
            case BooleanType():
                return "" if isinstance(value, bool) else "it is a boolean"
            case IntegerType():
                return "" if isinstance(value, int) and not isinstance(value, bool) else "it is an integer"
            case EnumType(class_name=name):
                values = [member.value for member in self.enums[name].members]
                known = any(type(each) is type(value) and each == value for each in values)
                return "" if known else f"it is one of {', '.join(map(repr, values))}"
            case LiteralType(value=constant):
                return "" if type(constant) is type(value) and constant == value else f"it is always {constant!r}"
            case ChoiceType(values=values):
                return "" if value in values else f"it is one of {', '.join(map(repr, values))}"
            case _:
                return "only strings, enums, integers and booleans can be compared"


_AFTER: Mapping[tuple[TransformKind, str], str] = {
    (TransformKind.UPPER, "text"): "text",
    (TransformKind.LOWER, "text"): "text",
    (TransformKind.ISOMS, "date-time"): "text",
    (TransformKind.DESC, "integer"): "text",
    (TransformKind.SORTABLE, "integer"): "text",
    (TransformKind.SORTABLE, "decimal"): "text",
    (TransformKind.MOD, "integer"): "integer",
    (TransformKind.ADD, "integer"): "integer",
    (TransformKind.SHARD, "text"): "text",
    (TransformKind.SHARD, "integer"): "text",
    (TransformKind.SHARD, "decimal"): "text",
    (TransformKind.SHARD, "date-time"): "text",
}
"""What a step gives, by what it is given."""
