"""The boto3 transport: bytes in, bytes out, over a client that stays the caller's."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from entitystore.errors import ServiceError, TimeoutError, TransportError, WriteOutcomeUnknownError, is_timeout
from entitystore.transports import CallContext
from entitystore.transports.boto3 import AsyncBoto3Transport, Boto3Transport
from tests.transports.server import FakeServer, hang_up, never, ok, raw, refuse

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = {
    "TableName": "shop",
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
BINARY = base64.b64encode(b"\x00\xff").decode()
ITEM: dict[str, Any] = {
    "PK": {"S": "USER#1"},
    "B": {"S": "an attribute named B"},
    "BS": {"S": "an attribute named BS"},
    "blob": {"B": BINARY},
    "blobs": {"BS": [BINARY]},
    "empty": {"B": ""},
    "map": {"M": {"B": {"B": BINARY}, "BS": {"BS": [BINARY]}, "n": {"N": "12.50"}}},
    "list": {"L": [{"B": BINARY}, {"BOOL": True}, {"NULL": True}]},
    "text": {"S": "ä\u2028\U0001f600"},
}


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        yield client
        client.close()


def call(transport: Boto3Transport, operation: str, **parameters: object) -> Any:
    return json.loads(transport.call(operation, json.dumps(parameters).encode()))


@pytest.fixture
def transport(client: DynamoDBClient) -> Boto3Transport:
    transport = Boto3Transport(client)
    call(transport, "CreateTable", **TABLE)
    return transport


def test_an_item_comes_back_as_it_went(transport: Boto3Transport) -> None:
    assert "Item" not in call(transport, "GetItem", TableName="shop", Key={"PK": ITEM["PK"]})
    call(transport, "PutItem", TableName="shop", Item=ITEM)
    answer = call(transport, "GetItem", TableName="shop", Key={"PK": ITEM["PK"]})
    assert answer == {"Item": ITEM}


def test_binary_values_in_conditions_and_batches(transport: Boto3Transport) -> None:
    put = {"PutRequest": {"Item": ITEM}}
    assert call(transport, "BatchWriteItem", RequestItems={"shop": [put]})["UnprocessedItems"] == {}
    found = call(
        transport,
        "Scan",
        TableName="shop",
        FilterExpression="#b = :b",
        ExpressionAttributeNames={"#b": "blob"},
        ExpressionAttributeValues={":b": {"B": BINARY}},
    )
    assert found["Items"] == [ITEM]
    batch = call(transport, "BatchGetItem", RequestItems={"shop": {"Keys": [{"PK": ITEM["PK"]}]}})
    assert batch["Responses"] == {"shop": [ITEM]}


def test_times_are_seconds(transport: Boto3Transport) -> None:
    table = call(transport, "DescribeTable", TableName="shop")["Table"]
    assert isinstance(table["CreationDateTime"], float)
    assert table["KeySchema"] == TABLE["KeySchema"]


def test_a_failed_condition_brings_the_old_item(transport: Boto3Transport) -> None:
    call(transport, "PutItem", TableName="shop", Item=ITEM)
    with pytest.raises(ServiceError) as caught:
        call(
            transport,
            "PutItem",
            TableName="shop",
            Item=ITEM,
            ConditionExpression="attribute_not_exists(PK)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    error = caught.value
    assert (error.code, error.status) == ("ConditionalCheckFailedException", 400)
    assert error.request_id
    assert json.loads(error.body)["Item"] == ITEM


def test_a_cancelled_transaction_brings_its_reasons(transport: Boto3Transport) -> None:
    call(transport, "PutItem", TableName="shop", Item=ITEM)
    check = {"TableName": "shop", "Key": {"PK": ITEM["PK"]}, "ConditionExpression": "attribute_not_exists(PK)"}
    put = {"TableName": "shop", "Item": {"PK": {"S": "USER#2"}}}
    with pytest.raises(ServiceError) as caught:
        call(transport, "TransactWriteItems", TransactItems=[{"Put": put}, {"ConditionCheck": check}])
    reasons = json.loads(caught.value.body)["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]


def test_refusals(transport: Boto3Transport) -> None:
    with pytest.raises(ServiceError) as caught:
        call(transport, "GetItem", TableName="absent", Key={"PK": {"S": "x"}})
    assert caught.value.code == "ResourceNotFoundException"
    with pytest.raises(ServiceError) as caught:
        call(transport, "PutItem", TableName="shop", Item={"PK": {"S": {"CONFIDENTIAL": "x"}}})
    assert caught.value.code == "ValidationException"
    assert "CONFIDENTIAL" not in str(caught.value)
    for body in (b"{", b"[]", b'{"Item":{"a":{"B":"no base64"}}}'):
        with pytest.raises(TransportError, match="no DynamoDB JSON"):
            transport.call("PutItem", body)
    with pytest.raises(TransportError, match="DropEverything"):
        call(transport, "DropEverything")


def test_every_operation_has_its_method(client: DynamoDBClient) -> None:
    names = {client.meta.method_to_api_mapping[method.__name__] for method in Boto3Transport(client)._methods.values()}
    assert names == set(Boto3Transport(client)._methods)


def test_hooks_of_the_client_are_called(client: DynamoDBClient) -> None:
    seen: list[str] = []
    client.meta.events.register("provide-client-params.dynamodb", lambda model, **_: seen.append(model.name))
    transport = Boto3Transport(client)
    call(transport, "CreateTable", **TABLE)
    call(transport, "PutItem", TableName="shop", Item=ITEM)
    assert seen == ["CreateTable", "PutItem"]


def test_a_resources_client_is_refused_and_stays_what_it_was() -> None:
    with mock_aws():
        resource = boto3.resource("dynamodb", region_name="eu-west-1")
        table = resource.create_table(**TABLE)
        for _ in range(2):
            with pytest.raises(TransportError, match=r"boto3.client"):
                Boto3Transport(table.meta.client)
        table.put_item(Item={"PK": "plain"})
        assert table.get_item(Key={"PK": "plain"})["Item"] == {"PK": "plain"}


def test_the_client_stays_open(client: DynamoDBClient) -> None:
    with Boto3Transport(client) as transport:
        call(transport, "CreateTable", **TABLE)
    assert client.list_tables()["TableNames"] == ["shop"]


def test_asyncio_in_threads(client: DynamoDBClient) -> None:
    async def main() -> Any:
        async with AsyncBoto3Transport(client) as transport:
            await transport.call("CreateTable", json.dumps(TABLE).encode())
            puts = [json.dumps({"TableName": "shop", "Item": {"PK": {"S": str(n)}}}).encode() for n in range(10)]
            await asyncio.gather(*[transport.call("PutItem", put) for put in puts])
            return json.loads(await transport.call("Scan", b'{"TableName":"shop"}'))

    assert asyncio.run(main())["Count"] == 10


def client_of(url: str, **options: Any) -> Any:
    config = Config(retries={"total_max_attempts": options.pop("attempts", 1)}, **options)
    return boto3.client("dynamodb", region_name="eu-west-1", endpoint_url=url, config=config)


def test_the_clients_own_retries_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with FakeServer(refuse(400, "ThrottlingException"), ok(b'{"Item":{"a":{"B":"AP8="}}}')) as server:
        client = client_of(server.url, attempts=3)
        assert (
            Boto3Transport(client).call("GetItem", b'{"TableName":"shop","Key":{}}') == b'{"Item":{"a":{"B":"AP8="}}}'
        )
        assert len(server.requests) == 2
        client.close()


@pytest.mark.parametrize(("operation", "unsure"), [("GetItem", False), ("PutItem", True)])
def test_faults_of_the_connection(operation: str, unsure: bool) -> None:
    body = b'{"TableName":"shop","Key":{}}' if operation == "GetItem" else b'{"TableName":"shop","Item":{}}'
    with FakeServer(hang_up(), never(), refuse(500, "InternalServerError")) as server:
        client = client_of(server.url, read_timeout=1.0)
        transport = Boto3Transport(client)
        with pytest.raises(TransportError) as caught:
            transport.call(operation, body)
        assert caught.value.maybe_applied is unsure
        with pytest.raises(WriteOutcomeUnknownError if unsure else TimeoutError) as late:
            transport.call(operation, body)
        assert late.value.maybe_applied is unsure
        assert is_timeout(late.value)
        with pytest.raises(TransportError if unsure else ServiceError) as refused:
            transport.call(operation, body)
        assert refused.value.code == "InternalServerError"
        client.close()


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_refusal_after_an_unknown_attempt_is_no_answer(monkeypatch: pytest.MonkeyPatch, attempts: int) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    first = [hang_up()] if attempts == 2 else []
    with FakeServer(*first, refuse(400, "ConditionalCheckFailedException")) as server:
        client = client_of(server.url, attempts=2)
        context = CallContext()
        with pytest.raises(ServiceError if attempts == 1 else WriteOutcomeUnknownError) as caught:
            Boto3Transport(client).call("PutItem", b'{"TableName":"shop","Item":{}}', context)
        assert caught.value.code == "ConditionalCheckFailedException"
        assert caught.value.maybe_applied is context.maybe_applied is (attempts == 2)
        assert context.attempts == attempts
        client.close()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = client_of(f"http://127.0.0.1:{port}")
    with pytest.raises(TransportError, match=r"127\.0\.0\.1"):
        Boto3Transport(client).call("GetItem", b'{"TableName":"shop","Key":{}}')
    client.close()


@pytest.mark.parametrize("status", [103, 202, 204])
def test_another_success_than_200_is_none(status: int) -> None:
    with FakeServer(raw(f"HTTP/1.1 {status} Whatever\r\n\r\n".encode())) as server:
        client = client_of(server.url)
        with pytest.raises(WriteOutcomeUnknownError):
            Boto3Transport(client).call("PutItem", b'{"TableName":"shop","Item":{}}')
        client.close()
