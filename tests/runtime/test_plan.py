"""Query plans: the requests that they make, and how pages, counts and limits come out of the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec import structs

from entitystore.client import Client
from entitystore.conditions import KeyRange, begins_with, between, ge, starting_with
from entitystore.definition import IndexDefinition, KeyAttribute
from entitystore.errors import DecodeError, ThrottledError, ValidationError
from entitystore.plan import QueryParameters, QueryPlan, consistent, filtered, plan_of
from entitystore.query import Query
from tests.runtime.fakes import (
    GSI1,
    TABLE,
    Order,
    QueryTransport,
    Script,
    order_codec,
    order_plan,
    orders,
    stored,
    throttled,
)


def body_of(plan: QueryPlan[Order], **settings: Any) -> dict[str, Any]:
    request = plan.request(settings.pop("start", None), settings.pop("limit", None), **settings)
    assert request.operation == "Query"
    body: dict[str, Any] = msgspec.json.decode(request.body)
    return body


def query(transport: QueryTransport, plan: QueryPlan[Order] | None = None) -> Query[Order]:
    return Query(Client(transport, "shop"), plan or order_plan())


def shop(count: int, **settings: Any) -> QueryTransport:
    return QueryTransport([stored(order) for order in orders(count)], **settings)


def test_the_least_request() -> None:
    assert body_of(order_plan()) == {
        "TableName": "shop",
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": {"#p": "PK"},
        "ExpressionAttributeValues": {":p": {"S": "U#1"}},
    }


def test_everything_that_a_request_can_say() -> None:
    plan = structs.replace(order_plan(GSI1, "ALL"), range=starting_with("T#"), forward=False, only_types=True)
    plan = filtered(plan, "total > :n", {"n": 3})
    start = b'{"PK": {"S": "a"}}'
    assert body_of(plan, start=start, limit=5, count=True) == {
        "TableName": "shop",
        "IndexName": "GSI1",
        "KeyConditionExpression": "#p = :p AND begins_with(#s, :a)",
        "FilterExpression": "#ty = :ty0 AND (#c0 > :un)",
        "ExpressionAttributeNames": {"#p": "PK1", "#s": "SK1", "#ty": "EntityType", "#c0": "total"},
        "ExpressionAttributeValues": {
            ":p": {"S": "ALL"},
            ":a": {"S": "T#"},
            ":ty0": {"S": "Order"},
            ":un": {"N": "3"},
        },
        "ScanIndexForward": False,
        "Select": "COUNT",
        "Limit": 5,
        "ExclusiveStartKey": {"PK": {"S": "a"}},
    }


@pytest.mark.parametrize(
    ("found", "expression", "values"),
    [
        (KeyRange("=", "x"), "#s = :a", {":a": "x"}),
        (KeyRange("BETWEEN", "x", "y"), "#s BETWEEN :a AND :b", {":a": "x", ":b": "y"}),
        (KeyRange("<=", high="y"), "#s <= :b", {":b": "y"}),
        (KeyRange("<", high="y"), "#s < :b", {":b": "y"}),
        (KeyRange(">=", "x"), "#s >= :a", {":a": "x"}),
        (KeyRange(">", "x"), "#s > :a", {":a": "x"}),
        (KeyRange("begins_with", "x"), "begins_with(#s, :a)", {":a": "x"}),
    ],
)
def test_each_range_is_one_condition(found: KeyRange, expression: str, values: dict[str, str]) -> None:
    body = body_of(structs.replace(order_plan(), range=found))
    assert body["KeyConditionExpression"] == f"#p = :p AND {expression}"
    expected = {":p": {"S": "U#1"}} | {name: {"S": value} for name, value in values.items()}
    assert body["ExpressionAttributeValues"] == expected


def test_a_callers_placeholders_do_not_replace_those_of_the_key() -> None:
    plan = structs.replace(order_plan(), range=KeyRange("BETWEEN", "x", "y"), only_types=True)
    plan = filtered(
        plan, "total > :a AND total < :b AND total <> :p AND total <> :ty0", {"a": 1, "b": 2, "p": 3, "ty0": 4}
    )
    values = body_of(plan)["ExpressionAttributeValues"]
    assert [values[name] for name in (":a", ":b", ":p", ":ty0")] == [{"S": each} for each in ("x", "y", "U#1", "Order")]
    assert len(values) == 8


def test_an_index_without_a_sort_key_has_no_ranges() -> None:
    plan = order_plan(IndexDefinition("GSI2", KeyAttribute("GSI2PK")))
    assert body_of(plan)["KeyConditionExpression"] == "#p = :p"
    with pytest.raises(ValidationError, match="GSI2 has no sort key"):
        body_of(structs.replace(plan, range=starting_with("x")))


@pytest.mark.parametrize(
    ("plan", "condition", "names"),
    [
        (order_plan(), "SK = :v", "SK, by which the table"),
        (order_plan(), "SK1 > :v OR NOT attribute_exists(PK)", "PK, by which the table"),
        (order_plan(GSI1), "begins_with(SK1, :v) AND PK1 <> :v", "PK1 and SK1, by which the index GSI1"),
    ],
)
def test_a_filter_names_no_key_of_what_is_queried(plan: QueryPlan[Order], condition: str, names: str) -> None:
    with pytest.raises(ValidationError, match=f"where: names {names} is queried"):
        filtered(plan, condition, {"v": "x"} if ":v" in condition else None)
    parameters = QueryParameters(
        "p", index=plan.index.name, filter=condition, values={"v": "x"} if ":v" in condition else None
    )
    with pytest.raises(ValidationError, match="DynamoDB filters by other attributes alone"):
        plan_of(TABLE, "shop", parameters, order_codec(), only_types=True)
    assert filtered(order_plan(GSI1), "PK = :v", {"v": "x"}).filter is not None


def test_consistent_reads_are_the_tables_alone() -> None:
    assert body_of(consistent(order_plan()))["ConsistentRead"] is True
    with pytest.raises(ValidationError, match="GSI1"):
        consistent(order_plan(GSI1))


def test_a_second_filter_is_refused() -> None:
    with pytest.raises(ValidationError, match="twice"):
        filtered(filtered(order_plan(), "PK1 = SK1", None), "PK1 = SK1", None)


@pytest.mark.parametrize(
    ("sort_key", "found"),
    [
        (None, KeyRange("all")),
        ("O#1", KeyRange("=", "O#1")),
        (begins_with("O#"), KeyRange("begins_with", "O#")),
        (ge("O#1"), KeyRange(">=", "O#1")),
        (between("O#1", "O#2"), KeyRange("BETWEEN", "O#1", "O#2")),
    ],
)
def test_literal_parameters(sort_key: Any, found: KeyRange) -> None:
    parameters = QueryParameters("P", "GSI1", sort_key, descending=True, limit=3)
    plan = plan_of(TABLE, "shop", parameters, order_codec(), only_types=True)
    assert (plan.partition, plan.index, plan.range) == ("P", GSI1, found)
    assert (plan.forward, plan.limit, plan.only_types, plan.consistent) == (False, 3, True, False)


def test_an_unknown_index_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="'GSI9' is not one of the table's: GSI1"):
        plan_of(TABLE, "shop", QueryParameters("P", "GSI9"), order_codec(), only_types=True)


@pytest.mark.parametrize("read", [list, Query.all], ids=["iterated", "all"])
def test_reading_goes_over_pages(read: Callable[[Query[Order]], list[Order]]) -> None:
    transport = shop(25, page=10)
    assert read(query(transport)) == orders(25)
    assert len(transport.bodies) == 3


@pytest.mark.parametrize("read", [list, Query.all], ids=["iterated", "all"])
@pytest.mark.parametrize("limit", [1, 9, 10, 11, 25, 99])
def test_a_limit_holds_over_pages(limit: int, read: Callable[[Query[Order]], list[Order]]) -> None:
    transport = shop(25, page=10)
    assert read(query(transport).limit(limit)) == orders(25)[:limit]
    assert len(transport.bodies) == min(3, -(-limit // 10))


@pytest.mark.parametrize("read", [list, Query.all, Query.count, Query.page, Query.first])
def test_throttling_has_one_name_however_a_query_is_read(read: Callable[[Query[Order]], object]) -> None:
    with pytest.raises(ThrottledError):
        read(Query(Client(Script([throttled()]), "shop"), order_plan()))


def test_a_filtered_query_reads_more_with_each_page_that_came_short() -> None:
    """Not one item a call, although one is all that is wanted."""
    transport = FilteringTransport([stored(order) for order in orders(100)])
    assert query(transport, filtered(order_plan(), "total >= :n", {"n": 60})).first() == orders(61)[60]
    assert [body["Limit"] for body in transport.bodies] == [1, 2, 4, 8, 16, 32]


class FilteringTransport(QueryTransport):
    """Leaves out totals under 60, as the service does after it counted to the Limit."""

    def _answer(self, request: dict[str, Any]) -> bytes:
        answer = msgspec.json.decode(super()._answer(request))
        answer["Items"] = [item for item in answer["Items"] if int(item["total"]["N"]) >= 60]
        answer["Count"] = len(answer["Items"])
        return msgspec.json.encode(answer)


def test_first_and_count() -> None:
    assert query(shop(3)).first() == orders(1)[0]
    assert query(shop(0)).first() is None
    assert query(shop(25, page=10)).count() == 25
    assert query(shop(25, page=10)).limit(7).count() == 7
    nothing = structs.replace(order_plan(), range=KeyRange("none"))
    transport = shop(3)
    assert (query(transport, nothing).all(), query(transport, nothing).count(), transport.bodies) == ([], 0, [])
    assert len(query(transport, nothing).page()) == 0


@pytest.mark.parametrize("size", [1, 3, 10, 24, 25, 26])
def test_pages_by_cursor_give_everything_once(size: int) -> None:
    transport = shop(25, page=7)
    found: list[Order] = []
    cursor: str | None = None
    while True:
        page = query(transport).page(limit=size, cursor=cursor)
        assert len(page) <= size
        found.extend(page)
        cursor = page.cursor
        if cursor is None:
            break
    assert found == orders(25)


def test_a_broken_item_is_raised_where_results_are_entities() -> None:
    items = [stored(order) for order in orders(3)]
    items[1]["total"] = {"S": "x"}
    with pytest.raises(DecodeError):
        query(QueryTransport(items)).all()
    found = iter(query(QueryTransport(items)))
    assert next(found) == orders(1)[0]
    with pytest.raises(DecodeError):
        next(found)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_at_least_one(limit: int) -> None:
    with pytest.raises(ValidationError, match="limit"):
        query(shop(1)).limit(limit)
    with pytest.raises(ValidationError, match="limit"):
        query(shop(1)).page(limit)
