"""What is known of entity types by name or class, for code that learns of them only when it runs.

Rules of this file:
- Generated packages hand over tables that are written out; they are not copied until something is added to them, and
  never changed. Whoever writes entities by hand registers them.
- Safe to share between threads: reads take what is there at that moment, writes take turns.
"""

from __future__ import annotations

from _thread import allocate_lock  # `threading`, which gives the same, costs a start 1 ms
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeAlias, TypeVar

from entitystore.codec import type_of
from entitystore.errors import DecodeError, NoIndexMapError, NotRegisteredError, ValidationError
from entitystore.values import Item

__all__ = ["Decoder", "IndexMap", "IndexMapRegistry", "TypeRegistry", "near"]

K = TypeVar("K")
V = TypeVar("V")

Decoder: TypeAlias = Callable[[Item], object]
"""An item to the entity that it holds."""

IndexMap: TypeAlias = Mapping[str, str]
"""Logical key (`PK`, `GSI1SK`, …) -> template."""


class Entries(Generic[K, V]):
    """A mapping that begins as a static one and can be added to."""

    def __init__(self, static: Mapping[K, V], kind: str) -> None:
        self._static: Mapping[K, V] | None = static
        self._entries: dict[K, V] = {}
        self._kind = kind
        self._lock = allocate_lock()

    @property
    def current(self) -> Mapping[K, V]:
        """What is registered. To be looked into, not to be kept or iterated."""
        static = self._static
        return self._entries if static is None else static

    def snapshot(self) -> list[K]:
        """The keys, in the order of their registration."""
        with self._lock:
            return list(self.current)

    def add(self, key: K, value: V, shown: str, *, replace: bool) -> None:
        """Register `value`; ValidationError if the key is taken, unless `replace`."""
        with self._lock:
            if key in self.current and not replace:
                raise ValidationError(self._kind, f"{shown} is registered already; say replace=True if that is meant")
            if self._static is not None:
                self._entries = dict(self._static)
                self._static = None
            self._entries[key] = value


def near(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is not known."""
    from difflib import get_close_matches

    names = sorted(known)
    if close := get_close_matches(name, names, n=3):
        return f"; did you mean {' or '.join(map(repr, close))}?"
    return f"; registered are {', '.join(map(repr, names[:10]))}" if names else "; nothing is registered"


class TypeRegistry:
    """Stored type names and the decoders of their items. `type_attribute` is where an item says its type."""

    def __init__(self, decoders: Mapping[str, Decoder] | None = None, *, type_attribute: str = "EntityType") -> None:
        self.type_attribute = type_attribute
        self._entries: Entries[str, Decoder] = Entries(decoders or {}, "type name")

    def register(self, name: str, decoder: Decoder, *, replace: bool = False) -> None:
        """Decode items of type `name` with `decoder`; ValidationError if the name is taken, unless `replace`."""
        self._entries.add(name, decoder, repr(name), replace=replace)

    def get(self, name: str) -> Decoder:
        """The decoder of a type; NotRegisteredError."""
        try:
            return self._entries.current[name]
        except KeyError:
            raise NotRegisteredError(f"no entity type {name!r} is registered{near(name, self)}") from None

    def decode(self, item: Item) -> object:
        """The entity of an item, whichever its type; DecodeError for a type that is not known, or none."""
        name = type_of(item, self.type_attribute)
        if name is None:
            raise DecodeError("item", f"it has no type in the attribute {self.type_attribute!r}", item)
        try:
            decoder = self.get(name)
        except NotRegisteredError as error:
            raise DecodeError("item", str(error), item) from error
        return decoder(item)

    def names(self) -> list[str]:
        """The registered type names, in the order of their registration."""
        return self._entries.snapshot()

    def __contains__(self, name: object) -> bool:
        return name in self._entries.current

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self._entries.current)


class IndexMapRegistry:
    """Entity classes and their key templates, for people and tools to read: generated code does not expand them."""

    def __init__(self, maps: Mapping[type, IndexMap] | None = None) -> None:
        self._entries: Entries[type, IndexMap] = Entries(maps or {}, "entity class")

    def register(self, entity_class: type, index_map: IndexMap, *, replace: bool = False) -> None:
        """State the key templates of a class; ValidationError if it has some already, unless `replace`."""
        self._entries.add(entity_class, index_map, entity_class.__qualname__, replace=replace)

    def get(self, entity_class: type) -> IndexMap:
        """The key templates of exactly this class; NoIndexMapError."""
        try:
            return self._entries.current[entity_class]
        except KeyError:
            known = [each.__name__ for each in self.classes()]
            name = entity_class.__name__
            raise NoIndexMapError(f"no key templates are registered for {name}{near(name, known)}") from None

    def classes(self) -> list[type]:
        """The registered classes, in the order of their registration."""
        return self._entries.snapshot()

    def __contains__(self, entity_class: object) -> bool:
        return entity_class in self._entries.current

    def __iter__(self) -> Iterator[type]:
        return iter(self.classes())

    def __len__(self) -> int:
        return len(self._entries.current)
