"""Credentials that change, expire and fail; what an error says of them, and never says."""

from __future__ import annotations

import logging
import threading
import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from entitystore.errors import ServiceError, TransportError
from entitystore.transports import Boto3Transport
from entitystore.transports.credentials import RefreshingSource
from entitystore.transports.sigv4 import Credentials
from tests.patience import PATIENCE
from tests.transports.conftest import Make
from tests.transports.server import FakeServer, ok, refuse

TOKEN = "FwoGZXIvYXdzE" + "x/+=" * 60
LOCAL = {"region": "eu-west-1"}


class Copy:
    """What a provider returns: credentials, and when they expire."""

    def __init__(self, number: int, expires_at: datetime | None = None) -> None:
        self.access_key, self.secret_key, self.token = f"AK{number}", "S", f"T{number}"
        self.expires_at = expires_at


class Provider:
    """Counts how often it is asked; every answer is another."""

    def __init__(self, lifetime: float | None = None) -> None:
        self.asked = 0
        self.lifetime = lifetime

    def get_frozen_credentials(self) -> Any:
        self.asked += 1
        until = None if self.lifetime is None else datetime.now(UTC) + timedelta(seconds=self.lifetime)
        return Copy(self.asked, until)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("entitystore.transports.credentials.time.monotonic", found)
    return found


# --------------------------------------------------------------------------------------------- how often


class Unchanged:
    def __init__(self) -> None:
        self.now = Credentials("AK1", "S", "T1")
        self.asked = 0

    def get_frozen_credentials(self) -> Credentials:
        self.asked += 1
        return self.now


def test_botocores_credentials_are_asked_for_once_a_second(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(Unchanged, "__module__", "botocore.credentials")
    provider = Unchanged()
    source = RefreshingSource(provider, "a test")
    assert source.cached() is None
    first = source.current()
    assert source.current() is first
    assert source.cached() is first
    assert provider.asked == 1
    clock.now += 1.1
    assert source.cached() is None
    assert source.current() is first  # asked again, but unchanged: what hangs on the object stays valid
    assert provider.asked == 2
    provider.now = Credentials("AK2", "S", "T2")
    clock.now += 1.1
    assert source.current() == provider.now


@pytest.mark.parametrize(("lifetime", "kept"), [(None, 60.0), (3600.0, 3300.0), (10.0, 1.0)])
def test_another_provider_is_asked_when_its_copy_is_old(clock: Clock, lifetime: float | None, kept: float) -> None:
    provider = Provider(lifetime)
    source = RefreshingSource(provider, "a test")
    first = source.current()
    clock.now += kept - 0.5
    assert source.cached() is first
    clock.now += 1.0
    assert source.cached() is None
    assert source.current() != first
    assert provider.asked == 2


def together(count: int, call: Any) -> list[Any]:
    """What `count` threads get that call at one moment; errors as their texts."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(call())
        except TransportError as error:
            results.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


class Counting:
    """A lock that lets through only when so many threads have come to it."""

    def __init__(self, count: int) -> None:
        self._barrier = threading.Barrier(count)
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._barrier.wait(PATIENCE)
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@pytest.mark.parametrize("error", [None, RuntimeError("the provider is down")])
def test_a_provider_is_asked_once_at_a_time(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> None:
    class Failing(Provider):
        def get_frozen_credentials(self) -> Any:
            found = super().get_frozen_credentials()
            if error is not None:
                raise error
            return found

    provider = Failing()
    source = RefreshingSource(provider, "a test")
    monkeypatch.setattr(source, "_lock", Counting(8))
    results = together(8, source.current)
    assert provider.asked == 1
    assert len(results) == 8
    assert len({str(each) for each in results}) == 1
    assert error is None or "the provider is down" in results[0]


def test_after_an_error_it_is_asked_again() -> None:
    class Recovering(Provider):
        def get_frozen_credentials(self) -> Any:
            found = super().get_frozen_credentials()
            if self.asked == 1:
                raise RuntimeError("not yet")
            return found

    source = RefreshingSource(Recovering(), "a test")
    with pytest.raises(TransportError, match="not yet"):
        source.current()
    assert source.current().access_key == "AK2"


# ------------------------------------------------------------------------------------------ expired, refused


def test_expired_credentials_are_renewed_at_once(make: Make) -> None:
    provider = Provider()
    with FakeServer(ok(), refuse(400, "ExpiredTokenException", "The security token expired"), ok(b'{"n":1}')) as server:
        transport = make(server.url, credentials=provider, **LOCAL)
        transport.call("PutItem", b"{}")
        assert transport.call("PutItem", b"{}") == b'{"n":1}'
        tokens = [each.headers["x-amz-security-token"] for each in server.requests]
    assert tokens == ["T1", "T1", "T2"]


def test_a_provider_that_gives_the_same_again_is_believed_no_more(make: Make) -> None:
    provider = Unchanged()
    with FakeServer(default=refuse(400, "ExpiredTokenException", "expired")) as server:
        with pytest.raises(
            ServiceError, match=r"expired \(the credentials come from credentials=, an object of .*Unch"
        ):
            make(server.url, credentials=provider, **LOCAL).call("PutItem", b"{}")
        assert len(server.requests) == 2


def test_credentials_that_cannot_change_are_refused_at_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    with FakeServer(default=refuse(400, "ExpiredTokenException", "expired")) as server:
        with pytest.raises(ServiceError, match=r"come from the environment \(.*AWS_SESSION_TOKEN"):
            make(server.url, **LOCAL).call("PutItem", b"{}")
        assert len(server.requests) == 1


def test_where_missing_credentials_were_looked_for(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(TransportError) as caught:
        make(**LOCAL, max_attempts=1).call("GetItem", b"{}")
    for word in ("environment", "AWS_ACCESS_KEY_ID", "'default'", "no-config", "no-credentials", "METADATA_DISABLED"):
        assert word in str(caught.value)


# -------------------------------------------------------------------------------------------------- secrets

CANONICAL = (
    "The request signature we calculated does not match. The Canonical String for this request should have been "
    f"'POST\n/\n\ncontent-type:application/x-amz-json-1.0\nx-amz-security-token:{TOKEN}\n\n'"
)


def everything(error: BaseException) -> str:
    """All that a log would show of an error."""
    text = "".join(traceback.format_exception(error)) + repr(error) + str(getattr(error, "args", ""))
    return text + str(getattr(error, "service_message", "")) + str(getattr(error, "body", ""))


@pytest.mark.parametrize("code", ["InvalidSignatureException", "UnrecognizedClientException", "ValidationException"])
@pytest.mark.parametrize("token", [TOKEN, "short-token"])
def test_a_token_that_is_quoted_is_left_out(
    make: Make, caplog: pytest.LogCaptureFixture, code: str, token: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeServer(default=refuse(400, code, CANONICAL.replace(TOKEN, token))) as server:
        transport = make(server.url, credentials=Credentials("AK", "SK", token), **LOCAL)
        with pytest.raises(ServiceError, match="left out") as caught:
            transport.call("GetItem", b"{}")
    assert token not in everything(caught.value)
    assert token not in caplog.text


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_through_boto3_as_well(operation: str) -> None:
    with FakeServer(default=refuse(400, "InvalidSignatureException", CANONICAL)) as server:
        client = boto3.client(
            "dynamodb",
            region_name="eu-west-1",
            endpoint_url=server.url,
            aws_access_key_id="AK",
            aws_secret_access_key="SK",
            aws_session_token=TOKEN,
        )
        body = b'{"TableName":"t","Item":{}}' if operation == "PutItem" else b'{"TableName":"t","Key":{}}'
        with pytest.raises(ServiceError, match="left out") as caught:
            Boto3Transport(client).call(operation, body)
    assert TOKEN not in everything(caught.value)
