"""TLS: verified always, against the right authority and the right name."""

from __future__ import annotations

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
