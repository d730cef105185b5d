"""Four complaints, what was said about them, and who was asked to help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from design_complaints_store import (
    Communication,
    Complaint,
    ComplaintManagementSystemTable,
    ComplaintState,
    Severity,
)

from entitystore import begins_with, between, ge

Item = dict[str, dict[str, object]]


def _complaint(number: str, customer: str, state: ComplaintState, created: str, severity: Severity) -> Complaint:
    return Complaint(
        complaint_id=f"Complaint{number}",
        customer_id=customer,
        current_state=state,
        creation_time=created,
        severity=severity,
        complaint_description="It hums",
    )


def _communication(
    complaint: str, number: int, date: str, state: ComplaintState, agent: str | None, files: tuple[str, ...] = ()
) -> Communication:
    return Communication(
        complaint_id=f"Complaint{complaint}",
        comm_id=f"comm{number}",
        comm_date=date,
        complaint_state=state,
        comm_text="Hm",
        attachments=set(files),
        agent_id=agent,
    )


SOLVED = _complaint("123", "custABC", ComplaintState.RESOLVED, "2023-04-30T12:00:00", Severity.P2)
URGENT = replace(
    _complaint("1444", "custXY32", ComplaintState.ASSIGNED, "2022-12-31T19:39:57", Severity.P1),
    escalated_to="AgentB",
    escalation_time="2023-01-03T04:00:07",
)
LATER = replace(
    _complaint("1321", "custXYZ", ComplaintState.INVESTIGATING, "2023-05-10T15:58:00", Severity.P2),
    escalated_to="AgentB",
    escalation_time="2023-05-15T14:00:00",
)
MINOR = _complaint("0987", "custXYZ", ComplaintState.ASSIGNED, "2023-06-10T12:30:08", Severity.P3)

FILES = ("s3://one", "s3://two")
ASKED = _communication("123", 1, "2023-04-30T12:00:24", ComplaintState.INVESTIGATING, "AgentA")
ANSWERED = _communication("123", 2, "2023-04-30T12:35:54", ComplaintState.RESOLVED, "AgentA", FILES)
LOOKED = _communication("1321", 3, "2023-05-10T16:00:00", ComplaintState.INVESTIGATING, "AgentB")
NOBODY = _communication("1444", 4, "2022-12-31T19:32:00", ComplaintState.WAITING, None)
GIVEN = _communication("1444", 5, "2022-12-31T19:40:00", ComplaintState.ASSIGNED, "AgentC", FILES[:1])


def _text(value: str) -> dict[str, object]:
    return {"S": value}


def _complaint_item(complaint: Complaint) -> Item:
    item = {
        "PK": _text(complaint.complaint_id),
        "SK": _text("metadata"),
        "EntityType": _text("Complaint"),
        "complaint_id": _text(complaint.complaint_id),
        "customer_id": _text(complaint.customer_id),
        "current_state": _text(complaint.current_state.value),
        "creation_time": _text(complaint.creation_time),
        "severity": _text(complaint.severity.value),
        "complaint_description": _text("It hums"),
    }
    if complaint.escalated_to is not None:
        item["escalated_to"] = _text(complaint.escalated_to)
    if complaint.escalation_time is not None:
        item["escalation_time"] = _text(complaint.escalation_time)
    return item


def _communication_item(communication: Communication) -> Item:
    item = {
        "PK": _text(communication.complaint_id),
        "SK": _text(f"comm#{communication.comm_date}#{communication.comm_id}"),
        "EntityType": _text("Communication"),
        "complaint_id": _text(communication.complaint_id),
        "comm_id": _text(communication.comm_id),
        "comm_date": _text(communication.comm_date),
        "complaint_state": _text(communication.complaint_state.value),
        "comm_text": _text("Hm"),
    }
    if communication.attachments:
        item["attachments"] = {"SS": sorted(communication.attachments)}
    if communication.agent_id is not None:
        item["agentID"] = _text(communication.agent_id)
    return item


ENTITIES: list[tuple[str, object, Item]] = [
    *(("Complaint", each, _complaint_item(each)) for each in (SOLVED, URGENT, LATER, MINOR)),
    *(("Communication", each, _communication_item(each)) for each in (ASKED, ANSWERED, LOOKED, NOBODY, GIVEN)),
]


def settle(table: ComplaintManagementSystemTable) -> list[str]:
    """What is settled is escalated to nobody any more."""
    settled = replace(LATER, current_state=ComplaintState.RESOLVED, escalated_to=None, escalation_time=None)
    table.complaint.update_with_condition(settled, "current_state = :state", {"state": "investigating"})
    return [each.complaint_id for each in table.complaint.escalated_to_agent(escalated_to="AgentB")]


QUERIES: list[tuple[str, Callable[[ComplaintManagementSystemTable], object], object]] = [
    ("a complaint", lambda table: table.complaint.get_one(complaint_id="Complaint123"), SOLVED),
    (
        "what was said about it",
        lambda table: table.communication.about(complaint_id="Complaint123").all(),
        [ASKED, ANSWERED],
    ),
    (
        "the latest of it",
        lambda table: table.communication.about(complaint_id="Complaint123").descending().first(),
        ANSWERED,
    ),
    (
        "said in a certain minute",
        lambda table: table.communication.about(
            complaint_id="Complaint123", comm_date=begins_with("2023-04-30T12:35")
        ).all(),
        [ANSWERED],
    ),
    (
        "when it was resolved",
        lambda table: [
            each.comm_date
            for each in table.communication.about(complaint_id="Complaint123").where(
                "complaint_state = :state", {"state": "resolved"}
            )
        ],
        ["2023-04-30T12:35:54"],
    ),
    (
        "a complaint and all that was said",
        lambda table: table.query_all(complaint_id="Complaint1444").all(),
        [NOBODY, GIVEN, URGENT],
    ),
    (
        "the complaints of a customer",
        lambda table: table.complaint.of_customer(customer_id="custXYZ").all(),
        [MINOR, LATER],
    ),
    (
        "one of them",
        lambda table: table.complaint.of_customer(customer_id="custXYZ", complaint_id="Complaint1321").all(),
        [LATER],
    ),
    (
        "what was escalated to an agent",
        lambda table: table.complaint.escalated_to_agent(escalated_to="AgentB").all(),
        [URGENT, LATER],
    ),
    (
        "within half a year",
        lambda table: table.complaint.escalated_to_agent(
            escalated_to="AgentB", escalation_time=between("2023-01-04", "2023-06-30")
        ).all(),
        [LATER],
    ),
    (
        "what an agent said since an hour",
        lambda table: table.communication.of_agent(agent_id="AgentA", comm_date=ge("2023-04-30T12:30:00")).all(),
        [ANSWERED],
    ),
    ("one that is settled", settle, ["Complaint1444"]),
]
