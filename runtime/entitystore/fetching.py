"""Queries on indexes that do not hold all of an entity: keys from the index, entities from the table.

    Query GSI1  ->  keys, in the index's order  ->  BatchGetItem, 100 a call  ->  entities, in that order

Rules of this file:
- Both reads are eventually consistent. What the table no longer has, or has elsewhere by now, is left out: an item that
  was deleted, is of another type, or whose own keys no longer meet the query. What comes back is as the table has it.
- The service filters where the index holds what the filter looks at; the type and the finder's own conditions (`exact`)
  are looked at again, or for the first time, in what the table gave.
- Positions and cursors are those of the index's items, so that nothing depends on what became of them.
- An index page is as small as one BatchGetItem (or ten, where the service filters), or it could stand for more entities
  than the memory holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from msgspec import Raw

from entitystore.answers import last_key, read_attributes, read_query
from entitystore.batch import read_many
from entitystore.client import Flow, Request
from entitystore.codec import EntityPage, Undecoded, type_of
from entitystore.conditions import KeyRange
from entitystore.definition import KeyAttribute
from entitystore.plan import QueryPlan
from entitystore.values import Item

__all__ = ["Fetching", "count_page", "counts_in_table", "fetch", "keys_a_page", "read_fetched"]

E = TypeVar("E")

_KEYS_A_PAGE = 100
_KEYS_A_FILTERED_PAGE = 1000


def keys_a_page(limit: int | None, *, is_filtered: bool) -> int:
    """How many of the index's items one page reads, where `limit` would be asked for."""
    most = _KEYS_A_FILTERED_PAGE if is_filtered else _KEYS_A_PAGE
    return most if limit is None else min(limit, most)


def fetch(plan: QueryPlan[E], body: bytes, *, whole: bool = True) -> Flow[list[Raw | None]]:
    """The items of the table that an answer of the index names, in its order; None for what is left out.

    Unless `whole`, of each item no more is read than it takes to tell. IncompleteBatchError.
    """
    key_attributes = tuple(key.name for key in plan.table.primary.key_attributes)
    looked_at = _looked_at(plan)

    def read(raw: Raw) -> Raw | None:
        return raw if _meets(plan, _attributes(raw, looked_at, plan.reader.title)) else None

    keys = [_attributes(raw, key_attributes, plan.reader.title) for raw in read_query(body).Items]
    wanted = () if whole else tuple(dict.fromkeys((*key_attributes, *looked_at)))
    what = f"keys that the index {plan.index.name} gave"
    return (
        yield from read_many(
            key_attributes,
            plan.table_name,
            keys,
            read,
            what,
            plan.reader.title,
            attributes=wanted,
            entity=plan.entity,
            method=plan.method,
        )
    )


class Fetching(Generic[E]):
    """`fetch` for whoever cannot drive a flow: a stream, which has retries of its own.

    `request` is what to ask for next, again after a failure; None once `items` are complete. `body` is the index's
    answer.
    """

    def __init__(self, plan: QueryPlan[E], body: bytes) -> None:
        self.body = body
        self.request: Request | None = None
        self.items: list[Raw | None] | None = None
        self._flow = fetch(plan, body)
        self._go_on(None)

    def arrived(self, answer: bytes) -> float | None:
        """The request was answered; the seconds to wait before the next one, None for none. IncompleteBatchError."""
        return self._go_on(answer)

    def _go_on(self, answer: bytes | None) -> float | None:
        pause = None
        self.request = None
        try:
            step = next(self._flow) if answer is None else self._flow.send(answer)
            while not isinstance(step, Request):
                pause = step.seconds
                step = self._flow.send(b"")
            self.request = step
        except StopIteration as end:
            self.items = end.value
        return pause


def read_fetched(plan: QueryPlan[E], body: bytes, raws: Sequence[Raw | None]) -> EntityPage[E]:
    """The page of the entities that `fetch` read for an answer of the index."""
    answer = read_query(body)
    items: list[E | Undecoded] = []
    positions: list[int] = []
    for place, raw in enumerate(raws):
        found = None if raw is None else plan.reader.read_found(raw, plan.index.name)
        if found is not None:
            items.append(found)
            positions.append(place)
    return EntityPage(items, last_key(answer.LastEvaluatedKey), answer.ScannedCount, body, positions)


def counts_in_table(plan: QueryPlan[E]) -> bool:
    """Whether the index alone cannot tell how many there are."""
    if plan.only_types and plan.lacking((plan.reader.type_attribute,)):
        return True
    return plan.exact is not None and (plan.exact.is_local or bool(plan.lacking(plan.exact.attributes)))


def count_page(plan: QueryPlan[E], start: bytes | None, limit: int | None) -> Flow[tuple[int, bytes | None]]:
    """How many there are on the page after the key `start`, by what the table says of each, and its last key."""
    body = yield plan.request(start, limit)
    raws = yield from fetch(plan, body, whole=False)
    return sum(raw is not None for raw in raws), last_key(read_query(body).LastEvaluatedKey)


def _looked_at(plan: QueryPlan[E]) -> tuple[str, ...]:
    """The attributes that tell whether an item meets the query, each once."""
    names = [key.name for key in plan.index.key_attributes]
    if plan.only_types or plan.reader.leaves_out_others:
        names.append(plan.reader.type_attribute)
    if plan.exact is not None:
        names += plan.exact.attributes
    return tuple(dict.fromkeys(names))


def _meets(plan: QueryPlan[E], item: Item) -> bool:
    """Whether an item of the table is still what the index said that it was, and meets what that could not tell."""
    index = plan.index
    if not _lies_in(item, index.partition, KeyRange("=", plan.partition)):
        return False
    if index.sort is not None and not _lies_in(item, index.sort, plan.range):
        return False
    return _is_of_type(plan, item) and (plan.exact is None or plan.exact.holds(item))


def _is_of_type(plan: QueryPlan[E], item: Item) -> bool:
    """Whether the reader makes something of the item; without a type it is an error, which is a result."""
    found = type_of(item, plan.reader.type_attribute)
    if plan.only_types:
        return found in plan.reader.type_names
    return found is None or not plan.reader.leaves_out_others or found in plan.reader.type_names


def _lies_in(item: Item, key: KeyAttribute, within: KeyRange) -> bool:
    text = item.get(key.name, {}).get(key.type)
    return isinstance(text, str) and within.holds(text, key.type)


def _attributes(raw: Raw, names: tuple[str, ...], title: str) -> Item:
    """These attributes of a stored item, an empty value for one that it lacks."""
    return dict(zip(names, read_attributes(raw, names, title, may_lack=True), strict=True))
