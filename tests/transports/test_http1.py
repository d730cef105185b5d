"""Reading responses, without a socket."""

from __future__ import annotations

import contextlib
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from entitystore.errors import TransportError
from entitystore.transports import http1
from entitystore.transports.head import MAX_BODY, RefusalFields, any_head, usual_head
from entitystore.transports.http1 import Response, ResponseReader, service_error
from tests.transports.server import response

LARGE = 300_000
CUTS = st.lists(st.integers(min_value=0, max_value=2_000), max_size=8)


def read(data: bytes, cuts: list[int]) -> Response:
    """Feed the bytes in pieces cut at the given places, and the end after them."""
    reader = ResponseReader()
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in itertools.pairwise(places):
        answer = reader.feed(data[start:end])
        if answer is not None:
            assert end == len(data), "the answer was taken for whole too early"
            return answer
    return reader.end()


def chunked(body: bytes, size: int) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-amz-crc32: %d\r\n\r\n" % zlib.crc32(body)
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return head + b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@given(st.binary(max_size=1_500), CUTS)
def test_any_body_cut_anywhere(body: bytes, cuts: list[int]) -> None:
    answer = read(response(body, 200, "Connection: keep-alive"), cuts)
    assert (answer.status, answer.body, answer.keep_alive) == (200, body, True)


def test_a_large_body_is_received_into_a_buffer_that_serves_again() -> None:
    """What one body left there must never be seen in another; two bodies under way have each their own."""
    bodies = [bytes([65 + number]) * (LARGE - number * 1_000) for number in range(6)]
    assert [receive_into(ResponseReader(), body) for body in bodies] == bodies
    one, other = ResponseReader(), ResponseReader()
    assert one.feed(response(bodies[0], 200)[:500]) is None
    assert receive_into(other, bodies[1]) == bodies[1]
    assert receive_rest(one, response(bodies[0], 200)[500:]) == bodies[0]


def test_no_more_than_one_buffer_is_kept_and_none_that_is_huge() -> None:
    for size in (LARGE, http1._KEPT + 1, LARGE):
        receive_into(ResponseReader(), b"x" * size)
    assert len(http1._spare) == 1
    assert len(http1._spare[0]) <= http1._KEPT


@pytest.mark.parametrize("size", [0, 1, LARGE])
def test_what_nobody_asked_for_is_seen_with_the_last_byte(size: int) -> None:
    data = response(b"x" * size, 200)
    reader = ResponseReader()
    with pytest.raises(TransportError, match="more bytes than announced"):
        reader.feed(data + b"H")
    reader = ResponseReader()
    assert reader.feed(data[:100]) is None
    with pytest.raises(TransportError, match="more bytes than announced"):
        reader.feed(data[100:] + b"H")


def test_what_nobody_asked_for_is_seen_in_the_window() -> None:
    data = response(b"x" * LARGE, 200)
    reader = ResponseReader()
    assert reader.feed(data[:1_000]) is None
    window = reader.window
    assert window is not None
    rest = data[1_000:] + b"H"
    window[:] = rest
    with pytest.raises(TransportError, match="more bytes than announced"):
        reader.advance(len(rest))


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"


@given(st.integers(0, 5), CUTS)
def test_interim_answers_cut_anywhere(count: int, cuts: list[int]) -> None:
    assert read(INTERIM * count + response(b"{}", 200), cuts).body == b"{}"


@pytest.mark.parametrize("at_once", [True, False])
def test_interim_answers_without_end(at_once: bool) -> None:
    reader = ResponseReader()
    if not at_once:
        assert [reader.feed(INTERIM) for _ in range(100)] == [None] * 100
    with pytest.raises(TransportError, match="interim answers without end"):
        reader.feed(INTERIM * (3_000 if at_once else 1))


def test_another_protocol_is_no_interim_answer() -> None:
    with pytest.raises(TransportError, match="changes the protocol"):
        ResponseReader().feed(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")


def receive_into(reader: ResponseReader, body: bytes) -> bytes:
    """Receive a body as a socket does: its beginning with the head, the rest into the reader's window."""
    data = response(body, 200)
    assert reader.feed(data[:16_000]) is None
    return receive_rest(reader, data[16_000:])


def receive_rest(reader: ResponseReader, rest: bytes) -> bytes:
    answer = None
    while rest:
        window = reader.window
        assert window is not None
        assert len(window) == len(rest) + 1
        count = min(len(rest), 65_536)
        window[:count] = rest[:count]
        rest = rest[count:]
        answer = reader.advance(count)
    assert answer is not None
    return answer.body


@given(st.binary(max_size=1_500), CUTS, st.integers(min_value=1, max_value=700))
def test_any_chunks_cut_anywhere(body: bytes, cuts: list[int], size: int) -> None:
    answer = read(chunked(body, size), cuts)
    assert (answer.body, answer.keep_alive) == (body, True)


@given(st.binary(max_size=1_500), CUTS)
def test_a_body_without_length_ends_with_the_connection(body: bytes, cuts: list[int]) -> None:
    answer = read(b"HTTP/1.1 200 OK\r\n\r\n" + body, cuts)
    assert (answer.body, answer.keep_alive) == (body, False)


@given(st.binary(max_size=400))
def test_garbage_is_an_error_or_an_answer_and_nothing_else(data: bytes) -> None:
    for text in (data, b"HTTP/1.1 200 OK\r\n" + data, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data):
        reader = ResponseReader()
        with contextlib.suppress(TransportError):
            if reader.feed(text) is None:
                reader.end()


HEAD_LINES = st.sampled_from(
    [
        b"Content-Length: 5",
        b"content-length:5",
        b"Content-Length: 05 ",
        b"Content-Length : 5",
        b"Content-Length: +5",
        b"Content-Length: 5, 5",
        b"Connection: keep-alive",
        b"Connection: close",
        b"Connection: keep-alive, close",
        b"Connection: keep-alive-not",
        b"Connection:keep-alive",
        b"x-amz-crc32: 1234",
        b"X-Amz-CRC32: 1234",
        b"x-amz-crc32: abc",
        b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip",
        b"Date: now",
        b"X-Odd: a\nContent-Length: 7",
        b"X-Odd: content-length: 7",
        b" folded",
        b"no colon",
    ]
)
STATUS_LINES = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.1 200 ", b"HTTP/1.0 200 OK", b"HTTP/1.1 400 No", b"HTTP/1.1 2000"]
)


USUAL_LINES = [
    b"Server: Server",
    b"Date: Sun, 16 Feb 2025 10:00:00 GMT",
    b"Content-Type: application/x-amz-json-1.0",
    b"Content-Length: 1430",
    b"Connection: keep-alive",
    b"x-amzn-RequestId: 9K1V2T0RJ2TR5NM2QIAV2FVHIF",
    b"x-amz-crc32: 2745614147",
]


@given(STATUS_LINES, st.dictionaries(st.integers(0, 6), HEAD_LINES, max_size=3), st.lists(HEAD_LINES, max_size=1))
def test_the_fast_path_reads_as_the_slow_one_does(
    status_line: bytes, others: dict[int, bytes], more: list[bytes]
) -> None:
    lines = [others.get(place, usual) for place, usual in enumerate(USUAL_LINES)] + more
    data = b"\r\n".join([status_line, *lines])
    fast = usual_head(data)
    if fast is not None and b"no colon" not in lines:  # which says nothing about where the answer ends
        named = b"x-amzn-RequestId: " + (any_head(data).request_id or b"")
        assert fast == structs.replace(any_head(data), request_id=named, refusal=None)


def test_dynamodbs_own_head_takes_the_fast_path() -> None:
    data = (
        b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Sun, 16 Feb 2025 10:00:00 GMT\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: 1430\r\nConnection: keep-alive\r\n"
        b"x-amzn-RequestId: 9K1V2T0RJ2TR5NM2QIAV2FVHIF\r\nx-amz-crc32: 2745614147"
    )
    fast = usual_head(data)
    assert fast is not None
    assert (fast.length, fast.crc32, fast.keep_alive) == (1430, 2745614147, True)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/2 200 OK",
        b"HTTP/1.1 abc",
        b"<html>",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d" % (MAX_BODY + 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000,
        b"HTTP/1.1 200 OK\r\nContent-Length\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c: d",
    ],
)
def test_doubtful_heads_are_refused(head: bytes) -> None:
    with pytest.raises(TransportError):
        any_head(head)


@pytest.mark.parametrize(
    "chunks",
    [
        b"xyz\r\n",
        b"-1\r\n",
        b"0x5\r\nabcde\r\n",
        b"\r\n\r\n",
        b"2\r\nabc\r\n",
        b"f" * 17 + b"\r\n",
        b"f" * 16 + b"\r\n",
    ],
)
def test_doubtful_chunks_are_refused(chunks: bytes) -> None:
    with pytest.raises(TransportError):
        ResponseReader().feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)


def test_a_head_has_a_bound() -> None:
    reader = ResponseReader()
    reader.feed(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5_000)
    with pytest.raises(TransportError, match="without end"):
        reader.feed(b"A: b\r\n" * 10_000)


def test_one_reader_reads_many_answers() -> None:
    reader = ResponseReader()
    large = response(b"x" * 100_000)
    for _ in range(3):
        assert reader.feed(large[:90]) is None
        assert reader.feed(large[90:]) is not None
        small = reader.feed(response(b"{}"))
        assert small is not None
        assert small.body == b"{}"


@pytest.mark.parametrize(
    ("body", "error_type", "code", "message"),
    [
        (b'{"__type":"com.amazonaws.dynamodb.v20120810#Oops","message":"m"}', None, "Oops", "m"),
        (b'{"__type":"Oops","Message":"m"}', None, "Oops", "m"),
        (b'{"message":"m"}', "Oops:http://internal.amazon.com/", "Oops", "m"),
        (b"<html>Bad gateway</html>", None, "Http502", "the endpoint answered 502, not in DynamoDB's form"),
        (b"[" * 100_000, None, "Http502", "the endpoint answered 502, not in DynamoDB's form"),
        (b'{"__type":5,"message":7}', None, "Http502", ""),
        (b"", None, "Http502", "the endpoint answered 502, not in DynamoDB's form"),
    ],
)
def test_refusals_in_every_form(body: bytes, error_type: str | None, code: str, message: str) -> None:
    error = service_error(Response(502, body, True, b"R1", RefusalFields(error_type)))
    assert (error.code, error.service_message, error.status, error.request_id) == (code, message, 502, "R1")
