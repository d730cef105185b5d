"""Two pieces of equipment: eleven versions of the one, a single one of the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from design_equipment_store import EquipmentTable, LatestVersion, State, Version
from msgspec.structs import replace

from entitystore.errors import ConditionFailedError

Item = dict[str, dict[str, object]]


def _at(day: int) -> datetime:
    return datetime(2020, 11, day, tzinfo=UTC)


LATEST = LatestVersion(id="Equipment#1", state=State.WARNING3, time=_at(11), latest=11)
OTHER = LatestVersion(id="Equipment#12", state=State.OK, time=_at(1), latest=1)
VERSIONS = [
    Version(id="Equipment#1", number=str(number), state=State.WARNING3 if number > 9 else State.OK, time=_at(number))
    for number in range(1, 12)
]
ONLY = Version(id="Equipment#12", number="1", state=State.OK, time=_at(1))


def _item(version: LatestVersion | Version, sort: str) -> Item:
    return {
        "PK": {"S": version.id},
        "SK": {"S": sort},
        "EntityType": {"S": type(version).__name__},
        "ID": {"S": version.id},
        "State": {"S": version.state.value},
        "Time": {"S": version.time.strftime("%Y-%m-%dT%H:%M:%S.000000Z")},
    }


def _latest(version: LatestVersion) -> Item:
    return {**_item(version, "v0"), "Latest": {"N": str(version.latest)}}


def _version(version: Version) -> Item:
    return {**_item(version, f"v{version.number}"), "Number": {"S": version.number}}


ENTITIES: list[tuple[str, object, Item]] = [
    *(("LatestVersion", each, _latest(each)) for each in (LATEST, OTHER)),
    *(("Version", each, _version(each)) for each in (*VERSIONS, ONLY)),
]


def add_version(table: EquipmentTable) -> list[LatestVersion | Version]:
    """The latest version moves on only from the one that was read; whoever comes second has to read again."""
    read = table.latest_version.get_one(id="Equipment#12")
    newer = replace(read, state=State.WARNING1, time=_at(2), latest=read.latest + 1)
    table.latest_version.update_with_condition(newer, "Latest = :read", {"read": read.latest})
    table.version.create(Version(id=newer.id, number=str(newer.latest), state=newer.state, time=newer.time))
    with pytest.raises(ConditionFailedError):
        table.latest_version.update_with_condition(newer, "Latest = :read", {"read": read.latest})
    return table.query_all(id="Equipment#12").all()


QUERIES: list[tuple[str, Callable[[EquipmentTable], object], object]] = [
    ("the latest version", lambda table: table.latest_version.get_one(id="Equipment#1"), LATEST),
    ("a version", lambda table: table.version.get_one(id="Equipment#1", number="7"), VERSIONS[6]),
    (
        "all versions, in the order of their texts",
        lambda table: [version.number for version in table.version.of_equipment(id="Equipment#1")],
        ["1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"],
    ),
    (
        "all of them and the latest before",
        lambda table: table.query_all(id="Equipment#12").all(),
        [OTHER, ONLY],
    ),
    (
        "those with a warning",
        lambda table: table.version.of_equipment(id="Equipment#1").where("State = :state", {"state": "WARNING3"}).all(),
        VERSIONS[9:],
    ),
    (
        "a new version",
        add_version,
        [
            LatestVersion(id="Equipment#12", state=State.WARNING1, time=_at(2), latest=2),
            ONLY,
            Version(id="Equipment#12", number="2", state=State.WARNING1, time=_at(2)),
        ],
    ),
]
