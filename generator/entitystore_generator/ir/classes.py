"""Which class, field and member gets which Python name.

Rules of this file:
- `class_names` has chosen; where it has not, the name is made here in its manner. A class that is defined in place is
  found among its choices by what it holds, so that a difference in how it walks a schema costs a name and no more.
- Where it was not asked, an element of an array is called as it would: `lines` hold a Line. Enums of texts that are
  defined in place are not among its choices, nor are members for texts: they are always named here.
- Names of schemas win over names of classes in place: the latter get their parent's name in front.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.ir.class_names import ClassName, ClassNames
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.names import (
    RESERVED_CLASSES,
    RESERVED_FIELDS,
    RESERVED_PARAMETERS,
    Scope,
    fold,
    function_stem,
    has_no_case,
    identifier,
    pascal_case,
    reserved_members,
    snake_case,
)
from entitystore_generator.ir.singular import element_name
from entitystore_generator.spec.schema import Pointer, Schema, Spec

__all__ = ["ClassNaming", "InlinePlace", "Kind", "name_in_place"]

Kind: TypeAlias = Literal["Item", "Enum"]
"""What stands behind a name that has no plural: an object's, or an enum's."""

_GAVE_WAY = re.compile(r"(Model)?[0-9]*")
"""What datamodel-code-generator puts behind a name that is taken."""


class InlinePlace(Struct, frozen=True):
    """Where a type stands: the property `wire` of a class. `paths` are the parsed classes defined there."""

    class_name: str = ""
    wire: str = ""
    suffix: str = ""
    paths: tuple[str, ...] = ()

    def item(self) -> InlinePlace:
        return replace(self, suffix=f"{self.suffix}Item")

    def value(self) -> InlinePlace:
        return replace(self, suffix=f"{self.suffix}Value")


def name_in_place(place: InlinePlace, kind: Kind) -> str | None:
    """What datamodel-code-generator calls a class that is defined there; None where that is not certain."""
    name = pascal_case(place.wire)
    return element_name(name, kind) if place.suffix.endswith("Item") else name


class ClassNaming:
    """The names of one package's classes. `in_keys` are the folded properties that an entity's keys name."""

    def __init__(
        self,
        spec: Spec,
        parsed: ClassNames,
        reserved: Collection[str] = (),
        in_keys: Mapping[Pointer, Collection[str]] | None = None,
    ) -> None:
        self._spec = spec
        self._parsed = parsed
        self._was_asked = bool(parsed.components)
        self._in_keys = in_keys or {}
        self._components = _component_names(parsed) or {each: pascal_case(each) for each in spec.closure_names.values()}
        # A class and a property of one name meet in a class's body; only names without case can be both.
        self._without_case = {name for each in self._components.values() if has_no_case(name := identifier(each))}
        self._fields_without_case: set[str] = set()
        self._scope = Scope(RESERVED_CLASSES | set(reserved), "Model")
        self._derived: set[str] = set()
        self._chosen: dict[Pointer, ClassName] = {}

    def object_name(self, schema: Schema, place: InlinePlace) -> str:
        """A new class's name for an object schema."""
        return self._name(schema, place, schema.properties, "Item")

    def enum_name(self, schema: Schema, place: InlinePlace) -> str:
        """A new class's name for an enum schema."""
        kind: Kind | None = "Enum" if isinstance(schema.enum_values[0], int) else None
        return self._name(schema, place, schema.enum_values, kind)

    def _name(self, schema: Schema, place: InlinePlace, content: Iterable[object], kind: Kind | None) -> str:
        component = self._spec.closure_names.get(schema.pointer)
        if component is not None:
            chosen = self._parsed.components.get(component)
            return self._claim(schema, chosen, self._components.get(component, pascal_case(component)))
        place = self._owner(schema, place)
        chosen = self._found(place.paths, frozenset(map(_typed, content)))
        wanted = chosen.name if chosen else self._unchosen(place, kind)
        if wanted in self._components.values() or not self._scope.is_free(identifier(wanted, "Model")):
            wanted = place.class_name + wanted
        return self._claim(schema, chosen, wanted)

    def _unchosen(self, place: InlinePlace, kind: Kind | None) -> str:
        wanted = None if self._was_asked or kind is None else name_in_place(place, kind)
        return wanted or pascal_case(place.wire) + place.suffix

    def _claim(self, schema: Schema, chosen: ClassName | None, wanted: str) -> str:
        if chosen is not None:
            self._chosen[schema.pointer] = chosen
        wanted = identifier(wanted, "Model")
        name = wanted[0].upper() + wanted[1:]
        while not self._is_free(name):
            name += "_"
        self._derived |= _derived(name)
        if has_no_case(name):
            self._without_case.add(name)
        return self._scope.claim(name)

    def _is_free(self, name: str) -> bool:
        if name in self._fields_without_case:
            return False
        return self._scope.is_free(name) and not _derived(name) & self._derived

    def _owner(self, schema: Schema, place: InlinePlace) -> InlinePlace:
        """The place within the schema that the inline one is written in, if that has no class itself."""
        pointer = schema.pointer
        while "/" in pointer and pointer not in self._spec.closure_names:
            pointer = pointer.rpartition("/")[0]
        component = self._spec.closure_names.get(pointer)
        parsed = self._parsed.components.get(component) if component else None
        if component is None or parsed is None or parsed.fields:
            return place
        return InlinePlace(pascal_case(component), component, place.suffix, parsed.inline)

    def _found(self, paths: tuple[str, ...], content: frozenset[object]) -> ClassName | None:
        for path in paths:
            parsed = self._parsed.inline.get(path)
            if parsed and content == frozenset(map(_typed, parsed.members if parsed.is_enum else parsed.fields)):
                return parsed
        return None

    # ------------------------------------------------------------------------------------------ inside

    def place(self, schema: Schema, class_name: str, wire: str) -> InlinePlace:
        """The place of a property of a class that has its name."""
        chosen = self._chosen.get(schema.pointer)
        parsed = chosen.fields.get(wire) if chosen else None
        return InlinePlace(class_name, wire, "", parsed.inline if parsed else ())

    def field_names(self, schema: Schema, context: Context) -> dict[str, str]:
        """Wire name to Python name, for every property of a class, in the document's order.

        None is another property's name in the document: pydantic takes both for either, `user_id` for `userId` as well.
        """
        in_keys = self._in_keys.get(schema.pointer, ())
        reserved = RESERVED_FIELDS | self._without_case
        plain, in_key = Scope(reserved), reserved | RESERVED_PARAMETERS
        chosen = self._chosen.get(schema.pointer)
        names: dict[str, str] = {}
        alike: dict[str, str] = {}
        wanted = {wire: _wanted_field(wire, chosen) for wire in schema.properties}
        contested = {name for wire, name in wanted.items() if name != wire} & wanted.keys()
        for wire, name in wanted.items():
            self._report_alike(schema, wire, alike.setdefault(identifier(snake_case(wire)), wire), context)
            plain.reserved = (in_key if fold(wire) in in_keys else reserved) | (wanted.keys() - {wire})
            names[wire] = plain.claim(wire if wire in contested else name)
        self._fields_without_case |= set(filter(has_no_case, names.values()))
        return names

    def _report_alike(self, schema: Schema, wire: str, other: str, context: Context) -> None:
        if other != wire:
            context.warning(
                "ES213",
                f"the properties {other!r} and {wire!r} would have one name in Python",
                schema.property_positions.get(wire, schema.position),
                "what the document calls so keeps the name, else the first of the two: rename one",
            )

    def member_names(self, schema: Schema, values: tuple[str, ...] | tuple[int, ...]) -> list[str]:
        """The names of an enum's members, in the order of its values; in capitals, as constants are (PEP 8).

        Capitals are no keywords and no methods, so underscores that made way for these go.
        """
        chosen = self._chosen.get(schema.pointer)
        scope = Scope(reserved_members(values), "FIELD")
        parsed = chosen.members if chosen else {}
        return [scope.claim((parsed.get(value) or _member_name(value)).rstrip("_").upper()) for value in values]


def _wanted_field(wire: str, chosen: ClassName | None) -> str:
    parsed = chosen.fields.get(wire) if chosen else None
    return parsed.name if parsed and parsed.name.isascii() else identifier(snake_case(wire))


def _derived(name: str) -> set[str]:
    """Names in generated modules that come of a class's: functions (`HTTPLog` and `HttpLog` have one), its struct."""
    return {function_stem(name), name, f"Stored{name}"}


def _component_names(parsed: ClassNames) -> dict[str, str]:
    """Schema name to class name. One that gave way to a class in place has its own name back."""
    taken = {each.name for each in parsed.components.values()}
    names: dict[str, str] = {}
    for component, chosen in parsed.components.items():
        own = pascal_case(component)
        gave_way = chosen.name.startswith(own) and _GAVE_WAY.fullmatch(chosen.name.removeprefix(own))
        names[component] = own if gave_way and own not in taken | RESERVED_CLASSES else chosen.name
        taken.add(names[component])
    return names


def _member_name(value: str | int) -> str:
    if isinstance(value, str):
        return snake_case(value) or "field_"
    return f"integer_{'_' if value < 0 else ''}{abs(value)}"


def _typed(value: object) -> object:
    """A value that is not equal to one of another type, as 1 and True are."""
    return (type(value).__name__, value)
