"""Finders: an access pattern to a selection function and its overloads.

    by_user_id(user_id="1", created_at=between(a, b))
        ->  partition "USER#1", sort keys from "ORDER#<a>#" to "ORDER#<b>#…"

Rules of this file:
- Sort components are given from left to right; the last given one may be a condition. Overloads say so to the type
  checker, the function says so at run time.
- A partial key ends with the constant text up to the next component, so that `NE` does not find `NEW`.
- Whether other entities can lie in the range is proved for every number of given components; the answer is a constant.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from entitystore_generator.emit.keys import KeyEmitter, TextFunction, key_text
from entitystore_generator.emit.names import free_name
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Imports, literal, one_line
from entitystore_generator.emit.views import FinderView, OverloadView
from entitystore_generator.ir.model import AccessPattern, Component, Entity, KeyTemplate

__all__ = ["FinderEmitter", "index_constant"]

CONDITIONS = "entitystore.conditions"


def index_constant(index_name: str) -> str:
    """The constant of an index in `definition.py`: `GSI1`, or `PRIMARY` for the table's own key."""
    if not index_name:
        return "PRIMARY"
    return "".join(character if character.isalnum() else "_" for character in index_name).upper()


@dataclass(slots=True)
class FinderEmitter:
    """Emits one finder."""

    entity: Entity
    pattern: AccessPattern
    imports: Imports
    keys: KeyEmitter
    lines: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _partition: str = ""
    _texts: dict[Component, str] = field(default_factory=dict)

    def view(self) -> FinderView:
        """The finished view."""
        keys = self.pattern.keys
        partition = _unique(keys.partition.template.components)
        sort = _unique(keys.sort.template.components, partition) if keys.sort else ()
        self._taken = {component.name for component in (*partition, *sort)}
        for component in partition:
            self._texts[component] = self._hoist(component)
        self._share_texts(keys.partition.template, partition)
        self._partition = free_name("partition", self._taken)
        self.lines.append(f"{self._partition} = {key_text(keys.partition.template, self._texts)}")
        self._emit_sort(sort)
        return FinderView(
            name=self.pattern.name,
            function=f"select_{self.pattern.name}",
            index=self.imports.use(".definition", index_constant(keys.index.name)),
            docstring=self._docstring(),
            overloads=tuple(self._overloads(partition, sort)),
            arguments=(*self._required(partition), *(self._optional(component) for component in sort)),
            passed=tuple(component.name for component in (*partition, *sort)),
            lines=tuple(self.lines),
        )

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
        by_name = {component.name: text for component, text in self._texts.items()}
        for component in template.components:
            if component not in self._texts and component.name in by_name:
                same = self.keys.text_function(component)
                self._texts[component] = self._hoist_as(same, component, by_name[component.name])

    def _hoist_as(self, function: TextFunction, component: Component, known: str) -> str:
        if known == f"{component.name}_text" and function.name == f"_{component.name}_text":
            return known
        return self._assign(function, component)

    def _hoist(self, component: Component) -> str:
        return self._assign(self.keys.text_function(component), component)

    def _assign(self, function: TextFunction, component: Component) -> str:
        local = free_name(function.name.lstrip("_"), self._taken)
        self.lines.append(f"{local} = {function.name}({component.name})")
        return local

    def _not_given(self, template: KeyTemplate, component: Component, later: tuple[Component, ...]) -> None:
        body = []
        for other in later:
            error = self.imports.use("entitystore.errors", "ValidationError")
            reason = f"is needed where {other.name} is given"
            body += [
                f"if {other.name} is not None:",
                f"    raise {error}({literal(component.name)}, {literal(reason)})",
            ]
        upto = template.parts.index(component)
        prefix = key_text(template, self._texts, upto=upto) if upto else '""'
        whole = f"{self._use('starting_with')}({prefix})" if upto else f"{self._use('everything')}()"
        body.append(self._returned(whole, upto))
        self.lines += [f"if {component.name} is None:", *(f"    {line}" for line in body)]

    def _condition(self, template: KeyTemplate, component: Component, *, more: bool) -> None:
        upto = template.parts.index(component)
        if self._is_number:
            self._number_condition(component)
            return
        prefix = key_text(template, self._texts, upto=upto) if upto else '""'
        function = self.keys.text_function(component)
        suffix = _literal_after(template, component)
        arguments = [prefix, function.name]
        if suffix or more:
            arguments.append(literal(suffix))
        if more:
            arguments.append("more=True")
        name, over = component.name, ", ".join(arguments)
        self.lines += [
            f"if isinstance({name}, {self._use('Prefix')}):",
            f"    {self._returned(f'{name}.over({prefix})', upto)}",
            f"if isinstance({name}, {self._use('Condition')}):",
            f"    {self._returned(f'{name}.over({over})', upto)}",
        ]

    @property
    def _is_number(self) -> bool:
        """True where the sort key is a number itself, which has no beginnings and no neighbours in text."""
        sort = self.pattern.keys.index.sort
        return sort is not None and sort.type == "N"

    def _number_condition(self, component: Component) -> None:
        function = self.keys.text_function(component)
        name = component.name
        self.lines += [
            f"if isinstance({name}, {self._use('Condition')}):",
            f"    {self._returned(f'{name}.over_number({function.name})', 0)}",
        ]

    def _return(self, key_range: str, upto: int | None) -> None:
        self.lines.append(self._returned(key_range, upto))

    def _returned(self, key_range: str, upto: int | None) -> str:
        mixed = self.keys.languages.may_hold_others(self.entity, self.pattern.keys, upto)
        more = ", mixed=True" if mixed else ""
        return f"return {self._use('KeySelection')}({self._partition}, {key_range}{more})"

    # ------------------------------------------------------------------------------------------- signatures

    def _required(self, components: tuple[Component, ...]) -> list[str]:
        return [f"{component.name}: {self._plain(component)}" for component in components]

    def _optional(self, component: Component) -> str:
        return f"{component.name}: {self._conditional(component)} | None = None"

    def _plain(self, component: Component) -> str:
        plain = annotation(component.field.type, self.imports)
        return plain if component.default is None else f"{plain} | None"

    def _conditional(self, component: Component) -> str:
        plain = annotation(component.field.type, self.imports)
        return f"{plain} | {self._use('Condition' if self._is_number else 'SortCondition')}[{plain}]"

    def _overloads(self, partition: tuple[Component, ...], sort: tuple[Component, ...]) -> list[OverloadView]:
        if not sort:
            return []
        required = self._required(partition)
        found = [OverloadView(tuple(required))]
        for place, component in enumerate(sort):
            earlier = self._required(sort[:place])
            last = f"{component.name}: {self._conditional(component)}"
            found.append(OverloadView((*required, *earlier, last)))
        return found

    def _docstring(self) -> str:
        keys = self.pattern.keys
        shown = f"{keys.partition.logical} = {keys.partition.template.source}"
        if keys.sort is not None:
            shown += f", {keys.sort.logical} = {keys.sort.template.source}"
        return one_line(shown)

    def _use(self, name: str) -> str:
        return self.imports.use(CONDITIONS, name)


def _unique(components: tuple[Component, ...], known: tuple[Component, ...] = ()) -> tuple[Component, ...]:
    """One component for each argument name that is not known yet."""
    names = {component.name for component in known}
    found = []
    for component in components:
        if component.name not in names:
            names.add(component.name)
            found.append(component)
    return tuple(found)


def _literal_after(template: KeyTemplate, component: Component) -> str:
    place = template.parts.index(component) + 1
    following = template.parts[place] if place < len(template.parts) else None
    return "" if following is None or isinstance(following, Component) else following.text


def _follows_component(template: KeyTemplate, component: Component) -> bool:
    place = template.parts.index(component) + 1
    return any(isinstance(part, Component) for part in template.parts[place:])
