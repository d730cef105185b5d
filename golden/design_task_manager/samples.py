"""Two offices, four employees and four tasks, under ElectroDB's keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from design_task_manager_store import ElectroTable, Employee, Office, Task, TaskStatus, Team

from entitystore import begins_with, between, gt
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

SERVICE = "$task-manager"
BOSS_ID = UUID("c5613b43-4506-4707-a3df-c148bb3a9172")
MICHELE_ID = UUID("b3d0fec9-2205-40a9-9551-8f0a43ed0d2b")
SARAH_ID = UUID("e710e49a-e1b2-46dc-a71b-ae43d571128e")
RONDA_ID = UUID("fa62788d-3735-42af-a832-2694b7e7069a")

ATLANTA = Office(
    office_name="Atlanta Branch",
    country="United States of America",
    state="Rhode Island",
    city="Atlanta",
    zip="69117",
    address="2895 North Road",
)
PORTLAND = Office(
    office_name="Portland Branch",
    country="United States of America",
    state="Mississippi",
    city="Portland",
    zip="84537",
    address="8818 Burnside Circle",
)
BOSS = Employee(
    employee=BOSS_ID,
    first_name="Dominique",
    last_name="Johnson",
    office_name="Atlanta Branch",
    title="Accountant",
    team=Team.MARKETING,
    salary="198183",
    date_hired=date(2021, 5, 24),
)
MICHELE = Employee(
    employee=MICHELE_ID,
    first_name="Michele",
    last_name="Johnson",
    office_name="Portland Branch",
    title="Junior Software Engineer",
    team=Team.COOL_CATS_AND_KITTENS,
    salary="212566",
    manager=BOSS_ID,
    date_hired=date(2020, 1, 30),
)
SARAH = Employee(
    employee=SARAH_ID,
    first_name="Sarah",
    last_name="Hong",
    office_name="Atlanta Branch",
    title="Junior Software Engineer",
    team=Team.DEVELOPMENT,
    salary="099500",
    manager=BOSS_ID,
)
RONDA = Employee(
    employee=RONDA_ID,
    first_name="Ronda",
    last_name="Moore",
    office_name="Atlanta Branch",
    title="QA Specialist",
    team=Team.MARKETING,
    salary="221450",
    manager=MICHELE_ID,
    date_hired=date(2019, 1, 8),
)


def _task(name: str, project: str, employee: UUID, status: TaskStatus, points: int) -> Task:
    return Task(task_name=name, project=project, employee=employee, status=status, points=points)


REVIEW = _task("Review Code", "135-53", SARAH_ID, TaskStatus.OPEN, 8)
DEPLOY = _task("Deploy", "135-53", SARAH_ID, TaskStatus.CLOSED, 3)
MIGRATE = _task("Migrate", "135-53", MICHELE_ID, TaskStatus.OPEN, 40)
REPORT = _task("Report", "249-12", SARAH_ID, TaskStatus.IN_PROGRESS, 5)


def _text(value: str) -> dict[str, object]:
    return {"S": value}


def _marked(entity: str, **texts: str | None) -> Item:
    """Attributes that are texts, and ElectroDB's marks of the entity and its model's version."""
    marks: Item = {"__edb_e__": _text(entity), "__edb_v__": _text("1")}
    return marks | {name: _text(text) for name, text in texts.items() if text is not None}


def _employee(employee: Employee) -> Item:
    number, title, team = str(employee.employee), employee.title.lower(), employee.team.value
    item = _marked(
        "employee",
        pk=f"{SERVICE}#employee_{number}",
        sk="$employee_1",
        gsi1pk=f"{SERVICE}#officename_{employee.office_name.lower()}",
        gsi1sk=f"$workplaces#employee_1#team_{team}#title_{title}#employee_{number}",
        gsi3pk=f"{SERVICE}#employee_{number}",
        gsi3sk="$assignments#employee_1",
        gsi4pk=f"{SERVICE}#title_{title}",
        gsi4sk=f"$employee_1#salary_{employee.salary}",
        employee=number,
        firstName=employee.first_name,
        lastName=employee.last_name,
        officeName=employee.office_name,
        title=employee.title,
        team=team,
        salary=employee.salary,
    )
    return item | _hired(employee) | _managed(employee)


def _hired(employee: Employee) -> Item:
    """Whoever has no date of hiring is in no index by it."""
    if employee.date_hired is None:
        return {}
    hired = employee.date_hired.isoformat()
    return {
        "dateHired": _text(hired),
        "gsi2pk": _text(f"{SERVICE}#team_{employee.team.value}"),
        "gsi2sk": _text(f"$employee_1#datehired_{hired}#title_{employee.title.lower()}"),
    }


def _managed(employee: Employee) -> Item:
    """Whoever has no manager reports to nobody."""
    if employee.manager is None:
        return {}
    return {
        "manager": _text(str(employee.manager)),
        "gsi5pk": _text(f"{SERVICE}#manager_{employee.manager}"),
        "gsi5sk": _text(f"$employee_1#team_{employee.team.value}#officename_{employee.office_name.lower()}"),
    }


def _task_item(task: Task) -> Item:
    employee, status, project = str(task.employee), task.status.value, task.project.lower()
    item = _marked(
        "task",
        pk=f"{SERVICE}#taskname_{task.task_name.lower()}",
        sk=f"$task_1#project_{project}#employee_{employee}",
        gsi1pk=f"{SERVICE}#project_{project}",
        gsi1sk=f"$task_1#employee_{employee}#status_{status}",
        gsi3pk=f"{SERVICE}#employee_{employee}",
        gsi3sk=f"$assignments#task_1#project_{project}#status_{status}",
        gsi4pk=f"{SERVICE}#status_{status}",
        gsi4sk=f"$task_1#project_{project}#employee_{employee}",
        taskName=task.task_name,
        project=task.project,
        employee=employee,
        status=status,
    )
    item["points"] = {"N": str(task.points)}
    return item


def _office(office: Office) -> Item:
    name = office.office_name.lower()
    return _marked(
        "Office",
        pk=f"{SERVICE}#country_{office.country.lower()}#state_{office.state.lower()}",
        sk=f"$office_1#city_{office.city.lower()}#zip_{office.zip}#officename_{name}",
        gsi1pk=f"{SERVICE}#officename_{name}",
        gsi1sk="$workplaces#office_1",
        officeName=office.office_name,
        country=office.country,
        state=office.state,
        city=office.city,
        zip=office.zip,
        address=office.address,
    )


ENTITIES: list[tuple[str, object, Item]] = [
    *(("Office", office, _office(office)) for office in (ATLANTA, PORTLAND)),
    *(("Employee", employee, _employee(employee)) for employee in (BOSS, MICHELE, SARAH, RONDA)),
    *(("Task", task, _task_item(task)) for task in (REVIEW, DEPLOY, MIGRATE, REPORT)),
]


def refused(table: ElectroTable) -> list[str]:
    """A city that looks like the rest of the key; ElectroDB would write one key for two offices."""
    city = Office(
        office_name="x",
        country="Utopia",
        state="Eden",
        city="a#zip_00000#officename_b#zip_1",
        zip="00000",
        address="",
    )
    with pytest.raises(ValidationError) as caught:
        table.office.put(city)
    return [caught.value.field]


QUERIES: list[tuple[str, Callable[[ElectroTable], object], object]] = [
    (
        "a workplace: the office, and whoever works there by team",
        lambda table: table.query_all(
            partition_key=f"{SERVICE}#officename_atlanta branch",
            index="gsi1pk-gsi1sk-index",
            sort_key=begins_with("$workplaces"),
        ).all(),
        [SARAH, BOSS, RONDA, ATLANTA],
    ),
    (
        "assignments: an employee, and the tasks he has",
        lambda table: table.query_all(index="gsi3pk-gsi3sk-index", employee=SARAH_ID).all(),
        [SARAH, DEPLOY, REVIEW, REPORT],
    ),
    ("an employee", lambda table: table.employee.get_one(employee=SARAH_ID), SARAH),
    (
        "coworkers of a team, however the office is written",
        lambda table: table.employee.coworkers(office_name="ATLANTA branch", team=Team.MARKETING).all(),
        [BOSS, RONDA],
    ),
    (
        "junior developers who earn more than 100000",
        lambda table: table.employee.roles(title="Junior Software Engineer", salary=gt("100000")).all(),
        [MICHELE],
    ),
    (
        "whoever was hired into marketing within two years",
        lambda table: table.employee.teams(
            team=Team.MARKETING, date_hired=between(date(2020, 1, 1), date(2021, 12, 31))
        ).all(),
        [BOSS],
    ),
    (
        "whoever reports to somebody",
        lambda table: table.employee.direct_reports(manager=BOSS_ID).all(),
        [MICHELE, SARAH],
    ),
    (
        "those of one team",
        lambda table: table.employee.direct_reports(manager=BOSS_ID, team=Team.DEVELOPMENT).all(),
        [SARAH],
    ),
    (
        "the open tasks of a project, of thirteen points at most",
        lambda table: (
            table.task.statuses(status=TaskStatus.OPEN, project="135-53").where("points <= :most", {"most": 13}).all()
        ),
        [REVIEW],
    ),
    (
        "the tasks of a project, by employee",
        lambda table: table.task.project(project="135-53").all(),
        [MIGRATE, DEPLOY, REVIEW],
    ),
    (
        "what is open of an employee's tasks in a project",
        lambda table: table.task.assigned(employee=SARAH_ID, project="135-53", status=TaskStatus.OPEN).all(),
        [REVIEW],
    ),
    (
        "a task",
        lambda table: table.task.get_one(task_name="review code", project="135-53", employee=SARAH_ID),
        REVIEW,
    ),
    (
        "offices of a state, in a city",
        lambda table: table.office.locations(
            country="United States of America", state="Rhode Island", city="Atlanta"
        ).all(),
        [ATLANTA],
    ),
    (
        "an office by its name",
        lambda table: table.office.office(office_name="Portland Branch").all(),
        [PORTLAND],
    ),
    ("what would be ambiguous", refused, ["city"]),
]
