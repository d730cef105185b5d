"""What the proofs found, as diagnostics.

Rules of this file:
- A fault that would lose or mix up data is an error, with a witness that a person can check by hand.
- What was not decided is said, never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Package
from entitystore_generator.proofs.meetings import Meeting, Undecided, meetings
from entitystore_generator.proofs.templates import Ambiguous, KeyLanguages

__all__ = ["prove"]


def prove(package: Package, diagnostics: Diagnostics) -> KeyLanguages:
    """Prove that keys are unambiguous and that entities do not meet; report where they are not or do."""
    languages = KeyLanguages(package)
    for ambiguous in languages.ambiguities:
        _report_ambiguous(ambiguous, diagnostics)
    for meeting in meetings(languages):
        if isinstance(meeting, Meeting):
            _report_meeting(meeting, diagnostics)
        else:
            _report_undecided(meeting, diagnostics)
    return languages


def _report_ambiguous(found: Ambiguous, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        "ES301",
        _shown_ambiguity(found),
        found.component.position,
        f"end {{{'.'.join(step.wire_name for step in found.component.path)}}} with a character that it cannot contain, "
        "or give it a pattern or a fixed width",
    )


def _shown_ambiguity(found: Ambiguous) -> str:
    if found.reading is None:
        return f"it was not decided whether the key {found.template.source} can be read in two ways"
    name, (left, middle, right) = found.component.name, found.reading
    return (
        f"the key {found.template.source} can be read in two ways: {name}={left + middle!r} before {right!r}, "
        f"or {name}={left!r} before {middle + right!r}"
    )


def _report_meeting(found: Meeting, diagnostics: Diagnostics) -> None:
    key = repr(found.partition) + (f", {found.sort!r}" if found.sort else "")
    diagnostics.error(
        "ES302",
        f"{_shown(found.one.type_name, found.one_values)} and {_shown(found.other.type_name, found.other_values)} "
        f"would have one key: {key}",
        found.other.primary.partition.position,
        "give one of them a constant of its own in PK or SK; or, if they are to share keys, say so on either: "
        f"x-dynamodb-entity: {{shares-keys-with: [{found.one.type_name}]}}",
    )


def _report_undecided(found: Undecided, diagnostics: Diagnostics) -> None:
    diagnostics.warning(
        "ES303",
        f"it was not decided whether the keys of {found.one.type_name} and {found.other.type_name} can meet",
        found.other.primary.partition.position,
        "give one of them a constant of its own in PK or SK",
    )


def _shown(type_name: str, values: Mapping[str, str]) -> str:
    given = ", ".join(f"{name}={text!r}" for name, text in values.items())
    return f"{type_name}({given})"
