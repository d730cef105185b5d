"""Tickets: which of them are in which index, and what a key refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sparse_and_formats_store import Comment, Place, State, Ticket, TicketsTable

from entitystore import begins_with, between
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

APRIL = datetime(2026, 4, 30, tzinfo=UTC)
OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAIN = Ticket(
    tenant="a#b",
    number=9,
    title="Leak",
    opened=OPENED,
    state=State.OPEN,
    place=Place(country="NL", city="", street="Dam#1"),
)
ASSIGNED = replace(PLAIN, number=10, assignee="ada", due=date(2026, 3, 9))
HALF = replace(PLAIN, number=11, assignee="ada")
CLOSED = replace(
    PLAIN, number=99999999, state=State.CLOSED, closed=datetime(2026, 3, 31, 23, tzinfo=timezone(timedelta(hours=-2)))
)
COMMENT = Comment(tenant="t", topic="a#1", ticket=7, at=OPENED, urgent=True, text="#")


def _ticket(number: str, **attributes: dict[str, object]) -> Item:
    return {
        "PK": {"S": "TENANT#a#b"},
        "SK": {"S": f"TICKET#{number}"},
        "GSI3PK": {"S": "PLACES"},
        "GSI3SK": {"S": "NL##Dam#1"},
        "EntityType": {"S": "Ticket"},
        "tenant": {"S": "a#b"},
        "number": {"N": str(int(number))},
        "title": {"S": "Leak"},
        "opened": {"S": "2026-03-01T12:00:00.000000Z"},
        "state": {"S": "open"},
        "place": {"M": {"country": {"S": "NL"}, "city": {"S": ""}, "street": {"S": "Dam#1"}}},
        **attributes,
    }


ENTITIES: list[tuple[str, object, Item]] = [
    ("Ticket", PLAIN, _ticket("00000009")),
    (
        "Ticket",
        ASSIGNED,
        _ticket(
            "00000010",
            assignee={"S": "ada"},
            due={"S": "2026-03-09"},
            GSI1PK={"S": "ASSIGNEE#ada"},
            GSI1SK={"S": "DUE#2026-03-09"},
        ),
    ),
    ("Ticket", HALF, _ticket("00000011", assignee={"S": "ada"})),
    (
        "Ticket",
        CLOSED,
        _ticket(
            "99999999",
            state={"S": "closed"},
            closed={"S": "2026-04-01T01:00:00.000000Z"},
            GSI2PK={"S": "CLOSED#2026-04"},
            GSI2SK={"S": "{01}#99999999"},
        ),
    ),
    (
        "Comment",
        COMMENT,
        {
            "PK": {"S": "COMMENT#t#a#1#0007"},
            "SK": {"S": "true#2026-03-01T12:00:00.000000Z"},
            "EntityType": {"S": "Comment"},
            "tenant": {"S": "t"},
            "topic": {"S": "a#1"},
            "ticket": {"N": "7"},
            "at": {"S": "2026-03-01T12:00:00.000000Z"},
            "urgent": {"BOOL": True},
            "text": {"S": "#"},
        },
    ),
]

REFUSED: list[tuple[str, object]] = [
    ("place.city", replace(PLAIN, place=Place(country="NL", city="a#b", street=""))),
    ("number", replace(PLAIN, number=100000000)),
    ("number", replace(PLAIN, number=-1)),
    ("tenant", replace(PLAIN, tenant="")),
    ("opened", replace(PLAIN, opened=datetime(2026, 3, 1))),
]


def refused(table: TicketsTable) -> list[str]:
    """The fields of entities that have no key, each named before anything is sent."""
    found: list[str] = []
    for _, ticket in REFUSED:
        with pytest.raises(ValidationError) as caught:
            table.stores().get("Ticket").put(ticket)
        found.append(caught.value.field)
    return found


def refused_comment(table: TicketsTable) -> list[str]:
    """A look-up goes through the same guards as a write."""
    with pytest.raises(ValidationError) as written:
        table.comment.put(replace(COMMENT, tenant="t#1", ticket=1))
    with pytest.raises(ValidationError) as looked_up:
        table.comment.find(tenant="t#1", topic="", ticket=1, urgent=True, at=OPENED)
    with pytest.raises(ValidationError) as negative:
        table.comment.put(replace(COMMENT, ticket=-1))
    return [written.value.field, looked_up.value.field, negative.value.field]


QUERIES: list[tuple[str, Callable[[TicketsTable], object], object]] = [
    (
        "in the order of numbers",
        lambda table: table.ticket.by_tenant(tenant="a#b").all(),
        [PLAIN, ASSIGNED, HALF, CLOSED],
    ),
    (
        "a range of numbers",
        lambda table: table.ticket.by_tenant(tenant="a#b", number=between(10, 11)).all(),
        [ASSIGNED, HALF],
    ),
    ("assigned and due", lambda table: table.ticket.by_assignee(assignee="ada").all(), [ASSIGNED]),
    (
        "closed in April, UTC",
        lambda table: table.ticket.by_closed(month=APRIL).all(),
        [CLOSED],
    ),
    (
        "closed on the first day of that month",
        lambda table: table.ticket.by_closed(month=APRIL, day=datetime(2026, 4, 1, tzinfo=UTC)).all(),
        [CLOSED],
    ),
    (
        "closed on another day",
        lambda table: table.ticket.by_closed(
            month=datetime(2026, 4, 1, tzinfo=UTC), day=datetime(2026, 4, 2, tzinfo=UTC)
        ).all(),
        [],
    ),
    ("of a country", lambda table: len(table.ticket.by_gsi3(place_country="NL").all()), 4),
    ("of no city", lambda table: len(table.ticket.by_gsi3(place_country="NL", place_city="").all()), 4),
    (
        "of streets that start so",
        lambda table: len(
            table.ticket.by_gsi3(place_country="NL", place_city="", place_street=begins_with("Dam")).all()
        ),
        4,
    ),
    ("of a city that only starts so", lambda table: table.ticket.by_gsi3(place_country="NL", place_city="D").all(), []),
    (
        "urgent comments",
        lambda table: table.comment.by_tenant_and_topic_and_ticket(
            tenant="t", topic="a#1", ticket=7, urgent=True
        ).all(),
        [COMMENT],
    ),
    ("what is refused", refused, [field for field, _ in REFUSED]),
    ("what a look-up refuses", refused_comment, ["tenant", "tenant", "ticket"]),
]
