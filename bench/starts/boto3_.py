"""The shortest program that reads one order with boto3."""

import os
import sys

import boto3
from boto3.dynamodb.types import TypeDeserializer

client = boto3.client("dynamodb", endpoint_url=os.environ["BENCH_TLS"])
key = {"PK": {"S": f"CUSTOMER#{sys.argv[1]}"}, "SK": {"S": "ORDER#2026-01-01T09:30:15.123456Z#ord-00000000"}}
item = client.get_item(TableName="orders", Key=key)["Item"]
found = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
assert found["quantity"] == 1
