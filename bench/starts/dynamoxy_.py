"""The shortest program that reads one order with dynamoxy; the model has the attributes that it needs for that."""

import asyncio
import os
import sys

import dynamoxy
from dynamoxy import Attr, partition_key, sort_key


class Order(dynamoxy.Model, table="orders"):
    PK: Attr[str] = partition_key()
    SK: Attr[str] = sort_key()
    quantity: Attr[int]


async def main() -> None:
    async with dynamoxy.Client(endpoint_url=os.environ["BENCH_TLS"]) as client:
        orders = client.repository(Order)
        found = await orders.get(f"CUSTOMER#{sys.argv[1]}", "ORDER#2026-01-01T09:30:15.123456Z#ord-00000000")
        assert found is not None
        assert found.quantity == 1


asyncio.run(main())
