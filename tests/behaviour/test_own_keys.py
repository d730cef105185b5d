"""Properties that are key attributes themselves, on every engine: what may be absent, and what may not be empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from entitystore.errors import ValidationError
from entitystore_generator.config import MODEL_KINDS, ModelKind
from tests.behaviour.conftest import connected, table_name_of
from tests.compiled import Compiled, compile_document
from tests.engines import Engine

DOCUMENT = Path(__file__).with_name("own_keys.yaml")
DUE = datetime(2026, 5, 6, tzinfo=UTC)


@pytest.fixture(scope="module", params=MODEL_KINDS)
def tickets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    kind: ModelKind = request.param
    return compile_document(DOCUMENT, kind, tmp_path_factory.mktemp("tickets"), f"own_keys_{kind}_store")


@pytest.fixture(scope="module")
def table(tickets: Compiled, engine: Engine) -> Iterator[Any]:
    with connected(tickets, engine, "http", table_name_of(engine, f"own-{tickets.kind}")) as table:
        yield table


@pytest.mark.parametrize(
    "given",
    [{}, {"assignee": "ada"}, {"due": DUE}, {"assignee": "ada", "due": DUE}, {"topic": "keys", "assignee": "ada"}],
    ids=lambda given: "+".join(given) or "nothing",
)
def test_what_is_absent_stays_absent(table: Any, tickets: Compiled, given: dict[str, Any], uid: str) -> None:
    ticket = tickets.module.Ticket(id=uid, **given)
    table.ticket.put(ticket)
    assert table.ticket.get_one(id=uid) == ticket
    is_assigned = {"assignee", "due"} <= set(given)
    assert (ticket in table.ticket.by_assignee(assignee="ada").all()) == is_assigned
    table.ticket.delete(id=uid)


def test_an_item_with_one_key_of_an_index_is_not_in_it(table: Any, tickets: Compiled, uid: str) -> None:
    topic = tickets.module.Topic(id="topic-1", topic="keys", rank=1)
    table.topic.put(topic)
    table.ticket.put(tickets.module.Ticket(id=uid, topic="keys"))
    assert table.topic.by_topic(topic="keys").all() == [topic]


@pytest.mark.parametrize("name", ["id", "assignee", "topic"])
def test_an_empty_text_is_refused_before_it_is_sent(table: Any, tickets: Compiled, name: str) -> None:
    ticket = tickets.module.Ticket(**{"id": "u0"} | {name: ""})
    with pytest.raises(ValidationError, match="may not be empty") as caught:
        table.ticket.put(ticket)
    assert caught.value.field == name
