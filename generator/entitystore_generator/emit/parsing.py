"""Whether generated files are Python, asked before any of them is written.

Rules of this file:
- Only what is about to be written is compiled: what lies in the folder already was, and a run that changes one entity
  stays quick. Nothing is executed, and nothing of what compiling gives is kept.
- A file is compiled in parts, each of some definitions, because Python's parser takes a hundred times the size of what
  it reads at once. Statements that are complete by themselves are so one after the other, too. Where a part does not
  compile, the file as a whole decides, and names the line.
- A warning (an escape sequence that does not exist) counts as a fault: a later Python makes it an error.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Position, Severity
from .compare import Comparison

HINT = "this is a fault of the generator: report it with the document, or change the name or text that it stumbles on"


_BETWEEN = "\n\n\n"
_ENOUGH = 20_000  # characters


def unparsable(comparison: Comparison, *, overwrite_edited: bool) -> Iterator[Diagnostic]:
    """One error for each file that would be written and that Python could not read."""
    for change in comparison.writes(overwrite_edited=overwrite_edited):
        if change.path.endswith(".py") and change.after is not None:
            fault = fault_in(change.after)
            if fault:
                place = Position(os.path.join(comparison.package.output, *change.path.split("/")), 0, 0)
                message = f"{change.path} would not be Python: {fault}; nothing was written"
                yield Diagnostic("ES410", Severity.ERROR, message, place, HINT)


def fault_in(text: str) -> str:
    """Why Python cannot read the text; "" if it can."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if all(not _fault_of(part) for part in _parts(text)):
            return ""
        return _fault_of(text)


def _parts(text: str) -> Iterator[str]:
    """The text in parts of some 20 KB, cut where two blank lines set definitions apart."""
    part: list[str] = []
    length = 0
    for definition in text.split(_BETWEEN):
        part.append(definition)
        length += len(definition)
        if length > _ENOUGH:
            yield _BETWEEN.join(part)
            part, length = [], 0
    yield _BETWEEN.join(part)


def _fault_of(code: str) -> str:
    try:
        compile(code.encode(), "generated", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (Warning, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""
