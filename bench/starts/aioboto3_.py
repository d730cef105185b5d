"""The shortest program that reads one order with aioboto3."""

import asyncio
import os
import sys

import aioboto3
from boto3.dynamodb.types import TypeDeserializer


async def main() -> None:
    async with aioboto3.Session().client("dynamodb", endpoint_url=os.environ["BENCH_TLS"]) as client:
        key = {"PK": {"S": f"CUSTOMER#{sys.argv[1]}"}, "SK": {"S": "ORDER#2026-01-01T09:30:15.123456Z#ord-00000000"}}
        item = (await client.get_item(TableName="orders", Key=key))["Item"]
        found = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
        assert found["quantity"] == 1


asyncio.run(main())
