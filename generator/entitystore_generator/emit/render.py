"""Views to text, by the templates.

Rules of this file:
- An undefined name in a template is an error, not an empty string; nothing is escaped, because every string of a view
  is code already (see views.py).
- Templates are the installed package's, else the checkout's.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

__all__ = ["render", "templates_folder"]


def templates_folder() -> Path:
    """Where the templates are: inside of the installed package, or at the top of the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent.parent / "templates"


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder(), encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the output is Python, not HTML
        newline_sequence="\n",
        auto_reload=False,  # else each use looks at the file's time
        optimized=False,  # folding constants, of which there are none, takes a third of compiling the templates
    )


def render(template: str, view: object) -> str:
    """The text of a template, which knows its view as `view`."""
    return _environment().get_template(template).render(view=view)
