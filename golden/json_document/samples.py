"""Sensors and their readings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from json_document_store import Reading, Sensor, SensorReadingsTable, Unit

from entitystore import ge
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

THERMOMETER = Sensor(id="0001", unit=Unit.C, place="roof")
COLD = Reading(sensor="0001", at=datetime(2026, 1, 1, tzinfo=UTC), value=-3.25)
WARM = Reading(sensor="0001", at=datetime(2026, 7, 1, 12, 30, tzinfo=UTC), value=31.0)

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Sensor",
        THERMOMETER,
        {
            "PK": {"S": "SENSOR#0001"},
            "SK": {"S": "SENSOR"},
            "GSI1PK": {"S": "UNIT#°C"},
            "EntityType": {"S": "Sensor"},
            "id": {"S": "0001"},
            "unit": {"S": "°C"},
            "place": {"S": "roof"},
        },
    ),
    (
        "Reading",
        COLD,
        {
            "PK": {"S": "SENSOR#0001"},
            "SK": {"S": "READING#2026-01-01T00:00:00.000000Z"},
            "EntityType": {"S": "Reading"},
            "sensor": {"S": "0001"},
            "at": {"S": "2026-01-01T00:00:00.000000Z"},
            "value": {"N": "-3.25"},
        },
    ),
    (
        "Reading",
        WARM,
        {
            "PK": {"S": "SENSOR#0001"},
            "SK": {"S": "READING#2026-07-01T12:30:00.000000Z"},
            "EntityType": {"S": "Reading"},
            "sensor": {"S": "0001"},
            "at": {"S": "2026-07-01T12:30:00.000000Z"},
            "value": {"N": "31.0"},
        },
    ),
]


def refused(table: SensorReadingsTable) -> str:
    """ECMA-262's \\d is ASCII alone."""
    with pytest.raises(ValidationError) as caught:
        table.sensor.put(Sensor(id="٠٠٠١", unit=Unit.C))  # noqa: RUF001  Arabic digits
    return str(caught.value)


QUERIES: list[tuple[str, Callable[[SensorReadingsTable], object], object]] = [
    ("by unit", lambda table: table.sensor.by_unit(unit=Unit.C).all(), [THERMOMETER]),
    (
        "since spring",
        lambda table: table.reading.by_sensor(sensor="0001", at=ge(datetime(2026, 3, 21, tzinfo=UTC))).all(),
        [WARM],
    ),
    ("the newest first", lambda table: table.reading.by_sensor(sensor="0001").descending().all(), [WARM, COLD]),
    ("other digits", refused, r"id: does not match ^\d{4}$"),
]
