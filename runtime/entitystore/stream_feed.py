"""A stream without threads, tasks or IO: what to fetch next, and what to give next.

    Feed      pages:  a request out, a body (or an error) in; bounded; retries
    Delivery  results: a page in, its results out; counts, handlers, progress

Rules of this file:
- The feed is shared between who fetches and who iterates; the drivers lock it (threads) or need not (one event loop).
  Only who iterates touches the delivery and calls the handlers, so handlers never run in a hidden thread.
- Bodies wait as bytes, which take a fraction of their entities, and are decoded when their turn comes, by who
  iterates: a background thread would compete for the interpreter, and what is never taken is never decoded.
- A page whose entities are read from the table is several requests; it is one page, and comes when it is whole.
- `fetched` is written by who fetches, `consumed` by who iterates. Their difference is what is buffered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Raw, Struct, structs

from entitystore.answers import decoder, last_key, read_items
from entitystore.backoff import full_jitter
from entitystore.client import Request, clock
from entitystore.codec import Undecoded
from entitystore.errors import ServiceError, TimeoutError, TransportError, naming_table, translate
from entitystore.plan import QueryPlan
from entitystore.stream_values import FetchedPage, StreamMeta, StreamOptions, StreamProgress, StreamResult
from entitystore.transports import CallContext
from entitystore.transports.retries import is_transient

if TYPE_CHECKING:
    from entitystore.fetching import Fetching

__all__ = ["Delivery", "Feed"]

E = TypeVar("E")


class _Head(Struct, gc=False):
    """What a page says of itself. Not reading its items costs a tenth of reading them."""

    Count: int | None = None
    LastEvaluatedKey: Raw = Raw()


_read_head = decoder(_Head)


class Feed(Generic[E]):
    """The pages of one stream, from the request for each to its being taken."""

    def __init__(self, plan: QueryPlan[E], options: StreamOptions) -> None:
        self.plan = plan
        self._options = options
        start = plan.start_of(options.cursor)
        self._position: Mapping[str, object] | bytes | None = start.key if start is not None else None
        self.given = start.given if start is not None else 0
        self.limit = None if plan.limit is None else max(0, plan.limit - self.given)
        self._pages: deque[FetchedPage[E]] = deque()
        self._fetching: Fetching[E] | None = None
        self._retry = 0
        self._page_number = 0
        self._left_out = 0
        self._until: float | None = None
        self.fetched = 0
        self.consumed = 0
        self.ended = plan.is_empty or self.limit == 0
        self.stopped = False
        self.fault: Exception | None = None

    def start(self) -> None:
        """From now on the deadline counts."""
        if self._options.deadline is not None:
            self._until = clock() + self._options.deadline

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the deadline, at least 0; None if there is none."""
        return None if self._until is None else max(0.0, self._until - clock())

    def check_deadline(self) -> None:
        """TimeoutError once the deadline has passed."""
        if self._until is not None and clock() >= self._until:
            raise self._late()

    def _late(self) -> TimeoutError:
        return TimeoutError(f"the stream was not read within its deadline of {self._options.deadline:g} seconds")

    # --- for who fetches ---

    @property
    def is_over(self) -> bool:
        """Nothing more is to be fetched."""
        return self.stopped or self.ended or self.fault is not None or self.seconds_left == 0.0

    @property
    def has_room(self) -> bool:
        """Another page should be fetched now: the buffer is not full, nor is what it holds all that is wanted."""
        if self.fetched - self.consumed >= self._options.buffer_size:
            return False
        return self.limit is None or self.fetched - self._left_out < self.limit

    def request(self) -> Request:
        """The request for the next page, or for what is missing of one."""
        if self._fetching is not None and self._fetching.request is not None:
            request = self._fetching.request
        else:
            request = self.plan.request(self._position, self._page_limit())
        return structs.replace(request, context=CallContext(deadline=self._until))

    def _page_limit(self) -> int | None:
        """Items that the service should read; None for as many as it likes."""
        size = self._options.page_size
        if self.limit is None:
            return size
        left = self.plan.read_limit(self.limit - (self.fetched - self._left_out), self._page_number)
        return left if size is None else min(left, size)

    def arrived(self, body: bytes) -> float | None:
        """An answer came: the seconds to wait before the next request, None if it may be made at once."""
        pause = None
        if self.plan.fetches:
            pause = self._arrived_in_part(body)
        else:
            self._add(body, None)
        self._retry = 0
        return pause

    def _arrived_in_part(self, body: bytes) -> float | None:
        from entitystore.fetching import Fetching

        fetching, self._fetching = self._fetching, None  # after an error the whole page is asked for again
        pause = None
        if fetching is None:
            fetching = Fetching(self.plan, body)
        else:
            pause = fetching.arrived(body)
        if fetching.items is None:
            self._fetching = fetching
        else:
            self._add(fetching.body, fetching.items)
        return pause

    def _add(self, body: bytes, fetched: Sequence[Raw | None] | None) -> None:
        """A page is whole."""
        head = _read_head(body)
        count = len(read_items(body)) if head.Count is None else head.Count
        after = last_key(head.LastEvaluatedKey)
        self._page_number += 1
        now, weight = datetime.now(UTC), max(1, count)
        page = FetchedPage(self.plan, body, self._page_number, now, weight, after, fetched, self.given)
        self._pages.append(page)
        self._position = after
        self.ended = after is None
        self.fetched += page.weight

    def failed(self, error: Exception) -> float | None:
        """A page did not come: the seconds to wait before it is asked for again, None if that is given up."""
        if isinstance(error, (ServiceError, TransportError)):
            if is_transient(error) and not error.retries_denied and self._retry < self._options.max_retries:
                self._retry += 1
                return full_jitter(self._retry - 1)
            if isinstance(error, ServiceError):
                error = translate(naming_table(error, self.plan.table_name))
        self.fault = error
        return None

    # --- for who iterates ---

    @property
    def is_ready(self) -> bool:
        """`take` has an answer."""
        return bool(self._pages) or self.is_over

    def take(self) -> FetchedPage[E] | None:
        """The next page; None at the end, after `stop`, and where there is a `fault`. TimeoutError at the deadline."""
        if self._pages:
            return self._pages.popleft()
        if not (self.stopped or self.ended or self.fault):
            raise self._late()
        return None

    def leave_out(self, weight: int) -> None:
        """So much of a page that was taken gives no results."""
        self._left_out += weight
        self.consumed += weight

    def consume(self) -> bool:
        """A result was given. True if that made room for another page."""
        self.consumed += 1
        return self.fetched - self.consumed == self._options.buffer_size - 1

    def stop(self) -> None:
        """Fetch nothing more and drop what was."""
        self.stopped = True
        self._pages.clear()


class Delivery(Generic[E]):
    """The results of the pages that were taken, one by one."""

    def __init__(self, feed: Feed[E], options: StreamOptions) -> None:
        self._feed = feed
        self._options = options
        self._results: Iterator[StreamResult[E]] = iter(())
        self._items = 0
        self._errors = 0
        self._started = clock()
        self._last_cursor = options.cursor
        self._stopping = False

    @property
    def is_complete(self) -> bool:
        """Nothing more may be given: the limit is reached, or the error handler said so."""
        return self._stopping or self._items == self._feed.limit

    def begin(self, page: FetchedPage[E]) -> bool:
        """Decode a page, whose results come next. True if some of it gives none, which makes room."""
        decoded = page.read()
        places = range(len(decoded.items)) if decoded.positions is None else decoded.positions
        self._results = self._give(page, decoded.items, places)
        left_out = page.weight - len(decoded.items)
        if left_out:
            self._feed.leave_out(left_out)
        return left_out > 0

    def next_result(self) -> StreamResult[E] | None:
        """The next result of the page that was begun; None after its last, or when `is_complete`."""
        return next(self._results, None)

    def refuse(self, fault: Exception) -> None:
        """Raise what kept a page from coming, unless the error handler wants the stream to end without."""
        handler = self._options.error_handler
        if handler is None or handler(fault) is not False:
            raise fault

    def _give(
        self, page: FetchedPage[E], entities: Sequence[E | Undecoded], places: Sequence[int]
    ) -> Iterator[StreamResult[E]]:
        for entity, place in zip(entities, places, strict=True):
            meta = StreamMeta(self._items, page.number, page.timestamp, page, place)
            self._items += 1
            yield (
                self._broken(entity, meta) if isinstance(entity, Undecoded) else StreamResult(entity, None, None, meta)
            )
            if self.is_complete:
                self._report(page, place)
                return
        self._report(page, None)

    def _broken(self, found: Undecoded, meta: StreamMeta) -> StreamResult[E]:
        self._errors += 1
        handler = self._options.error_handler
        if handler is not None and handler(found.error) is False:
            self._stopping = True
        return StreamResult(None, found.error, found.item, meta)

    def _report(self, page: FetchedPage[E], place: int | None) -> None:
        """Tell the progress handler that a page is done, or was left after the item at `place`."""
        handler = self._options.progress_handler
        if handler is None:
            return
        cursor = page.last_cursor(self._items) if place is None else page.cursor_after(place, self._items)
        self._last_cursor = cursor or self._last_cursor
        seconds = clock() - self._started
        rate = self._items / seconds if seconds > 0.0 else 0.0
        handler(StreamProgress(self._items, page.number, rate, self._errors, self._last_cursor))
