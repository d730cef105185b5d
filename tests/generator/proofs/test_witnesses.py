"""Findings name entities that a person can store, and say so where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generator.advice.examining import document, entity, examine

TEXT = "b: {type: string}"


def messages(folder: Path, text: str, *codes: str) -> list[str]:
    return [each.message for each in examine(folder, text).found if each.code in codes]


def pair(macro: str, schema: str) -> str:
    required = "b" if "|default" in macro else "a, b"
    return document(entity("Thing", f'PK: "X"\nSK: "{macro}{{b}}"', f"a: {{{schema}}}\n{TEXT}", required))


SAFE = [
    ("{a:08d}", "type: integer"),
    ("{a|desc:8}", "type: integer"),
    ("{a|shard:8}", "type: integer"),
    ("{a|shard:10}", "type: string"),
    ("{a|mod:10}", "type: integer"),
    ("{a|mod:5|add:5}", "type: integer"),
    ("{a|sortable}", "type: integer"),
    ("{a|sortable}", "type: number, format: decimal"),
    ("{a}", "type: integer, minimum: 100, maximum: 999"),
    ("{a}", "type: integer, minimum: 5, maximum: 10"),
    ("{a}", "type: integer, minimum: -9, maximum: -1"),
    ("{a}", "type: boolean"),
    ("{a}", "type: string, format: uuid"),
    ("{a}", "type: string, format: date"),
    ("{a}", "type: string, format: date-time"),
    ("{a:%Y-%j}", "type: string, format: date-time"),
    ("{a|upper}", "type: string, enum: [ab, cd]"),
    ("{a|upper}", "type: string, pattern: '^[a-z]{3}$'"),
    ("{a|lower}", "type: string, pattern: '(^[A-Z]{3}$)'"),
    ("{a}", "type: string, pattern: '^(?:a|b(?:c|d))$'"),
    ("{a}", "type: string, pattern: '(?:^[a-z]{3})$'"),
    ("{a}", "type: string, minLength: 3, maxLength: 3"),
    ("{a}", "const: x"),
    ("{a|default:NO}", "type: string, enum: [ab, cd]"),
]


@pytest.mark.parametrize(("macro", "schema"), SAFE)
def test_what_has_one_end_needs_no_delimiter(tmp_path: Path, macro: str, schema: str) -> None:
    assert messages(tmp_path, pair(macro, schema), "ES301", "ES304") == []


UNSAFE = [
    ("{a}", "type: integer", "'11' is that of a=11, b='' and of a=1, b='1'"),
    ("{a}", "type: integer, minimum: 5, maximum: 50", "'50' is that of a=50, b='' and of a=5, b='0'"),
    ("{a|shard:80}", "type: integer", "'11' is that of a="),
    ("{a|mod:10|add:1}", "type: integer", "'10' is that of a=9, b='' and of a=0, b='0'"),
    ("{a|mod:10|add:1}", "type: integer, minimum: 50", "'10' is that of a=59, b='' and of a=50, b='0'"),
    ("{a}", "type: string, format: email", "'x@xx' is that of a='x@xx', b='' and of a='x@x', b='x'"),
    ("{a|upper}", "type: string, enum: [ab, abc]", "'ABC' is that of a='abc', b='' and of a='ab', b='C'"),
    ("{a|default:abc}", "type: string, enum: [ab, cd]", "'abc' is that of a=null, b='' and of a='ab', b='c'"),
    ("{a}", "type: number, format: decimal, minimum: 2.5", "'91' is that of a=91, b='' and of a=9, b='1'"),
    (
        "{a}",
        "type: string, pattern: '^[a-z]{1,3}$', minLength: 2",
        "'xxx' is that of a='xxx', b='' and of a='xx', b='x'",
    ),
]


@pytest.mark.parametrize(("macro", "schema", "words"), UNSAFE)
def test_two_readings(tmp_path: Path, macro: str, schema: str, words: str) -> None:
    (message,) = messages(tmp_path, pair(macro, schema), "ES301", "ES304")
    assert "can be read in two ways" in message
    assert words in message


@pytest.mark.parametrize("schema", ["type: string, pattern: '(?<=a)b'", "type: string, pattern: '^(a|b)*a(a|b){40}$'"])
def test_two_readings_that_were_not_found(tmp_path: Path, schema: str) -> None:
    (message,) = messages(tmp_path, pair("{a}", schema), "ES301", "ES304")
    assert message == (
        "it was not decided whether the key {a}{b} can be read in two ways: nothing tells where {a} ends"
    )


def test_a_component_that_is_guarded_is_decided_whatever_it_is(tmp_path: Path) -> None:
    text = document(
        entity("Thing", 'PK: "X"\nSK: "{a}#{b}"', "a: {type: string, pattern: '^(a|b)*a(a|b){40}$'}\n" + TEXT, "a, b")
    )
    assert messages(tmp_path, text, "ES301", "ES304") == []


@pytest.mark.parametrize(
    "keys",
    [
        'PK: "{a}"\nSK: "{a}{b}"',  # the partition key tells a
        'PK: "{a|sortable}"\nSK: "{a}{b}"',
        'PK: "X"\nSK: "{a}#{a}{b}"',  # and so does what stands before
    ],
)
def test_what_is_known_is_not_ambiguous(tmp_path: Path, keys: str) -> None:
    assert messages(tmp_path, document(entity("Thing", keys, f"a: {{type: integer}}\n{TEXT}", "a, b")), "ES301") == []


def two(first: str, its: str, second: str, others: str) -> str:
    names = [[line.split(":")[0] for line in each.split("\n")] for each in (its, others)]
    return document(entity("One", first, its, ", ".join(names[0])), entity("Two", second, others, ", ".join(names[1])))


DAY = "day: {type: string, format: date}"
MEETINGS = [
    (
        two(
            'PK: "{n:03d}"\nSK: X',
            "n: {type: integer, minimum: 5}",
            'PK: "{t}"\nSK: X',
            "t: {type: string, pattern: '^00'}",
        ),
        "One(n=5) and Two(t='005') would have one key: '005', 'X'",
    ),
    (
        two('PK: "{n|desc:3}"\nSK: X', "n: {type: integer, maximum: 7}", 'PK: "{t}"\nSK: X', "t: {type: string}"),
        "One(n=7) and Two(t='992') would have one key: '992', 'X'",
    ),
    (
        two('PK: "{day:%Y}"\nSK: "{day:%m-%d}"', DAY, 'PK: "2024"\nSK: "02-{d}"', "d: {const: '29'}"),
        "One(day='2024-02-29') and Two(d='29') would have one key: '2024', '02-29'",
    ),
    (
        two(
            'PK: "{name|upper}"\nSK: X',
            "name: {type: string, pattern: '^[a-z]+$'}",
            'PK: "ADA"\nSK: "{x}"',
            "x: {const: X}",
        ),
        "One(name='ada') and Two(x='X') would have one key: 'ADA', 'X'",
    ),
    (
        two('PK: "{n|mod:10}"\nSK: X', "n: {type: integer, minimum: 100}", 'PK: "3"\nSK: "{x}"', "x: {const: X}"),
        "One(n=103) and Two(x='X') would have one key: '3', 'X'",
    ),
]


@pytest.mark.parametrize(("text", "message"), MEETINGS)
def test_meetings(tmp_path: Path, text: str, message: str) -> None:
    assert messages(tmp_path, text, "ES302", "ES303") == [message]


NO_MEETINGS = [
    # There is no 30 February, and no month 13.
    two('PK: "{day}"\nSK: X', DAY, 'PK: "2026-02-30"\nSK: "{x}"', "x: {const: X}"),
    two('PK: "{day:%Y-%m}"\nSK: X', DAY, 'PK: "2026-13"\nSK: "{x}"', "x: {const: X}"),
    two('PK: "{n:03d}"\nSK: X', "n: {type: integer, minimum: 5}", 'PK: "004"\nSK: "{x}"', "x: {const: X}"),
    two('PK: "{n|desc:3}"\nSK: X', "n: {type: integer}", 'PK: "{t}"\nSK: X', "t: {type: string, maxLength: 2}"),
    two('PK: "{n|shard:8}"\nSK: X', "n: {type: integer}", 'PK: "8"\nSK: "{x}"', "x: {const: X}"),
]


@pytest.mark.parametrize("text", NO_MEETINGS)
def test_no_meetings(tmp_path: Path, text: str) -> None:
    assert messages(tmp_path, text, "ES302", "ES303") == []


def test_a_meeting_that_was_not_found_is_said(tmp_path: Path) -> None:
    text = two(
        'PK: "{day:%Y}"\nSK: "{day:%m-%d}"', DAY, 'PK: "2023"\nSK: "02-{d}"', "d: {type: string, pattern: '^29$'}"
    )
    (message,) = messages(tmp_path, text, "ES302", "ES303")
    assert message == "it was not decided whether the keys of One and Two can meet"
