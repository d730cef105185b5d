"""Proxies: honoured through CONNECT and by whole addresses, or refused with words."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from pathlib import Path

import pytest

from entitystore.errors import TransportError
from entitystore.transports.endpoint import Proxy, is_loopback, parse_endpoint, proxy_for
from tests.transports.certificates import Authority
from tests.transports.conftest import Make
from tests.transports.server import Answer, FakeServer, Request, ok, raw, read_request

REMOTE = "dynamodb.example"


def tunnel_to(port: int) -> Answer:
    """Grant a CONNECT, and carry bytes to a server on this machine."""

    def answer(_: FakeServer, client: socket.socket, __: Request) -> bool:
        with closing(socket.create_connection(("127.0.0.1", port))) as upstream:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=carry, args=(upstream, client))
            back.start()
            carry(client, upstream)
            back.join()
        return False

    return answer


def tls_tunnel_to(port: int) -> Answer:
    """`tunnel_to` on a socket with TLS, of which one thread alone may read and write at a time."""

    def answer(_: FakeServer, client: socket.socket, __: Request) -> bool:
        with closing(socket.create_connection(("127.0.0.1", port))) as upstream:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            client.settimeout(0.002)
            upstream.settimeout(0.002)
            pairs = [(client, upstream), (upstream, client)]
            while pairs:
                pairs = [pair for pair in pairs if moved(*pair)]
                if len(pairs) == 1:
                    return False
        return False

    return answer


def moved(source: socket.socket, target: socket.socket) -> bool:
    """Carry what has come; False at the end."""
    try:
        data = source.recv(65536)
    except TimeoutError:
        return True
    except OSError:
        return False
    target.settimeout(None)
    target.sendall(data)
    target.settimeout(0.002)
    return bool(data)


def carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        for sock in (source, target):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def test_https_goes_through_a_tunnel(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    context = authority.server_context(REMOTE)
    with FakeServer(ok(b'{"n":1}'), tls=context) as server, FakeServer(tunnel_to(server.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://us%40er:pa%3Ass@localhost:{proxy.port}")
        transport = make(f"https://{REMOTE}", ca_bundle=authority.bundle)
        assert transport.call("PutItem", b"{}") == b'{"n":1}'
        transport.call("PutItem", b"{}")
        transport.close()
        asked = proxy.requests[0]
        assert len(proxy.requests) == 1
        assert server.requests[0].headers["host"] == REMOTE
        assert "proxy-authorization" not in server.requests[0].headers
    assert asked.line == f"CONNECT {REMOTE}:443 HTTP/1.1"
    assert asked.headers["host"] == f"{REMOTE}:443"
    assert asked.headers["proxy-authorization"] == "Basic dXNAZXI6cGE6c3M="


def test_the_certificate_behind_a_proxy_is_verified(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    context = authority.server_context("someone-else.example")
    with FakeServer(tls=context) as server, FakeServer(tunnel_to(server.port)) as proxy:
        monkeypatch.setenv("https_proxy", f"localhost:{proxy.port}")
        with pytest.raises(TransportError, match="does not verify"):
            make(f"https://{REMOTE}", ca_bundle=authority.bundle).call("PutItem", b"{}")
        assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [
        (raw(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), 1),
        (raw(b"HTTP/1.1 403 Forbidden\r\n\r\n"), 1),
        (raw(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), 2),
        (raw(b"SSH-2.0-OpenSSH\r\n\r\n"), 1),
        (raw(b""), 2),
    ],
)
def test_a_proxy_that_refuses(make: Make, monkeypatch: pytest.MonkeyPatch, answer: Answer, attempts: int) -> None:
    with FakeServer(default=answer) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://localhost:{proxy.port}")
        with pytest.raises(TransportError, match="proxy") as caught:
            make(f"https://{REMOTE}", max_attempts=2).call("PutItem", b"{}")
        assert len(proxy.requests) == attempts
    assert not caught.value.maybe_applied


def test_http_goes_by_its_whole_address(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeServer(ok(b'{"n":1}')) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://u:p@localhost:{proxy.port}")
        assert make(f"http://{REMOTE}:8000").call("GetItem", b"{}") == b'{"n":1}'
    assert proxy.requests[0].line == f"POST http://{REMOTE}:8000/ HTTP/1.1"
    assert proxy.requests[0].headers["host"] == f"{REMOTE}:8000"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic dTpw"


def test_loopback_needs_no_proxy(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with FakeServer(ok(b'{"n":1}')) as server:
        assert make(server.url).call("GetItem", b"{}") == b'{"n":1}'


def test_proxies_of_other_kinds_are_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy.example:1080")
    with pytest.raises(TransportError, match="only http:// and https:// proxies"):
        make(f"https://{REMOTE}").call("GetItem", b"{}")


def test_a_proxy_over_tls(make: Make, tmp_path: Path) -> None:
    """TLS to the proxy, and TLS to the endpoint within it."""
    authority = Authority(tmp_path)
    large = b'{"n":"%b"}' % (b"x" * 1_000_000)
    with (
        FakeServer(ok(b'{"n":1}'), ok(large), ok(b'{"n":3}'), tls=authority.server_context(REMOTE)) as server,
        FakeServer(tls_tunnel_to(server.port), tls=authority.server_context("localhost")) as proxy,
    ):
        transport = make(f"https://{REMOTE}", ca_bundle=authority.bundle, proxy=f"https://u:p@localhost:{proxy.port}")
        assert transport.call("GetItem", b"{}") == b'{"n":1}'
        assert transport.call("GetItem", b"y" * 1_000_000) == large
        assert transport.call("GetItem", b"{}") == b'{"n":3}'
        transport.close()
        assert server.connections == 1
        assert proxy.requests[0].line == f"CONNECT {REMOTE}:443 HTTP/1.1"
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic dTpw"


def test_the_certificate_of_a_proxy_is_verified(make: Make, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with FakeServer(tls=authority.server_context("someone-else.example")) as proxy:
        transport = make(f"https://{REMOTE}", ca_bundle=authority.bundle, proxy=f"https://localhost:{proxy.port}")
        with pytest.raises(TransportError, match=r"of the proxy localhost does not verify"):
            transport.call("GetItem", b"{}")
        assert proxy.requests == []


def test_http_goes_to_a_proxy_over_tls_by_its_whole_address(make: Make, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with FakeServer(ok(b'{"n":1}'), tls=authority.server_context("localhost")) as proxy:
        url = f"https://localhost:{proxy.port}"
        transport = make(f"http://{REMOTE}:8000", ca_bundle=authority.bundle, proxy=url)
        assert transport.call("GetItem", b"{}") == b'{"n":1}'
    assert proxy.requests[0].line == f"POST http://{REMOTE}:8000/ HTTP/1.1"


def test_a_proxy_by_argument_goes_before_the_environment(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "*")
    with FakeServer(ok(b'{"n":1}')) as proxy:
        assert make(f"http://{REMOTE}", proxy=f"localhost:{proxy.port}").call("GetItem", b"{}") == b'{"n":1}'
    assert proxy.requests[0].line == f"POST http://{REMOTE}/ HTTP/1.1"


def test_no_proxy_by_argument(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with pytest.raises(TransportError, match=r"server\.invalid"):
        make("http://server.invalid", proxy="", max_attempts=1).call("GetItem", b"{}")


@pytest.mark.parametrize(
    ("environment", "url", "expected"),
    [
        ({}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1"}, "https://a.example", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p:1"}, "https://a.example", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p"}, "https://a.example", Proxy("p", 80)),
        ({"https_proxy": "http://q:2", "HTTPS_PROXY": "http://p:1"}, "https://a.example", Proxy("q", 2)),
        ({"https_proxy": "", "HTTPS_PROXY": "http://p:1"}, "https://a.example", None),
        ({"HTTPS_PROXY": "http://p:1"}, "http://a.example", None),
        ({"HTTP_PROXY": "http://p:1"}, "http://a.example", Proxy("p", 1)),
        ({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "http://a.example", None),
        ({"http_proxy": "http://p:1", "REQUEST_METHOD": "GET"}, "http://a.example", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "*"}, "https://a.example", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "b.example, a.EXAMPLE"}, "https://a.example", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": ".example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "*.example"}, "https://a.example", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "a.example:443"}, "https://a.example", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "a.example:444"}, "https://a.example", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "ample"}, "https://a.example", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": " ,"}, "https://a.example", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p:1"}, "https://localhost:4566", None),
        ({"HTTPS_PROXY": "https://p"}, "https://a.example", Proxy("p", 443, tls=True)),
        ({"HTTPS_PROXY": "HTTPS://p:8"}, "https://a.example", Proxy("p", 8, tls=True)),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "[fd00::1]"}, "https://[fd00::1]", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "fd00::1"}, "https://[fd00::1]:8443", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "a, [FD00::1]:8443"}, "https://[fd00::1]:8443", None),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "[fd00::1]:8444"}, "https://[fd00::1]:8443", Proxy("p", 1)),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "[fd00::2]"}, "https://[fd00::1]", Proxy("p", 1)),
    ],
)
def test_which_proxy(environment: dict[str, str], url: str, expected: Proxy | None) -> None:
    assert proxy_for(parse_endpoint(url), environment) == expected


def test_a_proxys_password_does_not_show() -> None:
    proxy = proxy_for(parse_endpoint("https://a.example"), {"HTTPS_PROXY": "http://u:PASSWORD@p:1"})
    assert "PASSWORD" not in repr(proxy)
    with pytest.raises(TransportError) as caught:
        proxy_for(parse_endpoint("https://a.example"), {"HTTPS_PROXY": "ftp://u:PASSWORD@p:1"})
    assert "PASSWORD" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000",
        "ftp://localhost",
        "http://",
        "http://user:PASSWORD@localhost",
        "http://localhost/?a=b",
        "http://localhost/#a",
        "http://localhost:99999",
        "http://localhost:abc",
        "http://local host",
        "http://localhost/\r\nX: y",
        "http://localhost/a/../b",
        "http://localhost/a//b",
        "http://localhost/%41",
        "http://höst/",
        "http://[::1",
    ],
)
def test_urls_that_are_no_endpoint(url: str) -> None:
    with pytest.raises(TransportError) as caught:
        parse_endpoint(url)
    assert "PASSWORD" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("127.0.0.1.example", False),
        ("localhost.example", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_reading_a_request_ends_with_the_connection() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab")
        theirs.shutdown(socket.SHUT_WR)
        assert read_request(ours, 1) is None
