"""Unified diffs of what generating would change, as `git apply` and `patch -p1` take them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from .compare import Change

_NO_NEWLINE = "\n\\ No newline at end of file\n"


def unified(change: Change, shown: str) -> str:
    """The change as a unified diff; "" where there is no text to compare. `shown` is the file's path."""
    if change.before is None and change.after is None:
        return ""
    old = "/dev/null" if change.before is None else f"a/{shown.lstrip('/')}"
    new = "/dev/null" if change.after is None else f"b/{shown.lstrip('/')}"
    before, after = _lines(change.before), _lines(change.after)
    return "".join(_terminated(unified_diff(before, after, old, new)))


def _lines(text: str | None) -> list[str]:
    """Lines with their ends; only LF ends a line (`splitlines` would cut at form feeds and U+2028 too)."""
    if not text:
        return []
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _terminated(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else line + _NO_NEWLINE
