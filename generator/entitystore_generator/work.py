"""The commands where something has to be compiled.

    package -> compile -> compare with the folder -> write (`generate`) | report (`check`, `diff`)

Rules of this file:
- All packages are compiled and compared before the first file is written: one bad spec, edited or foreign file and
  nothing is changed anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import closing

from .call import Call
from .compiling import compile_stable
from .config import Package, Settings
from .diagnostics import Diagnostic, Diagnostics, Position, Severity
from .emit.compare import State, compare
from .emit.findings import finding, findings, leftovers
from .emit.output import OutputError, write
from .emit.parsing import unparsable
from .interrupts import termination_as_exit
from .lint import adjusted
from .outcome import Job, Status, report
from .progress import ProgressLine


def process(call: Call, settings: Settings, current: Collection[Package]) -> int:
    """`generate`, `check` or `diff` of all packages, of which `current` need no look; gives the exit code."""
    found = Diagnostics()
    progress = ProgressLine()
    with termination_as_exit(), closing(progress):
        advise = call.command == "generate" and call.format == "text"
        jobs = [
            Job(package, Status.UP_TO_DATE)
            if package in current
            else _prepare(package, settings, found, progress, advise=advise)
            for package in settings.packages
        ]
        if call.command == "generate":
            _generate(jobs, found, overwrite_edited=call.overwrite_edited)
        elif call.command == "check":
            _check(jobs, found)
        else:
            _diff(jobs, found)
    code = _exit_code(call.command, jobs, found)
    report(call, code, jobs, found)
    return code


def _exit_code(command: str, jobs: Sequence[Job], found: Diagnostics) -> int:
    if any(job.status is Status.FAILED for job in jobs):
        return 2
    if command == "generate":
        return 2 if found.has_errors else 0
    return 1 if any(job.status is Status.DIFFERS for job in jobs) else 0


# ------------------------------------------------------------------------------------ the stages


def _prepare(package: Package, settings: Settings, found: Diagnostics, progress: ProgressLine, *, advise: bool) -> Job:
    """Compile a package and compare its folder; what is wrong is added to `found`."""
    compiled = compile_stable(package, found, progress, advise=advise)
    if compiled is None:
        return Job(package, Status.FAILED)
    compilation, planned = compiled
    try:
        comparison = compare(package, compilation.files, planned)
    except OSError as error:
        found.add(_unwritable(package, f"cannot be read: {error.strerror or error}"))
        return Job(package, Status.FAILED)
    status = Status.UP_TO_DATE if comparison.is_clean else Status.DIFFERS
    return Job(package, status, comparison, advice=len(list(adjusted(compilation.advice, settings))))


def _unwritable(package: Package, message: str) -> Diagnostic:
    place = Position(package.output, 0, 0)
    hint = "nothing was changed; mend the permission or make room, and run it again"
    return Diagnostic("ES409", Severity.ERROR, message, place, hint)


# ---------------------------------------------------------------------------------- the commands


def _check(jobs: Sequence[Job], found: Diagnostics) -> None:
    for job in jobs:
        if job.comparison is not None:
            job.changes = job.comparison.differences
            for diagnostic in findings(job.comparison):
                found.add(diagnostic)


def _diff(jobs: Sequence[Job], found: Diagnostics) -> None:
    """As `check`, but only what no diff can show gets a diagnostic."""
    for job in jobs:
        if job.comparison is not None:
            job.changes = job.comparison.differences
            for change in job.changes:
                if change.state in (State.FOREIGN, State.ORPHAN):
                    found.add(finding(job.comparison, change))


def _generate(jobs: Sequence[Job], found: Diagnostics, *, overwrite_edited: bool) -> None:
    for job in jobs:
        if job.comparison is not None:
            obstacles = job.comparison.obstacles(overwrite_edited=overwrite_edited)
            for change in obstacles:
                found.add(finding(job.comparison, change))
            broken = tuple(unparsable(job.comparison, overwrite_edited=overwrite_edited))
            for diagnostic in broken:
                found.add(diagnostic)
            job.status = Status.REFUSED if obstacles or broken else job.status
            job.changes = obstacles
    if any(job.status in (Status.REFUSED, Status.FAILED) for job in jobs):
        _hold_back(jobs)
        return
    for job in jobs:
        _write(job, found, overwrite_edited=overwrite_edited)


def _hold_back(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.status is Status.DIFFERS:
            job.status = Status.HELD_BACK


def _write(job: Job, found: Diagnostics, *, overwrite_edited: bool) -> None:
    if job.comparison is None:
        return
    try:
        job.changes = write(job.comparison, overwrite_edited=overwrite_edited)
    except OutputError as error:
        found.add(_unwritable(job.package, str(error)))
        job.status = Status.REFUSED
        return
    job.status = Status.WRITTEN if job.changes else Status.UP_TO_DATE
    for diagnostic in leftovers(job.comparison):
        found.add(diagnostic)
