"""Text of a document never becomes code: whatever it holds, literals, docstrings and comments stay what they are."""

from __future__ import annotations

import ast
import doctest
import io
import re
import tokenize
import unicodedata
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entitystore_generator.emit.source import Code, comment, docstring, f_string, identifier, literal, spoken

HIDDEN = "\u202e\u2066\u200b\u200d\ufeff\u00ad\u034f\u3164\ufe0f\U000e0041\ue000\U0010ffff\u2028\x85\x00\x1b\x7f"
texts = (
    st.text(max_size=60)
    | st.text(alphabet="\"'\\{}#\n\r\t\x00 abc\u2028", max_size=30)
    | st.text(alphabet=HIDDEN + "\"'\\\n ab\ud800", max_size=20)
)


def parsed(code: str) -> ast.Module:
    """The code, which Python reads without a warning and in which nothing is hidden."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = ast.parse(code)
        compile(tree, "generated", "exec")
    raw = {each for each in code if unicodedata.category(each) in ("Cf", "Cc", "Zl", "Zp", "Co", "Cn", "Cs")} - {"\n"}
    assert not raw
    assert not set(code) & set(HIDDEN)
    return tree


def words(text: str) -> str:
    return " ".join(text.split())


@given(texts)
@example('"""; import os; """')
@example("\\")
def test_a_literal_is_the_text_and_nothing_else(text: str) -> None:
    assert ast.literal_eval(parsed(literal(text)).body[0].value) == text  # type: ignore[attr-defined]


@given(texts, st.sampled_from([0, 4, 8]), st.booleans())
@example('ends in a quote"', 4, True)
@example('"begins in one, and is long: ' + "word " * 30 + '"', 4, True)
@example('"""', 4, True)
@example('a""""', 4, False)
@example("\\N{LATIN SMALL LETTER A}", 4, True)
def test_a_docstring_is_its_text_but_for_white_space(text: str, indent: int, wrap: bool) -> None:
    made = docstring(text, indent, wrap=wrap)
    if not made:
        assert not text.split()
        return
    (only,) = parsed(made).body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)
    assert isinstance(only.value.value, str)
    assert words(only.value.value) == words(text).replace(">>>", "> >>")


def test_no_docstring_is_a_doctest() -> None:
    code = docstring("Adds.\n\n>>> __import__('os').system('true')\n0")
    assert doctest.DocTestParser().get_examples(ast.literal_eval(code)) == []


@given(texts)
@example("# x")
def test_a_comment_stays_on_its_line(text: str) -> None:
    code = f"{comment(text)}\nx = 1"
    assert ast.dump(parsed(code)) == ast.dump(ast.parse("\nx = 1"))


ORDERS = [
    "type: ignore",
    "type: int",
    "mypy: ignore-errors",
    "pyright: basic",
    "ruff: noqa",
    "noqa",
    "x  # NOQA: E501",
    "fmt: off",
    "fmt:skip",
    "isort: skip_file",
    "pragma: no cover",
    "nosec",
    "-*- coding: utf-7 -*-",
    "vim: set fileencoding=utf-7 :",
]


@pytest.mark.parametrize("text", ORDERS)
def test_no_tool_obeys_a_comment(text: str) -> None:
    code = f"{comment(text)}\nx = 1\n"
    assert tokenize.detect_encoding(io.BytesIO(code.encode()).readline)[0] == "utf-8"
    ast.parse(code, type_comments=True)
    head = r"#\s*(type|mypy|pyright|ruff|fmt|isort|pylint)\s*:|#\s*(?i:noqa|nosec|pragma)|isort:|coding[:=]"
    assert not re.search(head, code)


def test_an_ordinary_comment_is_left_alone() -> None:
    text = "Type of the order: see types, #1 of 2 (no quota)"
    assert comment(text) == f"# {text}"


@pytest.mark.parametrize(("name", "shown"), [("order_line", "order line"), ("none_", "none"), ("größe", "größe")])
def test_an_identifier_is_spoken(name: str, shown: str) -> None:
    assert spoken(name) == shown


@given(st.lists(texts | st.just(None), max_size=6))
def test_an_f_string_gives_its_parts(parts: list[str | None]) -> None:
    code = f_string(Code("v") if part is None else part for part in parts)
    parsed(code)
    value = eval(code, {"v": "VALUE"})
    assert value == "".join("VALUE" if part is None else part for part in parts)


@pytest.mark.parametrize("name", ["a b", "class", "1a", "a;b", "", "a\u034f", "a\ufe0f"])
def test_what_is_no_identifier_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        identifier(name)
