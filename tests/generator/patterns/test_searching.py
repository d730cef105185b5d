"""The compiler's own search ends, whatever the pattern and the text."""

from __future__ import annotations

import pytest

from entitystore_generator.patterns import may_find
from entitystore_generator.patterns.parsing import parse
from entitystore_generator.patterns.searching import finds


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^(a+)+$", "a" * 1000 + "!", False),
        (r"^(a|a)*$", "a" * 1000, True),
        (r"^(?:.*a){11}$", "a" * 200 + "!", False),
        (r"^\s*(.*)\s*$", " " * 2000 + "\n\n.\n.", False),
        (r"^a{99999}$", "a" * 100, False),
        (r"^(?:a?){99999}$", "a" * 300, True),
        (r"^(?:|a)*b$", "a" * 1000 + "b", True),
        (r"(?<!a)b", "ab", False),
        (r"^(.)\1$", "aa", None),
        (r"^(?:a{0,300}){0,300}$", "a" * 20_000 + "b", False),
        ("(?<=a)b" * 5, "ab" * 2000, None),
    ],
)
def test_answers(pattern: str, text: str, found: bool | None) -> None:
    assert finds(parse(pattern).tree, text) is found
    assert may_find(pattern, text) is (found is not False)


def test_a_pattern_that_is_none_refuses_nothing() -> None:
    assert may_find("(", "x")
