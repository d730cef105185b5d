"""Formatting of what was rendered, so that it reads as if written by hand and no formatter has anything to add.

Rules of this file:
- The result is black's, with an explicit mode, never the user's configuration: the same input gives the same bytes
  everywhere. `layout` knows it without black for nearly all that is rendered; for the rest black is asked, and loaded.
- Text that black cannot parse is a fault of ours, and says which file it was.
"""

from __future__ import annotations

import gc
from functools import cache
from typing import TYPE_CHECKING

from entitystore_generator.emit.layout import lay_out
from entitystore_generator.emit.split_line import WIDTH

if TYPE_CHECKING:
    import black

__all__ = ["FormatError", "black_mode", "format_python"]


class FormatError(Exception):
    """What was rendered is not Python: a fault of the generator."""


@cache
def black_mode() -> black.Mode:
    """The style of generated code."""
    import black
    from black.mode import TargetVersion

    return black.Mode(target_versions={TargetVersion.PY311}, line_length=WIDTH)


def format_python(path: str, text: str) -> str:
    """`text` as black leaves it."""
    return lay_out(text, lambda piece: _ask_black(path, piece))


def _ask_black(path: str, text: str) -> str:
    import black
    from black.parsing import InvalidInput

    try:
        return black.format_str(text, mode=black_mode())
    except InvalidInput as error:
        raise FormatError(f"{path} was not rendered as Python: {error}") from error
    finally:
        # black's trees refer to themselves, so they would stay as long as a compilation collects no garbage: 1.6 MB for
        # 50 lines. Only what is new since the last time is looked at.
        gc.collect(0)
