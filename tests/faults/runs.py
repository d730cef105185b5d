"""Runs: workers, a proxy before the engine, and what came of it.

Rules of this file:
- Each round has a transport of its own, so that the retry budget is full again and closing is tried as well.
- All of a run follows from its seed, but for what threads and the network do at the same moment.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from entitystore.transports import AsyncHttpTransport, Boto3Transport, Credentials, HttpTransport
from tests.faults.calls import Limits
from tests.faults.catalogue import KINDS
from tests.faults.drivers import (
    AsyncTagged,
    BotoTagged,
    Tagged,
    TaskDriver,
    ThreadDriver,
    async_table,
    run_now,
    table,
    tag_client,
)
from tests.faults.kinds import Kind
from tests.faults.ledger import Report
from tests.faults.operations import Worker
from tests.faults.proxy import Plan, Proxy
from tests.guards.paths import shop_store

__all__ = ["HIDDEN", "RUNS", "Settings", "boto3_client", "run", "with_table"]


@dataclass(frozen=True)
class Settings:
    """A run. `silence` is the transports' `read_timeout` and `deadline` their deadline, in seconds.

    `slack` is what a machine may take beyond a deadline. `cancelled` is the part of the calls that asyncio cancels.
    """

    seed: int = 1
    kinds: tuple[Kind, ...] = tuple(KINDS.values())
    rate: float = 0.6
    workers: int = 16
    steps: int = 30
    silence: float = 0.25
    deadline: float = 1.0
    slack: float = 3.0
    cancelled: float = 0.05
    max_attempts: int = 4

    def plan(self) -> Plan:
        """The faults."""
        return Plan(self.seed, self.kinds, self.rate)

    def limits(self, *, may_repeat: bool, can_cancel: bool = False) -> Limits:
        """What the calls are allowed."""
        strict = all(kind.harmless for kind in self.kinds)
        cancelled = self.cancelled if can_cancel else 0.0
        cancelled = self.cancelled if can_cancel else 0.0
        certain = all(kind.certain for kind in self.kinds)
        return Limits(self.deadline, self.deadline + self.slack, cancelled, may_repeat, strict, certain)

    def options(self, number: int) -> dict[str, Any]:
        """Options of the transport of this round, which differ."""
        chance = random.Random(f"{self.seed}/options/{number}")
        return {
            "region": "eu-west-1",
            "credentials": _SlowCredentials(chance.random()) if number % 4 == 3 else Credentials("id", "secret"),
            "connect_timeout": 2 * self.silence,
            "read_timeout": self.silence,
            "deadline": self.deadline,
            "max_attempts": self.max_attempts,
            "retry_writes": number % 3 == 2,
            "max_connections": chance.choice([2, 8, 64]),
        }


class _SlowCredentials:
    """A provider that takes its time, and hands out new ones now and then."""

    def __init__(self, seed: float) -> None:
        self._random = random.Random(seed)

    def get_frozen_credentials(self) -> Credentials:
        time.sleep(self._random.choice([0.0, 0.01, 0.1]))
        return Credentials("id", f"secret-{self._random.randrange(3)}")


def with_table(proxy: Proxy) -> None:
    """Make the workers' table, past all faults: these calls have no name."""
    with HttpTransport(proxy.url, region="eu-west-1", credentials=Credentials("id", "secret")) as transport:
        shop_store.connect(transport=transport, table_name=proxy.table_name).create_table(exist_ok=True)


def _work_in_threads(workers: Sequence[Worker], steps: int) -> None:
    with ThreadPoolExecutor(len(workers)) as threads:
        for done in [threads.submit(run_now, each.run(steps)) for each in workers]:
            done.result()


def blocking_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    """Threads share an HttpTransport."""
    options = settings.options(number)
    limits = settings.limits(may_repeat=options["retry_writes"])
    with HttpTransport(proxy.url, **options) as transport:
        workers = []
        for each in range(settings.workers):
            tagged = Tagged(transport)
            driver = ThreadDriver(tagged, proxy)
            workers.append(
                Worker(f"b{number}w{each}", table(tagged, proxy.table_name), driver, report, settings.seed, limits)
            )
        _work_in_threads(workers, settings.steps)


async def _async_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    options = settings.options(number)
    limits = settings.limits(may_repeat=options["retry_writes"], can_cancel=True)
    async with AsyncHttpTransport(proxy.url, **options) as transport:
        workers, drivers = [], []
        for each in range(settings.workers):
            tagged = AsyncTagged(transport)
            driver = TaskDriver(tagged, proxy)
            drivers.append(driver)
            workers.append(
                Worker(
                    f"a{number}w{each}", async_table(tagged, proxy.table_name), driver, report, settings.seed, limits
                )
            )
        await asyncio.gather(*[each.run(settings.steps) for each in workers])
        report.cancelled += sum(driver.cancelled for driver in drivers)


def asyncio_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    """Tasks share an AsyncHttpTransport, on asyncio's own event loop."""
    with asyncio.Runner() as runner:
        runner.run(_async_round(proxy, settings, report, number))


def uvloop_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    """Tasks share an AsyncHttpTransport, on uvloop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_async_round(proxy, settings, report, number))


def boto3_client(url: str, settings: Settings, *, attempts: int) -> Any:
    """A client in the standard mode, whose requests carry the name of their call."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=2 * settings.silence,
        read_timeout=settings.silence,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=64,
    )
    client = boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="eu-west-1",
        config=config,
        aws_access_key_id="id",
        aws_secret_access_key="secret",
    )
    tag_client(client)
    return client


def boto3_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    """Threads share a Boto3Transport. Every other round its client may try again, and so repeats writes."""
    attempts = 1 + number % 2
    limits = replace(settings.limits(may_repeat=attempts > 1), strict=False, certain=False)
    client = boto3_client(proxy.url, settings, attempts=attempts)
    transport = Boto3Transport(client)
    workers = []
    for each in range(settings.workers):
        tagged = BotoTagged(transport)
        driver = ThreadDriver(tagged, proxy)
        workers.append(
            Worker(f"c{number}w{each}", table(tagged, proxy.table_name), driver, report, settings.seed, limits)
        )
    _work_in_threads(workers, settings.steps)
    client.close()


HIDDEN = frozenset(
    {
        "101 Switching Protocols",
        "103 in pieces",
        "answers twice at once",
        "bytes of nobody",
        "408 a moment later",
        "interim answer, reset",
        "interim answers without end",
    }
)
"""What botocore's connections do not notice: bytes that nobody asked for stay in them, and answer the next call."""

Round = Callable[[Proxy, Settings, Report, int], None]

RUNS: dict[str, Round] = {
    "blocking": blocking_round,
    "asyncio": asyncio_round,
    "uvloop": uvloop_round,
    "boto3": boto3_round,
}


def run(
    engine_url: str,
    name: str,
    settings: Settings,
    *,
    faults: int,
    seconds: float = float("inf"),
    after: Callable[[int, Report], None] | None = None,
) -> Report:
    """Rounds until there were so many faults, or until the time is over; `after` is called with each round's number."""
    report = Report()
    began = time.monotonic()
    with Proxy(engine_url, settings.plan(), silence=settings.silence) as proxy:
        with_table(proxy)
        number = 0
        while report.faults < faults and time.monotonic() - began < seconds:
            RUNS[name](proxy, settings, report, number)
            number += 1
            proxy.forget_closed()
            if after is not None:
                after(number, report)
    return report
