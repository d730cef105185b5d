"""ES322: two values that give one key are shown, and what another part of the key tells apart is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitystore_generator.compiler import compile_package
from entitystore_generator.config import Options
from tests.generator.advice.examining import document, entity, examine

TIME = "type: string, format: date-time"
DAY = "type: string, format: date"


def of(sort: str, schema: str, required: str = "id, v", partition: str = "USER#{id}") -> str:
    return document(entity("Thing", f'PK: "{partition}"\nSK: "{sort}"', f"v: {{{schema}}}", required))


LOSSES = [
    (of("N#{v|default:NONE}", "type: string", "id"), "v=null and v='NONE'"),
    (of("N#{v|default:7}", "type: integer", "id"), "v=null and v=7"),
    (of("N#{v|default:x}", "type: string, pattern: '^[xy]$'", "id"), "v=null and v='x'"),
    (of("N#{v|upper|default:ADA}", "type: string, pattern: '^[a-z]+$'", "id"), "v=null and v='ada'"),
    (of("N#{v|lower}", "type: string"), "v='x' and v='X'"),
    (of("N#{v|upper}", "type: string, pattern: '^(Ada|ADA)$'"), "v='ADA' and v='Ada'"),
    (of("N#{v|upper}", "type: string, enum: [ada, Ada]"), "v='ada' and v='Ada'"),
    (of("N#{v|mod:10}", "type: integer"), "v=0 and v=10"),
    (of("N#{v|mod:10}", "type: integer, minimum: 5, multipleOf: 4"), "v=8 and v=28"),
    (of("N#{v|mod:10|add:1}", "type: integer, maximum: -5"), "v=-5 and v=-15"),
    (of("N#{v|shard:4}", "type: integer"), "v="),
    (of("N#{v|shard:1000}", "type: string"), "v="),
    (of("N#{v|shard:2}", "type: string, format: uuid"), "v='7d3f0c1a"),
    (of("N#{v|isoms}", TIME), "v='2026-01-02T03:04:05.000006Z' and v='2026-01-02T03:04:05.000007Z'"),
    (of("N#{v:%Y-%m}", TIME), "v='2026-01-02T03:04:05.000006Z' and v='2026-01-09T03:04:05.000006Z'"),
    (of("N#{v:%Y-%m-%d}", TIME), "v='2026-01-02T03:04:05.000006Z' and v='2026-01-02T15:04:05.000006Z'"),
    (of("N#{v:%y-%m-%d}", DAY), "v='2026-01-02' and v='1926-01-02'"),
    (of("N#{v:%G-W%V}", DAY), "v='2026-01-02' and v='2026-01-03'"),
    (of("N#{v:%Y}#{v:%m}", DAY), "v='2026-01-02' and v='2026-01-09'"),
    (of("N#{v:%d}", DAY, partition="USER#{id}#{v:%m}"), "v='2026-01-02' and v='1926-01-02'"),
]


@pytest.mark.parametrize(("text", "words"), LOSSES)
def test_two_values_of_one_key(tmp_path: Path, text: str, words: str) -> None:
    (message,) = [each.message for each in examine(tmp_path, text).found if each.code == "ES322"]
    assert message.startswith("two Thing that differ in v alone can have one key: ")
    assert words in message


NO_LOSSES = [
    of("N#{v|default:NONE}", "type: string, pattern: '^[a-z]+$'", "id"),
    of("N#{v|default:NONE}", "type: string, maxLength: 3", "id"),
    of("N#{v|default:NONE}", "type: integer", "id"),
    of("N#{v|default:NONE}", "type: string, enum: [A, B]", "id"),
    of("N#{v|default:X}#{v|default:Y}", "type: string", "id"),
    of("N#{v|lower}", "type: string, pattern: '^[A-Z]+$'"),
    of("N#{v|lower}", "type: string, enum: [A, b]"),
    of("N#{v|mod:10}", "type: integer, minimum: 10, maximum: 19"),
    of("N#{v|shard:8}", "const: only"),
    of("N#{v:%Y%j}", DAY),
    of("N#{v:%G-W%V-%u}", DAY),
    of("N#{v:%Y-%m-%dT%H:%M:%S.%f}", TIME),
    of("N#{v:%d}", DAY, partition="USER#{id}#{v:%Y-%m}"),
    of("N#{v|lower}#{v}", "type: string"),
    of("N#{v}", "type: string", partition="USER#{id}#{v|shard:8}"),
]


@pytest.mark.parametrize("text", NO_LOSSES)
def test_keys_that_lose_nothing(tmp_path: Path, text: str) -> None:
    assert [each.message for each in examine(tmp_path, text).found if each.code == "ES322"] == []


def generated(folder: Path, text: str) -> list[str]:
    spec = folder / "openapi.yaml"
    spec.write_text(text, encoding="utf-8")
    compilation = compile_package(spec, Options("dataclass", "x_store"), spec_name=spec.name)
    assert compilation.files
    return [each.code for each in compilation.diagnostics]


def test_generate_warns(tmp_path: Path) -> None:
    assert generated(tmp_path, LOSSES[0][0]) == ["ES322"]
    assert generated(tmp_path, NO_LOSSES[0]) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("      properties:", "      x-dynamodb-lint: {ignore: {ES322: NONE is nobody}}\n      properties:"),
        ("v: {type: string}", "v: {type: string, x-dynamodb-lint: {ignore: {ES322: NONE is nobody}}}"),
    ],
)
def test_what_is_meant_is_silenced(tmp_path: Path, before: str, after: str) -> None:
    text = LOSSES[0][0].replace(before, after)
    assert text != LOSSES[0][0]
    assert generated(tmp_path, text) == []
    assert [code for code in examine(tmp_path, text).codes if code in ("ES321", "ES322")] == []
