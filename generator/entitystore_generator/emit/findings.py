"""What is wrong with an output folder, as diagnostics. The codes are explained in `rules.py` beside this file."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Position, Severity
from .compare import Change, Comparison, ManifestState, State, has_conflict
from .manifest import MANIFEST_NAME

_GENERATE = "run entitystore generate"
_TEXTS = {
    State.STALE: ("ES401", "is not what the spec gives now", _GENERATE),
    State.CONFLICT: ("ES401", "has the conflict marks of a merge", f"{_GENERATE}: it writes the file anew"),
    State.EDITED: (
        "ES402",
        "was edited by hand",
        "move the edit elsewhere and restore the file, or run entitystore generate --overwrite-edited",
    ),
    State.MISSING: ("ES403", "is missing", _GENERATE),
    State.ORPHAN: (
        "ES404",
        "is not generated from this spec",
        "delete it, move it out of the package, or name it in keep (--keep)",
    ),
    State.OBSOLETE: ("ES405", "is no longer generated from this spec", f"{_GENERATE}: it deletes it"),
    State.FOREIGN: (
        "ES406",
        "is not a generated file, and stands in the way",
        "move it elsewhere, or give another output folder",
    ),
}
_MANIFEST_TEXTS = {
    ManifestState.STALE: ("ES401", "does not record these inputs and options"),
    ManifestState.MISSING: ("ES403", "is missing"),
    ManifestState.UNUSABLE: ("ES407", "cannot be used"),
}


def findings(comparison: Comparison) -> Iterator[Diagnostic]:
    """Everything for which `check` fails, one finding per file, and the notes beside it.

    The manifest is named only where nothing else is: it is out of date whenever a file is.
    """
    for change in comparison.changes:
        yield finding(comparison, change)
    state = comparison.manifest_state
    if state in _MANIFEST_TEXTS and (not comparison.changes or state is ManifestState.UNUSABLE):
        code, text = _MANIFEST_TEXTS[state]
        if state is ManifestState.UNUSABLE and has_conflict(comparison.manifest_before):
            text = "has the conflict marks of a merge"
        yield _diagnostic(comparison, MANIFEST_NAME, code, text, f"{_GENERATE}: it writes the manifest anew")
    if state is ManifestState.OTHER_TOOLS:
        yield _other_tools(comparison)


def finding(comparison: Comparison, change: Change) -> Diagnostic:
    """What is wrong with one file."""
    return _diagnostic(comparison, change.path, *_TEXTS[change.state])


def leftovers(comparison: Comparison) -> Iterator[Diagnostic]:
    """What `generate` leaves behind and should be looked at: the orphans, as warnings."""
    for change in comparison.changes:
        if change.state is State.ORPHAN:
            code, text, hint = _TEXTS[change.state]
            yield _diagnostic(comparison, change.path, code, text, hint, Severity.WARNING)


def _other_tools(comparison: Comparison) -> Diagnostic:
    text = "names other versions of the generator or its tools, which give the same code"
    hint = f"{_GENERATE} to record these versions; until then a check has to compile"
    return _diagnostic(comparison, MANIFEST_NAME, "ES408", text, hint, Severity.NOTE)


def _diagnostic(
    comparison: Comparison,
    path: str,
    code: str,
    text: str,
    hint: str,
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    place = Position(os.path.join(comparison.package.output, *path.split("/")), 0, 0)
    return Diagnostic(code, severity, f"{path} {text}", place, hint)
