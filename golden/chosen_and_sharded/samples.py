"""Logs: forty of one day, over four shards, with three kinds of sort keys on GSI2."""

from __future__ import annotations

from datetime import UTC, date, datetime

from chosen_and_sharded_store import Level, Log, LogsTable

from entitystore import ge, gt

DAY = date(2024, 5, 6)


def log(number: int) -> Log:
    """Log `number`: its minute, level and note follow from it."""
    return Log(
        id=f"l{number}",
        day=DAY,
        at=datetime(2024, 5, 6, 0, number % 7, number, tzinfo=UTC),
        level=list(Level)[number % 3],
        n=number,
        note="odd" if number % 2 else None,
    )


LOGS = [log(number) for number in range(40)]
BY_TIME = sorted(LOGS, key=lambda each: (each.at, each.id))

ENTITIES = [
    (
        "Log",
        LOGS[0],
        {
            "PK": {"S": "LOG#2024-05-06#0"},
            "SK": {"S": "2024-05-06T00:00:00.000000Z#l0"},
            "GSI1PK": {"S": "LEVEL#error#1"},
            "GSI1SK": {"S": "2024-05-06T00:00:00.000000Z"},
            "GSI2PK": {"S": "DAY#2024-05-06"},
            "GSI2SK": {"S": "ERROR#99999999"},
            "EntityType": {"S": "Log"},
            "id": {"S": "l0"},
            "day": {"S": "2024-05-06"},
            "at": {"S": "2024-05-06T00:00:00.000000Z"},
            "level": {"S": "error"},
            "n": {"N": "0"},
        },
    )
]


def paged(table: LogsTable) -> list[Log]:
    """All logs of the day, seven a page."""
    found: list[Log] = []
    cursor = None
    while True:
        page = table.log.by_day(day=DAY).page(7, cursor)
        found += page
        cursor = page.cursor
        if cursor is None:
            return found


def filled(table: LogsTable) -> int:
    """Stores all of them; the first query, since the others read them."""
    table.log.put_many(LOGS)
    return table.log.by_day(day=DAY).count()


ERRORS = [each for each in BY_TIME if each.level is Level.ERROR]
LATE_ERRORS = [each for each in ERRORS if each.at.minute >= 3]

QUERIES = [
    ("put_many, count", filled, 40),
    ("merged in order", lambda table: table.log.by_day(day=DAY).all(), BY_TIME),
    ("backwards", lambda table: table.log.by_day(day=DAY).descending().all(), BY_TIME[::-1]),
    ("limited", lambda table: table.log.by_day(day=DAY).limit(5).all(), BY_TIME[:5]),
    ("first", lambda table: table.log.by_day(day=DAY).first(), BY_TIME[0]),
    ("page by page", paged, BY_TIME),
    (
        "a condition over computed shards",
        lambda table: table.log.by_level(level=Level.ERROR, at=ge(datetime(2024, 5, 6, 0, 3, tzinfo=UTC))).all(),
        LATE_ERRORS,
    ),
    (
        "a choice, newest first",
        lambda table: table.log.by_day_on_gsi2_when_level_error(day=DAY, n=gt(10)).all(),
        sorted((each for each in LOGS if each.level is Level.ERROR and each.n > 10), key=lambda each: -each.n),
    ),
    (
        "a choice whose property may be missing",
        lambda table: table.log.by_day_on_gsi2_when_level_warn(day=DAY).count(),
        sum(each.level is Level.WARN and each.note is not None for each in LOGS),
    ),
    (
        "the rest",
        lambda table: table.log.by_day_on_gsi2_otherwise(day=DAY).count(),
        sum(each.level is Level.INFO for each in LOGS),
    ),
    ("all choices", lambda table: table.log.by_day_on_gsi2(day=DAY).count(), 34),
]
