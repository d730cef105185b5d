"""What a finder asks of stored properties, beside the range of keys: a filter for the service, and the same in Python.

    weight = 1   ->   "#o0 = :o0" with {"N": "1"}

Rules of this file:
- The service compares where it holds what is compared. Where an index lacks the property, what the table gave is
  compared here (see `fetching`); where the key has a text that no attribute has (in capitals, or a default), what the
  service gave is (see `sifting`). Both have to say the same: texts are in the order of their code points, numbers in
  that of numbers.
- All comparisons of one filter hold together (AND).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct

from entitystore.expressions import Expression
from entitystore.values import AttributeValue

__all__ = ["Case", "Comparison", "Exact", "Kind", "Operator", "exact", "in_case"]

T = TypeVar("T")

Operator: TypeAlias = Literal["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with", "exists"]
Kind: TypeAlias = Literal["S", "N", "BOOL"]
"""The DynamoDB types of properties that keys are made of."""
Case: TypeAlias = Literal["", "upper", "lower"]
"""What a key makes of a text."""


class Comparison(Struct, frozen=True):
    """What a stored property must be; `path` leads to it. Two `texts` for BETWEEN, none for "exists", else one.

    `kind` is its DynamoDB type. The texts of numbers are their digits, as DynamoDB has them. `via` is what is done to
    a text before it is compared, `default` the text that stands for a missing one.
    """

    path: tuple[str, ...]
    operator: Operator
    texts: tuple[str, ...]
    kind: Kind = "S"
    via: Case = ""
    default: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether the service cannot make it."""
        return bool(self.via) or self.default is not None

    def holds(self, item: Mapping[str, object]) -> bool:
        """What the service says of an item (DynamoDB JSON)."""
        value = _value_at(item, self.path, self.kind)
        if self.operator == "exists":
            return value is not None
        text = value if isinstance(value, str) else None
        if text is None:
            text = self.default
        elif self.via:
            text = in_case(text, self.via)
        if text is None:
            return False
        if self.operator == "begins_with":
            return text.startswith(self.texts[0])
        if self.kind == "S":
            return _holds(self.operator, _sign(text, self.texts[0]), _sign(text, self.texts[-1]))
        number = Decimal(text)
        return _holds(self.operator, _sign(number, Decimal(self.texts[0])), _sign(number, Decimal(self.texts[-1])))


def in_case(text: str, case: Case) -> str:
    """The text as it is, or in one case."""
    match case:
        case "":
            return text
        case "upper":
            return text.upper()
        case "lower":
            return text.lower()


def _sign(one: str | Decimal, other: str | Decimal) -> int:
    """Less than 0, 0 or more. Both are of one type."""
    return (one > other) - (one < other)  # type: ignore[operator]


def _holds(operator: Operator, low: int, high: int) -> bool:
    """Whether a value meets the operator, by its signs against the first and the last of the texts."""
    match operator:
        case "=":
            return low == 0
        case "<":
            return low < 0
        case "<=":
            return low <= 0
        case ">":
            return low > 0
        case ">=":
            return low >= 0
        case _:
            return low >= 0 and high <= 0


def _value_at(item: Mapping[str, object], path: tuple[str, ...], kind: str) -> object:
    """What is inside of the attribute value of this type, at a path through maps; None if there is none."""
    members: object = item
    value: object = None
    for name in path:
        value = members.get(name) if isinstance(members, Mapping) else None
        members = value.get("M") if isinstance(value, Mapping) else None
    return value.get(kind) if isinstance(value, Mapping) else None


class Exact(Expression, frozen=True):
    """A filter made of comparisons that all hold. `text` has those that the service makes, "" if that is none."""

    comparisons: tuple[Comparison, ...] = ()

    @property
    def attributes(self) -> list[str]:
        """The attributes of an item that it looks at, without those inside of them; sorted."""
        return sorted({each.path[0] for each in self.comparisons})

    @property
    def is_local(self) -> bool:
        """Whether there is a comparison that the service cannot make."""
        return any(each.is_local for each in self.comparisons)

    def holds(self, item: Mapping[str, object]) -> bool:
        """Whether an item, as DynamoDB JSON, meets all of it."""
        return all(each.holds(item) for each in self.comparisons)


def exact(*comparisons: Comparison) -> Exact:
    """The filter of these comparisons."""
    names: dict[str, str] = {}
    values: dict[str, AttributeValue] = {}
    conditions = [_condition(each, names, values) for each in comparisons if not each.is_local]
    return Exact(" AND ".join(conditions), names, values, comparisons)


def _condition(comparison: Comparison, names: dict[str, str], values: dict[str, AttributeValue]) -> str:
    path = ".".join(_placeholder("#o", name, names) for name in comparison.path)
    if comparison.operator == "exists":
        return f"attribute_type({path}, {_placeholder(':o', dict[str, object](S=comparison.kind), values)})"
    bounds = [_placeholder(":o", dict[str, object]({comparison.kind: text}), values) for text in comparison.texts]
    if comparison.operator == "begins_with":
        return f"begins_with({path}, {bounds[0]})"
    return f"{path} {comparison.operator} {' AND '.join(bounds)}"


def _placeholder(mark: str, what: T, known: dict[str, T]) -> str:
    placeholder = f"{mark}{len(known)}"
    known[placeholder] = what
    return placeholder
