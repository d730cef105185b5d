"""Each rule: what it reports and exactly where, and its near misses, of which nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitystore_generator.advice.rules import RULES
from entitystore_generator.diagnostics import Severity
from tests.generator.advice.examining import document, entity, examine

SK = 'PK: "USER#{id}"\nSK: '
ALL = "GSI1: {partition-key: GSI1PK, sort-key: GSI1SK}"
GSI1 = 'PK: "X#{id}"\nSK: "X"\nGSI1PK: '
WIDE = "id: {type: string, maxLength: 600}"


def sort_key(template: str, schema: str) -> str:
    return document(entity("Thing", SK + template, f"v: {{{schema}}}", "id, v"))


def partition(template: str, schema: str = "type: string", sort: str = '"{id}"') -> str:
    keys = f"{GSI1}{template}\nGSI1SK: {sort}"
    return document(entity("Thing", keys, f"v: {{{schema}}}", "id, v"), table=ALL)


def property_of(schema: str, name: str = "«v»") -> str:
    return document(entity("Thing", f'{SK}"X"', f"{name}: {{{schema}}}"))


HITS = {
    "ES310 integer": sort_key('"N#«{v}»"', "type: integer, minimum: 0"),
    "ES310 format that pads nothing": sort_key('"N#«{v:d}»"', "type: integer, minimum: 0"),
    "ES310 before others": sort_key('"N#«{v}»#{id}"', "type: integer"),
    "ES310 negatives": sort_key('"N#«{v}»"', "type: integer, minimum: -9, maximum: 9"),
    "ES310 added": sort_key('"N#«{v|add:5}»"', "type: integer, minimum: 0, maximum: 9"),
    "ES310 decimal": sort_key('"N#«{v}»"', "type: number, format: decimal"),
    "ES310 day first": sort_key('"N#«{v:%d-%m-%Y}»"', "type: string, format: date-time"),
    "ES310 no year": sort_key('"N#«{v:%m-%d}»"', "type: string, format: date"),
    "ES310 gap": sort_key('"N#«{v:%Y-%d}»"', "type: string, format: date"),
    "ES310 two digits of year": sort_key('"N#«{v:%y-%m-%d}»"', "type: string, format: date"),
    "ES311 index": partition('«"THINGS"»'),
    "ES311 const": partition('«"A#{v}"»', "const: only"),
    "ES311 table": document(entity("Thing", 'PK: «"THINGS"»\nSK: "{id}"')),
    "ES312 boolean": partition('"A#«{v}»"', "type: boolean"),
    "ES312 enum": partition('"A#«{v}»"', "type: string, enum: [x, y, z]"),
    "ES312 integer": partition('"A#«{v:02d}»"', "type: integer, minimum: 1, maximum: 12"),
    "ES312 pattern": partition('"A#«{v}»"', "type: string, pattern: '^(EU|US)-[12]$'"),
    "ES313": document(entity("Thing", SK + '"X"'), table="«GSI1»: {partition-key: GSI1PK, sort-key: GSI1SK}"),
    "ES314": document(
        entity("Thing", SK + '"X"', "«lines»: {type: array, maxItems: 1100, items: {type: string, maxLength: 100}}")
    ),
    "ES315 sort": document(entity("Thing", 'PK: "X"\nSK: «"N#{id}"»', "id: {type: string, maxLength: 256}")),
    "ES315 partition": document(entity("Thing", 'PK: «"N#{id}"»\nSK: "X"', WIDE)),
    "ES316 required": document(
        entity("Thing", f'{SK}"X"\n«GSI1PK»: "V#{{v}}"\nGSI1SK: "{{id}}"', "v: {type: string}", "id, v"),
        table="GSI1: {partition-key: GSI1PK, sort-key: GSI1SK, projection: KEYS_ONLY}",
    ),
    "ES316 optional": document(
        entity(
            "Thing", f'{SK}"X"\n«GSI1PK»: "V#{{v}}"\nGSI1SK: "{{id}}"', "v: {type: string}\nw: {type: string}", "id, v"
        ),
        table="GSI1: {partition-key: GSI1PK, sort-key: GSI1SK, projection: INCLUDE, include: [id, v, EntityType]}",
    ),
    "ES317": document(entity("User", SK + '"USER"'), entity("Thing", 'PK: «"User#{id}"»\nSK: "THING"')),
    "ES318 id": document(
        entity(
            "Thing",
            'PK: "U#{user}"\nSK: "T#{at}"',
            "«id»: {type: string}\nuser: {type: string}\nat: {type: string, format: date-time}",
            "id, user, at",
        )
    ),
    "ES318 named": document(
        entity("Thing", 'PK: "U#{user}"\nSK: "T"', "«thingId»: {type: string}\nuser: {type: string}", "thingId, user")
    ),
    "ES322 day": sort_key('"N#«{v:%Y-%m-%d}»"', "type: string, format: date-time"),
    "ES322 case": sort_key('"N#«{v|lower}»"', "type: string"),
    "ES323 nested": property_of("type: string, pattern: '^(a+)+$'"),
    "ES323 separator that may be missing": property_of("type: string, pattern: '^([a-z]+-?)+$', maxLength: 17"),
    "ES323 in a list": property_of("type: array, items: {type: string, pattern: '^(a|a)*$'}"),
    "ES319 same": document(entity("Thing", f'{SK}"X"\nGSI1PK: «"BY#{{id}}"»\nGSI1SK: "X"'), table=ALL),
    "ES320": document(
        entity("Thing", 'PK: "T#{id}"\nSK: "S#{v}"', "v: {type: string}", "id, v"),
        entity("Other", 'PK: "O#{id}"\nSK: "S|«{v}»"', "v: {type: string}", "id, v"),
    ),
}

MISSES = {
    "a separator between all": property_of("type: string, pattern: '^[a-z]+(-[a-z]+)*$'", "v"),
    "few characters": property_of("type: string, pattern: '^(a+)+$', maxLength: 16", "v"),
    "padded": sort_key('"N#{v:08d}"', "type: integer, minimum: 0"),
    "sortable": sort_key('"N#{v|sortable}"', "type: integer"),
    "descending": sort_key('"N#{v|desc:6}"', "type: integer, minimum: 0"),
    "one width": sort_key('"N#{v}"', "type: integer, minimum: 100, maximum: 999"),
    "one digit": sort_key('"N#{v}"', "type: integer, minimum: 0, maximum: 9"),
    "sortable decimal": sort_key('"N#{v|sortable}"', "type: number, format: decimal"),
    "time": sort_key('"N#{v}"', "type: string, format: date-time"),
    "milliseconds": sort_key('"N#{v|isoms}"', "type: string, format: date-time"),
    "year first": sort_key('"N#{v:%Y-%m-%dT%H}"', "type: string, format: date-time"),
    "ISO week": sort_key('"N#{v:%G-W%V}"', "type: string, format: date"),
    "in parts": sort_key('"N#{v:%Y}#{v:%m}#{v:%d}"', "type: string, format: date"),
    "month in the partition": document(
        entity("Thing", 'PK: "M#{v:%Y-%m}"\nSK: "{v:%d}#{id}"', "v: {type: string, format: date}", "id, v")
    ),
    "known from the partition": document(
        entity("Thing", 'PK: "N#{n}"\nSK: "N#{n}#{id}"', "n: {type: integer}", "id, n")
    ),
    "spread": partition('"A#{id|shard:8}"'),
    "many values": partition('"A#{v}"', "type: integer, minimum: 1, maximum: 33"),
    "beside another": partition('"A#{v}#{id}"', "type: boolean", '"X#{v}"'),
    "endless pattern": partition('"A#{v}"', "type: string, pattern: '^a+$'"),
    "filled index": partition('"A#{v}"'),
    "short lines": document(
        entity("Thing", SK + '"X"', "lines: {type: array, maxItems: 1000, items: {type: string, maxLength: 100}}")
    ),
    "unbounded lines": document(entity("Thing", SK + '"X"', "lines: {type: array, items: {type: string}}")),
    "ASCII": document(
        entity("Thing", 'PK: "N#{id}"\nSK: "X"', "id: {type: string, maxLength: 600, pattern: '^[a-z]+$'}")
    ),
    "short by pattern": document(
        entity("Thing", 'PK: "N#{id}"\nSK: "X"', "id: {type: string, maxLength: 600, pattern: '^.{3}$'}")
    ),
    "unbounded key": document(entity("Thing", 'PK: "N#{id}"\nSK: "X"', "id: {type: string}")),
    "all included": document(
        entity("Thing", f'{SK}"X"\nGSI1PK: "V#{{v}}"\nGSI1SK: "{{id}}"', "v: {type: string}", "id, v"),
        table="GSI1: {partition-key: GSI1PK, sort-key: GSI1SK, projection: INCLUDE, include: [id, v, EntityType]}",
    ),
    "other words": document(entity("User", SK + '"USER"'), entity("Thing", 'PK: "Users#{id}"\nSK: "THING"')),
    "optional id": document(
        entity("Thing", 'PK: "U#{user}"\nSK: "T"', "id: {type: string}\nuser: {type: string}", "user")
    ),
    "one id of two": document(
        entity("Thing", 'PK: "U#{thingId}"\nSK: "T"', "id: {type: string}\nthingId: {type: string}", "id, thingId")
    ),
    "another order": document(
        entity("Thing", f'{SK}"X"\nGSI1PK: "BY#{{id}}"\nGSI1SK: "{{v}}"', "v: {type: string}", "id, v"), table=ALL
    ),
    "read with its children": document(
        entity("Thing", f'{SK}"X"\nGSI1PK: "BY#{{id}}"\nGSI1SK: "A"'),
        entity("Part", 'PK: "P#{id}"\nSK: "P"\nGSI1PK: "BY#{v}"\nGSI1SK: "P#{id}"', "v: {type: string}", "id, v"),
        table=ALL,
    ),
    "date in numbers": document(
        entity(
            "Thing",
            'PK: "T#{id}"\nSK: "D#{y:04d}-{m:02d}"',
            "y: {type: integer, minimum: 0, maximum: 9999}\nm: {type: integer, minimum: 1, maximum: 12}",
            "id, y, m",
        )
    ),
}


@pytest.mark.parametrize("name", HITS)
def test_reported_at_its_place(tmp_path: Path, name: str) -> None:
    examined = examine(tmp_path, HITS[name])
    code = name.split()[0]
    found = [each for each in examined.found if each.code == code]
    assert [(each.position.line, each.position.column, each.position.length) for each in found] == examined.marked
    assert all(each.hint and not each.message.endswith(".") for each in found)
    assert {each.severity for each in found} == {Severity.WARNING}


@pytest.mark.parametrize("name", MISSES)
def test_near_misses(tmp_path: Path, name: str) -> None:
    # One item an hour, or a week, is what some of these mean; ES322 has near misses of its own.
    assert [code for code in examine(tmp_path, MISSES[name]).codes if code != "ES322"] == []


@pytest.mark.parametrize(
    "given",
    [
        sort_key('"N#{v:%Y}#{v:%m}#{v:%d}"', "type: string, format: date"),
        document(entity("Thing", 'PK: "M#{v:%Y-%m}"\nSK: "{v:%d}#{id}"', "v: {type: string, format: date}", "id, v")),
        document(entity("Thing", 'PK: "M#{v:%Y-%m}#{id}"\nSK: "{v}"', "v: {type: string, format: date-time}", "id, v")),
        sort_key('"N#{v|sortable}"', "type: integer"),
        sort_key('"N#{v|desc:6}"', "type: integer, minimum: 0"),
        document(entity("Thing", 'PK: "{v|shard:8}"\nSK: "{v}#{id}"', "v: {type: string, pattern: '^a+$'}", "id, v")),
    ],
)
def test_keys_that_lose_nothing(tmp_path: Path, given: str) -> None:
    assert "ES322" not in examine(tmp_path, given).codes


def test_every_rule_has_a_fixture() -> None:
    fixtures = {name.split()[0] for name in HITS}
    assert {rule.code for rule in RULES} == fixtures | {"ES321"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ES310 integer", "{v} in SK is not in order: 10 comes before 9 as text"),
        ("ES310 negatives", "-1 comes before -2 as text"),
        ("ES310 added", "5 comes before 4 as text"),
        ("ES310 no year", "%m does not begin with the year"),
        ("ES312 enum", "at most 3 partitions of the index GSI1"),
        ("ES312 pattern", "at most 4 partitions"),
        ("ES315 sort", "can take 1,026 bytes"),
        ("ES315 partition", "at most 2,048 for a partition key"),
        ("ES316 required", "does not hold EntityType, id, v"),
        ("ES316 optional", "does not hold w"),
        ("ES323 nested", "the pattern of v in Thing can take exponential time: a repeat in it reads 'a' in two ways"),
        ("ES320", "'|' stands beside {v}, where the table's keys mostly have '#'"),
    ],
)
def test_messages(tmp_path: Path, name: str, words: str) -> None:
    found = [each.message for each in examine(tmp_path, HITS[name]).found if each.code == name.split()[0]]
    assert any(words in message for message in found), found
