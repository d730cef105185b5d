"""Conditions name what an entity stores: other names, functions and types of values are refused, nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.client import Client
from entitystore.codec import Codec, MixedCodec
from entitystore.condition_text import read_condition
from entitystore.errors import ValidationError
from entitystore.expiry import ExpirySeconds
from entitystore.expressions import Expression, parse_condition
from entitystore.plan import QueryParameters, filtered, plan_of
from entitystore.store import Store
from entitystore.wire import (
    BOOL,
    SS,
    Aware,
    Document,
    L,
    M,
    N,
    OptionalL,
    OptionalM,
    OptionalN,
    OptionalS,
    S,
    Struct,
    field,
)
from tests.runtime.fakes import TABLE, order_plan


class StoredPlace(Struct):
    city: S[str]
    zip_code: OptionalS[str] = field(default=OptionalS(), name="zipCode")
    within: OptionalM[StoredPlace] = OptionalM()


class StoredAnswer(Struct, frozen=True):
    """A union: a text, a list of numbers or an object."""

    S: str | None = None
    L: list[N[str]] | None = None
    M: StoredPlace | None = None
    NULL: bool = False


class StoredChoice(Struct, frozen=True):
    """A union of objects, which tell apart what they are only once they are read."""

    M: dict[str, object] | None = None
    NULL: bool = False


class StoredParcel(Struct, kw_only=True):
    entity_type: S[Literal["Parcel"]] = field(name="EntityType")
    tracking_number: OptionalS[str] = field(default=OptionalS(), name="trackingNumber")
    deleted_at: OptionalS[Aware] = field(default=OptionalS(), name="deletedAt")
    total: OptionalN[Decimal] = OptionalN()
    gift: BOOL[bool]
    sender: OptionalM[StoredPlace] = OptionalM()
    stops: OptionalL[M[StoredPlace]] = OptionalL()
    weights: M[dict[str, N[str]]]
    tags: SS[str]
    matrix: L[L[N[str]]]
    anything: Document = field(default_factory=dict)
    answer: StoredAnswer = field(default=StoredAnswer(NULL=True))
    choice: StoredChoice = field(default=StoredChoice(NULL=True))
    expires: ExpirySeconds = ExpirySeconds()


class StoredNote(Struct):
    entity_type: S[Literal["Note"]] = field(name="EntityType")
    text: S[str]
    total: S[str]


def codec(name: str, item_type: type) -> Codec[Any]:
    return Codec(
        entity=name,
        type_name=name,
        type_attribute="EntityType",
        item_type=item_type,
        from_item=lambda item: item,
        encode=lambda entity: entity,
        key_attributes=("PK", "SK"),
    )


PARCEL = codec("Parcel", StoredParcel)
BOTH: MixedCodec[Any] = MixedCodec("EntityType", {"Parcel": PARCEL, "Note": codec("Note", StoredNote)})


def parsed(text: str, values: Any = None, names: Any = None, reader: Any = PARCEL) -> Expression:
    return parse_condition(text, values, names, reader, TABLE)


GOOD = [
    "PK = :s AND SK = :s AND PK1 = :s AND SK1 = :s",
    "EntityType = :s",
    "attribute_not_exists(trackingNumber)",
    "total > :n AND NOT gift = :b",
    "sender.zipCode = :s",
    "sender.within.within.city = :s",
    "stops[0].city IN (:s, :s)",
    "weights.left >= :n AND weights.any_name < :n",
    "matrix[0][1] BETWEEN :n AND :n",
    "contains(tags, :s) AND size(tags) > :n AND size(stops) > :n",
    "anything.what.ever[3] = :s AND anything = :n",
    "answer = :s AND answer[0] = :n AND answer.city = :s",
    "choice.what = :n",
    ":n < total",
    "total = :null AND trackingNumber <> :null",
    "begins_with(trackingNumber, :s) or not (gift = :b)",
    "attribute_type(total, :s)",
    "size (tags)=:n",
    "trackingNumber = sender.city",
]
VALUES = {"s": "x", "n": 1, "b": True, "null": None}


@pytest.mark.parametrize("text", GOOD)
def test_what_is_stored_may_be_named(text: str) -> None:
    used = read_condition(text).placeholders
    assert parsed(text, {name: value for name, value in VALUES.items() if f":{name}" in used}).names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("attribute_not_exists(deleted_at)", "names 'deleted_at', which Parcel lacks; did you mean 'deletedAt'?"),
        ("attribute_not_exists(DeletedAt)", "did you mean 'deletedAt'?"),
        ("attribute_exists(trackingnumber)", "did you mean 'trackingNumber'?"),
        ("attribute_exists(pk)", "did you mean 'PK'?"),
        ("attribute_exists(entity_type)", "did you mean 'EntityType'?"),
        ("attribute_exists(tagz)", "did you mean 'tags'?"),
        ("attribute_exists(xyz)", "names 'xyz', which Parcel lacks (what"),
        (
            "attribute_exists(sender.zip_code)",
            "names 'zip_code', which sender of Parcel lacks; did you mean 'zipCode'?",
        ),
        ("attribute_exists(sender.PK)", "names 'PK', which sender of Parcel lacks ("),
        ("attribute_exists(stops[2].town)", "which stops[2] of Parcel lacks"),
        ("attribute_exists(stops.city)", "which stops of Parcel lacks"),
        ("attribute_exists(total.value)", "which total of Parcel lacks"),
        ("attribute_exists(expires.N)", "which expires of Parcel lacks"),
        ("attribute_exists(answer.town)", "which answer of Parcel lacks"),
        ("attribute_exists(total[0])", "takes an element of total, which is no list"),
        ("attribute_exists(sender[0])", "takes an element of sender, which is no list"),
        ("size(tags) > tgas", "did you mean 'tags'?"),
        ("attribute_exist(total)", "has no function attribute_exist; did you mean attribute_exists?"),
        ("ATTRIBUTE_EXISTS(total)", "has no function ATTRIBUTE_EXISTS; did you mean attribute_exists?"),
        ("exists(total)", "has no function exists; "),
        ("lower(trackingNumber) = total", "has no function lower; there are attribute_exists, "),
    ],
)
def test_other_names_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parsed(text)
    assert words in str(refused.value)
    assert refused.value.field == "condition"


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("total = :v", "5", "compares total, which is stored as a number, with :v, which is text"),
        (":v <> trackingNumber", 5, "compares trackingNumber, which is stored as text, with :v, which is a number"),
        ("gift <> :v", 1, "stored as a boolean"),
        ("sender.city IN (sender.zipCode, :v)", b"x", "which is bytes"),
        ("total BETWEEN :v AND :v", datetime(2031, 1, 1, tzinfo=UTC), "stored as a number"),
        ("tags = :v", ["a"], "stored as a set, with :v, which is a list"),
        ("answer = :v", 5, "stored as text"),
        ("PK = :v", 5, "stored as text"),
        ("expires > :v", "2031-01-01T00:00:00Z", "stored as a number"),
    ],
)
def test_values_of_another_type_are_refused(text: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parsed(text, {"v": value})
    assert words in str(refused.value)


@pytest.mark.parametrize("value", ["x", UUID(int=5), datetime(2031, 1, 1, tzinfo=UTC), None])
def test_what_is_stored_as_text_is_compared_with_text(value: object) -> None:
    assert parsed("deletedAt = :v", {"v": value}).values.keys() == {":uv"}


def test_the_way_out() -> None:
    """What the schema does not know is named by a placeholder, at any place; what is inside is open then."""
    names = {"x": "not_there", "y": "left-over", "t": "total"}
    found = parsed("#x = :v AND #x.a[0].b = :v AND sender.#y = :v AND #t > :n", {"v": "1", "n": 1}, names)
    assert found.names["#ux"] == "not_there"
    assert parsed("#t = :v", {"v": "stored as text by others"}, {"t": "total"}).values
    with pytest.raises(ValidationError, match="'zip_code', which sender of Parcel"):
        parse_condition("attribute_exists(#s.zip_code)", None, {"s": "sender"}, PARCEL, TABLE)
    with pytest.raises(ValidationError, match="uses #s without"):
        parsed("attribute_exists(#s)")


def test_the_names_of_several_entities() -> None:
    assert parsed("text = :t OR trackingNumber = :t", {"t": "x"}, reader=BOTH).values
    assert parsed("total = :t OR total = :n", {"t": "x", "n": 1}, reader=BOTH).values
    assert parsed("sender.city = :t", {"t": "x"}, reader=BOTH).values
    with pytest.raises(ValidationError, match="which every entity of this table lacks; did you mean 'trackingNumber'"):
        parsed("attribute_exists(tracking_number)", reader=BOTH)
    with pytest.raises(ValidationError, match="stored as a number"):
        parsed("total = :b", {"b": True}, reader=BOTH)


NOON = datetime(2031, 5, 6, 12, 0, 0, 250000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("expires > :t", {":s0": {"N": "1935835200.25"}}),
        (":t >= expires", {":s0": {"N": "1935835200.25"}}),
        ("expires = :t", {":s0": {"N": "1935835201"}}),
        ("expires IN (:t)", {":s0": {"N": "1935835201"}}),
        ("expires BETWEEN :t AND :t", {":s0": {"N": "1935835200.25"}}),
        ("expires < :t OR expires = :t", {":s0": {"N": "1935835200.25"}, ":s1": {"N": "1935835201"}}),
        (
            "expires > :t AND deletedAt < :t",
            {":s0": {"N": "1935835200.25"}, ":ut": {"S": "2031-05-06T12:00:00.250000Z"}},
        ),
    ],
)
@pytest.mark.parametrize("reader", [PARCEL, BOTH], ids=["one", "several"])
def test_an_expiry_is_compared_as_it_is_stored(text: str, sent: dict[str, Any], reader: Any) -> None:
    found = parsed(text, {"t": NOON}, reader=reader)
    assert found.values == sent
    assert {each for each in sent if each in found.text} == {*sent}


def test_numbers_are_compared_with_an_expiry_as_they_are() -> None:
    assert parsed("expires > :t", {"t": 5}).values == {":ut": {"N": "5"}}


class _Silent:
    """A transport that nothing may reach."""

    def call(self, operation: str, body: bytes, context: object = None) -> bytes:
        raise AssertionError(operation)

    def close(self) -> None:
        """Nothing is open."""


def test_every_way_to_a_condition() -> None:
    store = Store(Client(_Silent(), "shop"), PARCEL, TABLE)
    ways: list[Callable[[], object]] = [
        lambda: store.update_with_condition({}, "attribute_not_exists(deleted_at)"),
        lambda: store._delete({}, "attribute_not_exists(deleted_at)"),
        lambda: store.query(QueryParameters("x", filter="attribute_not_exists(deleted_at)")),
        lambda: store.query(QueryParameters("x")).where("attribute_not_exists(deleted_at)"),
        lambda: filtered(order_plan(), "attribute_not_exists(deleted_at)", None),
        lambda: plan_of(TABLE, "shop", QueryParameters("x", filter="deleted_at = SK"), BOTH, only_types=False),
    ]
    for way in ways:
        with pytest.raises(ValidationError, match="deleted_at"):
            way()


@given(
    st.lists(
        st.sampled_from(["total", ".", "(", ")", "[0]", ":n", "=", "IN", "BETWEEN", "AND", ",", "size", "#a", " "])
    )
)
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    """What DynamoDB would refuse need not be refused here, but nothing else may happen."""
    text = " ".join(words)
    values = {"n": 1} if ":n" in words else {}
    try:
        found = parsed(text, values, {"a": "b"} if "#a" in words else {})
    except ValidationError:
        return
    assert all(alias in found.text for alias in (*found.names, *found.values))
