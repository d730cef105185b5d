"""What the blocking and the asyncio transport have in common: all but the IO.

Rules of this file:
- Nothing is looked up before the first call: a transport can be made at import time, and in an event
  loop, without reading files or waiting.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock  # `threading`, which gives the same, costs a start 1 ms
from typing import TYPE_CHECKING

from entitystore.errors import THROTTLING_CODES, PermanentError, TimeoutError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.credentials import SupportsFrozenCredentials
from entitystore.transports.endpoint import Endpoint, Proxy
from entitystore.transports.head import broken
from entitystore.transports.http1 import Response, service_error
from entitystore.transports.pace import Pace
from entitystore.transports.quota import RetryQuota
from entitystore.transports.retries import RetryPolicy, is_skewed
from entitystore.transports.route import Link, Route
from entitystore.transports.secrets import EXPIRED_CODES, is_about_credentials
from entitystore.transports.settings import AccountMode, RetryMode, Settings, Wanted, resolve, resolve_quickly
from entitystore.transports.sigv4 import Credentials

if TYPE_CHECKING:
    pass


def connect_request(endpoint: Endpoint, proxy: Proxy) -> bytes:
    """The request that asks a proxy for a tunnel (RFC 9110, 9.3.6)."""
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    target = f"{host}:{endpoint.port}"
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{proxy.header}\r\n".encode()


def check_tunnel(head: bytes, proxy: Proxy) -> None:
    """Raise unless the proxy's answer, up to the blank line, says that the tunnel stands."""
    status = head[9:12]
    if head[:7] == b"HTTP/1." and status[:1] == b"2":
        return
    shown = status.decode("latin-1") if status.isdigit() else "something that is not HTTP"
    kind = TransportError if status[:1] == b"5" else PermanentError
    raise kind(f"the proxy {proxy.host}:{proxy.port} refused a tunnel: it answered {shown}")


def bounded_by(when: float, limit: float | None) -> float:
    """A time, or the call's limit if that comes first."""
    return when if limit is None else min(when, limit)


def pace_of(pace: Pace, limit: float | None) -> float:
    """Seconds to wait before sending; TimeoutError where the call's time, by `time.monotonic()`, is up before."""
    now = time.monotonic()
    wait = pace.delay(now)
    if limit is not None and now + wait >= limit:
        raise TimeoutError("the service throttles, and the call's time is up before its turn comes")
    return wait


def note_answer(context: CallContext, sent: bytes, response: Response) -> None:
    """Add one sending that was answered to what is known of the call."""
    context.attempts += 1
    context.bytes_sent += len(sent)
    context.bytes_received += len(response.body)
    context.request_id = response.request_id


def note_loss(context: CallContext, sent: bytes) -> None:
    """Add one sending that was not answered."""
    context.attempts += 1
    context.bytes_sent += len(sent)


def refuse_foreign(response: Response) -> None:
    """Raise TransportError for a success that is no JSON object, and so of somebody else on the way."""
    if response.status == 200 and response.body.lstrip()[:1] != b"{":
        broken("it is not DynamoDB's (is something on the way, which answers by itself?)")


def body_of(response: Response, route: Route) -> bytes:
    """The body of a successful answer; raises the ServiceError of any other."""
    if response.status == 200:
        if route.pace is not None:
            route.pace.answered(time.monotonic(), throttled=False)
        return response.body
    credentials = route.credentials
    error = service_error(response, None if credentials is None else credentials.token)
    if route.pace is not None:
        route.pace.answered(time.monotonic(), throttled=error.code in THROTTLING_CODES)
    if is_skewed(error):
        if response.refusal is not None and response.refusal.date is not None:
            route.learn_skew(response.refusal.date)
    elif is_about_credentials(error.code):
        error.is_renewable = (
            error.code in EXPIRED_CODES and credentials is not None and route.source.expired(credentials)
        )
        error.args = (f"{error} (the credentials come from {route.source.origin})",)
    raise error


class HttpBase:
    """The constructor of both HTTP transports."""

    def __init__(
        self,
        endpoint_url: str | None = None,
        *,
        region: str | None = None,
        profile: str | None = None,
        credentials: Credentials | SupportsFrozenCredentials | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        deadline: float | None = 60.0,
        max_attempts: int | None = None,
        retry_mode: RetryMode | None = None,
        retry_writes: bool = False,
        ca_bundle: str | None = None,
        max_connections: int = 64,
        idle_seconds: float = 30.0,
        proxy: str | None = None,
        client_certificate: str | tuple[str, str] | None = None,
        tcp_keepalive: bool | None = None,
        account_id: str | None = None,
        account_id_endpoint_mode: AccountMode | None = None,
    ) -> None:
        """Say where and how to call; everything left out is found at the first call (see `settings`).

        `connect_timeout` bounds the opening of a connection: name, TCP, proxy and TLS handshake together;
        `read_timeout` is the longest silence while sending or waiting for an answer; `deadline` bounds one
        call with all its retries, None leaves it unbounded. All are seconds. `max_attempts` counts the first
        sending; 8 unless AWS_MAX_ATTEMPTS or the profile says more or less. `retry_mode` is "standard", or
        "adaptive" as AWS_RETRY_MODE may say (see `pace`). `retry_writes=True` gives leave to send a write
        again although it may have been applied (see `retries`). `ca_bundle` is a PEM file or a directory of
        hashed certificates. `max_connections` is how many connections there are at once (for asyncio, in each event
        loop); calls beyond wait for one. Each is kept for at most `idle_seconds` after its last use.

        `proxy` is the URL of an http or https proxy, "" for none; None for what HTTPS_PROXY, HTTP_PROXY and NO_PROXY
        say. `client_certificate` is a PEM file with a certificate and its key, or a file for each, shown to an endpoint
        or proxy that asks for one. `tcp_keepalive` has the system probe idle connections. `account_id` is the
        account whose tables are called, where it is not that of the credentials; `account_id_endpoint_mode` says
        whether its own endpoint is used: "preferred", "required" or "disabled".
        """
        if connect_timeout <= 0 or read_timeout <= 0:
            raise ValueError("connect_timeout and read_timeout are in seconds: more than 0")
        if max_connections < 1:
            raise ValueError("max_connections must be at least 1")
        if deadline is not None and deadline <= 0:
            raise ValueError("deadline is in seconds: it must be more than 0, or None")
        if max_attempts is not None and max_attempts < 1:
            raise ValueError("max_attempts counts the first sending too: it must be at least 1")
        self._wanted = Wanted(
            endpoint_url=endpoint_url,
            region=region,
            profile=profile,
            credentials=credentials,
            ca_bundle=ca_bundle,
            max_attempts=max_attempts,
            retry_mode=retry_mode,
            account_id=account_id,
            account_id_endpoint_mode=account_id_endpoint_mode,
            tcp_keepalive=tcp_keepalive,
        )
        self._link = Link(proxy, client_certificate)
        self._deadline = deadline
        self._retry_writes = retry_writes
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._max_connections = max_connections
        self._idle_seconds = idle_seconds
        self._route: Route | None = None
        self._closed = False
        self._set_up()

    def _set_up(self) -> None:
        """Make what belongs to one process."""
        self._lock = allocate_lock()
        self._quota = RetryQuota()

    def _find_route(self) -> Route:
        """Look everything up, once; may block."""
        with self._lock:
            if self._route is None:
                self._route = self._route_of(resolve(self._wanted, os.environ))
            return self._route

    def _quick_route(self) -> Route | None:
        """The route where nothing has to be waited for: arguments and environment say everything."""
        quick = resolve_quickly(self._wanted, os.environ)
        if quick is not None:
            self._route = self._route_of(quick)
        return self._route

    def _route_of(self, settings: Settings) -> Route:
        return Route(settings, RetryPolicy(settings.max_attempts, retry_writes=self._retry_writes), self._link)

    def _limit(self, started: float, deadline: float | None) -> float | None:
        """When a call that began at `started` has to end; `deadline` is its own, by the same clock."""
        if self._deadline is None:
            return deadline
        own = started + self._deadline
        return own if deadline is None else min(own, deadline)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise PermanentError("the transport is closed")
