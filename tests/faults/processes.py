"""Interruptions, forks and kills: rounds in which not only the network fails.

Rules of this file:
- A signal interrupts the main thread at a random moment, but only within a call: what interrupts the harness proves
  nothing. SIGALRM takes the place of SIGINT, since a timer can send it.
- A forked child has a worker of its own, and asks the proxy over its socket; of the parent's threads none is left.
- What a killed child has told its parent, whole lines of it, is what it has done.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

from entitystore.transports import HttpTransport
from tests.faults.drivers import Tagged, ThreadDriver, run_now, table
from tests.faults.ledger import Report
from tests.faults.operations import Worker
from tests.faults.proxy import Proxy, Record
from tests.faults.runs import RUNS, Settings
from tests.patience import PATIENCE

__all__ = ["forked_round", "interrupted_round", "stream_with_kills"]


class _InterruptedDriver(ThreadDriver):
    """The main thread's, whose calls are interrupted where others are cancelled."""

    def __init__(self, tagged: Tagged, proxy: Proxy) -> None:
        super().__init__(tagged, proxy)
        self.interrupted = 0
        self._is_calling = False

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """What the signal does."""
        if self._is_calling:
            self.interrupted += 1
            raise KeyboardInterrupt

    async def attempt(self, call: Awaitable[Any], seconds: float | None) -> Any:
        if seconds is None:
            return await call
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.0001))
        try:
            self._is_calling = True
            return await call
        finally:
            self._is_calling = False
            signal.setitimer(signal.ITIMER_REAL, 0)


def interrupted_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    """Threads share an HttpTransport with the main thread, which is interrupted again and again."""
    options = settings.options(number)
    limits = settings.limits(may_repeat=options["retry_writes"], can_cancel=True)
    calm = settings.limits(may_repeat=options["retry_writes"])
    with HttpTransport(proxy.url, **options) as transport:
        tagged = Tagged(transport)
        driver = _InterruptedDriver(tagged, proxy)
        mine = Worker(f"i{number}", table(tagged, proxy.table_name), driver, report, settings.seed, limits)
        before = signal.signal(signal.SIGALRM, driver.interrupt)
        try:
            with ThreadPoolExecutor(3) as threads:
                others = [
                    threads.submit(run_now, _worker(transport, proxy, report, name, settings, calm).run(20))
                    for name in (f"i{number}w{each}" for each in range(3))
                ]
                run_now(mine.run(settings.steps * 3))
                for other in others:
                    other.result()
        finally:
            signal.signal(signal.SIGALRM, before)
        report.cancelled += driver.interrupted
        gc.collect()  # errors hold the frames that they came from
        free = len(transport._places._free)
        # One that hits the very finaliser which replaces a lost place goes nowhere else, and takes that place with it.
        assert free >= options["max_connections"] - 1, f"only {free} connections are left to be used"


def _worker(transport: HttpTransport, proxy: Any, report: Report, name: str, settings: Settings, limits: Any) -> Worker:
    tagged = Tagged(transport)
    return Worker(name, table(tagged, proxy.table_name), ThreadDriver(tagged, proxy), report, settings.seed, limits)


# --- forks ---


class _Distant:
    """The proxy as a child sees it."""

    def __init__(self, proxy: Proxy) -> None:
        self.table_name = proxy.table_name
        self._port = proxy.port

    def close(self, call: str) -> Record:
        with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE) as sock, sock.makefile("rb") as file:
            sock.sendall(f"POST /close/{call} HTTP/1.1\r\n\r\n".encode())
            length = 0
            while (line := file.readline().strip().lower()) != b"":
                if line.startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            told = json.loads(file.read(length))
        return Record(Counter(told["applied"]), told["refusals"], told["sendings"], told["faults"])


def forked_round(proxy: Proxy, settings: Settings, report: Report, number: int) -> None:
    """Threads use a transport while the process forks; the children use it, too."""
    options = settings.options(number)
    limits = settings.limits(may_repeat=options["retry_writes"])
    with HttpTransport(proxy.url, **options) as transport, ThreadPoolExecutor(4) as threads:
        if number == 0:
            # All that is imported late is there then: a fork beside an import of another thread copies its lock, which
            # nobody opens in the child. That is CPython's, and the same for any program.
            run_now(_worker(transport, proxy, report, "f-first", settings, limits).run(60))
        others = [
            threads.submit(run_now, _worker(transport, proxy, report, f"f{number}w{each}", settings, limits).run(20))
            for each in range(4)
        ]
        for each in range(3):
            time.sleep(0.02)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of any fork beside threads
                child = os.fork()
            if child == 0:
                signal.alarm(int(PATIENCE))
                _be_a_child(transport, proxy, f"f{number}c{each}", settings, limits)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "see what the child has said"
        for other in others:
            other.result()


def _be_a_child(transport: HttpTransport, proxy: Proxy, name: str, settings: Settings, limits: Any) -> None:
    status = 1
    try:
        report = Report()
        run_now(_worker(transport, _Distant(proxy), report, name, settings, limits).run(10))
        os.write(2, "".join(f"{finding}\n" for finding in report.findings).encode())
        status = 1 if report.findings else 0
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(status)


# --- kills ---


def stream_with_kills(url: str, table_name: str, worker: str, kills: int, seed: int) -> list[str]:
    """The orders of a worker, streamed by children of which `kills` are killed at a random moment, in turn."""
    chance = random.Random(f"{seed}/kills")
    told: list[str] = []
    cursor = ""
    while True:
        command = [sys.executable, "-m", "tests.faults.child", url, table_name, worker, cursor]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            most = chance.randrange(1, 8) if kills > 0 else sys.maxsize
            for line in child.stdout:
                if not line.endswith("\n"):
                    break
                name, cursor = line.split()
                told.append(name)
                most -= 1
                if not most:
                    child.send_signal(signal.SIGKILL)
                    kills -= 1
        if child.returncode == 0:
            return told
        assert child.returncode == -signal.SIGKILL, "the child failed"


RUNS["forked"] = forked_round
RUNS["interrupted"] = interrupted_round
