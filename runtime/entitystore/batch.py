"""Many items in few calls: BatchGetItem and BatchWriteItem as flows.

Rules of this file:
- Everything is encoded and checked before anything is sent.
- Nothing is dropped: what a call leaves over is sent again with full jitter. Calls follow each other, and each has
  `deadline` seconds until the service has taken (or given) the whole of it; after that comes IncompleteBatchError.
- One call never names a key twice, which DynamoDB refuses. `1` and `1.0` are one key if it is a number.
- A batch write whose answer was lost is not sent again: in the meantime another writer may have built on what it
  wrote. IncompleteBatchError then names what may not have been written; whoever knows better calls again.
- BatchWriteItem takes no conditions. An entity that shares its keys with others, whose writes must look at what lies
  there, is therefore refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias, TypeVar

from msgspec import Raw, Struct, structs

from entitystore.answers import decoder, foreign, key_in, read_attributes
from entitystore.backoff import full_jitter
from entitystore.client import Flow, Pause, Request, clock
from entitystore.codec import Codec, json_bytes
from entitystore.errors import (
    THROTTLING_CODES,
    DecodeError,
    EntityStoreError,
    IncompleteBatchError,
    NotFoundError,
    ServiceError,
    TimeoutError,
    TransportError,
    ValidationError,
    translate,
)
from entitystore.item_size import MAX_ITEM_SIZE, item_size
from entitystore.transports import CallContext
from entitystore.values import Item, Key

__all__ = ["BATCH_DEADLINE", "delete_many", "get_many", "put_many", "read_many"]

E = TypeVar("E")
T = TypeVar("T")

BATCH_DEADLINE = 30.0
"""Seconds in which the service must have taken all that one call holds."""

_GETS_A_CALL = 100
_WRITES_A_CALL = 25
_BYTES_A_CALL = 15 * 2**20  # the limit is 16 MB for the whole request; this leaves room for what surrounds the items

_Identity: TypeAlias = tuple[object, ...]


class _Part(Struct, frozen=True):
    """One key to get, or one item to put or key to delete: its JSON within a call."""

    key: Key
    json: bytes


_Parts: TypeAlias = dict[_Identity, _Part]


def get_many(
    codec: Codec[E],
    table_name: str,
    keys: Iterable[Key],
    *,
    consistent: bool = False,
    deadline: float = BATCH_DEADLINE,
) -> Flow[list[E | None]]:
    """The entities under `keys`, in their order; None where there is none of this type.

    A key that is given twice is asked for once and answered twice. IncompleteBatchError, DecodeError.
    """
    return read_many(
        codec.key_attributes,
        table_name,
        keys,
        lambda raw: _read(codec, raw),
        f"{codec.entity} keys",
        codec.title,
        consistent=consistent,
        deadline=deadline,
        entity=codec.entity,
        method="get_many",
    )


def read_many(
    key_attributes: tuple[str, ...],
    table_name: str,
    keys: Iterable[Key],
    read: Callable[[Raw], T | None],
    what: str,
    title: str,
    *,
    consistent: bool = False,
    attributes: Sequence[str] = (),
    deadline: float = BATCH_DEADLINE,
    entity: str | None = None,
    method: str = "",
) -> Flow[list[T | None]]:
    """What `read` makes of the items under `keys`, in their order; None where there is none.

    `attributes`: these alone are read, the key's among them; all if there are none. `what` says in an error what was
    not answered, `title` what an item is called. IncompleteBatchError, DecodeError, and whatever `read` raises.
    """
    wanted = list(keys)
    positions: dict[_Identity, list[int]] = {}
    for position, key in enumerate(wanted):
        positions.setdefault(_identity(key_attributes, key), []).append(position)
    parts = {identity: _get_part(wanted[places[0]]) for identity, places in positions.items()}
    found: list[T | None] = [None] * len(wanted)
    options = _get_options(consistent, attributes)

    def accept(answer: bytes) -> list[_Identity]:
        decoded = _gotten(answer)
        for raw in (each for items in decoded.Responses.values() for each in items):
            places = positions.get(_identity_of_answer(read_attributes(raw, key_attributes, title)) or ())
            if places is None:
                raise foreign("it holds an item that was not asked for")
            for place in places:
                found[place] = read(raw)
        left = decoded.UnprocessedKeys or {}
        return [_identity(key_attributes, key) for table in left.values() for key in table.Keys]

    def request(some: Collection[_Part]) -> Request:
        asked = {"Keys": [Raw(part.json) for part in some]} | options
        body = json_bytes({"RequestItems": {table_name: asked}})
        return Request("BatchGetItem", body, None, entity, method)

    yield from _Batch(request, accept, deadline, f"{what} were not answered").run(parts, _GETS_A_CALL)
    return found


def _get_options(consistent: bool, attributes: Sequence[str]) -> dict[str, object]:
    """What a call says besides its keys."""
    options: dict[str, object] = {"ConsistentRead": True} if consistent else {}
    if attributes:
        names = {f"#a{place}": name for place, name in enumerate(attributes)}
        options |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    return options


def put_many(
    codec: Codec[E], table_name: str, entities: Iterable[E], *, deadline: float = BATCH_DEADLINE
) -> Flow[None]:
    """Store every one of `entities`, each in place of whatever lies under its key.

    Of two with one key, the later one is stored. ValidationError before anything is sent, which names the entity's
    position where it is too large; IncompleteBatchError.
    """
    _refuse_shared_keys(codec, "put_many")
    parts: _Parts = {}
    for position, entity in enumerate(entities):
        item = codec.item_of(entity)
        identity = _identity(codec.key_attributes, item)
        parts.pop(identity, None)
        parts[identity] = _put_part(codec, item, position)
    yield from _write(codec, table_name, parts, deadline, "put_many")


def delete_many(
    codec: Codec[E], table_name: str, keys: Iterable[Key], *, deadline: float = BATCH_DEADLINE
) -> Flow[None]:
    """Remove whatever lies under `keys`; nothing happens where nothing does. IncompleteBatchError."""
    _refuse_shared_keys(codec, "delete_many")
    parts = {_identity(codec.key_attributes, key): _delete_part(key) for key in keys}
    yield from _write(codec, table_name, parts, deadline, "delete_many")


def _refuse_shared_keys(codec: Codec[E], call: str) -> None:
    if codec.shares_keys:
        reason = f"a {codec.entity} shares its keys with other entities, so each write needs a condition, and a batch"
        raise ValidationError(call, f"{reason} has none; write them one by one")


def _write(codec: Codec[E], table_name: str, parts: _Parts, deadline: float, method: str) -> Flow[None]:
    def accept(answer: bytes) -> list[_Identity]:
        try:
            left = _written(answer).UnprocessedItems or {}
            return [_identity_of_write(codec, write) for table in left.values() for write in table]
        except TransportError as error:
            error.maybe_applied = True
            raise

    def request(some: Collection[_Part]) -> Request:
        writes = [Raw(part.json) for part in some]
        body = json_bytes({"RequestItems": {table_name: writes}})
        return Request("BatchWriteItem", body, None, codec.entity, method)

    batch = _Batch(request, accept, deadline, f"{codec.entity} writes were not taken", writes=True)
    yield from batch.run(parts, _WRITES_A_CALL)


class _Batch:
    """The calls of one batch. `accept` reads an answer and tells what it left over."""

    def __init__(
        self,
        request: Callable[[Collection[_Part]], Request],
        accept: Callable[[bytes], Iterable[_Identity]],
        deadline: float,
        complaint: str,
        *,
        writes: bool = False,
    ) -> None:
        self._request = request
        self._accept = accept
        self._deadline = deadline
        self._complaint = complaint
        self._writes = writes
        self._has_written = False
        self._is_unsure = False  # whether a lost sending of this call may have written what a later one left over
        self._refusal: ServiceError | None = None

    def run(self, parts: _Parts, most: int) -> Flow[None]:
        """Make the calls, each of at most `most` parts; empties `parts`."""
        while parts:
            chunk = _take(parts, most)
            yield from self._finish(chunk, parts)

    def _finish(self, chunk: _Parts, rest: _Parts) -> Flow[None]:
        """Repeat one call for what it leaves over, until nothing is."""
        until = clock() + self._deadline
        retry = 0
        self._is_unsure = False
        while chunk:
            try:
                left = yield from self._send(chunk, until)
            except (ServiceError, TransportError) as error:
                failure = self._failure(error, until, chunk, rest)
                raise failure from (failure.__cause__ if failure is error else error)
            self._has_written |= self._writes and len(left) < len(chunk)
            chunk = left
            if chunk:
                yield self._pause(until, retry, chunk, rest)
                retry += 1

    def _send(self, chunk: _Parts, until: float) -> Flow[_Parts]:
        """One call; what it left over, which is everything if it was throttled."""
        request, context = self._request(chunk.values()), CallContext(deadline=until)
        try:
            answer = yield structs.replace(request, context=context)
        except ServiceError as error:
            if error.code not in THROTTLING_CODES:
                raise
            self._refusal = error
            return chunk
        self._is_unsure |= self._writes and context.maybe_applied
        left = set(self._accept(answer))
        if not left <= chunk.keys():
            raise TransportError("the service put off a key that it was not given", maybe_applied=self._writes)
        return {identity: part for identity, part in chunk.items() if identity in left}

    def _pause(self, until: float, retry: int, chunk: _Parts, rest: _Parts) -> Pause:
        left = until - clock()
        if left <= 0.0:
            refusal = None if self._refusal is None else translate(self._refusal)
            raise self._incomplete(f"after {self._deadline:g} seconds", chunk, rest) from refusal
        return Pause(min(full_jitter(retry), left))

    def _failure(
        self, error: ServiceError | TransportError, until: float, chunk: _Parts, rest: _Parts
    ) -> EntityStoreError:
        """The error itself where nothing was written, else one that says what is missing."""
        self._is_unsure |= self._writes and error.maybe_applied
        if self._is_unsure:
            return self._incomplete("for certain, since an answer was lost", chunk, rest)
        if isinstance(error, TimeoutError) and clock() >= until:
            return self._incomplete(f"after {self._deadline:g} seconds", chunk, rest)
        if self._has_written:
            return self._incomplete(f"because of {error.code or 'a fault of the connection'}", chunk, rest)
        return translate(error) if isinstance(error, ServiceError) else error

    def _incomplete(self, why: str, chunk: _Parts, rest: _Parts) -> IncompleteBatchError:
        missing = [part.key for part in (*chunk.values(), *rest.values())]
        error = IncompleteBatchError(f"{len(missing)} {self._complaint} {why}", missing)
        error.maybe_applied = self._is_unsure
        return error


def _take(parts: _Parts, most: int) -> _Parts:
    """Remove and return the first parts: at most so many, and no more bytes than a request holds."""
    chunk: _Parts = {}
    size = 0
    for identity, part in parts.items():
        size += len(part.json)
        if len(chunk) == most or (chunk and size > _BYTES_A_CALL):
            break
        chunk[identity] = part
    for identity in chunk:
        del parts[identity]
    return chunk


def _get_part(key: Key) -> _Part:
    return _Part(key, json_bytes(key))


def _delete_part(key: Key) -> _Part:
    return _Part(key, json_bytes({"DeleteRequest": {"Key": key}}))


def _put_part(codec: Codec[E], item: Item, position: int) -> _Part:
    json = json_bytes({"PutRequest": {"Item": item}})
    # JSON is never shorter than what DynamoDB counts, so most items need no second look.
    if len(json) > MAX_ITEM_SIZE and (size := item_size(item)) > MAX_ITEM_SIZE:
        reason = f"takes {size} bytes; DynamoDB stores items of at most {MAX_ITEM_SIZE}"
        raise ValidationError(f"entities[{position}]", reason)
    return _Part({name: item[name] for name in codec.key_attributes}, json)


def _identity(key_attributes: tuple[str, ...], key: Mapping[str, Mapping[str, object]]) -> _Identity:
    """What two spellings of one key have in common."""
    return _identity_of([key[name] for name in key_attributes])


def _identity_of(values: Iterable[Mapping[str, object]]) -> _Identity:
    found: list[object] = []
    for value in values:
        for kind, text in value.items():
            found.append(Decimal(text) if kind == "N" and isinstance(text, str) else text)
    return tuple(found)


def _identity_of_answer(values: Iterable[Mapping[str, object]]) -> _Identity | None:
    """The same of an answer, which may hold anything; None for what is no key."""
    found = tuple(values)
    if not all(isinstance(text, str) for value in found for text in value.values()):
        return None
    try:
        return _identity_of(found)
    except ArithmeticError:  # a number that is none
        return None


class _Keys(Struct):
    Keys: list[dict[str, dict[str, str]]]


class _Put(Struct):
    Item: Raw


class _Delete(Struct):
    Key: Raw


class _WriteRequest(Struct):
    PutRequest: _Put | None = None
    DeleteRequest: _Delete | None = None


class _GetAnswer(Struct):
    Responses: dict[str, list[Raw]]
    UnprocessedKeys: dict[str, _Keys] | None = None


class _WriteAnswer(Struct):
    UnprocessedItems: dict[str, list[_WriteRequest]] | None


_gotten = decoder(_GetAnswer)
_written = decoder(_WriteAnswer)


def _identity_of_write(codec: Codec[E], write: _WriteRequest) -> _Identity:
    attributes: Raw | None = None
    if write.PutRequest is not None:
        attributes = write.PutRequest.Item
    elif write.DeleteRequest is not None:
        attributes = write.DeleteRequest.Key
    if attributes is None:
        raise foreign("it puts off a write that is none")
    try:
        return _identity(codec.key_attributes, key_in(attributes, codec.key_attributes, codec.title))
    except DecodeError as error:
        raise foreign("it puts off a write without a key") from error


def _read(codec: Codec[E], raw: Raw) -> E | None:
    """The entity, None for an item of another type."""
    try:
        return codec.read_raw(raw)
    except NotFoundError:
        return None
