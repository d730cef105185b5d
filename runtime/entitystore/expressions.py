"""Conditions as a request carries them, and how a caller's text becomes one.

    "attribute_exists(PK) AND status = :open"   ->   "attribute_exists(#c0) AND #c1 = :uopen"

Rules of this file:
- Every attribute name becomes an alias, so that reserved words (`status`, `name`, …) work as names.
- Values are bound, never written into the text: a condition that holds a literal is refused.
- The caller's placeholders get a `u` in front (`:open` is sent as `:uopen`), which none of the library's own begins
  with: a key condition's `:a` and a filter's `:a` meet in one request.
- Placeholders that are used must be given, and those given must be used; DynamoDB insists on both.
- Names are those that the entity stores (`stored_names`): an attribute that no item has makes `attribute_not_exists`
  true, and the write that it should prevent happens. What the schema does not know is named by a placeholder.
- How the text is read is imported when the first one comes (`condition_text`); many programs have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct, field

from entitystore.errors import ValidationError
from entitystore.values import AttributeValue, to_document

if TYPE_CHECKING:
    from entitystore.codec import PageReader
    from entitystore.condition_text import ConditionText
    from entitystore.definition import TableDefinition
    from entitystore.stored_names import StoredNames

__all__ = ["Expression", "parse_condition"]


class Expression(Struct, frozen=True):
    """A condition with its aliases and bound values, as a request carries them."""

    text: str
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, AttributeValue] = field(default_factory=dict)

    @property
    def attributes(self) -> list[str]:
        """The attributes of an item that it looks at, without those inside of them; sorted."""
        found = set()
        for before, after in pairwise(self.text.split("#")):
            if not before.rstrip().endswith("."):
                found.add(self.names["#" + after[: _word_length(after)]])
        return sorted(found)


def _word_length(text: str) -> int:
    """How many characters of a placeholder's name the text begins with."""
    return next((place for place, each in enumerate(text) if not (each.isalnum() or each == "_")), len(text))


def parse_condition(
    text: str,
    values: Mapping[str, object] | None = None,
    names: Mapping[str, str] | None = None,
    reader: PageReader[object] | None = None,
    table: TableDefinition | None = None,
) -> Expression:
    """Alias every name in `text`; bind `values` (with or without their `:`) and `names` (likewise `#`).

    Names that stand in the text itself are those of the items that `reader` reads from `table`, and values take the
    form that is stored; without these two, any name passes. ValidationError for what is no condition, for placeholders
    that are missing or unused, and for other names.
    """
    from entitystore.condition_text import read_condition

    read = read_condition(text)
    given_values = {_prefixed(":", key): value for key, value in (values or {}).items()}
    given_names = {_prefixed("#", key): name for key, name in (names or {}).items()}
    _check_placeholders(read.placeholders, {*given_values, *given_names})
    words, bound = list(read.words), {}
    if reader is not None and table is not None:
        from entitystore.stored_names import stored_names

        bound = _bind_stored(read, words, given_values, given_names, stored_names(reader, table))
    used = {*words}
    plain = {_sent(key): key for key in given_values if _sent(key) in used}
    return Expression(
        "".join(words),
        read.aliases | {_sent(key): name for key, name in given_names.items()},
        {sent: to_document(given_values[key], f"condition value {key}") for sent, key in plain.items()} | bound,
    )


def _bind_stored(
    read: ConditionText,
    words: list[str],
    values: Mapping[str, object],
    names: Mapping[str, str],
    stored: StoredNames,
) -> dict[str, AttributeValue]:
    """Check the names, and give each value that is stored in a form of its own a placeholder of its own in `words`."""
    found = {path: stored.at(path, names) for path in read.paths}
    bound: dict[str, AttributeValue] = {}
    own: dict[tuple[str, bool], str] = {}
    for use in read.uses:
        value, place = values[use.value], found[use.path]
        document = place.compared(value, use)
        if document is not None:
            words[use.word] = own.setdefault((use.value, use.is_equality), f":s{len(own)}")
            bound[words[use.word]] = document
    return bound


def _prefixed(mark: str, key: str) -> str:
    return key if key.startswith(mark) else mark + key


def _sent(placeholder: str) -> str:
    return f"{placeholder[0]}u{placeholder[1:]}"


def _check_placeholders(used: frozenset[str], given: set[str]) -> None:
    if missing := sorted(used - given):
        raise ValidationError("condition", f"uses {', '.join(missing)} without a value for it")
    if unused := sorted(given - used):
        raise ValidationError("condition", f"does not use {', '.join(unused)}, which DynamoDB refuses")
