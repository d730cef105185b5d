"""The view of an entity's store module: key, codec, finders.

Rules of this file:
- Statements of `encode`: checks and attribute of each property in its place, then each pair of keys, with texts that
  several places need where the first of them is. One dict of all properties that are always there would be quicker by
  a twentieth; but then what two branches add to an entity would meet, wherever it stands in the document.
- An index pair is written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from entitystore_generator.config import ModelKind
from entitystore_generator.emit.choices import choice_lines, expand, is_chosen
from entitystore_generator.emit.codecs import CodecEmitter
from entitystore_generator.emit.constraints import ConstraintEmitter
from entitystore_generator.emit.finders import FinderEmitter
from entitystore_generator.emit.imports import Imports, store_prelude
from entitystore_generator.emit.key_comparison import KeyComparer, read_as_text
from entitystore_generator.emit.keys import KeyEmitter, key_text
from entitystore_generator.emit.names import free_name, name_beside, with_article
from entitystore_generator.emit.object_codec import ObjectCodec, Written
from entitystore_generator.emit.presence import presence, under
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Comment, Docstring, docstring, identifier, literal, spoken
from entitystore_generator.emit.views import ArgumentView, StoreView
from entitystore_generator.ir.model import (
    Component,
    Entity,
    Field,
    FieldType,
    IndexKeys,
    Key,
    KeyTemplate,
    Package,
    StringType,
)
from entitystore_generator.ir.projections import fetched_indexes
from entitystore_generator.proofs.building import automaton
from entitystore_generator.proofs.language import string_texts
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["store_view"]

KEYS = "entitystore.keys"


def store_view(entity: Entity, languages: KeyLanguages, kind: ModelKind, header: Comment) -> StoreView:
    """Everything that `<entity>_store.py` shows."""
    return _StoreEmitter(entity, languages, kind).view(header)


@dataclass(slots=True)
class _StoreEmitter:
    entity: Entity
    languages: KeyLanguages
    kind: ModelKind
    imports: Imports = field(init=False)
    keys: KeyEmitter = field(init=False)
    codec: ObjectCodec = field(init=False)
    prepare: list[str] = field(default_factory=list)
    key_lines: list[str] = field(default_factory=list)
    _locals: set[str] = field(default_factory=set)
    _prepared: dict[str, str] = field(default_factory=dict)

    @property
    def package(self) -> Package:
        return self.languages.package

    def __post_init__(self) -> None:
        self.imports = Imports(store_prelude(self.kind), frozenset(_own_names(self.entity)))
        constraints = ConstraintEmitter(self.imports)
        self.keys = KeyEmitter(self.languages, self.imports, constraints)
        self.codec = ObjectCodec(
            self.entity.model,
            self.package,
            self.kind,
            self.imports,
            CodecEmitter(self.package, self.imports),
            constraints,
            read_as_text=read_as_text(self.entity),
        )
        self._locals = {self.codec.argument}
        self.codec.hold(self._locals)

    def view(self, header: Comment) -> StoreView:
        name = self.entity.model.name
        self.imports.always(".models", name)
        key_arguments, key_lines = self._key_function()
        leaves = self.codec.leaves()
        comparer = KeyComparer(self.entity, self.imports, self.keys, self.codec.argument)
        comparisons = comparer.views()
        self._write_keys()
        written = [*self._property_lines(), *self.key_lines]
        noun = spoken(self.entity.name)
        text = f"The stored form of {with_article(noun)}: attributes as DynamoDB JSON, keys and type included."
        summary = docstring(text, wrap=False)
        leaves = [*comparer.leaves, self._type_leaf(), *leaves]
        codec = self.codec.view(leaves, summary, name, written)
        finders = tuple(
            FinderEmitter(self.entity, pattern, self.imports, self.keys).view()
            for access_pattern in self.entity.access_patterns
            for pattern in expand(access_pattern)
        )
        return StoreView(
            header=header,
            imports=tuple(self.imports.lines()),
            docstring=self._docstring(),
            class_name=identifier(name),
            noun=noun,
            a_noun=with_article(noun),
            store=f"{name}Store",
            key_class=name_beside(f"{name}Key", self.package.model_names),
            type_name=literal(self.entity.type_name),
            type_attribute=literal(self.package.table.type_attribute),
            shares_keys=self._shares_keys(),
            key_arguments=tuple(key_arguments),
            key_parameters=tuple(f"{argument.name}: {argument.annotation}" for argument in key_arguments),
            key_passed=", ".join(f"{argument.name}={argument.name}" for argument in key_arguments),
            consistent=free_name("consistent", {argument.name for argument in key_arguments}),
            condition=free_name("condition", {argument.name for argument in key_arguments}),
            values=free_name("values", {argument.name for argument in key_arguments}),
            names=free_name("names", {argument.name for argument in key_arguments}),
            key_lines=tuple(key_lines),
            key_docstring=self._key_docstring(),
            key_attributes=tuple(literal(key.name) for key in self.package.table.primary.key_attributes),
            fetched=tuple(literal(name) for name in fetched_indexes(self.entity, self.package)),
            constants=tuple(self.codec.constraints.constants),
            texts=tuple(self.keys.functions),
            unions=tuple(self.codec.codecs.unions),
            codec=codec,
            comparisons=comparisons,
            finders=finders,
        )

    def _shares_keys(self) -> bool:
        """Either of the two entities may say it."""
        return bool(self.entity.shares_keys_with) or self.entity.type_name in self.package.types_sharing_keys

    def _docstring(self) -> Docstring:
        shown = [
            f"{key.logical}: {choice.template.source}"
            for keys in self.entity.all_keys
            for key in (keys.partition, keys.sort)
            if key is not None
            for choice in key.choices
        ]
        said = self.entity.model.description or f"Stores {self.entity.model.name} entities."
        return docstring(f"{said}\n\nKeys:", indent=0, listed=shown)

    def _type_leaf(self) -> tuple[str, str]:
        """The type attribute, whose value alone tells this entity's items from others'."""
        name = free_name("entity_type", {field.name for field in self.entity.model.fields})
        leaf, exact = self.imports.use("entitystore.wire", "S"), self.imports.use("typing", "Literal")
        attribute = literal(self.package.table.type_attribute)
        return name, f"{leaf}[{exact}[{literal(self.entity.type_name)}]] = field(name={attribute})"

    # ------------------------------------------------------------------------------------------------ key()

    def _key_function(self) -> tuple[list[ArgumentView], list[str]]:
        primary = self.entity.primary
        components: dict[str, Component] = {}
        for key in _keys_of(primary):
            for component in key.template.components:
                components.setdefault(component.name, component)
        arguments = [ArgumentView(name, self._argument(component)) for name, component in components.items()]
        taken = set(components)
        lines: list[str] = []
        entries: list[str] = []
        texts: dict[str, str] = {}
        for key, attribute in zip(_keys_of(primary), self.package.table.primary.key_attributes, strict=False):
            expressions = {}
            for component in key.template.components:
                function = self.keys.text_function(component)
                if function.name not in texts:
                    texts[function.name] = free_name(function.name.lstrip("_"), taken)
                    lines.append(f"{texts[function.name]} = {function.name}({component.name})")
                expressions[component] = texts[function.name]
            lines += self._refuse_empty(key, key.template, expressions)
            text = key_text(key.template, expressions)
            entries.append(f'{literal(attribute.name)}: {{"{attribute.type}": {text}}}')
        return arguments, [*lines, f"return {{{', '.join(entries)}}}"]

    def _argument(self, component: Component) -> str:
        plain = annotation(component.field.type, self.imports)
        return plain if component.default is None else f"{plain} | None"

    def _key_docstring(self) -> Docstring:
        shown = ", ".join(f"{key.logical} = {key.template.source}" for key in _keys_of(self.entity.primary))
        return docstring(f"The table key of {with_article(spoken(self.entity.name))}: {shown}", wrap=False)

    def _refuse_empty(self, key: Key, template: KeyTemplate, expressions: dict[Component, str]) -> list[str]:
        """A check that the key as a whole is not empty, where it could be."""
        if not self.languages.can_be_empty(template):
            return []
        first = template.components[0]
        use = self.imports.use(KEYS, "empty_key")
        test = " and ".join(f"not {text}" for text in expressions.values())
        return [f"if {test}:", f"    raise {use}({literal(first.name)}, {literal(key.logical)})"]

    # --------------------------------------------------------------------------------------------- encode()

    def _write_keys(self) -> None:
        """What writes the keys, after the properties that they are made of; before each pair what it alone needs."""
        written = {field.attribute for field in self.entity.model.fields}
        self.prepare += self._refuse_empty_own()
        for keys in self.entity.all_keys:
            entries = self._pair_lines(keys, written)
            self.key_lines += [*self.prepare, *entries]
            self.prepare.clear()
            written |= {key.name for key in self.package.table.primary.key_attributes}

    def _property_lines(self) -> list[str]:
        """What checks and writes the properties, each in its place: a text that keys need, too, is made there."""
        self.codec.constraints.begin()
        lines: list[str] = []
        for each in self.entity.model.fields:
            writes = [line for entry in self.codec.written(each) for line in self._own(entry)]
            lines += self.codec.checked(each, writes)
        return lines

    def _refuse_empty_own(self) -> list[str]:
        """Checks of the properties that are key attributes themselves, whose text DynamoDB wants to be one."""
        table = self.package.table
        keys = {key.name for index in (table.primary, *table.indexes) for key in index.key_attributes}
        lines: list[str] = []
        for each in self.entity.model.fields:
            if each.attribute in keys and _can_be_empty(each.type):
                use = self.imports.use(KEYS, "empty_key")
                lines.append(f'if {self.codec.value(each)} == "":')
                lines.append(f"    raise {use}({literal(each.name)}, {literal(each.attribute)})")
        return lines

    def _pair_lines(self, keys: IndexKeys, written: set[str]) -> list[str]:
        """The statements for an index pair, less attributes `written`."""
        if is_chosen(keys):
            return self._chosen_lines(keys)
        templates = [key.template for key in _keys_of(keys)]
        conditions = presence(templates, self._value)
        lines: list[str] = []
        entries = self._pair_entries(keys, templates, lines, written, hoist=not conditions)
        return under(" and ".join(conditions), [*lines, *entries]) if conditions and entries else entries

    def _pair_entries(
        self, keys: IndexKeys, templates: list[KeyTemplate], lines: list[str], written: set[str], *, hoist: bool
    ) -> list[str]:
        entries: list[str] = []
        attributes = [keys.index.partition, keys.index.sort]
        for key, template, attribute in zip(_keys_of(keys), templates, attributes, strict=False):
            if attribute is None or attribute.name in written:
                continue
            expressions = {
                component: self._entity_text(component, lines, hoist=hoist) for component in template.components
            }
            (self.prepare if hoist else lines).extend(self._refuse_empty(key, template, expressions))
            entries.append(f'item[{literal(attribute.name)}] = {{"S": {key_text(template, expressions)}}}')
        return entries

    def _chosen_lines(self, keys: IndexKeys) -> list[str]:
        """A pair of which a key is chosen by value: the partition key's choice, and within it the sort key's."""

        def pair(templates: list[KeyTemplate]) -> list[str]:
            lines: list[str] = []
            entries = self._pair_entries(keys, templates, lines, set(), hoist=False)
            conditions = presence(templates, self._value)
            return under(" and ".join(conditions), [*lines, *entries])

        def sorts(partition: KeyTemplate) -> list[str]:
            if keys.sort is None:
                return pair([partition])
            return self._choice_lines(keys.sort, lambda sort: pair([partition, sort]))

        return self._choice_lines(keys.partition, sorts)

    def _choice_lines(self, key: Key, body: Callable[[KeyTemplate], list[str]]) -> list[str]:
        return choice_lines(key.choices, self.codec.argument, self.package, self.imports, body)

    def _entity_text(self, component: Component, block: list[str], *, hoist: bool) -> str:
        """The text of an entity's own property: the property itself where that is its text, else a local."""
        value = self._value(component.path)
        name, text = self.keys.entity_text(component, value)
        if text == value:
            return value
        if text in self._prepared:
            return self._prepared[text]
        local = free_name(name, self._locals)
        (self.prepare if hoist else block).append(f"{local} = {text}")
        if hoist:
            self._prepared[text] = local
        return local

    def _value(self, path: tuple[Field, ...]) -> str:
        first, *others = path
        return ".".join([self.codec.value(first), *(step.name for step in others)])

    def _own(self, entry: Written) -> list[str]:
        """What writes a property. The text of one that keys have, too, is made here, and once."""
        text = entry.value.removeprefix('{"S": ').removesuffix("}")
        local = self._prepared.get(text)
        if local is None:
            return entry.statements
        made = f"{local} = {text}"
        first = [made] if made in self.key_lines else []
        self.key_lines = [line for line in self.key_lines if line != made]
        return [*first, *replace(entry, value=f'{{"S": {local}}}').statements]


def _own_names(entity: Entity) -> Iterator[str]:
    """What properties, arguments and finders are called in an entity's module."""
    yield from (each.name for each in entity.model.fields)
    yield from (each.name for each in entity.access_patterns)
    for keys in entity.all_keys:
        for key in _keys_of(keys):
            yield from (each.name for choice in key.choices for each in choice.template.components)


def _can_be_empty(of: FieldType) -> bool:
    """Whether "" passes the schema's own checks."""
    return isinstance(of, StringType) and automaton(string_texts(of)).has_empty_text


def _keys_of(keys: IndexKeys) -> list[Key]:
    return [keys.partition] if keys.sort is None else [keys.partition, keys.sort]
