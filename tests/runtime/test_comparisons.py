"""Comparisons with stored properties: what they say of an item, and the filter that says it to the service."""

from __future__ import annotations

from typing import Any

import pytest

from entitystore.comparisons import Comparison, exact
from entitystore.conditions import KeySelection, begins_with, starting_with
from entitystore.exact_ranges import by_beginning, only, present

ITEM = {
    "a": {"S": "b"},
    "n": {"N": "5.0"},
    "m": {"M": {"x": {"M": {"y": {"S": "z"}}}}},
    "c": {"S": "Straße"},
    "none": {"NULL": True},
    "flag": {"BOOL": False},
}


@pytest.mark.parametrize(
    ("operator", "texts", "holds"),
    [
        ("=", ("b",), True),
        ("=", ("c",), False),
        ("<", ("c",), True),
        ("<", ("b",), False),
        ("<=", ("b",), True),
        ("<=", ("a",), False),
        (">", ("a",), True),
        (">", ("b",), False),
        (">=", ("b",), True),
        (">=", ("c",), False),
        ("BETWEEN", ("a", "b"), True),
        ("BETWEEN", ("b", "c"), True),
        ("BETWEEN", ("c", "d"), False),
        ("begins_with", ("",), True),
        ("begins_with", ("b",), True),
        ("begins_with", ("ba",), False),
        ("exists", (), True),
    ],
)
def test_comparisons_with_an_item(operator: Any, texts: tuple[str, ...], holds: bool) -> None:
    assert Comparison(("a",), operator, texts).holds(ITEM) is holds


@pytest.mark.parametrize(
    ("path", "holds"),
    [(("m", "x", "y"), True), (("m", "x"), False), (("m", "x", "y", "z"), False), (("n",), False), (("o", "x"), False)],
)
def test_paths_of_comparisons(path: tuple[str, ...], holds: bool) -> None:
    assert Comparison(path, ">=", ("",)).holds(ITEM) is holds


@pytest.mark.parametrize(("text", "holds"), [("5", True), ("5.00", True), ("50", False), ("4.9", False)])
def test_numbers_are_compared_as_numbers(text: str, holds: bool) -> None:
    assert Comparison(("n",), "=", (text,), "N").holds(ITEM) is holds
    assert Comparison(("n",), ">=", ("10",), "N").holds(ITEM) is False


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [
        (Comparison(("c",), "=", ("STRASSE",), via="upper"), True),
        (Comparison(("c",), "=", ("Straße",), via="upper"), False),
        (Comparison(("c",), "begins_with", ("straß",), via="lower"), True),
        (Comparison(("none",), "=", ("NONE",), default="NONE"), True),
        (Comparison(("absent",), ">", ("N",), default="NONE"), True),
        (Comparison(("a",), "=", ("NONE",), default="NONE"), False),
        (Comparison(("n",), "exists", (), "N"), True),
        (Comparison(("flag",), "exists", (), "BOOL"), True),
        (Comparison(("none",), "exists", (), "N"), False),
        (Comparison(("absent",), "exists", (), "N"), False),
    ],
)
def test_what_the_key_makes_of_a_property(comparison: Comparison, holds: bool) -> None:
    assert comparison.holds(ITEM) is holds


def test_all_comparisons_have_to_hold() -> None:
    both = (Comparison(("a",), "=", ("b",)), Comparison(("m", "x", "y"), "=", ("z",)))
    assert exact(*both).holds(ITEM)
    assert not exact(*both, Comparison(("a",), "=", ("z",))).holds(ITEM)


def test_the_filter_of_comparisons() -> None:
    found = exact(
        Comparison(("m", "x", "y"), "BETWEEN", ("a", "b")),
        Comparison(("n",), "=", ("5",), "N"),
        Comparison(("c",), "begins_with", ("s",)),
        Comparison(("n",), "exists", (), "N"),
        Comparison(("c",), "=", ("x",), via="lower"),
    )
    assert found.text == (
        "#o0.#o1.#o2 BETWEEN :o0 AND :o1 AND #o3 = :o2 AND begins_with(#o4, :o3) AND attribute_type(#o5, :o4)"
    )
    assert [*found.names.values()] == ["m", "x", "y", "n", "c", "n"]
    assert [*found.values.values()] == [{"S": "a"}, {"S": "b"}, {"N": "5"}, {"S": "s"}, {"S": "N"}]
    assert found.attributes == ["c", "m", "n"]
    assert found.is_local


def test_selections_collect_comparisons() -> None:
    selection = only(KeySelection("P", starting_with("1")), "1", "weight", kind="N")
    selection = present(only(selection, "kg", "unit", via="lower"), "rank", kind="N")
    assert selection.exact is not None
    assert selection.exact.text == "#o0 = :o0 AND attribute_type(#o1, :o1)"
    assert [each.path for each in selection.exact.comparisons] == [("weight",), ("unit",), ("rank",)]


def test_a_beginning_is_compared_in_the_case_of_the_key() -> None:
    found = by_beginning("P", begins_with("Ab"), "X#", "name", via="upper")
    assert found.range == starting_with("X#AB")
    assert found.exact == exact(Comparison(("name",), "begins_with", ("AB",), via="upper"))
    assert by_beginning("P", begins_with(""), "X#", "name").exact is None
