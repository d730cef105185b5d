"""Every input that is kept is read again, and some thousand like them. `make fuzz` looks for more."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.fuzzer import corpus, fuzz, mutated, replay, words
from tests.fuzz.targets import TARGETS

INPUTS = {"conditions": 1_000, "cursors": 3_000, "heads": 2_000, "items": 150}


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept_does_no_harm(name: str) -> None:
    inputs = corpus(name)
    assert inputs
    assert [(data, error) for data in inputs if (error := replay(TARGETS[name], data)) is not None] == []


@pytest.mark.parametrize("name", TARGETS)
def test_nor_does_what_is_like_it(name: str) -> None:
    chance, inputs = random.Random(name), corpus(name)
    for _ in range(INPUTS[name]):
        data = mutated(chance, inputs, words(name))
        error = replay(TARGETS[name], data)
        assert error is None, f"{data!r}: {error!r}"


def test_a_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def target(data: bytes) -> None:
        assert b"NOT IN" not in data

    monkeypatch.setitem(TARGETS, "conditions", target)
    assert any(error is not None for _, error in fuzz("conditions", 1, 20.0))
