"""Sessions of two customers, three of them with children."""

# ruff: noqa: S106 - the tokens are no secrets

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from design_session_store_store import ChildSession, Session, SessionState, SessionStoreTable

from entitystore import begins_with

Item = dict[str, dict[str, object]]

NOON = datetime(2023, 5, 12, 11, 30, tzinfo=UTC)

PARENT = Session(
    session_id="c342etj3",
    customer_id="ABC",
    access_token="d234ltj2",
    session_state=SessionState.ACTIVE,
    last_login_time=NOON,
)
CLOSING = Session(
    session_id="d0004tj2",
    customer_id="ABC",
    access_token="q010ltj2",
    session_state=SessionState.CLOSING,
    last_login_time=NOON,
)
OTHER = Session(
    session_id="l221et00",
    customer_id="XYZ",
    access_token="q213law5",
    session_state=SessionState.ACTIVE,
    last_login_time=datetime(2023, 4, 30, 15, 22, 9, tzinfo=UTC),
)


def _child(session: str, parent: str, token: str, state: SessionState) -> ChildSession:
    return ChildSession(session_id=session, parent_session_id=parent, access_token=token, session_state=state)


ELDER = _child("ert54fbgn", "c342etj3", "lko98uib", SessionState.ACTIVE)
YOUNGER = _child("kljhfytf23", "c342etj3", "acg45jhi", SessionState.CLOSING)
ONLY = _child("ljy22tf0", "l221et00", "j143lawy", SessionState.ACTIVE)


def _session(session: Session) -> Item:
    return {
        "PK": {"S": f"suuid#{session.session_id}"},
        "SK": {"S": f"c#{session.customer_id}"},
        "EntityType": {"S": "Session"},
        "session_id": {"S": session.session_id},
        "customer_id": {"S": session.customer_id},
        "access_token": {"S": session.access_token},
        "session_state": {"S": session.session_state.value},
        "last_login_time": {"S": session.last_login_time.strftime("%Y-%m-%dT%H:%M:%S.000000Z")},
    }


def _child_item(session: ChildSession) -> Item:
    return {
        "PK": {"S": f"suuid#{session.parent_session_id}"},
        "SK": {"S": f"child#suuid#{session.session_id}"},
        "EntityType": {"S": "ChildSession"},
        "session_id": {"S": session.session_id},
        "parent_session_id": {"S": session.parent_session_id},
        "access_token": {"S": session.access_token},
        "session_state": {"S": session.session_state.value},
    }


ENTITIES: list[tuple[str, object, Item]] = [
    *(("Session", session, _session(session)) for session in (PARENT, CLOSING, OTHER)),
    *(("ChildSession", session, _child_item(session)) for session in (ELDER, YOUNGER, ONLY)),
]


def everything_ends(table: SessionStoreTable) -> list[int]:
    """A customer's sessions and their children are found from the table alone, and removed."""
    left: list[int] = []
    for session in table.session.of_customer(customer_id="ABC").all():
        children = table.child_session.of_parent(parent_session_id=session.session_id).all()
        table.child_session.delete_many([table.child_session.key(**_names(child)) for child in children])
        table.session.delete(session_id=session.session_id, customer_id="ABC")
        left.append(table.query_all(session_id=session.session_id).count())
    return left


def _names(child: ChildSession) -> dict[str, str]:
    return {"parent_session_id": child.parent_session_id, "session_id": child.session_id}


QUERIES: list[tuple[str, Callable[[SessionStoreTable], object], object]] = [
    ("a session by its number alone", lambda table: table.session.by_session_id(session_id="c342etj3").all(), [PARENT]),
    (
        "a session of a customer",
        lambda table: table.session.get_one(session_id="l221et00", customer_id="XYZ"),
        OTHER,
    ),
    (
        "the children of a session",
        lambda table: table.child_session.of_parent(parent_session_id="c342etj3").all(),
        [ELDER, YOUNGER],
    ),
    (
        "a session with its children",
        lambda table: table.query_all(session_id="c342etj3").all(),
        [PARENT, ELDER, YOUNGER],
    ),
    (
        "the sessions of a customer, by the table turned round",
        lambda table: table.session.of_customer(customer_id="ABC").all(),
        [PARENT, CLOSING],
    ),
    (
        "those that begin alike",
        lambda table: table.session.of_customer(customer_id="ABC", session_id=begins_with("c3")).all(),
        [PARENT],
    ),
    (
        "the parent of a child",
        lambda table: table.child_session.of_child(session_id="ljy22tf0").all(),
        [ONLY],
    ),
    (
        "what is still active",
        lambda table: (
            table.session.of_customer(customer_id="ABC").where("session_state = :state", {"state": "active"}).all()
        ),
        [PARENT],
    ),
    ("all sessions of a customer, ended", everything_ends, [0, 0]),
    ("and of the other one, not", lambda table: table.query_all(session_id="l221et00").count(), 2),
]
