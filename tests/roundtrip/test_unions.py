"""A sample of all pairs of types as unions; `python -m tests.roundtrip.unions` tries them all."""

from __future__ import annotations

import random
from pathlib import Path

from tests.roundtrip.unions import all_pairs, name_of, refused, search

PAIRS = 30
VALUES = 3


def test_what_a_union_takes_comes_back_as_it_was(tmp_path: Path) -> None:
    pairs = random.Random(1).sample(all_pairs(), PAIRS)
    _, outcome = search(pairs, VALUES, seed=1, folder=tmp_path)
    assert outcome.values > 20 * PAIRS
    assert outcome.wrong == []


def test_only_what_is_alike_is_refused(tmp_path: Path) -> None:
    """Maps that may hold all that an object requires, and two kinds of numbers with fractions."""
    assert sorted(map(name_of, refused(all_pairs(), tmp_path))) == [
        "flags_or_plain",
        "labels_or_cat",
        "labels_or_named",
        "labels_or_pet",
        "labels_or_plain",
        "labels_or_square",
        "number_or_decimal",
        "ratio_or_decimal",
        "scores_or_numbered",
        "scores_or_plain",
        "scores_or_tree",
        "tags_or_primes",
    ]
