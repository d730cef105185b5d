"""Batches: splitting, duplicates, leftovers, deadlines, and what is said of what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from entitystore import batch, errors
from entitystore.client import Client, Flow, Pause
from entitystore.errors import IncompleteBatchError, ServiceError, TransportError, ValidationError
from entitystore.transports import CallContext
from entitystore.values import Item, Key
from tests.runtime.fakes import Order, Script, order_codec, orders, stored, throttled

CODEC = order_codec()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only pauses move."""
    time = [0.0]
    monkeypatch.setattr(batch, "clock", lambda: time[0])
    monkeypatch.setattr("time.sleep", lambda seconds: time.__setitem__(0, time[0] + seconds))
    monkeypatch.setattr(batch, "full_jitter", lambda retry: 1.0)
    return time


def key(order: Order) -> Key:
    return {"PK": {"S": "U#1"}, "SK": {"S": order.id}}


def got(*items: Item, left: list[Key] | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"Responses": {"shop": list(items)}, "UnprocessedKeys": {}}
    if left:
        answer["UnprocessedKeys"] = {"shop": {"Keys": left}}
    return answer


def written(*left: dict[str, Any]) -> dict[str, Any]:
    return {"UnprocessedItems": {"shop": list(left)} if left else {}}


def changed(order: Order, name: str, kind: str, value: str) -> Item:
    """The stored item, with one attribute of another value."""
    item = stored(order)
    item[name] = {kind: value}
    return item


def put_request(order: Order) -> dict[str, Any]:
    return {"PutRequest": {"Item": stored(order)}}


def run(script: Script, flow: Flow[Any]) -> Any:
    return Client(script, "shop").run_flow(flow)


def get(script: Script, keys: list[Key], **options: Any) -> list[Order | None]:
    found: list[Order | None] = run(script, batch.get_many(CODEC, "shop", keys, **options))
    return found


def put(script: Script, entities: list[Order], **options: Any) -> None:
    run(script, batch.put_many(CODEC, "shop", entities, **options))


def asked(script: Script, call: int = 0) -> list[Any]:
    requests = script.calls[call][1]["RequestItems"]["shop"]
    found: list[Any] = requests["Keys"] if isinstance(requests, dict) else requests
    return found


def test_answers_are_put_in_the_order_of_the_keys() -> None:
    some = orders(4)
    script = Script([got(stored(some[3]), stored(some[0]), stored(some[1]))])
    assert get(script, [key(order) for order in some]) == [some[0], some[1], None, some[3]]
    assert script.calls[0][0] == "BatchGetItem"
    assert "ConsistentRead" not in script.calls[0][1]["RequestItems"]["shop"]


def test_a_key_given_twice_is_asked_once_and_answered_twice() -> None:
    (order,) = orders(1)
    script = Script([got(stored(order))])
    first, second = get(script, [key(order), key(order)], consistent=True)
    assert asked(script) == [key(order)]
    assert first == second == order
    assert first is not second
    assert script.calls[0][1]["RequestItems"]["shop"]["ConsistentRead"] is True


def test_one_number_in_two_spellings_is_one_key() -> None:
    codec = order_codec()
    numbers: list[Key] = [{"PK": {"S": "U#1"}, "SK": {"N": text}} for text in ("1", "1.0", "2")]
    script = Script([got(left=[{"PK": {"S": "U#1"}, "SK": {"N": "1.00"}}]), got()])
    run(script, batch.get_many(codec, "shop", numbers))
    assert asked(script) == [numbers[0], numbers[2]]
    assert asked(script, 1) == [numbers[0]]


@pytest.mark.parametrize(("count", "calls"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_gets_are_split(count: int, calls: list[int]) -> None:
    some = orders(count)
    parts = [some[start : start + 100] for start in range(0, count, 100)]
    script = Script([got(*map(stored, part)) for part in parts])
    assert get(script, [key(order) for order in some]) == some
    assert [len(asked(script, call)) for call in range(len(script.calls))] == calls


def test_leftover_keys_are_asked_again() -> None:
    some = orders(3)
    keys = [key(order) for order in some]
    script = Script([got(stored(some[0]), left=keys[1:]), throttled(), got(stored(some[2]), left=keys[1:2]), got()])
    assert get(script, keys) == [some[0], None, some[2]]
    assert [asked(script, call) for call in range(4)] == [keys, keys[1:], keys[1:], keys[1:2]]


def test_items_of_another_type_count_as_absent_and_broken_ones_raise() -> None:
    some = orders(2)
    other = changed(some[0], "EntityType", "S", "Other")
    assert get(Script([got(other, stored(some[1]))]), [key(order) for order in some]) == [None, some[1]]
    broken = changed(some[0], "total", "S", "x")
    with pytest.raises(errors.DecodeError):
        get(Script([got(broken)]), [key(some[0])])


def test_the_deadline_names_what_is_missing(now: list[float]) -> None:
    keys = [key(order) for order in orders(102)]

    def answers() -> Iterator[dict[str, Any]]:
        while True:
            yield got(left=keys[98:100])

    script = Script(answers())
    with pytest.raises(IncompleteBatchError, match=r"4 Order keys were not answered after 2\.5 seconds") as caught:
        get(script, keys, deadline=2.5)
    assert caught.value.missing == tuple(keys[98:])
    assert now == [2.5]
    assert len(script.calls) == 4


def test_throttled_until_the_deadline_says_so() -> None:
    with pytest.raises(IncompleteBatchError) as caught:
        get(Script(throttled() for _ in range(99)), [key(orders(1)[0])], deadline=3)
    assert errors.is_throttled(caught.value)


@pytest.mark.parametrize(("count", "calls"), [(0, []), (25, [25]), (26, [25, 1]), (60, [25, 25, 10])])
def test_writes_are_split(count: int, calls: list[int]) -> None:
    script = Script([written() for _ in calls])
    put(script, orders(count))
    assert [len(asked(script, call)) for call in range(len(script.calls))] == calls
    assert [write for call in range(len(calls)) for write in asked(script, call)] == [*map(put_request, orders(count))]


def test_of_two_with_one_key_the_later_is_stored() -> None:
    script = Script([written()])
    put(script, [Order("1", 1), Order("2", 2), Order("1", 3)])
    assert asked(script) == [put_request(Order("2", 2)), put_request(Order("1", 3))]


def test_leftover_writes_are_sent_again() -> None:
    some = orders(3)
    script = Script([written(*map(put_request, some[1:])), throttled(), written(put_request(some[2])), written()])
    put(script, some)
    assert [len(asked(script, call)) for call in range(4)] == [3, 2, 2, 1]
    assert asked(script, 3) == [put_request(some[2])]


def test_leftover_deletes_are_sent_again() -> None:
    keys = [key(order) for order in orders(2)]
    script = Script([written({"DeleteRequest": {"Key": keys[1]}}), written()])
    run(script, batch.delete_many(CODEC, "shop", [*keys, keys[0]]))
    assert asked(script) == [{"DeleteRequest": {"Key": each}} for each in keys]
    assert asked(script, 1) == [{"DeleteRequest": {"Key": keys[1]}}]


def test_a_write_whose_answer_was_lost_is_not_repeated() -> None:
    script = Script([written(), TransportError("broken", maybe_applied=True)])
    with pytest.raises(IncompleteBatchError, match="for certain") as caught:
        put(script, orders(60))
    assert caught.value.missing == tuple(key(order) for order in orders(60)[25:])
    assert errors.is_transport_error(caught.value)
    assert len(script.calls) == 2


class Unsure(Script):
    """Its first answer is that of a sending after one that was lost."""

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        assert context is not None
        context.maybe_applied = not self.calls
        return super().call(operation, body, context)


@pytest.mark.parametrize("end", [ServiceError("ValidationException", "no", status=400), throttled()])
def test_what_a_repeated_call_leaves_over_may_have_been_written_by_its_first_sending(end: ServiceError) -> None:
    left = [put_request(order) for order in orders(2)]
    script = Unsure([written(*left), *[end] * 60])
    with pytest.raises(IncompleteBatchError) as caught:
        put(script, orders(3))
    assert caught.value.maybe_applied
    assert caught.value.missing == tuple(key(order) for order in orders(2))
    script = Unsure([written(), *[end] * 60])
    with pytest.raises(IncompleteBatchError) as caught:
        put(script, orders(30))
    assert not caught.value.maybe_applied  # the first call has left nothing over


def test_a_refusal_names_what_is_missing_only_if_something_was_written() -> None:
    refused = ServiceError("ValidationException", "no", status=400)
    with pytest.raises(ServiceError, match="no"):
        put(Script([refused]), orders(30))
    with pytest.raises(TransportError, match="refused"):
        put(Script([TransportError("refused")]), orders(30))
    with pytest.raises(IncompleteBatchError, match="5 Order writes were not taken because of ValidationException"):
        put(Script([written(), refused]), orders(30))
    with pytest.raises(IncompleteBatchError, match="because of a fault of the connection"):
        put(Script([written(), TransportError("refused")]), orders(30))


def test_a_leftover_that_was_not_given_is_not_dropped_silently() -> None:
    with pytest.raises(TransportError, match="was not given"):
        get(Script([got(left=[key(orders(2)[1])])]), [key(orders(1)[0])])


def test_everything_is_encoded_before_anything_is_sent() -> None:
    def encode(order: Order) -> Item:
        if order.total == 40:
            raise ValidationError("total", "is 40")
        return stored(order)

    codec = order_codec()
    codec.encode = encode
    script = Script([])
    with pytest.raises(ValidationError, match="is 40"):
        run(script, batch.put_many(codec, "shop", orders(50)))
    assert script.calls == []


@pytest.mark.parametrize("count", [1, 26])
def test_an_item_that_is_too_large_is_refused_by_its_position(count: int) -> None:
    codec = order_codec()
    codec.encode = lambda order: changed(order, "note", "S", "x" * (400 * 1024 if order.total == count - 1 else 1))
    script = Script([])
    with pytest.raises(ValidationError, match=rf"entities\[{count - 1}\]: takes \d+ bytes"):
        run(script, batch.put_many(codec, "shop", orders(count)))
    assert script.calls == []


def test_a_call_holds_no_more_bytes_than_the_service_takes() -> None:
    """Control characters take six bytes in JSON and one in DynamoDB, so 25 items can be 60 MB."""
    codec = order_codec()
    codec.encode = lambda order: changed(order, "note", "S", "\x01" * 350_000)
    script = Script([written() for _ in range(9)])
    run(script, batch.put_many(codec, "shop", orders(10)))
    assert [len(asked(script, call)) for call in range(len(script.calls))] == [7, 3]


def test_entities_that_share_keys_are_refused() -> None:
    codec = order_codec(shares_keys=True)
    for flow in (batch.put_many(codec, "shop", orders(1)), batch.delete_many(codec, "shop", [key(orders(1)[0])])):
        with pytest.raises(ValidationError, match="shares its keys"):
            run(Script([]), flow)


def test_pauses_end_with_the_deadline() -> None:
    """As a flow, without a driver: what it asks for can be looked at."""
    keys = [key(orders(1)[0])]
    flow = batch.get_many(CODEC, "shop", keys, deadline=0.25)
    next(flow)
    assert flow.throw(throttled()) == Pause(0.25)
