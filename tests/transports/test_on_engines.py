"""Both HTTP transports on every engine there is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entitystore.errors import ServiceError
from tests.transports.conftest import Make

ITEM = {
    "PK": {"S": "USER#1"},
    "text": {"S": "ä\u2028\U0001f600"},
    "blob": {"B": "AP8="},
    "map": {"M": {"n": {"N": "12.5"}, "none": {"NULL": True}}},
}


def test_a_table_from_its_birth_to_its_end(make: Make, endpoint_url: str, table_name: str) -> None:
    transport = make(endpoint_url)

    def call(operation: str, **parameters: object) -> Any:
        return json.loads(transport.call(operation, json.dumps({"TableName": table_name, **parameters}).encode()))

    call(
        "CreateTable",
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    call("PutItem", Item=ITEM)
    assert call("GetItem", Key={"PK": ITEM["PK"]})["Item"] == ITEM
    with pytest.raises(ServiceError) as caught:
        call("PutItem", Item=ITEM, ConditionExpression="attribute_not_exists(PK)")
    assert (caught.value.code, caught.value.status) == ("ConditionalCheckFailedException", 400)
    large = {"PK": {"S": "large"}, "text": {"S": "x" * 300_000}}
    call("PutItem", Item=large)
    assert call("GetItem", Key={"PK": large["PK"]})["Item"] == large
    call("DeleteTable")
