"""Names of generated functions and structs, derived from names that the representation has decided.

Rules of this file:
- One rule per kind of name, so that a reader who knows one generated module knows all.
"""

from __future__ import annotations

import re

__all__ = ["free_name", "from_item_name", "item_struct_name", "snake_case", "to_item_name"]

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(class_name: str) -> str:
    """`OrderLine` -> `order_line`, `HTTPLog` -> `http_log`."""
    return _BOUNDARY.sub("_", class_name).lower()


def item_struct_name(class_name: str) -> str:
    """The struct of the stored form: `StoredOrder`."""
    return f"Stored{class_name}"


def from_item_name(class_name: str) -> str:
    """The function that makes the object from its stored form: `order_from_item`."""
    return f"{snake_case(class_name)}_from_item"


def to_item_name(class_name: str) -> str:
    """The function that makes the stored form of an object: `order_to_item`."""
    return f"{snake_case(class_name)}_to_item"


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, with underscores until nothing has it. Takes it."""
    while wanted in taken:
        wanted += "_"
    taken.add(wanted)
    return wanted
