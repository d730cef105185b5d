"""Python source from text that is not ours: literals, docstrings, comments, imports.

Rules of this file:
- Every string of a document that reaches a template comes through here (or is an identifier that `ir.names` made).
  What comes out is a complete literal or comment; nothing in it can end it early.
- Output is a function of the input alone: sorted where order means nothing.
"""

from __future__ import annotations

import keyword
import textwrap
from collections.abc import Iterable

from msgspec import Struct, field

__all__ = ["Imports", "docstring", "f_string", "identifier", "literal", "one_line"]

DOCSTRING_WIDTH = 84


def literal(value: object) -> str:
    """A literal of a str, bytes, int, float, bool or None, in the quotes that black would choose."""
    if isinstance(value, str):
        return _text_literal(value)
    if isinstance(value, (int, float, bool, bytes)) or value is None:
        return repr(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def _text_literal(text: str) -> str:
    inner = repr(text)
    if inner[0] == '"' or '"' in text:
        return inner
    return f'"{inner[1:-1]}"'


def identifier(name: str) -> str:
    """`name` itself. ValueError if it is no identifier, which would be a fault of ours."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no identifier")
    return name


def one_line(text: str) -> str:
    """Text for a comment or a docstring's line: no line ends, no control characters, no quotes that close."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace('"""', "'''")


def docstring(text: str, indent: int = 4) -> str:
    """A docstring for `text`, wrapped, with its closing quotes safe."""
    paragraphs = [one_line(paragraph) for paragraph in text.replace("\r\n", "\n").split("\n\n")]
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    width = DOCSTRING_WIDTH - indent
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += ["", *textwrap.wrap(paragraph, width - 6, break_long_words=False, break_on_hyphens=False)]
    body = lines[1:] or [""]
    if len(body) == 1:
        return f'"""{_ended(body[0])}"""'
    pad = " " * indent
    inner = "\n".join(pad + line if line else "" for line in body[1:])
    return f'"""{body[0]}\n{inner}\n{pad}"""'


def _ended(line: str) -> str:
    """A one-line docstring's text may not end in a quote, which would join the closing ones."""
    return line + " " if line.endswith('"') else line


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
    if '"' in piece or repr(piece)[1:-1] != piece:
        piece = "".join(map(_in_double_quotes, piece))
    return piece.replace("{", "{{").replace("}", "}}")


def _in_double_quotes(character: str) -> str:
    if character in "\"'":
        return '\\"' if character == '"' else character
    return repr(character)[1:-1]


def _quoted(inner: str) -> str:
    return f'"{inner}"'


class Code(Struct, frozen=True):
    """An expression to be inserted into an f-string: without quotes and backslashes (Python 3.11 allows none).

    `is_text`: its value is a str already. `format` is a format specification with its colon, or "".
    """

    expression: str
    is_text: bool = True
    format: str = ""


class Imports(Struct):
    """Names that a module needs, by the module that has them. Asking for a name gives what to write for it.

    `avoid` are names that properties have in this module: an import of one of them goes by another name (`date_`),
    since an annotation is looked up among a class's attributes first.
    """

    avoid: frozenset[str] = frozenset()
    _names: dict[str, set[str]] = field(default_factory=dict)
    _modules: set[str] = field(default_factory=set)

    def use(self, module: str, name: str) -> str:
        """Import `name` from `module`; gives the name to write."""
        if name in self.avoid:
            self._names.setdefault(module, set()).add(f"{name} as {name}_")
            return f"{name}_"
        self._names.setdefault(module, set()).add(name)
        return name

    def always(self, module: str, name: str) -> None:
        """Import `name` under its own name, for a template that writes it where no property can stand for it."""
        self._names.setdefault(module, set()).add(name)

    def module(self, name: str) -> str:
        """Import the module as a whole; gives `name`."""
        self._modules.add(name)
        return name

    def lines(self) -> list[str]:
        """Import statements in three groups: standard library, libraries, this package; sorted."""
        groups: list[list[str]] = [[], [], []]
        for module in sorted(self._modules):
            groups[_group(module)].append(f"import {module}")
        for module in sorted(self._names):
            names = ", ".join(sorted(self._names[module], key=_import_order))
            groups[_group(module)].append(f"from {module} import {names}")
        return [line for group in groups if group for line in (*group, "")]


def _import_order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions, as isort has it."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[0].isupper() else 2), name


def _group(module: str) -> int:
    if module.startswith("."):
        return 2
    return 1 if module.split(".")[0] in ("entitystore", "pydantic", "msgspec") else 0
