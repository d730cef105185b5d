"""One meaning: Python's spelling, the value that is proved on, and a JavaScript engine with the flag u.

The random search is longer with `ENTITYSTORE_PATTERNS=100000`, the number of patterns.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from random import Random

import pytest

from entitystore_generator.patterns import fault_of, texts_of, to_python, to_strict
from entitystore_generator.patterns.parsing import parse
from entitystore_generator.patterns.searching import finds
from tests.generator.patterns.making import random_loose_pattern, random_pattern, random_text
from tests.generator.patterns.matching import matches

PATTERNS = int(os.environ.get("ENTITYSTORE_PATTERNS", "600"))
TEXTS = 8

REFERENCE = re.compile(r"\\[1-9]")

Case = tuple[str, list[str]]

# V8 begins a search in the middle of a surrogate pair where a pattern can match there without a character (\B), which
# ECMA-262 does not: so that the search is the pattern's own.
_SCRIPT = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answer = ([pattern, texts]) => {
  try { new RegExp(pattern, "u"); } catch (error) { return String(error); }
  const expression = new RegExp("^[^]*?(?:" + pattern + ")", "u");
  return texts.map(text => expression.test(text));
};
process.stdout.write(JSON.stringify(cases.map(answer)));
"""

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: no second opinion")


def by_node(cases: Sequence[Case]) -> list[list[bool] | str]:
    """What node finds for each text, or why it refuses the pattern."""
    result = subprocess.run(
        ["node", "-e", _SCRIPT], input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=120
    )
    answers: list[list[bool] | str] = json.loads(result.stdout)
    return answers


def by_python(pattern: str, texts: Sequence[str]) -> list[bool]:
    python = to_python(pattern)
    assert python is not None, pattern
    return [re.search(python, text) is not None for text in texts]


def by_value(pattern: str, texts: Sequence[str]) -> list[bool]:
    value = texts_of(pattern)
    assert value is not None, pattern
    return [matches(value, text) for text in texts]


def by_search(pattern: str, texts: Sequence[str]) -> list[bool | None]:
    tree = parse(pattern).tree
    return [finds(tree, text) for text in texts]


def random_cases(seed: int, count: int, *, regular: bool) -> list[Case]:
    random = Random(seed)
    patterns = [random_pattern(random, regular=regular) for _ in range(count)]
    return [(pattern, [random_text(random) for _ in range(TEXTS)]) for pattern in patterns]


@needs_node
def test_patterns_of_every_kind() -> None:
    cases = [case for case in random_cases(1, PATTERNS, regular=False) if fault_of(case[0]) is None]
    assert len(cases) > PATTERNS * 0.8
    found = 0
    for (pattern, texts), expected in zip(cases, by_node(cases), strict=True):
        assert by_python(pattern, texts) == expected, pattern
        for known, wanted in zip(by_search(pattern, texts), expected, strict=True):
            assert known == wanted or (known is None and REFERENCE.search(pattern)), pattern
        value = by_value(pattern, texts)
        assert all(has or not wanted for has, wanted in zip(value, expected, strict=True)), pattern
        found += expected.count(True) if isinstance(expected, list) else 0
    assert found > len(cases)


def test_what_is_regular_is_exact_as_a_value() -> None:
    """Of characters, groups, repeats and anchors wherever they stand."""
    for pattern, texts in random_cases(2, PATTERNS, regular=True):
        assert fault_of(pattern) is None, pattern
        assert by_value(pattern, texts[:4]) == by_python(pattern, texts[:4]), pattern


@needs_node
def test_what_a_javascript_engine_refuses_is_repaired_or_refused() -> None:
    """Any text: what is read at all has a spelling that the engine admits, and means the same there."""
    random = Random(3)
    patterns = [random_loose_pattern(random) for _ in range(PATTERNS * 2)]
    cases = [(to_strict(pattern) or "", [random_text(random) for _ in range(TEXTS)]) for pattern in patterns]
    admitted = by_node([(pattern, []) for pattern in patterns])
    refused_here = 0
    for pattern, (strict, texts), own, expected in zip(patterns, cases, admitted, by_node(cases), strict=True):
        if fault_of(pattern) is not None:
            refused_here += isinstance(own, list)
            continue
        assert by_python(pattern, texts) == expected, (pattern, strict)
        assert isinstance(own, str) or strict == pattern
    assert refused_here < PATTERNS / 20
