"""The shortest program that reads one order with aiodynamo on aiohttp."""

import asyncio
import os
import sys

from aiodynamo.client import Client
from aiodynamo.credentials import Credentials
from aiodynamo.http.aiohttp import AIOHTTP
from aiohttp import ClientSession
from yarl import URL


async def main() -> None:
    async with ClientSession() as session:
        client = Client(AIOHTTP(session), Credentials.auto(), "eu-west-1", URL(os.environ["BENCH_TLS"]))
        key = {"PK": f"CUSTOMER#{sys.argv[1]}", "SK": "ORDER#2026-01-01T09:30:15.123456Z#ord-00000000"}
        found = await client.get_item("orders", key)
        assert found["quantity"] == 1


asyncio.run(main())
