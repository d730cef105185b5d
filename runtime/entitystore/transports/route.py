"""The way to an endpoint: where to connect, how to sign, and what it means when no connection is made.

Rules of this file:
- What is derived from credentials is kept as long as the very same object comes back.
- Of the account's own endpoint, where there is one, the first credentials decide.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from entitystore.errors import PermanentError, TimeoutError, TransportError
from entitystore.transports.endpoint import Endpoint, Proxy, parse_endpoint, parse_proxy, proxy_for
from entitystore.transports.pace import Pace
from entitystore.transports.retries import InternalError, RetryPolicy
from entitystore.transports.settings import Settings
from entitystore.transports.sigv4 import Credentials, Signer, checked_account

if TYPE_CHECKING:
    import ssl


class Link(Struct, frozen=True):
    """How connections are made, as the caller says.

    `proxy` is a URL, "" for none, None for what the environment says; `client_certificate` a PEM file with certificate
    and key, or a file for each.
    """

    proxy: str | None = None
    client_certificate: str | tuple[str, str] | None = None


class Route:
    """The way to an endpoint: where to connect, how to sign, whether there is TLS and a proxy."""

    def __init__(self, settings: Settings, policy: RetryPolicy, link: Link) -> None:
        self.settings = settings
        self.policy = policy
        self.link = link
        self.pace = Pace() if settings.retry_mode == "adaptive" else None
        self.endpoint: Endpoint = settings.endpoint
        self.source = settings.source
        self.proxy: Proxy | None = self._proxy()
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
    def certified(self) -> str:
        """Whose certificates are verified, for a message."""
        names = [self.endpoint.host] if self.endpoint.tls else []
        if self.proxy is not None and self.proxy.tls:
            names.append(f"the proxy {self.proxy.host}")
        return " or of ".join(names)

    @property
    def speaks_tls(self) -> bool:
        """Whether there is TLS on the way: to the endpoint, or to the proxy."""
        return self.endpoint.tls or (self.proxy is not None and self.proxy.tls)

    @property
    def tunnel(self) -> Proxy | None:
        """The proxy to be asked for a tunnel, where there is one."""
        return self.proxy if self.endpoint.tls else None

    def signer(self, credentials: Credentials) -> Signer:
        """The signer for these credentials. The first ones decide to whose endpoint all calls go."""
        signer = self._signer
        if signer is None or signer.credentials is not credentials:
            if signer is None:
                self._choose_account(credentials.account_id)
            signer = self._signer = self._make_signer(credentials)
        return signer

    def _choose_account(self, account_id: str | None) -> None:
        pattern = self.settings.account_endpoint
        account = self.settings.account_id or account_id
        if pattern is None:
            return
        if account is not None:
            self.endpoint = parse_endpoint(pattern.replace("{}", checked_account(account)))
            self.proxy = self._proxy()
        elif self.settings.account_required:
            raise PermanentError(
                "account-based endpoints are required, and nothing says the account: set AWS_ACCOUNT_ID, or "
                f"aws_account_id in the profile, or pass account_id= (the credentials come from {self.source.origin})"
            )

    def _proxy(self) -> Proxy | None:
        given = self.link.proxy
        return proxy_for(self.endpoint, os.environ) if given is None else parse_proxy(given, "proxy=")

    @property
    def credentials(self) -> Credentials | None:
        """What the last request was signed with; None before the first one."""
        return None if self._signer is None else self._signer.credentials

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
        """The TLS settings: chain and host name verified; None without TLS on the way. May block; TransportError.

        Reading certificates takes time, so it happens once. Two threads may do it at once; it does no harm, for
        the context that knows all goes before the first one, whoever is later.
        """
        context = self._whole_context or self._first_context
        if context is not None or not self.speaks_tls:
            return context
        from entitystore.transports.trust import first_context

        context, knows_all = first_context(self.settings.ca_bundle)
        self._show_certificate(context)
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

            context = whole_context(self.settings.ca_bundle)
            self._show_certificate(context)
            self._whole_context = context

    def _show_certificate(self, context: ssl.SSLContext) -> None:
        if self.link.client_certificate is not None:
            from entitystore.transports.trust import load_client_certificate

            load_client_certificate(context, self.link.client_certificate)


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
            f"the certificate of {route.certified} does not verify: {error.verify_message}. "
            "If it is signed by a private authority, name that in ca_bundle= or AWS_CA_BUNDLE"
        )
    if isinstance(error, ssl.SSLError) and error.reason in _NO_COMMON_PROTOCOL:
        return PermanentError(f"{route.described} does not speak the TLS that this machine does: {error.reason}")
    return TransportError(f"cannot connect to {route.described}: {error}")
