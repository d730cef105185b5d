"""ECMA-262 patterns in Python's spelling: what differs between the two is translated or refused."""

from __future__ import annotations

import re

import pytest

from entitystore_generator.patterns import to_python


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"^a$", ["a"], ["a\n", "ab", "ba"]),
        (r"\d+", ["x1"], ["x", "\u0663"]),
        (r"^[\d\-]+$", ["1-2"], ["\u0663"]),
        (r"^\w$", ["_", "a"], ["é"]),
        (r"^\W$", ["é"], ["a"]),
        (r"^(?<year>\d{4})$", ["2024"], ["24"]),
        (r"^a\/b$", ["a/b"], ["a\\/b"]),
        (r"^\u0041\u{42}$", ["AB"], ["ab"]),
        (r"^[^]$", ["x", "\n"], [""]),
        (r"^(?=a)\w+(?<!b)$", ["ac"], ["ab", "cc"]),
        (r"^[[]$", ["["], ["]"]),
    ],
)
def test_translation(pattern: str, matching: list[str], other: list[str]) -> None:
    python = to_python(pattern)
    assert python is not None
    assert all(re.search(python, text) for text in matching)
    assert not any(re.search(python, text) for text in other)


@pytest.mark.parametrize("pattern", ["(", "[a", r"\p{L}", "a{2,1}", "\\", r"\u{110000}", r"[\D]"])
def test_what_python_cannot_say_is_none(pattern: str) -> None:
    assert to_python(pattern) is None
