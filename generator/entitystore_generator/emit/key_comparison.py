"""The comparison of stored keys with those that this package writes: generated where a key has more than one form.

    SK: "AT#{at}#{id}"   ->   same_key("SK", item.sk, f"AT#{at_text}#{event.id}")

Rules of this file:
- A key is compared where another program could spell a property of it in another way: a time, a UUID, a number. So is
  the first key that changes a text (a transform, a default) or holds a boolean; who changes it in one key does in all.
- A plain text, an enum, a date and what strftime makes of a time have one form: a key of these alone costs nothing.
- Whole keys are compared, so that one that no longer belongs to its properties is found along the way.
- What was read is compared as it is: no pattern, bound or delimiter is checked, for older items may not meet it.
- The table's times and UUIDs become texts in one call for a whole page.
- N attributes are not compared: DynamoDB itself takes them as numbers.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from msgspec import Struct

from entitystore_generator.emit.choices import choice_lines
from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.keys import KeyEmitter, expires, key_text
from entitystore_generator.emit.names import free_name, name_beside, snake_case
from entitystore_generator.emit.presence import presence, under
from entitystore_generator.emit.source import literal
from entitystore_generator.emit.views import KeyComparisonView
from entitystore_generator.ir.model import (
    BooleanType,
    ChoiceType,
    Component,
    DateTimeType,
    DateType,
    Entity,
    EnumType,
    Field,
    IndexKeys,
    Key,
    KeyAttribute,
    KeyTemplate,
    LiteralType,
    StringType,
    UuidType,
)
from entitystore_generator.ir.names import RESERVED_FIELDS

__all__ = ["KeyComparer", "read_as_text"]

FORMS = "entitystore.key_forms"
_BULK: dict[object, str] = {DateTimeType(): "timestamp_texts", UuidType(): "uuid_texts"}


class _Compared(Struct, frozen=True):
    """A key attribute that is compared, and the keys of the index that it belongs to."""

    keys: IndexKeys
    key: Key
    attribute: KeyAttribute

    @property
    def index(self) -> str:
        return self.keys.index.name

    def template_of(self, pair: list[KeyTemplate]) -> KeyTemplate:
        """That of the compared key among those of a pair."""
        return pair[0] if self.key is self.keys.partition else pair[-1]


def _compared(entity: Entity) -> Iterator[_Compared]:
    """The table's attributes, then each index's; an attribute that is the table's, too, is compared once."""
    known: set[str] = set()
    changed: set[object] = set()
    for keys in entity.all_keys:
        for key, attribute in zip((keys.partition, keys.sort), keys.index.key_attributes, strict=False):
            if key is None or attribute.name in known or attribute.type == "N":
                continue
            components = [component for template in key.templates for component in template.components]
            changes = {component.identity for component in components if _is_changed(component)}
            if any(map(_varies, components)) or changes - changed:
                yield _Compared(keys, key, attribute)
                known |= {attribute.name} if keys.index.is_table else set()
                changed |= changes if keys.index.is_table else set()


def _varies(component: Component) -> bool:
    """Whether the property itself can be spelled in several ways."""
    if isinstance(component.field.type, (DateType, DateTimeType)) and component.format:
        return False
    return not isinstance(component.field.type, (StringType, EnumType, LiteralType, ChoiceType, DateType, BooleanType))


def _is_changed(component: Component) -> bool:
    """Whether the key makes another text of a property that has one form."""
    if _varies(component) or component.format:
        return False
    return bool(component.transforms) or component.default is not None or component.field.type == BooleanType()


def read_as_text(entity: Entity) -> frozenset[str]:
    """The fields that are key attributes themselves and whose text is compared, so that it has to be read."""
    attributes = {each.attribute.name for each in _compared(entity)}
    return frozenset(each.name for each in entity.model.fields if each.attribute in attributes)


@dataclass(slots=True)
class KeyComparer:
    """Emits the comparison of one entity; `argument` is what an entity is called there."""

    entity: Entity
    imports: Imports
    keys: KeyEmitter
    argument: str
    leaves: list[tuple[str, str]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _locals: dict[object, str] = field(default_factory=dict)
    _whole_page: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.argument = name_beside(self.argument, ("items", "entities", "index", "page"))

    def views(self) -> tuple[KeyComparisonView, ...]:
        """The finished view; none where every key has one form."""
        compared = list(_compared(self.entity))
        if not compared:
            return ()
        self._name_leaves(compared)
        self.imports.use("collections.abc", "Sequence")
        own = [each for each in compared if not each.index]
        bulk = {component.identity: component for each in own for component in self._bulk(each)}
        self._whole_page |= bulk.keys()
        lines = [line for each in own for line in self._statements(each)]
        indexes = list(dict.fromkeys(each.index for each in compared if each.index))
        for index in indexes:
            inner = [line for each in compared if each.index == index for line in self._statements(each)]
            is_skipped = len(indexes) == 1 and not own
            lines += under("" if is_skipped else f"index == {literal(index)}", inner)
        view = KeyComparisonView(
            skipped="" if own else _is_none_of(indexes),
            texts=tuple(map(self._bulk_texts, bulk.values())),
            names=", ".join(["item", self.argument, *map(self._local, bulk.values())]),
            sources=", ".join(["items", "entities", *(f"{self._local(each)}s" for each in bulk.values())]),
            lines=tuple(lines),
        )
        return (view,)

    def _name_leaves(self, compared: list[_Compared]) -> None:
        """The struct's fields for the attributes: the property's own, or one more."""
        fields = {each.attribute: each.name for each in self.entity.model.fields}
        names = {*fields.values()}
        taken = {name_beside("entity_type", names), *names, *RESERVED_FIELDS}
        for each in compared:
            name = each.attribute.name
            if name in self._names:
                continue
            self._names[name] = fields.get(name) or free_name(_leaf_name(name), taken)
            if name not in fields:
                optional = self.imports.use("entitystore.wire", "OptionalS")
                given = f"default={optional}(), name={literal(name)}"
                self.leaves.append((self._names[name], f"{optional}[str] = field({given})"))

    # ------------------------------------------------------------------------------------------- whole pages

    def _bulk(self, compared: _Compared) -> Iterator[Component]:
        """The components of a key that is always there whose texts are made for a whole page."""
        if compared.key.is_conditional or presence(_templates(compared.keys), self._value):
            return
        yield from filter(_is_bulk, compared.key.template.components)

    def _bulk_texts(self, component: Component) -> str:
        texts = self.imports.use(FORMS, _BULK[component.field.type])
        return f"{self._local(component)}s = {texts}([{self._value(component.path)} for {self.argument} in entities])"

    # ------------------------------------------------------------------------------------------- single items

    def _statements(self, compared: _Compared) -> list[str]:
        """The comparison of one item's key, where it has one."""
        keys = compared.keys

        def pair(templates: list[KeyTemplate]) -> list[str]:
            lines = self._comparison(compared, compared.template_of(templates))
            return under(" and ".join(presence(templates, self._value)), lines)

        def sorts(partition: KeyTemplate) -> list[str]:
            if keys.sort is None:
                return pair([partition])
            return self._choices(keys.sort, lambda sort: pair([partition, sort]))

        return self._choices(keys.partition, sorts)

    def _choices(self, key: Key, body: Callable[[KeyTemplate], list[str]]) -> list[str]:
        return choice_lines(key.choices, self.argument, self.keys.package, self.imports, body)

    def _comparison(self, compared: _Compared, template: KeyTemplate) -> list[str]:
        lines: list[str] = []
        texts: dict[Component, str] = {}
        for component in template.components:
            text = self._text(component, is_table=not compared.index)
            is_simple = '"' not in text and "'" not in text  # and can so stand inside of an f-string
            texts[component] = text if is_simple else self._local(component)
            if component.identity in self._whole_page:
                texts[component] = self._local(component)
            elif not is_simple and f"{texts[component]} = {text}" not in lines:
                lines.append(f"{texts[component]} = {text}")
        same = self.imports.use(FORMS, "same_key")
        name = compared.attribute.name
        return [*lines, f"{same}({literal(name)}, item.{self._names[name]}, {key_text(template, texts)})"]

    def _text(self, component: Component, *, is_table: bool) -> str:
        """The text of the component of an entity."""
        value = self._value(component.path)
        if expires(component) and is_table:
            value = f"{self.imports.use('entitystore.expiry', 'expiry_second')}({value}, {literal(component.name)})"
        if component.field.type == UuidType() and not component.transforms:
            text = f"{self.imports.use(FORMS, 'uuid_text')}({value})"
        else:
            text = self.keys.text_of(component, value)
        if component.default is None:
            return text
        return f"{literal(component.default)} if {self._value(component.path)} is None else {text}"

    def _value(self, path: tuple[Field, ...]) -> str:
        return ".".join([self.argument, *(step.name for step in path)])

    def _local(self, component: Component) -> str:
        """The name of the component's text."""
        identity = component.identity
        if identity not in self._locals:
            self._locals[identity] = name_beside(f"{component.name}_text", self._locals.values())
        return self._locals[identity]


def _is_none_of(indexes: list[str]) -> str:
    if len(indexes) == 1:
        return f"index != {literal(indexes[0])}"
    return f"index not in ({', '.join(map(literal, indexes))})"


def _templates(keys: IndexKeys) -> list[KeyTemplate]:
    """Those of a pair that is not chosen; none of a chosen one, whose properties are looked at where it is chosen."""
    pair = [key for key in (keys.partition, keys.sort) if key is not None]
    return [] if any(key.is_conditional for key in pair) else [key.template for key in pair]


def _is_bulk(component: Component) -> bool:
    is_plain = not (component.format or component.transforms) and component.default is None
    return is_plain and component.field.type in _BULK


def _leaf_name(attribute: str) -> str:
    name = snake_case(attribute).strip("_")
    return name if name.isidentifier() and not keyword.iskeyword(name) else "key"
