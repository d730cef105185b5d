"""What a stream gives and takes: results, progress, options, the token that cancels it.

Rules of this file:
- Results are made once per item, on the hot path, and are therefore msgspec structs, which are made in C.
- A cursor costs nothing until it is asked for. It is then read from the page's bytes, which its results share and
  keep alive: a result that is kept keeps its page, at most 1 MB.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeAlias, TypeVar

from msgspec import Raw, Struct

from entitystore.answers import key_in, read_items
from entitystore.codec import EntityPage
from entitystore.errors import ValidationError
from entitystore.plan import QueryPlan
from entitystore.reading import read_answer
from entitystore.values import Item

__all__ = [
    "CancelToken",
    "ErrorHandler",
    "FetchedPage",
    "ProgressHandler",
    "StreamMeta",
    "StreamOptions",
    "StreamProgress",
    "StreamResult",
]

E = TypeVar("E")


class FetchedPage(Generic[E]):
    """The bytes of a page, when they came, and what is needed to go on from the middle of it.

    `number` counts from 1. `weight` is what the page takes of the buffer: its items, at least 1. `fetched` are the
    items of the table, where those of the index do not hold the entities. `given` is how many entities of the query's
    limit there had been before the stream.
    """

    __slots__ = ("_raws", "body", "fetched", "given", "last_key", "number", "plan", "timestamp", "weight")

    def __init__(
        self,
        plan: QueryPlan[E],
        body: bytes,
        number: int,
        timestamp: datetime,
        weight: int,
        last_key: bytes | None,
        fetched: Sequence[Raw | None] | None = None,
        given: int = 0,
    ) -> None:
        self.plan = plan
        self.given = given
        self.body = body
        self.number = number
        self.timestamp = timestamp
        self.weight = weight
        self.last_key = last_key
        self.fetched = fetched
        self._raws: Sequence[Raw] | None = None

    def read(self) -> EntityPage[E]:
        """The page's entities, which are decoded now."""
        if self.fetched is None:
            return read_answer(self.plan, self.body)
        from entitystore.fetching import read_fetched

        return read_fetched(self.plan, self.body, self.fetched)

    def cursor_after(self, place: int, results: int) -> str:
        """The cursor right after the item at this place of the page, which may be negative.

        `results` is how many the stream has given with it.
        """
        if self._raws is None:
            self._raws = read_items(self.body)
        key = key_in(self._raws[place], self.plan.cursor_attributes, self.plan.reader.title)
        return self.plan.cursor_after(key, self.given + results)

    def last_cursor(self, results: int) -> str | None:
        """The cursor after the whole page; None if it has no items and nothing follows."""
        if self.last_key is not None:
            return self.plan.cursor_after(self.last_key, self.given + results)
        if self._raws is None:
            self._raws = read_items(self.body)
        return self.cursor_after(-1, results) if self._raws else None


class _Page(Protocol):
    def cursor_after(self, place: int, results: int) -> str: ...


class StreamMeta(Struct, frozen=True, eq=False):
    """Where a result comes from.

    `index` counts the stream's results from 0, `page_number` its pages from 1; `timestamp` is when the page arrived,
    in UTC.
    """

    index: int
    page_number: int
    timestamp: datetime
    _page: _Page
    _place: int

    @property
    def cursor(self) -> str:
        """Resumes right after this item when given as `cursor=` to the same query. Opaque, and safe to store."""
        return self._page.cursor_after(self._place, self.index + 1)


class StreamResult(Struct, Generic[E], frozen=True, eq=False):
    """One item of a stream: `item`, or `error` and the `raw` item where it could not be decoded."""

    item: E | None
    error: Exception | None
    raw: Item | None
    meta: StreamMeta


class StreamProgress(Struct, frozen=True):
    """How far a stream has come, counted after each page whose results were all taken.

    `items` are the results that were taken, with the `errors` among them that could not be decoded; `rate` is in items
    per second since the start. `last_cursor` resumes after the last of them; None where there has been none.
    """

    items: int
    pages: int
    rate: float
    errors: int
    last_cursor: str | None

    @property
    def items_processed(self) -> int:
        """`items`, under its name in the Go library."""
        return self.items


ProgressHandler: TypeAlias = Callable[[StreamProgress], object]
"""Called by the thread or task that iterates, after each page. What it raises ends the stream and is raised there."""

ErrorHandler: TypeAlias = Callable[[Exception], bool | None]
"""Told of each error, by the thread or task that iterates; False stops the stream, anything else lets it go on.

An item's DecodeError: its result is given in either case, and only False keeps the rest from coming. A page's error,
after all retries: there is nothing to go on with, so it is raised, unless False ends the stream without.
"""


class CancelToken:
    """Stops the streams it was given to, from any thread. They end as if closed; a token is used once."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may cancel while its own thread is in here
        self._cancelled = False
        self._callbacks: dict[object, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called: tells a stream that was cut short from one that came to its end."""
        return self._cancelled

    def cancel(self) -> None:
        """Stop fetching, now. What was fetched ahead is not delivered."""
        with self._lock:
            self._cancelled = True
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` when cancelled, at once if that has happened. Returns what takes it back."""
        handle = object()
        with self._lock:
            if not self._cancelled:
                self._callbacks[handle] = callback
        if self._cancelled:
            callback()

        def forget() -> None:
            with self._lock:
                self._callbacks.pop(handle, None)

        return forget


class StreamOptions(Struct, frozen=True):
    """How a stream fetches; ValidationError for what makes no sense.

    `buffer_size`: items fetched ahead; another page is fetched when fewer are left, so at most this and one page.
    `page_size`: items that the service reads for a page; None for as many as fit in 1 MB. `max_retries`: of a page,
    on top of the transport's own. `deadline`: seconds from the first item asked for. `cursor`: where to go on from.
    """

    buffer_size: int = 100
    page_size: int | None = None
    max_retries: int = 3
    progress_handler: ProgressHandler | None = None
    error_handler: ErrorHandler | None = None
    cursor: str | None = None
    deadline: float | None = None
    cancel: CancelToken | None = None

    def __post_init__(self) -> None:
        if self.buffer_size < 1:
            raise ValidationError("buffer_size", "is at least 1")
        if self.page_size is not None and self.page_size < 1:
            raise ValidationError("page_size", "is at least 1, or None")
        if self.max_retries < 0:
            raise ValidationError("max_retries", "is at least 0")
        if self.deadline is not None and not self.deadline > 0:
            raise ValidationError("deadline", "is in seconds, more than 0, or None")
