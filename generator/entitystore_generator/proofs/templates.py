"""The languages of a package's keys: which guards make them unambiguous, and which ranges can hold other entities.

Rules of this file:
- A component is guarded only where its key could be read in two ways without: then its text may not contain the first
  character of the constant text that ends it. Guards are chosen from right to left, each on top of the later ones.
- A component that the partition key, or what stands before it, tells already is known, and makes nothing ambiguous.
- "Cannot meet" is proved on languages that are as large as the truth or larger, so it holds. What was not decided
  within the package's budget counts as the unsafe answer, or is said.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from msgspec import Struct

from entitystore_generator import regular
from entitystore_generator.ir.model import (
    Component,
    Entity,
    IndexKeys,
    Key,
    KeyTemplate,
    Literal,
    Package,
)
from entitystore_generator.proofs.automata import Automaton
from entitystore_generator.proofs.beginnings import Beginnings, Filling, Neighbours
from entitystore_generator.proofs.budget import Budget
from entitystore_generator.proofs.building import ANY, without
from entitystore_generator.proofs.chains import Chain, ambiguities, have_common_text
from entitystore_generator.proofs.joining import one_word
from entitystore_generator.proofs.language import component_automaton
from entitystore_generator.proofs.telling import tells

__all__ = ["Ambiguous", "KeyLanguages"]


class Ambiguous(Struct, frozen=True):
    """A component whose end cannot be told, or was not: what follows it is no constant text.

    `place` is its own among the template's parts. `known` are components that the reader of the key knows before.
    """

    component: Component
    template: KeyTemplate
    place: int
    known: tuple[Component, ...]


class KeyLanguages:
    """The keys of one package as languages. Made once for a package; answers are kept."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.budget = Budget(len(package.entities))
        self.ambiguities: list[Ambiguous] = []
        self._guards: dict[Component, str] = {}
        self._neighbours: dict[str, Neighbours] = {}
        self._automata: dict[Hashable, Automaton] = {}
        self._chains: dict[tuple[Automaton, ...], Chain] = {}
        self._are_ambiguous: dict[tuple[Automaton, Chain], bool] = {}
        self._meetings: dict[tuple[Chain, Chain], bool | None] = {}
        self._held: dict[tuple[int, int, int | None], tuple[Entity, IndexKeys, bool]] = {}
        for entity in package.entities:
            for keys in entity.all_keys:
                self._guard_keys(keys)
        for keys in package.loose_keys:
            self._guard_keys(keys)

    # ------------------------------------------------------------------------------------------------ guards

    def guard_of(self, component: Component) -> str:
        """The character that the component's text may not contain; "" if nothing needs guarding."""
        return self._guards.get(component, "")

    def _guard_keys(self, keys: IndexKeys) -> None:
        for template in keys.partition.templates:
            self._guard_template(template, ())
        if keys.sort is not None:
            known = () if keys.partition.is_conditional else keys.partition.template.components
            for template in keys.sort.templates:
                self._guard_template(template, known)

    def _guard_template(self, template: KeyTemplate, known: tuple[Component, ...]) -> None:
        """From right to left: what follows a component is as it will be, guards applied."""
        rest: tuple[Automaton, ...] = ()
        for place in reversed(range(len(template.parts))):
            part = template.parts[place]
            if isinstance(part, Component) and rest:
                earlier = (each for each in template.parts[:place] if isinstance(each, Component))
                before = (*known, *earlier)
                if not any(tells(each, part) for each in before):
                    self._guard_component(Ambiguous(part, template, place, known), rest)
            rest = (self.part(part), *rest) if place else rest

    def _guard_component(self, found: Ambiguous, rest: tuple[Automaton, ...]) -> None:
        if not self._can_be_read_twice(self.part(found.component), rest):
            return
        following = found.template.parts[found.place + 1]
        if isinstance(following, Literal):
            # What the rest begins with is then no part of the component: there is nothing more to prove.
            self._guards[found.component] = following.text[0]
        else:
            self.ambiguities.append(found)

    def _can_be_read_twice(self, head: Automaton, rest: tuple[Automaton, ...]) -> bool:
        """Whether a text of `head` and then `rest` can be read in two ways, or that was not decided."""
        chain = self.chain(rest)
        known = self._are_ambiguous.get((head, chain))
        if known is None:
            size = len(head) + len(chain)
            found = self.budget.ask(lambda steps: next(ambiguities(head, chain, steps), None) is not None, size)
            known = self._are_ambiguous[head, chain] = found is not False
        return known

    # --------------------------------------------------------------------------------------------- languages

    def part(self, part: Literal | Component) -> Automaton:
        """The texts of one part of a template, guards applied."""
        if isinstance(part, Literal):
            return self._word(part.text)
        plain = self.unguarded(part)
        guard = self._guards.get(part, "")
        if not guard:
            return plain
        character = regular.chars(((ord(guard), ord(guard)),))
        return self._kept((plain, guard), lambda: without(plain, character))

    def unguarded(self, component: Component) -> Automaton:
        """The texts of a component as the schema alone admits them."""
        type_ = component.field.type
        key = (type_, component.format, component.transforms, component.default)
        return self._kept(key, lambda: component_automaton(component, self.package))

    def _word(self, text: str) -> Automaton:
        return self._kept(text, lambda: one_word(text))

    def _kept(self, key: Hashable, make: Callable[[], Automaton]) -> Automaton:
        """An automaton that is made once, as long as the package's budget lasts."""
        found = self._automata.get(key)
        if found is None:
            found = make() if self.budget.left > 0 else ANY
            self.budget.left -= found.cost
            self._automata[key] = found
        return found

    def chain(self, parts: tuple[Automaton, ...]) -> Chain:
        """The texts of each part, one after the other."""
        found = self._chains.get(parts)
        if found is None:
            found = self._chains[parts] = Chain(parts)
        return found

    def template(self, template: KeyTemplate) -> Chain:
        """The template's texts, guards applied."""
        return self.chain(tuple(map(self.part, template.parts)))

    def can_be_empty(self, template: KeyTemplate) -> bool:
        """Whether one of the template's texts is the empty one. No constant text is empty."""
        return all(isinstance(part, Component) and self.part(part).has_empty_text for part in template.parts)

    def can_contain(self, component: Component, text: str) -> bool:
        """Whether the component's text can have `text` in it."""
        return self._can_meet(self.chain((self.part(component),)), self.chain((ANY, self._word(text), ANY)))

    def ends_itself(self, component: Component, suffix: str) -> bool:
        """Whether a key that goes on after the component's text and `suffix` has this value, and not a longer one."""
        return not self._can_be_read_twice(self.part(component), (self._word(suffix), ANY) if suffix else (ANY,))

    def keeps_order(self, component: Component, suffix: str) -> bool:
        """Whether texts that end in `suffix` are in the order of the texts themselves.

        They are not where a text goes on, after another one's end, with a character that is not after the suffix's.
        """
        if not suffix:
            return self.ends_itself(component, suffix)
        texts = self.part(component)
        return all(first > ord(suffix[0]) for state in texts.finals for first, _, _ in texts.rows[state])

    def stands_above(self, component: Component, suffix: str) -> bool:
        """Whether every character of the component's texts comes after the first one of the suffix."""
        return all(first > ord(suffix[0]) for row in self.part(component).rows for first, _, _ in row)

    # ------------------------------------------------------------------------------------------------ ranges

    def neighbours(self, keys: IndexKeys) -> list[Filling]:
        """The entities' keys on the same index that these may meet, by their constant beginnings."""
        name = keys.index.name
        if name not in self._neighbours:
            self._neighbours[name] = Neighbours(self.package, name)
        return self._neighbours[name].of(keys)

    def may_hold_others(self, entity: Entity, keys: IndexKeys, sort_parts: int | None) -> bool:
        """Whether the range that a finder reads can hold another entity's items.

        `sort_parts` says how many parts of the sort template the finder fixes; None means the whole key.
        """
        known = self._held.get((id(entity), id(keys), sort_parts))
        if known is None:
            others = (filling.keys for filling in self.neighbours(keys) if filling.entity is not entity)
            found = any(self._other_can_be_within(keys, other, sort_parts) for other in others)
            # What is asked about is kept, so that nothing else gets its identity.
            known = self._held[id(entity), id(keys), sort_parts] = (entity, keys, found)
        return known[2]

    def _other_can_be_within(self, keys: IndexKeys, other: IndexKeys, sort_parts: int | None) -> bool:
        if self.can_meet(keys.partition, other.partition) is False:
            return False
        if keys.sort is None or other.sort is None:
            return True
        own = ((template, self._range(template, sort_parts)) for template in keys.sort.templates)
        begun = [("" if sort_parts == 0 else template.leading_text, chain) for template, chain in own]
        return self._any_can_meet(begun, self._begun(other.sort)) is not False

    def can_meet(self, one: Key, other: Key) -> bool | None:
        """Whether one text can be both, None where that is not decided. `neighbours` has the cheap noes."""
        return self._any_can_meet(self._begun(one), self._begun(other))

    def _begun(self, key: Key) -> list[_Begun]:
        return [(template.leading_text, self.template(template)) for template in key.templates]

    def _any_can_meet(self, some: list[_Begun], others: list[_Begun]) -> bool | None:
        decided: bool | None = False
        for one, other in _fitting(some, others):
            answer = self._meet(one, other)
            if answer:
                return True
            decided = None if answer is None else decided
        return decided

    def _can_meet(self, one: Chain, other: Chain) -> bool:
        return self._meet(one, other) is not False

    def _meet(self, one: Chain, other: Chain) -> bool | None:
        pair = (one, other) if id(one) < id(other) else (other, one)
        if pair not in self._meetings:
            self._meetings[pair] = self.budget.ask(
                lambda steps: have_common_text(one, other, steps), len(one) + len(other)
            )
        return self._meetings[pair]

    def _range(self, template: KeyTemplate, sort_parts: int | None) -> Chain:
        if sort_parts is None:
            return self.template(template)
        return self.chain((*map(self.part, template.parts[:sort_parts]), ANY))


_Begun = tuple[str, Chain]
"""The constant text that a template begins with, and its texts."""
_FEW = 16


def _fitting(some: list[_Begun], others: list[_Begun]) -> Iterator[tuple[Chain, Chain]]:
    """The pairs that constant beginnings do not keep apart, as far as looking at them is worth it."""
    if len(some) * len(others) <= _FEW:
        yield from ((one, other) for _, one in some for _, other in others)
        return
    beginnings = Beginnings()
    for number, (text, _) in enumerate(others):
        beginnings.add(text, number)
    for text, one in some:
        yield from ((one, others[number][1]) for number in sorted(beginnings.fitting((text,))))
