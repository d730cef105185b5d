"""Text of a document never becomes code: whatever it holds, literals, docstrings and comments stay what they are."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entitystore_generator.emit.source import Code, Imports, docstring, f_string, identifier, literal, one_line

texts = st.text(max_size=60) | st.text(alphabet="\"'\\{}#\n\r\t\x00 abc\u2028", max_size=30)


@given(texts)
@example('"""; import os; """')
@example("\\")
def test_a_literal_is_the_text_and_nothing_else(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@given(texts)
@example('ends in a quote"')
@example("\\N{LATIN SMALL LETTER A}")
def test_a_docstring_is_one_expression(text: str) -> None:
    module = ast.parse(docstring(text))
    assert len(module.body) == 1
    assert isinstance(module.body[0], ast.Expr)
    assert isinstance(module.body[0].value, ast.Constant)


@given(texts)
def test_a_comment_stays_on_its_line(text: str) -> None:
    assert ast.dump(ast.parse(f"# {one_line(text)}\nx = 1")) == ast.dump(ast.parse("x = 1"))


@given(st.lists(texts | st.just(None), max_size=6))
def test_an_f_string_gives_its_parts(parts: list[str | None]) -> None:
    code = f_string(Code("v") if part is None else part for part in parts)
    value = eval(code, {"v": "VALUE"})
    assert value == "".join("VALUE" if part is None else part for part in parts)


@pytest.mark.parametrize("name", ["a b", "class", "1a", "a;b", ""])
def test_what_is_no_identifier_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        identifier(name)


def test_imports_are_sorted_and_grouped() -> None:
    imports = Imports()
    for module, name in ((".models", "B"), ("uuid", "UUID"), ("entitystore.wire", "S"), (".models", "A")):
        assert imports.use(module, name) == name
    assert imports.lines() == [
        "from uuid import UUID",
        "",
        "from entitystore.wire import S",
        "",
        "from .models import A, B",
        "",
    ]


def test_an_import_that_a_property_shadows_goes_by_another_name() -> None:
    imports = Imports(avoid=frozenset({"date"}))
    assert imports.use("datetime", "date") == "date_"
    assert imports.lines()[0] == "from datetime import date as date_"
