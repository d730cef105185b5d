"""Where requests go: an endpoint's URL taken apart, and the proxy on the way to it.

Rules of this file:
- A URL that would be misread is refused, with the part that is wrong: another scheme, credentials, a
  query, a path that the signature would have to encode.
- Host and port are spelled as botocore spells them in the Host header, for that header is signed.
- Proxies: `HTTPS_PROXY` or `https_proxy` for https (through CONNECT, so that TLS reaches to the endpoint),
  `http_proxy` for http (`HTTP_PROXY` too, but not under CGI, where a client can set it: httpoxy.org),
  `NO_PROXY` for exceptions. A loopback endpoint is never reached through a proxy.
- A proxy is spoken to as its URL says, over plain HTTP or over TLS; a SOCKS proxy is refused, not passed by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from entitystore.errors import TransportError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_PATH_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~-"
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Endpoint(Struct, frozen=True):
    """A parsed endpoint. `path` starts with a slash; `host` has no brackets, even for IPv6."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def tls(self) -> bool:
        """True for https."""
        return self.scheme == "https"

    @property
    def is_loopback(self) -> bool:
        """True for this machine's own names and addresses."""
        return is_loopback(self.host)

    @property
    def authority(self) -> str:
        """The Host header: with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, for a forwarding proxy's request line."""
        return f"{self.scheme}://{self.authority}{self.path}"


class Proxy(Struct, frozen=True):
    """A forwarding proxy, spoken to over TLS if `tls`. `authorization` is a header's value or None."""

    host: str
    port: int
    authorization: str | None = None
    tls: bool = False

    def __repr__(self) -> str:
        """Without what must not be seen in a log."""
        return f"Proxy(host={self.host!r}, port={self.port!r}, tls={self.tls})"

    @property
    def header(self) -> str:
        """The header line for the proxy, or nothing."""
        return f"Proxy-Authorization: {self.authorization}\r\n" if self.authorization else ""


def is_loopback(host: str) -> bool:
    """True for `localhost`, names under it (RFC 6761, 6.3), 127.0.0.0/8 and ::1."""
    if host == "localhost" or host.endswith(".localhost") or host == "::1":
        return True
    numbers = host.split(".")
    return numbers[0] == "127" and len(numbers) == 4 and all(number.isdigit() for number in numbers)


def parse_endpoint(url: str) -> Endpoint:
    """Take an endpoint URL apart; raises TransportError if it cannot be one."""
    usual = _usual_endpoint(url)
    if usual is not None:
        return usual
    what = "the endpoint URL"
    parts = _split(url, what)
    host = parts.hostname or ""
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise _refused(what, host, "it may not have credentials, a query or a fragment")
    if parts.path.strip(_PATH_CHARACTERS) or "//" in parts.path or "/." in parts.path:
        raise _refused(what, host, "its path is not plain")
    return Endpoint(parts.scheme, host, parts.port or _DEFAULT_PORTS[parts.scheme], parts.path or "/")


def _usual_endpoint(url: str) -> Endpoint | None:
    """The parts of `scheme://name` and `scheme://name:port`, which need no parser; None for anything else.

    `urllib.parse` costs 2 ms of every start.
    """
    scheme, separator, rest = url.partition("://")
    host, colon, port = rest.partition(":")
    if not separator or scheme not in _DEFAULT_PORTS or not host or host.strip(_NAME_CHARACTERS):
        return None
    if not colon:
        return Endpoint(scheme, host, _DEFAULT_PORTS[scheme], "/")
    if not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        return None
    return Endpoint(scheme, host, int(port), "/")


def _split(url: str, what: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or " " in url:
        raise TransportError(f"{what} holds characters that no URL has")
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise TransportError(f"{what} cannot be read as a URL") from error
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise _refused(what, host or "", "it must look like http(s)://host[:port]")
    return parts


def _refused(what: str, host: str, reason: str) -> TransportError:
    """Names the host alone: a URL may hold a password."""
    return TransportError(f"{what}{f' (host {host!r})' if host else ''} cannot be used: {reason}")


def proxy_for(endpoint: Endpoint, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy that the environment names for this endpoint."""
    if endpoint.is_loopback:
        return None
    url = _proxy_url(endpoint.scheme, environment)
    if not url or _is_excepted(endpoint, environment):
        return None
    return parse_proxy(url, "HTTPS_PROXY or HTTP_PROXY")


def _proxy_url(scheme: str, environment: Mapping[str, str]) -> str | None:
    lower = environment.get(f"{scheme}_proxy")
    if lower is not None:
        return lower
    if scheme == "http" and "REQUEST_METHOD" in environment:
        return None
    return environment.get(f"{scheme.upper()}_PROXY")


def _is_excepted(endpoint: Endpoint, environment: Mapping[str, str]) -> bool:
    """True if `NO_PROXY` lists the host, a domain that it lies in, either with the port, or `*`."""
    listed = environment.get("no_proxy", environment.get("NO_PROXY", ""))
    bracketed = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    names = (endpoint.host, bracketed, f"{bracketed}:{endpoint.port}")
    for entry in listed.lower().split(","):
        domain = entry.strip().lstrip("*").lstrip(".")
        if entry.strip() == "*":
            return True
        if domain and any(name == domain or name.endswith("." + domain) for name in names):
            return True
    return False


def parse_proxy(url: str, where: str) -> Proxy | None:
    """The proxy of a URL, without a scheme for plain HTTP; None for "". `where` says in an error where it stands."""
    if not url:
        return None
    what = f"the proxy's URL in {where}"
    scheme, separator, _ = url.partition("://")
    if separator and scheme.lower() not in _DEFAULT_PORTS:
        raise TransportError(
            f"{what} asks for a {scheme} proxy; only http:// and https:// proxies are supported. "
            "Set NO_PROXY to pass it by, or use Boto3Transport"
        )
    parts = _split(url if separator else f"http://{url}", what)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    authorization = _basic(parts.username, parts.password)
    return Proxy(parts.hostname or "", port, authorization, tls=parts.scheme == "https")


def _basic(username: str | None, password: str | None) -> str | None:
    if username is None:
        return None
    import base64
    from urllib.parse import unquote

    pair = f"{unquote(username)}:{unquote(password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
