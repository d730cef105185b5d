"""Trust: a large bundle is read in part at first and whole when it must be, and nothing outside it is ever trusted.

Rule: the bundles here are of real certificates, made for the test; what is read of them is seen by the contexts'
lists of authorities and by the connections that a server counts.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from entitystore.errors import TransportError
from entitystore.transports import HttpTransport, trust
from tests.patience import PATIENCE
from tests.transports.certificates import Authority
from tests.transports.conftest import Make
from tests.transports.server import FakeServer, ok

MANY = 60


class Bundle:
    """Authorities of a large bundle, one of them named as Amazon's are, and the bundle's path."""

    def __init__(self, folder: Path) -> None:
        others = [Authority(folder / str(number), f"Some Authority {number}") for number in range(MANY)]
        self.amazon = Authority(folder / "amazon", "Amazon Root CA 1")
        self.other = others[MANY // 2]
        self.without_amazon = folder / "without.pem"
        text = [f"# A comment, as bundles have it\n{Path(each.bundle).read_text()}" for each in others]
        self.without_amazon.write_text("\n".join(text))
        self.path = folder / "bundle.pem"
        self.path.write_text("\n".join([*text[:20], Path(self.amazon.bundle).read_text(), *text[20:]]))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return Bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def whole_reads(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The bundles that were read whole."""
    read: list[str | None] = []
    real = trust.whole_context

    def noted(ca_bundle: str | None) -> ssl.SSLContext:
        read.append(ca_bundle)
        return real(ca_bundle)

    monkeypatch.setattr(trust, "whole_context", noted)
    return read


def common_names(context: ssl.SSLContext) -> set[object]:
    # ((("commonName", "…"),),) is how `ssl` gives a subject.
    return {part[0][1] for each in context.get_ca_certs() for part in each["subject"]}


def test_the_sizes_are_as_the_tests_say(bundle: Bundle) -> None:
    assert bundle.path.stat().st_size > trust.LARGE
    assert bundle.without_amazon.stat().st_size > trust.LARGE


def test_amazons_authorities_are_read_alone(make: Make, bundle: Bundle, whole_reads: list[str | None]) -> None:
    with FakeServer(ok(b'{"n":1}'), tls=bundle.amazon.server_context("localhost")) as server:
        assert make(server.url, ca_bundle=str(bundle.path)).call("GetItem", b"{}") == b'{"n":1}'
        assert server.connections == 1
    assert whole_reads == []


def test_another_authority_is_found_by_the_second_try(
    make: Make, bundle: Bundle, whole_reads: list[str | None]
) -> None:
    with FakeServer(ok(b'{"n":1}'), ok(b'{"n":2}'), tls=bundle.other.server_context("localhost")) as server:
        transport = make(server.url, ca_bundle=str(bundle.path), max_attempts=1)
        assert transport.call("PutItem", b"{}") == b'{"n":1}'
        server.close_connections()
        assert transport.call("GetItem", b"{}") == b'{"n":2}'
        assert server.connections == 3  # the second connection needs no second try
    assert whole_reads == [str(bundle.path)]


@pytest.mark.parametrize("name", ["Private Authority", "Amazon Root CA 1"])
def test_one_that_is_not_in_the_bundle_is_refused(make: Make, bundle: Bundle, tmp_path: Path, name: str) -> None:
    stranger = Authority(tmp_path / "stranger", name)
    with FakeServer(tls=stranger.server_context("localhost")) as server:
        transport = make(server.url, ca_bundle=str(bundle.path))
        with pytest.raises(TransportError, match=r"of localhost does not verify: .*AWS_CA_BUNDLE$") as caught:
            transport.call("PutItem", b"{}")
        assert server.connections == 2
        with pytest.raises(TransportError, match="does not verify"):
            transport.call("PutItem", b"{}")
        assert server.connections == 3
        assert server.requests == []
    assert not caught.value.maybe_applied


def test_a_wrong_host_name_is_not_tried_again(make: Make, bundle: Bundle, whole_reads: list[str | None]) -> None:
    with FakeServer(tls=bundle.amazon.server_context("elsewhere.example")) as server:
        with pytest.raises(TransportError, match="does not verify: Hostname mismatch"):
            make(server.url, ca_bundle=str(bundle.path)).call("PutItem", b"{}")
        assert server.connections == 1
        assert server.requests == []
    assert whole_reads == []


def test_the_systems_bundle(make: Make, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle.path))
    for authority, connections in ((bundle.amazon, 1), (bundle.other, 2)):
        with FakeServer(ok(b'{"n":1}'), tls=authority.server_context("localhost")) as server:
            assert make(server.url).call("GetItem", b"{}") == b'{"n":1}'
            assert server.connections == connections


def test_a_bundle_without_amazons_is_read_whole_at_once(make: Make, bundle: Bundle) -> None:
    with FakeServer(ok(b'{"n":1}'), tls=bundle.other.server_context("localhost")) as server:
        assert make(server.url, ca_bundle=str(bundle.without_amazon)).call("GetItem", b"{}") == b'{"n":1}'
        assert server.connections == 1


def test_a_small_bundle_is_read_whole_at_once(make: Make, bundle: Bundle, tmp_path: Path) -> None:
    small = tmp_path / "small.pem"
    small.write_text(Path(bundle.amazon.bundle).read_text() + Path(bundle.other.bundle).read_text())
    with FakeServer(ok(b'{"n":1}'), tls=bundle.other.server_context("localhost")) as server:
        assert make(server.url, ca_bundle=str(small)).call("GetItem", b"{}") == b'{"n":1}'
        assert server.connections == 1


def _cut(text: str) -> str:
    return text[: text.rindex("-----END")]


def _shorten(text: str) -> str:
    lines = text.splitlines()
    del lines[-3:-1]  # of the last certificate's text
    return "\n".join(lines)


def _no_certificate(text: str) -> str:
    """A whole sequence, named as Amazon's, that is no certificate."""
    content = b"Amazon Root CA 1".ljust(300, b".")
    return text + ssl.DER_cert_to_PEM_cert(b"\x30\x82" + len(content).to_bytes(2) + content)


@pytest.mark.parametrize("spoil", [_cut, _shorten, _no_certificate])
def test_a_malformed_bundle_is_an_error_as_ever(
    make: Make, bundle: Bundle, tmp_path: Path, spoil: Callable[[str], str], whole_reads: list[str | None]
) -> None:
    spoiled = tmp_path / "spoiled.pem"
    spoiled.write_text(spoil(bundle.path.read_text()))
    with FakeServer() as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(TransportError, match=r"CA bundle .*spoiled.pem.* cannot be read"):
            make(url, ca_bundle=str(spoiled)).call("GetItem", b"{}")
    assert whole_reads == [str(spoiled)]


def test_what_is_left_unread_may_be_broken_but_is_an_error_when_it_is_needed(
    make: Make, bundle: Bundle, tmp_path: Path
) -> None:
    content = b"." * 300
    broken = tmp_path / "broken.pem"
    rest = ssl.DER_cert_to_PEM_cert(b"\x30\x82" + len(content).to_bytes(2) + content)
    broken.write_text(bundle.path.read_text() + rest)
    with FakeServer(ok(b'{"n":1}'), tls=bundle.amazon.server_context("localhost")) as server:
        assert make(server.url, ca_bundle=str(broken)).call("GetItem", b"{}") == b'{"n":1}'
    with FakeServer(tls=bundle.other.server_context("localhost")) as server:
        with pytest.raises(TransportError, match=r"CA bundle .*broken.pem.* cannot be read"):
            make(server.url, ca_bundle=str(broken)).call("GetItem", b"{}")
        assert server.requests == []


def test_what_is_no_plain_certificate_is_not_chosen_from(bundle: Bundle) -> None:
    text = bundle.path.read_bytes()
    assert trust.amazons_of(text)
    assert trust.amazons_of(text.replace(b"\n", b"\r\n")) == trust.amazons_of(text)
    # OpenSSL's own form may also say what an authority is not trusted for.
    assert trust.amazons_of(text.replace(b" CERTIFICATE-", b" TRUSTED CERTIFICATE-")) == b""
    assert trust.amazons_of(text.replace(b" CERTIFICATE-", b" TRUSTED CERTIFICATE-", 2)) == b""
    assert trust.amazons_of(b"") == b""


def test_contexts_differ_in_their_authorities_alone(bundle: Bundle) -> None:
    first, knows_all = trust.first_context(str(bundle.path))
    whole = trust.whole_context(str(bundle.path))
    assert not knows_all
    assert common_names(first) == {"Amazon Root CA 1"}
    assert len(common_names(whole)) == MANY + 1
    for name in ("verify_mode", "check_hostname", "verify_flags", "options", "minimum_version", "maximum_version"):
        assert getattr(first, name) == getattr(whole, name)
    assert first.verify_mode is ssl.CERT_REQUIRED
    assert first.check_hostname


def test_amazons_names_are_in_real_bundles() -> None:
    import botocore

    path = Path(botocore.__file__).with_name("cacert.pem")
    context, knows_all = trust.first_context(str(path))
    assert not knows_all
    assert {f"Amazon Root CA {number}" for number in range(1, 5)} <= common_names(context)
    assert len(context.get_ca_certs()) < 10


def test_threads_that_need_the_whole_at_the_same_time(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=PATIENCE)
    real = trust.whole_context

    def at_once(ca_bundle: str | None) -> ssl.SSLContext:
        together.wait()
        return real(ca_bundle)

    monkeypatch.setattr(trust, "whole_context", at_once)
    with FakeServer(ok(), ok(), ok(), tls=bundle.other.server_context("localhost")) as server:
        transport = HttpTransport(server.url, ca_bundle=str(bundle.path), max_attempts=1)
        with ThreadPoolExecutor(2) as threads:
            answers = [threads.submit(transport.call, "PutItem", b"{}") for _ in range(2)]
            assert [each.result(PATIENCE) for each in answers] == [b"{}", b"{}"]
        assert server.connections == 4
        transport.close()


def test_a_slow_first_context_does_not_replace_the_whole(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread is still reading Amazon's authorities when another has found that it needs all."""
    real = trust.first_context
    entered, go_on = threading.Event(), threading.Event()

    def slow(ca_bundle: str | None) -> tuple[ssl.SSLContext, bool]:
        if threading.current_thread() is not threading.main_thread():
            entered.set()
            assert go_on.wait(PATIENCE)
        return real(ca_bundle)

    monkeypatch.setattr(trust, "first_context", slow)
    with FakeServer(ok(), ok(), ok(), tls=bundle.other.server_context("localhost")) as server:
        transport = HttpTransport(server.url, ca_bundle=str(bundle.path), max_attempts=1)
        with ThreadPoolExecutor(1) as threads:
            late = threads.submit(transport.call, "PutItem", b"{}")
            assert entered.wait(PATIENCE)
            assert transport.call("PutItem", b"{}") == b"{}"
            go_on.set()
            assert late.result(PATIENCE) == b"{}"
        assert server.connections == 3  # the late one has the whole by the time it connects
        transport.close()
