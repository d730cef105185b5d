"""TLS: verified always, against the right authority and the right name."""

from __future__ import annotations

import gc
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from entitystore.errors import TransportError, WriteOutcomeUnknownError, is_timeout
from tests.transports.certificates import Authority
from tests.transports.conftest import Make
from tests.transports.server import FakeServer, never, ok, raw, response


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def test_a_private_authority_by_argument(make: Make, authority: Authority) -> None:
    large = b'{"n":"%b"}' % (b"x" * 1_000_000)
    with FakeServer(ok(b'{"n":1}'), ok(large), tls=authority.server_context("localhost")) as server:
        transport = make(server.url, ca_bundle=authority.bundle)
        assert transport.call("GetItem", b"{}") == b'{"n":1}'
        assert transport.call("GetItem", b"y" * 1_000_000) == large
        assert server.connections == 1


def test_a_private_authority_by_environment(make: Make, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", authority.bundle)
    with FakeServer(ok(b'{"n":1}'), tls=authority.server_context("localhost")) as server:
        assert make(server.url).call("GetItem", b"{}") == b'{"n":1}'


def test_an_address_as_a_name(make: Make, authority: Authority) -> None:
    with FakeServer(ok(b'{"n":1}'), tls=authority.server_context("127.0.0.1")) as server:
        url = f"https://127.0.0.1:{server.port}"
        assert make(url, ca_bundle=authority.bundle).call("GetItem", b"{}") == b'{"n":1}'


def test_an_unknown_authority_is_refused_at_once(make: Make, authority: Authority) -> None:
    with FakeServer(tls=authority.server_context("localhost")) as server:
        with pytest.raises(TransportError, match=r"does not verify.*AWS_CA_BUNDLE") as caught:
            make(server.url).call("PutItem", b"{}")
        assert server.requests == []
        assert server.connections <= 2  # the system's directory of authorities, and then its bundle
    assert not caught.value.maybe_applied


def test_an_authority_in_a_hashed_directory(
    make: Make, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["openssl", "x509", "-noout", "-hash", "-in", authority.bundle]
    name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / f"{name}.0").write_bytes(Path(authority.bundle).read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with FakeServer(ok(b'{"n":1}'), tls=authority.server_context("localhost")) as server:
        assert make(server.url).call("GetItem", b"{}") == b'{"n":1}'
        assert server.connections == 1


def test_an_authority_that_only_the_systems_bundle_has(
    make: Make, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entitystore.transports.trust.hashed_authorities", lambda: str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", authority.bundle)
    with FakeServer(ok(b'{"n":1}'), ok(b'{"n":2}'), tls=authority.server_context("localhost")) as server:
        transport = make(server.url)
        assert transport.call("GetItem", b"{}") == b'{"n":1}'
        assert transport.call("GetItem", b"{}") == b'{"n":2}'
        assert server.connections == 2


def test_a_wrong_host_name_is_refused(make: Make, authority: Authority) -> None:
    with FakeServer(tls=authority.server_context("elsewhere.example")) as server:
        with pytest.raises(TransportError, match="does not verify"):
            make(server.url, ca_bundle=authority.bundle).call("PutItem", b"{}")
        assert server.requests == []


def test_a_server_without_tls(make: Make, authority: Authority) -> None:
    with FakeServer() as server, pytest.raises(TransportError, match="cannot connect to localhost"):
        make(
            server.url.replace("http:", "https:"), ca_bundle=authority.bundle, connect_timeout=0.5, max_attempts=1
        ).call("PutItem", b"{}")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_is_none(make: Make, tmp_path: Path, content: str | None) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    with FakeServer() as server, pytest.raises(TransportError, match=r"CA bundle.*bundle.pem"):
        make(server.url.replace("http:", "https:"), ca_bundle=str(bundle)).call("GetItem", b"{}")


def test_a_stale_tls_connection(make: Make, authority: Authority) -> None:
    with FakeServer(ok(), ok(b'{"n":2}'), tls=authority.server_context("localhost")) as server:
        transport = make(server.url, ca_bundle=authority.bundle, max_attempts=1)
        transport.call("PutItem", b"{}")
        server.close_connections()
        assert transport.call("PutItem", b"{}") == b'{"n":2}'


def test_silence_under_tls(make: Make, authority: Authority) -> None:
    with FakeServer(never(), tls=authority.server_context("localhost")) as server:
        transport = make(server.url, ca_bundle=authority.bundle, read_timeout=1.0)
        with pytest.raises(WriteOutcomeUnknownError) as caught:
            transport.call("PutItem", b"{}")
    assert caught.value.maybe_applied
    assert is_timeout(caught.value)


def test_a_truncated_body_under_tls(make: Make, authority: Authority) -> None:
    cut = raw(response(b"{}" * 100_000)[:-10])
    with FakeServer(cut, tls=authority.server_context("localhost")) as server:
        with pytest.raises(TransportError) as caught:
            make(server.url, ca_bundle=authority.bundle).call("PutItem", b"{}")
        assert len(server.requests) == 1
    assert caught.value.maybe_applied


# --------------------------------------------------------------------------------------- certificates of clients


def demanding(authority: Authority) -> ssl.SSLContext:
    """A server's settings that let in clients alone which the authority has certified."""
    context = authority.server_context("localhost")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.bundle)
    return context


def test_a_client_certificate_in_one_file_or_in_two(make: Make, authority: Authority, tmp_path: Path) -> None:
    context = demanding(authority)
    whole = str(Path(authority.bundle).parent / "localhost.pem")
    text = Path(whole).read_text()
    begin = text.index("-----BEGIN PRIVATE KEY")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_text(text[:begin])
    key.write_text(text[begin:])
    for given in (whole, (str(certificate), str(key))):
        with FakeServer(ok(b'{"n":1}'), tls=context) as server:
            transport = make(server.url, ca_bundle=authority.bundle, client_certificate=given)
            assert transport.call("GetItem", b"{}") == b'{"n":1}'


def test_a_client_without_a_certificate_is_not_let_in(make: Make, authority: Authority) -> None:
    with FakeServer(tls=demanding(authority)) as server:
        with pytest.raises(TransportError):
            make(server.url, ca_bundle=authority.bundle, max_attempts=1).call("GetItem", b"{}")
        assert server.requests == []


def test_a_client_certificate_that_cannot_be_used(make: Make, authority: Authority, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )
    cases = {
        str(tmp_path / "missing.pem"): "No such file",
        authority.bundle: "client certificate",
        (authority.bundle, str(locked)): "behind a password",
    }
    for given, message in cases.items():
        with FakeServer(tls=authority.server_context("localhost")) as server:
            transport = make(server.url, ca_bundle=authority.bundle, client_certificate=given)
            with pytest.raises(TransportError, match=message):
                transport.call("GetItem", b"{}")
            assert server.requests == []


@pytest.mark.parametrize(("given", "expected"), [(True, True), (False, False), (None, False)])
def test_keepalive_of_the_connection(make: Make, given: bool | None, expected: bool) -> None:
    with FakeServer(ok(b'{"n":1}')) as server:
        make(server.url, tcp_keepalive=given).call("GetItem", b"{}")
        flags = [sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for sock in sockets_to(server.port)]
    assert flags
    assert all(bool(flag) is expected for flag in flags)


def sockets_to(port: int) -> list[socket.socket]:
    """This process's sockets that are connected to a port."""
    return [each for each in gc.get_objects() if isinstance(each, socket.socket) and _peer_port(each) == port]


def _peer_port(sock: socket.socket) -> int | None:
    try:
        peer = sock.getpeername()
    except OSError:  # closed, or not connected
        return None
    return peer[1] if isinstance(peer, tuple) and len(peer) > 1 else None
