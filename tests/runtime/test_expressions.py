"""Conditions as text: every name aliased, every value bound, everything else left to the service."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore.errors import ValidationError
from entitystore.expressions import Expression, parse_condition


def test_names_become_aliases_and_values_are_bound() -> None:
    found = parse_condition("attribute_exists(PK) AND status = :open", {"open": "yes"})
    assert found == Expression(
        "attribute_exists(#c0) AND #c1 = :uopen", {"#c0": "PK", "#c1": "status"}, {":uopen": {"S": "yes"}}
    )


@pytest.mark.parametrize(
    ("text", "rewritten", "names"),
    [
        ("name = :v AND name <> :v", "#c0 = :uv AND #c0 <> :uv", ["name"]),
        ("address.street = :v", "#c0.#c1 = :uv", ["address", "street"]),
        ("tags[0].name = :v", "#c0[0].#c1 = :uv", ["tags", "name"]),
        ("size(items) > :v", "size(#c0) > :uv", ["items"]),
        ("size (items) > :v", "size (#c0) > :uv", ["items"]),
        ("size > :v", "#c0 > :uv", ["size"]),
        ("contains > :v and contains(contains, :v)", "#c0 > :uv and contains(#c0, :uv)", ["contains"]),
        ("not (a BETWEEN :v AND b)", "not (#c0 BETWEEN :uv AND #c1)", ["a", "b"]),
        ("a IN (:v,b)", "#c0 IN (:uv,#c1)", ["a", "b"]),
        ("a<=:v OR b>=:v", "#c0<=:uv OR #c1>=:uv", ["a", "b"]),
        ("attribute_type(NULL, :v)", "attribute_type(#c0, :uv)", ["NULL"]),
    ],
)
def test_reserved_words_functions_and_paths(text: str, rewritten: str, names: list[str]) -> None:
    found = parse_condition(text, {":v": 1})
    assert found.text == rewritten
    assert list(found.names.values()) == names


@pytest.mark.parametrize(
    "text",
    [
        "a = 'open'",
        'a = "open"',
        "a = 1",
        "a = -1",
        "a = 1.5",
        "a = :v; DROP",
        "a = {x}",
        "a + b = :v",
        "a = `b`",
        "ä = :v",
    ],
)
def test_literals_and_strange_signs_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="character"):
        parse_condition(text, {"v": 1})


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_no_condition(text: str) -> None:
    with pytest.raises(ValidationError, match="is empty"):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "values", "names", "message"),
    [
        ("a = :v", None, None, "uses :v without"),
        ("#n = :v", {"v": 1}, None, "uses #n without"),
        ("a = :v", {"v": 1, "w": 2}, None, "does not use :w"),
        ("a = :v", {"v": 1}, {"n": "x"}, "does not use #n"),
    ],
)
def test_placeholders_are_given_and_used(text: str, values: Any, names: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        parse_condition(text, values, names)


def test_marks_may_be_written_or_left_out() -> None:
    plain = parse_condition("#n = :v", {"v": 1}, {"n": "a-b.c"})
    assert plain == parse_condition("#n = :v", {":v": 1}, {"#n": "a-b.c"})
    assert plain.names == {"#un": "a-b.c"}


def test_own_aliases_do_not_collide_with_generated_ones() -> None:
    found = parse_condition("a = :v AND #c0 = :v", {"v": 1}, {"c0": "b"})
    first, second = re.findall(r"#\w+", found.text)
    assert (found.names[first], found.names[second]) == ("a", "b")


def test_a_value_that_cannot_be_stored_is_named_not_shown() -> None:
    with pytest.raises(ValidationError, match="condition value :v"):
        parse_condition("a = :v", {"v": object()})


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        found = parse_condition(text)
    except ValidationError:
        return
    assert {*found.attributes} <= {*found.names.values()}
    assert not re.search(r"['\"0-9](?![^#]*#)", re.sub(r"#c\d+|\[\d+\]", "", found.text))


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("a = :v", ["a"]),
        ("size(b) > :v AND begins_with(a, :v)", ["a", "b"]),
        ("a.b.c = :v OR b[0].c[1] = :v", ["a", "b"]),
        ("a . b = :v OR a. b = :v", ["a"]),
        ("#n.a = :v", ["dotted.name"]),
        ("attribute_exists(status) AND NOT a IN (:v)", ["a", "status"]),
    ],
)
def test_the_attributes_that_a_condition_looks_at(text: str, attributes: list[str]) -> None:
    values = {"v": 1} if ":v" in text else None
    assert parse_condition(text, values, {"n": "dotted.name"} if "#n" in text else None).attributes == attributes
