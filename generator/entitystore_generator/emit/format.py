"""Formatting of what was rendered, so that it reads as if written by hand and no formatter has anything to add.

Rules of this file:
- black with an explicit mode, never the user's configuration: the same input gives the same bytes everywhere.
- Text that black cannot parse is a fault of ours, and says which file it was.
"""

from __future__ import annotations

import black
from black.mode import TargetVersion
from black.parsing import InvalidInput

__all__ = ["format_python"]

_MODE = black.Mode(target_versions={TargetVersion.PY311}, line_length=88)


class FormatError(Exception):
    """What was rendered is not Python: a fault of the generator."""


def format_python(path: str, text: str) -> str:
    """`text` as black leaves it."""
    try:
        return black.format_str(text, mode=_MODE)
    except InvalidInput as error:
        raise FormatError(f"{path} was not rendered as Python: {error}") from error
