"""Some seconds of the search for wrong answers of finders. `make search` makes more of it."""

from __future__ import annotations

import random

import pytest

from entitystore import bounds
from entitystore.conditions import KeySelection, Prefix, starting_with
from tests.search.designs import random_design
from tests.search.search import search


def test_finders_answer_by_value() -> None:
    report = search(calls=2_500, seed=1)
    assert not report.wrong, "\n".join([*report.wrong, str(report)])
    assert report.calls >= 2_500
    assert sum(report.refused.values()) < report.calls / 4, report.refused
    assert report.empty < report.calls / 2


@pytest.mark.parametrize(
    ("where", "name", "broken", "design"),
    [
        (bounds, "only", lambda selection, *_, **__: selection, 33),
        (
            bounds,
            "by_value",
            lambda *given, **_: KeySelection(given[0], given[1].over(*given[2:5], more=True)),
            8,
        ),
        (Prefix, "over", lambda self, prefix, *_, **__: starting_with(prefix + self.text), 21),
        (bounds, "text_bound", lambda text, _: text, 51),
    ],
    ids=["values", "comparisons", "beginnings", "bounds"],
)
def test_a_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, broken: object, design: int
) -> None:
    """Without what makes an answer exact, the search finds wrong ones, in this design or soon after it."""
    monkeypatch.setattr(where, name, broken)
    assert any(search(calls=1, seed=1, only=number).wrong for number in range(design, design + 60))


def test_a_design_follows_from_its_seed() -> None:
    texts = {random_design(random.Random("1/7")).text() for _ in range(2)}
    assert len(texts) == 1
