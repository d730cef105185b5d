"""Under moto's `mock_aws`, as people test: the client is given to the transport, nothing else changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from entitystore.errors import AlreadyExistsError, ConditionFailedError, NotFoundError
from entitystore.transports import AsyncBoto3Transport, Boto3Transport
from tests.behaviour.test_items import order, user
from tests.compiled import Compiled


@pytest.fixture
def client() -> Any:
    import boto3
    from moto import mock_aws

    with mock_aws():
        yield boto3.client("dynamodb")


def test_a_shop_in_memory(shop: Compiled, client: Any) -> None:
    with shop.module.connect(transport=Boto3Transport(client)) as table:
        table.create_table()
        assert client.list_tables()["TableNames"] == ["shop"]
        ada, orders = user(shop, "ada"), [order(shop, "ada", number) for number in range(30)]
        table.user.create(ada)
        with pytest.raises(AlreadyExistsError):
            table.user.create(ada)
        with pytest.raises(NotFoundError):
            table.user.get_one(id="bob")
        with pytest.raises(ConditionFailedError) as caught:
            table.user.update_with_condition(ada, "name = :n", {"n": "x"}, return_old=True)
        assert caught.value.item is not None
        table.order.put_many(orders)
        assert table.query_all(user_id="ada").all() == [*orders, ada]
        assert [result.item for result in table.order.by_user_id(user_id="ada").stream(page_size=7)] == orders


def test_an_async_shop_in_memory(shop: Compiled, client: Any) -> None:
    async def main() -> None:
        async with shop.module.connect_async(transport=AsyncBoto3Transport(client)) as table:
            await table.create_table()
            ada, orders = user(shop, "ada"), [order(shop, "ada", number) for number in range(30)]
            await table.user.create(ada)
            await table.order.put_many(orders)
            assert await table.user.get_one(id="ada") == ada
            assert [each async for each in table.query_all(user_id="ada")] == [*orders, ada]
            stream = table.order.by_user_id(user_id="ada").stream(page_size=7)
            assert [result.item async for result in stream] == orders
            page = await table.order.by_user_id(user_id="ada").page(limit=4)
            rest = await table.order.by_user_id(user_id="ada").page(limit=100, cursor=page.cursor)
            assert [*page, *rest] == orders

    asyncio.run(main())
