"""sha256 of texts, the same on every checkout.

Rules of this file:
- Standard library only, and light: the fast path of `check` imports it.
- Line ends do not count: git may have turned LF into CRLF.
- Only regular files are read: a manifest is data, and may name a pipe or a device.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from typing import Protocol


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


# hashlib loads OpenSSL, which takes 4 ms and then hashes several times as fast as the interpreter's own sha256: it pays
# from about a megabyte, of which a source file is some six kilobytes.
_MUCH = 1_000_000
_MANY_FILES = 160
_BUILTIN = "_sha2" if sys.version_info >= (3, 12) else "_sha256"


def pick_sha256(files: int, size: int = 0) -> Callable[[bytes], Digest]:
    """The implementation of sha256 that is done first, import included, with this many source files, or bytes."""
    if files < _MANY_FILES and size < _MUCH:
        try:
            return __import__(_BUILTIN).sha256  # type: ignore[no-any-return]
        except ImportError:  # an interpreter that is built without it
            pass
    import hashlib

    return hashlib.sha256


def hash_text(text: str) -> str:
    """The hash under which a manifest records a text."""
    data = text.encode("utf-8", "surrogatepass").replace(b"\r\n", b"\n")
    return pick_sha256(1, len(data))(data).hexdigest()


def hash_file(path: str, sha256: Callable[[bytes], Digest]) -> str | None:
    """The hash of a file's text; None where there is no regular file, or it cannot be read.

    `sha256` is for a file of ordinary size; a large one is hashed by what is fastest for it.
    """
    data = read_regular(path)
    if data is None:
        return None
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if len(data) >= _MUCH:
        sha256 = pick_sha256(1, len(data))
    return sha256(data).hexdigest()


def read_regular(path: str) -> bytes | None:
    """The bytes of a regular file, or of one that a link leads to; None where there is none to read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        info = os.fstat(descriptor)
        return _read_all(descriptor, info.st_size) if stat.S_ISREG(info.st_mode) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # opening a pipe without a writer would wait for one


def _read_all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    if len(data) <= size:
        return data
    parts = [data]  # the file is growing, or /proc gave its size as 0
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)
