"""The text of one file, and the way from an offset in it to a line and a column.

Rules of this file:
- Text is UTF-8, with or without a byte order mark, and kept as it is: offsets are those of Python's string.
- Lines end with LF, CRLF or CR, as editors count them. (YAML 1.1 counts U+0085 and U+2028 too; editors do not.)
- Only regular files are read: a named pipe would never end.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path

from entitystore_generator.diagnostics import Position

__all__ = ["DocumentError", "Source", "read_source"]

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_AS_UTF8 = "save it as UTF-8"


class DocumentError(Exception):
    """A file cannot be used at all: a code, a message, a place and a hint, for a diagnostic."""

    def __init__(self, code: str, message: str, position: Position, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position
        self.hint = hint


class Source:
    """One file's text. `file` is its name in diagnostics."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_BREAK.finditer(self.text))]

    def position(self, start: int, end: int = 0) -> Position:
        """The place of the characters from `start` to `end`; its length stops where the line does."""
        line = bisect_right(self._starts, start)
        first = self._starts[line - 1]
        if end <= start:
            return Position(self.file, line, start - first + 1)
        stop = self._starts[line] if line < len(self._starts) else len(self.text)
        shown = self.text[start : min(end, stop)].rstrip("\r\n")
        return Position(self.file, line, start - first + 1, len(shown))


def read_source(path: Path, file: str, place: Position) -> Source:
    """Read a file; DocumentError at `place` (whoever named the file) or within the file."""
    fault, data = _unreadable(path), b""
    if fault is None:
        try:
            data = path.read_bytes()
        except OSError as error:
            fault = f"cannot be read: {error.strerror or error}"
    if fault is not None:
        raise DocumentError("ES101", f"{file} {fault}", place, "check the path and the permissions")
    return Source(file, _decode(data, file))


def _unreadable(path: Path) -> str | None:
    try:
        if path.is_file():
            return None
        if path.is_dir():
            return "is a folder, not a document"
        return "is not a regular file" if path.exists() else "does not exist"
    except (OSError, ValueError):  # a name too long, or with a null character
        return "is no name that a file can have"


def _decode(data: bytes, file: str) -> str:
    if data.startswith(_OTHER_MARKS):
        raise DocumentError("ES101", "this is UTF-16 or UTF-32, not UTF-8", Position(file, 1, 1), _AS_UTF8)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = Source(file, data[: error.start].decode("utf-8-sig", "replace"))
        place = before.position(len(before.text))
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise DocumentError("ES101", message, place, _AS_UTF8) from None


def same_file_key(path: Path) -> str:
    """What is equal for two paths to one file."""
    try:
        return os.path.normcase(os.path.realpath(path))
    except (OSError, ValueError):
        return str(path)
