"""The text of one file, and the way from an offset in it to a line and a column.

Rules of this file:
- Text is UTF-8, with or without a byte order mark, and kept as it is: offsets are those of Python's string.
- Lines end with LF, CRLF or CR, as editors count them. (YAML 1.1 counts U+0085 and U+2028 too; editors do not.)
- Only regular files are read: a named pipe would never end.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from entitystore_generator.diagnostics import Position

__all__ = ["DocumentError", "Report", "Source", "read_source"]

_LONE_RETURN = re.compile(r"\r(?!\n)")
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


Report = Callable[[DocumentError], None]
"""Takes a fault that does not end the reading."""


class Source:
    """One file's text. `file` is its name in diagnostics.

    `own`: it is the document that was asked for, whose text diagnostics may repeat. `shown`: they may underline its
    lines, as they may those of other files with schemas.
    """

    def __init__(self, file: str, text: str, *, own: bool = True) -> None:
        self.file = file
        self.text = text
        self.own = own
        self.shown = own
        self.repeated: dict[int, set[str]] = {}
        """The keys that stand twice in a mapping, by where that begins."""

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def position(self, start: int, end: int = 0) -> Position:
        """The place of the characters from `start` to `end`; its length stops where the line does."""
        line, first, stop = self._lines.around(start, end)
        shown = self.text[start:stop].rstrip("\r\n")
        return Position(self.file, line, start - first + 1, len(shown), self.shown)


class Lines:
    """Counts lines. A list of all of them would take longer than all that is asked of a document of many megabytes."""

    BLOCK = 1 << 11  # characters that are looked through for each question

    def __init__(self, text: str) -> None:
        self._text = _LONE_RETURN.sub("\n", text) if "\r" in text else text
        self._before = [(1, 0)]
        """For each block the number of the line in which it begins, and where that line begins."""
        for block in range(0, len(text), self.BLOCK):
            line, first = self._before[-1]
            line += self._text.count("\n", block, block + self.BLOCK)
            last = self._text.rfind("\n", block, block + self.BLOCK)
            self._before.append((line, last + 1 or first))

    def around(self, start: int, end: int) -> tuple[int, int, int]:
        """The number of the line of `start`, where it begins, and `end` or where it ends, whatever comes first."""
        number = min(start // self.BLOCK, len(self._before) - 1)
        line, first = self._before[number]
        block = number * self.BLOCK
        line += self._text.count("\n", block, start)
        stop = self._text.find("\n", start, end)
        return line, self._text.rfind("\n", block, start) + 1 or first, end if stop < 0 else stop


def read_source(path: Path, file: str, place: Position, *, own: bool = True) -> Source:
    """Read a file; DocumentError at `place` (whoever named the file) or within the file."""
    fault, data = _unreadable(path), b""
    if fault is None:
        try:
            data = path.read_bytes()
        except OSError as error:
            fault = f"cannot be read: {error.strerror or error}"
    if fault is not None:
        raise DocumentError("ES101", f"{file} {fault}", place, "check the path and the permissions")
    return Source(file, _decode(data, file), own=own)


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
