"""Unions made such that what was written is read back as what it was.

    raw (ir/unions.py)                                 settled
    string | enum of strings                           string
    string of at most 5 characters | enum              EitherType: a string, if one of them fits
    integer | number                                   int | float, by whether the stored number is whole
    date | date-time | enum of strings                 each by its text
    array of strings | array of integers               EitherType: array of (string | integer), if one of them fits
    Cat | Dog                                          by the tag, or by a required property that the other has not

Rules of this file:
- What is stored under different DynamoDB types is told apart by these. Of what is stored under one, branches that are
  one type in Python, too, become that type; the others must be apart (ir/apart.py), or the first that fits must always
  be the right one.
- A text is one of an enum's, or of a format's, only if no branch takes any text. "Text beside X" is text: a value that
  came in as text stays what it was.
- What cannot be told apart is an error that names the two and the way out, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NoReturn

from msgspec import Struct, field
from msgspec.structs import replace

from entitystore_generator.ir.apart import Apart, Constant, is_always_stored
from entitystore_generator.ir.model import (
    AnyType,
    BooleanType,
    BytesType,
    ChoiceType,
    EitherType,
    EnumType,
    Field,
    FieldType,
    IntegerType,
    ListType,
    LiteralType,
    MapType,
    NullableType,
    NumberType,
    ObjectClass,
    ObjectType,
    SetType,
    StringType,
    UnionOption,
    UnionType,
)
from entitystore_generator.ir.unread import UNREAD

__all__ = ["Indistinguishable", "Settler"]

Options = Sequence[UnionOption]


class Indistinguishable(Exception):
    """Two branches of which nothing stored could tell which it is. `hint` is the way out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Settler(Struct):
    """Settles unions, the inner ones first. `known` are those that are settled, by what they were.

    `completed` are the unions for whose branches other unions have tags. `tags` are the properties by whose one value
    classes are told apart, by the class's name.
    """

    apart: Apart
    completed: dict[UnionType, UnionType] = field(default_factory=dict)
    known: dict[UnionType, FieldType] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def settled(self, type_: FieldType) -> FieldType:
        """The type, with each union in it settled; Indistinguishable."""
        match type_:
            case UnionType():
                union = self.completed.get(type_, type_)
                if union not in self.known:
                    self.known[union] = self._joined(union.options, union.discriminator)
                return self.known[union]
            case ListType(item=inner) | SetType(item=inner):
                return replace(type_, item=self.settled(inner))
            case MapType(value=inner):
                return replace(type_, value=self.settled(inner))
            case NullableType(inner=inner):
                return self._nullable(self.settled(inner))
            case _:
                return type_

    def give_up(self, union: UnionType) -> None:
        """Say nothing more of a union that has a fault."""
        self.known[self.completed.get(union, union)] = UNREAD

    # ------------------------------------------------------------------------------------------- joining

    def _joined(self, options: Options, discriminator: str | None) -> FieldType:
        flat = list(self._flat(options, discriminator))
        if discriminator is None:
            names = {name for option, name in flat if isinstance(option.type, ObjectType)}
            discriminator = names.pop() if len(names) == 1 else None
        tagged = [option if name == discriminator else replace(option, tags=()) for option, name in flat]
        inner = [_without_null(option) for option in tagged]
        joined = self._told_apart(inner, discriminator)
        return self._nullable(joined) if inner != tagged else joined

    def _flat(self, options: Options, discriminator: str | None) -> Iterator[tuple[UnionOption, str | None]]:
        """The branches, with those of unions among them, each with the property whose tags it has."""
        for option in options:
            type_ = self.settled(option.type)
            match type_:
                case UnionType():
                    yield from self._flat([replace(each, taken=()) for each in type_.options], type_.discriminator)
                case EitherType(branches=branches):
                    yield from self._flat(list(map(UnionOption, branches)), None)
                case _:
                    yield replace(option, type=type_), discriminator

    def _nullable(self, type_: FieldType) -> FieldType:
        return type_ if isinstance(type_, (AnyType, NullableType)) else NullableType(type_)

    def _told_apart(self, options: Options, discriminator: str | None) -> FieldType:
        anything = [option.type for option in options if isinstance(option.type, AnyType)]
        if anything:
            return max(anything, key=lambda each: each.is_unread)
        if len({option.type for option in options if isinstance(option.type, SetType)}) > 1:
            raise Indistinguishable("a union can hold one set", "make it one, or store the other as a list")
        groups: dict[str, list[UnionOption]] = {}
        for option in options:
            groups.setdefault(self.apart.kind(option.type), []).append(option)
        told: list[UnionOption] = []
        tag = None
        for kind, members in groups.items():
            if kind == "M":
                members, tag = self._objects(members, discriminator)
            elif len(members := _distinct(members)) > 1:
                members = self._same_kind(kind, [member.type for member in members])
            told += members
        if len(told) == 1 and not told[0].tags:
            return told[0].type
        return UnionType(tuple(map(_never_empty, told)), tag, self._tag_field(told, tag))

    def _same_kind(self, kind: str, types: list[FieldType]) -> list[UnionOption]:
        match kind:
            case "S":
                return self._texts(types)
            case "N":
                return self._numbers(types)
            case "BOOL":
                return [UnionOption(BooleanType())]
            case "B":
                return [UnionOption(self._either(BytesType(), types))]
            case _:
                items = [each.item for each in types if isinstance(each, ListType)]
                return [UnionOption(self._either(ListType(self._elements(items)), types))]

    def _either(self, whole: FieldType, types: Iterable[FieldType]) -> FieldType:
        """`whole` as far as one of `types` admits it; `whole` itself where one of them has no constraints."""
        distinct = list(dict.fromkeys(types))
        if len(distinct) == 1:
            return distinct[0]
        if any(each == whole or (isinstance(whole, IntegerType) and _is_any_number(each)) for each in distinct):
            return whole
        return EitherType(whole, tuple(map(self._without_class, distinct)))

    def _without_class(self, type_: FieldType) -> FieldType:
        if not isinstance(type_, EnumType):
            return type_
        values = self.apart.constants(type_)
        texts = tuple(value for value in values if isinstance(value, str))
        return ChoiceType(texts or tuple(value for value in values if isinstance(value, int)))

    # ------------------------------------------------------------------------------------------- scalars

    def _texts(self, types: list[FieldType]) -> list[UnionOption]:
        if any(isinstance(each, StringType) for each in types):
            return [UnionOption(self._either(StringType(), types))]
        self._refuse_constants_of_a_format(types)
        return self._by_value(types)

    def _refuse_constants_of_a_format(self, types: list[FieldType]) -> None:
        for one, other in ((one, other) for one in types for other in types if self.apart.constants(one)):
            if not self.apart.constants(other) and (same := self.apart.read_as(other, self.apart.constants(one))):
                raise Indistinguishable(
                    f"{same[0]!r} is one of the values of an enum and a text of another branch's format",
                    "leave that value out, or say string alone",
                )

    def _by_value(self, types: Sequence[FieldType]) -> list[UnionOption]:
        """Enums and constants, of which the first that has a value reads it; those that add nothing are left out."""
        seen: dict[Constant, None] = {}
        options = []
        for each in types:
            values = self.apart.constants(each)
            if values and all(value in seen for value in values):
                continue
            options.append(UnionOption(each, (), tuple(value for value in values if value in seen)))
            seen |= dict.fromkeys(values)
        return options

    def _numbers(self, types: list[FieldType]) -> list[UnionOption]:
        numbers = [each for each in types if isinstance(each, NumberType)]
        whole = [each for each in types if not isinstance(each, NumberType)]
        if len({each.decimal for each in numbers}) > 1:
            message = "a float and a Decimal are both stored as N, and cannot be told apart"
            raise Indistinguishable(message, "say format: decimal in both, or in neither")
        if not numbers:
            has_integer = any(isinstance(each, IntegerType) for each in whole)
            return [UnionOption(self._either(IntegerType(), whole))] if has_integer else self._by_value(whole)
        fraction = UnionOption(self._either(NumberType(numbers[0].decimal), numbers))
        return [UnionOption(self._either(IntegerType(), types)), fraction] if whole else [fraction]

    def _elements(self, types: list[FieldType]) -> FieldType:
        return self._joined([UnionOption(each) for each in types], None)

    # ------------------------------------------------------------------------------------------- objects

    def _objects(self, options: Options, discriminator: str | None) -> tuple[list[UnionOption], str | None]:
        """Objects by their tag or in an order in which the first that fits is right, then the map, if there is one."""
        maps = [option.type for option in options if isinstance(option.type, MapType)]
        objects = _same_class_once(option for option in options if isinstance(option.type, ObjectType))
        if not maps:
            tagged = self._tagged(objects, discriminator)
            if tagged is None:
                return self._in_order(objects), None
            self._remember(*tagged)
            return tagged
        values = self._elements([each.value for each in maps])
        whole = UnionOption(self._either(MapType(values), maps))
        for option in objects:
            if not self.apart.refuses_map(self._class(option), values):
                raise Indistinguishable(
                    f"an object of any properties can have all that {self._class(option).name} requires",
                    f"say with additionalProperties which type its values have, or require a property of "
                    f"{self._class(option).name} that is of another one",
                )
        return [*self._in_order(objects), whole], None

    def _class(self, option: UnionOption) -> ObjectClass:
        assert isinstance(option.type, ObjectType)
        return self.apart.classes[option.type.class_name]

    def _tagged(self, objects: list[UnionOption], discriminator: str | None) -> tuple[list[UnionOption], str] | None:
        """The objects with the tags that choose them, and the tag's name; None if they have none in common."""
        if len(objects) == 1:
            return (objects, discriminator) if discriminator and self._narrows(objects[0], discriminator) else None
        if discriminator is not None and all(option.tags for option in objects):
            self._refuse_tags_of_two(objects, discriminator)
            return (objects, discriminator) if self._attributes(objects, discriminator) else None
        names = [each.wire_name for each in self._class(objects[0]).fields]
        return next(filter(None, (self._by_constants(objects, name) for name in names)), None)

    def _tag_field(self, options: Options, tag: str | None) -> str:
        """The tag's name in Python, if it is the same in all classes and a constant in each."""
        objects = [option for option in options if isinstance(option.type, ObjectType)]
        fields = self._attributes(objects, tag) if tag is not None and len(objects) > 1 else []
        constant = all(isinstance(each.type, (LiteralType, ChoiceType)) for each in fields)
        names = {each.name for each in fields}
        return names.pop() if constant and len(names) == 1 else ""

    def _remember(self, objects: list[UnionOption], name: str) -> None:
        models = [self._class(option) for option in objects]
        fields = [field for model in models for field in model.fields if field.wire_name == name]
        if len(objects) > 1 and all(isinstance(field.type, LiteralType) for field in fields):
            for model in models:
                self.tags.setdefault(model.name, name)

    def _refuse_tags_of_two(self, objects: list[UnionOption], discriminator: str) -> None:
        """A class has the tags of all its unions, and pydantic chooses by these."""
        tags: dict[Constant, ObjectClass] = {}
        for model in map(self._class, objects):
            field = next(each for each in model.fields if each.wire_name == discriminator)
            for tag in self.apart.constants(field.type):
                other = tags.setdefault(tag, model)
                if other is not model:
                    raise Indistinguishable(
                        f"the discriminator's value {tag!r} chooses {other.name} in one union, {model.name} in another",
                        "give one value one meaning, or each union schemas of its own (allOf)",
                    )

    def _by_constants(self, objects: list[UnionOption], name: str) -> tuple[list[UnionOption], str] | None:
        """The objects with the constants of a property as their tags, if these tell them apart."""
        fields = self._attributes(objects, name)
        tags = [tuple(each for each in self.apart.constants(field.type) if isinstance(each, str)) for field in fields]
        if not fields or not all(map(is_a_tag, fields)) or not all(tags) or _meet(tags):
            return None
        return [replace(option, tags=each) for option, each in zip(objects, tags, strict=True)], name

    def _attributes(self, objects: list[UnionOption], name: str) -> list[Field]:
        """The property of this name of each object; none if it is not one attribute in all of them."""
        fields = [field for option in objects for field in self._class(option).fields if field.wire_name == name]
        same = len(fields) == len(objects) and len({field.attribute for field in fields}) == 1
        return fields if same else []

    def _narrows(self, option: UnionOption, discriminator: str) -> bool:
        """True where the class has further values of its tag, by other unions."""
        fields = self._attributes([option], discriminator)
        return bool(fields) and set(self.apart.constants(fields[0].type)) > set(option.tags)

    def _in_order(self, objects: list[UnionOption]) -> list[UnionOption]:
        """The objects such that the first that fits is the right one; in the document's order as far as that goes."""
        waiting = [replace(option, tags=()) for option in objects]
        ordered: list[UnionOption] = []
        while waiting:
            first = next((each for each in waiting if self._refuses_all(each, waiting)), None)
            if first is None:
                self._raise_alike(waiting)
            else:
                waiting.remove(first)
                ordered.append(first)
        return ordered

    def _refuses_all(self, option: UnionOption, others: Options) -> bool:
        return all(other is option or self.apart.refuses(self._class(option), self._class(other)) for other in others)

    def _raise_alike(self, options: Options) -> NoReturn:
        pairs = combinations(map(self._class, options), 2)
        alike = ((one, two) for one, two in pairs if not (self.apart.refuses(one, two) or self.apart.refuses(two, one)))
        one, two = next(alike, tuple(map(self._class, options[:2])))
        raise Indistinguishable(
            f"{one.name} and {two.name} cannot be told apart by what they require",
            "let each require a property that the other has not, or has with other values; or give the union a "
            "discriminator",
        )


def is_a_tag(field: Field) -> bool:
    """True where the property is there in every stored object, and not null."""
    return is_always_stored(field) and not field.nullable


def _without_null(option: UnionOption) -> UnionOption:
    return replace(option, type=option.type.inner) if isinstance(option.type, NullableType) else option


def _distinct(options: Options) -> list[UnionOption]:
    return [UnionOption(each) for each in dict.fromkeys(option.type for option in options)]


def _same_class_once(options: Iterable[UnionOption]) -> list[UnionOption]:
    """Each class once, with all the tags that choose it."""
    tags: dict[FieldType, dict[str, None]] = {}
    for option in options:
        tags.setdefault(option.type, {}).update(dict.fromkeys(option.tags))
    return [UnionOption(type_, tuple(each)) for type_, each in tags.items()]


def _meet(values: Iterable[Iterable[str]]) -> bool:
    every = [value for each in values for value in each]
    return len(set(every)) != len(every)


def _is_any_number(type_: FieldType) -> bool:
    return type_ in (NumberType(False), NumberType(True))


def _never_empty(option: UnionOption) -> UnionOption:
    """A set beside another type has a member, since DynamoDB holds no empty one."""
    if not isinstance(option.type, SetType):
        return option
    return replace(option, type=replace(option.type, min_items=max(1, option.type.min_items or 0)))
