"""Interruptions, forks and kills among faults."""

from __future__ import annotations

import threading

import pytest

from entitystore.transports import Credentials, HttpTransport
from tests.faults.calls import SIZE, order_key
from tests.faults.processes import stream_with_kills
from tests.faults.proxy import Proxy
from tests.faults.runs import Settings, run, with_table
from tests.guards.paths import order, shop_store

SEED = 1


@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals are the main thread's")
# An interruption within a finaliser goes nowhere else, and one between the making of a socket and its first `try`
# leaves it to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupted_call_leaves_nothing_wrong(engine_url: str) -> None:
    settings = Settings(seed=SEED, cancelled=0.4, slack=10.0)
    report = run(engine_url, "interrupted", settings, faults=150)
    assert not report.findings, "\n".join(map(str, report.findings))
    assert report.cancelled > 10


def test_a_fork_among_calls_leaves_nothing_wrong(engine_url: str) -> None:
    report = run(engine_url, "forked", Settings(seed=SEED), faults=60)
    assert not report.findings, "\n".join(map(str, report.findings))


def test_a_stream_outlives_kills(engine_url: str) -> None:
    settings = Settings(seed=SEED, rate=0.3)
    with Proxy(engine_url, settings.plan(), silence=settings.silence) as proxy:
        with_table(proxy)
        with HttpTransport(proxy.url, region="eu-west-1", credentials=Credentials("id", "secret")) as transport:
            table = shop_store.connect(transport=transport, table_name=proxy.table_name)
            table.order.put_many(order().model_copy(update=order_key("killed", each)) for each in range(SIZE))
        told = stream_with_kills(proxy.url, proxy.table_name, "killed", kills=4, seed=SEED)
    assert told == [f"o-{each}" for each in range(SIZE)]
