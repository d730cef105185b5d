"""Query plans: one query as a value, which makes request bodies and says how to read the answers.

Rules of this file:
- No IO. `Query` and `AsyncQuery` (query.py) and the streams (streaming.py) drive a plan.
- DynamoDB's Limit counts before its filter, so a page that came back short or empty is not the end; only an
  absent LastEvaluatedKey is.
- Names are aliased and values bound, those that the compiler wrote as well.
- Cursors are imported when the first is asked for, which many programs never do; so is what reads entities from the
  table where the index does not hold them (`fetching`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, structs

from entitystore.client import Request
from entitystore.codec import PageReader, json_bytes
from entitystore.comparisons import Exact
from entitystore.conditions import KeyRange, Prefix, SortCondition, everything, exactly
from entitystore.definition import IndexDefinition, KeyAttribute, TableDefinition
from entitystore.errors import ValidationError
from entitystore.expressions import Expression, parse_condition
from entitystore.values import wrong_type

if TYPE_CHECKING:
    from entitystore.cursor import Start
    from entitystore.cursor_seal import CursorSeal

__all__ = [
    "QueryParameters",
    "QueryPlan",
    "checked_limit",
    "consistent",
    "filtered",
    "plan_of",
]

E = TypeVar("E")

_MOST = 2**31 - 1
"""The greatest Limit that DynamoDB takes."""


class QueryParameters(Struct, frozen=True):
    """A query in literal keys, for whoever has no finder for it.

    `index` is "" for the table's own key. `sort_key` is a whole key or a condition on it. `filter` is a condition on
    other attributes, with its `values`; it costs the reads of what it leaves out. `limit` bounds the items that come
    back in all.
    """

    partition_key: str
    index: str = ""
    sort_key: str | SortCondition[str] | None = None
    descending: bool = False
    consistent: bool = False
    limit: int | None = None
    filter: str | None = None
    values: Mapping[str, object] | None = None
    names: Mapping[str, str] | None = None

    def key_range(self) -> KeyRange:
        """The range of sort keys that `sort_key` stands for."""
        if self.sort_key is None:
            return everything()
        if isinstance(self.sort_key, str):
            return exactly(self.sort_key)
        if isinstance(self.sort_key, Prefix):
            return self.sort_key.over("")
        return self.sort_key.over("", str)


class QueryPlan(Struct, Generic[E], frozen=True):
    """One query as a value. `only_types`: items of other entity types than the reader's are left out.

    The service does that, unless the index lacks the type (see `fetching`); likewise `exact`. `fetches`: the index does
    not hold all of the entities, which are read from the table. `seal`: cursors are sealed with it. `entity` and
    `method` say to who observes what was called.
    """

    table: TableDefinition
    table_name: str
    index: IndexDefinition
    partition: str
    range: KeyRange
    reader: PageReader[E]
    only_types: bool
    fetches: bool = False
    forward: bool = True
    consistent: bool = False
    limit: int | None = None
    filter: Expression | None = None
    exact: Exact | None = None
    seal: CursorSeal | None = None
    entity: str | None = None
    method: str = ""

    def lacking(self, attributes: Iterable[str]) -> list[str]:
        """Those of the attributes that the index does not hold."""
        held = self.cursor_attributes.union(self.index.included)
        return [] if self.index.projection == "ALL" else [name for name in attributes if name not in held]

    @property
    def sifts(self) -> bool:
        """Whether some of what the service gives is left out here (see `sifting`)."""
        return self.exact is not None and self.exact.is_local and not self.fetches

    def request(
        self,
        start: Mapping[str, object] | bytes | None,
        limit: int | None,
        *,
        count: bool = False,
        attributes: Sequence[str] = (),
    ) -> Request:
        """The request for the page after the key `start`; `limit` items are read at most.

        `count`: items are to be counted alone, of which no more than `attributes` are sent.
        """
        names = {"#p": self.index.partition.name}
        values: dict[str, object] = {":p": {self.index.partition.type: self.partition}}
        body: dict[str, object] = {
            "TableName": self.table_name,
            "KeyConditionExpression": self._key_condition(names, values),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        if self.index.name:
            body["IndexName"] = self.index.name
        if not self.forward:
            body["ScanIndexForward"] = False
        if self.consistent:
            body["ConsistentRead"] = True
        conditions = self._filter(names, values, count=count)
        if attributes:
            sent = {f"#r{place}": name for place, name in enumerate(attributes)}
            names |= sent
            body["ProjectionExpression"] = ", ".join(sent)
        elif count:
            body["Select"] = "COUNT"
        elif self.fetches:
            from entitystore.fetching import keys_a_page

            limit = keys_a_page(limit, is_filtered=bool(conditions))
        if limit is not None:
            body["Limit"] = min(limit, _MOST)
        if start is not None:
            body["ExclusiveStartKey"] = Raw(start) if isinstance(start, bytes) else start
        if conditions:
            body["FilterExpression"] = conditions
        return Request("Query", json_bytes(body), None, self.entity, self.method)

    def _key_condition(self, names: dict[str, str], values: dict[str, object]) -> str:
        operator = self.range.operator
        if operator == "all":
            return "#p = :p"
        sort = self._sort_attribute()
        names["#s"] = sort.name
        if self.range.low:
            values[":a"] = {sort.type: self.range.low}
        if self.range.high:
            values[":b"] = {sort.type: self.range.high}
        if operator == "BETWEEN":
            return "#p = :p AND #s BETWEEN :a AND :b"
        if operator == "begins_with":
            return "#p = :p AND begins_with(#s, :a)"
        return f"#p = :p AND #s {operator} {':a' if self.range.low else ':b'}"

    def _sort_attribute(self) -> KeyAttribute:
        if self.index.sort is None:
            raise ValidationError("sort_key", f"the index {self.index.name or 'of the table'} has no sort key")
        return self.index.sort

    def _filter(self, names: dict[str, str], values: dict[str, object], *, count: bool) -> str:
        conditions = []
        if (self.only_types or (count and self.reader.leaves_out_others)) and not (
            self.fetches and self.lacking((self.reader.type_attribute,))
        ):
            names["#ty"] = self.reader.type_attribute
            types = {f":ty{place}": {"S": name} for place, name in enumerate(self.reader.type_names)}
            values |= types
            is_one = "#ty = :ty0" if len(types) == 1 else f"#ty IN ({', '.join(types)})"
            # Reading pages leaves out other types in any case; an item without a type is a result that is an error.
            conditions.append(is_one if self.only_types else f"({is_one} OR attribute_not_exists(#ty))")
        # The first needs no parentheses: it is a comparison of ours, unless it stands alone.
        for expression in (self.exact, self.filter):
            if (
                expression is not None
                and expression.text
                and not (self.fetches and self.lacking(expression.attributes))
            ):
                names |= expression.names
                values |= expression.values
                conditions.append(f"({expression.text})" if conditions else expression.text)
        return " AND ".join(conditions)

    def read_limit(self, wanted: int, pages: int) -> int:
        """How many items the service should read so that it gives `wanted`, after so many `pages`.

        Where it filters, that is a guess, which doubles with each page that came short: a call for each item would
        take for ever, and all of the partition at once would cost more than was asked for.
        """
        filters = self.only_types or self.filter is not None or self.exact is not None
        return wanted << min(pages, 10) if filters else wanted

    def next_limit(self, seen: int, pages: int) -> int | None:
        """The Limit of the next request, after `seen` entities on so many `pages`; None where the query has none."""
        return None if self.limit is None else self.read_limit(self.limit - seen, pages)

    @property
    def cursor_attributes(self) -> frozenset[str]:
        """The attributes of a key to start after: the index's and the table's."""
        return frozenset(key.name for key in (*self.index.key_attributes, *self.table.primary.key_attributes))

    def digest(self) -> str:
        """What a cursor of this query is bound to."""
        where = (self.table_name, self.index.name, self.partition)
        how = (self.range.operator, self.range.low, self.range.high, str(self.forward), *self.reader.type_names)
        from entitystore.cursor import query_digest

        return query_digest(*where, *how, self._filter_text())

    def _filter_text(self) -> str:
        """The filter with what its placeholders stand for."""
        parts: list[object] = [] if self.exact is None else [self.exact.comparisons]
        if self.filter is not None:
            parts.append([self.filter.text, self.filter.names, self.filter.values])
        return msgspec.json.encode(parts, order="sorted").decode() if parts else ""

    def start_of(self, cursor: str | None) -> Start | None:
        """Where a cursor goes on, None for the beginning; ValidationError for one that is not of this query."""
        if cursor is None:
            return None
        from entitystore.cursor import opened

        return self.start_of_opened(opened(cursor, self.seal))

    def start_of_opened(self, cursor: str) -> Start:
        """The same for a cursor without its seal."""
        types = {key.name: key.type for key in (*self.index.key_attributes, *self.table.primary.key_attributes)}
        from entitystore.cursor import Start, check_inside, decode_cursor

        key, given = decode_cursor(cursor, self.digest(), types)
        if key[self.index.partition.name].get(self.index.partition.type) != self.partition:
            raise ValidationError("cursor", "lies outside of the query's partition")
        if self.index.sort is not None and self.index.sort.type == "S":
            check_inside(key, self.index.sort.name, self.range)
        return Start(key, given)

    def cursor_after(self, key: Mapping[str, object] | bytes, given: int = 0) -> str:
        """The cursor that goes on after the item of this key (or of an item that has these attributes).

        `given` is how many entities there have been, which counts where the query has a limit.
        """
        cursor = self.unsealed_after(key, given)
        return cursor if self.seal is None else self.seal.close(cursor)

    def unsealed_after(self, key: Mapping[str, object] | bytes, given: int = 0) -> str:
        """The same without a seal."""
        from entitystore.cursor import encode_cursor

        return encode_cursor(self.digest(), key, 0 if self.limit is None else given)

    @property
    def is_empty(self) -> bool:
        """True where no key can match, so that nothing needs to be sent."""
        return self.range.operator == "none"


def checked_limit(limit: int) -> int:
    """A limit as it is given; ValidationError for what cannot be one."""
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise wrong_type("limit", limit, "an int")
    if limit < 1:
        raise ValidationError("limit", "is at least 1")
    return limit


def consistent(plan: QueryPlan[E]) -> QueryPlan[E]:
    if plan.index.name:
        raise ValidationError("consistent", f"the index {plan.index.name} has no consistent reads")
    return structs.replace(plan, consistent=True)


def filtered(
    plan: QueryPlan[E], text: str, values: Mapping[str, object] | None, names: Mapping[str, str] | None = None
) -> QueryPlan[E]:
    """The plan with a condition; ValidationError for one on what the index does not hold, if it reads from the table.

    ValidationError, too, for what `parse_condition` refuses, for the keys that are queried, and for a second condition.
    """
    if plan.filter is not None:
        raise ValidationError("where", "is given twice; join the conditions with AND")
    condition = parse_condition(text, values, names, plan.reader, plan.table)
    _refuse_keys(plan, condition)
    if plan.fetches and (lacking := plan.lacking(condition.attributes)):
        reason = f"the index {plan.index.name} does not hold {', '.join(lacking)}, and the table is read by key alone"
        raise ValidationError("where", f"{reason}: project what is needed, or filter what comes back")
    return structs.replace(plan, filter=condition)


def _refuse_keys(plan: QueryPlan[E], condition: Expression) -> None:
    """ValidationError for a condition on a key attribute of what is queried, which DynamoDB takes in no filter."""
    keys = [key.name for key in plan.index.key_attributes if key.name in condition.attributes]
    if keys:
        what = f"the index {plan.index.name}" if plan.index.name else "the table"
        reason = f"names {' and '.join(keys)}, by which {what} is queried: DynamoDB filters by other attributes alone"
        raise ValidationError("where", f"{reason}; give it to the query itself")


def plan_of(
    table: TableDefinition,
    table_name: str,
    parameters: QueryParameters,
    reader: PageReader[E],
    *,
    only_types: bool,
    seal: CursorSeal | None = None,
    entity: str | None = None,
    method: str = "query",
) -> QueryPlan[E]:
    """The plan of a query in literal keys; ValidationError for an index that the table does not have."""
    try:
        index = table.index(parameters.index)
    except KeyError:
        known = ", ".join(index.name for index in table.indexes) or "none"
        raise ValidationError("index", f"{parameters.index!r} is not one of the table's: {known}") from None
    if not parameters.partition_key:
        raise ValidationError("partition_key", "may not be empty")
    plan = QueryPlan(
        table=table,
        table_name=table_name,
        index=index,
        partition=parameters.partition_key,
        range=parameters.key_range(),
        reader=reader,
        only_types=only_types,
        fetches=index.name in reader.fetched,
        forward=not parameters.descending,
        limit=None if parameters.limit is None else checked_limit(parameters.limit),
        seal=seal,
        entity=entity,
        method=method,
    )
    if parameters.filter is not None:
        plan = filtered(plan, parameters.filter, parameters.values, parameters.names)
    return consistent(plan) if parameters.consistent else plan
