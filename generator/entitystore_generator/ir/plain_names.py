"""Whether a document's names are certain, so that datamodel-code-generator need not be asked for them.

    OrderLine, order-line      class OrderLine
    lines: an array in place   class Line
    userId, user_id            field user_id

Rules of this file:
- It says yes only where the parser was shown to choose as we do: tests/generator/ir/test_plain_names.py asks it for
  random documents and for every short name. In doubt it says no, which costs the time of asking and no more.
- A document counts as a whole: one name that is not certain may move others, which the parser numbers.
- A class in place is certain where a property has it as its type, or as that of its elements, being an array or a map.
  An array's are called by the singular of its name, as far as that is certain. Within unions and joins the parser has
  ways of its own.
- Enums of texts in place are named in `classes` alone, and elements with bounds, which are classes there, have no names
  here. These classes are hidden: none may meet, there, one that counts, in its name or with its number.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from operator import attrgetter

from entitystore_generator.ir.classes import InlinePlace, name_in_place
from entitystore_generator.ir.names import RESERVED_CLASSES, pascal_case, snake_case, words
from entitystore_generator.ir.singular import element_name
from entitystore_generator.spec.schema import Schema, Spec

__all__ = ["is_plain", "is_plain_class", "is_plain_field"]

_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9]*|[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+")

_IMPORTED = words(
    """AliasChoices Annotated Any AnyUrl AwareDatetime Base64Bytes Base64Encoder Base64Str BaseModel ClassVar ConfigDict
    Date DateTime Decimal Dict Duration EmailStr EncodedBytes Enum Field FrozenSet FutureDate FutureDatetime IPv4Address
    IPv4Network IPv6Address IPv6Network IntEnum Iterator List Literal MISSING Mapping Meta MultipleOf NaiveDatetime
    NegativeFloat NegativeInt NonNegativeFloat NonNegativeInt NonPositiveFloat NonPositiveInt NotRequired Optional
    PastDate PastDatetime Path PositiveFloat PositiveInt ReadOnly Required RootModel SecretStr Sequence SerializeAsAny
    Set StrEnum StrictBool StrictBytes StrictFloat StrictInt StrictStr StringConstraints Struct SupportsIndex Time Tuple
    TypeAdapter TypeAlias TypeAliasType TypedDict ULID UNSET UUID UUID1 UUID3 UUID4 UUID5 Union UnsetType ValidationInfo
    ValidatorFunctionWrapHandler"""
)
"""What the parser's own output may import: a class of such a name gives way there."""

_METHODS = frozenset({"mro", "register"})
"""Attributes of a pydantic class that the parser steps aside for and generated classes need not."""


def is_plain(spec: Spec) -> bool:
    """True where the names that we choose alone are those that we would choose with the parser's."""
    return _Survey(spec).is_plain()


def is_plain_class(name: str) -> bool:
    """True for a name of a schema that becomes `pascal_case(name)`, where no other class wants that."""
    class_name = pascal_case(name)
    return bool(_CLASS.fullmatch(name)) and not (class_name in _IMPORTED or keyword.iskeyword(class_name))


def is_plain_field(wire: str) -> bool:
    """True for a property that becomes `snake_case(wire)`, but for what is reserved."""
    return bool(_FIELD.fullmatch(wire)) and snake_case(wire) not in _METHODS


class _Survey:
    """One walk through all that the entities reach, to the first name that is not certain."""

    def __init__(self, spec: Spec) -> None:
        self._schemas = spec.schemas
        self._components = spec.closure_names
        parts = (part for schema in self._schemas.values() for part in schema.all_of)
        self._extended = {self._components.get(part.ref) for part in parts if part.ref is not None}
        self._classes: set[str] = set()
        self._in_place: set[str] = set()
        self._hidden: set[str] = set()
        self._fields: dict[str, str] = {}

    def is_plain(self) -> bool:
        components = dict.fromkeys(self._components.values())
        return (
            all(map(self._names_a_class, components))
            and all(map(self._is_plain_component, self._schemas.values()))
            and not self._is_moved()
        )

    # -------------------------------------------------------------------------------------------- names

    def _names_a_class(self, name: str) -> bool:
        """True for a plain name of a class that no other one has, in capitals or not."""
        folded = pascal_case(name).casefold()
        if folded in self._classes or not is_plain_class(name):
            return False
        self._classes.add(folded)
        return True

    def _names_a_field(self, wire: str) -> bool:
        """True for a property whose Python name no other property has, in any class: classes extend each other."""
        return self._fields.setdefault(snake_case(wire), wire) == wire and is_plain_field(wire)

    def _is_moved(self) -> bool:
        """True where a class that is hidden may take the name, or the number, of one that counts.

        A schema has its name back from it, but where it is a number's, or reserved.
        """
        reserved = {name for each in self._components.values() if (name := pascal_case(each)) in RESERVED_CLASSES}
        counts = {_without_number(name) for name in (*self._in_place, *map(str.casefold, reserved))}
        counts |= {stem for name in self._classes if (stem := _without_number(name)) != name}
        return any(not name or _without_number(name) in counts for name in self._hidden if counts)

    def _hide(self, name: str | None, *, nullable: bool = False) -> None:
        """Note a class that only the parser makes; None where its name is not certain."""
        folded = (name or "").casefold()
        self._hidden |= {folded, f"{folded}enum"} if nullable and folded else {folded}

    # ------------------------------------------------------------------------------------------ schemas

    def _is_plain_component(self, schema: Schema) -> bool:
        name = self._components[schema.pointer]
        place = InlinePlace(class_name=name, wire=name)
        return all(self._has_plain_content(each, place) for each in (schema, *schema.all_of))

    def _has_plain_content(self, schema: Schema, place: InlinePlace) -> bool:
        """True for a schema whose class has a name, or which makes none."""
        return (
            (not schema.enum_values or _has_plain_members(schema))
            and all(isinstance(each.const, str) for each in _branches(schema) if each.has_const)
            and all(self._is_plain_property(wire, each) for wire, each in schema.properties.items())
            and all(self._is_plain_part(schema, each, place) for each in _parts(schema))
        )

    def _is_plain_property(self, wire: str, schema: Schema) -> bool:
        return self._names_a_field(wire) and self._is_plain_at(schema, InlinePlace(wire=wire))

    def _is_plain_at(self, schema: Schema, place: InlinePlace) -> bool:
        """True for what a property has as its type, or an array or a map that it is."""
        if schema.pointer in self._components:
            return True
        if schema.all_of:
            return _only_refers(schema)
        if _is_enum_of_texts(schema):
            self._hide(name_in_place(place, "Enum"), nullable=schema.nullable)
            return True
        if _is_union_of_constants(schema):
            self._hide(name_in_place(place, "Enum"))
        if _makes_class(schema):
            return self._is_plain_class_at(schema, place)
        element = _element(schema)
        if element is None or _has_bounds(element):
            return self._has_plain_content(schema, place)
        return self._is_plain_at(element, place.item() if schema.items is element else place.value())

    def _is_plain_class_at(self, schema: Schema, place: InlinePlace) -> bool:
        # The parser calls it after the Python name: `userID` is a UserId there.
        name = pascal_case(place.wire)
        if name != pascal_case(snake_case(place.wire)) or keyword.iskeyword(name):
            return False
        if not self._names_what_is_made(schema, place):
            return False
        return self._has_plain_content(schema, place)

    def _names_what_is_made(self, schema: Schema, place: InlinePlace) -> bool:
        wanted = name_in_place(place, "Item" if schema.properties else "Enum")
        if wanted is None or (place.suffix and self._is_in_base(schema)):
            return False
        self._in_place.add(wanted.casefold())
        return self._names_a_class(wanted)

    def _is_in_base(self, schema: Schema) -> bool:
        """True within a schema that others extend: of some the parser leaves out whose the elements are."""
        pointer = schema.pointer
        while "/" in pointer and pointer not in self._components:
            pointer = pointer.rpartition("/")[0]
        return self._components.get(pointer) in self._extended

    def _is_plain_part(self, whole: Schema, schema: Schema, place: InlinePlace) -> bool:
        """True for an element, a value or a branch that makes no class in place, or a hidden one within a class."""
        if schema.pointer in self._components:
            return True
        if schema.all_of:
            return _only_refers(schema)
        if _is_enum_of_texts(schema) or _is_union_of_constants(schema):
            self._hide(None)
            return not place.class_name
        if schema is whole.items and _has_bounds(schema) and _has_bounds(whole):
            self._hide(_root_name(schema, place))
        return not _makes_class(schema) and self._has_plain_content(schema, place)


def _root_name(element: Schema, place: InlinePlace) -> str | None:
    """What the parser calls the class that it makes of an element with bounds; None where that is not certain."""
    is_certain = not place.suffix and _element(element) is None
    return element_name(pascal_case(place.wire), "Item") if is_certain else None


def _is_enum_of_texts(schema: Schema) -> bool:
    return _holds_texts(schema) and not (schema.ref or schema.properties or schema.items or _branches(schema))


def _is_union_of_constants(schema: Schema) -> bool:
    return any(each.has_const for each in _branches(schema))


def _holds_texts(schema: Schema) -> bool:
    values = schema.enum_values
    of_text = schema.type in ("", "string") and not schema.types
    return bool(values) and of_text and all(isinstance(value, str) for value in values)


def _makes_class(schema: Schema) -> bool:
    return bool(schema.properties or schema.enum_values)


def _element(schema: Schema) -> Schema | None:
    """What an array or a map holds, if it is that and no more; what a map holds that may be null is left out there."""
    if schema.ref or schema.types or schema.one_of or schema.any_of:
        return None
    values = schema.additional if isinstance(schema.additional, Schema) else None
    if schema.type == "array":
        return schema.items if values is None else None
    return values if schema.type == "object" and not schema.nullable and schema.items is None else None


_bounds = attrgetter(
    *("min_length", "max_length", "pattern", "min_items", "max_items", "min_properties", "max_properties"),
    *("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"),
)


def _has_bounds(schema: Schema) -> bool:
    """True for a schema with bounds: of an element with some the parser may make a class, to hold them."""
    return schema.unique_items or any(each is not None for each in _bounds(schema))


def _without_number(name: str) -> str:
    """The name that the parser may have added to, to tell two apart."""
    return name.rstrip("0123456789").removesuffix("model")


def _parts(schema: Schema) -> Iterator[Schema]:
    if schema.items is not None:
        yield schema.items
    if isinstance(schema.additional, Schema):
        yield schema.additional
    yield from _branches(schema)


def _branches(schema: Schema) -> tuple[Schema, ...]:
    return (*schema.one_of, *schema.any_of)


def _only_refers(schema: Schema) -> bool:
    """True for `allOf` around a single `$ref`, which is how 3.0 gives a reference a description."""
    only = len(schema.all_of) == 1 and schema.all_of[0].ref is not None
    return only and not (_makes_class(schema) or schema.ref or schema.type or schema.types)


def _has_plain_members(schema: Schema) -> bool:
    if schema.nullable or schema.types:
        return False
    if schema.type == "integer":
        return all(type(value) is int and value >= 0 for value in schema.enum_values)
    return _holds_texts(schema)
