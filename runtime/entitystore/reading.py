"""How a plan is read: page by page, all at once, or counted.

Rules of this file:
- Flows, without IO of their own; `Query` and `AsyncQuery` (query.py) drive them.
- DynamoDB's Limit counts before its filter, so a page that came back short or empty is not the end; only an absent
  LastEvaluatedKey is.
- What reads entities from the table, where an index does not hold them, is imported when it is needed (`fetching`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, cast

import msgspec
from msgspec import Raw, Struct

from entitystore.answers import decoder, last_key
from entitystore.client import Flow
from entitystore.codec import EntityPage, Undecoded
from entitystore.plan import QueryPlan

__all__ = ["Page", "collect_all", "collect_page", "count", "entities_of", "read_answer", "read_page"]

E = TypeVar("E")


class Page(Struct, Generic[E], frozen=True):
    """Some of a query's entities. `cursor` goes on after them and is None at the end."""

    items: Sequence[E]
    cursor: str | None

    def __iter__(self) -> Iterator[E]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def entities_of(page: EntityPage[E]) -> Iterable[E]:
    """The page's entities; iterating raises the DecodeError of one that could not be decoded."""
    return cast("Sequence[E]", page.items) if page.positions is None else _decoded(page)


def _decoded(page: EntityPage[E]) -> Iterator[E]:
    for each in page.items:
        if isinstance(each, Undecoded):
            raise each.error
        yield each


def read_page(plan: QueryPlan[E], start: Mapping[str, object] | bytes | None, limit: int | None) -> Flow[EntityPage[E]]:
    """The page after the key `start`, from the index or, where that does not hold the entities, from the table."""
    body = yield plan.request(start, limit)
    if not plan.fetches:
        return read_answer(plan, body)
    from entitystore.fetching import fetch, read_fetched

    return read_fetched(plan, body, (yield from fetch(plan, body)))


def read_answer(plan: QueryPlan[E], body: bytes) -> EntityPage[E]:
    """The page of an answer that holds entities."""
    if not plan.sifts:
        return plan.reader.read_page(body, plan.index.name)
    from entitystore.sifting import read_sifted

    return read_sifted(plan, body)


def collect_all(plan: QueryPlan[E]) -> Flow[list[E]]:
    """Every entity of the query, as far as its limit goes."""
    found: list[E] = []
    position: bytes | None = None
    pages = 0
    while not plan.is_empty:
        page = yield from read_page(plan, position, plan.next_limit(len(found), pages))
        found.extend(entities_of(page))
        position = page.last_key
        if position is None or (plan.limit is not None and len(found) >= plan.limit):
            break
        pages += 1
    return found if plan.limit is None else found[: plan.limit]


def collect_page(plan: QueryPlan[E], limit: int, cursor: str | None) -> Flow[Page[E]]:
    """The page of at most `limit` entities after a cursor. The query's own limit bounds all pages together."""
    start = plan.start_of(cursor)
    position: Mapping[str, object] | bytes | None = start.key if start is not None else None
    given = start.given if start is not None else 0
    wanted = limit if plan.limit is None else min(limit, plan.limit - given)
    found: list[E] = []
    while not plan.is_empty and len(found) < wanted:
        page = yield from read_page(plan, position, wanted - len(found))
        found.extend(entities_of(page))
        position = page.last_key
        if position is None:
            return Page(found, None)
    given += len(found)
    is_over = position is None or given == plan.limit
    return Page(found, None if is_over or position is None else plan.cursor_after(position, given))


class _Count(msgspec.Struct):
    Count: int
    LastEvaluatedKey: Raw = Raw()


_read_count = decoder(_Count)


def count(plan: QueryPlan[E]) -> Flow[int]:
    """How many entities reading the plan gives, as far as its limit goes.

    Those that cannot be decoded are among them: they are results, if only errors. On an index that does not hold the
    type, items of another one are counted where the range was proved to hold none.
    """
    total = pages = 0
    position: bytes | None = None
    while not plan.is_empty:
        found, position = yield from _count_page(plan, position, plan.next_limit(total, pages))
        total += found
        pages += 1
        if position is None or (plan.limit is not None and total >= plan.limit):
            break
    return total if plan.limit is None else min(total, plan.limit)


def _count_page(plan: QueryPlan[E], start: bytes | None, limit: int | None) -> Flow[tuple[int, bytes | None]]:
    """How many there are on the page after the key `start`, and the key that it ends at."""
    if plan.sifts:
        from entitystore import sifting

        return (yield from sifting.count_page(plan, start, limit))
    if plan.fetches:
        from entitystore import fetching

        if fetching.counts_in_table(plan):
            return (yield from fetching.count_page(plan, start, limit))
    answer = _read_count((yield plan.request(start, limit, count=True)))
    return answer.Count, last_key(answer.LastEvaluatedKey)
