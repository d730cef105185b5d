"""The writes of a worker: of single items, of batches, and of a counter, which a repetition doubles."""

from __future__ import annotations

import json
from typing import Any

from entitystore.answers import written
from entitystore.client import Call
from entitystore.errors import (
    AlreadyExistsError,
    ConditionFailedError,
    IncompleteBatchError,
    WriteOutcomeUnknownError,
)
from tests.faults.calls import Caller, order_key
from tests.faults.judging import Called

__all__ = ["Writes"]

_WRITES = (WriteOutcomeUnknownError,)
_BATCHES = (IncompleteBatchError, WriteOutcomeUnknownError)


class Writes(Caller):
    """What a worker writes."""

    async def put(self) -> None:
        number = self._pick()
        version, order = self._make(number)
        called, _ = await self._call("put", lambda: self.table.order.put(order), _WRITES)
        self.judge.judge_write(called, {self.keys[number]: version})

    async def create(self) -> None:
        number = self._pick()
        key = self.keys[number]
        version, order = self._make(number)
        called, _ = await self._call("create", lambda: self.table.order.create(order), (*_WRITES, AlreadyExistsError))
        if isinstance(called.error, AlreadyExistsError):
            self.judge.judge_refusal(called, key, {None}, "there is an item")
        elif called.error is None:
            self._was_possible(called, key, None)
        self.judge.judge_write(called, {key: version})

    async def update(self) -> None:
        number = self._pick()
        key = self.keys[number]
        expected = self.random.choice([*self.ledger.possible(key), "v0"]) or "v0"
        version, order = self._make(number)
        called, _ = await self._call(
            "update",
            lambda: self.table.order.update_with_condition(order, "note = :n", {"n": expected}),
            (*_WRITES, ConditionFailedError),
        )
        self._judge_condition(called, key, expected)
        self.judge.judge_write(called, {key: version})

    async def delete_if(self) -> None:
        number = self._pick()
        key = self.keys[number]
        expected = self.random.choice([*self.ledger.possible(key), "v0"]) or "v0"
        arguments = order_key(self.name, number)
        called, _ = await self._call(
            "delete if",
            lambda: self.table.order.delete(**arguments, condition="note = :n", values={"n": expected}),
            (*_WRITES, ConditionFailedError),
        )
        self._judge_condition(called, key, expected)
        self.judge.judge_write(called, {key: None})

    async def delete(self) -> None:
        number = self._pick()
        called, _ = await self._call("delete", lambda: self.table.order.delete(**order_key(self.name, number)), _WRITES)
        self.judge.judge_write(called, {self.keys[number]: None})

    def _judge_condition(self, called: Called, key: str, expected: str) -> None:
        if isinstance(called.error, ConditionFailedError):
            self.judge.judge_refusal(called, key, {expected}, f"what is stored is not {expected}")
        elif called.error is None:
            self._was_possible(called, key, expected)

    async def add(self) -> None:
        body = {"TableName": self.table.table_name, **self._addition()}
        await self._add("UpdateItem", body, recognised=False)

    async def add_in_transaction(self) -> None:
        update = {"Update": {"TableName": self.table.table_name, **self._addition()}}
        token = f"{self.random.getrandbits(120):x}"
        body = {"TransactItems": [update], "ClientRequestToken": token}
        await self._add("TransactWriteItems", body, recognised=True)

    def _addition(self) -> dict[str, Any]:
        values = {":one": {"N": "1"}}
        return {"Key": self._counter_key, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": values}

    async def _add(self, operation: str, body: dict[str, Any], *, recognised: bool) -> None:
        call = Call(operation, json.dumps(body).encode(), lambda answer: written("PutItem", answer))
        called, _ = await self._call(operation, lambda: self.table.run(call), _WRITES)
        applied = called.record.applied[self._counter_name]
        self._counter += min(1, applied) if recognised else applied
        self.judge.judge_write(called, {self._counter_name: None}, recognised=recognised)

    async def put_many(self) -> None:
        made = {number: self._make(number) for number in self._some()}
        changes = {self.keys[number]: version for number, (version, _) in made.items()}
        called, _ = await self._call(
            "put_many",
            lambda: self.table.order.put_many([order for _, order in made.values()], deadline=self._limits.deadline),
            _BATCHES,
            calls=1 + len(made) // 26,
        )
        self.judge.judge_write(called, changes)

    async def delete_many(self) -> None:
        numbers = self._some()
        keys = [order_key(self.name, number) for number in numbers]
        called, _ = await self._call(
            "delete_many",
            lambda: self.table.order.delete_many(keys, deadline=self._limits.deadline),
            _BATCHES,
            calls=1 + len(keys) // 26,
        )
        self.judge.judge_write(called, {self.keys[number]: None for number in numbers})
