"""What expires: stored in whole seconds, found by time, read also where it was stored as text before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from expiry_store import ExpiryTable, Invitation, Lease, Lock, Session, session_store

from entitystore import between, gt, le
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)
SECONDS: dict[str, object] = {"N": "1935835200"}
FIRST = Session(id="a", user_id="ada", ends_at=NOON)
SECOND = Session(id="b", user_id="ada", ends_at=NOON + timedelta(hours=1))
FOR_EVER = Invitation(id="1", from_=FIRST)
LOCK = Lock(name="door", until=None)


def _item(type_name: str, key: str, **attributes: dict[str, object]) -> Item:
    return {"PK": {"S": key}, "SK": {"S": type_name.upper()}, "EntityType": {"S": type_name}, **attributes}


def _session(name: str, ends: str, seconds: str) -> Item:
    return _item(
        "Session",
        f"SESSION#{name}",
        id={"S": name},
        userId={"S": "ada"},
        expires={"N": seconds},
        GSI1PK={"S": "USER#ada"},
        GSI1SK={"S": ends},
    )


# Inside of another entity it is an object like others, and its end is text.
_INSIDE: Item = {"id": {"S": "a"}, "userId": {"S": "ada"}, "endsAt": {"S": "2031-05-06T12:00:00.000000Z"}}
_FROM: Item = {"from": {"M": _INSIDE}}

ENTITIES: list[tuple[str, object, Item]] = [
    ("Session", FIRST, _session("a", "2031-05-06T12:00:00.000000Z", "1935835200")),
    ("Session", SECOND, _session("b", "2031-05-06T13:00:00.000000Z", "1935838800")),
    ("Invitation", FOR_EVER, _item("Invitation", "INVITATION#1", id={"S": "1"}, **_FROM)),
    (
        "Invitation",
        Invitation(id="2", from_=FIRST, expires=NOON),
        _item("Invitation", "INVITATION#2", id={"S": "2"}, expires=SECONDS, **_FROM),
    ),
    ("Lock", LOCK, _item("Lock", "LOCK#door", name={"S": "door"}, expires={"NULL": True})),
    ("Lease", Lease(name="car", ends=1935835200.0), _item("Lease", "LEASE#car", name={"S": "car"}, expires=SECONDS)),
]


def rounded(table: ExpiryTable) -> tuple[Session | None, list[Session]]:
    """A fraction of a second is rounded up, in the key, too."""
    end = NOON + timedelta(days=1, microseconds=1)
    table.session.put(Session(id="c", user_id="bob", ends_at=end))
    found = table.session.find(id="c"), table.session.by_user_id(user_id="bob", ends_at=end).all()
    table.session.delete(id="c")
    return found


def from_before(table: ExpiryTable) -> datetime:
    """An item that was stored when the time was not yet an expiry."""
    item = session_store.encode(FIRST) | {"expires": {"S": "2031-05-06T12:00:00.000000Z"}}
    session: Session = session_store.decode(item)
    return session.ends_at


def refused(table: ExpiryTable) -> str:
    """A number that is no whole second."""
    with pytest.raises(ValidationError) as error:
        table.lease.put(Lease(name="bike", ends=1.5))
    return error.value.field


QUERIES: list[tuple[str, Callable[[ExpiryTable], object], object]] = [
    ("by key", lambda table: table.session.get_one(id="a"), FIRST),
    ("by its end", lambda table: table.session.by_user_id(user_id="ada", ends_at=NOON).all(), [FIRST]),
    (
        "by a range that ends between two seconds",
        lambda table: table.session.by_user_id(user_id="ada", ends_at=le(NOON + timedelta(milliseconds=1))).all(),
        [FIRST],
    ),
    (
        "by a range that begins between two seconds",
        lambda table: table.session.by_user_id(user_id="ada", ends_at=gt(NOON - timedelta(milliseconds=1))).all(),
        [FIRST, SECOND],
    ),
    (
        "by both",
        lambda table: table.session.by_user_id(
            user_id="ada", ends_at=between(NOON + timedelta(milliseconds=1), SECOND.ends_at)
        ).all(),
        [SECOND],
    ),
    (
        "rounded up",
        rounded,
        (
            (session := Session(id="c", user_id="bob", ends_at=NOON + timedelta(days=1, seconds=1))),
            [session],
        ),
    ),
    ("stored before", from_before, NOON),
    ("what is refused", refused, "ends"),
]
