"""Which keys can meet by their constant beginnings: a cheap no for nearly every pair, before any automaton is made.

Rules of this file:
- Two keys can meet only if one's beginning starts with the other's. Asking for all that fit one beginning takes its own
  length and what is found, not a look at every key.
- Partition keys are looked at first. Where few are left, their sort keys are compared; there may be an index in which
  all begin alike.
- What is found comes in the order in which it was put in, so that results do not depend on how it was looked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from msgspec import Struct, field

from entitystore_generator.ir.model import Entity, IndexKeys, Key, Package

__all__ = ["Beginnings", "Filling", "Neighbours", "beginnings"]

_FEW = 8


def beginnings(key: Key | None) -> tuple[str, ...]:
    """The constant text before the first component, for each choice; "" for a key that is not there."""
    return tuple(dict.fromkeys(template.leading_text for template in key.templates)) if key is not None else ("",)


class Beginnings(Struct):
    """Numbers, found by texts. Each number may have several."""

    _by_text: dict[str, list[int]] = field(default_factory=dict)
    _sorted: list[str] | None = None

    def add(self, text: str, number: int) -> None:
        self._by_text.setdefault(text, []).append(number)
        self._sorted = None

    def fitting(self, texts: Iterable[str]) -> set[int]:
        """The numbers that have a text which begins one of these, or which one of these begins."""
        found: set[int] = set()
        for text in texts:
            for end in range(len(text)):
                found.update(self._by_text.get(text[:end], ()))
            for longer in self._starting_with(text):
                found.update(self._by_text[longer])
        return found

    def _starting_with(self, text: str) -> list[str]:
        if self._sorted is None:
            self._sorted = sorted(self._by_text)
        first = bisect_left(self._sorted, text)
        last = first
        while last < len(self._sorted) and self._sorted[last].startswith(text):
            last += 1
        return self._sorted[first:last]


class Filling(Struct, frozen=True):
    """An entity, by its number, and its keys on one index."""

    number: int
    entity: Entity
    keys: IndexKeys


class Neighbours:
    """The keys of all entities on one index."""

    def __init__(self, package: Package, index_name: str) -> None:
        self._fillings = {
            number: Filling(number, entity, keys)
            for number, entity in enumerate(package.entities)
            for keys in entity.all_keys
            if keys.index.name == index_name
        }
        self._partitions, self._sorts = Beginnings(), Beginnings()
        for filling in self._fillings.values():
            for text in beginnings(filling.keys.partition):
                self._partitions.add(text, filling.number)
            for text in beginnings(filling.keys.sort):
                self._sorts.add(text, filling.number)

    def of(self, keys: IndexKeys) -> list[Filling]:
        """The fillings, in the document's order, whose beginnings do not tell that they and `keys` never meet."""
        fitting = self._partitions.fitting(beginnings(keys.partition))
        sorts = beginnings(keys.sort)
        if len(fitting) > _FEW:
            fitting &= self._sorts.fitting(sorts)
            return [self._fillings[number] for number in sorted(fitting)]
        found = [self._fillings[number] for number in sorted(fitting)]
        return [each for each in found if _fit(sorts, beginnings(each.keys.sort))]


def _fit(some: Iterable[str], others: Iterable[str]) -> bool:
    """True where one of these begins one of those, or the other way round."""
    return any(one.startswith(other) or other.startswith(one) for one in some for other in others)
