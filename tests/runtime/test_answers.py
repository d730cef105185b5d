"""Answers that are none, and stored items that are broken: what each way of reading makes of them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.answers import check, item_of, key_in, last_key, read_attributes, read_query, written
from entitystore.errors import DecodeError, EntityStoreError, TransportError, WriteOutcomeUnknownError
from entitystore.transports import CallContext
from tests.guards.paths import shop_store

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


class Answers:
    """A transport that gives one answer to each operation, and fails where there is none."""

    def __init__(self, **answers: object) -> None:
        self.answers = {name: [json.dumps(answer).encode()] for name, answer in answers.items()}

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """The answer."""
        answers = self.answers[operation]
        return answers[0] if len(answers) == 1 else answers.pop(0)

    def close(self) -> None:
        """Nothing is open."""


def table_of(**answers: object) -> Any:
    return shop_store.connect(transport=Answers(**answers))


GOOD: dict[str, Any] = {
    "PK": {"S": "USER#ada"},
    "SK": {"S": "USER#ada"},
    "GSI1PK": {"S": "EMAIL#ada@example.com"},
    "GSI1SK": {"S": "USER"},
    "EntityType": {"S": "User"},
    "id": {"S": "ada"},
    "name": {"S": "Ada"},
    "email": {"S": "ada@example.com"},
    "createdAt": {"S": "2026-01-01T00:00:00.000000Z"},
}


def from_get(item: object) -> Any:
    return table_of(GetItem={"Item": item}).user.get_one(id="ada")


def from_batch(item: object) -> Any:
    return table_of(BatchGetItem={"Responses": {"shop": [item]}}).user.get_many([{"id": "ada"}])


def from_query(item: object) -> Any:
    return table_of(Query={"Items": [item], "Count": 1, "ScannedCount": 1}).user.by_email(email="ada@example.com").all()


def from_partition(item: object) -> Any:
    answers = table_of(Query={"Items": [item], "Count": 1, "ScannedCount": 1})
    return answers.query_all(shop_store_query()).all()


def from_stream(item: object) -> Any:
    query = table_of(Query={"Items": [item], "Count": 1, "ScannedCount": 1}).user.by_email(email="ada@example.com")
    results = list(query.stream())
    for result in results:
        if result.error is not None:
            raise result.error
    return [(result.item, result.meta.cursor) for result in results]


def shop_store_query() -> Any:
    from entitystore import QueryParameters

    return QueryParameters("USER#ada")


READS: list[Callable[[object], Any]] = [from_get, from_batch, from_query, from_partition, from_stream]


@pytest.mark.parametrize("read", READS)
def test_the_good_item_is_read(read: Callable[[object], Any]) -> None:
    assert read(GOOD)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("value", [None, "plain", 7, True, [], ["S"], {}, {"S": 7}, {"S": None}, {"N": "1"}])
@pytest.mark.parametrize("attribute", ["id", "name", "createdAt", "EntityType"])
def test_an_attribute_that_is_none_is_a_decode_error_with_the_item(
    read: Callable[[object], Any], attribute: str, value: object
) -> None:
    with pytest.raises(DecodeError) as caught:
        read(GOOD | {attribute: value})
    assert caught.value.item == GOOD | {attribute: value}


@pytest.mark.parametrize("read", READS)
@given(key=st.sampled_from([*GOOD, "other"]), value=JSON)
def test_no_item_raises_a_foreign_exception(read: Callable[[object], Any], key: str, value: object) -> None:
    with contextlib.suppress(EntityStoreError):
        read(GOOD | {key: value})


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("item", ["text", 7, [], True])
def test_an_item_that_is_no_object_is_nobodys(read: Callable[[object], Any], item: object) -> None:
    with pytest.raises(TransportError, match="not DynamoDB's"):
        read(item)


CALLS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "get": ("GetItem", lambda table: table.user.find(id="ada")),
    "exists": ("GetItem", lambda table: table.user.exists(id="ada")),
    "get_many": ("BatchGetItem", lambda table: table.user.get_many([{"id": "ada"}])),
    "put_many": ("BatchWriteItem", lambda table: table.user.delete_many([{"id": "ada"}])),
    "all": ("Query", lambda table: table.user.by_email(email="a@example.com").all()),
    "page": ("Query", lambda table: table.user.by_email(email="a@example.com").page().cursor),
    "count": ("Query", lambda table: table.user.by_email(email="a@example.com").count()),
    "stream": ("Query", lambda table: list(table.user.by_email(email="a@example.com").stream(max_retries=0))),
    "put": ("DeleteItem", lambda table: table.user.delete(id="ada")),
    "create_table": ("CreateTable", lambda table: table.create_table()),
}
MEMBERS = ["Item", "Items", "Count", "LastEvaluatedKey", "Responses", "UnprocessedKeys", "UnprocessedItems", "Table"]


@pytest.mark.parametrize("name", CALLS)
@given(answer=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=4) | JSON)
def test_no_answer_raises_a_foreign_exception(name: str, answer: object) -> None:
    operation, call = CALLS[name]
    table = shop_store.connect(transport=Answers(**{operation: answer, "DescribeTable": {}}))
    if isinstance(answer, dict) and isinstance(answer.get("LastEvaluatedKey"), dict):
        return  # there is a next page, and a next one
    with contextlib.suppress(EntityStoreError):
        call(table)


def test_an_item_that_was_not_asked_for_is_nobodys() -> None:
    other = GOOD | {"PK": {"S": "USER#bob"}, "SK": {"S": "USER#bob"}}
    with pytest.raises(TransportError, match="was not asked for"):
        from_batch(other)


def test_a_stream_asks_again_for_a_page_that_was_none() -> None:
    table = table_of(Query={"Items": [GOOD], "Count": 1, "ScannedCount": 1})
    table._client.transport.answers["Query"].insert(0, b'{"status":"ok"}')
    stream = table.user.by_email(email="ada@example.com").stream()
    assert [result.item.id for result in stream] == ["ada"]


def test_a_stream_gives_up_on_pages_that_are_none() -> None:
    table = table_of(Query={"status": "ok"})
    with pytest.raises(TransportError, match="not DynamoDB's"):
        list(table.user.by_email(email="ada@example.com").stream(max_retries=2))


def test_what_a_write_is_answered_with() -> None:
    for body in (b"{}", b' { "Attributes" : {} }', b'{"Attributes":{},"Later":1}'):
        written("PutItem", body)
        check("PutItem", body)
    with pytest.raises(WriteOutcomeUnknownError, match="nothing in it is of PutItem") as caught:
        written("PutItem", b'{"Item":{}}')
    assert caught.value.maybe_applied
    assert isinstance(caught.value.__cause__, TransportError)


def test_messages_hold_no_content() -> None:
    secret = "CONFIDENTIAL"
    for item in (GOOD | {"name": secret}, GOOD | {"name": {"S": [secret]}}, GOOD | {"createdAt": {"S": secret}}):
        with pytest.raises(DecodeError) as caught:
            from_get(item)
        assert secret not in str(caught.value)
    for body in (b'"CONFIDENTIAL"', b'{"CONFIDENTIAL":1}', b'{"Items":"CONFIDENTIAL"}'):
        with pytest.raises(TransportError) as refused:
            read_query(body)
        assert secret not in str(refused.value)


def test_parts_of_items() -> None:
    raw = msgspec.Raw(b'{"PK":{"S":"a"},"n":{"N":"1"},"x":7}')
    assert key_in(raw, {"PK"}, "Note") == {"PK": {"S": "a"}}
    assert read_attributes(raw, ("n", "PK"), "Note") == ({"N": "1"}, {"S": "a"})
    assert read_attributes(raw, ("y",), "Note", may_lack=True) == ({},)
    assert item_of(raw) == {"PK": {"S": "a"}, "n": {"N": "1"}, "x": 7}
    for names in (("x",), ("y",)):
        with pytest.raises(DecodeError, match="a stored Note"):
            read_attributes(raw, names, "Note")
        with pytest.raises(DecodeError, match="a stored Note"):
            key_in(raw, names, "Note")
    with pytest.raises(TransportError, match="LastEvaluatedKey"):
        last_key(msgspec.Raw(b"7"))
    assert last_key(msgspec.Raw(b"null")) is None
