"""Stores by name, for code that handles any entity: an admin page, an export, a migration.

    manager = table.stores()                        # the generated package's stores, by entity class name
    manager.register("Invoice", InvoiceStore(...))  # one written by hand
    manager.get("Order", OrderStore).get_one(id="1")

Rules of this file:
- `DataStore` says what a store must offer at least. Generated stores do, and so may one over another backend.
- Safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from entitystore.errors import NotRegisteredError, ValidationError
from entitystore.plan import QueryParameters
from entitystore.registry import Entries, near

if TYPE_CHECKING:
    from entitystore.stream_values import ProgressHandler, StreamResult

__all__ = ["DataStore", "StorageManager"]

E = TypeVar("E")
S = TypeVar("S")


class DataStore(Protocol[E]):
    """The operations that every store of an entity E has. The errors are those of `entitystore.errors`."""

    def get_by_key(self, partition_key: str, sort_key: str | None = None, /) -> E:
        """The entity under a literal key; NotFoundError, DecodeError."""
        ...

    def put(self, entity: E, /) -> None:
        """Store `entity`, in place of whatever lies under its key; ValidationError."""
        ...

    def update_with_condition(self, entity: E, condition: str, values: Mapping[str, object] | None = None, /) -> None:
        """Store `entity` if the stored item meets `condition`; ConditionFailedError, ValidationError."""
        ...

    def query(self, parameters: QueryParameters, /) -> Iterable[E]:
        """All entities of this type that `parameters` select, however many pages that takes."""
        ...

    def stream(
        self,
        parameters: QueryParameters,
        /,
        *,
        buffer_size: int = 100,
        page_size: int | None = None,
        max_retries: int = 3,
        progress_handler: ProgressHandler | None = None,
    ) -> Iterable[StreamResult[E]]:
        """The same with fetching ahead, and with what cannot be decoded as results."""
        ...

    def delete_by_key(self, partition_key: str, sort_key: str | None = None, /) -> None:
        """Remove what lies under a literal key, if anything does."""
        ...


class StorageManager:
    """Stores by name. A store may be sync or async; the manager does not call it."""

    def __init__(self, stores: Mapping[str, object] | None = None) -> None:
        self._entries: Entries[str, object] = Entries(stores or {}, "store name")

    def register(self, name: str, store: object, *, replace: bool = False) -> None:
        """Give a store a name; ValidationError if that is taken, unless `replace`."""
        self._entries.add(name, store, repr(name), replace=replace)

    @overload
    def get(self, name: str) -> Any: ...

    @overload
    def get(self, name: str, kind: type[S]) -> S: ...

    def get(self, name: str, kind: type[S] | None = None) -> object:
        """The store of this name: a `kind`, where given, so that its type is known; NotRegisteredError.

        ValidationError if it is of another kind.
        """
        try:
            store = self._entries.current[name]
        except KeyError:
            raise NotRegisteredError(f"no store {name!r} is registered{near(name, self)}") from None
        if kind is not None and not isinstance(store, kind):
            reason = f"the store {name!r} is a {type(store).__qualname__}, not a {kind.__qualname__}"
            raise ValidationError("kind", reason)
        return store

    def names(self) -> list[str]:
        """The names, in the order of their registration."""
        return self._entries.snapshot()

    def __contains__(self, name: object) -> bool:
        return name in self._entries.current

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self._entries.current)
