"""Reports of three devices, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from design_device_log_store import DeviceStateLogTable, State, StateReport

from entitystore import begins_with, between, ge
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]


def _report(device: str, state: State, date: str, operator: str, supervisor: str | None = None) -> StateReport:
    return StateReport(device_id=device, state=state, date_=date, operator=operator, escalated_to=supervisor)


FIRST = _report("d#12345", State.WARNING1, "2020-04-24T14:40:00", "Liz")
SECOND = _report("d#12345", State.WARNING1, "2020-04-24T14:45:00", "Liz")
THIRD = _report("d#12345", State.WARNING1, "2020-04-24T14:50:00", "Liz")
MENDED = _report("d#12345", State.NORMAL, "2020-04-24T14:55:00", "Liz")
HANDED_OVER = _report("d#54321", State.WARNING3, "2020-04-11T05:55:00", "Liz")
NIGHT = _report("d#54321", State.WARNING2, "2020-04-11T09:25:00", "Sue")
BEFORE = _report("d#11223", State.WARNING4, "2020-04-27T16:10:00", "Sue")
ESCALATED = _report("d#11223", State.WARNING4, "2020-04-27T16:15:00", "Sue", "Sara")
NEXT_DAY = _report("d#11223", State.WARNING4, "2020-04-28T08:00:00", "Sue", "Sara")
MILD = _report("d#54321", State.WARNING2, "2020-05-02T10:00:00", "Liz", "Sara")

ALL = [FIRST, SECOND, THIRD, MENDED, HANDED_OVER, NIGHT, BEFORE, ESCALATED, NEXT_DAY, MILD]


def _item(report: StateReport) -> Item:
    item: Item = {
        "DeviceID": {"S": report.device_id},
        "State#Date": {"S": f"{report.state.value}#{report.date_}"},
        "EntityType": {"S": "StateReport"},
        "State": {"S": report.state.value},
        "Date": {"S": report.date_},
        "Operator": {"S": report.operator},
    }
    if report.escalated_to is not None:
        item["EscalatedTo"] = {"S": report.escalated_to}
    return item


ENTITIES: list[tuple[str, object, Item]] = [("StateReport", report, _item(report)) for report in ALL]


def escalate(table: DeviceStateLogTable) -> list[list[StateReport]]:
    """A report is in the sparse index from the moment that it is escalated, and no longer than that."""
    found = []
    for supervisor in ("Max", None):
        table.state_report.put(replace(BEFORE, escalated_to=supervisor))
        found.append(table.state_report.of_supervisor(escalated_to="Max").all())
    return found


def refused(table: DeviceStateLogTable) -> list[str]:
    """A device's number has its prefix, a time all of its digits."""
    found: list[str] = []
    for report in (replace(FIRST, device_id="12345"), replace(FIRST, date_="2020-04-24")):
        with pytest.raises(ValidationError) as caught:
            table.state_report.put(report)
        found.append(caught.value.field)
    return found


QUERIES: list[tuple[str, Callable[[DeviceStateLogTable], object], object]] = [
    (
        "the reports of a device in one state, the latest first",
        lambda table: table.state_report.of_device(device_id="d#12345", state=State.WARNING1).descending().all(),
        [THIRD, SECOND, FIRST],
    ),
    (
        "all of a device, by state and then by time",
        lambda table: table.state_report.of_device(device_id="d#12345").all(),
        [MENDED, FIRST, SECOND, THIRD],
    ),
    (
        "of one state, from a time on",
        lambda table: table.state_report.of_device(
            device_id="d#12345", state=State.WARNING1, date_=ge("2020-04-24T14:45:00")
        ).all(),
        [SECOND, THIRD],
    ),
    (
        "one report",
        lambda table: table.state_report.get_one(device_id="d#12345", state=State.NORMAL, date_="2020-04-24T14:55:00"),
        MENDED,
    ),
    (
        "the reports of an operator between two dates",
        lambda table: table.state_report.of_operator(operator="Liz", date_=between("2020-04-20", "2020-04-25")).all(),
        [FIRST, SECOND, THIRD, MENDED],
    ),
    (
        "what was escalated to a supervisor",
        lambda table: table.state_report.of_supervisor(escalated_to="Sara").all(),
        [MILD, ESCALATED, NEXT_DAY],
    ),
    (
        "of one state",
        lambda table: table.state_report.of_supervisor(escalated_to="Sara", state=State.WARNING4).all(),
        [ESCALATED, NEXT_DAY],
    ),
    (
        "of one state, on one day",
        lambda table: table.state_report.of_supervisor(
            escalated_to="Sara", state=State.WARNING4, date_=begins_with("2020-04-27")
        ).all(),
        [ESCALATED],
    ),
    ("what is escalated later", escalate, [[replace(BEFORE, escalated_to="Max")], []]),
    ("what is refused", refused, ["device_id", "date_"]),
]
