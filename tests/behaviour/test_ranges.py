"""Finders against brute force: what a condition finds is what filtering every value finds, in the keys' order.

The model knows nothing of ranges: it compares the values' own texts, without the delimiter that ends them in a key (so
"a!" is more than "a", though "a!#" comes before "a#").
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import entitystore
from entitystore.errors import ValidationError
from tests.behaviour.conftest import connected, table_name_of
from tests.compiled import Compiled
from tests.engines import Difference, Engine

OPERATORS = ("gt", "ge", "lt", "le")
CITIES = ["", " ", "!", "A", "OMAHA", "OMAHA HEIGHTS", "Ü", "\U0010fffe", "~", "a\0"]
STATES = ["N", "NE", "NEB", "É", ""]
_owners = itertools.count(1)

any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\U0010ffff"), max_size=3)
cities = st.sampled_from(CITIES) | any_text.map(lambda text: text.replace("#", ""))
notes = st.sampled_from(["", "#", "a", "a#b", "\U0010fffe"]) | any_text
ranks = st.integers(0, 9999) | st.sampled_from([0, 1, 9, 10, 9999])
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)) | st.sampled_from(
    [datetime(2024, 1, 31, 23, 59, 59, 999999, UTC), datetime(2024, 2, 1, tzinfo=UTC)]
)
labels = st.none() | st.sampled_from(["a", "b"])
visits = st.fixed_dictionaries(
    {"state": st.sampled_from(STATES), "city": cities, "rank": ranks, "note": notes, "at": moments, "label": labels}
)


@pytest.fixture(scope="module")
def table(ranges: Compiled, engine: Engine) -> Iterator[Any]:
    with connected(ranges, engine, "http", table_name_of(engine, "ranges")) as table:
        yield table


@pytest.fixture
def examples(engine: Engine) -> int:
    """How many examples; each makes a partition and asks about it many times."""
    if engine.differs(Difference.SLOW):
        return 3
    return 60 if engine.name == "dynoxide" else 40


class Model:
    """Every stored key of one index, in order."""

    def __init__(self, stored: list[tuple[str, Any]]) -> None:
        self._stored = sorted(stored, key=lambda each: each[0].encode())

    def find(self, prefix: str, condition: Any, text: Callable[[Any], str], suffix: str) -> list[Any]:
        """Entities below `prefix` whose next component meets `condition`."""
        below = [(key[len(prefix) :], entity) for key, entity in self._stored if key.startswith(prefix)]
        return [entity for rest, entity in below if _meets(rest, condition, text, suffix)]


def _meets(rest: str, condition: Any, text: Callable[[Any], str], suffix: str) -> bool:
    if condition is None:
        return True
    # No component here holds the delimiter but the last, which nothing follows.
    own = rest.split(suffix, 1)[0] if suffix else rest
    if isinstance(condition, entitystore.Prefix):
        return own.startswith(condition.text)
    if not isinstance(condition, entitystore.Condition):
        return rest.startswith(text(condition) + suffix) if suffix else rest == text(condition)
    value = text(condition.value)
    match condition.operator:
        case "gt":
            return own > value
        case "ge":
            return own >= value
        case "lt":
            return own < value
        case "le":
            return own <= value
    return value <= own <= text(condition.other)


def draw_condition(data: st.DataObject, values: st.SearchStrategy[Any], prefixes: st.SearchStrategy[str]) -> Any:
    kind = data.draw(st.sampled_from([*OPERATORS, "between", "begins_with", "equal", "none"]))
    match kind:
        case "none":
            return None
        case "equal":
            return data.draw(values)
        case "between":
            return entitystore.between(data.draw(values), data.draw(values))
        case "begins_with":
            return entitystore.begins_with(data.draw(prefixes))
    operator: Callable[[Any], Any] = getattr(entitystore, kind)
    return operator(data.draw(values))


def store(table: Any, ranges: Compiled, given: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """Put visits into a partition of their own, between neighbours; gives owner and visits without duplicates."""
    owner = f"o{next(_owners)}"
    made = [ranges.module.Visit(owner=owner, **each | {"state": ranges.module.State(each["state"])}) for each in given]
    table.visit.put_many(made)
    table.visitor.put_many(ranges.module.Visitor(owner=owner, id=id) for id in ("", "1"))
    table.before.put_many(ranges.module.Before(owner=owner, id=id) for id in ("", "\U0010fffe"))
    by_key = {repr(table.visit.key(**_key_fields(each))): each for each in made}
    return owner, list(by_key.values())


def _key_fields(visit: Any) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in ("owner", "state", "city", "rank", "note")}


def run(examples: int, test: Callable[[st.DataObject], None]) -> None:
    """Run a property on a table that lasts longer than an example."""
    limited = settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    limited(given(st.data())(test))()


def test_the_table_key(table: Any, ranges: Compiled, examples: int, engine: Engine) -> None:
    no_nul = engine.differs(Difference.ENDS_PREFIXES_AT_NUL)

    def test(data: st.DataObject) -> None:
        given = data.draw(st.lists(visits, max_size=20))
        owner, stored = store(table, ranges, [_without_nul(each) for each in given] if no_nul else given)
        model = Model([(ranges.store_module("visit").encode(each)["SK"]["S"], each) for each in stored])
        for _ in range(5):
            check_one(data, owner, stored, model)

    def check_one(data: st.DataObject, owner: str, stored: list[Any], model: Model) -> None:
        like = data.draw(st.sampled_from(stored)) if stored else None
        components: list[tuple[str, st.SearchStrategy[Any], Callable[[Any], str], str]] = [
            ("state", st.sampled_from(list(ranges.module.State)), lambda value: value.value, "#"),
            ("city", cities, str, "#"),
            ("rank", ranks, lambda value: f"{value:04d}", "#"),
            ("note", notes, str, ""),
        ]
        depth = data.draw(st.integers(0, 3))
        given, prefix = {"owner": owner}, "VISIT#"
        for name, values, text, suffix in components[:depth]:
            given[name] = getattr(like, name) if like is not None and data.draw(st.booleans()) else data.draw(values)
            prefix += text(given[name]) + suffix
        name, values, text, suffix = components[depth]
        own = st.sampled_from([getattr(each, name) for each in stored]) if stored else values
        condition = draw_condition(data, values | own, any_text | (values | own).map(lambda value: text(value)[:2]))
        if condition is not None:
            given[name] = condition
        if no_nul:
            assume(r"\x00" not in repr(given))
        expected = model.find(prefix, condition, text, suffix)
        query = table.visit.by_owner(**given)
        assert query.all() == expected
        assert query.descending().all() == expected[::-1]
        assert query.count() == len(expected)
        assert query.first() == (expected[0] if expected else None)
        assert query.descending().limit(2).all() == expected[::-1][:2]

    run(examples, test)


def _without_nul(visit: dict[str, Any]) -> dict[str, Any]:
    return visit | {name: visit[name].replace("\0", "") for name in ("city", "note")}


def test_an_index(table: Any, ranges: Compiled, examples: int) -> None:
    encode = ranges.store_module("visit").encode

    def month(value: datetime) -> str:
        return f"{value.year:04d}-{value.month:02d}"

    def test(data: st.DataObject) -> None:
        owner, stored = store(table, ranges, data.draw(st.lists(visits, max_size=20)))
        model = Model([(encode(each)["GSI1SK"]["S"], each) for each in stored])
        own = st.sampled_from([each.at for each in stored]) if stored else moments
        for _ in range(4):
            condition = draw_condition(
                data, moments | own, st.sampled_from(["2", "2024", "2024-0", "2024-02#", "#", ""])
            )
            found = table.visit.by_month(owner=owner, **({} if condition is None else {"at": condition})).all()
            assert _as_keys(encode, found, "GSI1SK") == _as_keys(
                encode, model.find("", condition, month, "#"), "GSI1SK"
            )
            assert _unordered(encode, found) == _unordered(encode, model.find("", condition, month, "#"))

    run(examples, test)


def test_a_sparse_index(table: Any, ranges: Compiled, examples: int) -> None:
    encode = ranges.store_module("visit").encode

    def text(value: datetime) -> str:
        return value.strftime(f"{value.year:04d}-%m-%dT%H:%M:%S.%fZ")

    def test(data: st.DataObject) -> None:
        owner, stored = store(table, ranges, data.draw(st.lists(visits, max_size=20)))
        for label in ("a", "b", "c"):
            mine = [each for each in stored if each.label == label]
            model = Model([(encode(each)["GSI2SK"]["S"], each) for each in mine])
            own = st.sampled_from([each.at for each in mine]) if mine else moments
            condition = draw_condition(data, moments | own, st.sampled_from(["2", "2024-01-31", "00", ""]))
            more = {} if condition is None else {"at": condition}
            found = table.visit.by_label(owner=owner, label=label, **more).all()
            assert _unordered(encode, found) == _unordered(encode, model.find("", condition, text, ""))
            assert found == sorted(found, key=lambda each: each.at)

    run(examples, test)


def _as_keys(encode: Callable[[Any], Any], found: list[Any], key: str) -> list[str]:
    """Items with one key of an index are in no order that is promised."""
    return [encode(each)[key]["S"] for each in found]


def _unordered(encode: Callable[[Any], Any], found: list[Any]) -> list[str]:
    return sorted(repr(encode(each)) for each in found)


@pytest.mark.parametrize("city", ["a#b", "#"])
def test_delimiters_are_refused_in_writes_and_in_look_ups(table: Any, ranges: Compiled, city: str) -> None:
    state = ranges.module.State("N")
    visit = ranges.module.Visit(owner="x", state=state, city=city, rank=1, note="", at=datetime.now(UTC))
    calls: list[Callable[[], object]] = [
        lambda: table.visit.put(visit),
        lambda: table.visit.get_one(owner="x", state=state, city=city, rank=1, note=""),
        lambda: table.visit.by_owner(owner="x", state=state, city=city),
        lambda: table.visit.by_owner(owner="x", state=state, city=entitystore.ge(city)),
    ]
    for call in calls:
        with pytest.raises(ValidationError, match=r"^city: may not contain '#'"):
            call()


def test_what_the_key_cannot_serve_is_refused(table: Any, ranges: Compiled) -> None:
    state = ranges.module.State("N")
    with pytest.raises(ValidationError, match="city: is needed where rank is given"):
        table.visit.by_owner(owner="x", state=state, rank=1)
    with pytest.raises(ValidationError, match="rank"):
        table.visit.by_owner(owner="x", state=state, city="a", rank=10_000)
    with pytest.raises(ValidationError, match="state"):
        table.visit.by_owner(owner="x", state="N")
