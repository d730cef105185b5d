"""What is fuzzed: each target reads bytes of anybody, and says what may come of them.

Rule: a target returns, or raises AssertionError for what may not be. Documented errors are caught by it, so that any
other exception is a finding as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from entitystore.condition_text import read_condition
from entitystore.cursor import decode_cursor, encode_cursor, query_digest
from entitystore.errors import DecodeError, NotFoundError, TransportError, ValidationError
from entitystore.expressions import parse_condition
from entitystore.transports.head import any_head, usual_head
from entitystore.transports.http1 import Response, ResponseReader, service_error
from tests.guards.paths import CannedTransport, order_store, shop_store
from tests.service import expressions

__all__ = ["TARGETS", "Target"]

Target = Callable[[bytes], None]

DIGEST = query_digest("shop", "", "USER#1")
TYPES = {"PK": "S", "SK": "S", "n": "N"}


def heads(data: bytes) -> None:
    """A response, in whatever pieces it arrives, is the same response, or none."""
    whole = _read([data])
    cuts = sorted(byte % (len(data) + 1) for byte in hashlib.sha256(data).digest()[:3])
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    in_pieces = _read([piece for piece in pieces if piece])
    assert in_pieces == whole, f"in pieces it is {in_pieces}, and {whole} at once"
    head = data.partition(b"\r\n\r\n")[0]
    if (usual := usual_head(head)) is not None:
        general = any_head(head)
        fields = ("status", "length", "chunked", "keep_alive", "crc32")
        assert [getattr(usual, name) for name in fields] == [getattr(general, name) for name in fields]


def _read(pieces: Sequence[bytes]) -> tuple[object, ...]:
    """What the response of these pieces and the end of the connection says, or the word that there is none."""
    reader = ResponseReader()
    answer: Response | None = None
    try:
        for piece in pieces:
            if answer is not None:
                return ("broken",)  # bytes that nobody asked for end a connection, which has answered its call
            answer = _fed(reader, piece)
        if answer is None:
            answer = reader.end()
    except TransportError:
        return ("broken",)
    if answer.status != 200:
        assert service_error(answer).code
    return answer.status, answer.body, answer.keep_alive, answer.request_id


def _fed(reader: ResponseReader, piece: bytes) -> Response | None:
    """Feed one piece as the transports do: into the window of a large body, where there is one."""
    answer = None
    while piece and answer is None:
        window = reader.window
        if window is None:
            return reader.feed(piece)
        count = min(len(window), len(piece))
        window[:count] = piece[:count]
        answer = reader.advance(count)
        piece = piece[count:]
    assert not piece, "more bytes were taken than the window of a body holds"
    return answer


def items(data: bytes) -> None:
    """A stored item is an entity that is written as it is read, if at all, or a documented error."""
    for body in (data, b'{"Item":%s}' % data, b'{"Items":[%s],"Count":1,"ScannedCount":1}' % data):
        for read in (_one, _page, _query, _stream):
            for order in _documented(read, body):
                try:
                    stored = order_store.encode(order)
                except ValidationError:  # reading is more generous: what is stored need not keep to the schema of today
                    continue
                assert order_store.decode(stored) == order


def _one(body: bytes) -> list[Any]:
    return [order_store.CODEC.read_one(body)]


def _page(body: bytes) -> list[Any]:
    return [each for each in order_store.CODEC.read_page(body).items if isinstance(each, shop_store.Order)]


def _query(body: bytes) -> list[Any]:
    table = shop_store.connect(transport=CannedTransport(body))
    return [*table.order.by_user_id(user_id="u-1").page().items]


def _stream(body: bytes) -> list[Any]:
    table = shop_store.connect(transport=CannedTransport(body))
    stream = table.order.by_user_id(user_id="u-1").stream(max_retries=0)
    return [each.item for each in stream if each.item is not None]


def _documented(read: Callable[[bytes], list[Any]], body: bytes) -> list[Any]:
    """What is read, which is nothing for an error that is documented."""
    try:
        return read(body)
    except DecodeError as error:
        is_item = isinstance(error.item, dict)
    except (NotFoundError, TransportError):
        is_item = True
    assert is_item, "a DecodeError without its item"
    return []


def cursors(data: bytes) -> None:
    """What is accepted is a key of the query, and comes back as the same one."""
    text = data.decode("latin-1")
    try:
        key, given = decode_cursor(text, DIGEST, TYPES)
    except ValidationError:
        return
    assert {name: [*value] for name, value in key.items()} == {name: [kind] for name, kind in TYPES.items()}
    assert decode_cursor(encode_cursor(DIGEST, key, given), DIGEST, TYPES) == (key, given)


def conditions(data: bytes) -> None:
    """What is accepted binds all that it uses and nothing else. What cannot be parsed is left to the service."""
    text = data.decode("utf-8", "replace")
    try:
        read_condition(text)
        parsed = parse_condition(text, {"a": "1", "b": 2}, {"#n": "note"}, order_store.CODEC, shop_store.TABLE)
    except ValidationError:
        return
    try:
        tree = expressions.parse(parsed.text)
    except expressions.Malformed:
        return
    used = {each for each in expressions.placeholders(tree) if each[0] in "#:"}
    assert used == set(parsed.names) | set(parsed.values), (parsed.text, used)


TARGETS: dict[str, Target] = {"conditions": conditions, "cursors": cursors, "heads": heads, "items": items}
