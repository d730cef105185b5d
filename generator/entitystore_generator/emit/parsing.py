"""Whether generated files are Python, asked before any of them is written.

Rules of this file:
- Only what is about to be written is compiled: what lies in the folder already was, and a run that changes one entity
  stays quick. Nothing is executed, and nothing of what compiling gives is kept.
- A file is compiled definition by definition, because Python's parser takes a hundred times the size of what it reads
  at once. Statements that are complete by themselves are so one after the other, too. Where a definition does not
  compile, the file as a whole decides, and names the line.
- A definition that is another one's but for the name of its entity is not compiled again (`alike`): of many
  entities, most have the keys of others.
- A warning (an escape sequence that does not exist) counts as a fault: a later Python makes it an error.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from hashlib import blake2b

from ..diagnostics import Diagnostic, Position, Severity
from .alike import with_marks
from .compare import Comparison

HINT = "this is a fault of the generator: report it with the document, or change the name or text that it stumbles on"

_BETWEEN = "\n\n\n"  # definitions, as they are laid out


def unparsable(comparison: Comparison, *, overwrite_edited: bool) -> Iterator[Diagnostic]:
    """One error for each file that would be written and that Python could not read."""
    known: set[bytes] = set()
    for change in comparison.writes(overwrite_edited=overwrite_edited):
        if change.path.endswith(".py") and change.after is not None:
            fault = fault_in(change.after, known)
            if fault:
                place = Position(os.path.join(comparison.package.output, *change.path.split("/")), 0, 0)
                message = f"{change.path} would not be Python: {fault}; nothing was written"
                yield Diagnostic("ES410", Severity.ERROR, message, place, HINT)


def fault_in(text: str, known: set[bytes]) -> str:
    """Why Python cannot read the text; "" if it can.

    `known` are the digests of definitions that compiled, each alone; those of this text are added.
    """
    definitions = text.split(_BETWEEN)
    digests = map(_digest, with_marks(text).split(_BETWEEN))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for digest, definition in zip(digests, definitions, strict=True):
            if digest not in known:
                if _fault_of(definition):
                    return _fault_of(text)
                known.add(digest)
    return ""


def _digest(definition: str) -> bytes:
    return blake2b(definition.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _fault_of(code: str) -> str:
    try:
        compile(code.encode(), "generated", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (Warning, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""
