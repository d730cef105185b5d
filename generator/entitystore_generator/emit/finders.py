"""Finders: an access pattern to a selection function and its overloads.

    by_user_id(user_id="1", created_at=between(a, b))
        ->  partition "USER#1", sort keys from "ORDER#<a>#" to "ORDER#<b>#…"

Rules of this file:
- Sort components are given from left to right; the last given one may be a condition. Overloads say so to the type
  checker, the function says so at run time.
- A partial key ends with the constant text up to the next component, so that `NE` does not find `NEW`.
- A condition is offered only where the texts are in the order of the values (`order_of`): an unpadded number, a hash or
  a day without its year can be given as a value, or as the beginning of the stored text.
- A property that the partition key has in part (its month, say) and the sort key as a whole is two arguments; the
  second one is called `sort_…`.
- Whether other entities can lie in the range is proved for every number of given components; the answer is a constant.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from entitystore_generator.emit.key_order import Order, order_of, tells
from entitystore_generator.emit.keys import KeyEmitter, TextFunction, key_text
from entitystore_generator.emit.names import free_name
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Docstring, Imports, docstring, literal
from entitystore_generator.emit.views import FinderView, OverloadView
from entitystore_generator.ir.model import (
    AccessPattern,
    ChoiceType,
    Component,
    Entity,
    EnumType,
    Key,
    KeyTemplate,
    StringType,
    TransformKind,
)
from entitystore_generator.ir.projections import lacking
from entitystore_generator.ir.shards import shard_component, shard_texts

__all__ = ["FinderEmitter", "index_constant"]

CONDITIONS = "entitystore.conditions"
MIXED = ", mixed=True"


def index_constant(index_name: str) -> str:
    """The constant of an index in `definition.py`: `GSI1`, or `PRIMARY` for the table's own key."""
    if not index_name:
        return "PRIMARY"
    return "".join(character if character.isalnum() else "_" for character in index_name).upper()


class FinderEmitter(Struct):
    """Emits one finder."""

    entity: Entity
    pattern: AccessPattern
    imports: Imports
    keys: KeyEmitter
    lines: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _partition: str = ""
    _texts: dict[Component, str] = field(default_factory=dict)
    _arguments: dict[Component, str] = field(default_factory=dict)

    def view(self) -> FinderView:
        """The finished view."""
        keys = self.pattern.keys
        shard = shard_component(keys.partition.template)
        given = tuple(each for each in keys.partition.template.components if each is not shard)
        partition = self._unique(given, "", {})
        known = {component.name: component for component in partition}
        sort = self._unique(keys.sort.template.components, "sort_", known) if keys.sort else ()
        self._taken = {self._arguments[component] for component in (*partition, *sort)}
        shard_argument = self._shard_argument(shard)
        for component in partition:
            self._texts[component] = self._hoist(component)
        self._share_texts(keys.partition.template, partition)
        self._partition = free_name("partition", self._taken)
        self.lines.append(f"{self._partition} = {key_text(keys.partition.template, self._texts)}")
        self._refuse_empty(keys.partition)
        self._emit_sort(sort)
        return FinderView(
            name=self.pattern.name,
            function=f"select_{self.pattern.name}",
            index=self.imports.use(".definition", index_constant(keys.index.name)),
            keys=docstring(f"Keys: {self._keys_shown()}", wrap=False),
            docstring=self._docstring(),
            overloads=tuple(self._overloads(partition, sort)),
            arguments=(*self._required(partition), *(self._optional(component) for component in sort)),
            passed=tuple(self._arguments[component] for component in (*partition, *sort)),
            lines=tuple(self.lines),
            shard=shard_argument,
            shards=_shards(shard),
            query=self._query_class(shard),
        )

    def _refuse_empty(self, key: Key) -> None:
        """DynamoDB refuses an empty partition key with a message that names nobody's property."""
        if self.keys.languages.can_be_empty(key.template):
            empty = self.imports.use("entitystore.keys", "empty_key")
            name = self._arguments[key.template.components[0]]
            self.lines += [f"if not {self._partition}:", f"    raise {empty}({literal(name)}, {literal(key.logical)})"]

    def _shard_argument(self, shard: Component | None) -> str:
        """The selection function's argument for the text of a shard, which the store counts through; "" if none."""
        if shard is None:
            return ""
        argument = free_name(f"{shard.name}_shard", self._taken)
        self._arguments[shard] = argument
        self._texts[shard] = argument
        return argument

    def _query_class(self, shard: Component | None) -> str:
        """What the finder gives, for the sync store; its async twin has `Async` before it."""
        if shard is None:
            return "Query"
        self.imports.use("entitystore.merged", "AsyncMergedQuery")
        return self.imports.use("entitystore.merged", "MergedQuery")

    def _unique(
        self, components: tuple[Component, ...], prefix: str, known: Mapping[str, Component]
    ) -> tuple[Component, ...]:
        """One component for each argument. `known` ones are given already: they need none if that tells their text."""
        found: list[Component] = []
        properties = {component.name for component in (*components, *known.values())}
        for component in components:
            before = known.get(component.name)
            if before is not None and tells(before, component):
                self._arguments[component] = component.name
                continue
            name = component.name if before is None else free_name(f"{prefix}{component.name}", {*properties})
            if name not in [self._arguments[each] for each in found]:
                found.append(component)
            self._arguments[component] = name
        return tuple(found)

    # ------------------------------------------------------------------------------------------- statements

    def _emit_sort(self, sort: tuple[Component, ...]) -> None:
        keys = self.pattern.keys
        if keys.sort is None:
            self._return(self._use("everything") + "()", None)
            return
        template = keys.sort.template
        self._share_texts(template, ())
        for place, component in enumerate(sort):
            self._not_given(template, component, sort[place + 1 :])
            self._condition(template, component, more=_follows_component(template, component))
            self._texts[component] = self._hoist(component)
            self._share_texts(template, sort)
        self._return(f"{self._use('exactly')}({key_text(template, self._texts)})", None)

    def _share_texts(self, template: KeyTemplate, known: tuple[Component, ...]) -> None:
        """A component that stands twice, or in the partition too, has one argument and so one text."""
        by_name = {self._arguments[component]: text for component, text in self._texts.items()}
        for component in template.components:
            argument = self._arguments[component]
            if component not in self._texts and argument in by_name:
                same = self.keys.text_function(component)
                self._texts[component] = self._hoist_as(same, component, by_name[argument])

    def _hoist_as(self, function: TextFunction, component: Component, known: str) -> str:
        if known == f"{component.name}_text" and function.name == f"_{component.name}_text":
            return known
        return self._assign(function, component)

    def _hoist(self, component: Component) -> str:
        return self._assign(self.keys.text_function(component), component)

    def _assign(self, function: TextFunction, component: Component) -> str:
        local = free_name(function.name.lstrip("_"), self._taken)
        self.lines.append(f"{local} = {function.name}({self._arguments[component]})")
        return local

    def _not_given(self, template: KeyTemplate, component: Component, later: tuple[Component, ...]) -> None:
        body = []
        for other in later:
            error = self.imports.use("entitystore.errors", "ValidationError")
            reason = f"is needed where {self._arguments[other]} is given"
            body += [
                f"if {self._arguments[other]} is not None:",
                f"    raise {error}({literal(self._arguments[component])}, {literal(reason)})",
            ]
        upto = template.parts.index(component)
        prefix = key_text(template, self._texts, upto=upto) if upto else '""'
        whole = f"{self._use('starting_with')}({prefix})" if upto else f"{self._use('everything')}()"
        body.append(self._returned(whole, upto))
        self.lines += [f"if {self._arguments[component]} is None:", *(f"    {line}" for line in body)]

    def _condition(self, template: KeyTemplate, component: Component, *, more: bool) -> None:
        upto = template.parts.index(component)
        if self._is_number:
            self._number_condition(component)
            return
        prefix = key_text(template, self._texts, upto=upto) if upto else '""'
        function = self.keys.bound_function(component)
        suffix = _literal_after(template, component)
        arguments = [prefix, function.name]
        if suffix or more:
            arguments.append(literal(suffix))
        if more:
            arguments.append("more=True")
        name, over = self._arguments[component], ", ".join(arguments)
        cased = _case_of(component)
        begun = f"{prefix}, {cased}" if cased else prefix
        self.lines += [
            f"if isinstance({name}, {self._use('Prefix')}):",
            f"    {self._returned(f'{name}.over({begun})', upto)}",
        ]
        order = order_of(component)
        if order is Order.ASCENDING and (suffix or more) and self._is_out_of_order(component, suffix):
            exact = self._by_value(component, f"{prefix}, {function.name}, {literal(suffix)}", upto)
            self.lines += [f"if isinstance({name}, {self._use('Condition')}):", f"    {exact}"]
        elif order is not Order.NONE:
            condition = f"{name}.reversed()" if order is Order.DESCENDING else name
            self.lines += [
                f"if isinstance({name}, {self._use('Condition')}):",
                f"    {self._returned(f'{condition}.over({over})', upto)}",
            ]

    def _is_out_of_order(self, component: Component, suffix: str) -> bool:
        """Whether the texts that are stored, with what follows them, are not in the order of the property's values."""
        return _is_its_attribute(component) and not self.keys.languages.keeps_order(component, suffix)

    def _by_value(self, component: Component, over: str, upto: int) -> str:
        path = ", ".join(literal(step.attribute) for step in component.path)
        mixed = self.keys.languages.may_hold_others(self.entity, self.pattern.keys, upto)
        by_value = self.imports.use("entitystore.exact_ranges", "by_value")
        given = f"{self._partition}, {self._arguments[component]}, {over}, {path}"
        more = MIXED if mixed else ""
        return f"return {self._alone(f'{by_value}({given}{more})', upto)}"

    @property
    def _is_number(self) -> bool:
        """True where the sort key is a number itself, which has no beginnings and no neighbours in text."""
        sort = self.pattern.keys.index.sort
        return sort is not None and sort.type == "N"

    def _number_condition(self, component: Component) -> None:
        function = self.keys.bound_function(component)
        name = self._arguments[component]
        self.lines += [
            f"if isinstance({name}, {self._use('Condition')}):",
            f"    {self._returned(f'{name}.over_number({function.name})', 0)}",
        ]

    def _return(self, key_range: str, upto: int | None) -> None:
        self.lines.append(self._returned(key_range, upto))

    def _returned(self, key_range: str, upto: int | None) -> str:
        mixed = self.keys.languages.may_hold_others(self.entity, self.pattern.keys, upto)
        selection = f"{self._use('KeySelection')}({self._partition}, {key_range}{MIXED if mixed else ''})"
        return f"return {self._alone(selection, upto)}"

    def _alone(self, selection: str, upto: int | None) -> str:
        """The selection of a key that is given in part, less the items whose earlier components are longer texts."""
        sort = self.pattern.keys.sort
        if upto is None or sort is None:
            return selection
        template = sort.template
        for part in template.parts[:upto]:
            if not isinstance(part, Component) or not _is_its_attribute(part):
                continue
            if not self.keys.languages.ends_itself(part, _literal_after(template, part)):
                only = self.imports.use("entitystore.exact_ranges", "only")
                path = ", ".join(literal(step.attribute) for step in part.path)
                selection = f"{only}({selection}, {self._texts[part]}, {path})"
        return selection

    # ------------------------------------------------------------------------------------------- signatures

    def _required(self, components: tuple[Component, ...]) -> list[str]:
        return [f"{self._arguments[component]}: {self._plain(component)}" for component in components]

    def _optional(self, component: Component) -> str:
        return f"{self._arguments[component]}: {self._conditional(component)} | None = None"

    def _plain(self, component: Component) -> str:
        plain = annotation(component.field.type, self.imports)
        return plain if component.default is None else f"{plain} | None"

    def _conditional(self, component: Component) -> str:
        plain = annotation(component.field.type, self.imports)
        if self._is_number:
            return f"{plain} | {self._use('Condition')}[{plain}]"
        if order_of(component) is Order.NONE:
            return f"{plain} | {self._use('Prefix')}"
        return f"{plain} | {self._use('SortCondition')}[{plain}]"

    def _overloads(self, partition: tuple[Component, ...], sort: tuple[Component, ...]) -> list[OverloadView]:
        if not sort:
            return []
        required = self._required(partition)
        found = [OverloadView(tuple(required))]
        for place, component in enumerate(sort):
            earlier = self._required(sort[:place])
            last = f"{self._arguments[component]}: {self._conditional(component)}"
            found.append(OverloadView((*required, *earlier, last)))
        return found

    def _docstring(self) -> Docstring:
        text = f"{self.entity.model.name} entities by {self._keys_shown()}"
        return docstring(f"{text}\n\n{self._note()}", indent=8, wrap=False)

    def _keys_shown(self) -> str:
        keys = self.pattern.keys
        shown = f"{keys.partition.logical} = {keys.partition.template.source}"
        if keys.sort is not None:
            shown += f", {keys.sort.logical} = {keys.sort.template.source}"
        return shown

    def _note(self) -> str:
        """Where the entities come from, if not from the index; "" otherwise."""
        index = self.pattern.keys.index
        if not lacking(self.entity, index, self.keys.languages.package):
            return ""
        why = "holds keys alone" if index.projection == "KEYS_ONLY" else "does not hold all of them"
        return f"They are read from the table: {index.name} {why}."

    def _use(self, name: str) -> str:
        return self.imports.use(CONDITIONS, name)


def _shards(shard: Component | None) -> str:
    """The expression that gives the texts of all shards."""
    texts = shard_texts(shard) if shard is not None else None
    if texts is None:
        return ""
    return f"map(str, range({texts.stop}))" if not texts.start else f"map(str, range({texts.start}, {texts.stop}))"


def _is_its_attribute(component: Component) -> bool:
    """Whether the component's text is what the property is stored as, so that the service can compare it."""
    is_text = isinstance(component.field.type, (StringType, EnumType, ChoiceType))
    return is_text and not component.transforms and component.default is None


def _case_of(component: Component) -> str:
    """The function that the beginning of a text goes through, too, where the key holds it in one case."""
    cases = [
        step.kind.value for step in component.transforms if step.kind in (TransformKind.UPPER, TransformKind.LOWER)
    ]
    return f"str.{cases[-1]}" if cases else ""


def _literal_after(template: KeyTemplate, component: Component) -> str:
    place = template.parts.index(component) + 1
    following = template.parts[place] if place < len(template.parts) else None
    return "" if following is None or isinstance(following, Component) else following.text


def _follows_component(template: KeyTemplate, component: Component) -> bool:
    place = template.parts.index(component) + 1
    return any(isinstance(part, Component) for part in template.parts[place:])
