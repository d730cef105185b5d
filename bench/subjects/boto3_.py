"""boto3: the client with TypeSerializer and TypeDeserializer, and entities made by hand."""

from __future__ import annotations

import json
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

from bench import data, measure, wide
from bench.subjects import common
from bench.subjects.common import Cases, Run, dict_of, order_of

CANNOT = {"concurrent_async": "blocking only; see aioboto3"}

serializer, deserializer = TypeSerializer(), TypeDeserializer()
_serialize, _deserialize = serializer.serialize, deserializer.deserialize
# What is known to make boto3 faster and is documented: no validation of parameters, more connections.
CONFIG = Config(parameter_validation=False, max_pool_connections=64, retries={"mode": "standard"})
KEY = {"PK": {"S": common.KEYS["PK"]}, "SK": {"S": common.KEYS["SK"]}}


def to_item(order: common.Order) -> dict[str, Any]:
    return {name: _serialize(value) for name, value in dict_of(order).items()}


def of_item(item: dict[str, Any]) -> common.Order:
    return order_of({name: _deserialize(value) for name, value in item.items()})


def client(url: str) -> Any:
    return boto3.client("dynamodb", endpoint_url=url, region_name=common.REGION, config=CONFIG)


def encode() -> Run:
    order = common.plain_order()

    def operation() -> bytes:
        return json.dumps({"TableName": "orders", "Item": to_item(order)}).encode()

    common.check_item(json.loads(operation())["Item"])
    return measure.repeat(operation)


def decode() -> Run:
    body = data.dumps({"Item": data.item(0)})
    common.check(of_item(json.loads(body)["Item"]))
    return measure.repeat(lambda: of_item(json.loads(body)["Item"]))


def decode_dict() -> Run:
    body = data.dumps({"Item": data.item(0)})
    return measure.repeat(lambda: {name: _deserialize(value) for name, value in json.loads(body)["Item"].items()})


def attributes(count: int) -> Run:
    body = data.dumps({"Item": wide.item(count)})
    return measure.repeat(lambda: {name: _deserialize(value) for name, value in json.loads(body)["Item"].items()})


def get(url: str, table: str = "orders", note: str = data.NOTE) -> Run:
    made = client(url)
    common.check(of_item(made.get_item(TableName=table, Key=KEY)["Item"]), note=note)
    return measure.repeat(lambda: of_item(made.get_item(TableName=table, Key=KEY)["Item"]))


def put(url: str) -> Run:
    made = client(url)
    order = common.plain_order()
    return measure.repeat(lambda: made.put_item(TableName="orders", Item=to_item(order)))


def query(made: Any, table: str, **more: Any) -> Any:
    return made.query(
        TableName=table,
        KeyConditionExpression="PK = :p AND begins_with(SK, :s)",
        ExpressionAttributeValues={":p": KEY["PK"], ":s": {"S": "ORDER#"}},
        **more,
    )


def page(table: str = "orders", count: int = data.PAGE_ITEMS) -> Run:
    made = client(common.PLAIN)

    def operation() -> list[common.Order]:
        return [of_item(item) for item in query(made, table)["Items"]]

    common.check_page(operation(), count)  # type: ignore[arg-type]
    return measure.repeat(operation)


class Refund(common.Order):
    __slots__ = ()


class Shipment(common.Order):
    __slots__ = ()


CLASSES = {"Order": common.Order, "Refund": Refund, "Shipment": Shipment}


def mixed_of(values: dict[str, Any]) -> common.Order:
    """The entity of the class that the stored type names."""
    made = order_of(values)
    kind = CLASSES[values["EntityType"]]
    if kind is not common.Order:
        made.__class__ = kind  # the shapes are the same, so this is the least that a dispatch can cost
    return made


def mixed() -> Run:
    made = client(common.PLAIN)

    def operation() -> list[common.Order]:
        items = query(made, "mixed")["Items"]
        return [mixed_of({name: _deserialize(value) for name, value in item.items()}) for item in items]

    common.check_page(operation())  # type: ignore[arg-type]
    return measure.repeat(operation)


def batch() -> Run:
    made = client(common.PLAIN)
    keys = [data.keys(data.order(number)) for number in range(100)]
    wanted = [{"PK": {"S": each["PK"]}, "SK": {"S": each["SK"]}} for each in keys]

    def operation() -> list[common.Order]:
        answer = made.batch_get_item(RequestItems={"orders": {"Keys": wanted}})
        return [of_item(item) for item in answer["Responses"]["orders"]]

    common.check_page(operation(), 100)  # type: ignore[arg-type]
    return measure.repeat(operation)


def threads() -> Run:
    made = client(common.PLAIN)
    return measure.in_threads(lambda: of_item(made.get_item(TableName="orders", Key=KEY)["Item"]), 50)


def stream() -> Run:
    made = client(common.PLAIN)

    def run(count: int) -> None:
        for _ in range(count):
            seen, more = 0, {}
            while True:
                answer = query(made, "stream", **more)
                for item in answer["Items"]:
                    of_item(item)
                    seen += 1
                if "LastEvaluatedKey" not in answer:
                    break
                more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
            assert seen == data.STREAM_PAGES * data.PAGE_ITEMS, seen

    return run


def engine() -> Run:
    made = client(common.ENGINE)
    order = common.plain_order()
    common.make_engine_table(made, "engine-boto3")

    def operation() -> object:
        made.put_item(TableName="engine-boto3", Item=to_item(order))
        return of_item(made.get_item(TableName="engine-boto3", Key=KEY)["Item"])

    common.check(operation())
    return measure.repeat(operation)


def cases() -> Cases:
    growth: Cases = {
        **{f"size:{n}": lambda n=n: get(common.PLAIN, f"size{n}", data.sized_note(n)) for n in data.SIZES},
        **{f"attributes:{n}": lambda n=n: attributes(n) for n in wide.COUNTS},
        **{f"page:{n}": lambda n=n: page(f"page{n}", n) for n in data.PAGES},
    }
    return {
        "encode": encode,
        "decode": decode,
        "decode_dict": decode_dict,
        "get_http": lambda: get(common.PLAIN),
        "get_tls": lambda: get(common.TLS),
        "put_http": lambda: put(common.PLAIN),
        "put_tls": lambda: put(common.TLS),
        "engine": engine,
        "page": page,
        "page_mixed": mixed,
        "batch_get": batch,
        "concurrent_threads": threads,
        "stream": stream,
    } | growth
