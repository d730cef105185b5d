"""Keys that are chosen by value: allowed on indexes, not for the table's own.

Rules of this file:
- An entity is looked up by its table key. One that depends on other properties could not be made from those it is
  named by, and would change with them, which DynamoDB does not allow.
"""

from __future__ import annotations

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.ir.model import Package

__all__ = ["check"]


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report table keys with a `when`."""
    for each in package.table_keys:
        if each.key.is_conditional:
            diagnostics.error(
                "ES231",
                f"{each.key.logical} of {each.type_name} is chosen by value, which the table's own key cannot be",
                each.key.position,
                "give it one template, and choose the keys of an index",
            )
