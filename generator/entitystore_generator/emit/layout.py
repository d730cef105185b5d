"""Rendered text laid out as black lays it out, without asking black for what it would leave alone.

Rules of this file:
- The templates and views write what black leaves as it is, but for three things: lines that are too long, blank lines
  of parts that are not there, and quotes that would need more escapes. The first two are done here (`split_line`).
- Wherever black could have something to add that is not known here, black is asked, for the definition or class that
  the line stands in and no more. Tests hold whole packages against black's own answer.
- Why: black does some 1,000 lines a second, of which a package has 500 for each entity.
- Three lines of four are the same for all entities: what becomes of a line is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from entitystore_generator.emit.split_line import WIDTH, NotSure, has_magic_comma, split_line

__all__ = ["lay_out"]

# Strings in quotes that black leaves: double ones without escaped quotes, single ones that hold a double quote.
_QUOTED = re.compile(r"""[fb]?(?:"(?:[^"\\]|\\[^"'])*"|'(?=[^']*")(?:[^'\\]|\\[^'"])*')""")
_STARTS = ("class ", "def ", "async def ", "@")
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")


def lay_out(text: str, ask_black: Callable[[str], str]) -> str:
    """`text` as black leaves it. `ask_black` gives black's own answer for a piece of it."""
    pieces: list[str] = []
    for piece in _pieces(_without_spare_blanks(text.split("\n"))):
        try:
            lines = _piece(piece)
        except NotSure:
            lines = _asked(piece, ask_black)
        pieces.append("\n".join(lines))
    return "\n".join(pieces) + "\n"


def _asked(piece: list[str], ask_black: Callable[[str], str]) -> list[str]:
    """black's answer, with the blank lines before the piece, which it takes for the beginning of a file."""
    first = next(place for place, line in enumerate(piece) if line)
    return [*piece[:first], *ask_black("\n".join(piece[first:]) + "\n").rstrip("\n").split("\n")]


def _without_spare_blanks(lines: list[str]) -> list[str]:
    """At most two blank lines in a row, one where what follows is indented, and none at the ends."""
    kept: list[str] = []
    blanks = 0
    for line in lines:
        if not line:
            blanks += 1
            continue
        if blanks and kept:
            kept += [""] * min(blanks, _most_blanks(kept[-1], line))
        blanks = 0
        kept.append(line)
    return kept


def _most_blanks(before: str, line: str) -> int:
    if line[0] == " " or (before.startswith(("from ", "import ")) and not line.startswith(_STARTS)):
        return 1
    return 2


def _pieces(lines: list[str]) -> Iterator[list[str]]:
    """The text in pieces that begin at definitions, with the blank lines before them."""
    start, in_text = 0, False
    for place, line in enumerate(lines):
        if not in_text and place > start + 1 and line.startswith(_STARTS) and not lines[place - 1]:
            end = place - 1
            while not lines[end - 1]:
                end -= 1
            yield lines[start:end]
            start = end
        if '"""' in line:
            in_text ^= line.count('"""') % 2 == 1
    yield lines[start:]


def _piece(lines: list[str]) -> list[str]:
    done: list[str] = []
    docstring = ""  # the indentation of the one that the line stands in, with a mark
    depth = 0
    for line in lines:
        if not docstring and (opened := _opened(line)) is not None:
            depth += opened
            done.append(line)
        elif docstring or '"""' in line:
            docstring = _docstring_line(line, docstring)
            done.append(line)
        else:
            depth = _code_line(line, depth, done)
    return done


@lru_cache(maxsize=32768)
def _opened(line: str) -> int | None:
    """How many brackets a line opens that stays as it is, whatever is around it; None for any other line."""
    text = line.lstrip(" ")
    if '"""' in text:
        return None
    if not text or text[0] == "#":
        return 0
    is_odd = "'" in text or "\\" in text or text[0] in _CLOSE
    return None if is_odd or _may_split(line, text) else int(text[-1] in _OPEN)


def _may_split(line: str, text: str) -> bool:
    return len(line) > WIDTH or (len(line) > WIDTH // 2 and not line.isascii()) or has_magic_comma(text)


def _docstring_line(line: str, docstring: str) -> str:
    """The docstring that the next line stands in, given as its indentation and a quote; "" for none.

    Two quotes where one of its lines started where it does itself: lines further in then keep their place.
    Raises NotSure where black might move lines.
    """
    indent = line[: len(line) - len(line.lstrip(" "))]
    marks = line.count('"""')
    if not docstring:
        if not line.startswith(f'{indent}"""') or marks > 2 or (marks == 2 and not line.endswith('"""')):
            raise NotSure
        return "" if marks == 2 else f'{indent}"'
    own = docstring.rstrip('"')
    is_further_in = indent.startswith(own) and docstring.endswith('""') and not marks
    if marks > 1 or line.endswith(" ") or (line and indent != own and not is_further_in):
        raise NotSure
    if marks and line != f'{indent}"""':
        raise NotSure
    if marks:
        return ""
    return f'{own}""' if line and indent == own else docstring


def _code_line(line: str, depth: int, done: list[str]) -> int:
    """Add a line of code to `done`, split where it is too long; gives how many brackets are open after it."""
    text = line.lstrip(" ")
    if "'" in text or "\\" in text:
        _refuse_quotes(text)
    if text[0] in _CLOSE:
        _refuse_joining(done[-1])
        depth -= 1
    if _may_split(line, text):
        if text.endswith(_OPEN) or text[0] in _CLOSE:
            raise NotSure
        done += split_line(line, inside=depth > 0)
        return depth
    done.append(line)
    return depth + (text[-1] in _OPEN)


def _refuse_quotes(text: str) -> None:
    """Raise NotSure where black might choose other quotes, or where a text could be taken for something else."""
    rest = _QUOTED.sub("", text)
    if "'" in rest or "\\" in rest:
        raise NotSure


def _refuse_joining(last: str) -> None:
    """Raise NotSure where no comma before a closing bracket keeps the lines in it apart."""
    text = last.lstrip(" ")
    if not text.endswith(",") and text[0] not in _CLOSE:
        raise NotSure
