"""Faults that can be seen only when the whole package is known: entities beside each other, and on their table.

Rules of this package:
- A check reads the intermediate representation and nothing else, and only reports.
- One module for each kind of rule; `rules` has the texts that `explain` prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagnostics import Diagnostics
    from ..ir.model import Package

__all__ = ["run_checks"]


def run_checks(package: Package, diagnostics: Diagnostics) -> None:
    """Report everything that is wrong with a package as a whole."""
    from . import attributes, chosen, limits, missing, shared_attributes, type_names

    missing.check(package, diagnostics)
    type_names.check(package, diagnostics)
    attributes.check(package, diagnostics)
    shared_attributes.check(package, diagnostics)
    limits.check(package, diagnostics)
    chosen.check(package, diagnostics)
