"""What the blocking and the asyncio transport have in common: all but the IO.

Rules of this file:
- Nothing is looked up before the first call: a transport can be made at import time, and in an event
  loop, without reading files or waiting.
- What is derived from credentials is kept as long as the very same object comes back.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock  # `threading`, which gives the same, costs a start 1 ms
from typing import TYPE_CHECKING

from entitystore.errors import THROTTLING_CODES, PermanentError, TimeoutError, TransportError
from entitystore.transports import CallContext
from entitystore.transports.credentials import SupportsFrozenCredentials
from entitystore.transports.endpoint import Endpoint, Proxy, proxy_for
from entitystore.transports.head import broken
from entitystore.transports.http1 import Response, service_error
from entitystore.transports.pace import Pace
from entitystore.transports.quota import RetryQuota
from entitystore.transports.retries import InternalError, RetryPolicy, is_skewed
from entitystore.transports.settings import RetryMode, Settings, Wanted, resolve, resolve_quickly
from entitystore.transports.sigv4 import Credentials, Signer

if TYPE_CHECKING:
    import ssl


class Route:
    """The way to an endpoint: where to connect, how to sign, whether there is TLS and a proxy."""

    def __init__(self, settings: Settings, policy: RetryPolicy) -> None:
        self.settings = settings
        self.policy = policy
        self.pace = Pace() if settings.retry_mode == "adaptive" else None
        self.endpoint: Endpoint = settings.endpoint
        self.source = settings.source
        self.proxy: Proxy | None = proxy_for(settings.endpoint, os.environ)
        self._signer: Signer | None = None
        self._skew = 0.0
        self._first_context: ssl.SSLContext | None = None
        self._whole_context: ssl.SSLContext | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the TCP connection."""
        next_hop = self.proxy or self.endpoint
        return next_hop.host, next_hop.port

    @property
    def described(self) -> str:
        """The other end of the TCP connection, for a message."""
        host, port = self.address
        return f"{'the proxy ' if self.proxy else ''}{host}:{port}"

    @property
    def tunnel(self) -> Proxy | None:
        """The proxy to be asked for a tunnel, where there is one."""
        return self.proxy if self.endpoint.tls else None

    def signer(self, credentials: Credentials) -> Signer:
        """The signer for these credentials."""
        signer = self._signer
        if signer is None or signer.credentials is not credentials:
            signer = self._signer = self._make_signer(credentials)
        return signer

    def learn_skew(self, date: str) -> None:
        """Take the service's time for the right one: this machine's clock is wrong by too much."""
        from email.utils import parsedate_to_datetime

        try:
            self._skew = parsedate_to_datetime(date).timestamp() - time.time()
        except ValueError:
            return
        if self._signer is not None:
            self._signer.skew = self._skew

    def _make_signer(self, credentials: Credentials) -> Signer:
        endpoint = self.endpoint
        forward = self.proxy if not endpoint.tls else None
        return Signer(
            credentials,
            self.settings.region,
            endpoint.authority,
            path=endpoint.path,
            request_target=endpoint.url if forward else endpoint.path,
            extra=forward.header if forward else "",
            skew=self._skew,
        )

    def tls_context(self) -> ssl.SSLContext | None:
        """The TLS settings: chain and host name verified; None for plain HTTP. May block; TransportError.

        Reading certificates takes time, so it happens once. Two threads may do it at once; it does no harm, for
        the context that knows all goes before the first one, whoever is later.
        """
        context = self._whole_context or self._first_context
        if context is not None or not self.endpoint.tls:
            return context
        from entitystore.transports.trust import first_context

        context, knows_all = first_context(self.settings.ca_bundle)
        if knows_all:
            self._whole_context = context
        else:
            self._first_context = context
        return context

    @property
    def trusts_all(self) -> bool:
        """Whether `tls_context` knows all authorities there are."""
        return self._whole_context is not None

    def trust_all(self) -> None:
        """Take up all authorities there are. May block; TransportError.

        For a certificate that did not verify while `trusts_all` was False.
        """
        if self._whole_context is None:
            from entitystore.transports.trust import whole_context

            self._whole_context = whole_context(self.settings.ca_bundle)


class UntrustedError(InternalError, PermanentError):
    """The endpoint's certificate does not verify with the authorities that are known."""

    surfaces_as = PermanentError


_WRONG_NAME = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH, which no authority mends."""


_NO_COMMON_PROTOCOL = frozenset(
    {
        "NO_PROTOCOLS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_SSL_VERSION",
        "WRONG_VERSION_NUMBER",
    }
)
"""OpenSSL's words for what no repetition changes: the other side speaks another TLS, or none."""


def connect_took_too_long(route: Route) -> TimeoutError:
    """The error for a connection that took too long; nothing has been sent."""
    return TimeoutError(f"cannot connect to {route.described} in time")


def connect_fault(route: Route, error: OSError) -> TransportError:
    """The error for a connection that was not made; nothing has been sent."""
    import ssl

    if isinstance(error, ssl.SSLCertVerificationError):
        kind = PermanentError if error.verify_code in _WRONG_NAME else UntrustedError
        return kind(
            f"the certificate of {route.endpoint.host} does not verify: {error.verify_message}. "
            "If it is signed by a private authority, name that in ca_bundle= or AWS_CA_BUNDLE"
        )
    if isinstance(error, ssl.SSLError) and error.reason in _NO_COMMON_PROTOCOL:
        return PermanentError(f"{route.described} does not speak the TLS that this machine does: {error.reason}")
    return TransportError(f"cannot connect to {route.described}: {error}")


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
    error = service_error(response)
    if route.pace is not None:
        route.pace.answered(time.monotonic(), throttled=error.code in THROTTLING_CODES)
    if is_skewed(error) and response.refusal is not None and response.refusal.date is not None:
        route.learn_skew(response.refusal.date)
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
    ) -> None:
        """Say where and how to call; everything left out is found at the first call (see `settings`).

        `connect_timeout` bounds the opening of a connection: name, TCP, proxy and TLS handshake together;
        `read_timeout` is the longest silence while sending or waiting for an answer; `deadline` bounds one
        call with all its retries, None leaves it unbounded. All are seconds. `max_attempts` counts the first
        sending; 8 unless AWS_MAX_ATTEMPTS or the profile says more or less. `retry_mode` is "standard", or
        "adaptive" as AWS_RETRY_MODE may say (see `pace`). `retry_writes=True` gives leave to send a write
        again although it may have been applied (see `retries`). `ca_bundle` is a PEM file or a directory of
        hashed certificates. `max_connections` is how many connections are kept, and for asyncio how many
        there are at all; each is kept for at most `idle_seconds` after its last use.
        """
        if connect_timeout <= 0 or read_timeout <= 0:
            raise ValueError("connect_timeout and read_timeout are in seconds: more than 0")
        if max_connections < 1:
            raise ValueError("max_connections must be at least 1")
        if deadline is not None and deadline <= 0:
            raise ValueError("deadline is in seconds: it must be more than 0, or None")
        if max_attempts is not None and max_attempts < 1:
            raise ValueError("max_attempts counts the first sending too: it must be at least 1")
        self._wanted = Wanted(endpoint_url, region, profile, credentials, ca_bundle, max_attempts, retry_mode)
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
        return Route(settings, RetryPolicy(settings.max_attempts, retry_writes=self._retry_writes))

    def _limit(self, started: float, deadline: float | None) -> float | None:
        """When a call that began at `started` has to end; `deadline` is its own, by the same clock."""
        if self._deadline is None:
            return deadline
        own = started + self._deadline
        return own if deadline is None else min(own, deadline)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise PermanentError("the transport is closed")
