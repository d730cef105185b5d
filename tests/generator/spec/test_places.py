"""From offsets to lines and columns, against a slow way that is easy to believe."""

from __future__ import annotations

import json
import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.diagnostics import Position
from entitystore_generator.spec.compose import compose_yaml
from entitystore_generator.spec.json_text import compose_json
from entitystore_generator.spec.nodes import Mapping, Scalar, position_inside
from entitystore_generator.spec.source import DocumentError, Lines, Source

TEXTS = st.text(alphabet=st.sampled_from("ab\r\n\u2028\x85é"), max_size=40)


def place(text: str, start: int, end: int) -> Position:
    """Lines are what stands between breaks, with the break that ends them."""
    before = re.split(r"\r\n|\r|\n", text[:start])
    if text[start - 1 : start + 1] == "\r\n":  # between the two nothing ends
        before[-2:] = [before[-2] + "\r"]
    shown = re.split(r"\r|\n", text[start:end])[0]
    return Position("f", len(before), len(before[-1]) + 1, len(shown))


@given(TEXTS, st.integers(0, 40), st.integers(0, 6), st.integers(1, 9))
def test_places(text: str, start: int, length: int, block: int) -> None:
    start = min(start, len(text))
    with patch.object(Lines, "BLOCK", block):
        assert Source("f", text).position(start, start + length) == place(text, start, start + length)
        assert Source("f", text).position(start).length == 0


def test_a_long_text_has_the_same_places() -> None:
    text = "".join("x" * (number % 300) + ("\r\n", "\n", "\r")[number % 3] for number in range(500))
    for start in range(0, len(text), 611):
        assert Source("f", text).position(start, start + 9) == place(text, start, start + 9)


def refuse(fault: DocumentError) -> None:
    pytest.fail(fault.message)


@given(st.text(max_size=12), st.booleans())
def test_places_inside_of_a_text_in_quotes(text: str, ascii_only: bool) -> None:
    """Each character is found where it is spelt, escapes and halves of a pair of surrogates told apart."""
    source = Source("f", json.dumps({"a": text}, ensure_ascii=ascii_only))
    root = compose_json(source, refuse)
    assert isinstance(root, Mapping)
    node = root.pairs["a"].value
    assert isinstance(node, Scalar)
    column = 8
    for offset, character in enumerate(text):
        spelt = json.dumps(character, ensure_ascii=ascii_only)[1:-1]
        assert position_inside(node, offset, 1) == Position("f", 1, column, len(spelt))
        column += len(spelt)


def test_places_behind_the_escapes_of_yaml() -> None:
    source = Source("f", 'a: "\\x41\\e\\_\\U0001F600\\L\'b\\"c"\n')
    root = compose_yaml(source, refuse)
    assert isinstance(root, Mapping)
    node = root.pairs["a"].value
    assert isinstance(node, Scalar)
    assert [position_inside(node, offset, 1).column for offset in range(9)] == [5, 9, 11, 13, 23, 25, 26, 27, 29]
