"""Finders: an access pattern to a selection function and its overloads.

    by_user_id(user_id="1", created_at=between(a, b))
        ->  partition "USER#1", sort keys from "ORDER#<a>#" to "ORDER#<b>#…"

Rules of this file:
- Sort components are given from left to right; the last given one may be a condition. Overloads say so to the type
  checker, the function says so at run time.
- A partial key ends with the constant text up to the next component, so that `NE` does not find `NEW`.
- What a finder takes for a component, and whether the range alone answers, is decided in `asking`; which arguments
  there are, in `finder_arguments`.
- Whether other entities can lie in the range is proved for every number of given components; the answer is a constant.
"""

from __future__ import annotations

from msgspec import Struct, field

from entitystore_generator.emit.asking import SortStep, Way, case_of, literal_after, sort_steps, stored_as
from entitystore_generator.emit.finder_arguments import FinderArguments, finder_arguments
from entitystore_generator.emit.imports import Imports
from entitystore_generator.emit.key_order import Order
from entitystore_generator.emit.keys import KeyEmitter, TextFunction, key_text
from entitystore_generator.emit.names import constant_of, free_name
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Docstring, docstring, literal
from entitystore_generator.emit.views import FinderView, OverloadView
from entitystore_generator.ir.model import AccessPattern, Component, Entity, Key, KeyTemplate, TransformKind
from entitystore_generator.ir.projections import lacking
from entitystore_generator.ir.shards import shard_component, shard_texts

__all__ = ["FinderEmitter"]

CONDITIONS = "entitystore.conditions"
EXACT = "entitystore.exact_ranges"
MIXED = ", mixed=True"


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
    _steps: tuple[SortStep, ...] = ()

    def view(self) -> FinderView:
        """The finished view."""
        keys = self.pattern.keys
        given = finder_arguments(keys)
        self._arguments = dict(given.names)
        self._taken = {*given.names.values()}
        self._steps = sort_steps(keys, given, self.keys.languages)
        shard = shard_component(keys.partition.template)
        shard_argument = self._shard_argument(shard)
        self._emit_partition(given)
        self._emit_sort()
        return FinderView(
            name=self.pattern.name,
            quoted=literal(self.pattern.name),
            function=f"select_{self.pattern.name}",
            index=self.imports.use(".definition", constant_of(keys.index, self.keys.languages.package.table)),
            keys=docstring(f"Keys: {self._keys_shown()}", wrap=False),
            docstring=self._docstring(),
            overloads=tuple(self._overloads(given.partition)),
            arguments=(*map(self._partition_argument, given.partition), *map(self._optional, self._steps)),
            passed=tuple(self._arguments[component] for component in (*given.partition, *given.sort)),
            lines=tuple(self.lines),
            shard=shard_argument,
            shards=_shards(shard),
            query=self._query_class(shard),
        )

    def _emit_partition(self, given: FinderArguments) -> None:
        key = self.pattern.keys.partition
        for component in given.partition:
            self._texts[component] = self._hoist(component)
        self._share_texts(key.template)
        self._partition = free_name("partition", self._taken)
        self.lines.append(f"{self._partition} = {key_text(key.template, self._texts)}")
        self._refuse_empty(key)

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

    # ------------------------------------------------------------------------------------------- statements

    def _emit_sort(self) -> None:
        keys = self.pattern.keys
        if keys.sort is None:
            self._return(self._use("everything") + "()", None)
            return
        template = keys.sort.template
        self._share_texts(template)
        for place, step in enumerate(self._steps):
            self._not_given(template, step, self._steps[place + 1 :])
            self._conditions(template, step)
            self._texts[step.component] = self._hoist(step.component)
            self._share_texts(template)
        self._return(f"{self._use('exactly')}({key_text(template, self._texts)})", None)

    def _share_texts(self, template: KeyTemplate) -> None:
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

    def _not_given(self, template: KeyTemplate, step: SortStep, later: tuple[SortStep, ...]) -> None:
        name = self._arguments[step.component]
        if step.after is not None:
            reason = f"is needed where {self._arguments[step.after]} is given, whose end no key shows"
            self.lines += [f"if {name} is None:", f"    {self._refuse(name, reason)}"]
            return
        body = []
        for other in later:
            argument = self._arguments[other.component]
            body += [f"if {argument} is not None:", f"    {self._refuse(name, f'is needed where {argument} is given')}"]
        upto = template.parts.index(step.component)
        prefix = key_text(template, self._texts, upto=upto) if upto else '""'
        whole = f"{self._use('starting_with')}({prefix})" if upto else f"{self._use('everything')}()"
        body.append(self._returned(whole, upto))
        self.lines += [f"if {name} is None:", *(f"    {line}" for line in body)]

    def _refuse(self, name: str, reason: str) -> str:
        error = self.imports.use("entitystore.errors", "ValidationError")
        return f"raise {error}({literal(name)}, {literal(reason)})"

    def _conditions(self, template: KeyTemplate, step: SortStep) -> None:
        upto = template.parts.index(step.component)
        prefix = key_text(template, self._texts, upto=upto) if upto else '""'
        name = self._arguments[step.component]
        if step.asking.begins is not Way.NONE:
            begun = self._begun(template, step, prefix, upto)
            self.lines += [f"if isinstance({name}, {self._use('Prefix')}):", f"    {begun}"]
        if step.asking.compares is not Way.NONE:
            compared = self._compared(template, step, prefix, upto)
            self.lines += [f"if isinstance({name}, {self._use('Condition')}):", f"    {compared}"]

    def _begun(self, template: KeyTemplate, step: SortStep, prefix: str, upto: int) -> str:
        """What returns the keys whose component begins so."""
        component, name = step.component, self._arguments[step.component]
        if step.asking.begins is Way.ATTRIBUTE:
            by_beginning = self.imports.use(EXACT, "by_beginning")
            given = f"{self._partition}, {name}, {prefix}, {_attribute(component)}"
            return f"return {self._alone(f'{by_beginning}({given}{self._mixed(upto)})', upto)}"
        suffix, cased = literal_after(template, component), _case_of(component)
        over = [prefix, *([literal(suffix)] if suffix else []), *([cased] if cased else [])]
        if cased and not suffix:
            over[-1] = f"to_text={cased}"
        return self._returned(f"{name}.over({', '.join(over)})", upto)

    def _compared(self, template: KeyTemplate, step: SortStep, prefix: str, upto: int) -> str:
        """What returns the keys whose component meets a condition."""
        component, name = step.component, self._arguments[step.component]
        suffix, more = literal_after(template, component), _follows_component(template, component)
        if self._is_number:
            return self._returned(f"{name}.over_number({self.keys.number_bound(component).name})", upto)
        if step.asking.compares is Way.ATTRIBUTE:
            by_value = self.imports.use(EXACT, "by_value")
            bound = self.keys.bound_function(component, "").name
            given = f"{self._partition}, {name}, {prefix}, {bound}, {literal(suffix)}, {_attribute(component)}"
            return f"return {self._alone(f'{by_value}({given}{self._mixed(upto)})', upto)}"
        over = [prefix, self.keys.bound_function(component, suffix).name]
        over += [literal(suffix)] if suffix or more else []
        over += ["more=True"] if more else []
        condition = f"{name}.reversed()" if step.asking.order is Order.DESCENDING else name
        selection = self._selection(f"{condition}.over({', '.join(over)})", upto)
        if step.asking.presence:
            present = self.imports.use(EXACT, "present")
            path = ", ".join(literal(each.attribute) for each in component.path)
            selection = f"{present}({selection}, {path}, kind={literal(step.asking.presence)})"
        return f"return {self._alone(selection, upto)}"

    @property
    def _is_number(self) -> bool:
        """True where the sort key is a number itself."""
        sort = self.pattern.keys.index.sort
        return sort is not None and sort.type == "N"

    def _return(self, key_range: str, upto: int | None) -> None:
        self.lines.append(self._returned(key_range, upto))

    def _returned(self, key_range: str, upto: int | None) -> str:
        return f"return {self._alone(self._selection(key_range, upto), upto)}"

    def _selection(self, key_range: str, upto: int | None) -> str:
        return f"{self._use('KeySelection')}({self._partition}, {key_range}{self._mixed(upto)})"

    def _mixed(self, upto: int | None) -> str:
        """The argument that says that other entities may lie in the range; "" where none can."""
        return MIXED if self.keys.languages.may_hold_others(self.entity, self.pattern.keys, upto) else ""

    def _alone(self, selection: str, upto: int | None) -> str:
        """The selection of a key that is given in part, less the items whose earlier components are longer texts."""
        sort = self.pattern.keys.sort
        if upto is None or sort is None:
            return selection
        before = sort.template.parts[:upto]
        for step in self._steps:
            if step.asking.alone is Way.ATTRIBUTE and step.component in before:
                only = self.imports.use(EXACT, "only")
                number = ', kind="N"' if stored_as(step.component, self.keys.package) == "N" else ""
                text = self._texts[step.component]
                selection = f"{only}({selection}, {text}, {_attribute(step.component)}{number})"
        return selection

    # ------------------------------------------------------------------------------------------- signatures

    def _partition_argument(self, component: Component) -> str:
        return f"{self._arguments[component]}: {self._plain(component)}"

    def _optional(self, step: SortStep) -> str:
        kinds = [self._annotation(step.component), *self._condition_types(step)]
        return f"{self._arguments[step.component]}: {' | '.join(kinds)} | None = None"

    def _plain(self, component: Component) -> str:
        plain = self._annotation(component)
        return plain if component.default is None else f"{plain} | None"

    def _annotation(self, component: Component) -> str:
        return annotation(component.field.type, self.imports)

    def _condition_types(self, step: SortStep) -> list[str]:
        """The classes of conditions that the argument may be."""
        plain = self._annotation(step.component)
        begins, compares = step.asking.begins is not Way.NONE, step.asking.compares is not Way.NONE
        if begins and compares:
            return [f"{self._use('SortCondition')}[{plain}]"]
        if compares:
            return [f"{self._use('Condition')}[{plain}]"]
        return [self._use("Prefix")] if begins else []

    def _overloads(self, partition: tuple[Component, ...]) -> list[OverloadView]:
        """The ways to call the finder: with the partition alone, and up to each argument of the sort key."""
        if not self._steps:
            return []
        given = [*map(self._partition_argument, partition)]
        found = [OverloadView(tuple(given))]
        for step in self._steps:
            name, plain = self._arguments[step.component], self._annotation(step.component)
            last = [*([plain] if step.is_end else []), *self._condition_types(step)]
            if last:
                found.append(OverloadView((*given, f"{name}: {' | '.join(last)}")))
            given.append(f"{name}: {plain}")
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


def _attribute(component: Component) -> str:
    """The path of the component's property in an item, and what the key makes of it, as arguments."""
    given = [literal(step.attribute) for step in component.path]
    if case := case_of(component):
        given.append(f"via={literal(case)}")
    if component.default is not None:
        given.append(f"default={literal(component.default)}")
    return ", ".join(given)


def _case_of(component: Component) -> str:
    """The function that the beginning of a text goes through, too, where the key holds it in one case."""
    cases = [
        step.kind.value for step in component.transforms if step.kind in (TransformKind.UPPER, TransformKind.LOWER)
    ]
    return f"str.{cases[-1]}" if cases else ""


def _follows_component(template: KeyTemplate, component: Component) -> bool:
    place = template.parts.index(component) + 1
    return any(isinstance(part, Component) for part in template.parts[place:])
