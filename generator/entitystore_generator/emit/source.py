"""Python source from text that is not ours: literals, docstrings, comments.

Rules of this file:
- Every string of a document that reaches a template comes through here (or is an identifier that `ir.names` made).
  What comes out is a complete literal, docstring or comment, with its quotes or its mark; nothing in it can end it
  early, and no tool takes it for an order (`type: ignore`, `coding: utf-7`, `>>> import os`).
- What a reader of the code would not see, or would see in another place, is escaped: control and format characters,
  private and unassigned ones, surrogates, fillers. See "Trojan Source" (CVE-2021-42574) and UTS #55.
- Output is a function of the input alone: sorted where order means nothing.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable
from typing import NewType

from msgspec import Struct

from entitystore_generator.ir.names import IGNORABLE, readable

__all__ = [
    "Comment",
    "Docstring",
    "Name",
    "comment",
    "docstring",
    "f_string",
    "identifier",
    "literal",
    "spoken",
]

DOCSTRING_WIDTH = 84

Docstring = NewType("Docstring", str)
"""A complete docstring, quotes included; or "" where there is none."""

Comment = NewType("Comment", str)
"""A complete comment on a line of its own, with its `#`; or "" where there is none."""

Name = NewType("Name", str)
"""Identifiers, and the words of one: the only text that a template may show within quotes and comments of its own."""

# Comments that tools obey, at their beginning or after another #.
_ORDER = re.compile(
    r"(^|#)(?=\s*(?:(?:type|mypy|pyright|pyre|ruff|flake8|fmt|yapf|isort|pylint)\s*:|(?i:noqa|nosec|pragma)\b))"
)
_ORDER_ANYWHERE = re.compile(r"(coding|isort)(?=[:=])")  # PEP 263, in the first two lines; isort, in any


def literal(value: object) -> str:
    """A literal of a str, bytes, int, float, bool or None, in the quotes that black would choose."""
    if isinstance(value, str):
        return _text_literal(value)
    if isinstance(value, (int, float, bool, bytes)) or value is None:
        return repr(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def _text_literal(text: str) -> str:
    inner = _escaped(repr(text))
    if inner[0] == '"' or '"' in text:
        return inner
    return f'"{inner[1:-1]}"'


def _escaped(text: str) -> str:
    """`text` with Python's escapes for what nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if _is_visible(each) else each.encode("unicode_escape").decode() for each in text)


def _is_visible(character: str) -> bool:
    return character.isprintable() and not IGNORABLE.match(character)


def identifier(name: str) -> Name:
    """`name` itself. ValueError if it is no identifier, which would be a fault of ours."""
    if not name.isidentifier() or keyword.iskeyword(name) or readable(name) != name:
        raise ValueError(f"{name!r} is no identifier")
    return Name(name)


def spoken(name: str) -> Name:
    """The words of an identifier, as a sentence shows them: `order line`."""
    return Name(identifier(f"_{name}").strip("_").replace("_", " "))


def comment(text: str) -> Comment:
    """A comment on a line of its own, "" for an empty text; `#` included."""
    flat = _escaped(" ".join(text.split()))
    harmless = _ORDER_ANYWHERE.sub(r"\1 ", _ORDER.sub(r"\1… ", flat))
    return Comment(f"# {harmless}" if flat else "")


def docstring(text: str, indent: int = 4, *, wrap: bool = True, listed: Iterable[str] = ()) -> Docstring:
    """A docstring for `text`, "" for an empty one. Its paragraphs are wrapped, or a line each.

    `listed` are lines below the last paragraph, indented: things that change one by one, and so merge one by one.
    """
    paragraphs = [_docstring_line(paragraph) for paragraph in text.replace("\r\n", "\n").split("\n\n")]
    width = DOCSTRING_WIDTH - indent - 6
    lines: list[str] = []
    for paragraph in filter(None, paragraphs):
        lines += ["", *(_wrapped(paragraph, width) if wrap else [paragraph])]
    lines += [f"    {_docstring_line(each)}" for each in listed]
    body = lines[1:]
    if not body:
        return Docstring("")
    # A quote at either end would join those around it.
    first = " " + body[0] if body[0].startswith('"') else body[0]
    if len(body) == 1:
        return Docstring(f'"""{first} """' if first.endswith('"') else f'"""{first}"""')
    pad = " " * indent
    inner = "\n".join(pad + line if line else "" for line in body[1:])
    return Docstring(f'"""{first}\n{inner}\n{pad}"""')


def _wrapped(paragraph: str, width: int) -> list[str]:
    return textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)


def _docstring_line(text: str) -> str:
    """Text as a line of a docstring: its value is the text, but for white space and for what doctest would execute."""
    flat = " ".join(text.split()).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return _escaped(flat).replace(">>>", "> >>")


def f_string(parts: Iterable[str | Code]) -> str:
    """An expression for the text of `parts`: constant strings, and `Code` whose value is inserted."""
    pieces = list(parts)
    if not any(isinstance(piece, Code) for piece in pieces):
        return literal("".join(piece for piece in pieces if isinstance(piece, str)))
    if len(pieces) == 1 and isinstance(pieces[0], Code) and pieces[0].is_text:
        return pieces[0].expression
    return "f" + _quoted("".join(_piece(piece) for piece in pieces))


def _piece(piece: str | Code) -> str:
    if isinstance(piece, Code):
        return "{" + piece.expression + piece.format + "}"
    if '"' in piece or _text_literal(piece)[1:-1] != piece:
        piece = "".join(map(_in_double_quotes, piece))
    return piece.replace("{", "{{").replace("}", "}}")


def _in_double_quotes(character: str) -> str:
    if character in "\"'":
        return '\\"' if character == '"' else character
    return _text_literal(character)[1:-1]


def _quoted(inner: str) -> str:
    return f'"{inner}"'


class Code(Struct, frozen=True):
    """An expression to be inserted into an f-string: without quotes and backslashes (Python 3.11 allows none).

    `is_text`: its value is a str already. `format` is a format specification with its colon, or "".
    """

    expression: str
    is_text: bool = True
    format: str = ""
