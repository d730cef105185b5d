"""Whether a document's names are certain, so that datamodel-code-generator need not be asked for them.

    OrderLine, order-line      class OrderLine
    userId, user_id            field user_id
    in progress, IN_PROGRESS   member IN_PROGRESS

Rules of this file:
- It says yes only where the parser was shown to choose as we do: tests/generator/ir/test_plain_names.py asks it for
  random documents and for every short name. In doubt it says no, which costs the time of asking and no more.
- A document counts as a whole: one name that is not certain may move others, which the parser numbers.
- A class in place is certain where a property has it as its type. Within arrays and maps the parser makes a singular
  of the property's name, and within unions and joins it has ways of its own.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from entitystore_generator.ir.names import pascal_case, snake_case, words
from entitystore_generator.spec.schema import Schema, Spec

__all__ = ["is_plain", "is_plain_class", "is_plain_field", "is_plain_member"]

_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9]*|[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+")
_MEMBER = re.compile(r"[A-Za-z0-9]+|[a-z0-9]+(?:[ _.:/+-][a-z0-9]+)+|[A-Z0-9]+(?:[ _.:/+-][A-Z0-9]+)+")

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


def is_plain_member(value: str) -> bool:
    """True for a value whose member is called `snake_case(value)` in capitals."""
    return bool(_MEMBER.fullmatch(value))


class _Survey:
    """One walk through all that the entities reach, to the first name that is not certain."""

    def __init__(self, spec: Spec) -> None:
        self._schemas = spec.schemas
        self._components = spec.closure_names
        self._classes: set[str] = set()
        self._fields: dict[str, str] = {}

    def is_plain(self) -> bool:
        components = dict.fromkeys(self._components.values())
        return all(map(self._names_a_class, components)) and all(map(self._is_plain_component, self._schemas.values()))

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

    # ------------------------------------------------------------------------------------------ schemas

    def _is_plain_component(self, schema: Schema) -> bool:
        return all(map(self._has_plain_content, (schema, *schema.all_of)))

    def _has_plain_content(self, schema: Schema) -> bool:
        return (
            (not schema.enum_values or _has_plain_members(schema))
            and all(self._is_plain_property(wire, each) for wire, each in schema.properties.items())
            and all(map(self._is_plain_part, _parts(schema)))
        )

    def _is_plain_property(self, wire: str, schema: Schema) -> bool:
        if not self._names_a_field(wire):
            return False
        if _makes_class(schema) and schema.pointer not in self._components:
            # The parser calls it after the Python name: `userID` is a UserId there.
            python_name = pascal_case(snake_case(wire))
            if schema.all_of or python_name != pascal_case(wire) or not self._names_a_class(wire):
                return False
            return self._has_plain_content(schema)
        return self._is_plain_part(schema)

    def _is_plain_part(self, schema: Schema) -> bool:
        """True for a property, an element, a value or a branch that makes no class in place."""
        if schema.pointer in self._components:
            return True
        if schema.all_of:
            return _only_refers(schema)
        return not _makes_class(schema) and self._has_plain_content(schema)


def _makes_class(schema: Schema) -> bool:
    return bool(schema.properties or schema.enum_values)


def _parts(schema: Schema) -> Iterator[Schema]:
    if schema.items is not None:
        yield schema.items
    if isinstance(schema.additional, Schema):
        yield schema.additional
    yield from schema.one_of
    yield from schema.any_of


def _only_refers(schema: Schema) -> bool:
    """True for `allOf` around a single `$ref`, which is how 3.0 gives a reference a description."""
    only = len(schema.all_of) == 1 and schema.all_of[0].ref is not None
    return only and not (_makes_class(schema) or schema.ref or schema.type or schema.types)


def _has_plain_members(schema: Schema) -> bool:
    values = schema.enum_values
    if schema.nullable or schema.types:
        return False
    if schema.type == "integer":
        return all(type(value) is int and value >= 0 for value in values)
    texts = [value for value in values if isinstance(value, str) and is_plain_member(value)]
    names = {snake_case(text) for text in texts}
    return schema.type in ("", "string") and len(texts) == len(values) == len(names)
