"""The engines serve, and differ from the service exactly where `Difference` says so.

A difference that an engine no longer has fails here, so that its name and the skips go.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.engines import Difference, Engine

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Probe = Callable[["DynamoDBClient", str], bool]
"""True where the engine behind the client differs. Gets an empty table with the key PK, SK."""


@pytest.fixture
def table(dynamodb: DynamoDBClient, table_name: str) -> str:
    dynamodb.create_table(
        TableName=table_name,
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return table_name


def _code(error: ClientError) -> str | None:
    return error.response.get("Error", {}).get("Code")


def _put(client: DynamoDBClient, table: str, sk: str, size: int = 0) -> None:
    item = {"PK": {"S": "p"}, "SK": {"S": sk}, "filler": {"S": "x" * size}}
    client.put_item(TableName=table, Item=item)


def _list_after(client: DynamoDBClient, table: str, expression: str) -> list[object]:
    """What the list `l`, first a, b, c, holds after an update that uses the value `:z`."""
    key = {"PK": {"S": "p"}, "SK": {"S": "list"}}
    letters = {"L": [{"S": letter} for letter in "abc"]}
    client.put_item(TableName=table, Item={**key, "l": letters})
    client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression=expression,
        ExpressionAttributeValues={":z": {"S": "z"}},
    )
    return list(client.get_item(TableName=table, Key=key).get("Item", {})["l"].get("L", []))


def pads_lists(client: DynamoDBClient, table: str) -> bool:
    return len(_list_after(client, table, "SET l[99] = :z")) != 4


def removes_in_turn(client: DynamoDBClient, table: str) -> bool:
    return _list_after(client, table, "REMOVE l[0], l[2] SET letter = :z") != [{"S": "b"}]


def _ends_a_large_page(client: DynamoDBClient, table: str, filter_: str) -> bool:
    """Whether a query that reads more than 1 MB has a further page."""
    for number in range(4):
        _put(client, table, str(number), size=390_000)
    page = client.query(
        TableName=table,
        KeyConditionExpression="PK = :p",
        FilterExpression=filter_,
        ExpressionAttributeValues={":p": {"S": "p"}},
    )
    return "LastEvaluatedKey" in page


def page_size_after_filter(client: DynamoDBClient, table: str) -> bool:
    """The filter leaves nothing of what fills the page."""
    return not no_page_size(client, table) and not _ends_a_large_page(client, table, "attribute_not_exists(filler)")


def no_page_size(client: DynamoDBClient, table: str) -> bool:
    return not _ends_a_large_page(client, table, "attribute_exists(filler)")


def accepts_malformed_updates(client: DynamoDBClient, table: str) -> bool:
    """One path set twice: the service refuses the expression."""
    _put(client, table, "a")
    try:
        client.update_item(
            TableName=table,
            Key={"PK": {"S": "p"}, "SK": {"S": "a"}},
            UpdateExpression="SET x = :v, x = :w",
            ExpressionAttributeValues={":v": {"N": "1"}, ":w": {"N": "2"}},
        )
    except ClientError as error:
        if _code(error) != "ValidationException":
            raise
        return False
    return True


def ignores_token(client: DynamoDBClient, table: str) -> bool:
    """The same token with another request: the service refuses it as a mismatch."""
    try:
        for sk in ("a", "b"):
            client.transact_write_items(
                TransactItems=[{"Put": {"TableName": table, "Item": {"PK": {"S": "p"}, "SK": {"S": sk}}}}],
                ClientRequestToken=f"token-{table}",
            )
    except ClientError as error:
        if _code(error) != "IdempotentParameterMismatchException":
            raise
        return False
    return True


def no_cursor_on_a_full_last_page(client: DynamoDBClient, table: str) -> bool:
    """Two items read backwards with Limit 2: the service stops at the limit and cannot know the
    end.
    """
    for sk in "ab":
        _put(client, table, sk)
    page = client.query(
        TableName=table,
        Limit=2,
        ScanIndexForward=False,
        KeyConditionExpression="PK = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
    )
    return "LastEvaluatedKey" not in page


def ends_prefixes_at_nul(client: DynamoDBClient, table: str) -> bool:
    """A key that differs from the prefix after a NUL: the service does not find it."""
    _put(client, table, "a\0b")
    found = client.query(
        TableName=table,
        KeyConditionExpression="PK = :p AND begins_with(SK, :s)",
        ExpressionAttributeValues={":p": {"S": "p"}, ":s": {"S": "a\0c"}},
    )
    return found["Count"] > 0


def accepts_malformed_conditions(client: DynamoDBClient, table: str) -> bool:
    """The service answers with a ValidationException."""
    import boto3
    from botocore.config import Config

    once = boto3.client(
        "dynamodb", endpoint_url=client.meta.endpoint_url, config=Config(retries={"total_max_attempts": 1})
    )
    try:
        once.put_item(TableName=table, Item={"PK": {"S": "p"}, "SK": {"S": "s"}}, ConditionExpression="PK AND AND")
    except ClientError as error:
        return _code(error) != "ValidationException"
    return False


PROBES: dict[Difference, Probe] = {
    Difference.PADS_LISTS: pads_lists,
    Difference.REMOVES_LIST_INDEXES_IN_TURN: removes_in_turn,
    Difference.PAGE_SIZE_AFTER_FILTER: page_size_after_filter,
    Difference.NO_PAGE_SIZE: no_page_size,
    Difference.ACCEPTS_MALFORMED_UPDATES: accepts_malformed_updates,
    Difference.IGNORES_CLIENT_REQUEST_TOKEN: ignores_token,
    Difference.NO_CURSOR_ON_A_FULL_LAST_PAGE: no_cursor_on_a_full_last_page,
    Difference.ENDS_PREFIXES_AT_NUL: ends_prefixes_at_nul,
    Difference.ACCEPTS_MALFORMED_CONDITIONS: accepts_malformed_conditions,
}


@pytest.mark.parametrize("difference", PROBES, ids=lambda difference: difference.name.lower())
def test_differences_are_as_listed(
    engine: Engine, dynamodb: DynamoDBClient, table: str, difference: Difference
) -> None:
    assert PROBES[difference](dynamodb, table) == engine.differs(difference)


def test_every_difference_but_speed_is_probed() -> None:
    assert set(Difference) - set(PROBES) == {Difference.SLOW}


def test_an_item_comes_back(engine: Engine, dynamodb: DynamoDBClient, table: str) -> None:
    assert engine.endpoint_url.startswith("http://127.0.0.1:")
    key = {"PK": {"S": "p"}, "SK": {"S": "s"}}
    dynamodb.put_item(TableName=table, Item={**key, "n": {"N": "1.50"}})
    stored = dynamodb.get_item(TableName=table, Key=key).get("Item", {})
    assert stored["PK"] == {"S": "p"}
    assert Decimal(stored["n"].get("N", "")) == Decimal("1.5")
