"""Queries as users drive them: one partition, a range of its sort keys, entities out.

    for order in table.order.by_user_id(user_id="1").descending(): ...
    page = table.order.by_user_id(user_id="1").page(limit=20, cursor=cursor)

Rules of this file:
- `Query` and `AsyncQuery` are the same but for the `await`; what they know is in their `QueryPlan`.
- Nothing is sent before the first item is asked for.
- A query is immutable: `descending()` and its sisters give another one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import structs

from entitystore.client import AsyncClient, Client
from entitystore.plan import QueryPlan, checked_limit, consistent, filtered
from entitystore.reading import Page, collect_all, collect_page, count, entities_of, read_page

if TYPE_CHECKING:
    from entitystore.async_streaming import AsyncStream
    from entitystore.streaming import CancelToken, ErrorHandler, ProgressHandler, Stream

__all__ = ["AsyncQuery", "Query"]

E = TypeVar("E")

DEFAULT_STREAM_BUFFER = 100
"""Items that a stream fetches ahead, at most."""


class _Plan(Generic[E]):
    """What a query and its async twin have in common: the plan."""

    __slots__ = ("plan",)

    def __init__(self, plan: QueryPlan[E]) -> None:
        self.plan = plan


class Query(_Plan[E]):
    """Entities of one partition, in the order of their sort keys. Iterate, or take one of the forms below."""

    __slots__ = ("_client",)

    def __init__(self, client: Client, plan: QueryPlan[E]) -> None:
        super().__init__(plan)
        self._client = client

    def descending(self) -> Query[E]:
        """The same, last sort key first."""
        return Query(self._client, structs.replace(self.plan, forward=False))

    def consistent(self) -> Query[E]:
        """The same, seeing every write that was acknowledged before. Not on an index: DynamoDB refuses."""
        return Query(self._client, consistent(self.plan))

    def limit(self, items: int) -> Query[E]:
        """The same, at most so many entities: of a loop, of a stream, of all pages together, counted."""
        return Query(self._client, structs.replace(self.plan, limit=checked_limit(items)))

    def where(
        self, condition: str, values: Mapping[str, object] | None = None, names: Mapping[str, str] | None = None
    ) -> Query[E]:
        """The same, less what does not meet a condition on attributes that are no keys.

        The condition is DynamoDB's language over stored attribute names, with `:name` for each of `values`; attributes
        that the schema does not have are `#name`, and stand in `names`. What is left out is read, and paid for, all the
        same. ValidationError for other names, and for attributes that the index does not hold, where the entities are
        read from the table.
        """
        return Query(self._client, filtered(self.plan, condition, values, names))

    def __iter__(self) -> Iterator[E]:
        position: bytes | None = None
        seen = pages = 0
        while not self.plan.is_empty:
            page = self._client.run_flow(read_page(self.plan, position, self.plan.next_limit(seen, pages)))
            pages += 1
            for entity in entities_of(page):
                yield entity
                seen += 1
                if seen == self.plan.limit:
                    return
            position = page.last_key
            if position is None:
                return

    def all(self) -> list[E]:
        """Every entity, in a list."""
        return self._client.run_flow(collect_all(self.plan))

    def first(self) -> E | None:
        """The first entity, None if there is none."""
        return next(iter(self.limit(1)), None)

    def count(self) -> int:
        """How many there are. Reads them all, sends none of them."""
        return self._client.run_flow(count(self.plan))

    def page(self, limit: int = 100, cursor: str | None = None) -> Page[E]:
        """Up to `limit` entities, from the beginning or after a page's `cursor`.

        ValidationError for a cursor of another query.
        """
        return self._client.run_flow(collect_page(self.plan, checked_limit(limit), cursor))

    def stream(
        self,
        *,
        buffer_size: int = DEFAULT_STREAM_BUFFER,
        page_size: int | None = None,
        max_retries: int = 3,
        progress_handler: ProgressHandler | None = None,
        error_handler: ErrorHandler | None = None,
        cursor: str | None = None,
        deadline: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Stream[E]:
        """Results one by one, pages fetched ahead in the background; see `entitystore.streaming`."""
        from entitystore.streaming import Stream, StreamOptions

        options = StreamOptions(
            buffer_size=buffer_size,
            page_size=page_size,
            max_retries=max_retries,
            progress_handler=progress_handler,
            error_handler=error_handler,
            cursor=cursor,
            deadline=deadline,
            cancel=cancel,
        )
        return Stream(self._client, self.plan, options)


class AsyncQuery(_Plan[E]):
    """Entities of one partition, in the order of their sort keys. `async for`, or one of the forms below."""

    __slots__ = ("_client",)

    def __init__(self, client: AsyncClient, plan: QueryPlan[E]) -> None:
        super().__init__(plan)
        self._client = client

    def descending(self) -> AsyncQuery[E]:
        """The same, last sort key first."""
        return AsyncQuery(self._client, structs.replace(self.plan, forward=False))

    def consistent(self) -> AsyncQuery[E]:
        """The same, seeing every write that was acknowledged before. Not on an index: DynamoDB refuses."""
        return AsyncQuery(self._client, consistent(self.plan))

    def limit(self, items: int) -> AsyncQuery[E]:
        """The same, at most so many entities: of a loop, of a stream, of all pages together, counted."""
        return AsyncQuery(self._client, structs.replace(self.plan, limit=checked_limit(items)))

    def where(
        self, condition: str, values: Mapping[str, object] | None = None, names: Mapping[str, str] | None = None
    ) -> AsyncQuery[E]:
        """The same, less what does not meet a condition on attributes that are no keys.

        The condition is DynamoDB's language over stored attribute names, with `:name` for each of `values`; attributes
        that the schema does not have are `#name`, and stand in `names`. What is left out is read, and paid for, all the
        same. ValidationError for other names, and for attributes that the index does not hold, where the entities are
        read from the table.
        """
        return AsyncQuery(self._client, filtered(self.plan, condition, values, names))

    async def __aiter__(self) -> AsyncIterator[E]:
        position: bytes | None = None
        seen = pages = 0
        while not self.plan.is_empty:
            page = await self._client.run_flow(read_page(self.plan, position, self.plan.next_limit(seen, pages)))
            pages += 1
            for entity in entities_of(page):
                yield entity
                seen += 1
                if seen == self.plan.limit:
                    return
            position = page.last_key
            if position is None:
                return

    async def all(self) -> list[E]:
        """Every entity, in a list."""
        return await self._client.run_flow(collect_all(self.plan))

    async def first(self) -> E | None:
        """The first entity, None if there is none."""
        async for entity in self.limit(1):
            return entity
        return None

    async def count(self) -> int:
        """How many there are. Reads them all, sends none of them."""
        return await self._client.run_flow(count(self.plan))

    async def page(self, limit: int = 100, cursor: str | None = None) -> Page[E]:
        """Up to `limit` entities, from the beginning or after a page's `cursor`.

        ValidationError for a cursor of another query.
        """
        return await self._client.run_flow(collect_page(self.plan, checked_limit(limit), cursor))

    def stream(
        self,
        *,
        buffer_size: int = DEFAULT_STREAM_BUFFER,
        page_size: int | None = None,
        max_retries: int = 3,
        progress_handler: ProgressHandler | None = None,
        error_handler: ErrorHandler | None = None,
        cursor: str | None = None,
        deadline: float | None = None,
        cancel: CancelToken | None = None,
    ) -> AsyncStream[E]:
        """Results one by one, pages fetched ahead in the background; see `entitystore.streaming`."""
        from entitystore.async_streaming import AsyncStream
        from entitystore.streaming import StreamOptions

        options = StreamOptions(
            buffer_size=buffer_size,
            page_size=page_size,
            max_retries=max_retries,
            progress_handler=progress_handler,
            error_handler=error_handler,
            cursor=cursor,
            deadline=deadline,
            cancel=cancel,
        )
        return AsyncStream(self._client, self.plan, options)
