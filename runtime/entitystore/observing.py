"""Who watches calls, and what they are told.

    table.observe(MyObserver(), capacity="total")
    with entitystore.usage() as usage: ...

Rules of this file:
- Where nobody watches in this process, a call pays for one look at an empty list (`watched`); all else is in
  `watching`, which is imported when somebody does.
- Nothing here holds a key, an item or the text of an expression: names, numbers and errors' classes alone. An error's
  own attributes may hold more; observers that write something down write `Outcome.error_code`.
- An observer that raises is told nothing any more; what it raised is logged once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from entitystore.errors import ThrottlingReason
    from entitystore.watching import Usage

__all__ = ["CallInfo", "Capacity", "CapacityDetail", "Observer", "Outcome", "usage", "watched"]

CapacityDetail: TypeAlias = Literal["none", "total", "indexes"]
"""How much the service is asked to say of the capacity that calls consume (`ReturnConsumedCapacity`)."""

watched: list[object] = []
"""One entry for each observer and each `usage()` of the process: the one thing that every call looks at."""

active_usages: ContextVar[tuple[Usage, ...]] = ContextVar("active_usages", default=())
"""The `usage()` blocks around what runs now."""


class CallInfo(Struct, frozen=True):
    """One call, before it is made.

    `operation` is DynamoDB's (`Query`); `table` a name or an ARN; `index` None for the table itself. `entity` is the
    entity's class, None for a query of several; `method` what was called of its store (`get_one`, `by_email`, `query`),
    "" where nothing says it. `batch_size` counts the keys and items of a batch or transaction, None for other calls.
    """

    operation: str
    table: str
    index: str | None = None
    entity: str | None = None
    method: str = ""
    batch_size: int | None = None
    consistent: bool = False

    @property
    def access_pattern(self) -> str:
        """`Order.by_user_id`: of few values, fit for a metric's attribute; `explain` lists them."""
        name = self.method or self.operation
        return name if self.entity is None else f"{self.entity}.{name}"

    @property
    def reads(self) -> bool:
        """Whether it is a call that changes nothing."""
        from entitystore.transports.retries import READS

        return self.operation in READS

    @property
    def target(self) -> str:
        """The table, or index of it, for people."""
        return self.table if self.index is None else f"{self.table}/{self.index}"


class Capacity(Struct, frozen=True):
    """Capacity units of one table: all of them, and by index where that was asked for."""

    table: str
    units: float
    indexes: Mapping[str, float] = {}


class Outcome(Struct, frozen=True):
    """What became of a call.

    `seconds` from its start to its end, `waited` of them between `attempts`; bytes are those of bodies, of all
    attempts. `items` came back or were counted, of `scanned` that were read. `capacity` has one entry a table; none
    where the service was not asked. `error` is what the call raised, `error_code` the service's code or the class's
    name.
    """

    seconds: float
    attempts: int
    waited: float
    bytes_sent: int
    bytes_received: int
    items: int = 0
    scanned: int = 0
    capacity: tuple[Capacity, ...] = ()
    request_id: str | None = None
    error: BaseException | None = None
    error_code: str | None = None
    throttling: tuple[ThrottlingReason, ...] = ()


class Observer(Protocol):
    """Is told of every call of a table, in the thread or task that makes it."""

    def started(self, call: CallInfo) -> object:
        """A call begins. What is returned comes back in `finished`: a span, say."""
        ...

    def finished(self, call: CallInfo, token: object, outcome: Outcome) -> None:
        """The call has ended, also by an error."""
        ...


@contextmanager
def usage(*, capacity: CapacityDetail = "none") -> Iterator[Usage]:
    """What the calls within the block use, of all tables, by access pattern.

    Threads that fetch for a stream and tasks that are started within count, too; other threads do not. `capacity` has
    the service asked what it charges.
    """
    from entitystore.watching import Usage

    found = Usage(capacity)
    token = active_usages.set((*active_usages.get(), found))
    watched.append(found)
    try:
        yield found
    finally:
        watched.remove(found)
        active_usages.reset(token)
