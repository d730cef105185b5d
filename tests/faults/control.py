"""The control: boto3 in its standard mode, taken at its word. It has to be caught, or the harness sees nothing.

What a caller reads from boto3 is: a call that returns is done; ConditionalCheckFailedException and other refusals by
the service say that nothing was written; only an answer that did not come leaves it open.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults.batches import identity
from tests.faults.calls import order_key
from tests.faults.drivers import name_call
from tests.faults.judging import Called, Judge
from tests.faults.ledger import Fault, Ledger, Report
from tests.faults.proxy import Proxy
from tests.faults.runs import Settings, boto3_client, with_table
from tests.guards.paths import order_store

__all__ = ["control"]


class _Unsure(Exception):
    """No answer came; in the standard mode's words a BotoCoreError."""

    maybe_applied = True


class _Refused(Exception):
    """The service refused, says boto3."""

    maybe_applied = False


class _Worker:
    """Puts, updates and deletes items of its own."""

    def __init__(self, name: str, client: Any, proxy: Proxy, report: Report, settings: Settings) -> None:
        self.random = random.Random(f"{settings.seed}/{name}")
        self._name = name
        self._client = client
        self._proxy = proxy
        self._count = 0
        self._keys = [order_store.key(**order_key(name, number)) for number in range(5)]
        ledger = Ledger(identity(key) for key in self._keys)
        self._judge = Judge(ledger, report, float("inf"), float("inf"), may_repeat=False)

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self._step(self.random.choice(self._keys), self.random.choice([self._put, self._create, self._add]))

    def _step(self, key: Any, operation: Callable[[Any, str], None]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        self._count += 1
        name = f"{self._name}-{self._count}"
        called = Called(name, operation.__name__, time.monotonic())
        name_call(name)
        try:
            operation(key, name)
        except ClientError as error:
            is_fault = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
            called.error = (_Unsure if is_fault else _Refused)(str(error))
        except BotoCoreError as error:
            called.error = _Unsure(str(error))
        except Exception as error:  # some surface that are none of botocore's
            called.error = _Unsure(f"{type(error).__name__}: {error}")
            self._judge.found(called, Fault.UNDOCUMENTED, "not one of botocore's exceptions")
        called.record = self._proxy.close(name)
        self._judge.report.count(called.record, type(called.error).__name__, time.monotonic() - called.began)
        self._judge.judge_write(called, {identity(key): name})

    def _put(self, key: Any, name: str) -> None:
        self._client.put_item(TableName=self._proxy.table_name, Item={**key, "note": {"S": name}})

    def _create(self, key: Any, name: str) -> None:
        item = {**key, "note": {"S": name}}
        self._client.put_item(
            TableName=self._proxy.table_name, Item=item, ConditionExpression="attribute_not_exists(PK)"
        )

    def _add(self, key: Any, name: str) -> None:
        values = {":one": {"N": "1"}}
        self._client.update_item(
            TableName=self._proxy.table_name, Key=key, UpdateExpression="ADD n :one", ExpressionAttributeValues=values
        )


def control(engine_url: str, settings: Settings, *, faults: int) -> Report:
    """The faults met by a plain boto3 client with three attempts."""
    report = Report()
    with Proxy(engine_url, settings.plan(), silence=settings.silence) as proxy:
        with_table(proxy)
        client = boto3_client(proxy.url, settings, attempts=3)
        number = 0
        while report.faults < faults:
            workers = [
                _Worker(f"p{number}w{each}", client, proxy, report, settings) for each in range(settings.workers)
            ]
            with ThreadPoolExecutor(len(workers)) as threads:
                for done in [threads.submit(each.run, settings.steps) for each in workers]:
                    done.result()
            number += 1
        client.close()
    return report
