"""Advice that a document silences with `x-dynamodb-lint`, and silences that keep nothing quiet.

Rules of this file:
- A silence of the document holds everywhere, one of a schema for its entity, one of a property where that property is
  what the finding is about.
- Errors are never silenced. A silence without effect is itself a finding: the fault is mended, or the rule misread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from entitystore_generator.advice.finding import Finding, warning
from entitystore_generator.diagnostics import Severity
from entitystore_generator.ir.model import Package, Silence

__all__ = ["heard", "unsilenced"]


def unsilenced(package: Package, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that are not silenced."""
    return (finding for finding in found if not _silencing(package, finding))


def heard(package: Package, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that are not silenced, then the silences that had no effect."""
    used: set[Silence] = set()
    for finding in found:
        silences = _silencing(package, finding)
        used.update(silences)
        if not silences:
            yield finding
    for silence in dict.fromkeys(_all_silences(package)):
        if silence not in used:
            yield warning(
                "ES321",
                f"{silence.code} is silenced here, and there is nothing of the kind to say",
                silence.position,
                "remove it from x-dynamodb-lint",
            )


def _silencing(package: Package, finding: Finding) -> list[Silence]:
    if finding.diagnostic.severity is Severity.ERROR:
        return []
    near = [*package.silences, *(finding.entity.silences if finding.entity else ())]
    near += [silence for field in finding.fields for silence in field.silences]
    return [silence for silence in near if _means(silence, finding.diagnostic.code)]


def _means(silence: Silence, code: str) -> bool:
    from entitystore_generator.rules import find_rule

    rule = find_rule(silence.code)
    return rule is not None and rule.code == code


def _all_silences(package: Package) -> Iterator[Silence]:
    yield from package.silences
    for entity in package.entities:
        yield from entity.silences
    for model in package.models:
        for field in model.fields:
            yield from field.silences
