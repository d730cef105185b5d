"""Names of generated functions and structs, derived from names that the representation has decided.

Rules of this file:
- One rule per kind of name, so that a reader who knows one generated module knows all.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection

from entitystore_generator.emit.source import Name
from entitystore_generator.ir.model import Index, Table
from entitystore_generator.ir.names import function_stem as snake_case
from entitystore_generator.ir.names import index_constants, words

__all__ = [
    "argument_name",
    "constant_of",
    "free_name",
    "from_item_name",
    "item_struct_name",
    "local_name",
    "name_beside",
    "snake_case",
    "to_item_name",
    "with_article",
]

_IN_BODIES = words(
    """bounds cast check checks codecs conditions constructor date datetime definition each field is_whole item key
    key_forms keys leaf models name path place re require_whole text value values wire wrong_type"""
)
"""Names that the bodies of generated codecs use, beside Python's own and those that end in `_text`."""


def argument_name(class_name: str) -> str:
    """The argument that holds an object of a class: `order_line`; with an underscore where the name is in use."""
    name = snake_case(class_name)
    taken = (
        name == class_name
        or keyword.iskeyword(name)
        or hasattr(builtins, name)
        or name in _IN_BODIES
        or name.endswith("_text")
    )
    return f"{name}_" if taken else name


_IN_ENCODE = words(
    """bool bytes dict each enumerate float format frozenset int is_whole isinstance item len list map name
    object place range require_whole set sorted str type"""
)
"""Names that the body of `encode` uses beside those of imports, which step aside for properties (`Imports.avoid`)."""

_LOOP_VARIABLE = re.compile(r"each_\w*|(?:place|name)_[0-9]+")


def local_name(property_name: str) -> str:
    """The variable that holds a property in `encode`: its own name; with an underscore where that is in use."""
    if _LOOP_VARIABLE.fullmatch(property_name):
        return f"own_{property_name}"
    taken = property_name in _IN_ENCODE or property_name.endswith("_text")
    return f"{property_name}_" if taken else property_name


def item_struct_name(class_name: str) -> str:
    """The struct of the stored form: `StoredOrder`."""
    return f"Stored{class_name}"


def from_item_name(class_name: str) -> str:
    """The function that makes the object from its stored form: `order_from_item`."""
    return f"{snake_case(class_name)}_from_item"


def to_item_name(class_name: str) -> str:
    """The function that makes the stored form of an object: `order_to_item`."""
    return f"{snake_case(class_name)}_to_item"


def with_article(noun: Name) -> Name:
    """`an order`, `a user`."""
    spoken_as_you = noun.startswith(("us", "uni", "ut", "eu"))
    return Name(f"an {noun}" if noun[:1] in "aeiou" and not spoken_as_you else f"a {noun}")


def constant_of(index: Index, table: Table) -> str:
    """The constant of an index in `definition.py`: `GSI1`, or `PRIMARY` for the table's own key."""
    return index_constants(tuple(each.name for each in table.indexes))[index.name]


def free_name(wanted: str, taken: set[str]) -> str:
    """`wanted`, with underscores until nothing has it. Takes it."""
    name = name_beside(wanted, taken)
    taken.add(name)
    return name


def name_beside(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, with underscores until nothing has it."""
    while wanted in taken:
        wanted += "_"
    return wanted
