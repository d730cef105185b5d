"""A limit bounds whatever a query gives (loops, lists, pages together, streams, shards), and counting agrees."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from entitystore import wire
from entitystore.client import AsyncClient, Client
from entitystore.codec import Codec
from entitystore.comparisons import Comparison, exact
from entitystore.conditions import starting_with
from entitystore.definition import IndexDefinition, KeyAttribute, TableDefinition
from entitystore.errors import ValidationError
from entitystore.merged import AsyncMergedQuery, MergedPlan, MergedQuery
from entitystore.plan import QueryParameters, QueryPlan, plan_of
from entitystore.query import AsyncQuery, Query
from entitystore.transports import CallContext
from tests.service.memory import MemoryService

LEAN = IndexDefinition("LEAN", KeyAttribute("GP"), KeyAttribute("GS"), "KEYS_ONLY")
TYPED = IndexDefinition("TYPED", KeyAttribute("GP"), KeyAttribute("GS"), "INCLUDE", ("EntityType",))
FULL = IndexDefinition("FULL", KeyAttribute("GP"), KeyAttribute("GS"))
PRIMARY = IndexDefinition("", KeyAttribute("PK"), KeyAttribute("SK"))
TABLE = TableDefinition("t", PRIMARY, (FULL, LEAN, TYPED))


class StoredNote(msgspec.Struct):
    EntityType: wire.S[str]
    SK: wire.S[str]
    name: wire.S[str]


def note_of(item: StoredNote) -> str:
    if item.EntityType.S != "Note":
        raise ValueError("another type")
    return item.SK.S


CODEC: Codec[str] = Codec(
    entity="Note",
    type_name="Note",
    type_attribute="EntityType",
    item_type=StoredNote,
    from_item=note_of,
    encode=lambda _: {},
    key_attributes=("PK", "SK"),
    fetched=("LEAN", "TYPED"),
)


def stored(partition: str, number: int, kind: str, name: str) -> dict[str, Any]:
    item: dict[str, Any] = {"PK": {"S": partition}, "SK": {"S": f"{number:03d}"}, "name": {"S": name}}
    item |= {"GP": item["PK"], "GS": item["SK"]}
    if kind != "untyped":
        item["EntityType"] = {"S": "Other" if kind == "other" else "Note"}
    if kind == "broken":
        item["name"] = {"N": "1"}
    return item


def filled(kinds: Sequence[tuple[str, str]], page: int, shards: int = 1) -> MemoryService:
    service = MemoryService(TABLE, page)
    for number, (kind, name) in enumerate(kinds):
        service.put(stored(f"P{number % shards}", number, kind, name))
    return service


def plan(index: IndexDefinition, *, only_types: bool, comparisons: tuple[Comparison, ...] = ()) -> QueryPlan[str]:
    return QueryPlan(
        table=TABLE,
        table_name="t",
        index=index,
        partition="P0",
        range=starting_with(""),
        reader=CODEC,
        only_types=only_types,
        fetches=index.name in CODEC.fetched,
        exact=exact(*comparisons) if comparisons else None,
    )


kinds = st.lists(st.tuples(st.sampled_from(["good"] * 4 + ["other"]), st.sampled_from(["a", "A", "b"])), max_size=12)
with_faults = st.lists(
    st.tuples(st.sampled_from(["good", "good", "other", "broken", "untyped"]), st.sampled_from(["a", "A", "b"])),
    max_size=12,
)
lean = [(index, True) for index in (LEAN, TYPED)]
comparisons = st.sampled_from(
    [
        (),
        (Comparison(("name",), "=", ("a",)),),
        (Comparison(("name",), "=", ("A",), via="upper"),),
        (Comparison(("name",), "=", ("A",), via="upper"), Comparison(("name",), "<", ("b",))),
    ]
)
# A lean index does not hold the type: its range is proved to hold no other entity, or the type is asked for.
plans = st.builds(
    lambda where, found: plan(where[0], only_types=where[1], comparisons=found),
    st.sampled_from([(PRIMARY, True), (PRIMARY, False), (FULL, True), (FULL, False), *lean, (TYPED, False)]),
    comparisons,
)
limits = st.none() | st.integers(1, 14)


def pages_of(query: Any, size: int) -> list[str]:
    """The entities of all pages, and that the last page is the last."""
    found, cursor, pages = [], None, 0
    while True:
        page = query.page(size, cursor)
        assert len(page) <= size
        found += page.items
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            return found
        assert pages < 50


@given(kinds, plans, limits, st.integers(1, 14), st.integers(1, 5), st.booleans())
def test_all_forms_give_the_same(
    items: list[tuple[str, str]], made: QueryPlan[str], limit: int | None, size: int, page: int, forward: bool
) -> None:
    client = Client(filled(items, page), "t")
    query = Query(client, structs.replace(made, forward=forward))
    everything = list(query)
    if limit is not None:
        query = query.limit(limit)
    expected = everything[:limit]
    assert list(query) == query.all() == expected
    assert query.count() == len(expected)
    assert query.first() == (expected[0] if expected else None)
    assert pages_of(query, size) == expected
    assert [result.item for result in query.stream(page_size=size)] == expected


@given(with_faults, plans, limits, st.integers(1, 5))
def test_what_cannot_be_decoded_is_counted(
    items: list[tuple[str, str]], made: QueryPlan[str], limit: int | None, page: int
) -> None:
    query = Query(Client(filled(items, page), "t"), made)
    if limit is not None:
        query = query.limit(limit)
    assert query.count() == len([*query.stream()])


@given(kinds, plans, st.integers(1, 14), st.integers(1, 14), st.integers(1, 5))
def test_a_stream_that_is_resumed_keeps_to_the_limit(
    items: list[tuple[str, str]], made: QueryPlan[str], limit: int, taken: int, page: int
) -> None:
    query = Query(Client(filled(items, page), "t"), made).limit(limit)
    expected = query.all()
    begun = [*query.stream()][:taken]
    if begun:
        resumed = [result.item for result in query.stream(cursor=begun[-1].meta.cursor)]
        assert [each.item for each in begun] + resumed == expected


@given(kinds, limits, st.integers(1, 14), st.integers(1, 5), st.integers(1, 3))
def test_shards_keep_to_the_limit_together(
    items: list[tuple[str, str]], limit: int | None, size: int, page: int, shards: int
) -> None:
    one = plan(PRIMARY, only_types=True)
    made = MergedPlan(tuple(structs.replace(one, partition=f"P{number}") for number in range(shards)))
    query = MergedQuery(Client(filled(items, page, shards), "t"), made)
    expected = list(query)[:limit]
    if limit is not None:
        query = query.limit(limit)
    assert list(query) == query.all() == expected
    assert query.count() == len(expected)
    assert pages_of(query, size) == expected


class AsyncMemory:
    """The service for an event loop."""

    def __init__(self, inner: MemoryService) -> None:
        self.inner = inner

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        return self.inner.call(operation, body, context)

    async def close(self) -> None:
        self.inner.close()


def test_the_async_forms() -> None:
    service = filled([("good", "a"), ("other", "a"), *[("good", "b")] * 8], 3)

    async def run() -> None:
        client = AsyncClient(AsyncMemory(service), "t")
        single = plan(PRIMARY, only_types=False)
        for query in (AsyncQuery(client, single), AsyncMergedQuery(client, MergedPlan((single,)))):
            limited = query.limit(5)
            expected = [each async for each in query][:5]
            assert await limited.all() == [each async for each in limited] == expected
            assert await limited.count() == 5
            assert await query.count() == 9
            first = await limited.page(3)
            second = await limited.page(3, first.cursor)
            assert [*first.items, *second.items] == expected
            assert second.cursor is None
        stream = AsyncQuery(client, single).limit(2).stream()
        assert [result.item async for result in stream] == expected[:2]

    asyncio.run(run())


@pytest.mark.parametrize("limit", [0, -1, True, 1.5, "3", None])
def test_what_is_no_limit(limit: Any) -> None:
    query = Query(Client(filled([], 3), "t"), plan(PRIMARY, only_types=True))
    merged = MergedQuery(Client(filled([], 3), "t"), MergedPlan((query.plan,)))
    for call in (query.limit, query.page, merged.limit, merged.page):
        with pytest.raises(ValidationError, match="limit"):
            call(limit)
    if limit is not None:
        with pytest.raises(ValidationError, match="limit"):
            plan_of(TABLE, "t", QueryParameters("P", limit=limit), CODEC, only_types=True)


def test_parameters_have_a_limit_too() -> None:
    client = Client(filled([("good", "a")] * 7, 3), "t")
    query = Query(client, plan_of(TABLE, "t", QueryParameters("P0", limit=4), CODEC, only_types=True))
    assert query.count() == len(query.all()) == len(pages_of(query, 3)) == 4


def test_a_limit_beyond_what_the_service_takes() -> None:
    client = Client(filled([("good", "a")] * 3, 1), "t")
    assert len(Query(client, plan(PRIMARY, only_types=True)).limit(2**40).all()) == 3


def test_the_limit_of_a_cursor_is_that_of_the_query_that_goes_on() -> None:
    query = Query(Client(filled([("good", "a")] * 9, 100), "t"), plan(PRIMARY, only_types=True))
    first = query.limit(5).page(3)
    assert len(query.limit(7).page(9, first.cursor)) == 4
    assert len(query.page(9, first.cursor)) == 6
    assert len(query.limit(2).page(9, first.cursor)) == 0
    assert len(query.limit(5).page(9, query.page(3).cursor)) == 5
