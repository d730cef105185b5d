"""Tasks of a project with asyncio, on the embedded engine. The entities are msgspec structs.

    entitystore generate examples/tasks/openapi.yaml -o examples/tasks/tasks_store --models msgspec
    python examples/tasks/main.py

Everything that touches DynamoDB goes through `tasks_store`, which the first of these commands wrote.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import tasks_store
from tasks_store import AsyncTasksTable, Comment, Priority, Project, Step, Task

from entitystore import StreamProgress, between, le
from entitystore.errors import ConditionFailedError, ValidationError
from entitystore.local import LocalEngine

ENGINE = "difference-engine"
MONDAY = date(2026, 3, 2)


async def main() -> None:
    with LocalEngine() as engine:
        async with tasks_store.connect_async(endpoint_url=engine.endpoint_url) as table:
            await table.create_table()
            await write(table)
            await read(table)
            await assign_once(table)
            await stream(table)


async def write(table: AsyncTasksTable) -> None:
    """Independent writes go out together."""
    print("Writing a project, three tasks and a comment")
    await asyncio.gather(
        table.project.create(Project(id=ENGINE, title="Build the engine", labels={"brass", "steam"})),
        table.task.put_many(
            [
                Task(project=ENGINE, number=1, title="Draw it", assignee="ada", due=MONDAY),
                Task(project=ENGINE, number=2, title="Cast the wheels", priority=Priority.URGENT),
                Task(
                    project=ENGINE,
                    number=3,
                    title="Print the tables",
                    assignee="ada",
                    due=MONDAY + timedelta(days=7),
                    steps=[Step(text="Ink", done=True), Step(text="Paper")],
                ),
            ]
        ),
        table.comment.put(
            Comment(project=ENGINE, task=2, at=datetime(2026, 3, 2, 9, tzinfo=UTC), author="ada", text="Of brass?")
        ),
    )
    try:
        await table.task.put(Task(project=ENGINE, number=4, title=""))
    except ValidationError as error:
        print(f"  A task without a title is refused before anything is sent: {error}")


async def read(table: AsyncTasksTable) -> None:
    print("The project's partition, in the order of its sort keys")
    async for entity in table.query_all(project=ENGINE):
        match entity:
            case Project():
                print(f"  {entity.title}: {', '.join(sorted(entity.labels))}")
            case Task():
                print(f"  #{entity.number} {entity.title} ({entity.priority.value})")
            case Comment():
                print(f"  on #{entity.task}, {entity.author}: {entity.text}")
    print("What Ada has to do this week, by the index that only assigned tasks are in")
    async for task in table.task.assigned_to(assignee="ada", due=le(MONDAY + timedelta(days=4))):
        print(f"  {task.due}: {task.title}")
    numbers = [task.number async for task in table.task.of_project(project=ENGINE, number=between(2, 3))]
    print(f"Tasks 2 to 3 of the project: {numbers}")


async def assign_once(table: AsyncTasksTable) -> None:
    """Two people take one task at the same time; one of them gets it."""
    print("Two people take task 2")

    async def take(person: str) -> bool:
        task = await table.task.get_one(project=ENGINE, number=2)
        task.assignee, task.due = person, MONDAY
        try:
            await table.task.update_with_condition(task, "attribute_not_exists(assignee)")
        except ConditionFailedError:
            return False
        return True

    outcomes = await asyncio.gather(take("ada"), take("charles"))
    print(f"  {outcomes.count(True)} has it, {outcomes.count(False)} came too late")


async def stream(table: AsyncTasksTable) -> None:
    print("A stream of 300 comments")
    begin = datetime(2026, 3, 3, tzinfo=UTC)
    await table.comment.put_many(
        Comment(project=ENGINE, task=3, at=begin + timedelta(minutes=number), author="bot", text=f"run {number}")
        for number in range(300)
    )

    def show(progress: StreamProgress) -> None:
        print(f"  page {progress.pages}: {progress.items} comments so far")

    results = table.comment.on_task(project=ENGINE, task=3).stream(page_size=100, progress_handler=show)
    texts = [result.item.text async for result in results if result.item is not None]
    print(f"  the last one is {texts[-1]!r}")


if __name__ == "__main__":
    asyncio.run(main())
