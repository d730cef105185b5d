"""One query over the shards of a partition: all of them are read, and their entities come in one order.

    PK: "LOG#{day}#{id|shard:8}"       table.log.by_day(day=…)   reads LOG#…#0 to LOG#…#7

Rules of this file:
- A `MergedPlan` is one plan for each shard; they differ in the partition alone. Each shard's page is read when its
  first entity is needed to compare, so a limit reads no more than one page of each.
- The order is the sort key's, as DynamoDB has it within a partition; shards break ties in their own order.
- A cursor holds where each shard goes on. It is bound to the query as any cursor is, shard by shard; a seal goes
  around the whole of it.
- `MergedQuery` and `AsyncMergedQuery` are the same but for the `await`.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from msgspec import Struct, structs

from entitystore.answers import foreign, key_in, read_items
from entitystore.client import AsyncClient, Client, Flow, Pause, Request
from entitystore.codec import EntityPage, Undecoded
from entitystore.errors import EntityStoreError, ValidationError
from entitystore.plan import QueryPlan, checked_limit, consistent, filtered
from entitystore.reading import Page, count, read_page

if TYPE_CHECKING:
    from entitystore.cursor_seal import CursorSeal

__all__ = ["AsyncMergedQuery", "MergedPlan", "MergedQuery"]

E = TypeVar("E")

_DONE = "."
"""Stands in a cursor for a shard that has nothing left."""
_COUNT = re.compile("[0-9]{1,18}")
"""Before a cursor of a query with a limit: how many entities were given."""


class MergedPlan(Struct, Generic[E], frozen=True):
    """The plans of all shards, in the order of shards."""

    shards: tuple[QueryPlan[E], ...]

    def each(self, change: Callable[[QueryPlan[E]], QueryPlan[E]]) -> MergedPlan[E]:
        """The same with every shard's plan changed."""
        return MergedPlan(tuple(change(plan) for plan in self.shards))

    @property
    def limit(self) -> int | None:
        return self.shards[0].limit

    @property
    def forward(self) -> bool:
        return self.shards[0].forward

    @property
    def _seal(self) -> CursorSeal | None:
        return self.shards[0].seal

    def starts(self, cursor: str | None) -> tuple[list[Mapping[str, object] | str | None], int]:
        """Where each shard goes on: a key, None for its beginning, or `_DONE`; and how many entities were given.

        ValidationError for what is no cursor of this query.
        """
        if cursor is None:
            return [None] * len(self.shards), 0
        from entitystore.cursor import opened

        *given, rest = opened(cursor, self._seal, len(self.shards)).split("+", 1)
        parts = rest.split("~")
        if len(parts) != len(self.shards) or not all(_COUNT.fullmatch(each) for each in given):
            raise ValidationError("cursor", "is not one of this query")
        starts = [
            _DONE if part == _DONE else plan.start_of_opened(part).key if part else None
            for plan, part in zip(self.shards, parts, strict=True)
        ]
        return starts, sum(map(int, given))

    def cursor_of(self, parts: Iterable[str], given: int) -> str:
        """The cursor of what `starts` reads."""
        cursor = "~".join(parts)
        if self.limit is not None:
            cursor = f"{given}+{cursor}"
        return cursor if self._seal is None else self._seal.close(cursor)


class _Entry(Struct, Generic[E], frozen=True, eq=False):
    """One entity of a shard: its sort key and the key to go on after it."""

    order: str | Decimal
    key: Mapping[str, object]
    item: E | Undecoded


class _Shard(Generic[E]):
    """Reads one shard page by page."""

    def __init__(self, plan: QueryPlan[E], start: Mapping[str, object] | str | None) -> None:
        self.plan = plan
        self.after: str = _DONE if start == _DONE else ""
        if isinstance(start, Mapping):
            self.after = plan.unsealed_after(start)
        self._position: Mapping[str, object] | bytes | None = start if isinstance(start, Mapping) else None
        self._over = start == _DONE or plan.is_empty
        self._entries: Iterator[_Entry[E]] = iter(())

    def next_entry(self, limit: int | None) -> Flow[_Entry[E] | None]:
        """The shard's next entity, None at its end."""
        while True:
            entry = next(self._entries, None)
            if entry is not None or self._over:
                return entry
            page = yield from read_page(self.plan, self._position, limit)
            self._entries = iter(self._read(page))
            self._position = page.last_key
            self._over = page.last_key is None

    def taken(self, entry: _Entry[E]) -> None:
        """Note that everything up to this entity has been given."""
        self.after = self.plan.unsealed_after(entry.key)

    def finish(self) -> None:
        """Note that nothing is left."""
        self.after = _DONE

    def _read(self, page: EntityPage[E]) -> Iterator[_Entry[E]]:
        raws = read_items(page.body)
        places = page.positions if page.positions is not None else range(len(page.items))
        for item, place in zip(page.items, places, strict=True):
            key = key_in(raws[place], self.plan.cursor_attributes, self.plan.reader.title)
            yield _Entry(self._order(key), key, item)

    def _order(self, key: Mapping[str, Mapping[str, str]]) -> str | Decimal:
        sort = self.plan.index.sort
        if sort is None:
            return ""
        text = key[sort.name].get(sort.type)
        if text is None:
            raise foreign(f"the index has an item whose {sort.name} is no {sort.type}")
        return Decimal(text) if sort.type == "N" else text


class _Found(Struct, Generic[E], frozen=True, eq=False):
    """An entity on its way out, told from a request by its class."""

    item: E


class _End(Struct, frozen=True):
    """Nothing more comes out. `cursor` goes on after what did."""

    cursor: str | None


_Merge: TypeAlias = Generator[Request | Pause | _Found[E] | _End, bytes, None]


def _merge(plan: MergedPlan[E], cursor: str | None, limit: int | None) -> _Merge[E]:
    """The entities in order, at most `limit`, between the requests that they take; then the end."""
    starts, before = plan.starts(cursor)
    if plan.limit is not None:
        limit = min(plan.limit - before, plan.limit if limit is None else limit)
        if limit < 1:
            yield _End(None)
            return
    shards = [_Shard(each, start) for each, start in zip(plan.shards, starts, strict=True)]
    waiting: list[tuple[_Rank, int, _Entry[E]]] = []
    for number, shard in enumerate(shards):
        yield from _advance(shard, number, waiting, limit, plan.forward)
    given = 0
    while waiting and (limit is None or given < limit):
        _, number, entry = heapq.heappop(waiting)
        if isinstance(entry.item, Undecoded):
            raise entry.item.error
        yield _Found(entry.item)
        given += 1
        shards[number].taken(entry)
        yield from _advance(shards[number], number, waiting, limit, plan.forward)
    is_over = not waiting or before + given == plan.limit
    yield _End(None if is_over else plan.cursor_of((shard.after for shard in shards), before + given))


def _answered(merge: _Merge[E], step: Request | Pause) -> Flow[_Found[E] | _End]:
    """Carry a step of the merge, and those that follow it, until an entity comes out."""
    following: Request | Pause | _Found[E] | _End = step
    while isinstance(following, (Request, Pause)):
        try:
            answer = yield following
        except EntityStoreError as error:
            following = merge.throw(error)
        else:
            following = merge.send(answer)
    return following


class _Rank:
    """Orders sort keys forwards or backwards."""

    __slots__ = ("forward", "value")

    def __init__(self, value: str | Decimal, forward: bool) -> None:
        self.value = value
        self.forward = forward

    def __lt__(self, other: _Rank) -> bool:
        if isinstance(self.value, str) and isinstance(other.value, str):
            return self.value < other.value if self.forward else other.value < self.value
        one, two = Decimal(self.value), Decimal(other.value)
        return one < two if self.forward else two < one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rank) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


def _advance(
    shard: _Shard[E], number: int, waiting: list[tuple[_Rank, int, _Entry[E]]], limit: int | None, forward: bool
) -> Flow[None]:
    entry = yield from shard.next_entry(limit)
    if entry is None:
        shard.finish()
    else:
        heapq.heappush(waiting, (_Rank(entry.order, forward), number, entry))


def _page(plan: MergedPlan[E], limit: int, cursor: str | None) -> Flow[Page[E]]:
    found: list[E] = []
    merge = _merge(plan, cursor, limit)
    step = next(merge)
    while not isinstance(step, _End):
        if isinstance(step, _Found):
            found.append(step.item)
            step = next(merge)
        else:
            step = yield from _answered(merge, step)
    return Page(found, step.cursor)


def _count(plan: MergedPlan[E]) -> Flow[int]:
    total = 0
    for shard in plan.shards:
        total += yield from count(shard)
    return total if plan.limit is None else min(total, plan.limit)


def _limited(items: int) -> Callable[[QueryPlan[E]], QueryPlan[E]]:
    limit = checked_limit(items)
    return lambda plan: structs.replace(plan, limit=limit)


def _backwards(plan: QueryPlan[E]) -> QueryPlan[E]:
    return structs.replace(plan, forward=False)


class MergedQuery(Generic[E]):
    """Entities of all shards of a partition, in the order of their sort keys."""

    __slots__ = ("_client", "plan")

    def __init__(self, client: Client, plan: MergedPlan[E]) -> None:
        self._client = client
        self.plan = plan

    def descending(self) -> MergedQuery[E]:
        """The same, last sort key first."""
        return MergedQuery(self._client, self.plan.each(_backwards))

    def consistent(self) -> MergedQuery[E]:
        """The same, seeing every write that was acknowledged before. Not on an index."""
        return MergedQuery(self._client, self.plan.each(consistent))

    def limit(self, items: int) -> MergedQuery[E]:
        """The same, at most so many entities: of a loop, of all pages together, counted."""
        return MergedQuery(self._client, self.plan.each(_limited(items)))

    def where(
        self, condition: str, values: Mapping[str, object] | None = None, names: Mapping[str, str] | None = None
    ) -> MergedQuery[E]:
        """The same, less what does not meet a condition on attributes that are no keys."""
        return MergedQuery(self._client, self.plan.each(lambda plan: filtered(plan, condition, values, names)))

    def __iter__(self) -> Iterator[E]:
        merge = _merge(self.plan, None, self.plan.limit)
        step = next(merge)
        while not isinstance(step, _End):
            if isinstance(step, _Found):
                yield step.item
                step = next(merge)
            else:
                step = self._client.run_flow(_answered(merge, step))

    def all(self) -> list[E]:
        """Every entity, in a list."""
        return list(self)

    def first(self) -> E | None:
        """The first entity, None if there is none."""
        return next(iter(self.limit(1)), None)

    def count(self) -> int:
        """How many there are. Reads them all, sends none of them."""
        return self._client.run_flow(_count(self.plan))

    def page(self, limit: int = 100, cursor: str | None = None) -> Page[E]:
        """Up to `limit` entities, from the beginning or after a page's `cursor`; ValidationError."""
        return self._client.run_flow(_page(self.plan, checked_limit(limit), cursor))


class AsyncMergedQuery(Generic[E]):
    """Entities of all shards of a partition, in the order of their sort keys."""

    __slots__ = ("_client", "plan")

    def __init__(self, client: AsyncClient, plan: MergedPlan[E]) -> None:
        self._client = client
        self.plan = plan

    def descending(self) -> AsyncMergedQuery[E]:
        """The same, last sort key first."""
        return AsyncMergedQuery(self._client, self.plan.each(_backwards))

    def consistent(self) -> AsyncMergedQuery[E]:
        """The same, seeing every write that was acknowledged before. Not on an index."""
        return AsyncMergedQuery(self._client, self.plan.each(consistent))

    def limit(self, items: int) -> AsyncMergedQuery[E]:
        """The same, at most so many entities: of a loop, of all pages together, counted."""
        return AsyncMergedQuery(self._client, self.plan.each(_limited(items)))

    def where(
        self, condition: str, values: Mapping[str, object] | None = None, names: Mapping[str, str] | None = None
    ) -> AsyncMergedQuery[E]:
        """The same, less what does not meet a condition on attributes that are no keys."""
        return AsyncMergedQuery(self._client, self.plan.each(lambda plan: filtered(plan, condition, values, names)))

    async def __aiter__(self) -> AsyncIterator[E]:
        merge = _merge(self.plan, None, self.plan.limit)
        step = next(merge)
        while not isinstance(step, _End):
            if isinstance(step, _Found):
                yield step.item
                step = next(merge)
            else:
                step = await self._client.run_flow(_answered(merge, step))

    async def all(self) -> list[E]:
        """Every entity, in a list."""
        return [entity async for entity in self]

    async def first(self) -> E | None:
        """The first entity, None if there is none."""
        async for entity in self.limit(1):
            return entity
        return None

    async def count(self) -> int:
        """How many there are. Reads them all, sends none of them."""
        return await self._client.run_flow(_count(self.plan))

    async def page(self, limit: int = 100, cursor: str | None = None) -> Page[E]:
        """Up to `limit` entities, from the beginning or after a page's `cursor`; ValidationError."""
        return await self._client.run_flow(_page(self.plan, checked_limit(limit), cursor))
