"""ECMA-262 patterns in Python's spelling, and what is refused, at which character."""

from __future__ import annotations

import re

import pytest

from entitystore_generator.patterns import fault_of, to_python, to_strict
from entitystore_generator.patterns.parsing import MAX_COUNT, MAX_DEPTH


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"^a$", ["a"], ["a\n", "ab", "ba"]),
        (r"\d+", ["x1"], ["x", "\u0663"]),
        (r"^[\d\-]+$", ["1-2"], ["\u0663"]),
        (r"^\w$", ["_", "a"], ["é"]),
        (r"^\W$", ["é"], ["a"]),
        (r"^\s$", ["\u3000", "\ufeff"], ["\x1c", "\x85", "\u180e"]),
        (r"^\S$", ["\x1c", "\x85"], ["\u3000", " "]),
        (r"^.$", ["\x85", "\v", "😀"], ["\n", "\r", "\u2028", "\u2029"]),
        (r"é\bx", ["éx"], ["é x"]),
        (r"x\bé", ["xé"], ["x"]),
        (r"^\B$", [""], ["a"]),
        (r"^[\D]$", ["a", "\u0663"], ["1"]),
        (r"^(?<year>\d{4})$", ["2024"], ["24"]),
        (r"^(?<q>['`])a\k<q>$", ["'a'", "`a`"], ["'a`", "a"]),
        (r"^(a)?b\1$", ["b", "aba"], ["ab", "ba"]),
        (r"^\1(a)$", ["a"], ["aa"]),
        (r"^(?!.*(.)\1)", ["aba"], ["abb"]),
        (r"^a\/b$", ["a/b"], ["a\\/b"]),
        (r"^\u0041\u{42}\x43$", ["ABC"], ["abc"]),
        (r"^\ud83d\ude00$", ["😀"], ["\ud83d"]),
        (r"^[\ud83d\ude00-\ud83d\ude4f]$", ["😀", "😁"], ["\ud83d"]),
        (r"^\cJ\0$", ["\n\0"], ["J0"]),
        (r"^[\b]$", ["\b"], ["b", ""]),
        (r"^[^]$", ["x", "\n"], [""]),
        (r"^[]$", [], ["", "[", "]"]),
        (r"^(?=a)\w+(?<!b)$", ["ac"], ["ab", "cc"]),
        (r"(?<=a|bc)d", ["ad", "bcd"], ["cd", "d"]),
        (r"(?<!a|bc)d", ["cd", "d"], ["ad", "bcd"]),
        (r"^[[]$", ["["], ["]"]),
        (r"^[&&a||b~~]+$", ["a&|~"], ["c"]),
        (r"^[%-&&-(]+$", ["%&'("], ["-"]),
        (r"^[+--]+$", ["+,-"], ["."]),
        (r"^(?:)*$", [""], ["a"]),
        (r"^a{0}$", [""], ["a"]),
        (r"^\$\^\.\|\(\)\*\+\?\[\]\{\}\\$", ["$^.|()*+?[]{}\\"], ["$"]),
    ],
)
def test_translation(pattern: str, matching: list[str], other: list[str]) -> None:
    python = to_python(pattern)
    assert python is not None
    assert python.isascii()
    assert [text for text in matching if not re.search(python, text)] == []
    assert [text for text in other if re.search(python, text)] == []
    assert to_strict(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "strict", "matching"),
    [
        (r"^\d{2}\-\d{2}$", r"^\d{2}-\d{2}$", "12-34"),
        (r"^\_\@\"\'\ \%\é$", "^_@\"' %é$", "_@\"' %é"),
        (r"^[\_\@]+$", "^[_@]+$", "_@"),
        (r"^[\w-.]+$", r"^[\w\-.]+$", "a-.b"),
        (r"^[a-\d]+$", r"^[a\-\d]+$", "a-1"),
        (r"^{a}]$", r"^\{a\}\]$", "{a}]"),
        (r"^a{1\,2}$", r"^a\{1,2\}$", "a{1,2}"),
        (r"^x{y$", r"^x\{y$", "x{y"),
    ],
)
def test_a_needless_escape_and_a_lone_bracket_are_the_character(pattern: str, strict: str, matching: str) -> None:
    python = to_python(pattern)
    assert python is not None
    assert re.search(python, matching)
    assert to_strict(pattern) == strict
    assert to_strict(strict) == strict
    assert to_python(strict) == python


FAULTS = [
    ("(", "(", "never closed"),
    ("a(b", "(", "never closed"),
    ("a)", ")", "closes nothing"),
    ("[a", "[", "never closed"),
    ("a\\", "\\", "ends in a backslash"),
    (r"\p{L}", r"\p{L}", "not supported"),
    (r"[\P{Lu}]", r"\P{Lu}", "not supported"),
    ("a{2,1}", "{2,1}", "least number after its most"),
    ("a{,3}", "{,3}", "no least number"),
    ("{2}", "{2}", "nothing"),
    ("a{99999999999999999999}", "{99999999999999999999}", "no text is that long"),
    ("a{" + "9" * 6000 + "}", "{" + "9" * 6000 + "}", "no text is that long"),
    (f"a{{{MAX_COUNT + 1}}}", f"{{{MAX_COUNT + 1}}}", "no text is that long"),
    (r"\u{110000}", r"\u{110000}", "no character"),
    (r"\u{}", r"\u{", "no hexadecimal digits"),
    (r"\u12", r"\u", "no 4 hexadecimal digits"),
    (r"\xg0", r"\x", "no 2 hexadecimal digits"),
    (r"\c1", r"\c", "no letter"),
    (r"^a\Z", r"\Z", "no escape"),
    (r"\Aa", r"\A", "no escape"),
    (r"\a", r"\a", "no escape"),
    (r"\e", r"\e", "no escape"),
    (r"[\h]", r"\h", "no escape"),
    (r"\y", r"\y", "no escape"),
    (r"\N{DIGIT ONE}", r"\N", "no escape"),
    (r"(a)\2", r"\2", "refers to no group"),
    (r"\07", r"\0", "before a digit"),
    (r"[\1]", r"\1", "refers to no group"),
    (r"\k<a>", r"\k", "refers to no group"),
    ("(?i)a", "(?i)", "no group here"),
    ("a(?i:b)", "(?i:", "no group here"),
    ("(?-s)a", "(?-s)", "no group here"),
    ("(?P<a>b)", "(?P<", "no group of ECMA-262"),
    ("(?<a>b)(?P=a)", "(?P=", "no group of ECMA-262"),
    ("(?#note)", "(?#", "no group of ECMA-262"),
    ("(?>a)", "(?>", "no group of ECMA-262"),
    ("(a)?(?(1)b|c)", "(?(", "no group of ECMA-262"),
    ("(?<1>a)", "(?<1", "no name"),
    ("(?<a>b)(?<a>c)", "(?<a", "two groups"),
    ("a++", "++", "repeats a repeat"),
    ("a*+", "*+", "repeats a repeat"),
    ("a{2}+", "{2}+", "repeats a repeat"),
    ("a**", "*", "nothing"),
    ("a|*", "*", "nothing"),
    ("(*)", "*", "nothing"),
    ("^*", "^*", "cannot be repeated"),
    ("(?=a)+", "(?=a)+", "cannot be repeated"),
    ("[z-a]", "z-a", "ends before it begins"),
    ("[[:alpha:]]", "[:alpha:]", "no class in ECMA-262"),
    ("[a-z&&[^b]]", "[a-z&&[^b]]", "not clear"),
    ("[]a]", "[]a]", "not clear"),
    ("[^]a]", "[^]a]", "not clear"),
    ("(?<=a+)b", "(?<=a+)", "no fixed length"),
    (r"(?<=(a))b\1", r"\1", "look-behind"),
    (r"(?:(a)|b)*\1", r"\1", "repeated"),
    ("(" * (MAX_DEPTH + 1) + ")" * (MAX_DEPTH + 1), "(", "nested"),
]


@pytest.mark.parametrize(("pattern", "place", "message"), FAULTS, ids=[pattern[:30] for pattern, _, _ in FAULTS])
def test_a_fault_is_pointed_at(pattern: str, place: str, message: str) -> None:
    fault = fault_of(pattern)
    assert fault is not None
    assert message in fault.message
    assert pattern[fault.start : fault.start + fault.length] == place
    assert fault.hint
    assert (fault.message + fault.hint).isprintable()
    assert to_python(pattern) is None
    assert to_strict(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:" * MAX_DEPTH + "a" + ")" * MAX_DEPTH,
        "((?=" * (MAX_DEPTH // 2) + "a" + "))*" * (MAX_DEPTH // 2),
        "|".join(f"word{number}" for number in range(3000)),
        "(a)" * 2000,
        f"a{{99999}}b{{0,{MAX_COUNT}}}",
        "(?:(?:(?:a{1000}){1000}){1000}){1000}",
        "a" * 30_000,
    ],
    ids=["groups", "looks", "alternatives", "captures", "counts", "counts of counts", "text"],
)
def test_large_ones_are_compiled(pattern: str) -> None:
    python = to_python(pattern)
    assert python is not None
    re.compile(python)
