"""The commands where something has to be compiled.

    package -> compile -> compare with the folder -> write (`generate`) | report (`check`, `diff`)

Rules of this file:
- All packages are compiled and compared before the first file is written: one bad spec, edited or foreign file and
  nothing is changed anywhere.
- The compiler is imported here and nowhere else on the command line's side, so that a missing extra is noticed in
  one place.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from .call import Call
from .commands import package_record, print_document, shown
from .config import Package, Settings
from .diagnostics import Diagnostic, Diagnostics, Position, Severity
from .emit import manifest
from .emit.compare import Change, Comparison, compare
from .emit.findings import finding, findings, leftovers
from .emit.hashing import hash_file, pick_sha256
from .emit.output import OutputError, write
from .interrupts import termination_as_exit
from .progress import ProgressLine

if TYPE_CHECKING:
    from .compiler import Compilation

INSTALL = "pip install 'entitystore-dynamodb[generator]'"
_ATTEMPTS = 3  # compilations while a person is saving the inputs


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


def process(call: Call, settings: Settings, current: Collection[Package]) -> int:
    """`generate`, `check` or `diff` of all packages, of which `current` need no look; gives the exit code."""
    found = Diagnostics()
    progress = ProgressLine()
    with termination_as_exit(), closing(progress):
        jobs = [_prepare(package, current, found, progress) for package in settings.packages]
        if call.command == "generate":
            _generate(jobs, found, overwrite_edited=call.overwrite_edited)
        else:
            _look(jobs, found)
    code = _exit_code(call.command, jobs, found)
    _report(call, code, jobs, found)
    return code


def _exit_code(command: str, jobs: Sequence[Job], found: Diagnostics) -> int:
    if any(job.status is Status.FAILED for job in jobs):
        return 2
    if command == "generate":
        return 2 if found.has_errors else 0
    return 1 if any(job.status is Status.DIFFERS for job in jobs) else 0


# ------------------------------------------------------------------------------------ the stages


def _prepare(package: Package, current: Collection[Package], found: Diagnostics, progress: ProgressLine) -> Job:
    if package in current:
        return Job(package, Status.UP_TO_DATE)
    errors = Diagnostics()
    comparison = _compare(package, errors, progress)
    found.extend(errors)
    if comparison is None:
        return Job(package, Status.FAILED)
    clean = comparison.is_clean
    return Job(package, Status.UP_TO_DATE if clean else Status.DIFFERS, comparison)


def _compare(package: Package, found: Diagnostics, progress: ProgressLine) -> Comparison | None:
    """Compile a package and compare its folder; None where there are errors, which are added to `found`."""
    compiled = compile_stable(package, found, progress)
    if compiled is None:
        return None
    compilation, planned = compiled
    try:
        return compare(package, compilation.files, planned)
    except OSError as error:
        found.add(_unwritable(package, f"cannot be read: {error.strerror or error}"))
        return None


def compile_stable(
    package: Package, found: Diagnostics, progress: ProgressLine
) -> tuple[Compilation, manifest.Manifest] | None:
    """Compile until the inputs stay as they were meanwhile; None where there are errors."""
    for _ in range(_ATTEMPTS):
        before = _input_hashes(package)
        compilation = compile_once(package, found, progress)
        if compilation is None:
            return None
        try:
            planned = manifest.build(package, map(str, compilation.inputs), compilation.files)
        except OSError:  # an input is gone: as good as changed
            continue
        if all(planned.inputs.get(path, digest) == digest for path, digest in before.items()):
            found.extend(compilation.diagnostics)
            return compilation, planned
    found.error(
        "ES510",
        "an input keeps changing while it is compiled",
        Position(package.spec, 0, 0),
        "wait until whatever writes it is done",
    )
    return None


def _input_hashes(package: Package) -> dict[str, str]:
    """Hashes of the inputs as far as they are known before compiling: the spec, and those of the last time."""
    recorded = manifest.read(package.output)
    root, sha256 = os.path.realpath(package.output), pick_sha256(1)
    paths = {*(recorded.inputs if recorded else ())}
    paths.add(manifest.input_name(package, package.spec))
    # The folder may not exist yet, and then nothing can be opened by a path through it.
    places = {path: os.path.normpath(os.path.join(root, path)) for path in paths}
    hashes = {path: hash_file(place, sha256) for path, place in places.items()}
    return {path: digest for path, digest in hashes.items() if digest is not None}


def compile_once(package: Package, found: Diagnostics, progress: ProgressLine) -> Compilation | None:
    """Run the compiler; None where there are errors, which are added to `found`."""
    if not os.path.isfile(package.spec):
        place = Position(package.spec, 0, 0)
        found.error("ES508", "there is no such file", place, "check the path of the spec")
        return None
    try:
        from .compiler import compile_package

        compilation = compile_package(
            Path(package.spec), package.options, spec_name=package.spec_name, progress=progress
        )
    except ModuleNotFoundError as error:
        found.add(_missing_extra(error))
        return None
    compilation = replace(compilation, diagnostics=_anchored(package, compilation.diagnostics))
    if compilation.diagnostics.has_errors:
        found.extend(compilation.diagnostics)
        return None
    return compilation


def _missing_extra(error: ModuleNotFoundError) -> Diagnostic:
    if (error.name or "").startswith("entitystore"):
        raise error  # a fault of our own
    message = f"the generator needs the module {error.name}, which is not installed"
    return Diagnostic("ES509", Severity.ERROR, message, Position("", 0, 0), INSTALL)


def _anchored(package: Package, diagnostics: Diagnostics) -> Diagnostics:
    """The same with absolute file names, where the files are found."""
    anchored = Diagnostics()
    folders = (os.path.dirname(package.output), os.path.dirname(package.spec))
    for diagnostic in diagnostics:
        # Normalized, because a path through a folder that is not generated yet leads nowhere.
        names = [os.path.normpath(os.path.join(folder, diagnostic.position.file)) for folder in folders]
        file = next(filter(os.path.isfile, names), diagnostic.position.file)
        place = replace(diagnostic.position, file=file)
        anchored.add(replace(diagnostic, position=place))
    return anchored


def _unwritable(package: Package, message: str) -> Diagnostic:
    place = Position(package.output, 0, 0)
    hint = "nothing was changed; mend the permission or make room, and run it again"
    return Diagnostic("ES409", Severity.ERROR, message, place, hint)


# ---------------------------------------------------------------------------------- the commands


def _look(jobs: Sequence[Job], found: Diagnostics) -> None:
    """`check` and `diff`: what is wrong with the folders."""
    for job in jobs:
        if job.comparison is None:
            continue
        for diagnostic in findings(job.comparison):
            found.add(diagnostic)
        job.changes = job.comparison.changes
        extra = job.comparison.manifest_change
        if not job.changes and not job.comparison.is_clean and extra is not None:
            job.changes = (extra,)


def _generate(jobs: Sequence[Job], found: Diagnostics, *, overwrite_edited: bool) -> None:
    for job in jobs:
        if job.comparison is not None:
            obstacles = job.comparison.obstacles(overwrite_edited=overwrite_edited)
            for change in obstacles:
                found.add(finding(job.comparison, change))
            job.status = Status.REFUSED if obstacles else job.status
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


def lint(call: Call, settings: Settings) -> int:
    """Compile and report all there is to say about the documents; gives the exit code."""
    found = Diagnostics()
    progress = ProgressLine()
    with closing(progress):
        for package in settings.packages:
            compilation = compile_once(package, found, progress)
            if compilation is not None:
                found.extend(compilation.diagnostics)
    shown_ones = adjusted(found, settings)
    findings_left = any(one.severity is not Severity.NOTE for one in shown_ones)
    code = 2 if shown_ones.has_errors else int(findings_left)
    _report(call, code, [Job(package, Status.UP_TO_DATE) for package in settings.packages], shown_ones)
    return code


def adjusted(found: Diagnostics, settings: Settings) -> Diagnostics:
    """The diagnostics with the severities of `[tool.entitystore.lint]`. An error stays one."""
    from .rules import all_rules

    names = {rule.name: rule.code for rule in all_rules()}
    wanted = {names.get(key, key.upper()): severity for key, severity in settings.severities.items()}
    unknown = sorted(wanted.keys() - {rule.code for rule in all_rules()})
    result = Diagnostics()
    for code in unknown:
        result.error("ES511", f"there is no rule {code}", Position(settings.file, 0, 0))
    for diagnostic in found:
        severity = wanted.get(diagnostic.code, str(diagnostic.severity))
        if diagnostic.severity is Severity.ERROR:
            result.add(diagnostic)
        elif severity != "off":
            result.add(replace(diagnostic, severity=Severity(severity)))
    return result


# ---------------------------------------------------------------------------------------- output


def _report(call: Call, code: int, jobs: Sequence[Job], found: Diagnostics) -> None:
    import sys

    from .report import as_record, print_diagnostics

    if call.format == "json":
        packages = [package_record(job.package, job.status, list(_change_records(job))) for job in jobs]
        print_document(call.command, code, [as_record(each) for each in found], packages)
        return
    if call.format == "text" and call.command in ("check", "diff"):
        sys.stdout.writelines(_diffs(jobs))
    sys.stdout.flush()
    if call.command != "diff" or any(job.status is Status.FAILED for job in jobs):
        print_diagnostics(found, call.format)
    if call.format == "text" and call.command in ("generate", "check"):
        sys.stderr.flush()
        sys.stdout.writelines(f"{line}\n" for job in jobs for line in _status_lines(job))


def _diffs(jobs: Sequence[Job]) -> Iterator[str]:
    from .emit.diffs import unified

    for job in jobs:
        for change in job.changes:
            yield unified(change, _shown_change(job, change))


def _shown_change(job: Job, change: Change) -> str:
    return shown(os.path.join(job.package.output, *change.path.split("/")))


def _change_records(job: Job) -> Iterator[dict[str, object]]:
    from .emit.diffs import unified

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
