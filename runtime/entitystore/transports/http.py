"""The blocking HTTP transport: a pool of kept connections, shared by threads.

Rules of this file:
- A connection is in the pool (see `places`) or in the hands of one call, never both. It goes back only after a whole
  answer that leaves it open; after anything else, an interruption included, it is closed.
- Before a kept connection is used, one poll asks whether the peer has closed it, or has sent what nobody asked for
  and what would be taken for the next answer. What slips through that gap is known by its failure: if the request did
  not leave whole it is sent again on a new connection; if it did, that is for `retries` to decide.
- After a fork the child forgets the parent's connections: two processes must not share one.
"""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Self

from entitystore.errors import ServiceError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.connection import Connection, connect, open_connections
from entitystore.transports.core import HttpBase, body_of, bounded_by, note_answer, note_loss, pace_of, refuse_foreign
from entitystore.transports.credentials import CredentialSource
from entitystore.transports.places import Place, Places
from entitystore.transports.retries import Attempts, StaleError
from entitystore.transports.route import Route
from entitystore.transports.sigv4 import Credentials
from entitystore.transports.waiting import run_aside, sleep


def _close_inherited() -> None:
    """In the child of a fork: two processes must not share a connection, whoever had it in hand."""
    for connection in tuple(open_connections):
        connection.close()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_close_inherited)


class HttpTransport(HttpBase):
    """Calls DynamoDB over kept HTTP/1.1 connections. Safe to share between threads and across a fork."""

    def _set_up(self) -> None:
        super()._set_up()
        self._places = Places(self._max_connections, self._idle_seconds)
        self._pid = os.getpid()

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        """Send `body` as `operation` and return the answer's body; retries what is safe to retry.

        Raises ServiceError, TransportError, TimeoutError, WriteOutcomeUnknownError.
        """
        started = time.monotonic()
        if self._pid != os.getpid():
            self._after_fork()
        if self._closed:
            self._refuse_if_closed()
        limit = self._limit(started, None if context is None else context.deadline)
        route = self._route or self._await_route(limit, context)
        try:
            answer = self._attempt(route, operation, body, limit, context)
        except (ServiceError, TransportError) as error:
            return self._retry(route, operation, body, limit, context, error)
        self._quota.give_back()
        return answer

    def _await_route(self, limit: float | None, context: CallContext | None) -> Route:
        """The route, which may have to be looked up in files or on the network; TimeoutError."""
        return self._quick_route() or run_aside(self._find_route, "the look-up of the configuration", limit, context)

    def _retry(
        self,
        route: Route,
        operation: str,
        body: bytes,
        limit: float | None,
        context: CallContext | None,
        error: ServiceError | TransportError,
    ) -> bytes:
        """What the sendings after the first come to, which ended in `error`."""
        attempts = Attempts(route.policy, self._quota, operation, body, limit, context)
        while True:
            sleep(attempts.after(error), context)
            try:
                answer = self._attempt(route, operation, body, limit, context)
            except (ServiceError, TransportError) as another:
                error = another
            else:
                attempts.succeeded()
                return answer

    def _attempt(
        self, route: Route, operation: str, body: bytes, limit: float | None, context: CallContext | None
    ) -> bytes:
        if route.pace is not None:
            sleep(pace_of(route.pace, limit), context)
        credentials = route.source.cached() or _await_credentials(route.source, limit, context)
        request = route.signer(credentials).head(operation, body) + body
        now = time.monotonic()
        place = self._places.take(now, limit, context)
        connection = place.connection or self._open(place, route, limit, context)
        try:
            response = connection.exchange(request, self._read_timeout, limit, context)
            if response.body[:1] != b"{":
                refuse_foreign(response)
        except BaseException as error:
            place.close()
            self._places.give_back(place)
            if context is not None:
                note_loss(context, body)
            if isinstance(error, StaleError):
                self._places.drop_idle()  # whatever closed this one has likely closed them all
            raise
        if response.keep_alive:
            connection.used = time.monotonic()
        else:
            place.close()
        self._places.give_back(place)
        if self._closed:  # while this call was under way
            self._places.drop_idle()
        if context is not None:
            note_answer(context, body, response)
        return body_of(response, route)

    def _open(self, place: Place, route: Route, limit: float | None, context: CallContext | None) -> Connection:
        """A new connection for the place that the call has taken."""
        try:
            connection = connect(route, bounded_by(time.monotonic() + self._connect_timeout, limit), context)
        except BaseException:
            self._places.give_back(place)
            raise
        place.connection = connection
        return connection

    def _after_fork(self) -> None:
        """Start anew in a child, with a new lock: the parent's may have been held at the fork."""
        self._set_up()

    def close(self) -> None:
        """Close the kept connections; calls under way end as they would have."""
        self._closed = True
        self._places.drop_idle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _await_credentials(source: CredentialSource, limit: float | None, context: CallContext | None) -> Credentials:
    """Credentials that are not at hand: they may come from files, processes or the network."""
    return run_aside(source.current, "the look-up of credentials", limit, context)
