"""An entity's codec: response bytes to entities, and what to say where they do not fit.

    bytes --C decoder--> item structs --one constructor call each--> entities

Rules of this file:
- The fast way decodes a whole answer at once. Only if that fails is it read again item by item, to tell an
  item of another entity (left out, or named in NotFoundError) from one that is broken (a DecodeError with the item).
- Nothing is skipped silently: a page says which of its items it could not decode.
- Decoders are made at first use, so that importing a package of a thousand entities costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast

import msgspec
from msgspec import Raw, Struct

from entitystore.answers import (
    UNREADABLE,
    GetAnswer,
    QueryAnswer,
    check,
    decoder,
    foreign,
    item_of,
    last_key,
    read_query,
)
from entitystore.errors import DecodeError, NotFoundError, ValidationError
from entitystore.values import Item

__all__ = ["Codec", "EntityPage", "MixedCodec", "PageReader", "Undecoded", "json_bytes"]

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)
W = TypeVar("W")

_encode = msgspec.json.Encoder().encode


def json_bytes(body: object) -> bytes:
    """A request body from dicts, lists, text and bytes (as base64); ValidationError for text that is no Unicode."""
    try:
        return _encode(body)
    except UnicodeEncodeError:
        # Without its cause, which holds the text.
        raise ValidationError(_lone_surrogate(body, ""), "holds half of a surrogate pair, which is no text") from None


def _lone_surrogate(value: object, name: str) -> str:
    """The attribute whose text cannot be written; "" if there is none."""
    if isinstance(value, str):
        return name if any("\ud800" <= each <= "\udfff" for each in value) else ""
    inner: list[tuple[object, str]] = []
    if isinstance(value, Mapping):
        inner += [(each, name if key in _DESCRIPTORS else key) for key, each in value.items()]
    elif isinstance(value, (list, tuple, set)):
        inner += [(each, name) for each in value]
    return next((found for each in inner if (found := _lone_surrogate(*each))), "")


_DESCRIPTORS = frozenset({"S", "SS", "L", "M"})


class Undecoded(Struct, frozen=True):
    """An item of a page that is not what the schema says. `item` is as it was stored."""

    item: Item
    error: DecodeError


class EntityPage(Struct, Generic[E_co], frozen=True):
    """One page of a query, decoded.

    `positions` gives for each of `items` its place among the page's raw items, where they were read one by one; None
    where all of them are entities, and in their places. `last_key` is the raw key to go on from, None at the end.
    `scanned` counts the items that the service read, before its filter.
    """

    items: Sequence[E_co | Undecoded]
    last_key: bytes | None
    scanned: int
    body: bytes
    positions: Sequence[int] | None = None


class PageReader(Protocol[E_co]):
    """Reads pages of one entity type (`Codec`) or of several (`MixedCodec`)."""

    def read_page(self, body: bytes, index: str = "") -> EntityPage[E_co]: ...

    def read_found(self, raw: Raw, index: str = "") -> E_co | Undecoded | None: ...

    @property
    def fetched(self) -> Collection[str]: ...

    @property
    def type_names(self) -> Sequence[str]: ...

    @property
    def type_attribute(self) -> str: ...

    @property
    def leaves_out_others(self) -> bool: ...

    @property
    def title(self) -> str: ...

    @property
    def item_types(self) -> tuple[type, ...]: ...


class Codec(Generic[E]):
    """How one entity is written and read. Made once per generated module; safe to share between threads.

    `item_type` is the generated struct of the stored item, `from_item` makes the entity from it, `encode` gives the
    item of an entity. `shares_keys`: other entities may lie under this one's keys on purpose, so writes look first.
    `fetched` names the indexes that do not hold all of the entity: what they find is read from the table.
    `compare_keys` raises ValueError for stored keys that `encode` would write otherwise (see `key_forms`); None where
    they have one form.
    """

    leaves_out_others = True
    """Items of other types are no entities of a page, rather than ones that cannot be decoded."""

    def __init__(
        self,
        *,
        entity: str,
        type_name: str,
        type_attribute: str,
        item_type: type[W],
        from_item: Callable[[W], E],
        encode: Callable[[E], Item],
        key_attributes: tuple[str, ...],
        compare_keys: Callable[[Sequence[W], Sequence[E], str], None] | None = None,
        shares_keys: bool = False,
        fetched: Collection[str] = (),
    ) -> None:
        self.entity = entity
        self.type_name = type_name
        self.type_attribute = type_attribute
        self.encode = encode
        self.key_attributes = key_attributes
        self.shares_keys = shares_keys
        self.fetched = fetched
        # The class does not know the item struct W, only these three do.
        self._compare_keys: Callable[[Sequence[Any], Sequence[E], str], None] | None = compare_keys
        self._item_type: type[Any] = item_type
        self._from_item: Callable[[Any], E] = from_item
        self._decode_one: Callable[[bytes], GetAnswer[Any]] | None = None
        self._decode_page: Callable[[bytes], QueryAnswer[Any]] | None = None
        self._decode_raw: Callable[[Raw | bytes], Any] | None = None

    @property
    def type_names(self) -> Sequence[str]:
        return (self.type_name,)

    @property
    def title(self) -> str:
        """What errors call an item."""
        return self.entity

    @property
    def item_types(self) -> tuple[type, ...]:
        """The structs that items are decoded into."""
        return (self._item_type,)

    def item_of(self, entity: E) -> Item:
        """The item of an entity, keys and type included; ValidationError."""
        try:
            return self.encode(entity)
        except RecursionError:
            reason = "contains itself, or is nested more than 32 levels deep, which is all that DynamoDB holds"
            raise ValidationError(self.entity, reason) from None
        except AttributeError as error:  # `del order.total`
            raise ValidationError(error.name or self.entity, "is missing") from error

    def key_of(self, item: Item) -> Item:
        """The table key among an item's attributes."""
        return {name: item[name] for name in self.key_attributes}

    def read_one(self, body: bytes) -> E:
        """The entity of a GetItem answer; NotFoundError, DecodeError."""
        decode = self._decode_one
        if decode is None:
            decode = self._decode_one = _decoder(GetAnswer, self._item_type)
        try:
            item = decode(body).Item
            if item is not None:
                return self._from_item(item)
        except UNREADABLE as error:
            raise self._why_not(_item_in(body, error), error) from error
        check("GetItem", body)
        raise NotFoundError(f"no {self.entity} lies under this key")

    def read_literal(self, body: bytes) -> E:
        """The same, of an answer to a key that this package need not have made, which is compared."""
        raw = _read_raw(body).Item
        if bytes(raw) in (b"", b"null"):
            check("GetItem", body)
            raise NotFoundError(f"no {self.entity} lies under this key")
        return self.read_raw(raw)

    def read_page(self, body: bytes, index: str = "") -> EntityPage[E]:
        """The entities of a Query answer of an index, "" for the table's. Items of other entities are left out."""
        decode = self._decode_page
        if decode is None:
            decode = self._decode_page = _decoder(QueryAnswer, self._item_type)
        from_item = self._from_item
        try:
            answer = decode(body)
            items = [from_item(item) for item in answer.Items]
            if self._compare_keys is not None:
                self._compare_keys(answer.Items, items, index)
        except UNREADABLE:
            return _read_singly(body, self.read_found, index)
        return EntityPage(items, last_key(answer.LastEvaluatedKey), answer.ScannedCount, body)

    def read_raw(self, raw: Raw | bytes, index: str = "") -> E:
        """The entity of one stored item's JSON; NotFoundError where it is another entity's, DecodeError."""
        decode = self._decode_raw
        if decode is None:
            decode = self._decode_raw = msgspec.json.Decoder(self._item_type).decode
        try:
            return self._compared(decode(raw), index)
        except UNREADABLE as error:
            raise self._why_not(item_of(raw), error) from error

    def read_item(self, item: Mapping[str, Mapping[str, object]]) -> E:
        """The entity of an item as DynamoDB JSON, or in boto3's form (B as bytes); NotFoundError, DecodeError."""
        try:
            return self._compared(msgspec.convert(item, self._item_type), "")
        except UNREADABLE as error:
            whole = {name: dict(value) for name, value in item.items()}
            raise self._why_not(whole, error) from error

    def _compared(self, item: Any, index: str) -> E:
        """The entity of an item whose keys are those that it would be written under; ValueError for others."""
        entity = self._from_item(item)
        if self._compare_keys is not None:
            self._compare_keys([item], [entity], index)
        return entity

    def read_found(self, raw: Raw, index: str = "") -> E | Undecoded | None:
        """What one stored item is among those that were found; None where it is another entity's."""
        try:
            return self.read_raw(raw, index)
        except NotFoundError:
            return None
        except DecodeError as error:
            return Undecoded(item_of(raw), error)

    def _why_not(self, item: Item, error: Exception) -> NotFoundError | DecodeError:
        """Another entity's item under the key, or a broken one of ours."""
        found = type_of(item, self.type_attribute)
        if found is not None and found != self.type_name:
            message = f"no {self.entity} lies under this key, but an item of type {found!r}"
            return NotFoundError(message, found_type=found)
        if found is None:
            return DecodeError(self.entity, f"it has no type in the attribute {self.type_attribute!r}", item)
        return DecodeError(self.entity, str(error), item)


class MixedCodec(Generic[E]):
    """Reads pages whose items are of several entity types. `codecs` is keyed by the stored type name."""

    leaves_out_others = False
    """Items of unknown types are Undecoded."""

    def __init__(self, type_attribute: str, codecs: Mapping[str, Codec[E]]) -> None:
        self.type_attribute = type_attribute
        self._codecs = codecs
        self._read_tag: Callable[[Raw], _Tag] | None = None
        self._fetched: Collection[str] | None = None

    @property
    def type_names(self) -> Sequence[str]:
        return tuple(self._codecs)

    @property
    def title(self) -> str:
        """What errors call an item."""
        return "every entity of this table"

    @property
    def item_types(self) -> tuple[type, ...]:
        """The structs that items are decoded into."""
        return tuple(each for codec in self._codecs.values() for each in codec.item_types)

    @property
    def fetched(self) -> Collection[str]:
        """The indexes that do not hold all of every entity."""
        if self._fetched is None:
            self._fetched = frozenset(index for codec in self._codecs.values() for index in codec.fetched)
        return self._fetched

    def read_page(self, body: bytes, index: str = "") -> EntityPage[E]:
        """The entities of a Query answer, each as its stored type says; an unknown type is undecoded."""
        read_tag = self._read_tag or self._tag_reader()
        codecs = self._codecs
        answer = read_query(body)
        try:
            items = [codecs[read_tag(raw).type.S].read_raw(raw, index) for raw in answer.Items]
        except (KeyError, DecodeError, *UNREADABLE):
            return _read_singly(body, self.read_found, index)
        return EntityPage(items, last_key(answer.LastEvaluatedKey), answer.ScannedCount, body)

    def read_found(self, raw: Raw, index: str = "") -> E | Undecoded | None:
        """The entity of one stored item, as its type says; an unknown type is undecoded."""
        try:
            read_tag = self._read_tag or self._tag_reader()
            codec = self._codecs[read_tag(raw).type.S]
            return codec.read_raw(raw, index)
        except DecodeError as error:
            return Undecoded(item_of(raw), error)
        except (KeyError, *UNREADABLE):
            return self._unknown(item_of(raw))

    def _tag_reader(self) -> Callable[[Raw], _Tag]:
        tag = msgspec.defstruct("Tag", [("type", _TypeText, msgspec.field(name=self.type_attribute))], gc=False)
        self._read_tag = cast("msgspec.json.Decoder[_Tag]", msgspec.json.Decoder(tag)).decode
        return self._read_tag

    def _unknown(self, item: Item) -> Undecoded:
        found = type_of(item, self.type_attribute)
        reason = "it has no type" if found is None else f"this package knows no entity type {found!r}"
        return Undecoded(item, DecodeError("item", reason, item))


class _TypeText(Struct, gc=False):
    S: str


class _Tag(Protocol):
    type: _TypeText


def type_of(item: Mapping[str, object], attribute: str) -> str | None:
    """The stored type name of an item, None where it has none."""
    value = item.get(attribute)
    found = value.get("S") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _read_singly(body: bytes, read: Callable[[Raw, str], E | Undecoded | None], index: str) -> EntityPage[E]:
    answer = read_query(body)
    found = [(place, each) for place, raw in enumerate(answer.Items) if (each := read(raw, index)) is not None]
    return EntityPage(
        [each for _, each in found],
        last_key(answer.LastEvaluatedKey),
        answer.ScannedCount,
        body,
        [place for place, _ in found],
    )


def _item_in(body: bytes, error: Exception) -> Item:
    """The item of a GetItem answer that could not be read; TransportError where the answer holds none."""
    raw = bytes(_read_raw(body).Item)
    if not raw:
        raise foreign(error) from error
    return item_of(raw)


class _RawAnswer(Struct, gc=False):
    Item: Raw = Raw()


_read_raw = decoder(_RawAnswer)


def _decoder(answer: Any, item_type: type[Any]) -> Callable[[bytes], Any]:
    """The decoder of an answer that holds items of this type."""
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(answer[item_type]).decode
    return decode
