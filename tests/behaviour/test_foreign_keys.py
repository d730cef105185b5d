"""Items that another program stored under a key of its own spelling: every way of reading them says so.

Before, such an item was read without a word; `find` missed it, `put` stored it again beside itself, `delete` left it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from entitystore import between
from entitystore.errors import DecodeError
from tests.behaviour.conftest import connected, table_name_of
from tests.compiled import Compiled, compile_document
from tests.engines import CHECKOUT, Engine

AT = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
OWN = "AT#2031-02-03T04:05:06.000000Z#00000000-0000-0000-0000-00000000000a"
FOREIGN = "AT#2031-02-03T04:05:06Z#00000000-0000-0000-0000-00000000000a"
KEY = {"PK": {"S": "EVENT#pump"}, "SK": {"S": FOREIGN}}


@pytest.fixture(scope="session")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    document = CHECKOUT / "tests/roundtrip/key_forms.yaml"
    return compile_document(document, "msgspec", tmp_path_factory.mktemp("forms"), "behaviour_forms_store")


@pytest.fixture(scope="module", params=["http", "boto3-async"])
def table(request: pytest.FixtureRequest, forms: Compiled, engine: Engine) -> Iterator[Any]:
    """A table with one item of another program, and one of this."""
    with connected(forms, engine, request.param, table_name_of(engine, request.param)) as table:
        store = forms.store_module("event")
        own = event(forms, 11)
        table.event.put(own)
        item = store.encode(event(forms, 10)) | KEY | {"at": {"S": "2031-02-03T04:05:06Z"}}
        item["GSI2SK"] = {"S": item["GSI2SK"]["S"].replace("06.000000Z", "06Z")}
        put_raw(engine, table, item)
        yield table


def put_raw(engine: Engine, table: Any, item: dict[str, Any]) -> None:
    import boto3

    client = boto3.client("dynamodb", endpoint_url=engine.endpoint_url)
    client.put_item(TableName=table.table_name, Item=item)


def event(forms: Compiled, number: int) -> Any:
    return forms.module.Event(
        id=UUID(int=number),
        source="pump",
        at=AT,
        number=number,
        amount=Decimal(5),
        done=False,
        status=forms.module.Status.LOST,
    )


def refused(read: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        read()
    assert repr(FOREIGN) in str(caught.value)
    assert repr(OWN) in str(caught.value)
    assert caught.value.item is not None
    assert caught.value.item["SK"] == {"S": FOREIGN}


def test_every_way_of_reading_says_so(table: Any) -> None:
    ways = {
        "finder": lambda: table.event.by_source(source="pump").all(),
        "finder, first": lambda: table.event.by_source(source="pump").descending().first(),
        "finder, page": lambda: table.event.by_source(source="pump").page(limit=5),
        "loop": lambda: list(table.event.by_source(source="pump")),
        "index": lambda: table.event.by_amount(amount=Decimal(5)).all(),
        "partition": lambda: table.query_all(partition_key="EVENT#pump").all(),
        "literal key": lambda: table.event.get_by_key("EVENT#pump", FOREIGN),
        "literal keys": lambda: table.event.get_many([KEY]),
    }
    for read in ways.values():
        refused(read)


def test_a_stream_goes_on_after_it(forms: Compiled, table: Any) -> None:
    results = list(table.event.by_source(source="pump").stream())
    assert [result.item for result in results if result.error is None] == [event(forms, 11)]
    (error,) = [result.error for result in results if result.error is not None]
    assert isinstance(error, DecodeError)
    assert FOREIGN in str(error)


def test_what_is_asked_for_by_its_properties_is_not_there(forms: Compiled, table: Any) -> None:
    assert table.event.find(source="pump", at=AT, id=UUID(int=10)) is None
    assert table.event.get_many([{"source": "pump", "at": AT, "id": UUID(int=10)}]) == [None]
    assert event(forms, 10) not in table.event.by_source(source="pump", at=AT).all()
    later = AT + timedelta(seconds=1)
    refused(lambda: table.event.by_source(source="pump", at=between(AT - timedelta(days=1), later)).all())


def test_how_it_is_repaired(forms: Compiled, engine: Engine) -> None:
    """The error has the item: stored anew it has the right key, and the old one is deleted by its own."""
    with connected(forms, engine, "http", table_name_of(engine, "repaired")) as table:
        store = forms.store_module("event")
        put_raw(engine, table, store.encode(event(forms, 10)) | KEY)
        with pytest.raises(DecodeError) as caught:
            table.event.by_source(source="pump").all()
        item = caught.value.item
        assert item is not None
        table.event.put(store.decode({name: value for name, value in item.items() if name not in KEY}))
        table.event.delete_by_key(item["PK"]["S"], item["SK"]["S"])
        assert table.event.by_source(source="pump").all() == [event(forms, 10)]
