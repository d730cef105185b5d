"""Carries a comparison out: writes and deletes files, all or none.

Rules of this file:
- Everything is first written beside its place, on the same file system; only when all of it is there is it renamed,
  file by file, the manifest last. A rename replaces a link and never follows it.
- A folder that does not exist yet appears by a single rename, complete.
- Whatever ends a run early (a full disk, a missing permission, Ctrl-C) takes back the renames that were made and
  removes what was staged. Only a kill that cannot be caught between two renames leaves a mixture, which the next run
  mends, since each file is either the old or the new text.
- Deleted are only files that the manifest lists, whose text is as recorded and begins with the mark of generated ones;
  `compare.py` sees to that.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from .compare import Change, Comparison
from .manifest import STAGING_PREFIX

_ABANDONED_AFTER = 3600.0  # seconds; a run never takes that long, so the folder is a killed run's


class OutputError(Exception):
    """The folder cannot be written. The message names the file and says why; nothing was changed."""


def write(comparison: Comparison, *, overwrite_edited: bool = False) -> tuple[Change, ...]:
    """Make the folder what was compiled; give the changes made, the manifest's among them.

    The caller has made sure that there are no obstacles. Raises OutputError.
    """
    changes = list(comparison.writes(overwrite_edited=overwrite_edited))
    manifest = comparison.manifest_change
    if manifest is not None:
        changes.append(manifest)
    if changes:
        with _as_output_error(comparison.package.output):
            _apply(comparison.package.output, changes)
    return tuple(changes)


@contextmanager
def _as_output_error(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        named = error.filename if isinstance(error.filename, str) else folder
        shown = folder if STAGING_PREFIX in named else named
        raise OutputError(f"{shown} cannot be written: {error.strerror or error}") from error


def _apply(folder: str, changes: Sequence[Change]) -> None:
    if os.path.isdir(folder):
        _clear_abandoned(folder)
        with _staging_in(folder) as staging:
            _Update(folder, staging).run(changes)
    else:
        _create(folder, changes)


def _create(folder: str, changes: Sequence[Change]) -> None:
    """Write a whole package that does not exist yet."""
    parent = os.path.dirname(folder)
    with _made_parents(parent), _staging_in(parent) as staging:
        package = os.path.join(staging, os.path.basename(folder))
        os.mkdir(package)
        for change in changes:
            place = os.path.join(package, *change.path.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            _write_new(place, change.after or "")
        os.rename(package, folder)


@contextmanager
def _made_parents(folder: str) -> Iterator[None]:
    """Make `folder` and what it needs; on failure remove again what was made and is empty."""
    made: list[str] = []
    while not os.path.isdir(folder) and folder not in made:
        made.append(folder)
        folder = os.path.dirname(folder)
    try:
        for path in reversed(made):
            os.mkdir(path)
        yield
    except BaseException:
        for path in made:
            with suppress(OSError):
                os.rmdir(path)
        raise


@contextmanager
def _staging_in(folder: str) -> Iterator[str]:
    staging = tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=folder)
    try:
        yield staging
    finally:
        _remove(staging)


def _remove(folder: str) -> None:
    """Remove a staging folder, also where Ctrl-C comes in between."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _clear_abandoned(folder: str) -> None:
    """Remove the staging folders of runs that were killed."""
    with os.scandir(folder) as entries:
        staging = [entry for entry in entries if entry.name.startswith(STAGING_PREFIX)]
    for entry in staging:
        if time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_AFTER:
            _remove(entry.path)


def _write_new(path: str, text: str) -> None:
    with open(path, "x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


class _Update:
    """Changes an existing folder, and can take back what it has done so far."""

    def __init__(self, folder: str, staging: str) -> None:
        self._folder = folder
        self._staging = staging
        self._done: list[Change] = []
        self._made_folders: list[str] = []

    def run(self, changes: Sequence[Change]) -> None:
        for number, change in enumerate(changes):
            self._stage(number, change)
        try:
            for number, change in enumerate(changes):
                self._done.append(change)
                self._put(number, change)
        except BaseException:
            self._take_back()
            raise
        self._drop_empty_folders(changes)

    def _place(self, change: Change) -> str:
        return os.path.join(self._folder, *change.path.split("/"))

    def _new(self, number: int) -> str:
        return os.path.join(self._staging, f"{number}.new")

    def _old(self, number: int) -> str:
        return os.path.join(self._staging, f"{number}.old")

    def _stage(self, number: int, change: Change) -> None:
        """Write the new text and keep the old file, both in the staging folder."""
        place = self._place(change)
        exists = os.path.lexists(place)
        if exists:
            _keep(place, self._old(number))
        if change.after is not None:
            _write_new(self._new(number), change.after)
            if exists:
                os.chmod(self._new(number), stat.S_IMODE(os.stat(place).st_mode))

    def _put(self, number: int, change: Change) -> None:
        place = self._place(change)
        if change.after is None:
            os.unlink(place)
        else:
            self._make_folder(os.path.dirname(place))
            os.replace(self._new(number), place)

    def _make_folder(self, folder: str) -> None:
        if not os.path.isdir(folder):
            self._make_folder(os.path.dirname(folder))
            os.mkdir(folder)
            self._made_folders.append(folder)

    def _take_back(self) -> None:
        """Undo in reverse. A step that cannot be undone does not keep the others from it."""
        for number in reversed(range(len(self._done))):
            place, old = self._place(self._done[number]), self._old(number)
            with suppress(OSError):
                if os.path.lexists(old):
                    os.replace(old, place)
                elif not os.path.lexists(self._new(number)):  # it was put, where there was none
                    os.unlink(place)
        for folder in reversed(self._made_folders):
            with suppress(OSError):
                os.rmdir(folder)

    def _drop_empty_folders(self, changes: Sequence[Change]) -> None:
        """Remove the folders inside the package that the deletions have emptied."""
        for change in changes:
            folder = os.path.dirname(self._place(change))
            while change.after is None and folder != self._folder:
                try:
                    os.rmdir(folder)
                except OSError:
                    break
                folder = os.path.dirname(folder)


def _keep(place: str, copy: str) -> None:
    """A second name for a file, or a copy where the file system has no such thing."""
    try:
        os.link(place, copy, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(place, copy, follow_symlinks=False)
