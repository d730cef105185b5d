"""What the proofs found, as diagnostics.

Rules of this file:
- A fault that would lose or mix up data is an error, with a witness that a person can check by hand.
- What was not decided is said, never passed over.
"""

from __future__ import annotations

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Component, Package
from entitystore_generator.proofs.meetings import Undecided, meetings
from entitystore_generator.proofs.templates import Ambiguous, KeyLanguages
from entitystore_generator.proofs.witnesses import Meeting, Values, shown_value, two_readings

__all__ = ["prove"]


def prove(package: Package, diagnostics: Diagnostics) -> KeyLanguages:
    """Prove that keys are unambiguous and that entities do not meet; report where they are not or do."""
    languages = KeyLanguages(package)
    for ambiguous in languages.ambiguities:
        _report_ambiguous(ambiguous, languages, diagnostics)
    for meeting in meetings(languages):
        if isinstance(meeting, Meeting):
            _report_meeting(meeting, diagnostics)
        else:
            _report_undecided(meeting, diagnostics)
    return languages


def _report_ambiguous(found: Ambiguous, languages: KeyLanguages, diagnostics: Diagnostics) -> None:
    hint = (
        f"end {_macro(found.component)} with a character that it cannot contain, or give it a fixed width or a pattern"
    )
    readings = two_readings(found, languages)
    if readings is None:
        message = (
            f"it was not decided whether the key {found.template.source} can be read in two ways: nothing tells where "
            f"{_macro(found.component)} ends"
        )
        diagnostics.error("ES304", message, found.component.position, hint)
        return
    diagnostics.error(
        "ES301",
        f"the key {found.template.source} can be read in two ways: {readings.text!r} is that of "
        f"{_shown(readings.one)} and of {_shown(readings.other)}",
        found.component.position,
        hint,
    )


def _macro(component: Component) -> str:
    return "{" + ".".join(step.wire_name for step in component.path) + "}"


def _report_meeting(found: Meeting, diagnostics: Diagnostics) -> None:
    key = repr(found.partition) + (f", {found.sort!r}" if found.sort else "")
    diagnostics.error(
        "ES302",
        f"{found.one.type_name}({_shown(found.one_values)}) and {found.other.type_name}({_shown(found.other_values)}) "
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


def _shown(values: Values) -> str:
    return ", ".join(f"{name}={shown_value(value)}" for name, value in values.items())
