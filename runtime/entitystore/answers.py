"""What answers look like, whatever they hold: the envelope of each operation, and stored items as JSON.

Rules of this file:
- An answer is a JSON object with members of its operation. Whatever else says 200 (a login page, a proxy, another
  service) did nothing of what was asked: TransportError, and WriteOutcomeUnknownError from a write.
- An item that is there and malformed is DecodeError, with the item; one that is no JSON object is no item.
- msgspec's messages name places and types, never content, so they may be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import Raw, Struct, field, structs

from entitystore.errors import DecodeError, TransportError
from entitystore.values import Item

__all__ = [
    "UNREADABLE",
    "GetAnswer",
    "QueryAnswer",
    "check",
    "decoder",
    "foreign",
    "item_of",
    "key_in",
    "last_key",
    "read_attributes",
    "read_items",
    "read_query",
    "refuse_another",
    "written",
]

T = TypeVar("T")
W = TypeVar("W")

UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What reading raises: for another structure, for text that is not UTF-8, for nesting without end, and where keys are
compared ValidationError, of a value that fits no key."""


class GetAnswer(Struct, Generic[W], gc=False):
    """The answer of GetItem."""

    Item: W | None = None


class QueryAnswer(Struct, Generic[W], gc=False):
    """The answer of Query and Scan. An absent `LastEvaluatedKey` means that there is no further page."""

    Items: list[W]
    LastEvaluatedKey: Raw = Raw()  # msgspec reads `Raw | None` as None alone
    ScannedCount: int = 0


_WRITTEN = frozenset({"Attributes", "ConsumedCapacity", "ItemCollectionMetrics"})
_TABLE = frozenset({"TableDescription"})
_MEMBERS: Mapping[str, frozenset[str]] = {
    "CreateTable": _TABLE,
    "DeleteItem": _WRITTEN,
    "DeleteTable": _TABLE,
    "GetItem": frozenset({"ConsumedCapacity", "Item"}),
    "PutItem": _WRITTEN,
    "UpdateTimeToLive": frozenset({"TimeToLiveSpecification"}),
}
"""The members of answers that may have none (Amazon DynamoDB API Reference). Later ones may come beside them."""


def foreign(why: object) -> TransportError:
    """The error for an answer that is not DynamoDB's."""
    return TransportError(f"the answer is not DynamoDB's: {why}")


def check(operation: str, body: bytes) -> None:
    """Raise TransportError unless the answer has no members, or one at least that is its operation's."""
    if body == b"{}":
        return
    members = _members(body).keys()
    if members and members.isdisjoint(_MEMBERS[operation]):
        raise foreign(f"nothing in it is of {operation}")


def written(operation: str, body: bytes) -> None:
    """Do nothing for the answer of a write; WriteOutcomeUnknownError for one that is none."""
    if body == b"{}":
        return
    try:
        check(operation, body)
    except TransportError as error:
        from entitystore.transports.retries import outcome_unknown

        error.maybe_applied = True
        raise outcome_unknown(operation, error) from error


def decoder(type_: type[T]) -> Callable[[bytes], T]:
    """Reads answers of this structure; what the decoder returns raises TransportError for any other."""
    decode = msgspec.json.Decoder(type_).decode

    def read(body: bytes) -> T:
        try:
            return decode(body)
        except UNREADABLE as error:
            raise foreign(error) from error

    return read


class _Items(Struct, gc=False):
    Items: list[Raw]


_members = decoder(dict[str, Raw])
read_query = decoder(QueryAnswer[Raw])
"""The answer of a query whose items are read one by one."""

_read_items = decoder(_Items)


def read_items(body: bytes) -> list[Raw]:
    """The items of a query's answer, as JSON."""
    return _read_items(body).Items


def last_key(raw: Raw) -> bytes | None:
    """The JSON of a LastEvaluatedKey; None where there was none, which is the end. TransportError."""
    text = bytes(raw)
    if text in (b"", b"null"):
        return None
    if text[:1] != b"{":
        raise foreign("its LastEvaluatedKey is no key")
    return text


def item_of(raw: Raw | bytes) -> Item:
    """A stored item as it came, to be shown with an error; TransportError for what is no item."""
    return cast(Item, _item(bytes(raw)))


_item = decoder(dict[str, Any])


def read_attributes(
    raw: Raw, names: tuple[str, ...], title: str, *, may_lack: bool = False
) -> tuple[dict[str, object], ...]:
    """These attributes of a stored item, `{}` for one that it may lack; DecodeError, which calls it `title`."""
    try:
        return structs.astuple(_attribute_decoder(names, may_lack).decode(raw))
    except UNREADABLE as error:
        raise DecodeError(title, str(error), item_of(raw)) from error


def key_in(raw: Raw, names: Collection[str], title: str) -> dict[str, dict[str, str]]:
    """The key that these attributes of a stored item are; DecodeError."""
    ordered = tuple(sorted(names))
    try:
        return dict(zip(ordered, structs.astuple(_key_decoder(ordered).decode(raw)), strict=True))
    except UNREADABLE as error:
        raise DecodeError(title, str(error), item_of(raw)) from error


class _Gotten(Struct, gc=False):
    Item: dict[str, Raw] | None = None


_gotten = decoder(_Gotten)


def refuse_another(key: Item, body: bytes) -> None:
    """Raise TransportError for a GetItem answer with the item of another key. An item may lack its key."""
    item = _gotten(body).Item or {}
    for name, asked in key.items():
        if name in item and not _is_same(asked, _attribute(item[name])):
            raise foreign("it holds an item that was not asked for")


def _attribute(raw: Raw) -> dict[str, object]:
    try:
        return _read_attribute(raw)
    except UNREADABLE:
        return {}


def _is_same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two values of a key are one: numbers may be spelled in many ways."""
    if one.keys() != other.keys() or "N" not in one:
        return one == other
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(str(one["N"])) == Decimal(str(other["N"]))
    except InvalidOperation:
        return False


_read_attribute = msgspec.json.Decoder(dict[str, object]).decode


@cache
def _attribute_decoder(names: tuple[str, ...], may_lack: bool) -> msgspec.json.Decoder[Struct]:
    """Passes over all other attributes in C."""
    fields = []
    for place, name in enumerate(names):
        stored = field(name=name, default_factory=dict[str, object]) if may_lack else field(name=name)
        fields.append((f"attribute{place}", dict[str, object], stored))
    return msgspec.json.Decoder(msgspec.defstruct("Attributes", fields, gc=False))


@cache
def _key_decoder(names: tuple[str, ...]) -> msgspec.json.Decoder[Struct]:
    fields = [(f"attribute{place}", dict[str, str], field(name=name)) for place, name in enumerate(names)]
    return msgspec.json.Decoder(msgspec.defstruct("Key", fields, gc=False))
