"""Ranges over texts that DynamoDB does not keep in their own order.

A component that is followed by a delimiter is compared with it: `OMAHA HEIGHTS#` comes before `OMAHA#`, since a space
comes before `#`, while "OMAHA HEIGHTS" comes after "OMAHA". Generated finders call this where a component's language
has such texts, and only there.

Rules of this file:
- The range is wide enough to hold every key whose value meets the condition; the service then leaves out, by the
  property's own attribute, what lies between them. What comes back is exact; a few items more may have been read.
- The order of what comes back is that of the keys, as always.
- Every filter is also a list of comparisons, for an index that does not hold the property (see `fetching`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from msgspec import structs

from entitystore.conditions import LAST, Condition, KeyRange, KeySelection
from entitystore.expressions import Comparison, Exact
from entitystore.values import AttributeValue

__all__ = ["by_value", "only"]

T = TypeVar("T")

_Operator = Literal["<", "<=", ">", ">=", "BETWEEN"]
_SIGNS: dict[str, _Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "between": "BETWEEN"}


def by_value(
    partition: str,
    condition: Condition[T],
    prefix: str,
    to_text: Callable[[T], str],
    suffix: str,
    *attribute: str,
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
    return KeySelection(partition, key_range, mixed, _by_attribute(condition, low, high, attribute))


def only(selection: KeySelection, text: str, *attribute: str) -> KeySelection:
    """What of the selection has this text as a property: a longer text can have a key that begins alike."""
    before = selection.exact
    count = len(before.names) if before is not None else 0
    names = {f"#o{count + place}": name for place, name in enumerate(attribute)}
    condition = f"{'.'.join(names)} = :o{count}"
    values: dict[str, AttributeValue] = {f":o{count}": {"S": text}}
    same = (Comparison(attribute, "=", (text,)),)
    if before is None:
        return structs.replace(selection, exact=Exact(condition, names, values, same))
    both = Exact(
        f"{before.text} AND {condition}", before.names | names, before.values | values, before.comparisons + same
    )
    return structs.replace(selection, exact=both)


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


def _by_attribute(condition: Condition[T], low: str | None, high: str | None, attribute: tuple[str, ...]) -> Exact:
    names = {f"#v{place}": name for place, name in enumerate(attribute)}
    path = ".".join(names)
    values: dict[str, AttributeValue] = {}
    if low is not None:
        values[":v"] = {"S": low}
    if high is not None:
        values[":w"] = {"S": high}
    sign = _SIGNS[condition.operator]
    bounds = ":v AND :w" if sign == "BETWEEN" else ":v" if low is not None else ":w"
    texts = tuple(each for each in (low, high) if each is not None)
    return Exact(f"{path} {sign} {bounds}", names, values, (Comparison(attribute, sign, texts),))
