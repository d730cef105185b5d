"""The languages of a package's keys: which guards make them unambiguous, and which ranges can hold other entities.

Rules of this file:
- A component is guarded only where its key could be read in two ways without: then its text may not contain the first
  character of the constant text that ends it. Guards are chosen from right to left, each on top of the later ones.
- A component of a sort key that the partition key tells already is known, and makes nothing ambiguous.
- "Cannot meet" is proved on languages that are as large as the truth or larger, so it holds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from entitystore_generator.ir.model import Component, Entity, IndexKeys, Key, KeyTemplate, Literal, Package
from entitystore_generator.proofs.automata import Ambiguity, ambiguity, have_common_text
from entitystore_generator.proofs.beginnings import Filling, Neighbours
from entitystore_generator.proofs.language import ANY_TEXT, automaton, can_be_empty, can_contain, component_pattern

__all__ = ["Ambiguous", "KeyLanguages"]


class Ambiguous(NamedTuple):
    """A component whose end cannot be told, with or without a guard. `reading` shows how."""

    component: Component
    template: KeyTemplate
    reading: Ambiguity


class KeyLanguages:
    """The keys of one package as languages. Made once for a package; answers are kept."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.ambiguities: list[Ambiguous] = []
        self._guards: dict[Component, str] = {}
        self._neighbours: dict[str, Neighbours] = {}
        self._patterns: dict[int, tuple[Key, str]] = {}
        self._held: dict[tuple[int, int, int | None], tuple[Entity, IndexKeys, bool]] = {}
        for entity in package.entities:
            for keys in entity.all_keys:
                self._guard_keys(keys)

    # ------------------------------------------------------------------------------------------------ guards

    def guard_of(self, component: Component) -> str:
        """The character that the component's text may not contain; "" if nothing needs guarding."""
        return self._guards.get(component, "")

    def _guard_keys(self, keys: IndexKeys) -> None:
        known: set[object] = set()
        for template in keys.partition.templates:
            self._guard_template(template, frozenset())
            known |= {component.identity for component in template.components}
        if keys.sort is not None:
            known = set() if keys.partition.is_conditional else known
            for template in keys.sort.templates:
                self._guard_template(template, frozenset(known))

    def _guard_template(self, template: KeyTemplate, known: frozenset[object]) -> None:
        """From right to left: what follows a component is as it will be, guards applied."""
        rest = ""
        for place in reversed(range(len(template.parts))):
            part = template.parts[place]
            if isinstance(part, Component) and rest and part.identity not in known:
                self._guard_component(template, place, part, rest)
            rest = f"(?:{self.part_pattern(part)})" + rest

    def _guard_component(self, template: KeyTemplate, place: int, component: Component, rest: str) -> None:
        found = ambiguity(automaton(self.part_pattern(component)), automaton(rest))
        if found is None:
            return
        following = template.parts[place + 1]
        if isinstance(following, Literal):
            self._guards[component] = following.text[0]
            if ambiguity(automaton(self.part_pattern(component)), automaton(rest)) is None:
                return
            del self._guards[component]
        self.ambiguities.append(Ambiguous(component, template, found))

    # --------------------------------------------------------------------------------------------- languages

    def part_pattern(self, part: Literal | Component) -> str:
        """An expression for the texts of one part of a template, guards applied."""
        if isinstance(part, Literal):
            return re.escape(part.text)
        guard = self._guards.get(part, "")
        return _without(guard) if guard else component_pattern(part, self.package)

    def template_pattern(self, template: KeyTemplate, *, upto: int | None = None) -> str:
        """An expression for the template's texts; for its first `upto` parts alone if given."""
        return "".join(f"(?:{self.part_pattern(part)})" for part in template.parts[:upto])

    def can_be_empty(self, template: KeyTemplate) -> bool:
        """Whether one of the template's texts is the empty one. No constant text is empty."""
        return all(isinstance(part, Component) and can_be_empty(self.part_pattern(part)) for part in template.parts)

    def key_pattern(self, key: Key) -> str:
        """An expression for all texts that a key can have, whichever choice is taken."""
        known = self._patterns.get(id(key))
        if known is None:
            pattern = "|".join(f"(?:{self.template_pattern(template)})" for template in key.templates)
            # Comparing keys takes longer than the rest. It is kept, so that no other one gets its identity.
            known = self._patterns[id(key)] = (key, pattern)
        return known[1]

    def neighbours(self, keys: IndexKeys) -> list[Filling]:
        """The entities' keys on the same index that these may meet, by their constant beginnings."""
        name = keys.index.name
        if name not in self._neighbours:
            self._neighbours[name] = Neighbours(self.package, name)
        return self._neighbours[name].of(keys)

    def can_hold(self, component: Component, text: str) -> bool:
        """Whether the component's text can have `text` in it."""
        return can_contain(self.part_pattern(component), text)

    def ends_itself(self, component: Component, suffix: str) -> bool:
        """Whether a key that goes on after the component's text and `suffix` has this value, and not a longer one."""
        pattern = self.part_pattern(component)
        if suffix and not can_contain(pattern, suffix):
            return True
        return ambiguity(automaton(pattern), automaton(ANY_TEXT)) is None

    def keeps_order(self, component: Component, suffix: str) -> bool:
        """Whether texts that end in `suffix` are in the order of the texts themselves.

        They are not where a text goes on, after another one's end, with a character that is not after the suffix's.
        """
        if not suffix:
            return self.ends_itself(component, suffix)
        below = f"[\\x00-{re.escape(suffix[0])}]"
        return not _can_meet(self.part_pattern(component), f"{ANY_TEXT}{below}{ANY_TEXT}")

    # ------------------------------------------------------------------------------------------------ ranges

    def may_hold_others(self, entity: Entity, keys: IndexKeys, sort_parts: int | None) -> bool:
        """Whether the range that a finder reads can hold another entity's items.

        `sort_parts` says how many parts of the sort template the finder fixes; None means the whole key.
        """
        known = self._held.get((id(entity), id(keys), sort_parts))
        if known is None:
            others = (filling.keys for filling in self.neighbours(keys) if filling.entity is not entity)
            found = any(self._other_can_be_within(keys, other, sort_parts) for other in others)
            known = self._held[id(entity), id(keys), sort_parts] = (entity, keys, found)
        return known[2]

    def _other_can_be_within(self, keys: IndexKeys, other: IndexKeys, sort_parts: int | None) -> bool:
        if not self.keys_can_meet(keys.partition, other.partition):
            return False
        if keys.sort is None or other.sort is None:
            return True
        own = "|".join(f"(?:{self._range_pattern(each, sort_parts)})" for each in keys.sort.templates)
        return _can_meet(own, self.key_pattern(other.sort))

    def keys_can_meet(self, one: Key, other: Key) -> bool:
        """Whether one text can be both. `neighbours` has the cheap noes."""
        return _can_meet(*sorted((self.key_pattern(one), self.key_pattern(other))))

    def _range_pattern(self, template: KeyTemplate, sort_parts: int | None) -> str:
        if sort_parts is None:
            return self.template_pattern(template)
        return self.template_pattern(template, upto=sort_parts) + f"(?:{ANY_TEXT})"


def _without(guard: str) -> str:
    """All texts without a character: larger than a guarded component's language, and exact where it has no pattern."""
    return f"[^{re.escape(guard)}]*"


@lru_cache(maxsize=65536)
def _can_meet(one: str, other: str) -> bool:
    return have_common_text(automaton(one), automaton(other))
