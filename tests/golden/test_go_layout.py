"""Items as the Go original lays them out are read by the generated package, and have its own layout once written again.

Rules of this file:
- The layout is that of `attributevalue.MarshalMap`: attributes under the names of Go's fields, nil pointers and
  nil slices as NULL, times as RFC 3339 with nanoseconds, trailing zeros dropped, in the value's own offset.
- Items are put by boto3, so that nothing of this project has touched them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from entitystore.errors import DecodeError
from tests.engines import Engine
from tests.golden.cases import good_cases

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CASE = next(case for case in good_cases() if case.name == "go_layout")

Item = dict[str, Any]

ADA: Item = {
    "PK": {"S": "USER#1"},
    "SK": {"S": "USER#1"},
    "PK1": {"S": "ada@example.com"},
    "SK1": {"S": "USER"},
    "GSI2PK": {"S": "TEAM#blue"},
    "GSI2SK": {"S": "2024-01-02T05:04:05.6+02:00"},
    "EntityType": {"S": "User"},
    "ID": {"S": "1"},
    "Email": {"S": "ada@example.com"},
    "DisplayName": {"S": "Ada"},
    "TeamID": {"S": "blue"},
    "Age": {"N": "36"},
    "CreatedAt": {"S": "2024-01-02T05:04:05.6+02:00"},
    "LastSeen": {"S": "2024-01-02T03:04:05.123456789Z"},
    "Address": {"M": {"Street": {"S": "St James's Square"}, "Zip": {"NULL": True}}},
    "Roles": {"L": [{"S": "admin"}, {"S": "author"}]},
    "Internal": {"M": {"a field of a later version": {"BOOL": True}}},
}
BOB: Item = {
    "PK": {"S": "USER#2"},
    "SK": {"S": "USER#2"},
    "PK1": {"S": "bob@example.com"},
    "SK1": {"S": "USER"},
    "GSI2PK": {"S": "TEAM#"},
    "GSI2SK": {"S": "2024-02-03T00:00:00Z"},
    "EntityType": {"S": "User"},
    "ID": {"S": "2"},
    "Email": {"S": "bob@example.com"},
    "DisplayName": {"NULL": True},
    "TeamID": {"NULL": True},
    "Age": {"NULL": True},
    "CreatedAt": {"S": "2024-02-03T00:00:00Z"},
    "LastSeen": {"NULL": True},
    "Address": {"NULL": True},
    "Roles": {"NULL": True},
}


@pytest.fixture
def table(engine: Engine, dynamodb: DynamoDBClient, table_name: str) -> Iterator[Any]:
    with CASE.load().connect(endpoint_url=engine.endpoint_url, table_name=table_name) as table:
        table.create_table()
        for item in (ADA, BOB):
            dynamodb.put_item(TableName=table_name, Item=item)
        yield table


def test_an_item_of_the_original_is_read(table: Any) -> None:
    ada = table.user.get_one(id="1")
    package = CASE.load()
    assert ada == package.User(
        id="1",
        email="ada@example.com",
        display_name="Ada",
        team_id="blue",
        age=36,
        created_at=datetime(2024, 1, 2, 3, 4, 5, 600000, tzinfo=UTC),
        last_seen=datetime(2024, 1, 2, 3, 4, 5, 123457, tzinfo=UTC),
        address=package.Address(street="St James's Square"),
        roles=["admin", "author"],
    )


def test_nil_pointers_are_none(table: Any) -> None:
    bob = table.user.get_one(id="2")
    nothing = (bob.display_name, bob.team_id, bob.age, bob.last_seen, bob.address, bob.roles)
    assert nothing == (None, None, None, None, None, None)
    assert bob.created_at == datetime(2024, 2, 3, tzinfo=UTC)


def test_the_original_s_indexes_are_read(table: Any) -> None:
    assert [user.id for user in table.user.by_email(email="bob@example.com")] == ["2"]
    assert [user.id for user in table.query_all(partition_key="USER#2")] == ["2"]


def test_an_index_key_that_the_original_spelled_is_no_key_of_ours(table: Any) -> None:
    """No condition on `created_at` would find it there; by its other keys it is read, and put has it written anew."""
    with pytest.raises(DecodeError) as caught:
        table.user.by_team_id(team_id="blue").all()
    assert "its GSI2SK is '2024-01-02T05:04:05.6+02:00'" in str(caught.value)
    assert "would write as '2024-01-02T03:04:05.600000Z'" in str(caught.value)
    assert "store the item again" in str(caught.value)
    ada = table.user.get_one(id="1")
    table.user.put(ada)
    assert table.user.by_team_id(team_id="blue", created_at=ada.created_at).all() == [ada]


def test_what_is_written_again_has_this_layout(table: Any, dynamodb: DynamoDBClient) -> None:
    bob = table.user.get_one(id="2")
    table.user.put(bob)
    key = {"PK": {"S": "USER#2"}, "SK": {"S": "USER#2"}}
    assert dynamodb.get_item(TableName=table.table_name, Key=key).get("Item") == {
        "PK": {"S": "USER#2"},
        "SK": {"S": "USER#2"},
        "PK1": {"S": "bob@example.com"},
        "SK1": {"S": "USER"},
        "EntityType": {"S": "User"},
        "ID": {"S": "2"},
        "Email": {"S": "bob@example.com"},
        "CreatedAt": {"S": "2024-02-03T00:00:00.000000Z"},
    }


def test_a_half_empty_entity_is_an_error(table: Any, dynamodb: DynamoDBClient) -> None:
    """The original gave back a half-empty entity for an item of another shape; here it is an error with the item."""
    broken = {**ADA, "PK": {"S": "USER#3"}, "SK": {"S": "USER#3"}, "CreatedAt": {"NULL": True}}
    dynamodb.put_item(TableName=table.table_name, Item=broken)
    with pytest.raises(DecodeError) as caught:
        table.user.get_one(id="3")
    assert "CreatedAt" in str(caught.value)
