"""The texts that a pattern admits, as values: exact where that is promised, never fewer than there are."""

from __future__ import annotations

import pytest

from entitystore_generator import regular
from entitystore_generator.patterns import texts_of
from tests.generator.patterns.matching import matches

LETTERS = regular.Chars(((97, 122),))


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("^[a-z]+$", regular.Repeat(LETTERS, 1, None)),
        ("^[a-z]*$", regular.Repeat(LETTERS, 0, None)),
        ("^USER$", regular.Word("USER")),
        ("", regular.ANY_TEXT),
        ("^", regular.ANY_TEXT),
        ("$", regular.ANY_TEXT),
        ("[]", regular.NOTHING),
        ("a^", regular.NOTHING),
        ("$a", regular.NOTHING),
    ],
)
def test_values(pattern: str, texts: regular.Texts) -> None:
    assert texts_of(pattern) == texts


@pytest.mark.parametrize(
    ("pattern", "those", "others"),
    [
        ("^(a|b$)", ["a", "ax", "b"], ["bx", "xa", ""]),
        ("(^a|b)$", ["a", "b", "xb"], ["xa", "ax", ""]),
        ("(?:^|x)a", ["a", "ab", "xa", "bxa"], ["ba", "x", ""]),
        ("^(?:a(?:,|$))+$", ["a", "a,a", "a,", "a,a,"], ["aa", "", ","]),
        ("(?:^a|b){2}", ["ab", "bb", "xbb", "abx"], ["xab", "aa", "b"]),
        ("(?:^|a){2}", ["aa", "", "a", "x", "xaa", "xa"], []),
        ("^(?!admin$)[a-z]+$", ["adminx", "x"], ["admin", ""]),
        ("^(?!^admin$)[a-z]+$", ["adminx", "x"], ["admin", ""]),
        ("^(?=.*[0-9])(?=.*[a-z]).{3,}$", ["ab1", "1ab"], ["abc", "123", "a1", "a1\n"]),
        ("^(?:(?=a)b|(?!a)c)$", ["c"], ["a", "b", ""]),
        ("x(?!y)", ["x", "xz", "xyx"], ["xy", "y"]),
        (r"\s", ["\u3000", "\ufeff", " ", "\u2028"], ["\u180e", "\x85", "\x1c", "x"]),
    ],
)
def test_texts(pattern: str, those: list[str], others: list[str]) -> None:
    texts = texts_of(pattern)
    assert texts is not None
    assert [each for each in those if not matches(texts, each)] == []
    assert [each for each in others if matches(texts, each)] == []


@pytest.mark.parametrize("pattern", ["(", "[a", r"\p{L}", "a{2,1}", "\\", r"\u{110000}", "(?i)a", r"^a\Z", "a++"])
def test_what_is_no_expression_is_none(pattern: str) -> None:
    assert texts_of(pattern) is None
