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

import msgspec
from msgspec import Raw, structs

from entitystore.batch import attribute_decoder
from entitystore.client import Flow
from entitystore.codec import EntityPage, QueryAnswer, Undecoded, last_key
from entitystore.plan import QueryPlan

__all__ = ["count_page", "read_sifted"]

E = TypeVar("E")

_page = msgspec.json.Decoder(QueryAnswer[Raw])


def read_sifted(plan: QueryPlan[E], body: bytes) -> EntityPage[E]:
    """The page of the entities of an answer that meet the plan's comparisons."""
    answer = _page.decode(body)
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
    answer = _page.decode((yield plan.request(start, limit, count=True, attributes=attributes)))
    return len(_places(plan, answer.Items)), last_key(answer.LastEvaluatedKey)


def _places(plan: QueryPlan[E], raws: Sequence[Raw]) -> list[int]:
    """Where the items are that meet the plan's comparisons."""
    if plan.exact is None:
        return [*range(len(raws))]
    names = tuple(plan.exact.attributes)
    decode, holds = attribute_decoder(names, may_lack=True).decode, plan.exact.holds
    return [
        place for place, raw in enumerate(raws) if holds(dict(zip(names, structs.astuple(decode(raw)), strict=True)))
    ]
