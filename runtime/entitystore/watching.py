"""Calls that somebody watches: what is told of them, and what is counted.

Rules of this file:
- One watched call is a `Watch`, whatever carries it: begun before the transport is called, ended by its answer or its
  error. The drivers alone differ by their `await`.
- What a call is about is read from its body, once more: only watched calls pay for that.
- What cannot be read of an answer is left out. Whether the answer is right is for others to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Raw, Struct

from entitystore.errors import EntityStoreError, ServiceError, ThrottledError, translate
from entitystore.observing import CallInfo, Capacity, CapacityDetail, Observer, Outcome, active_usages, watched
from entitystore.transports import CallContext

if TYPE_CHECKING:
    from entitystore.client import Request

__all__ = ["Observers", "Totals", "Usage", "Watch", "begin"]

T = TypeVar("T")

_DETAILS: Mapping[CapacityDetail, int] = {"none": 0, "total": 1, "indexes": 2}
_WITH_CAPACITY = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)


class Observers:
    """The observers of one client, and how much they want to know of capacity."""

    def __init__(self) -> None:
        self._observers: tuple[Observer, ...] = ()
        self.capacity: CapacityDetail = "none"

    def add(self, observer: Observer, capacity: CapacityDetail) -> None:
        """Tell the observer of all calls from now on."""
        self._observers = (*self._observers, observer)
        if _DETAILS[capacity] > _DETAILS[self.capacity]:
            self.capacity = capacity
        watched.append(self)

    def remove(self, observer: Observer) -> None:
        """Tell the observer of no further call."""
        left = tuple(each for each in self._observers if each is not observer)
        if len(left) != len(self._observers):
            self._observers = left
            watched.remove(self)

    def clear(self) -> None:
        """Tell nobody of any further call."""
        for observer in self._observers:
            self.remove(observer)

    def started(self, call: CallInfo) -> list[tuple[Observer, object]]:
        """Tell of a call that begins: who was told, and what each returned."""
        told: list[tuple[Observer, object]] = []
        for observer in self._observers:
            try:
                told.append((observer, observer.started(call)))
            except Exception as error:
                self._drop(observer, error)
        return told

    def finished(self, told: Iterable[tuple[Observer, object]], call: CallInfo, outcome: Outcome) -> None:
        """Tell those of the end who were told of the beginning."""
        for observer, token in told:
            try:
                observer.finished(call, token, outcome)
            except Exception as error:
                self._drop(observer, error)

    def _drop(self, observer: Observer, error: Exception) -> None:
        from entitystore.logs import logger

        self.remove(observer)
        message = "an observer is told nothing any more, since it raised %s: %r"
        logger("observer").error(message, type(error).__name__, observer, exc_info=error)


# ------------------------------------------------------------------------------------------------ one call


class Watch:
    """One call that somebody watches. `body` and `context` are what the transport is to be given."""

    def __init__(self, call: CallInfo, request: Request, observers: Observers | None, usages: Sequence[Usage]) -> None:
        self.context = request.context or CallContext()
        self.body = _asking(request, observers, usages)
        self._call = call
        self._observers = observers
        self._usages = usages
        self._told = [] if observers is None else observers.started(call)
        self._began = time.perf_counter()

    def answered(self, body: bytes) -> None:
        """The call has ended well."""
        self._end(_facts_of(self._call.operation, body), len(body), None)

    def failed(self, error: BaseException) -> None:
        """The call has ended by an error."""
        self._end(_Facts(), 0, error)

    def _end(self, facts: _Facts, received: int, error: BaseException | None) -> None:
        context = self.context
        meaning = translate(error) if isinstance(error, ServiceError) else error
        outcome = Outcome(
            seconds=time.perf_counter() - self._began,
            attempts=context.attempts or 1,
            waited=context.waited,
            bytes_sent=context.bytes_sent or len(self.body),
            bytes_received=context.bytes_received or received,
            items=facts.items,
            scanned=facts.scanned,
            capacity=facts.capacity,
            request_id=context.request_id,
            error=error,
            error_code=None if error is None else _code_of(error),
            throttling=meaning.reasons if isinstance(meaning, ThrottledError) else (),
        )
        for each in self._usages:
            each.add(self._call, outcome)
        if self._observers is not None:
            self._observers.finished(self._told, self._call, outcome)


def begin(observers: Observers | None, request: Request) -> Watch | None:
    """Watch the call, if anybody does who is here: somebody else's `usage()` has nothing to do with it."""
    usages = active_usages.get()
    if observers is None and not usages:
        return None
    return Watch(_info_of(request), request, observers, usages)


def _asking(request: Request, observers: Observers | None, usages: Sequence[Usage]) -> bytes:
    """The body, which asks what the call costs if anybody wants to know."""
    detail: CapacityDetail = "none" if observers is None else observers.capacity
    for each in usages:
        if _DETAILS[each.capacity] > _DETAILS[detail]:
            detail = each.capacity
    if detail == "none" or request.operation not in _WITH_CAPACITY or not request.body.endswith(b"}"):
        return request.body
    return b'%b,"ReturnConsumedCapacity":"%b"}' % (request.body[:-1], detail.upper().encode())


def _code_of(error: BaseException) -> str:
    code = error.code if isinstance(error, EntityStoreError) else None
    return code or type(error).__name__


# ------------------------------------------------------------------------------- what bodies say of a call


class _Asked(Struct):
    TableName: str = ""
    IndexName: str | None = None
    ConsistentRead: bool = False
    RequestItems: dict[str, Raw] | None = None
    TransactItems: list[dict[str, Raw]] | None = None


class _Keys(Struct):
    Keys: list[Raw]
    ConsistentRead: bool = False


class _OfTable(Struct):
    TableName: str = ""


_read_asked = msgspec.json.Decoder(_Asked).decode
_read_keys = msgspec.json.Decoder(_Keys).decode
_read_list = msgspec.json.Decoder(list[Raw]).decode
_read_table = msgspec.json.Decoder(_OfTable).decode


def _info_of(request: Request) -> CallInfo:
    asked = _read(_read_asked, request.body) or _Asked()
    table, size, consistent = asked.TableName, None, asked.ConsistentRead
    if asked.RequestItems:
        table, (size, consistent) = next(iter(asked.RequestItems)), _batch(asked.RequestItems)
    elif asked.TransactItems:
        size = len(asked.TransactItems)
        first = _read(_read_table, next(iter(asked.TransactItems[0].values()), b"{}"))
        table = first.TableName if first is not None else ""
    return CallInfo(request.operation, table, asked.IndexName, request.entity, request.method, size, consistent)


def _batch(items: Mapping[str, Raw]) -> tuple[int, bool]:
    """How many keys and items a batch has, and whether it reads consistently."""
    size, consistent = 0, False
    for raw in items.values():
        keys = _read(_read_keys, raw)
        if keys is not None:
            size += len(keys.Keys)
            consistent = consistent or keys.ConsistentRead
        else:
            size += len(_read(_read_list, raw) or ())
    return size, consistent


class _Units(Struct):
    CapacityUnits: float = 0.0


class _Consumed(Struct):
    TableName: str = ""
    CapacityUnits: float = 0.0
    GlobalSecondaryIndexes: dict[str, _Units] = {}
    LocalSecondaryIndexes: dict[str, _Units] = {}


class _Answered(Struct):
    Count: int | None = None
    ScannedCount: int | None = None
    Item: Raw = Raw()
    Items: list[Raw] = []
    Responses: Raw = Raw()
    ConsumedCapacity: _Consumed | list[_Consumed] = []


class _Facts(Struct):
    items: int = 0
    scanned: int = 0
    capacity: tuple[Capacity, ...] = ()


_read_answered = msgspec.json.Decoder(_Answered).decode
_read_responses = msgspec.json.Decoder(dict[str, list[Raw]] | list[Raw]).decode


def _facts_of(operation: str, body: bytes) -> _Facts:
    answer = None if body == b"{}" else _read(_read_answered, body)
    if answer is None:
        return _Facts()
    consumed = answer.ConsumedCapacity
    items = _items(answer)
    return _Facts(
        items=items,
        scanned=items if answer.ScannedCount is None else answer.ScannedCount,
        capacity=tuple(_capacity(each) for each in (consumed if isinstance(consumed, list) else [consumed])),
    )


def _items(answer: _Answered) -> int:
    if answer.Count is not None:
        return answer.Count
    if bytes(answer.Responses):
        found = _read(_read_responses, answer.Responses)
        return sum(map(len, found.values())) if isinstance(found, dict) else len(found or ())
    return len(answer.Items) or int(bool(bytes(answer.Item)))


def _capacity(consumed: _Consumed) -> Capacity:
    indexes = consumed.GlobalSecondaryIndexes | consumed.LocalSecondaryIndexes
    return Capacity(
        consumed.TableName,
        consumed.CapacityUnits,
        {name: each.CapacityUnits for name, each in indexes.items()},
    )


def _read(decode: Callable[[bytes | Raw], T], body: bytes | Raw) -> T | None:
    try:
        return decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


# ------------------------------------------------------------------------------------------------ counting


class Totals(Struct):
    """Sums over calls. `read_units` and `write_units` are 0 where the service was not asked for its capacity."""

    calls: int = 0
    errors: int = 0
    attempts: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    bytes_sent: int = 0
    bytes_received: int = 0
    items: int = 0
    scanned: int = 0
    read_units: float = 0.0
    write_units: float = 0.0

    def add(self, call: CallInfo, outcome: Outcome) -> None:
        """Count one call."""
        self.calls += 1
        self.errors += outcome.error is not None
        self.attempts += outcome.attempts
        self.seconds += outcome.seconds
        self.waited += outcome.waited
        self.bytes_sent += outcome.bytes_sent
        self.bytes_received += outcome.bytes_received
        self.items += outcome.items
        self.scanned += outcome.scanned
        units = sum(each.units for each in outcome.capacity)
        if call.reads:
            self.read_units += units
        else:
            self.write_units += units


class Usage:
    """What the calls of a `usage()` block have used: in all, and by access pattern (`Order.by_user_id`)."""

    def __init__(self, capacity: CapacityDetail = "none") -> None:
        self.capacity: CapacityDetail = capacity
        self.total = Totals()
        self.by_access_pattern: dict[str, Totals] = {}
        self._lock = Lock()

    def add(self, call: CallInfo, outcome: Outcome) -> None:
        """Count one call; from any thread."""
        with self._lock:
            self.total.add(call, outcome)
            self.by_access_pattern.setdefault(call.access_pattern, Totals()).add(call, outcome)

    def summary(self) -> str:
        """One line for each access pattern, the one with the most calls first, and one for all."""
        with self._lock:
            patterns = sorted(self.by_access_pattern.items(), key=lambda each: (-each[1].calls, each[0]))
            return "\n".join(_line(name, totals) for name, totals in [*patterns, ("in all", self.total)])


def _line(name: str, totals: Totals) -> str:
    parts = [f"{name}: {totals.calls} calls", f"{totals.items} items of {totals.scanned} read"]
    parts.append(f"{totals.seconds * 1000:.1f} ms")
    if totals.attempts > totals.calls:
        parts.append(f"{totals.attempts} attempts")
    if totals.errors:
        parts.append(f"{totals.errors} errors")
    parts += [f"{totals.read_units:g} read units"] if totals.read_units else []
    parts += [f"{totals.write_units:g} write units"] if totals.write_units else []
    return ", ".join(parts)
