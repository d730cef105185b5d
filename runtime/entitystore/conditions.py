"""Conditions on a sort key, and the key ranges that they become.

    table.order.by_user_id(user_id="1", created_at=between(a, b))

Rules of this file:
- DynamoDB orders text by its UTF-8 bytes, which is the order of code points and so of Python's `str`.
- A range never leaves the prefix that the earlier components fix: `ge` ends at the last key of the prefix, `le`
  begins at its first, so no neighbour of another entity is read.
- Every range is one condition on the sort key: DynamoDB takes no two. Exclusive bounds therefore become inclusive
  ones: the text right after (`text + "\\0"` is exact) or right before (see `_before`).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct

from entitystore.comparisons import Exact
from entitystore.errors import ValidationError
from entitystore.values import wrong_type

__all__ = [
    "Condition",
    "KeyRange",
    "KeySelection",
    "Prefix",
    "SortCondition",
    "begins_with",
    "between",
    "everything",
    "exactly",
    "ge",
    "gt",
    "le",
    "lt",
    "starting_with",
]

T = TypeVar("T")

LAST = "\U0010ffff"
"""The last code point, and a noncharacter: no text of a key continues with it."""


class KeyRange(Struct, frozen=True):
    """What the sort key must be. `low` and `high` include both ends.

    `operator` is DynamoDB's, "all" for no condition, or "none" for a range that no key can lie in, which is
    answered without a call.
    """

    operator: Literal["all", "none", "=", "begins_with", "BETWEEN", "<=", ">=", "<", ">"]
    low: str = ""
    high: str = ""

    def holds(self, text: str, kind: Literal["S", "N"] = "S") -> bool:
        """Whether a sort key of this DynamoDB type lies in the range."""
        match self.operator:
            case "all":
                return True
            case "none":
                return False
            case "begins_with":
                return text.startswith(self.low)
            case "=":
                return _sign(text, self.low, kind) == 0
            case "<":
                return _sign(text, self.high, kind) < 0
            case ">":
                return _sign(text, self.low, kind) > 0
            case "BETWEEN" | "<=" | ">=":
                begins = not self.low or _sign(self.low, text, kind) <= 0
                return begins and (not self.high or _sign(text, self.high, kind) <= 0)


def _sign(one: str, other: str, kind: Literal["S", "N"]) -> int:
    """Less than 0, 0 or more, as DynamoDB orders the two."""
    if kind == "N":
        first, second = Decimal(one), Decimal(other)
        return (first > second) - (first < second)
    return (one > other) - (one < other)


class KeySelection(Struct, frozen=True):
    """What a finder reads: one partition and a range of its sort keys.

    `mixed`: other entities may lie in the range, so that the service has to look at each item's type. `exact` is a
    filter where the range holds more than the condition asks for (see `exact_ranges`).
    """

    partition: str
    range: KeyRange
    mixed: bool = False
    exact: Exact | None = None


def everything() -> KeyRange:
    """No condition on the sort key."""
    return KeyRange("all")


def exactly(text: str) -> KeyRange:
    """The one key `text`; no key is empty."""
    return KeyRange("=", text) if text else KeyRange("none")


def starting_with(prefix: str) -> KeyRange:
    """All keys that start with `prefix`."""
    return KeyRange("begins_with", prefix) if prefix else KeyRange("all")


def _within(prefix: str, low: str, high: str) -> KeyRange:
    """From `low` to `high`; DynamoDB refuses a BETWEEN upside down and an empty bound."""
    if not prefix and not low:
        return KeyRange("<=", high=high) if high else KeyRange("none")
    if not prefix and high == LAST:
        return KeyRange(">=", low)
    return KeyRange("BETWEEN", low, high) if low <= high else KeyRange("none")


def _before(text: str) -> str:
    """The last text before `text` that a key can be: none has `LAST` in it."""
    if not text:
        return ""
    last = ord(text[-1])
    if last == 0:
        return text[:-1]
    # U+D800 to U+DFFF are surrogates, which UTF-8 cannot hold.
    return text[:-1] + chr(0xD7FF if last == 0xE000 else last - 1) + LAST


class Condition(Struct, Generic[T], frozen=True):
    """A comparison with one value, or two for `between`. Made by the functions below."""

    operator: Literal["gt", "ge", "lt", "le", "between"]
    value: T
    other: T | None = None

    def over(self, prefix: str, to_text: Callable[[T], str], suffix: str = "", *, more: bool = False) -> KeyRange:
        """The range of keys `prefix + to_text(value) + suffix`; `more` if further components follow the suffix."""
        end = LAST if more else ""
        text = prefix + to_text(self.value) + suffix
        match self.operator:
            case "gt":
                return _within(prefix, text + (end or "\0"), prefix + LAST)
            case "ge":
                return _within(prefix, text, prefix + LAST)
            case "lt":
                return _within(prefix, prefix, _before(text))
            case "le":
                return _within(prefix, prefix, text + end)
            case "between":
                return _within(prefix, text, prefix + to_text(_second(self.other)) + suffix + end)

    @property
    def upper(self) -> T:
        """The second value of `between`; ValidationError if there is none."""
        return _second(self.other)

    def reversed(self) -> Condition[T]:
        """The same on texts that descend while the values ascend."""
        match self.operator:
            case "gt":
                return Condition("lt", self.value)
            case "ge":
                return Condition("le", self.value)
            case "lt":
                return Condition("gt", self.value)
            case "le":
                return Condition("ge", self.value)
            case "between":
                return Condition("between", _second(self.other), self.value)

    def over_number(self, to_text: Callable[[T], str]) -> KeyRange:
        """The range of a sort key that is itself a number (N), which DynamoDB compares as one."""
        text = to_text(self.value)
        match self.operator:
            case "gt":
                return KeyRange(">", text)
            case "ge":
                return KeyRange(">=", text)
            case "lt":
                return KeyRange("<", high=text)
            case "le":
                return KeyRange("<=", high=text)
            case "between":
                other = to_text(_second(self.other))
                return KeyRange("BETWEEN" if Decimal(text) <= Decimal(other) else "none", text, other)


def _second(value: T | None) -> T:
    if value is None:
        raise ValidationError("between", "takes two values")
    return value


class Prefix(Struct, frozen=True):
    """The component's text starts with `text`. Made by `begins_with`."""

    text: str

    def over(self, prefix: str, suffix: str = "", to_text: Callable[[str], str] = str) -> KeyRange:
        """The range of keys that start with `prefix` and this text, in the case that the key has it in.

        `suffix` follows the component, whose own text cannot have the suffix's first character.
        """
        text = to_text(self.text)
        if suffix and suffix[0] in text:
            return KeyRange("none")
        return starting_with(prefix + text)


SortCondition: TypeAlias = Condition[T] | Prefix
"""What the last given component of a sort key may be instead of a value."""


def between(low: T, high: T) -> Condition[T]:
    """From `low` to `high`, both included. Nothing if `low` comes after `high`."""
    return Condition("between", low, high)


def gt(value: T) -> Condition[T]:
    """After `value`."""
    return Condition("gt", value)


def ge(value: T) -> Condition[T]:
    """`value` and after."""
    return Condition("ge", value)


def lt(value: T) -> Condition[T]:
    """Before `value`."""
    return Condition("lt", value)


def le(value: T) -> Condition[T]:
    """`value` and before."""
    return Condition("le", value)


def begins_with(text: str) -> Prefix:
    """The stored text starts with `text`: `begins_with("2024-06")` for a date-time, too.

    ValidationError for a value that is no text: how it would be stored is not known here.
    """
    if not isinstance(text, str):
        raise wrong_type("begins_with", text, "the beginning of the stored text, a str")
    return Prefix(text)
