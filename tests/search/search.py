"""Makes packages of random designs, stores entities, calls finders and compares with the model.

    make search CALLS=700000 SEED=1

Rules of this file:
- Everything runs in one process, on a table in memory that checks each request by DynamoDB's own rules.
- A wrong answer is told with the design's seed and number: `--seed 1 --design 17` tries that one again.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import itertools
import random
import re
import shutil
import sys
import tempfile
import time
import typing
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import entitystore
from entitystore.conditions import Condition
from entitystore.errors import ValidationError
from entitystore_generator.compiler import compile_package
from entitystore_generator.config import MODEL_KINDS, ModelKind, Options
from tests.search.designs import Design, Entity, Keys, Values, leave_out, random_design
from tests.search.model import Argument, Call, arguments, is_indexed, key_text, meets
from tests.service.memory import MemoryService

__all__ = ["Report", "search"]

REASONS = re.compile(
    r"may not contain"  # a delimiter that is guarded against
    r"|is needed where"  # an argument whose end no key shows, or one that was left out
    r"|takes .*, not (Condition|Prefix)"  # what the finder does not offer
    r"|does not match|characters|is not between|is more than|is less than|is not a multiple"  # no value of the schema
    r"|may not be empty|outside of the range of int64|38 (significant )?digits|1E-130|finite"
)
OPERATORS = ("gt", "ge", "lt", "le")
_packages = itertools.count(1)


@dataclass(slots=True)
class Report:
    """What was tried. `refused` counts the reasons of refusals; `wrong` are sentences."""

    designs: int = 0
    left_out: int = 0
    finders: int = 0
    entities: int = 0
    calls: int = 0
    empty: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        refused = sum(self.refused.values())
        return (
            f"{self.calls:,} calls of {self.finders:,} finders of {self.designs:,} designs "
            f"({self.left_out:,} keys left out), {self.entities:,} entities: {refused:,} calls refused, "
            f"{self.empty:,} found nothing, {len(self.wrong)} wrong"
        )


def search(
    calls: int,
    seed: int,
    *,
    each: int = 60,
    only: int | None = None,
    progress: Callable[[Report], None] | None = None,
) -> Report:
    """Try designs until so many calls were made, `each` of a finder; or the design of this number."""
    report = Report()
    folder = Path(tempfile.mkdtemp(prefix="search-"))
    sys.path.insert(0, str(folder))
    try:
        numbers = itertools.count() if only is None else iter([only])
        for number in numbers:
            if report.calls >= calls or len(report.wrong) > 20:
                break
            _Trial(folder, seed, number, each, report).run()
            if progress is not None:
                progress(report)
    finally:
        sys.path.remove(str(folder))
        shutil.rmtree(folder, ignore_errors=True)
    return report


class _Trial:
    """One design."""

    def __init__(self, folder: Path, seed: int, number: int, each: int, report: Report) -> None:
        self.folder = folder
        self.each = each
        self.where = f"--seed {seed} --design {number}"
        self.random = random.Random(f"{seed}/{number}")
        self.kind: ModelKind = MODEL_KINDS[number % len(MODEL_KINDS)]
        self.report = report

    def run(self) -> None:
        design = random_design(self.random)
        name = self._compiled(design)
        if name is None:
            return
        self.report.designs += 1
        module = importlib.import_module(name)
        service = MemoryService(module.TABLE, self.random.choice([1, 2, 3, 7, 1000]))
        table = module.connect(transport=service)
        stored = [self._stored(entity, module, table) for entity in design.entities]
        for entity, values in zip(design.entities, stored, strict=True):
            for keys in entity.keys:
                self._finder(_Finder(entity, keys, module, table, values))
        self._forget(name)

    def _compiled(self, design: Design) -> str | None:
        """Write the package of the design, less the keys that have a fault; None where nothing is left."""
        spec = self.folder / "openapi.yaml"
        for _ in range(8):
            spec.write_text(design.text(), encoding="utf-8")
            name = f"search{next(_packages)}_store"
            made = compile_package(spec, Options(self.kind, name), spec_name="openapi.yaml")
            errors = [each for each in made.diagnostics if each.severity == "error"]
            if not errors:
                (self.folder / name).mkdir()
                for path, text in made.files.items():
                    (self.folder / name / path).write_text(text, encoding="utf-8")
                importlib.invalidate_caches()
                return name
            self.report.left_out += 1
            if not leave_out(design, errors[0].position.line, self.random):
                raise AssertionError(f"{self.where}: {errors[0]}\n{design.text()}")
        return None

    def _forget(self, name: str) -> None:
        for each in [each for each in sys.modules if each.split(".")[0] == name]:
            del sys.modules[each]
        shutil.rmtree(self.folder / name)

    # --- entities ---

    def _stored(self, entity: Entity, module: ModuleType, table: Any) -> list[tuple[Values, Any]]:
        """Entities that could be put, each with its values; of two with one key the later."""
        found: dict[str, tuple[Values, Any]] = {}
        store = getattr(table, entity.name.lower())
        for _ in range(25):
            values = {
                each.name: each.kind.values(self.random)
                for each in entity.properties
                if each.required or self.random.random() < 0.6
            }
            made = _object(module, entity, values)
            try:
                store.put(made)
            except ValidationError as error:
                if not REASONS.search(str(error)):
                    raise
                continue
            keys = entity.keys[0]
            found[repr((key_text(values, keys.partition), key_text(values, keys.sort)))] = values, made
        self.report.entities += len(found)
        return [*found.values()]

    # --- calls ---

    def _finder(self, finder: _Finder) -> None:
        self.report.finders += 1
        for _ in range(self.each):
            call = self._call(finder)
            self.report.calls += 1
            try:
                query = finder.query(call)
            except ValidationError as error:
                self._refused(finder, call, error)
                continue
            self._check(finder, call, query)

    def _call(self, finder: _Finder) -> Call:
        random = self.random
        sort = finder.sort
        given = random.randint(0, len(sort))
        like = random.choice(finder.stored)[0] if finder.stored and random.random() < 0.8 else {}
        values = [self._value(each, like) for each in (*finder.partition, *sort[:given])]
        condition = None
        if given < len(sort) and random.random() < 0.75:
            condition = self._condition(sort[given], finder)
        return Call(finder.partition, sort, tuple(values), condition)

    def _value(self, argument: Argument, like: Values) -> Any:
        """A value of an entity, mostly, or another."""
        own = like.get(argument.property.name)
        if own is not None and self.random.random() < 0.9:
            return own
        kind = argument.property.kind
        return (kind.bounds if self.random.random() < 0.3 else kind.values)(self.random)

    def _condition(self, argument: Argument, finder: _Finder) -> Any:
        kind, random = argument.property.kind, self.random
        if random.random() < 0.25:
            return entitystore.begins_with(self._beginning(argument))
        low, high = kind.bounds(random), kind.bounds(random)
        if random.random() < 0.4 and finder.stored:
            low = random.choice(finder.stored)[0].get(argument.property.name, low)
        low = kind.bounds(random) if low is None else low
        if random.random() < 0.3:
            return entitystore.between(low, high)
        operator: Callable[[Any], Any] = getattr(entitystore, random.choice(OPERATORS))
        return operator(low)

    def _beginning(self, argument: Argument) -> str:
        random, component = self.random, argument.components[0]
        text = component.part.text(argument.property.kind.values(random))
        return random.choice([text[: random.randint(0, len(text))], text, text + random.choice("#|-~a1"), "#", ""])

    def _refused(self, finder: _Finder, call: Call, error: ValidationError) -> None:
        found = REASONS.search(str(error))
        self.report.refused[found.group() if found else str(error)] += 1
        if found is None:
            self._wrong(finder, call, f"refused: {error}")

    def _check(self, finder: _Finder, call: Call, query: Any) -> None:
        expected = finder.expected(call)
        self.report.empty += not expected
        form, found = self._asked(query, len(expected))
        self.report.forms[form] += 1
        try:
            self._compare(finder, form, found(), expected)
        except AssertionError as error:
            self._wrong(finder, call, f"{form}: {error}")

    def _asked(self, query: Any, count: int) -> tuple[str, Callable[[], Any]]:
        """A way to ask for what a query finds, and its answer."""
        limit = self.random.randint(1, max(2, count + 1))
        forms: dict[str, Callable[[], Any]] = {
            "all": query.all,
            "loop": lambda: list(query),
            "descending": lambda: query.descending().all(),
            "count": query.count,
            "first": lambda: [each for each in [query.first()] if each is not None],
            f"limit {limit}": lambda: query.limit(limit).all(),
            f"counted up to {limit}": lambda: query.limit(limit).count(),
            f"pages of {limit}": lambda: _pages(query, limit),
            f"pages up to {limit}": lambda: _pages(query.limit(limit), 2),
        }
        if hasattr(query, "stream") and self.random.random() < 0.02:
            return "stream", lambda: [each.item for each in query.stream()]
        form = self.random.choice([*forms])
        return form, forms[form]

    def _compare(self, finder: _Finder, form: str, found: Any, expected: list[tuple[Values, Any]]) -> None:
        limits = re.findall(r"(?:limit|up to) ([0-9]+)", form)
        limit = 1 if form == "first" else int(limits[0]) if limits else len(expected)
        wanted = min(limit, len(expected))
        if isinstance(found, int):
            assert found == wanted, f"counted {found}, by value {wanted}"
            return
        by_value = {finder.known[id(each)]: (values, each) for values, each in expected}
        identities = [finder.identity(each) for each in found]
        assert len({*identities}) == len(identities), "an entity comes twice"
        extra = [each for each in identities if each not in by_value]
        assert not extra, f"found what is not asked for: {extra}"
        assert len(found) == wanted, f"found {len(found)} of {wanted}: {identities}, by value {[*by_value]}"
        pairs = zip(identities, found, strict=True)
        assert all(each == by_value[identity][1] for identity, each in pairs), "an entity is not as it was stored"
        orders = [finder.order(by_value[each][0]) for each in identities]
        in_order = sorted((finder.order(values) for values, _ in expected), reverse=form == "descending")
        assert orders == in_order[:wanted], f"not in the order of the keys: {orders}"

    def _wrong(self, finder: _Finder, call: Call, what: str) -> None:
        self.report.wrong.append(
            f"{self.where} {finder.entity.name} {finder.keys}\n  {call.values} {call.condition}\n  {what}"
        )


def _pages(query: Any, size: int) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page = query.page(size, cursor)
        assert len(page) <= size, "a page is larger than was asked for"
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


class _Finder:
    """One finder of a package, and what it could find."""

    def __init__(
        self, entity: Entity, keys: Keys, module: ModuleType, table: Any, stored: list[tuple[Values, Any]]
    ) -> None:
        self.entity = entity
        self.keys = keys
        self.stored = [each for each in stored if is_indexed(each[0], keys)]
        self.partition, self.sort = arguments(keys)
        self._find = getattr(getattr(table, entity.name.lower()), f"find_{keys.index.lower() or 'pk'}")
        self._names = [*inspect.signature(self._find).parameters]
        assert len(self._names) == len(self.partition) + len(self.sort), (self._names, str(keys))
        self._enums = _enums(module, entity)
        self._encode = importlib.import_module(f"{module.__name__}.{entity.name.lower()}_store").encode
        self._key_names = [key.name for key in module.TABLE.primary.key_attributes]
        self.known = {id(each): self.identity(each) for _, each in self.stored}
        index = module.TABLE.index(keys.index)
        self._is_number = index.sort is not None and index.sort.type == "N"

    def query(self, call: Call) -> Any:
        """The query that the finder gives; ValidationError."""
        arguments = (*self.partition, *self.sort)
        given: dict[str, Any] = {
            name: self._python(argument, value)
            for name, argument, value in zip(self._names, arguments, call.values, strict=False)
        }
        if call.condition is not None:
            place = len(call.values)
            given[self._names[place]] = self._condition(arguments[place], call.condition)
        return self._find(**given)

    def _python(self, argument: Argument, value: Any) -> Any:
        enum = self._enums.get(argument.property.name)
        return enum(value) if enum is not None else value

    def _condition(self, argument: Argument, condition: Any) -> Any:
        if not isinstance(condition, Condition):
            return condition
        other = None if condition.other is None else self._python(argument, condition.other)
        return Condition(condition.operator, self._python(argument, condition.value), other)

    def expected(self, call: Call) -> list[tuple[Values, Any]]:
        """The entities that the call asks for."""
        return [each for each in self.stored if meets(each[0], call)]

    def order(self, values: Values) -> Any:
        """What the entity's place in the partition follows from."""
        text = key_text(values, self.keys.sort)
        return Decimal(text) if self._is_number else text

    def identity(self, entity: Any) -> str:
        """The entity's table key."""
        item = self._encode(entity)
        return repr([item[name] for name in self._key_names])


def _class(module: ModuleType, owner: Any, name: str) -> Any:
    """The class of a property, less None."""
    hint = typing.get_type_hints(owner, vars(module.models))[name]
    return next((each for each in typing.get_args(hint) if inspect.isclass(each) and each is not type(None)), hint)


def _enums(module: ModuleType, entity: Entity) -> dict[str, Any]:
    """The enum classes of the entity's properties."""
    entity_class = getattr(module, entity.name)
    return {
        each.name: _class(module, _class(module, entity_class, "place") if each.nested else entity_class, each.name)
        for each in entity.properties
        if each.kind.enum
    }


def _object(module: ModuleType, entity: Entity, values: Values) -> Any:
    enums = _enums(module, entity)
    python = {name: enums[name](value) if name in enums else value for name, value in values.items()}
    nested = {each.name for each in entity.properties if each.nested}
    given = {name: value for name, value in python.items() if name not in nested}
    entity_class = getattr(module, entity.name)
    if nested:
        place = _class(module, entity_class, "place")
        given["place"] = place(**{name: value for name, value in python.items() if name in nested})
    return entity_class(**given)


def _told(every: float) -> Callable[[Report], None]:
    last = [time.monotonic()]

    def tell(report: Report) -> None:
        if time.monotonic() - last[0] > every:
            last[0] = time.monotonic()
            print(report, flush=True)

    return tell


def main() -> int:
    """The command; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="search for wrong answers of finders")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=60, help="calls of each finder")
    parser.add_argument("--design", type=int, help="the number of one design to try again")
    given = parser.parse_args()
    began = time.monotonic()
    report = search(given.calls, given.seed, each=given.each, only=given.design, progress=_told(30))
    print("\n".join(report.wrong))
    print(f"{report}; {time.monotonic() - began:.0f} s")
    print("refused:", dict(report.refused.most_common()))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
