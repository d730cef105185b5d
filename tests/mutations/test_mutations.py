"""Some mutated documents, the same in each run; `make mutations` tries as many as wanted."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutations.run import fault_of

SEEDS = range(1, 33)


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTITYSTORE_CACHE", "off")


def test_no_document_is_a_fault_of_the_compiler() -> None:
    ends: Counter[str] = Counter()
    assert {seed: fault for seed in SEEDS if (fault := fault_of(seed, ends))} == {}
    assert ends["generate 0"] > 0
    assert ends["generate 2"] > 0
