"""Accounts: one partition that holds a person or an organisation, its devices and its logins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from collection_store import AccountsTable, Device, Login, Organization, Person

from entitystore import QueryParameters, begins_with, between, gt
from entitystore.errors import ConditionFailedError, NotFoundError

Item = dict[str, dict[str, object]]

ADA = Person(name="ada", born=date(1815, 12, 10))
GUILD = Organization(name="guild", members=3)
PHONE = Device(account="ada", serial="P#1")
WATCH = Device(account="ada", serial="W")
MORNING = Login(account="ada", day=date(2026, 3, 2), at=datetime(2026, 3, 2, 8, tzinfo=UTC), device="P#1")
EVENING = Login(account="ada", day=date(2026, 3, 2), at=datetime(2026, 3, 2, 20, tzinfo=UTC), device="W")
NEXT_DAY = Login(account="ada", day=date(2026, 3, 3), at=datetime(2026, 3, 3, 8, tzinfo=UTC), device="W")


def _login(login: Login, time: str) -> Item:
    day = login.day.isoformat()
    at = f"{day}T{time}:00:00.000000Z"
    return {
        "pk": {"S": "ACCOUNT#ada"},
        "sk": {"S": f"LOGIN#{day}#{at}"},
        "dayKey": {"S": f"DAY#{day}"},
        "dayRange": {"S": at},
        "type": {"S": "Login"},
        "account": {"S": "ada"},
        "day": {"S": day},
        "at": {"S": at},
        "device": {"S": login.device},
    }


def _device(serial: str) -> Item:
    return {
        "pk": {"S": "ACCOUNT#ada"},
        "sk": {"S": f"DEVICE#{serial}"},
        "type": {"S": "Device"},
        "account": {"S": "ada"},
        "serial": {"S": serial},
    }


ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Person",
        ADA,
        {
            "pk": {"S": "ACCOUNT#ada"},
            "sk": {"S": "ACCOUNT"},
            "type": {"S": "Person"},
            "name": {"S": "ada"},
            "born": {"S": "1815-12-10"},
        },
    ),
    (
        "Organization",
        GUILD,
        {
            "pk": {"S": "ACCOUNT#guild"},
            "sk": {"S": "ACCOUNT"},
            "type": {"S": "Organization"},
            "name": {"S": "guild"},
            "members": {"N": "3"},
        },
    ),
    ("Device", PHONE, _device("P#1")),
    ("Device", WATCH, _device("W")),
    ("Login", MORNING, _login(MORNING, "08")),
    ("Login", EVENING, _login(EVENING, "20")),
    ("Login", NEXT_DAY, _login(NEXT_DAY, "08")),
]


def everything(table: AccountsTable) -> list[str]:
    """The whole partition, each entity by its own class."""
    found: list[str] = []
    for entity in table.query_all(name="ada"):
        match entity:
            case Person() | Organization():
                found.append(f"account {entity.name}")
            case Device():
                found.append(f"device {entity.serial}")
            case Login():
                found.append(f"login {entity.at:%d %H:%M}")
    return found


def a_person_is_no_organization(table: AccountsTable) -> tuple[str | None, bool, list[Organization]]:
    """Under the asked key lies another entity: `get_one` says which, the others leave it out."""
    with pytest.raises(NotFoundError) as caught:
        table.organization.get_one(name="ada")
    by_name = table.organization.by_name(name="ada").all()
    return caught.value.found_type, table.organization.exists(name="ada"), by_name


def one_name_one_account(table: AccountsTable) -> Person:
    """Whoever comes second under a name is refused, whichever of the two it is; each may replace itself."""
    with pytest.raises(ConditionFailedError):
        table.organization.put(Organization(name="ada", members=1))
    with pytest.raises(ConditionFailedError):
        table.person.put(Person(name="guild"))
    table.person.put(ADA)
    return table.person.get_one(name="ada")


QUERIES: list[tuple[str, Callable[[AccountsTable], object], object]] = [
    (
        "all of a partition",
        everything,
        ["account ada", "device P#1", "device W", "login 02 08:00", "login 02 20:00", "login 03 08:00"],
    ),
    ("in reverse", lambda table: table.query_all(account="ada", descending=True).first(), NEXT_DAY),
    (
        "part of a partition, by literal keys",
        lambda table: table.query_all(partition_key="ACCOUNT#ada", sort_key=begins_with("DEVICE#")).all(),
        [PHONE, WATCH],
    ),
    (
        "a partition of an index",
        lambda table: table.query_all(QueryParameters(index="byDay", partition_key="DAY#2026-03-03")).all(),
        [NEXT_DAY],
    ),
    ("another entity", a_person_is_no_organization, ("Person", False, [])),
    ("two under one name", one_name_one_account, ADA),
    ("the devices alone", lambda table: table.device.of_account(account="ada").all(), [PHONE, WATCH]),
    ("a range of devices", lambda table: table.device.of_account(account="ada", serial=gt("P#1")).all(), [WATCH]),
    (
        "the logins of a day",
        lambda table: table.login.by_account(account="ada", day=date(2026, 3, 2)).all(),
        [MORNING, EVENING],
    ),
    (
        "the logins of two days, last first",
        lambda table: (
            table.login.by_account(account="ada", day=between(date(2026, 3, 2), date(2026, 3, 3))).descending().all()
        ),
        [NEXT_DAY, EVENING, MORNING],
    ),
    (
        "by the index",
        lambda table: table.login.by_day(day=date(2026, 3, 2), at=gt(MORNING.at)).all(),
        [EVENING],
    ),
]
