"""Ranges of keys that hold more than was asked for, and the filter that leaves out the rest.

A component that is followed by a delimiter is compared with it: `OMAHA HEIGHTS#` comes before `OMAHA#`, since a space
comes before `#`, while "OMAHA HEIGHTS" comes after "OMAHA". A number that another component follows without a
delimiter begins as longer numbers do. Generated finders call this where a component's language has such texts, and
only there.

Rules of this file:
- The range is wide enough to hold every key whose value is asked for; what lies between them is left out by the
  property's own attribute. What comes back is exact; a few items more may have been read.
- `via` and `default` are what the key makes of the property: in one case, or the text for a missing one.
- The order of what comes back is that of the keys, as always.
- The property is never a key attribute of what is queried, which DynamoDB takes in no filter: a component that is a
  whole key is compared by the range itself, and one that the partition key tells needs no filter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import structs

from entitystore.comparisons import Case, Comparison, Kind, Operator, exact, in_case
from entitystore.conditions import LAST, Condition, KeyRange, KeySelection, Prefix, starting_with

__all__ = ["by_beginning", "by_value", "only", "present"]

T = TypeVar("T")

_SIGNS: dict[str, Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "between": "BETWEEN"}


def by_value(
    partition: str,
    condition: Condition[T],
    prefix: str,
    to_text: Callable[[T], str],
    suffix: str,
    *attribute: str,
    via: Case = "",
    default: str | None = None,
    mixed: bool = False,
) -> KeySelection:
    """What meets the condition by value.

    `suffix` is the text that follows the component, `attribute` the path of its property in the item.
    """
    low, high = _bounds(condition, to_text)
    if low is not None and high is not None and low > high:
        return KeySelection(partition, KeyRange("none"))
    first = prefix + (low or "")
    last = prefix + (LAST if high is None else _last_key(high, suffix))
    key_range = KeyRange("BETWEEN", first, last) if first else KeyRange("<=", high=last)
    texts = tuple(each for each in (low, high) if each is not None)
    comparison = Comparison(attribute, _SIGNS[condition.operator], texts, "S", via, default)
    return KeySelection(partition, key_range, mixed, exact(comparison))


def by_beginning(
    partition: str,
    beginning: Prefix,
    prefix: str,
    *attribute: str,
    via: Case = "",
    default: str | None = None,
    mixed: bool = False,
) -> KeySelection:
    """What begins so by value, where a key may begin so with a shorter value and what follows it."""
    text = in_case(beginning.text, via)
    begun = KeySelection(partition, starting_with(prefix + text), mixed)
    if not text:
        return begun
    comparison = Comparison(attribute, "begins_with", (text,), "S", via, default)
    return structs.replace(begun, exact=exact(comparison))


def only(
    selection: KeySelection,
    text: str,
    *attribute: str,
    kind: Kind = "S",
    via: Case = "",
    default: str | None = None,
) -> KeySelection:
    """What of the selection has this text as a property: a longer text can have a key that begins alike."""
    before = selection.exact.comparisons if selection.exact is not None else ()
    comparison = Comparison(attribute, "=", (text,), kind, via, default)
    return structs.replace(selection, exact=exact(*before, comparison))


def present(selection: KeySelection, *attribute: str, kind: Kind) -> KeySelection:
    """What of the selection has the property, in this type: the text for a missing one is in no order with values."""
    before = selection.exact.comparisons if selection.exact is not None else ()
    return structs.replace(selection, exact=exact(*before, Comparison(attribute, "exists", (), kind)))


def _bounds(condition: Condition[T], to_text: Callable[[T], str]) -> tuple[str | None, str | None]:
    """Least and greatest text, each None where there is no bound."""
    text = to_text(condition.value)
    match condition.operator:
        case "gt" | "ge":
            return text, None
        case "lt" | "le":
            return None, text
        case "between":
            return text, to_text(condition.upper)


def _last_key(text: str, suffix: str) -> str:
    """The last key of any value up to `text`: that of the value itself, or of one that is its beginning."""
    return max(text[:length] + suffix + LAST for length in range(len(text) + 1))
