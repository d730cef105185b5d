"""Both HTTP transports against a server that behaves well and badly."""

from __future__ import annotations

import json
import socket
import threading
import time
import zlib

import pytest

from entitystore.errors import ServiceError, TimeoutError, TransportError, WriteOutcomeUnknownError, is_timeout
from entitystore.transports import CallContext
from entitystore.transports.connection import RECEIVE
from tests.patience import PATIENCE
from tests.transports.conftest import Make
from tests.transports.server import (
    Answer,
    FakeServer,
    hang_up,
    never,
    ok,
    pieces,
    raw,
    refuse,
    reset,
    response,
)

GET = b'{"TableName":"shop","Key":{"PK":{"S":"USER#1"}}}'


def test_one_connection_serves_many_calls(make: Make) -> None:
    with FakeServer(ok(b'{"n":1}'), ok(b'{"n":2}'), ok(b'{"n":3}')) as server:
        transport = make(server.url)
        assert [transport.call("GetItem", GET) for _ in range(3)] == [b'{"n":1}', b'{"n":2}', b'{"n":3}']
        assert server.connections == 1
        request = server.requests[0]
    assert request.line == "POST / HTTP/1.1"
    assert request.body == GET
    assert request.headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert request.headers["content-type"] == "application/x-amz-json-1.0"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


def test_a_refusal_carries_what_the_service_said(make: Make) -> None:
    with FakeServer(refuse(400, "ResourceNotFoundException", "no table", Item={"a": {"S": "b"}})) as server:
        with pytest.raises(ServiceError) as caught:
            make(server.url).call("GetItem", GET)
        assert len(server.requests) == 1
    error = caught.value
    assert (error.code, error.service_message, error.status) == ("ResourceNotFoundException", "no table", 400)
    assert error.request_id == "REQUEST-1"
    assert json.loads(error.body)["Item"] == {"a": {"S": "b"}}


def test_a_refusal_leaves_the_connection_open(make: Make) -> None:
    with FakeServer(refuse(400, "ValidationException"), ok()) as server:
        transport = make(server.url)
        with pytest.raises(ServiceError):
            transport.call("GetItem", GET)
        transport.call("GetItem", GET)
        assert server.connections == 1


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
@pytest.mark.parametrize(
    "answer",
    [
        refuse(400, "ProvisionedThroughputExceededException"),
        refuse(400, "ThrottlingException"),
        refuse(400, "TransactionInProgressException"),
        refuse(503, "ServiceUnavailable"),
    ],
)
def test_what_was_not_applied_is_sent_again(make: Make, operation: str, answer: Answer) -> None:
    with FakeServer(answer, answer, ok(b'{"at":"last"}')) as server:
        assert make(server.url).call(operation, GET) == b'{"at":"last"}'
        assert len(server.requests) == 3


def test_the_number_of_attempts_has_a_bound(make: Make) -> None:
    with FakeServer(default=refuse(400, "ThrottlingException")) as server:
        with pytest.raises(ServiceError) as caught:
            make(server.url, max_attempts=3).call("PutItem", GET)
        assert len(server.requests) == 3
    assert caught.value.code == "ThrottlingException"


UNSURE = {
    "internal error": refuse(500, "InternalServerError"),
    "gateway": raw(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno", keep=True),
    "503 of something else": raw(b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno", keep=True),
    "hang up": hang_up(),
    "reset": reset(),
    "half a head": raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "half a body": raw(response(b"{}" * 100)[:-50]),
    "half a large body": raw(response(b"{}" * 100_000)[:-50]),
    "wrong CRC": raw(response(b"{}", crc32=1)),
    "not HTTP": raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "half a chunk": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{}"),
    "compressed": raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
    "more than announced": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}"),
}


@pytest.mark.parametrize("name", UNSURE)
@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"])
def test_a_write_is_never_sent_twice(make: Make, operation: str, name: str) -> None:
    with FakeServer(UNSURE[name]) as server:
        with pytest.raises(TransportError) as caught:
            make(server.url).call(operation, GET)
        assert server.operations() == [operation]
    assert caught.value.maybe_applied


@pytest.mark.parametrize("name", UNSURE)
def test_a_read_is_sent_again(make: Make, name: str) -> None:
    with FakeServer(UNSURE[name], ok(b'{"n":2}')) as server:
        assert make(server.url).call("GetItem", GET) == b'{"n":2}'
        assert len(server.requests) == 2


@pytest.mark.parametrize("name", UNSURE)
def test_a_write_is_sent_again_with_leave(make: Make, name: str) -> None:
    with FakeServer(UNSURE[name], ok(b'{"n":2}')) as server:
        assert make(server.url, retry_writes=True).call("PutItem", GET) == b'{"n":2}'
        assert len(server.requests) == 2


def test_a_transaction_with_a_token_is_sent_again(make: Make) -> None:
    body = b'{"TransactItems":[],"ClientRequestToken":"t-1"}'
    with FakeServer(hang_up(), ok(b'{"n":2}')) as server:
        assert make(server.url).call("TransactWriteItems", body) == b'{"n":2}'
        assert [request.body for request in server.requests] == [body, body]


def test_a_failed_read_is_never_called_maybe_applied(make: Make) -> None:
    with FakeServer(default=hang_up()) as server, pytest.raises(TransportError) as caught:
        make(server.url, max_attempts=2).call("Query", GET)
    assert not caught.value.maybe_applied


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_a_connection_that_went_stale_is_noticed_before_use(make: Make, operation: str) -> None:
    with FakeServer(ok(b'{"n":1}'), ok(b'{"n":2}')) as server:
        transport = make(server.url, max_attempts=1)
        transport.call(operation, GET)
        server.close_connections()
        assert transport.call(operation, GET) == b'{"n":2}'
        assert (server.connections, len(server.requests)) == (2, 2)


def test_a_read_survives_a_connection_that_goes_stale_in_use(make: Make) -> None:
    with FakeServer(ok(b'{"n":1}'), hang_up(), ok(b'{"n":2}')) as server:
        transport = make(server.url, max_attempts=1)
        transport.call("GetItem", GET)
        assert transport.call("GetItem", GET) == b'{"n":2}'
        assert server.connections == 2


def test_a_write_does_not_when_the_request_had_left(make: Make) -> None:
    with FakeServer(ok(b'{"n":1}'), hang_up(), ok(b'{"n":2}')) as server:
        transport = make(server.url)
        transport.call("PutItem", GET)
        with pytest.raises(TransportError) as caught:
            transport.call("PutItem", GET)
        assert len(server.requests) == 2
    assert caught.value.maybe_applied


def test_connection_close_is_honoured(make: Make) -> None:
    closing = raw(response(b'{"n":1}', 200, "Connection: close"), keep=True)
    with FakeServer(closing, ok(b'{"n":2}')) as server:
        transport = make(server.url)
        assert transport.call("PutItem", GET) == b'{"n":1}'
        assert transport.call("PutItem", GET) == b'{"n":2}'
        assert server.connections == 2


def test_a_body_may_end_with_the_connection(make: Make) -> None:
    with FakeServer(pieces(b"HTTP/1.1 200 OK\r\n\r\n", b'{"n":', b"1}", keep=False)) as server:
        assert make(server.url).call("PutItem", GET) == b'{"n":1}'


def test_chunks(make: Make) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = head + b'5;x=y\r\n{"n":\r\n2\r\n1}\r\n0\r\nTrailer: x\r\n\r\n'
    bytewise = pieces(*(whole[i : i + 1] for i in range(len(whole))), pause=0)
    with FakeServer(raw(whole, keep=True), bytewise, ok()) as server:
        transport = make(server.url)
        assert transport.call("PutItem", GET) == b'{"n":1}'
        assert transport.call("PutItem", GET) == b'{"n":1}'
        transport.call("PutItem", GET)
        assert server.connections == 1


def test_an_interim_answer_is_passed_over(make: Make) -> None:
    with FakeServer(
        raw(b"HTTP/1.1 100 Continue\r\n\r\n" + response(b'{"n":1}'), keep=True),
        pieces(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", response(b'{"n":2}')),
    ) as server:
        transport = make(server.url)
        assert transport.call("PutItem", GET) == b'{"n":1}'
        assert transport.call("PutItem", GET) == b'{"n":2}'


@pytest.mark.parametrize("size", [1, 65_000, 65_536, 70_000, 3_000_000])
def test_bodies_of_any_size_both_ways(make: Make, size: int) -> None:
    answer = b'{"n":"' + b"a" * size + b'"}'
    body = b'"' + b"b" * size + b'"'
    with FakeServer(ok(answer), pieces(response(answer)[:100], response(answer)[100:])) as server:
        transport = make(server.url)
        assert transport.call("PutItem", body) == answer
        assert transport.call("PutItem", body) == answer
        assert [request.body for request in server.requests] == [body, body]


def test_silence_ends_in_a_timeout(make: Make) -> None:
    with FakeServer(never()) as server:
        started = time.monotonic()
        with pytest.raises(WriteOutcomeUnknownError) as caught:
            make(server.url, read_timeout=0.2).call("PutItem", GET)
        assert time.monotonic() - started < 15  # the default would be 30
    assert caught.value.maybe_applied
    assert is_timeout(caught.value)


def test_a_slow_answer_is_no_silence(make: Make) -> None:
    answer = response(b'{"n":1}')
    slow = pieces(*(answer[i : i + 12] for i in range(0, len(answer), 12)), pause=0.1)
    with FakeServer(slow) as server:
        started = time.monotonic()
        assert make(server.url, read_timeout=1.0).call("PutItem", GET) == b'{"n":1}'
        assert time.monotonic() - started > 1.0


def test_a_deadline_bounds_all_attempts(make: Make) -> None:
    with FakeServer(default=never()) as server:
        started = time.monotonic()
        with pytest.raises(TimeoutError) as caught:
            make(server.url, deadline=0.4).call("GetItem", GET)
        assert time.monotonic() - started < 15  # one attempt alone would take 30
    assert not caught.value.maybe_applied


def test_a_call_may_have_a_deadline_of_its_own(make: Make) -> None:
    with FakeServer(default=never()) as server:
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            make(server.url, deadline=60.0).call("GetItem", GET, CallContext(deadline=started + 0.4))
        assert time.monotonic() - started < 3


def test_a_context_tells_what_became_of_the_call(make: Make) -> None:
    with FakeServer(hang_up(), refuse(500, "InternalServerError"), ok(b'{"n":1}')) as server:
        context = CallContext()
        assert make(server.url).call("GetItem", GET, context) == b'{"n":1}'
        assert (context.attempts, context.bytes_sent) == (3, 3 * len(GET))
        assert context.bytes_received >= len(b'{"n":1}')
        assert context.request_id
        assert not context.maybe_applied
        assert len(server.requests) == 3


def test_a_wrong_clock_is_corrected_by_the_services(make: Make) -> None:
    error = b'{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired: too old"}'
    skewed = raw(response(error, 400, "Date: Sun, 16 Feb 2025 10:00:00 GMT"), keep=True)
    with FakeServer(skewed) as server:
        transport = make(server.url)
        transport.call("PutItem", GET)
        transport.call("PutItem", GET)
        dates = [request.headers["x-amz-date"] for request in server.requests]
    assert not dates[0].startswith("20250216")
    assert [date[:11] for date in dates[1:]] == ["20250216T10"] * 2


def test_leave_to_repeat_is_for_one_call(make: Make) -> None:
    with FakeServer(hang_up(), ok(b"{}"), hang_up()) as server:
        transport = make(server.url)
        assert transport.call("PutItem", GET, CallContext(may_repeat=True)) == b"{}"
        with pytest.raises(WriteOutcomeUnknownError):
            transport.call("PutItem", GET)
        assert len(server.requests) == 3


def test_what_an_earlier_sending_may_have_done_is_not_forgotten(make: Make) -> None:
    """The condition that failed may have met what the first sending stored."""
    with FakeServer(hang_up(), refuse(400, "ConditionalCheckFailedException")) as server:
        context = CallContext()
        with pytest.raises(WriteOutcomeUnknownError) as caught:
            make(server.url, retry_writes=True).call("PutItem", GET, context)
        assert caught.value.code == "ConditionalCheckFailedException"
        assert context.maybe_applied
        assert len(server.requests) == 2


def test_an_outage_is_not_made_worse(make: Make) -> None:
    """All calls of a transport pay for their retries out of one budget."""
    with FakeServer(default=refuse(500, "InternalServerError")) as server:
        transport = make(server.url)
        for _ in range(100):
            with pytest.raises(ServiceError):
                transport.call("GetItem", GET)
        assert len(server.requests) == 200


ANSWER_SIZES = [2, RECEIVE - 500, RECEIVE, 20_000, 3_000_000]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("size", ANSWER_SIZES)
@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_an_answer_that_comes_twice_is_never_taken_for_the_next(
    make: Make, operation: str, size: int, late: bool
) -> None:
    """At once, or by the time of the next call: what nobody asked for ends the connection."""
    body = b'{"n":"' + b"a" * size + b'"}'
    again, sent = threading.Event(), threading.Event()

    def twice(server: FakeServer, sock: socket.socket, _: object) -> bool:
        sock.sendall(response(body) * (1 if late else 2))
        if late:
            again.wait(PATIENCE)
            sock.sendall(response(body)[:2_000])
            sent.set()
        return True

    with FakeServer(ok(b'{"n":1}'), twice, ok(b'{"n":3}'), ok(b'{"n":4}')) as server:
        transport = make(server.url)
        assert transport.call(operation, GET) == b'{"n":1}'
        if operation == "PutItem" and not late:  # a write is not repeated
            with pytest.raises(WriteOutcomeUnknownError):
                transport.call(operation, GET)
        else:
            assert transport.call(operation, GET) == (body if late else b'{"n":3}')
        again.set()
        if late:
            assert sent.wait(PATIENCE)
        assert transport.call(operation, GET) in (b'{"n":3}', b'{"n":4}')


def test_three_thousand_interim_answers(make: Make) -> None:
    many = raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 3_000 + response(b"{}"))
    with FakeServer(many) as server, pytest.raises(TransportError, match="interim answers without end"):
        make(server.url, max_attempts=1).call("GetItem", GET)


def test_nobody_listens(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransportError, match=f"localhost:{port}") as caught:
        make(f"http://localhost:{port}", max_attempts=2).call("PutItem", GET)
    assert not caught.value.maybe_applied


def test_a_refused_connection_is_tried_again_for_writes_too(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeServer(ok(b'{"n":1}')) as server:
        transport = make(server.url, max_attempts=4)
        server_is_back: list[int] = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            dead = listener.getsockname()[1]

        def address(self: object) -> tuple[str, int]:
            server_is_back.append(1)
            return "127.0.0.1", dead if len(server_is_back) < 6 else server.port

        monkeypatch.setattr("entitystore.transports.core.Route.address", property(address))
        assert transport.call("PutItem", GET) == b'{"n":1}'
        assert len(server.requests) == 1


def test_an_idle_connection_grows_old(make: Make) -> None:
    with FakeServer() as server:
        transport = make(server.url, idle_seconds=0.05)
        transport.call("GetItem", GET)
        time.sleep(0.1)
        transport.call("GetItem", GET)
        assert server.connections == 2


def test_a_closed_transport_is_not_used_again(make: Make) -> None:
    with FakeServer() as server:
        transport = make(server.url)
        transport.call("GetItem", GET)
        transport.close()
        with pytest.raises(TransportError, match="closed"):
            transport.call("GetItem", GET)
        assert len(server.requests) == 1


def test_no_secret_and_no_content_in_messages(make: Make) -> None:
    body = b'{"TableName":"shop","Item":{"PK":{"S":"CONFIDENTIAL"}}}'
    with FakeServer(raw(response(b'"CONFIDENTIAL"', crc32=1))) as server, pytest.raises(TransportError) as caught:
        make(server.url).call("PutItem", body)
    error: BaseException | None = caught.value
    while error is not None:
        assert "CONFIDENTIAL" not in repr(error)
        assert "SECRETEXAMPLE" not in repr(error)
        error = error.__cause__


def test_the_crc_is_checked_on_large_bodies_too(make: Make) -> None:
    body = b"{}" * 100_000
    with FakeServer(raw(response(body, crc32=zlib.crc32(body) ^ 1), keep=True), ok(b"{}")) as server:
        assert make(server.url).call("GetItem", GET) == b"{}"
        assert server.connections == 2


@pytest.mark.parametrize(
    "options",
    [{"connect_timeout": 0}, {"read_timeout": -1}, {"max_attempts": 0}, {"deadline": 0}, {"max_connections": 0}],
)
def test_options_out_of_range(make: Make, options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must be|more than 0"):
        make("http://localhost:1", **options)
