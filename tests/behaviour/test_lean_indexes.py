"""Finders on indexes that do not hold their entities, on every engine, sync and async.

Rules of this file:
- What is expected is what an index that holds everything would give.
- `before_fetch` acts between the index's answer and the table's: another writer at the worst moment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from entitystore import QueryParameters, begins_with, between, ge, gt, le, lt
from entitystore.errors import DecodeError, ValidationError
from entitystore.transports import CallContext
from tests.behaviour.blocking import Blocking
from tests.behaviour.conftest import connected, table_name_of
from tests.compiled import Compiled, compile_document
from tests.engines import Engine

DOCUMENT = Path(__file__).with_name("lean.yaml")
CROWD = 250
CITIES = ["", "A", "OMAHA", "OMAHA HEIGHTS", "OMAHA!", "Z", "Ü", "\U0010fffe"]


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compile_document(DOCUMENT, "msgspec", tmp_path_factory.mktemp("lean"), "behaviour_lean_store")


@pytest.fixture(scope="module", params=["http", "http-async"])
def table(request: pytest.FixtureRequest, lean: Compiled, engine: Engine) -> Iterator[Any]:
    with connected(lean, engine, request.param, table_name_of(engine, f"lean-{request.param}")) as table:
        yield table


@pytest.fixture(scope="module")
def crowd(table: Any, lean: Compiled) -> list[Any]:
    """More notes of one owner than two calls of BatchGetItem take, in the order of every index."""
    made = [
        lean.module.Note(id=f"c-{number}", owner="crowd", city="X", number=number, text=f"text {number}")
        for number in range(CROWD)
    ]
    table.note.put_many(made)
    return made


@pytest.fixture
def notes(table: Any, lean: Compiled, uid: str) -> list[Any]:
    """Five notes among tasks that lie between them."""
    made = [note(lean, uid, number) for number in range(5)]
    tasks = [lean.module.Task(id=f"{uid}-{number}", owner=uid, city="X", number=number) for number in range(9)]
    table.note.put_many(made)
    table.task.put_many(tasks)
    return made


def note(lean: Compiled, uid: str, number: int, **given: Any) -> Any:
    place = lean.module.Place(street="Main")
    values = {"id": f"{uid}-{number}", "owner": uid, "city": "X", "number": number, "text": "kept", "place": place}
    return lean.module.Note(**values | given)


FINDERS = ("by_city", "by_number", "by_shards")
"""Keys alone; some attributes; keys alone in three shards."""


def found(table: Any, finder: str, owner: str) -> Any:
    return getattr(table.note, finder)(owner=owner)


@pytest.mark.parametrize("finder", FINDERS)
def test_more_than_a_call_takes(table: Any, crowd: list[Any], finder: str) -> None:
    query = found(table, finder, "crowd")
    assert query.all() == crowd
    assert list(query) == crowd
    assert list(query.descending()) == crowd[::-1]
    assert query.count() == CROWD
    assert query.first() == crowd[0]
    assert query.descending().first() == crowd[-1]
    assert query.limit(120).all() == crowd[:120]
    assert list(query.limit(3)) == crowd[:3]
    assert query.limit(7).count() == 7


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("size", [1, 60, 250, 1000])
def test_pages(table: Any, crowd: list[Any], finder: str, size: int) -> None:
    query = found(table, finder, "crowd")
    wanted = crowd[:5] if size == 1 else crowd
    pages: list[list[Any]] = []
    cursor = None
    while sum(map(len, pages)) < len(wanted):
        page = query.page(limit=size, cursor=cursor)
        pages.append(list(page.items))
        cursor = page.cursor
        if cursor is None:
            break
    assert [each for page in pages for each in page] == wanted
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("finder", ["by_city", "by_number"])
@pytest.mark.parametrize("page_size", [None, 40, 1000])
def test_streams(table: Any, crowd: list[Any], finder: str, page_size: int | None) -> None:
    query = found(table, finder, "crowd")
    results = list(query.stream(page_size=page_size, buffer_size=90))
    assert [result.item for result in results] == crowd
    assert [result.meta.index for result in results] == list(range(CROWD))
    for place in (0, 99, 100, 130):
        rest = query.stream(page_size=page_size, cursor=results[place].meta.cursor)
        assert [result.item for result in rest] == crowd[place + 1 :]
    assert [result.item for result in query.limit(130).stream(page_size=page_size)] == crowd[:130]


def test_progress_counts_what_came(table: Any, notes: list[Any], uid: str) -> None:
    """Tasks lie between the notes and are no results of the page."""
    seen: list[Any] = []
    results = list(table.note.by_city(owner=uid).stream(page_size=4, progress_handler=seen.append))
    assert [result.item for result in results] == notes
    assert seen[-1].items == 5
    assert seen[-1].errors == 0


@pytest.mark.parametrize("finder", FINDERS)
def test_other_types_of_the_partition_are_left_out(table: Any, notes: list[Any], uid: str, finder: str) -> None:
    query = found(table, finder, uid)
    assert query.all() == notes
    assert query.count() == 5
    assert query.limit(2).all() == notes[:2]
    assert query.descending().first() == notes[-1]
    page = query.page(limit=2)
    assert list(page.items) == notes[:2]
    assert list(query.page(limit=2, cursor=page.cursor).items) == notes[2:4]
    if finder != "by_shards":  # shards are not streamed
        assert [result.item for result in query.limit(3).stream()] == notes[:3]


def test_all_types_of_a_partition(table: Any, notes: list[Any], uid: str, lean: Compiled) -> None:
    for index in ("GSI1", "GSI2"):
        every = table.query_all(QueryParameters(index=index, partition_key=f"OWNER#{uid}")).all()
        assert [each for each in every if isinstance(each, lean.module.Note)] == notes
        assert len([each for each in every if isinstance(each, lean.module.Task)]) == 9


def test_literal_keys(table: Any, notes: list[Any], uid: str) -> None:
    parameters = QueryParameters(index="GSI1", partition_key=f"OWNER#{uid}", sort_key=begins_with("X#0000"), limit=4)
    assert table.note.query(parameters).all() == notes[:4]
    assert [result.item for result in table.note.stream(parameters)] == notes[:4]


def test_storing_what_was_found_loses_nothing(table: Any, notes: list[Any], uid: str) -> None:
    for finder in FINDERS:
        for each in found(table, finder, uid):
            table.note.put(each)
    assert [table.note.get_one(id=each.id) for each in notes] == notes


# --- what the index cannot tell is told by the table ---


@pytest.mark.parametrize(
    ("condition", "meets"),
    [
        (gt("OMAHA"), lambda city: city > "OMAHA"),
        (ge("OMAHA"), lambda city: city >= "OMAHA"),
        (lt("OMAHA HEIGHTS"), lambda city: city < "OMAHA HEIGHTS"),
        (le("OMAHA HEIGHTS"), lambda city: city <= "OMAHA HEIGHTS"),
        (between("OMAHA", "OMAHA!"), lambda city: "OMAHA" <= city <= "OMAHA!"),
        ("OMAHA", lambda city: city == "OMAHA"),
        (begins_with("OMAHA"), lambda city: city.startswith("OMAHA")),
    ],
    ids=["gt", "ge", "lt", "le", "between", "is", "begins_with"],
)
def test_conditions_on_texts_that_keys_have_in_another_order(
    table: Any, lean: Compiled, uid: str, condition: Any, meets: Callable[[str], bool]
) -> None:
    made = [note(lean, uid, number, city=city) for number, city in enumerate(CITIES)]
    table.note.put_many(made)
    in_order = sorted(made, key=lambda each: f"{each.city}#{each.number:05d}".encode())
    expected = [each for each in in_order if meets(each.city)]
    query = table.note.by_city(owner=uid, city=condition)
    assert query.all() == expected
    assert query.count() == len(expected)
    assert query.first() == (expected or [None])[0]
    assert [result.item for result in query.stream()] == expected


def test_a_sort_key_that_is_a_number(table: Any, lean: Compiled, uid: str) -> None:
    made = [note(lean, uid, number, topic=uid, rank=rank) for number, rank in enumerate((-10, -9, 2, 10))]
    table.note.put_many(made)
    by_topic = table.note.by_topic
    assert by_topic(topic=uid).all() == made
    assert by_topic(topic=uid, rank=2).all() == made[2:3]
    assert by_topic(topic=uid, rank=gt(-10)).all() == made[1:]
    assert by_topic(topic=uid, rank=lt(2)).all() == made[:2]
    assert by_topic(topic=uid, rank=between(-9, 10)).all() == made[1:]
    assert by_topic(topic=uid, rank=le(2)).descending().all() == made[2::-1]
    page = by_topic(topic=uid).page(limit=3)
    assert list(by_topic(topic=uid).page(cursor=page.cursor).items) == made[3:]


# --- conditions of the caller's ---


def test_a_condition_on_what_the_index_holds(table: Any, lean: Compiled, uid: str) -> None:
    made = [note(lean, uid, number, city=city) for number, city in enumerate(("X", "Y", "X"))]
    table.note.put_many(made)
    query = table.note.by_number(owner=uid).where("city = :c AND place.street = :s", {"c": "X", "s": "Main"})
    assert query.all() == [made[0], made[2]]
    assert query.count() == 2
    assert query.limit(1).all() == made[:1]
    assert table.note.by_number(owner=uid).where("place.street = :s", {"s": "Side"}).all() == []
    assert table.note.by_city(owner=uid).where("PK = :p", {"p": f"NOTE#{uid}-1"}).all() == made[1:2]


@pytest.mark.parametrize(
    ("finder", "condition", "names"),
    [
        ("by_city", "city = :v", "city"),
        ("by_number", "place.street = :v OR text = :v", "text"),
        ("by_shards", "EntityType = :v", "EntityType"),
    ],
)
def test_a_condition_on_what_it_does_not_hold_is_refused(table: Any, finder: str, condition: str, names: str) -> None:
    with pytest.raises(ValidationError, match=rf"does not hold {names}, .* project what is needed") as caught:
        found(table, finder, "x").where(condition, {"v": "1"})
    assert caught.value.field == "where"
    parameters = QueryParameters(
        index="GSI1", partition_key="x", filter="#t = :v", values={"v": 1}, names={"t": "text"}
    )
    with pytest.raises(ValidationError, match="does not hold text"):
        table.note.query(parameters)


def test_an_index_has_no_consistent_reads(table: Any) -> None:
    with pytest.raises(ValidationError, match="no consistent reads"):
        table.note.by_city(owner="x").consistent()


# --- another writer in between ---


@pytest.fixture
def before_fetch(table: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does something right before the next BatchGetItem."""
    client = (table._target if isinstance(table, Blocking) else table)._client
    transport = client.transport

    def install(action: Callable[[], object]) -> None:
        left = [action]

        def act(operation: str) -> None:
            if operation == "BatchGetItem":
                with contextlib.suppress(IndexError):
                    left.pop()()

        monkeypatch.setattr(client, "transport", _Meanwhile(transport, act))
        if isinstance(table, Blocking):
            monkeypatch.setattr(client, "transport", _MeanwhileAsync(transport, act))

    return install


class _Meanwhile:
    def __init__(self, inner: Any, act: Callable[[str], None]) -> None:
        self._inner = inner
        self._act = act

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        self._act(operation)
        answer: bytes = self._inner.call(operation, body, context)
        return answer


class _MeanwhileAsync(_Meanwhile):
    async def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:  # type: ignore[override]
        self._act(operation)
        answer: bytes = await self._inner.call(operation, body, context)
        return answer


@pytest.fixture
def items(table: Any, engine: Engine) -> Any:
    """The table as another writer has it."""
    import boto3

    return boto3.resource("dynamodb", endpoint_url=engine.endpoint_url).Table(table.table_name)


READS: dict[str, Callable[[Any], list[Any]]] = {
    "all": lambda query: query.all(),
    "loop": list,
    "page": lambda query: list(query.page().items),
    "stream": lambda query: [result.item for result in query.stream()],
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("finder", ["by_city", "by_number"])
def test_what_was_deleted_is_left_out(
    table: Any, notes: list[Any], uid: str, items: Any, before_fetch: Any, finder: str, read: str
) -> None:
    before_fetch(lambda: items.delete_item(Key={"PK": f"NOTE#{uid}-2", "SK": "NOTE"}))
    assert READS[read](found(table, finder, uid)) == [*notes[:2], *notes[3:]]


@pytest.mark.parametrize("read", READS)
def test_what_became_another_type_is_left_out(
    table: Any, notes: list[Any], uid: str, items: Any, before_fetch: Any, read: str
) -> None:
    def become_task() -> None:
        item = items.get_item(Key={"PK": f"NOTE#{uid}-2", "SK": "NOTE"})["Item"]
        items.put_item(Item=item | {"EntityType": "Task"})

    before_fetch(become_task)
    assert READS[read](table.note.by_number(owner=uid)) == [*notes[:2], *notes[3:]]


@pytest.mark.parametrize("read", READS)
def test_what_no_longer_meets_the_query_is_left_out(
    table: Any, lean: Compiled, notes: list[Any], uid: str, items: Any, before_fetch: Any, read: str
) -> None:
    """It went to another owner; and out of the range. What changed otherwise comes as it is now."""
    key = {"SK": "NOTE"}

    def move() -> None:
        for number, change in ((1, {"GSI1PK": "OWNER#else"}), (3, {"GSI1SK": "Y#00003"}), (4, {"text": "new"})):
            item = items.get_item(Key=key | {"PK": f"NOTE#{uid}-{number}"})["Item"]
            items.put_item(Item=item | change)

    before_fetch(move)
    expected = [notes[0], notes[2], note(lean, uid, 4, text="new")]
    assert READS[read](table.note.by_city(owner=uid, city="X")) == expected


@pytest.mark.parametrize("read", READS)
def test_an_item_that_cannot_be_decoded(table: Any, notes: list[Any], uid: str, items: Any, read: str) -> None:
    key = {"PK": f"NOTE#{uid}-2", "SK": "NOTE"}
    items.put_item(Item=items.get_item(Key=key)["Item"] | {"text": 7})
    query = table.note.by_city(owner=uid)
    if read == "stream":
        results = list(query.stream())
        assert [result.item for result in results] == [*notes[:2], None, *notes[3:]]
        assert isinstance(results[2].error, DecodeError)
        assert results[2].raw is not None
        assert results[2].raw["id"] == {"S": f"{uid}-2"}
        assert [result.item for result in query.stream(cursor=results[2].meta.cursor)] == notes[3:]
    else:
        with pytest.raises(DecodeError):
            READS[read](query)
