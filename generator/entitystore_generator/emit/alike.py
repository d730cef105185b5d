"""Definitions that are alike: the same text but for the name of the entity that their module is about.

    class UserStore(Store[User]): …        class OrderStore(Store[Order]): …        it is enough to compile one of them

Rules of this file:
- Alike are two definitions that become one text where each one's names are replaced by marks. So the second is the
  first with other names in the same places, and no name of it meets another one that did not meet in the first.
- Names count only where no place can make more of them than a name, or a part of one: ASCII, too long for the prefix
  of a string, no part of a keyword, with a letter that no number has, and never behind a backslash.
"""

from __future__ import annotations

import re
from keyword import kwlist, softkwlist

from entitystore_generator.ir.names import function_stem

__all__ = ["with_marks"]

_STORE = re.compile(r"^class (\w+)Store\(Store\[\1\]\):$", re.MULTILINE)
_MARK = "\0"  # no Python text has one
_LEAST = 3  # characters; prefixes of strings have two
_KEYWORDS = " ".join((*kwlist, *softkwlist))
_IN_NUMBERS = frozenset("0123456789_abcdefjlox")


def with_marks(module: str) -> str:
    """The text of a module with marks in place of its entity's name; as it is where that is not safe."""
    marked = module
    for place, name in enumerate(_names(module)):
        marked = marked.replace(name, f"{_MARK}{place}")
    return module if f"\\{_MARK}" in marked else marked


def _names(module: str) -> tuple[str, ...]:
    """The name of the entity that a module is about in all forms that may stand in it; none where one is not safe."""
    found = _STORE.search(module)
    if found is None or _MARK in module:
        return ()
    name = found.group(1)
    stem = function_stem(name)
    names = (name, stem, name.upper(), stem.upper(), stem.replace("_", " "))
    return names if all(map(_is_safe, names)) else ()


def _is_safe(name: str) -> bool:
    letters = name.replace(" ", "")
    is_name = letters.isascii() and letters.isidentifier() and len(letters) >= _LEAST
    is_in_keyword = any(word in _KEYWORDS for word in (letters, *name.split(" ")))
    return is_name and not is_in_keyword and not _IN_NUMBERS.issuperset(letters.lower())
