"""Sealed cursors: they show nothing, nobody can make one, and keys can be changed without breaking those in use."""

from __future__ import annotations

import asyncio
import base64
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from entitystore.client import AsyncClient, Client
from entitystore.conditions import starting_with
from entitystore.cursor import Start
from entitystore.cursor_seal import CursorSeal
from entitystore.errors import EntityStoreError, ValidationError
from entitystore.merged import AsyncMergedQuery, MergedPlan, MergedQuery
from entitystore.plan import QueryPlan
from entitystore.query import AsyncQuery, Query
from entitystore.transports import CallContext
from tests.runtime.fakes import Order, QueryTransport, order_plan, orders, stored

KEY, OTHER = (base64.urlsafe_b64encode(bytes(range(start, start + 32))) for start in (0, 100))
SEAL = CursorSeal(KEY)


class AsyncTransportOf:
    """The async form of another transport."""

    def __init__(self, transport: QueryTransport) -> None:
        self._transport = transport

    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        return self._transport.call(operation, body)

    async def close(self) -> None:
        pass


class Shards:
    """Two partitions, each with items of its own."""

    def __init__(self) -> None:
        self.partitions = {
            name: QueryTransport([stored(order, name) for order in orders(9) if order.total % 2 == place])
            for place, name in enumerate(("U#1", "U#2"))
        }

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        name = msgspec.json.decode(body)["ExpressionAttributeValues"][":p"]["S"]
        return self.partitions[name].call(operation, body)

    def close(self) -> None:
        pass


def sealed_plan(seal: CursorSeal = SEAL, **changes: Any) -> QueryPlan[Order]:
    return structs.replace(order_plan(), seal=seal, **changes)


def key_of(sort: str) -> dict[str, Any]:
    return {"PK": {"S": "U#1"}, "SK": {"S": sort}}


def items() -> list[dict[str, Any]]:
    return [stored(order) for order in orders(9)]


def test_a_sealed_cursor_comes_back_and_shows_nothing() -> None:
    plan = sealed_plan()
    cursor = plan.cursor_after(key_of("secret"))
    assert plan.start_of(cursor) == Start(key_of("secret"))
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"secret" not in raw
    assert plan.cursor_after(key_of("secret")) != cursor  # nor that two are the same


def test_a_sealed_cursor_belongs_to_its_query() -> None:
    cursor = sealed_plan().cursor_after(key_of("O#1"))
    with pytest.raises(ValidationError, match="another query"):
        sealed_plan(range=starting_with("O#")).start_of(cursor)


def test_with_a_key_no_unsealed_cursor_is_taken_and_without_one_no_sealed() -> None:
    plain, sealed = order_plan(), sealed_plan()
    for plan, cursor in (
        (sealed, plain.cursor_after(key_of("1"))),
        (plain, sealed.cursor_after(key_of("1"))),
        (sealed_plan(CursorSeal(OTHER)), sealed.cursor_after(key_of("1"))),
    ):
        with pytest.raises(ValidationError, match="cursor: is not one that this library gave"):
            plan.start_of(cursor)


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255), cut=st.booleans())
def test_no_byte_of_it_may_change(place: int, flip: int, cut: bool) -> None:
    plan = sealed_plan()
    cursor = plan.cursor_after(key_of("O#1"))
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    place %= len(raw)
    if cut:
        del raw[place]
    else:
        raw[place] ^= flip
    with pytest.raises(ValidationError, match="cursor"):
        plan.start_of(base64.urlsafe_b64encode(raw).decode().rstrip("="))


@given(text=st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="cursor"):
        sealed_plan().start_of(text)


def test_keys_are_changed_one_after_the_other() -> None:
    old, both, new = CursorSeal(KEY), CursorSeal([OTHER.decode(), KEY]), CursorSeal(OTHER)
    cursor = sealed_plan(old).cursor_after(key_of("1"))
    assert sealed_plan(both).start_of(cursor) == Start(key_of("1"))
    renewed = sealed_plan(both).cursor_after(key_of("1"))
    assert sealed_plan(new).start_of(renewed) == Start(key_of("1"))
    with pytest.raises(ValidationError):
        sealed_plan(new).start_of(cursor)


SECRET = "notakeybutasecret"


@pytest.mark.parametrize("keys", [SECRET, b"short", "", [], [KEY, SECRET], 7, [7], "ü" * 44])
def test_what_is_no_key_is_said_without_showing_it(keys: Any) -> None:
    with pytest.raises(ValidationError, match=r"cursor_key: .*generate_key") as caught:
        Client(QueryTransport([]), "shop", keys)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.fernet", None)
    with pytest.raises(EntityStoreError, match=r"pip install 'entitystore-dynamodb\[cursors\]'"):
        Client(QueryTransport([]), "shop", KEY)


def test_pages_of_shards_are_sealed_as_a_whole() -> None:
    """So that parts of two cursors cannot be put together."""
    client = Client(Shards(), "shop", KEY)
    query = MergedQuery(client, MergedPlan((sealed_plan(), sealed_plan(partition="U#2"))))
    first = query.page(limit=3)
    assert first.cursor is not None
    assert "~" not in first.cursor
    rest = query.page(limit=9, cursor=first.cursor)
    assert [each.id for each in (*first, *rest)] == [order.id for order in orders(9)]
    unsealed = MergedQuery(client, MergedPlan((order_plan(), order_plan(partition="U#2"))))
    with pytest.raises(ValidationError, match="cursor"):
        unsealed.page(cursor=first.cursor)
    with pytest.raises(ValidationError, match="cursor"):
        query.page(cursor=unsealed.page(limit=3).cursor)


def test_both_drivers_walk_with_sealed_cursors() -> None:
    async def walk() -> list[str]:
        client = AsyncClient(AsyncTransportOf(QueryTransport(items())), "shop", KEY)
        query = AsyncQuery(client, sealed_plan())
        page = await query.page(limit=4)
        return [each.id for each in (*page, *await query.page(limit=9, cursor=page.cursor))]

    query = Query(Client(QueryTransport(items()), "shop", KEY), sealed_plan())
    page = query.page(limit=4)
    wanted = [each.id for each in (*page, *query.page(limit=9, cursor=page.cursor))]
    assert wanted == asyncio.run(walk()) == [order.id for order in orders(9)]


def test_what_is_no_text_is_refused_by_shards_too() -> None:
    async def page_of(cursor: Any) -> None:
        client = AsyncClient(AsyncTransportOf(QueryTransport([])), "shop")
        await AsyncMergedQuery(client, MergedPlan((order_plan(), order_plan()))).page(cursor=cursor)

    for cursor in (b"~", 7, "A" * 1_000_000):
        with pytest.raises(ValidationError, match="cursor"):
            asyncio.run(page_of(cursor))
