"""Condition, key condition and projection expressions as trees.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

Rules of this file:
- A tree is made once for each text. Names and values stay placeholders in it.
- What is compared is in DynamoDB's order: texts by their UTF-8 bytes, numbers as numbers. Two types do not compare.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

Item: TypeAlias = Mapping[str, Mapping[str, Any]]
Value: TypeAlias = Mapping[str, Any]

TYPES = ("S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M")
FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
_TOKEN = re.compile(r"\s*(?:([#:]?[A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+)|(\[[0-9]+\])|(<>|<=|>=|[=<>(),.]))")


class Malformed(AssertionError):
    """The text is no expression."""


@dataclass(frozen=True, slots=True)
class Path:
    """A document path: placeholders (or bare names) and list indexes."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """`size(path)`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Bound:
    """A placeholder of a value."""

    name: str


Operand: TypeAlias = Path | Size | Bound


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison or a function: `operator` is a sign, BETWEEN, IN or the function's name."""

    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """AND, OR, or NOT of one."""

    operator: str
    parts: tuple[Tree, ...]


Tree: TypeAlias = Test | Both


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of a condition."""
    reader = _Reader(text)
    tree = reader.either()
    reader.end()
    return tree


@lru_cache(maxsize=4096)
def parse_projection(text: str) -> tuple[Path, ...]:
    """The paths of a ProjectionExpression."""
    reader = _Reader(text)
    paths = [reader.path()]
    while reader.take(","):
        paths.append(reader.path())
    reader.end()
    return tuple(paths)


def placeholders(tree: Tree | Operand) -> Iterator[str]:
    """Every placeholder and bare name of a tree."""
    match tree:
        case Both(parts=parts):
            for part in parts:
                yield from placeholders(part)
        case Test(operands=operands):
            for operand in operands:
                yield from placeholders(operand)
        case Path(steps=steps):
            yield from (step for step in steps if not step.startswith("["))
        case Size(path=path):
            yield from placeholders(path)
        case Bound(name=name):
            yield name


def tests_of(tree: Tree) -> Iterator[Test]:
    """The comparisons and functions of a tree."""
    if isinstance(tree, Test):
        yield tree
        return
    for part in tree.parts:
        yield from tests_of(part)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [*self._split(text)]
        self.place = 0

    def _split(self, text: str) -> Iterator[str]:
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if found is None:
                raise Malformed(f"cannot be read at {text[place:]!r}")
            yield found.group().strip()
            place = found.end()

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def next(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1] if self.place <= len(self.tokens) else ""

    def take(self, word: str) -> bool:
        if self.peek().upper() == word:
            self.place += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.take(word):
            raise Malformed(f"has {self.peek()!r} where {word} should be: {self.text}")

    def end(self) -> None:
        if self.peek():
            raise Malformed(f"goes on with {self.peek()!r}: {self.text}")

    def either(self) -> Tree:
        parts = [self.all()]
        while self.take("OR"):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Both("OR", tuple(parts))

    def all(self) -> Tree:
        parts = [self.negated()]
        while self.take("AND"):
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else Both("AND", tuple(parts))

    def negated(self) -> Tree:
        if self.take("NOT"):
            return Both("NOT", (self.negated(),))
        if self.take("("):
            inner = self.either()
            self.need(")")
            return inner
        return self.test()

    def test(self) -> Tree:
        name = self.peek()
        if name in FUNCTIONS:
            return self.function(self.next())
        first = self.operand()
        sign = self.next().upper()
        if sign == "BETWEEN":
            low = self.operand()
            self.need("AND")
            return Test(sign, (first, low, self.operand()))
        if sign == "IN":
            return Test(sign, (first, *self.arguments()))
        if sign not in ("=", "<>", "<", "<=", ">", ">="):
            raise Malformed(f"has {sign!r} where an operator should be: {self.text}")
        return Test(sign, (first, self.operand()))

    def function(self, name: str) -> Tree:
        operands = self.arguments()
        if len(operands) != FUNCTIONS[name]:
            raise Malformed(f"{name} takes {FUNCTIONS[name]} operands: {self.text}")
        return Test(name, operands)

    def arguments(self) -> tuple[Operand, ...]:
        self.need("(")
        found = [self.operand()]
        while self.take(","):
            found.append(self.operand())
        self.need(")")
        return tuple(found)

    def operand(self) -> Operand:
        if self.peek().startswith(":"):
            return Bound(self.next())
        if self.peek() == "size":
            self.next()
            self.need("(")
            path = self.path()
            self.need(")")
            return Size(path)
        return self.path()

    def path(self) -> Path:
        steps = [self.name()]
        while True:
            if self.take("."):
                steps.append(self.name())
            elif self.peek().startswith("["):
                steps.append(self.next())
            else:
                return Path(tuple(steps))

    def name(self) -> str:
        name = self.next()
        if not re.fullmatch(r"#?[A-Za-z0-9_]+", name):
            raise Malformed(f"has {name!r} where a name should be: {self.text}")
        return name


# --------------------------------------------------------------------------------------------- what it says


def holds(tree: Tree, item: Item, names: Mapping[str, str], values: Mapping[str, Value]) -> bool:
    """What a condition says of an item."""
    match tree:
        case Both("NOT", (inner,)):
            return not holds(inner, item, names, values)
        case Both("AND", parts):
            return all(holds(part, item, names, values) for part in parts)
        case Both(_, parts):
            return any(holds(part, item, names, values) for part in parts)
    found = [_operand(each, item, names, values) for each in tree.operands]
    return _test(tree.operator, found)


def path_of(path: Path, names: Mapping[str, str]) -> tuple[str | int, ...]:
    """The path with its names in place."""
    return tuple(int(step[1:-1]) if step.startswith("[") else names.get(step, step) for step in path.steps)


def _operand(operand: Operand, item: Item, names: Mapping[str, str], values: Mapping[str, Value]) -> Value | None:
    match operand:
        case Bound(name):
            return values[name]
        case Size(path):
            found = value_at(path_of(path, names), item)
            return None if found is None else {"N": str(_size(found))}
        case Path():
            return value_at(path_of(operand, names), item)


def value_at(path: tuple[str | int, ...], item: Item) -> Value | None:
    """The attribute value at a path, None if there is none."""
    value: Any = {"M": item}
    for step in path:
        inner = value.get("L") if isinstance(step, int) else value.get("M")
        if isinstance(inner, list) and isinstance(step, int):
            value = inner[step] if step < len(inner) else None
        elif isinstance(inner, Mapping):
            value = inner.get(step)
        else:
            value = None
        if value is None:
            return None
    found: Value = value
    return found


def _size(value: Value) -> int:
    ((kind, inner),) = value.items()
    return len(inner.encode()) if kind == "S" else len(inner)


def _test(operator: str, found: list[Value | None]) -> bool:
    first = found[0]
    if operator == "attribute_exists":
        return first is not None
    if operator == "attribute_not_exists":
        return first is None
    if first is None or None in found:
        return operator == "<>"
    others = [each for each in found[1:] if each is not None]
    if operator in _PLAIN:
        return _PLAIN[operator](first, others[0])
    if operator == "IN":
        return any(_equal(first, other) for other in others)
    signs = [sign(first, other) for other in others]
    return None not in signs and _ORDERED[operator](*[each for each in signs if each is not None])


def _equal(one: Value, other: Value) -> bool:
    return sign(one, other) == 0 if one.keys() & other.keys() & {"S", "N", "B"} else one == other


def _begins(one: Value, other: Value) -> bool:
    return "S" in one and "S" in other and one["S"].startswith(other["S"])


def _contains(one: Value, other: Value) -> bool:
    ((kind, inner),) = one.items()
    ((wanted, part),) = other.items()
    if kind == "S":
        return wanted == "S" and part in inner
    if kind == "L":
        return any(_equal(each, other) for each in inner)
    return kind == f"{wanted}S" and any(_equal({wanted: each}, other) for each in inner)


_PLAIN: dict[str, Callable[[Value, Value], bool]] = {
    "=": _equal,
    "<>": lambda one, other: not _equal(one, other),
    "begins_with": _begins,
    "contains": _contains,
    "attribute_type": lambda one, other: next(iter(one)) == other.get("S"),
}
_ORDERED: dict[str, Callable[..., bool]] = {
    "<": lambda low: low < 0,
    "<=": lambda low: low <= 0,
    ">": lambda low: low > 0,
    ">=": lambda low: low >= 0,
    "BETWEEN": lambda low, high: low >= 0 >= high,
}


def sign(one: Value, other: Value) -> int | None:
    """Less than 0, 0 or more; None where the types do not compare."""
    if "S" in one and "S" in other:
        left: Any = one["S"]  # the order of code points is that of UTF-8 bytes
        right: Any = other["S"]
    elif "N" in one and "N" in other:
        left, right = Decimal(one["N"]), Decimal(other["N"])
    elif "B" in one and "B" in other:
        left, right = b64decode(one["B"]), b64decode(other["B"])
    else:
        return None
    return int(left > right) - int(left < right)
