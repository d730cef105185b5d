"""Whatever stands in `pattern`: a package or a diagnostic, never an exception, and in bounded time."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.compiler import compile_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Severity
from entitystore_generator.patterns import fault_of, read_twice, texts_of, to_python, to_strict
from entitystore_generator.proofs.building import automaton
from tests.generator.patterns.making import random_loose_pattern, random_pattern


def look_at(pattern: str) -> bool:
    """Ask all there is to ask; gives whether the pattern is one."""
    fault = fault_of(pattern)
    answers = (to_python(pattern), to_strict(pattern), texts_of(pattern))
    if fault is None:
        assert None not in answers
        read_twice(pattern)
        return True
    assert answers == (None, None, None)
    assert 0 <= fault.start <= fault.start + fault.length <= len(pattern)
    assert fault.hint
    assert (fault.message + fault.hint).isprintable()
    return False


@given(st.text(max_size=30))
def test_any_text(pattern: str) -> None:
    look_at(pattern)


@given(st.text(alphabet="ab1-_()[]{}|*+?^$.,:=!<>\\dDwWsSbBkxup0P&é😀\ud83d", max_size=14))
def test_any_text_that_resembles_a_pattern(pattern: str) -> None:
    look_at(pattern)


@given(
    st.integers(), st.integers(0, 99), st.sampled_from(["", "(", ")", "[", "]", "{", "+", "\\", "?", "(?", "\n", "^"])
)
def test_any_pattern_that_was_changed(seed: int, place: int, piece: str) -> None:
    pattern = random_pattern(Random(seed))
    place %= len(pattern) + 1
    look_at(pattern[:place] + piece + pattern[place + (not piece) :])


LARGE = {
    "alternatives": "|".join(f"^w{number}$" for number in range(2000)),
    "alternatives with looks": "|".join(f"^(?=.)w{number}$" for number in range(300)),
    "looks": "^" + "(?=a)" * 1000 + "b$",
    "negated looks": "^" + "(?!a)" * 1000 + "b$",
    "choices with looks": "(?:(?=a)b|c)" * 200,
    "options with looks": "(?:(?=a)b)?" * 200,
    "choices with anchors": "(?:^|a|$)" * 300,
    "nested choices with anchors": "(?:" * 49 + "^|a" + ")*b" * 49,
    "nested looks": "(?!a" * 49 + ")" * 49,
    "counts": "^a{99999}$",
    "counts of counts": "(?:(?:(?:a{1000}){1000}){1000}){1000}",
    "references": "(a)" * 99 + "".join(f"\\{number}" for number in range(1, 100)),
    "boundaries": r"(?:\b|a)" * 300,
    "a large class": "[" + "".join(chr(0x4E00 + 2 * number) for number in range(3000)) + "]+",
    "nested repeats": "(?:" * 49 + "a" + "+)" * 49 + "$",
    "a long text": "a" * 10_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_patterns(name: str) -> None:
    assert look_at(LARGE[name])
    texts = texts_of(LARGE[name])
    assert texts is not None
    automaton(texts)


@pytest.mark.parametrize("pattern", ["(a)" * 100 + "".join(f"\\{number}" for number in range(1, 101)), "(" * 9999])
def test_too_large_patterns(pattern: str) -> None:
    assert not look_at(pattern)


def spec_with(patterns: list[str]) -> str:
    schemas = {}
    for number, pattern in enumerate(patterns):
        properties = {"id": {"type": "string", "pattern": pattern}, "n": {"type": "string", "pattern": pattern}}
        schemas[f"Thing{number}"] = {
            "type": "object",
            "required": ["id", "n"],
            "x-dynamodb-indexmap": {"PK": f"T{number}#{{id}}#{{n}}", "SK": "{n}"},
            "properties": properties,
        }
    info = {"title": "any", "version": "1"}
    return json.dumps({"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}})


@pytest.mark.parametrize("models", ["pydantic", "msgspec"])
def test_documents_compile_or_are_refused(tmp_path: Path, models: str) -> None:
    random = Random(5)
    patterns = [random_pattern(random) for _ in range(15)] + [random_loose_pattern(random) for _ in range(25)]
    options = Options("msgspec" if models == "msgspec" else "pydantic", "any_store")
    for number, group in enumerate(([each for each in patterns if fault_of(each) is None], patterns)):
        spec = tmp_path / f"spec{number}.json"
        spec.write_text(spec_with(group), encoding="utf-8")
        found = compile_package(spec, options, spec_name=spec.name)
        errors = {each.code for each in found.diagnostics if each.severity is Severity.ERROR}
        assert ("ES234" in errors) == any(fault_of(each) is not None for each in group)
