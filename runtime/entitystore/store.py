"""The part of a store that is the same for every entity. Generated stores add what names their properties.

Rules of this file:
- `Store` and `AsyncStore` are the same but for the `await`; both only choose an operation and drive it.
- Nothing here knows a property. Keys come in as attribute values, made by the generated `key()`.
- What a program may never do (batches, merged shards, streams) is imported when it does: each costs a start.
- A store holds no state but its client; it may be shared between threads, its async twin within one event loop.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from entitystore import operations
from entitystore.client import AsyncClient, Client
from entitystore.codec import Codec
from entitystore.conditions import KeySelection
from entitystore.definition import IndexDefinition, TableDefinition
from entitystore.errors import NotFoundError, ValidationError
from entitystore.expressions import Expression, parse_condition
from entitystore.plan import QueryParameters, QueryPlan, plan_of
from entitystore.query import AsyncQuery, Query
from entitystore.values import Key

if TYPE_CHECKING:
    from entitystore.merged import AsyncMergedQuery, MergedPlan, MergedQuery
    from entitystore.streaming import AsyncStream, CancelToken, ErrorHandler, ProgressHandler, Stream

__all__ = ["AsyncStore", "Store"]

E = TypeVar("E")

BATCH_DEADLINE = 30.0
"""Seconds after which a batch that the service keeps putting off is given up."""


class _Base(Generic[E]):
    """What a store and its async twin know: the codec and the table."""

    __slots__ = ("_codec", "_definition")

    def __init__(self, codec: Codec[E], definition: TableDefinition) -> None:
        self._codec = codec
        self._definition = definition

    def _literal_key(self, partition_key: str, sort_key: str | None) -> Key:
        primary = self._definition.primary
        key: Key = {primary.partition.name: {primary.partition.type: partition_key}}
        if (primary.sort is None) != (sort_key is None):
            raise ValidationError("sort_key", "is needed" if sort_key is None else "does not exist in this table")
        if primary.sort is not None and sort_key is not None:
            key[primary.sort.name] = {primary.sort.type: sort_key}
        return key

    def _selected(
        self, client: Client | AsyncClient, index: IndexDefinition, selection: KeySelection, method: str
    ) -> QueryPlan[E]:
        return QueryPlan(
            table=self._definition,
            table_name=client.table_name,
            index=index,
            partition=selection.partition,
            range=selection.range,
            reader=self._codec,
            only_types=selection.mixed,
            fetches=index.name in self._codec.fetched,
            exact=selection.exact,
            seal=client.cursor_seal,
            entity=self._codec.entity,
            method=method,
        )

    def _merged(
        self, client: Client | AsyncClient, index: IndexDefinition, selections: Iterable[KeySelection], method: str
    ) -> MergedPlan[E]:
        from entitystore.merged import MergedPlan

        return MergedPlan(tuple(self._selected(client, index, selection, method) for selection in selections))

    def _plan(self, client: Client | AsyncClient, parameters: QueryParameters) -> QueryPlan[E]:
        name, seal = client.table_name, client.cursor_seal
        entity = self._codec.entity
        return plan_of(self._definition, name, parameters, self._codec, only_types=True, seal=seal, entity=entity)

    def _condition(self, text: str, values: Mapping[str, object] | None, names: Mapping[str, str] | None) -> Expression:
        return parse_condition(text, values, names, self._codec, self._definition)


class Store(_Base[E]):
    """Reads and writes one entity type. Made by the generated table object."""

    __slots__ = ("_client",)

    def __init__(self, client: Client, codec: Codec[E], definition: TableDefinition) -> None:
        super().__init__(codec, definition)
        self._client = client

    def put(self, entity: E) -> None:
        """Store `entity`, in place of whatever lies under its key; ValidationError."""
        self._client.run(operations.put(self._codec, self._client.table_name, entity))

    def create(self, entity: E) -> None:
        """Store `entity` where nothing lies yet; AlreadyExistsError, ValidationError."""
        self._client.run(operations.create(self._codec, self._client.table_name, entity))

    def update_with_condition(
        self,
        entity: E,
        condition: str,
        values: Mapping[str, object] | None = None,
        *,
        names: Mapping[str, str] | None = None,
        return_old: bool = False,
    ) -> None:
        """Store `entity` if the stored item meets `condition`; ConditionFailedError, ValidationError.

        The condition is DynamoDB's language over stored attribute names, with `:name` for each of `values`; attributes
        that the schema does not have are `#name`, and stand in `names`. With `return_old` the error carries the item
        that did not meet it.
        """
        parsed = self._condition(condition, values, names)
        name, method = self._client.table_name, "update_with_condition"
        call = operations.put(self._codec, name, entity, parsed, return_old=return_old, method=method)
        self._client.run(call)

    def get_by_key(self, partition_key: str, sort_key: str | None = None, *, consistent: bool = False) -> E:
        """The entity under a literal key; NotFoundError, DecodeError."""
        key = self._literal_key(partition_key, sort_key)
        call = operations.get_literal(self._codec, self._client.table_name, key, consistent=consistent)
        return self._client.run(call)

    def delete_by_key(self, partition_key: str, sort_key: str | None = None) -> None:
        """Remove what lies under a literal key, if anything does."""
        self._delete(self._literal_key(partition_key, sort_key))

    def query(self, parameters: QueryParameters) -> Query[E]:
        """Entities of this type by literal keys."""
        return Query(self._client, self._plan(self._client, parameters))

    def stream(
        self,
        parameters: QueryParameters,
        *,
        buffer_size: int = 100,
        page_size: int | None = None,
        max_retries: int = 3,
        progress_handler: ProgressHandler | None = None,
        error_handler: ErrorHandler | None = None,
        cursor: str | None = None,
        deadline: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Stream[E]:
        """The results of `query(parameters)` one by one, fetched ahead; see `entitystore.streaming`."""
        return self.query(parameters).stream(
            buffer_size=buffer_size,
            page_size=page_size,
            max_retries=max_retries,
            progress_handler=progress_handler,
            error_handler=error_handler,
            cursor=cursor,
            deadline=deadline,
            cancel=cancel,
        )

    def put_many(self, entities: Iterable[E], *, deadline: float = BATCH_DEADLINE) -> None:
        """Store all of them, 25 a call; IncompleteBatchError after `deadline` seconds, ValidationError before any."""
        from entitystore import batch

        puts = list(entities)
        self._client.run_flow(batch.put_many(self._codec, self._client.table_name, puts, deadline=deadline))

    def _get_one(self, key: Key, consistent: bool) -> E:
        return self._client.run(operations.get(self._codec, self._client.table_name, key, consistent=consistent))

    def _find(self, key: Key, consistent: bool) -> E | None:
        try:
            return self._get_one(key, consistent)
        except NotFoundError:
            return None

    def _exists(self, key: Key, consistent: bool) -> bool:
        return self._client.run(operations.exists(self._codec, self._client.table_name, key, consistent=consistent))

    def _delete(
        self,
        key: Key,
        condition: str | None = None,
        values: Mapping[str, object] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        parsed = None if condition is None else self._condition(condition, values, names)
        self._client.run(operations.delete(self._codec, self._client.table_name, key, parsed))

    def _get_many(self, keys: list[Key], consistent: bool, deadline: float) -> list[E | None]:
        from entitystore import batch

        flow = batch.get_many(self._codec, self._client.table_name, keys, consistent=consistent, deadline=deadline)
        return self._client.run_flow(flow)

    def _delete_many(self, keys: list[Key], deadline: float) -> None:
        from entitystore import batch

        self._client.run_flow(batch.delete_many(self._codec, self._client.table_name, keys, deadline=deadline))

    def _select(self, index: IndexDefinition, selection: KeySelection, method: str = "query") -> Query[E]:
        return Query(self._client, self._selected(self._client, index, selection, method))

    def _select_merged(
        self, index: IndexDefinition, selections: Iterable[KeySelection], method: str = "query"
    ) -> MergedQuery[E]:
        from entitystore.merged import MergedQuery

        return MergedQuery(self._client, self._merged(self._client, index, selections, method))


class AsyncStore(_Base[E]):
    """Reads and writes one entity type within an event loop. Made by the generated table object."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient, codec: Codec[E], definition: TableDefinition) -> None:
        super().__init__(codec, definition)
        self._client = client

    async def put(self, entity: E) -> None:
        """Store `entity`, in place of whatever lies under its key; ValidationError."""
        await self._client.run(operations.put(self._codec, self._client.table_name, entity))

    async def create(self, entity: E) -> None:
        """Store `entity` where nothing lies yet; AlreadyExistsError, ValidationError."""
        await self._client.run(operations.create(self._codec, self._client.table_name, entity))

    async def update_with_condition(
        self,
        entity: E,
        condition: str,
        values: Mapping[str, object] | None = None,
        *,
        names: Mapping[str, str] | None = None,
        return_old: bool = False,
    ) -> None:
        """Store `entity` if the stored item meets `condition`; ConditionFailedError, ValidationError.

        The condition is DynamoDB's language over stored attribute names, with `:name` for each of `values`; attributes
        that the schema does not have are `#name`, and stand in `names`. With `return_old` the error carries the item
        that did not meet it.
        """
        parsed = self._condition(condition, values, names)
        name, method = self._client.table_name, "update_with_condition"
        call = operations.put(self._codec, name, entity, parsed, return_old=return_old, method=method)
        await self._client.run(call)

    async def get_by_key(self, partition_key: str, sort_key: str | None = None, *, consistent: bool = False) -> E:
        """The entity under a literal key; NotFoundError, DecodeError."""
        key = self._literal_key(partition_key, sort_key)
        call = operations.get_literal(self._codec, self._client.table_name, key, consistent=consistent)
        return await self._client.run(call)

    async def delete_by_key(self, partition_key: str, sort_key: str | None = None) -> None:
        """Remove what lies under a literal key, if anything does."""
        await self._delete(self._literal_key(partition_key, sort_key))

    def query(self, parameters: QueryParameters) -> AsyncQuery[E]:
        """Entities of this type by literal keys."""
        return AsyncQuery(self._client, self._plan(self._client, parameters))

    def stream(
        self,
        parameters: QueryParameters,
        *,
        buffer_size: int = 100,
        page_size: int | None = None,
        max_retries: int = 3,
        progress_handler: ProgressHandler | None = None,
        error_handler: ErrorHandler | None = None,
        cursor: str | None = None,
        deadline: float | None = None,
        cancel: CancelToken | None = None,
    ) -> AsyncStream[E]:
        """The results of `query(parameters)` one by one, fetched ahead; see `entitystore.streaming`."""
        return self.query(parameters).stream(
            buffer_size=buffer_size,
            page_size=page_size,
            max_retries=max_retries,
            progress_handler=progress_handler,
            error_handler=error_handler,
            cursor=cursor,
            deadline=deadline,
            cancel=cancel,
        )

    async def put_many(self, entities: Iterable[E], *, deadline: float = BATCH_DEADLINE) -> None:
        """Store all of them, 25 a call; IncompleteBatchError after `deadline` seconds, ValidationError before any."""
        from entitystore import batch

        puts = list(entities)
        await self._client.run_flow(batch.put_many(self._codec, self._client.table_name, puts, deadline=deadline))

    def _get_one(self, key: Key, consistent: bool) -> Coroutine[None, None, E]:
        # Not a coroutine itself: each takes its part of every wake-up.
        return self._client.run(operations.get(self._codec, self._client.table_name, key, consistent=consistent))

    async def _find(self, key: Key, consistent: bool) -> E | None:
        try:
            return await self._get_one(key, consistent)
        except NotFoundError:
            return None

    async def _exists(self, key: Key, consistent: bool) -> bool:
        call = operations.exists(self._codec, self._client.table_name, key, consistent=consistent)
        return await self._client.run(call)

    async def _delete(
        self,
        key: Key,
        condition: str | None = None,
        values: Mapping[str, object] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        parsed = None if condition is None else self._condition(condition, values, names)
        await self._client.run(operations.delete(self._codec, self._client.table_name, key, parsed))

    async def _get_many(self, keys: list[Key], consistent: bool, deadline: float) -> list[E | None]:
        from entitystore import batch

        flow = batch.get_many(self._codec, self._client.table_name, keys, consistent=consistent, deadline=deadline)
        return await self._client.run_flow(flow)

    async def _delete_many(self, keys: list[Key], deadline: float) -> None:
        from entitystore import batch

        flow = batch.delete_many(self._codec, self._client.table_name, keys, deadline=deadline)
        await self._client.run_flow(flow)

    def _select(self, index: IndexDefinition, selection: KeySelection, method: str = "query") -> AsyncQuery[E]:
        return AsyncQuery(self._client, self._selected(self._client, index, selection, method))

    def _select_merged(
        self, index: IndexDefinition, selections: Iterable[KeySelection], method: str = "query"
    ) -> AsyncMergedQuery[E]:
        from entitystore.merged import AsyncMergedQuery

        return AsyncMergedQuery(self._client, self._merged(self._client, index, selections, method))
