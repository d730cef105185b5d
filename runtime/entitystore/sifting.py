"""Queries of which the service cannot make every comparison: its items are looked at again here.

    PK: "TEAM#{team}", SK: "{name|lower}{id}"    by_team(team=…, name="Ann")    also reads what begins with "anna"

Rules of this file:
- The service gives the range of keys and makes what comparisons it can; the rest are made in its answer's items, before
  these are decoded.
- Positions and cursors are those of the service's items, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Raw

from entitystore.answers import last_key, read_attributes, read_query
from entitystore.client import Flow
from entitystore.codec import EntityPage, Undecoded
from entitystore.plan import QueryPlan

__all__ = ["count_page", "read_sifted"]

E = TypeVar("E")


def read_sifted(plan: QueryPlan[E], body: bytes) -> EntityPage[E]:
    """The page of the entities of an answer that meet the plan's comparisons."""
    answer = read_query(body)
    items: list[E | Undecoded] = []
    positions: list[int] = []
    for place in _places(plan, answer.Items):
        found = plan.reader.read_found(answer.Items[place], plan.index.name)
        if found is not None:
            items.append(found)
            positions.append(place)
    return EntityPage(items, last_key(answer.LastEvaluatedKey), answer.ScannedCount, body, positions)


def count_page(plan: QueryPlan[E], start: bytes | None, limit: int | None) -> Flow[tuple[int, bytes | None]]:
    """How many entities are on the page after the key `start`, and the key that it ends at; None for the last page.

    Of each item no more is sent than it takes to tell.
    """
    attributes = () if plan.exact is None else plan.exact.attributes
    answer = read_query((yield plan.request(start, limit, count=True, attributes=attributes)))
    return len(_places(plan, answer.Items)), last_key(answer.LastEvaluatedKey)


def _places(plan: QueryPlan[E], raws: Sequence[Raw]) -> list[int]:
    """Where the items are that meet the plan's comparisons."""
    if plan.exact is None:
        return [*range(len(raws))]
    names = tuple(plan.exact.attributes)
    title, holds = plan.reader.title, plan.exact.holds
    found = (read_attributes(raw, names, title, may_lack=True) for raw in raws)
    return [place for place, values in enumerate(found) if holds(dict(zip(names, values, strict=True)))]
