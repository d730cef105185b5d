"""The kinds of faults that there are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence

from tests.faults.answers import Answer, fields, foreign, html, refusal, usual, with_fields
from tests.faults.batches import all_unprocessed, not_given
from tests.faults.kinds import Applies, Do, Kind, Reads, Step, Steps, Wait
from tests.guards.paths import ONE

__all__ = ["KINDS"]

GETS = ("GetItem",)
BATCHES = ("BatchGetItem", "BatchWriteItem")
TRANSACTIONS = ("TransactWriteItems",)


def _always(*steps: Step) -> Steps:
    return lambda operation, body, answer: steps


def _of(make: Callable[[Answer], Sequence[Step]]) -> Steps:
    return lambda operation, body, answer: make(answer)


def _sent(make: Callable[[Answer], bytes], *after: Step) -> Steps:
    return lambda operation, body, answer: (make(answer), *after)


def _cut(answer: Answer, part: float, *, of_head: bool = False) -> bytes:
    data = usual(answer)
    head = len(data) - len(answer.body)
    return data[: int(head * part)] if of_head else data[: head + int(len(answer.body) * part)]


def _sized(answer: Answer, *lines: str) -> bytes:
    """The answer with other words on where its body ends."""
    return with_fields(f"{answer.status} X", [*fields(answer), *lines], answer.body)


def _chunked(answer: Answer, *, size: str = "{:x}", extension: str = "", trailer: str = "", cut: int = 0) -> bytes:
    body, parts = answer.body, b""
    step = max(1, len(body) // 3)
    for start in range(0, len(body), step):
        part = body[start : start + step]
        parts += f"{size.format(len(part))}{extension}\r\n".encode() + part + b"\r\n"
    whole = parts + f"0\r\n{trailer}\r\n".encode()
    data = whole[: len(whole) - cut]
    return with_fields(f"{answer.status} X", [*fields(answer), "Transfer-Encoding: chunked"], data)


def _dripped(answer: Answer, pieces: int, wait: float) -> list[Step]:
    data = usual(answer)
    size = max(1, len(data) // pieces)
    steps: list[Step] = []
    for start in range(0, len(data), size):
        steps += [data[start : start + size], Wait(wait)]
    return steps


def _damaged(answer: Answer) -> bytes:
    """One bit of the body is another one."""
    data = bytearray(usual(answer))
    data[-1] ^= 4
    return bytes(data)


def _zipped(answer: Answer) -> bytes:
    lines = [*fields(answer), "Content-Encoding: gzip"]
    body = gzip.compress(answer.body)
    return with_fields("200 OK", [*lines, f"Content-Length: {len(body)}"], body)


def _another_item(operation: str, body: bytes, answer: Answer) -> Sequence[Step]:
    """The whole item of another key than the one asked for."""
    return (usual(Answer(200, ONE)),)


def _no_item(operation: str, body: bytes, answer: Answer) -> Sequence[Step]:
    """Attributes that are no attribute values."""
    item = {**json.loads(body)["Key"], "EntityType": {"S": "Order"}, "note": 5}
    return (usual(Answer(200, json.dumps({"Item": item}).encode())),)


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
OTHER_JSON = b'{"status":"ok","path":"/"}'

NEVER, FIRST = Applies.NEVER, Applies.FIRST

_CONNECTION = (
    Kind("reset, request half read", NEVER, _always(Do.RESET), reads=Reads.HEAD),
    Kind("closed, request half read", NEVER, _always(Do.CLOSE), reads=Reads.HEAD),
    Kind("request not read on", NEVER, _always(Do.HANG), reads=Reads.HEAD, slow=True),
    Kind("reset before", NEVER, _always(Do.RESET)),
    Kind("closed before", NEVER, _always(Do.CLOSE)),
    Kind("silence before", NEVER, _always(Do.HANG), slow=True),
    Kind("applied late", Applies.LATE, _always(), slow=True),
    Kind("reset after", FIRST, _always(Do.RESET)),
    Kind("closed after", FIRST, _always(Do.CLOSE)),
    Kind("silence after", FIRST, _always(Do.HANG), slow=True),
)

_CUT = (
    Kind("status line cut", FIRST, _always(b"HTTP/1.1 20", Do.CLOSE)),
    Kind("head cut", FIRST, _sent(lambda answer: _cut(answer, 0.6, of_head=True), Do.CLOSE)),
    Kind("head cut, reset", FIRST, _sent(lambda answer: _cut(answer, 0.8, of_head=True), Do.RESET)),
    Kind("head cut, silence", FIRST, _sent(lambda answer: _cut(answer, 0.5, of_head=True), Do.HANG), slow=True),
    Kind("body cut", FIRST, _sent(lambda answer: _cut(answer, 0.5), Do.CLOSE)),
    Kind("body cut, reset", FIRST, _sent(lambda answer: _cut(answer, 0.5), Do.RESET)),
    Kind("body cut, silence", FIRST, _sent(lambda answer: _cut(answer, 0.5), Do.HANG), slow=True),
    Kind("dripping for ever", FIRST, _of(lambda answer: [*_dripped(answer, 60, 0.5), Do.HANG]), slow=True),
    Kind("dripping quickly", FIRST, _of(lambda answer: _dripped(answer, 5, 0.02)), harmless=True),
)

_FRAMING = (
    Kind("wrong CRC32", FIRST, _sent(lambda answer: usual(answer).replace(b"crc32: ", b"crc32: 1"))),
    Kind("damaged body", FIRST, _sent(_damaged)),
    Kind("length too short", FIRST, _sent(lambda answer: _sized(answer, f"Content-Length: {len(answer.body) - 1}"))),
    Kind(
        "length too long",
        FIRST,
        _sent(lambda answer: _sized(answer, f"Content-Length: {len(answer.body) + 9}"), Do.CLOSE),
    ),
    Kind("length is no number", FIRST, _sent(lambda answer: _sized(answer, "Content-Length: many"))),
    Kind("two lengths", FIRST, _sent(lambda answer: _sized(answer, "Content-Length: 2", "Content-Length: 3"))),
    Kind(
        "length and chunked",
        FIRST,
        _sent(lambda answer: _sized(answer, "Content-Length: 2", "Transfer-Encoding: chunked")),
    ),
    Kind("length of an exabyte", FIRST, _sent(lambda answer: _sized(answer, "Content-Length: 1000000000000000000"))),
    Kind("unknown coding", FIRST, _sent(lambda answer: _sized(answer, "Transfer-Encoding: zap"))),
    Kind("chunked", FIRST, _sent(_chunked), harmless=True),
    Kind(
        "chunked, with trailers",
        FIRST,
        _sent(lambda answer: _chunked(answer, extension=";a=b", trailer="X-A: b\r\n")),
        harmless=True,
    ),
    Kind("chunked, cut", FIRST, _sent(lambda answer: _chunked(answer, cut=9), Do.CLOSE)),
    Kind("chunked, no size", FIRST, _sent(lambda answer: _chunked(answer, size="-{:x}"))),
    Kind("chunked, wrong size", FIRST, _sent(lambda answer: _chunked(answer, size="1{:x}"), Do.CLOSE)),
    Kind("no length, closed", FIRST, _sent(_sized, Do.CLOSE), harmless=True),
    Kind("no length, cut", FIRST, _sent(lambda answer: _sized(answer)[:-1], Do.CLOSE)),
    Kind(
        "HTTP/1.0",
        FIRST,
        _sent(
            lambda answer: with_fields(f"{answer.status} X", fields(answer), answer.body, version="HTTP/1.0"), Do.CLOSE
        ),
        harmless=True,
    ),
    Kind("malformed field", FIRST, _sent(lambda answer: _sized(answer, "no field at all", "Content-Length: 2"))),
    Kind("head without end", FIRST, _always(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, Do.CLOSE)),
    Kind("another protocol", FIRST, _always(b"SSH-2.0-OpenSSH_9.6\r\n", Do.CLOSE)),
)

_INTERIM = (
    Kind("100 Continue", FIRST, _sent(lambda answer: CONTINUE + usual(answer)), harmless=True),
    Kind(
        "103 in pieces",
        FIRST,
        _of(lambda answer: [HINTS[:20], Wait(0.02), HINTS[20:] + HINTS, usual(answer)]),
        harmless=True,
    ),
    Kind("interim answers without end", FIRST, _sent(lambda answer: CONTINUE * 3_000 + usual(answer), Do.CLOSE)),
    Kind("interim answer, reset", FIRST, _always(CONTINUE, Wait(0.02), Do.RESET)),
    Kind("101 Switching Protocols", FIRST, _always(SWITCHING)),
)

# The call that meets one of these has its answer; the next one on its connection may not.
_KEPT = (
    Kind(
        "closes after it, as it says",
        FIRST,
        _sent(lambda answer: usual(answer).replace(b"keep-alive", b"close"), Do.CLOSE),
        harmless=True,
    ),
    Kind("closes after it", FIRST, _sent(usual, Do.CLOSE)),
    Kind("closes a moment later", FIRST, _sent(usual, Wait(0.02), Do.CLOSE)),
    Kind("resets a moment later", FIRST, _sent(usual, Wait(0.02), Do.RESET)),
    Kind("resets at the next request", FIRST, _sent(usual, Do.RESET_NEXT)),
    Kind("answers twice at once", FIRST, _sent(lambda answer: usual(answer) * 2)),
    # As load balancers do to a connection that was idle for too long. Whoever has just sent a request has to take it
    # for the answer, and 408 leaves open whether the request was applied.
    Kind("408 a moment later", FIRST, _sent(usual, Wait(0.02), html(408), Do.CLOSE)),
    Kind("bytes of nobody", FIRST, _sent(usual, Wait(0.02), b"\r\n")),
)


def _foreign(applies: Applies) -> tuple[Kind, ...]:
    pages = {
        "200 with HTML": html(200),
        "200 with nothing": foreign(200, b""),
        "200 with null": foreign(200, b"null", "application/json"),
        "200 with other JSON": foreign(200, OTHER_JSON, "application/json"),
        "200 with a list": foreign(200, b"[{}]", "application/json"),
        "200 nested without end": foreign(200, b'{"a":' * 4_000, "application/json"),
        "200 that is no UTF-8": foreign(200, b'{"\xff":1}', "application/json"),
        "202 with HTML": html(202),
        "204": with_fields("204 No Content", [], b""),
        "302": foreign(302, b"", "text/html", "Location: https://login.example/"),
        "408 with HTML": html(408),
        "500 with HTML": html(500),
        "500 with nothing": foreign(500, b""),
        "502 with nothing": foreign(502, b""),
        "503 with HTML": html(503),
        "504 with other JSON": foreign(504, b'{"message":"Endpoint request timed out"}', "application/json"),
    }
    return tuple(Kind(f"{name}, {applies.value}", applies, _always(page)) for name, page in pages.items())


_FOREIGN = (
    *_foreign(NEVER),
    *_foreign(FIRST),
    Kind("gzip", FIRST, _sent(_zipped)),
    Kind("another's item", FIRST, _another_item, operations=GETS),
    Kind("an item that is none", FIRST, _no_item, operations=GETS, malformed=True),
    Kind("half a JSON", FIRST, _sent(lambda answer: usual(Answer(200, answer.body[:-1] or b"{")))),
    Kind(
        "unprocessed for ever",
        NEVER,
        lambda operation, body, _: (all_unprocessed(operation, body),),
        operations=BATCHES,
    ),
    Kind("half unprocessed", Applies.HALF, _sent(usual), operations=BATCHES, harmless=True),
    Kind(
        "unprocessed that was not given",
        FIRST,
        lambda operation, body, _: (not_given(operation, body),),
        operations=BATCHES,
    ),
)


def _refused(
    name: str, status: int, code: str, message: str = "no", *, operations: tuple[str, ...] = (), **more: object
) -> Kind:
    return Kind(name, NEVER, _always(refusal(status, code, message, **more)), operations=operations, certain=True)


_REASON = {"reason": "TableWriteKeyRangeThroughputExceeded", "resource": "arn:aws:dynamodb:eu-west-1:1:table/t"}
_REFUSED = (
    _refused(
        "throttled, ThrottlingReasons", 400, "ProvisionedThroughputExceededException", ThrottlingReasons=[_REASON]
    ),
    _refused("throttled, throttlingReasons", 400, "ThrottlingException", throttlingReasons=[_REASON]),
    _refused("RequestLimitExceeded", 400, "RequestLimitExceeded"),
    _refused("ValidationException", 400, "ValidationException"),
    _refused("AccessDeniedException", 400, "AccessDeniedException"),
    _refused("ResourceNotFoundException", 400, "ResourceNotFoundException"),
    _refused("ExpiredTokenException", 400, "ExpiredTokenException"),
    _refused(
        "Signature expired", 400, "InvalidSignatureException", "Signature expired: 20261201T120000Z is now earlier"
    ),
    _refused("RequestTimeTooSkewed", 403, "RequestTimeTooSkewed"),
    _refused("ReplicatedWriteConflictException", 400, "ReplicatedWriteConflictException"),
    _refused("TransactionInProgressException", 400, "TransactionInProgressException", operations=TRANSACTIONS),
    _refused("TransactionConflictException", 400, "TransactionConflictException"),
    _refused("503 ServiceUnavailable", 503, "ServiceUnavailable"),
    Kind("500 InternalServerError, before", NEVER, _always(refusal(500, "InternalServerError"))),
    Kind("500 InternalServerError, after", FIRST, _always(refusal(500, "InternalServerError"))),
    *(
        Kind(f"{status} with {name}", NEVER, _always(page), certain=True)
        for status in (400, 403, 404, 407, 413, 429)
        for name, page in (("HTML", html(status)), ("nothing", foreign(status, b"")))
    ),
)

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (*_CONNECTION, *_CUT, *_FRAMING, *_INTERIM, *_KEPT, *_FOREIGN, *_REFUSED)
}
