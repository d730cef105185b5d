"""What became of each package, and how it is printed.

Rules of this file:
- Standard output carries the answer: states, diffs, the JSON document, annotations, and what `lint` finds. Standard
  error carries the diagnostics of the other commands, so that `entitystore diff | git apply` works.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .call import Call
from .commands import package_record, print_document, shown
from .config import Package
from .diagnostics import Diagnostics
from .emit.compare import Change, Comparison
from .emit.diffs import unified
from .report import as_record, print_diagnostics


class Status(StrEnum):
    """What became of a package."""

    UP_TO_DATE = "up-to-date"
    WRITTEN = "written"
    DIFFERS = "differs"
    REFUSED = "refused"  # something stands in the way of writing
    FAILED = "failed"  # the spec is wrong
    HELD_BACK = "held-back"  # another package was refused or failed


@dataclass(slots=True)
class Job:
    """One package on its way. `comparison` is None where it needed none, or failed to compile."""

    package: Package
    status: Status
    comparison: Comparison | None = None
    changes: tuple[Change, ...] = ()


def report(call: Call, code: int, jobs: Sequence[Job], found: Diagnostics) -> None:
    """Print everything in the format asked for."""
    if call.format == "json":
        packages = [package_record(job.package, job.status, list(_change_records(job))) for job in jobs]
        print_document(call.command, code, [as_record(each) for each in found], packages)
        return
    if call.format == "text" and call.command in ("check", "diff"):
        sys.stdout.writelines(_diffs(jobs))
    sys.stdout.flush()
    print_diagnostics(found, call.format, stream=sys.stdout if call.command == "lint" else sys.stderr)
    if call.format == "text" and call.command in ("generate", "check"):
        sys.stderr.flush()
        sys.stdout.writelines(f"{line}\n" for job in jobs for line in _status_lines(job))


def _diffs(jobs: Sequence[Job]) -> Iterator[str]:
    for job in jobs:
        for change in job.changes:
            yield unified(change, _shown_change(job, change))


def _shown_change(job: Job, change: Change) -> str:
    return shown(os.path.join(job.package.output, *change.path.split("/")))


def _change_records(job: Job) -> Iterator[dict[str, object]]:
    for change in job.changes:
        path = _shown_change(job, change)
        yield {"path": path, "state": str(change.state), "diff": unified(change, path) or None}


_STATUS_TEXTS = {
    Status.UP_TO_DATE: "up to date",
    Status.DIFFERS: "not up to date",
    Status.REFUSED: "not written",
    Status.FAILED: "not compiled",
    Status.HELD_BACK: "not written, because of the other packages",
}


def _status_lines(job: Job) -> Iterator[str]:
    name = shown(job.package.output)
    if job.status is not Status.WRITTEN:
        yield f"{name}: {_STATUS_TEXTS[job.status]}"
        return
    deleted = sum(change.after is None for change in job.changes)
    written = len(job.changes) - deleted
    counts = [f"{written} written" if written else "", f"{deleted} deleted" if deleted else ""]
    yield f"{name}: {', '.join(filter(None, counts))}"
