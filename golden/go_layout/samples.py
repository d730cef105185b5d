"""Users under the attribute names of the Go original."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from go_layout_store import Address, GoOrdersTable, User

Item = dict[str, dict[str, object]]

ADA = User(
    id="1",
    email="ada@example.com",
    display_name="Ada",
    team_id="blue",
    age=36,
    created_at=datetime(2024, 1, 2, 3, 4, 5, 600000, tzinfo=UTC),
    last_seen=datetime(2024, 1, 2, tzinfo=UTC),
    address=Address(street="St James's Square"),
    roles=["admin"],
)
BOB = User(id="2", email="bob@example.com", created_at=datetime(2024, 1, 2, tzinfo=UTC))

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "User",
        ADA,
        {
            "PK": {"S": "USER#1"},
            "SK": {"S": "USER#1"},
            "PK1": {"S": "ada@example.com"},
            "SK1": {"S": "USER"},
            "GSI2PK": {"S": "TEAM#blue"},
            "GSI2SK": {"S": "2024-01-02T03:04:05.600000Z"},
            "EntityType": {"S": "User"},
            "ID": {"S": "1"},
            "Email": {"S": "ada@example.com"},
            "DisplayName": {"S": "Ada"},
            "TeamID": {"S": "blue"},
            "Age": {"N": "36"},
            "CreatedAt": {"S": "2024-01-02T03:04:05.600000Z"},
            "LastSeen": {"S": "2024-01-02T00:00:00.000000Z"},
            "Address": {"M": {"Street": {"S": "St James's Square"}}},
            "Roles": {"L": [{"S": "admin"}]},
        },
    ),
    (
        "User",
        BOB,
        {
            "PK": {"S": "USER#2"},
            "SK": {"S": "USER#2"},
            "PK1": {"S": "bob@example.com"},
            "SK1": {"S": "USER"},
            "EntityType": {"S": "User"},
            "ID": {"S": "2"},
            "Email": {"S": "bob@example.com"},
            "CreatedAt": {"S": "2024-01-02T00:00:00.000000Z"},
        },
    ),
]

QUERIES: list[tuple[str, Callable[[GoOrdersTable], object], object]] = [
    ("by GSI1", lambda table: table.user.by_email(email="bob@example.com").all(), [BOB]),
    ("by GSI2", lambda table: table.user.by_team_id(team_id="blue").all(), [ADA]),
]
