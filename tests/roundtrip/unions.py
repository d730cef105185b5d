"""Unions of every pair of types: compiled or refused, and what was written is read back as what it was.

    python -m tests.roundtrip.unions [--values 20] [--seed 1]             all pairs
    python -m tests.roundtrip.unions --unions 500 --branches 4            so many unions of so many kinds of branches

Rules of this file:
- A kind of branch is a schema and a maker of JSON values of it, which know nothing of the generator.
- A value enters as JSON, through the pydantic class, which has to admit what a branch admits. The other kinds get the
  same value in their own classes. Every value of every kind of branch is also tried on every union: what is
  written has to come back equal and of its type, whether or not it was meant for this union.
- Numbers are read in the spelling that DynamoDB gives them, too: 5.0 comes back as 5.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import string
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from enum import Enum
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pydantic

from entitystore.codec import json_bytes
from entitystore.errors import ValidationError
from entitystore_generator.compiler import read_package
from entitystore_generator.config import ModelKind, Options
from entitystore_generator.diagnostics import Diagnostics
from tests.compiled import MODEL_KINDS, Compiled, compile_document

Json = Any
Maker = Callable[[random.Random], Json]
Branches = tuple[str, ...]

# ------------------------------------------------------------------------------------------- kinds of branches


def _text(rng: random.Random) -> str:
    return "".join(rng.choice(string.ascii_letters + " é\U0001f600#5-") for _ in range(rng.randint(0, 6)))


def _code(rng: random.Random) -> str:
    return "ft:" + _text(rng)


def _day(rng: random.Random) -> str:
    return (date(2000, 1, 1) + timedelta(days=rng.randint(0, 20_000))).isoformat()


def _moment(rng: random.Random) -> str:
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=rng.randint(0, 10**15))
    return at.isoformat().replace("+00:00", rng.choice(["Z", "+00:00"]))


def _number(rng: random.Random) -> float:
    whole = [5.0, 1e22, 1e23, -(2.0**60), 1e40, 0.0, -0.0, 2.0**53 + 2]
    return rng.choice([rng.uniform(-5, 5), 0.1, 1e-20, rng.choice(whole)])


def _integer(rng: random.Random) -> int:
    return rng.choice([rng.randint(-9, 9), 2**60 + 1, -(10**30) - 7, 10**37 + 1, 0, 1])


def _list_of(maker: Maker) -> Maker:
    return lambda rng: [maker(rng) for _ in range(rng.randint(0, 3))]


def _map_of(maker: Maker) -> Maker:
    return lambda rng: {rng.choice("abxyz"): maker(rng) for _ in range(rng.randint(0, 3))}


def _one(*values: Json) -> Maker:
    return lambda rng: rng.choice(values)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _some(rng: random.Random, **properties: Json) -> Json:
    return {name: value for name, value in properties.items() if rng.random() < 0.5}


def _tree(rng: random.Random) -> Json:
    inner = {"inner": _tree(rng)} if rng.random() < 0.4 else {}
    return {"leaf": _integer(rng), **inner}


STRINGS, INTEGERS, NUMBERS = {"type": "string"}, {"type": "integer"}, {"type": "number"}
SET = {"x-dynamodb-attribute": {"set": True}, "uniqueItems": True}

COMPONENTS: dict[str, Any] = {
    "Size": {"type": "string", "enum": ["small", "large"]},
    "Grade": {"type": "string", "enum": ["large", "good", "2026-01-01x"]},
    "Level": {"type": "integer", "enum": [1, 2, 30]},
    "Plain": {"type": "object", "properties": {"note": STRINGS, "count": INTEGERS}},
    "Named": {"type": "object", "required": ["name"], "properties": {"name": STRINGS, "note": STRINGS}},
    "Numbered": {"type": "object", "required": ["name"], "properties": {"name": INTEGERS, "size": NUMBERS}},
    "Both": {
        "type": "object",
        "required": ["name", "size"],
        "properties": {"name": STRINGS, "size": {"type": "number"}},
    },
    "Tree": {"type": "object", "required": ["leaf"], "properties": {"leaf": INTEGERS, "inner": _ref("Tree")}},
    "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": STRINGS, "size": STRINGS}},
    "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": STRINGS, "size": INTEGERS}},
    "Lion": {"type": "object", "required": ["kind"], "properties": {"kind": STRINGS, "size": STRINGS}},
    "Pet": {
        "oneOf": [_ref("Cat"), _ref("Dog")],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {name.lower(): _ref(name)["$ref"] for name in ("Cat", "Dog")},
        },
    },
    "Circle": {"type": "object", "required": ["form", "r"], "properties": {"form": {"const": "circle"}, "r": INTEGERS}},
    "Square": {"type": "object", "required": ["form"], "properties": {"form": {"enum": ["square"]}, "r": INTEGERS}},
}


def _pet(rng: random.Random) -> Json:
    return rng.choice([{"kind": "cat", **_some(rng, size="big")}, {"kind": "dog", **_some(rng, size=3)}])


BRANCHES: dict[str, tuple[dict[str, Any], Maker]] = {
    "text": (STRINGS, _text),
    "short": ({"type": "string", "maxLength": 3}, lambda rng: _text(rng)[:3]),
    "code": ({"type": "string", "pattern": "^ft:"}, _code),
    "email": ({"type": "string", "format": "email"}, lambda rng: f"a{rng.randint(0, 9)}@example.com"),
    "uri": ({"type": "string", "format": "uri"}, lambda rng: f"https://example.com/{rng.randint(0, 9)}"),
    "date": ({"type": "string", "format": "date"}, _day),
    "moment": ({"type": "string", "format": "date-time"}, _moment),
    "uuid": ({"type": "string", "format": "uuid"}, lambda rng: str(UUID(int=rng.getrandbits(128)))),
    "bytes": ({"type": "string", "format": "byte"}, lambda rng: base64.b64encode(rng.randbytes(3)).decode()),
    "size": (_ref("Size"), _one("small", "large")),
    "grade": (_ref("Grade"), _one("large", "good", "2026-01-01x")),
    "inline": ({"type": "string", "enum": ["auto", "none"]}, _one("auto", "none")),
    "word": ({"const": "none"}, _one("none")),
    "integer": (INTEGERS, _integer),
    "int32": ({"type": "integer", "format": "int32", "minimum": -3}, _one(-3, 0, 1, 2**31 - 1)),
    "even": ({"type": "integer", "multipleOf": 2}, _one(-4, 0, 2, 2**60)),
    "level": (_ref("Level"), _one(1, 2, 30)),
    "digit": ({"type": "integer", "enum": [1, 7]}, _one(1, 7)),
    "seven": ({"const": 1}, _one(1)),
    "number": ({"type": "number"}, _number),
    "ratio": ({"type": "number", "minimum": 0, "maximum": 1}, _one(0.0, 0.5, 1.0, 0.1)),
    "decimal": ({"type": "number", "format": "decimal"}, _one(0.5, 1.0, -2.25, 100.0)),
    "boolean": ({"type": "boolean"}, _one(True, False)),
    "true": ({"const": True}, _one(True)),
    "texts": ({"type": "array", "items": STRINGS}, _list_of(_text)),
    "sizes": ({"type": "array", "items": _ref("Size")}, _list_of(_one("small", "large"))),
    "integers": ({"type": "array", "items": INTEGERS}, _list_of(_integer)),
    "numbers": ({"type": "array", "items": {"type": "number"}, "maxItems": 3}, _list_of(_number)),
    "dates": ({"type": "array", "items": {"type": "string", "format": "date"}}, _list_of(_day)),
    "maybes": ({"type": "array", "items": {"type": ["string", "null"]}}, _list_of(_one("a", "", None))),
    "grid": ({"type": "array", "items": {"type": "array", "items": INTEGERS}}, _list_of(_list_of(_integer))),
    "pets": ({"type": "array", "items": _ref("Pet")}, _list_of(_pet)),
    "names": ({"type": "array", "items": _ref("Named")}, _list_of(lambda rng: {"name": _text(rng)})),
    "tags": ({"type": "array", "items": STRINGS, **SET}, _one(["a"], ["a", "b"])),
    "primes": ({"type": "array", "items": INTEGERS, **SET}, _one([2], [2, 3])),
    "scores": ({"type": "object", "additionalProperties": INTEGERS}, _map_of(_integer)),
    "labels": ({"type": "object", "additionalProperties": STRINGS}, _map_of(_text)),
    "flags": ({"type": "object", "additionalProperties": {"type": "boolean"}}, _map_of(_one(True, False))),
    "plain": (_ref("Plain"), lambda rng: _some(rng, note=_text(rng), count=_integer(rng))),
    "named": (_ref("Named"), lambda rng: {"name": _text(rng), **_some(rng, note="n")}),
    "numbered": (_ref("Numbered"), lambda rng: {"name": _integer(rng), **_some(rng, size=0.5)}),
    "both": (_ref("Both"), lambda rng: {"name": _text(rng), "size": 0.5}),
    "tree": (_ref("Tree"), _tree),
    "cat": (_ref("Cat"), lambda rng: {"kind": "cat", **_some(rng, size="big")}),
    "pet": (_ref("Pet"), _pet),
    "circle": (_ref("Circle"), lambda rng: {"form": "circle", "r": _integer(rng)}),
    "square": (_ref("Square"), lambda rng: {"form": "square", **_some(rng, r=1)}),
    "nested": ({"oneOf": [INTEGERS, _ref("Size")]}, _one(3, "small")),
}
"""What a branch can be: its schema, and JSON values of it."""


PYTHON_VALUES: list[Any] = [
    *(True, 1, 1.0, 7, 0, 2**60 + 1, Decimal("1"), Decimal("0.5"), b"x", "", "small", "none", "2026-01-01"),
    *([], {}, {"a": None}, {"a": 1}, [True], ["a", 1], [None], {"a"}, set(), {2}),
    *(date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1), UUID(int=7)),
]
OBJECTS: dict[str, dict[str, Any]] = {
    "Cat": {"kind": "cat", "size": "s"},
    "Dog": {"kind": "dog"},
    "Plain": {},
    "Named": {"name": "n"},
    "Numbered": {"name": 1},
    "Both": {"name": "n", "size": 1.0},
    "Tree": {"leaf": 1, "inner": {"leaf": 2}},
    "Circle": {"form": "circle", "r": 1},
}
"""Values as Python has them, which any union is offered."""


def all_pairs() -> list[Branches]:
    """Every two kinds of branches, and each twice."""
    return list(combinations_with_replacement(BRANCHES, 2))


def some_unions(rng: random.Random, count: int, branches: int) -> list[Branches]:
    """So many unions, each of so many kinds of branches."""
    kinds = list(BRANCHES)
    return list(dict.fromkeys(tuple(rng.sample(kinds, branches)) for _ in range(count)))


# ------------------------------------------------------------------------------------------------ documents


def document(unions: Sequence[Branches]) -> dict[str, Any]:
    """One entity with a property for each union; `cat` alone keeps the class with its tag in use."""
    properties: dict[str, Any] = {name_of(union): {"anyOf": [BRANCHES[each][0] for each in union]} for union in unions}
    properties |= {"id": STRINGS, "pet": _ref("Pet")}
    entity = {"type": "object", "required": ["id"], "properties": properties}
    entity["x-dynamodb-indexmap"] = {"PK": "HOLDER#{id}", "SK": "HOLDER"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Unions", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Holder": entity, **COMPONENTS}},
    }


def name_of(union: Branches) -> str:
    """The property of a union."""
    return "_or_".join(union)


def write(unions: Sequence[Branches], folder: Path, name: str) -> Path:
    """The document of these unions: one property a line, so that a diagnostic's line tells which it is about."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document(unions), indent=1), encoding="utf-8")
    return path


def refused(unions: Sequence[Branches], folder: Path) -> dict[Branches, str]:
    """The unions that the compiler refuses, and what it says."""
    path, diagnostics = write(unions, folder, "all"), Diagnostics()
    read_package(path, Options("dataclass", "x"), path.name, diagnostics)
    lines = path.read_text(encoding="utf-8").splitlines()
    by_name = {name_of(union): union for union in unions}
    found: dict[Branches, str] = {}
    for each in diagnostics:
        if each.severity.name == "ERROR":
            place = next(number for number in range(each.position.line - 1, -1, -1) if "_or_" in lines[number])
            found[by_name[lines[place].split('"')[1]]] = f"{each.code}: {each.message}"
    return found


# --------------------------------------------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was tried, and what went wrong."""

    values: int
    wrong: list[str]


class Trial:
    """A document's package in all three kinds, and the trials of its unions."""

    def __init__(self, unions: Sequence[Branches], folder: Path, name: str) -> None:
        self.unions = unions
        path = write(unions, folder, name)
        self.packages: dict[ModelKind, Compiled] = {
            kind: compile_document(path, kind, folder, f"{name}_{kind}") for kind in MODEL_KINDS
        }
        self._fields = {field.wire_name: field.name for field in self._model().fields}

    def _model(self) -> Any:
        return self.packages["pydantic"].package.model("Holder")

    def run(self, rng: random.Random, values: int) -> Outcome:
        """Values of each branch, and of all kinds of branches, on each union."""
        wrong: list[str] = []
        count = 0
        pool = {name: maker(rng) for name, (_, maker) in BRANCHES.items()}
        for union in self.unions:
            for name in union:
                for _ in range(values):
                    value = BRANCHES[name][1](rng)
                    count += 1
                    wrong += self._own(union, name, value)
            for value in self._foreign(pool):
                count += 1
                wrong += (f"{name_of(union)}: {fault}" for fault in self._in_all_kinds(union, value))
        return Outcome(count * len(self.packages), wrong)

    def _own(self, union: Branches, name: str, value: Json) -> Iterator[str]:
        """What a branch admits is admitted, and is read back."""
        try:
            entity = self._parsed(union, value)
        except pydantic.ValidationError as error:
            yield f"{name_of(union)}: pydantic refuses {value!r} of {name}: {error}"
            return
        held = getattr(entity, self._fields[name_of(union)])
        for fault in self._in_all_kinds(union, held, must=True):
            yield f"{name_of(union)}: {value!r} of {name}: {fault}"

    def _parsed(self, union: Branches, value: Json) -> Any:
        text = json.dumps({"id": "1", name_of(union): value})
        return self.packages["pydantic"].module.Holder.model_validate_json(text)

    def _foreign(self, pool: Mapping[str, Json]) -> Iterator[Any]:
        """Values of any branch, as Python has them: as JSON, as members of enums, as objects."""
        yield from pool.values()
        yield from PYTHON_VALUES
        module = self.packages["pydantic"].module
        for name in ("Size", "Grade", "Level"):
            yield from getattr(module, name, ())
        for name, given in OBJECTS.items():
            if hasattr(module, name):
                yield getattr(module, name)(**given)

    def _in_all_kinds(self, union: Branches, held: Any, *, must: bool = False) -> Iterator[str]:
        for kind, package in self.packages.items():
            made = _in_kind(held, package)
            fault = self._round_trip(kind, package, union, made, must=must)
            if fault:
                yield f"{kind}: {fault}"

    def _round_trip(self, kind: ModelKind, package: Compiled, union: Branches, value: Any, *, must: bool) -> str:
        field, store = self._fields[name_of(union)], package.store_module("holder")
        try:
            entity = package.module.Holder(id="1", **{field: value})
            item = store.encode(entity)
        except (ValidationError, pydantic.ValidationError) as error:
            return f"{value!r} is refused: {error}" if must else ""
        for form, stored in (("as written", item), ("as DynamoDB spells it", _spelt(item))):
            try:
                read = store.CODEC.read_one(json_bytes({"Item": stored}))
            except Exception as error:
                return f"{value!r}, stored {form} as {stored.get(field)}, cannot be read: {error}"
            fault = _difference(getattr(entity, field), getattr(read, field))
            if fault or read != entity:
                return f"{value!r}, stored {form} as {stored.get(field)}, is read as {getattr(read, field)!r} {fault}"
            if store.encode(read).keys() != item.keys():
                return f"{value!r} cannot be written as it was read"
        return _native(kind, package, entity)


def _in_kind(value: Any, package: Compiled) -> Any:
    """A value of the pydantic package as one of another kind's."""
    match value:
        case pydantic.BaseModel():
            made = getattr(package.module, type(value).__name__)
            return made(**{name: _in_kind(getattr(value, name), package) for name in type(value).model_fields})
        case Enum():
            return getattr(package.module, type(value).__name__)(value.value)
        case list() | set():
            return type(value)(_in_kind(each, package) for each in value)
        case dict():
            return {name: _in_kind(each, package) for name, each in value.items()}
        case _:
            return value


def _spelt(value: Any) -> Any:
    """The item with its numbers as DynamoDB gives them back: without trailing zeros and exponents."""
    match value:
        case {"N": str(text)} if len(value) == 1:
            with localcontext() as context:
                context.prec = 200
                return {"N": format(Decimal(text).normalize() + 0, "f")}
        case dict():
            return {name: _spelt(each) for name, each in value.items()}
        case list():
            return [_spelt(each) for each in value]
        case _:
            return value


def _difference(one: Any, other: Any) -> str:
    """What differs in type. One number may be spelt in two ways, and an enum's value among texts is a text."""
    if type(one) is not type(other):
        are_numbers = all(
            isinstance(each, (int, float, Decimal)) and not isinstance(each, bool) for each in (one, other)
        )
        is_plain = isinstance(one, Enum) and type(other) in (str, int)
        tolerated = are_numbers or is_plain
        return "" if tolerated and one == other else f"of type {type(other).__name__}"
    match one:
        case list():
            return _first(map(_difference, one, other))
        case dict():
            return _first(_difference(one[name], other[name]) for name in one)
        case Enum() | str():
            return ""
        case _:
            return _first(_difference(getattr(one, name), getattr(other, name)) for name in _property_names(one))


def _first(faults: Iterable[str]) -> str:
    return next(filter(None, faults), "")


def _property_names(value: Any) -> list[str]:
    if isinstance(value, pydantic.BaseModel):
        return list(type(value).model_fields)
    if isinstance(value, msgspec.Struct):
        return list(value.__struct_fields__)
    return [field.name for field in fields(value)] if is_dataclass(value) else []


def _native(kind: ModelKind, package: Compiled, entity: Any) -> str:
    """A pydantic object is what its own JSON says."""
    if kind != "pydantic":
        return ""
    given = entity.model_dump(exclude_unset=True)
    again = package.module.Holder.model_validate(given)
    return "" if again == entity else f"{entity!r} is {again!r} by its own dump"


# ------------------------------------------------------------------------------------------------- all of it


def search(unions: Sequence[Branches], values: int, seed: int, folder: Path) -> tuple[dict[Branches, str], Outcome]:
    """The refused unions, and the outcome of the others."""
    no = refused(unions, folder)
    good = [union for union in unions if union not in no]
    count = 0
    wrong: list[str] = []
    for number, start in enumerate(range(0, len(good), 60)):
        outcome = Trial(good[start : start + 60], folder, f"unions{number}").run(random.Random(seed), values)
        count, wrong = count + outcome.values, wrong + outcome.wrong
        print(f"{start + 60:5} unions, {count} values, {len(wrong)} wrong", file=sys.stderr, flush=True)
    return no, Outcome(count, wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--unions", type=int, default=0)
    parser.add_argument("--branches", type=int, default=2)
    parser.add_argument("--values", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    unions = some_unions(random.Random(given.seed), given.unions, given.branches) if given.unions else all_pairs()
    with tempfile.TemporaryDirectory() as folder:
        no, outcome = search(unions, given.values, given.seed, Path(folder))
    for union, reason in no.items():
        print("refused:", name_of(union), reason)
    for fault in outcome.wrong[: given.show]:
        print("WRONG:", fault[:600])
    print(f"{len(unions)} unions, {len(no)} refused, {outcome.values} values, {len(outcome.wrong)} wrong")
    sys.exit(1 if outcome.wrong else 0)


if __name__ == "__main__":
    main()
