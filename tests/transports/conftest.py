"""Fixtures of the transport tests.

    make     makes a transport of each HTTP kind in turn, with a blocking `call` and `close`
    aws      an environment that holds credentials and a region, and nothing else of AWS

Rule: no test meets the settings, credentials or proxies of the machine that it runs on.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from entitystore.transports import CallContext
from entitystore.transports.asyncio import AsyncHttpTransport
from entitystore.transports.http import HttpTransport


class Caller(Protocol):
    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes: ...
    def close(self) -> None: ...


Make = Callable[..., Caller]


class _Blocking:
    """An asyncio transport behind blocking calls; its loop stands still between them."""

    def __init__(self, runner: asyncio.Runner, transport: AsyncHttpTransport) -> None:
        self._runner = runner
        self._transport = transport

    def call(self, operation: str, body: bytes, context: CallContext | None = None) -> bytes:
        return self._runner.run(self._transport.call(operation, body, context))

    def close(self) -> None:
        self._runner.run(self._transport.close())


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("AWS_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once; how long they wait is tested in test_retries."""
    monkeypatch.setattr("entitystore.transports.retries.Attempts._jittered", lambda self: 0.0)


@pytest.fixture(params=["blocking", "asyncio"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Caller] = []
    with asyncio.Runner() as runner:

        def make_one(url: str | None = None, **options: Any) -> Caller:
            transport: Caller
            if request.param == "blocking":
                transport = HttpTransport(url, **options)
            else:
                transport = _Blocking(runner, AsyncHttpTransport(url, **options))
            made.append(transport)
            return transport

        yield make_one
        for transport in made:
            transport.close()
