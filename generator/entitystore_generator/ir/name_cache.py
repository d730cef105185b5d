"""What datamodel-code-generator chose for a document, kept for the next run.

    ENTITYSTORE_CACHE=off       nothing is kept
    ENTITYSTORE_CACHE=<folder>  kept there; else in the user's folder of caches

Rules of this file:
- The names are a function of the document that was handed over, of the versions of the tools and of our own code: all
  of that is the file's name, so that what is found is what would be made. Who changes keys, indexes or descriptions
  hands over the same document again.
- A cache that cannot be read or written is as good as none. Files are written whole and renamed, so that runs at the
  same time do not see half of one; the oldest are removed.
- msgpack, not pickle: a file of the cache is data, and the names in it are checked as all names are.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from entitystore_generator.emit.fingerprint import fingerprint
from entitystore_generator.ir.class_names import ClassNames

__all__ = ["NameCache", "cache_folder"]

VARIABLE = "ENTITYSTORE_CACHE"
MOST_FILES = 50
_DIGEST = 32  # bytes of a hash of the rest, in front of it


def cache_folder() -> Path | None:
    """Where names are kept; None where nothing shall be, or the user has no folder."""
    wanted = os.environ.get(VARIABLE)
    if wanted:
        return None if wanted == "off" else Path(wanted)
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # no home
        return None
    return caches / "entitystore"


class NameCache:
    """The names of one document, in a folder; None keeps nothing."""

    def __init__(self, folder: Path | None, document: str) -> None:
        self._path = None if folder is None else folder / f"names-{_key(document)}.msgpack"

    def read(self) -> ClassNames | None:
        """The names that were chosen before, if they were."""
        if self._path is None:
            return None
        try:
            data = self._path.read_bytes()
            whole = sha256(data[_DIGEST:]).digest() == data[:_DIGEST]
            return msgspec.msgpack.decode(data[_DIGEST:], type=ClassNames) if whole else None
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, names: ClassNames) -> None:
        """Keep the names for the next time."""
        if self._path is not None:
            with suppress(OSError):
                _write(self._path, names)


def _key(document: str) -> str:
    tools = "\n".join(f"{name} {version}" for name, version in sorted(fingerprint().items()))
    return sha256(f"{tools}\n\n{document}".encode("utf-8", "surrogatepass")).hexdigest()


def _write(path: Path, names: ClassNames) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, made = tempfile.mkstemp(prefix=".names-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            data = msgspec.msgpack.encode(names)
            stream.write(sha256(data).digest() + data)
        os.replace(made, path)
    except OSError:
        with suppress(OSError):
            os.unlink(made)
        raise
    _remove_oldest(path.parent)


def _remove_oldest(folder: Path) -> None:
    files = sorted(folder.glob("names-*.msgpack"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST_FILES:]:
        path.unlink(missing_ok=True)
