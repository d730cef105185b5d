"""Cursors: where a query goes on, as text that a client may hold.

Rules of this file:
- A cursor comes back from outside and is not trusted. It names its query by a digest; its key must have exactly the
  attributes of the index and the table, lie in the query's partition and inside its range. All that a forged
  one can do is begin elsewhere within the very range that the query reads.
- Without a seal (cursor_seal.py) it is not encrypted: it holds the key of the last item that was seen, on an index
  that of the table as well.
- Nothing is parsed that is no text, or longer than any cursor.
- A cursor of a query with a limit also says how many entities have been given, so that the limit bounds all pages.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
from msgspec import Struct

from entitystore.conditions import KeyRange
from entitystore.errors import ValidationError
from entitystore.values import Key

if TYPE_CHECKING:
    from entitystore.cursor_seal import CursorSeal

__all__ = ["MAX_LENGTH", "Start", "decode_cursor", "encode_cursor", "opened", "query_digest"]

# DynamoDB's limits in bytes: 2048 for a partition key, 1024 for a sort key, 255 for the name of either.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_KEY_BYTES = 2048 + 1024 + 2 * 255
_ESCAPE = 6  # characters of JSON for a byte of a control character: \u0001
_AROUND = 256  # the digest, types and punctuation

MAX_LENGTH = (2 * _KEY_BYTES * _ESCAPE + _AROUND) * 4 // 3 + 4
"""Characters of the longest cursor without a seal: the key of an index and that of the table, as JSON in base64."""


class Start(NamedTuple):
    """Where a query goes on: after a key, None for its beginning, and after how many entities of its limit."""

    key: Mapping[str, object] | None
    given: int = 0


class _Cursor(Struct, array_like=True, forbid_unknown_fields=True):
    digest: str
    key: dict[str, dict[str, str]]
    given: Annotated[int, msgspec.Meta(ge=0)] = 0


_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(_Cursor)


def query_digest(*parts: str) -> str:
    """Tells one query from another: table, index, partition, range, direction."""
    text = "".join(f"{len(part)}:{part}" for part in parts)  # with lengths, so that no two lists give one text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def encode_cursor(digest: str, last_key: Mapping[str, object] | bytes, given: int = 0) -> str:
    """The cursor after `last_key`, a key as DynamoDB JSON, parsed or as bytes, and `given` entities of a limit."""
    key = msgspec.json.decode(last_key) if isinstance(last_key, bytes) else last_key
    text = _encoder.encode([digest, key, given] if given else [digest, key])
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def opened(cursor: str, seal: CursorSeal | None, parts: int = 1) -> str:
    """A cursor from outside without its seal; ValidationError for what is no text, or longer than so many `parts`."""
    if not isinstance(cursor, str):
        raise ValidationError("cursor", f"has to be a str, not {type(cursor).__name__}")
    if len(cursor) > parts * MAX_LENGTH * (1 if seal is None else 2):
        raise ValidationError("cursor", "is longer than any that this library gave")
    return cursor if seal is None else seal.open(cursor)


def decode_cursor(cursor: str, digest: str, types: Mapping[str, str]) -> tuple[dict[str, dict[str, str]], int]:
    """The key to start after, and how many were given; ValidationError for what is no cursor of this query.

    `types` are the attributes that the key must have, and their DynamoDB types.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = _decoder.decode(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, msgspec.DecodeError) as error:  # not ASCII, not base64, not UTF-8; not the JSON of a cursor
        raise ValidationError("cursor", "is not one that this library gave") from error
    if found.digest != digest:
        raise ValidationError("cursor", "belongs to another query")
    if found.key.keys() != types.keys() or not all(_is_key(found.key[name], types[name]) for name in types):
        raise ValidationError("cursor", "is not one that this library gave")
    return found.key, found.given


def _is_key(value: Mapping[str, str], kind: str) -> bool:
    return list(value) == [kind] and (kind != "N" or _NUMBER.fullmatch(value[kind]) is not None)


def check_inside(key: Key | Mapping[str, Mapping[str, str]], attribute: str, within: KeyRange) -> None:
    """ValidationError if the sort key of a cursor lies outside of the query's range."""
    text = key[attribute].get("S")
    if isinstance(text, str) and not within.holds(text):
        raise ValidationError("cursor", "lies outside of the query's range")
