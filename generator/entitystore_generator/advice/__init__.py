"""Advice: designs that work but have drawbacks. `lint` reports all of it, `generate` what loses data (`run_warnings`).

    order        ES310         values whose texts are in another order than they are
    partitions   ES311, ES312  partitions that everything goes into
    indexes      ES313, ES319  indexes that nobody needs
    sizes        ES314, ES315  items and keys that DynamoDB would refuse
    projections  ES316         finders on indexes that do not hold what is returned, which is read from the table
    spelling     ES317, ES320  templates that are written differently from their like
    identity     ES318         entities that would replace each other
    losses       ES322         keys that tell less than their properties
    searches     ES323         patterns that can take exponential time
    silences     ES321         what the document does not want to hear, and why

Rules of this package:
- Advice is read off the representation and the languages of its keys, and changes neither.
- A finding is reported only where it can be shown from the schema: what has no bound is not said to exceed one.
- One module for each kind of rule; `rules` has the texts that `explain` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagnostics import Diagnostics
    from ..ir.model import Package
    from ..proofs.templates import KeyLanguages

__all__ = ["run_advice", "run_warnings"]


def run_warnings(package: Package, languages: KeyLanguages, diagnostics: Diagnostics) -> None:
    """Add what `generate` reports, except what the package suppresses, to `diagnostics`."""
    from . import losses
    from .silences import unsilenced

    for finding in unsilenced(package, losses.advise(package, languages)):
        diagnostics.add(finding.diagnostic)


def run_advice(package: Package, languages: KeyLanguages, diagnostics: Diagnostics) -> None:
    """Add everything that is doubtful about a package, but for what it silences, to `diagnostics`."""
    from . import identity, indexes, losses, order, partitions, projections, searches, sizes, spelling
    from .silences import heard

    rules = (order, partitions, indexes, sizes, projections, spelling, identity, losses, searches)
    found = [finding for rule in rules for finding in rule.advise(package, languages)]
    for finding in heard(package, found):
        diagnostics.add(finding.diagnostic)
