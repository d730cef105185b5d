"""Whatever stands in a manifest, a configuration or a diff: an answer, never an exception of the wrong kind."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entitystore_generator.config import ConfigError, Fault
from entitystore_generator.diagnostics import Diagnostic, Position, Severity
from entitystore_generator.emit import manifest
from entitystore_generator.emit.compare import Change, State
from entitystore_generator.emit.diffs import unified
from entitystore_generator.report import TextReport, as_annotation, visible
from entitystore_generator.settings import read_settings

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MAP = st.dictionaries(TEXT, TEXT, max_size=3)
KEYS = ("format", "generated-by", "inputs", "options", "outputs")


@given(st.binary(max_size=200))
def test_manifests_of_any_bytes(data: bytes) -> None:
    assert manifest.parse(data) is None


@given(st.fixed_dictionaries({}, optional={key: JSON | MAP | st.just(1) for key in KEYS}))
def test_manifests_of_any_shape(content: dict[str, object]) -> None:
    found = manifest.parse(json.dumps(content).encode())
    if found is not None:
        assert all(map(manifest.is_inside, found.outputs))
        assert manifest.parse(found.text().encode()) == found


@given(MAP, MAP, MAP, st.lists(st.from_regex(r"\A[a-z_]{1,8}(/[a-z_]{1,8}){0,2}\.py\Z"), max_size=4))
def test_a_manifest_is_read_as_it_was_written(
    tools: dict[str, str], inputs: dict[str, str], options: dict[str, str], outputs: list[str]
) -> None:
    written = manifest.Manifest(tools, inputs, options, dict.fromkeys(outputs, "0"))
    assert manifest.parse(written.text().encode()) == written


VALUE = st.sampled_from(['"a"', '"b/c_store"', '""', "1", "true", "[]", '["x.py"]', "[1]", "{}", "{a=1}", "[{}]"])
KEY = st.sampled_from(["spec", "output", "models", "keep", "packages", "lint", "modls", '"a b"'])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(KEY, VALUE), max_size=6),
    st.sampled_from(["[tool.entitystore]", "[[tool.entitystore.packages]]"]),
)
def test_configurations_of_any_shape(tmp_path: Path, rows: list[tuple[str, str]], header: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("\n".join([header, *(f"{key} = {value}" for key, value in rows)]))
    faults: tuple[Fault, ...] | None
    try:
        faults = () if read_settings(str(path)).packages else None
    except ConfigError as error:
        faults = error.faults
    assert faults is not None
    assert all(fault.code.startswith("ES50") and 0 <= fault.line <= len(rows) + 1 for fault in faults)


INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
LINES = st.lists(st.sampled_from(["a", "b", "", "\x0c", "\u2028x", "\\ No newline", "-- a", "++ b"]), max_size=6)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(LINES, LINES, st.booleans(), st.booleans())
def test_every_diff_applies(tmp_path: Path, old: list[str], new: list[str], old_end: bool, new_end: bool) -> None:
    before, after = ("\n".join(lines) + "\n" * end for lines, end in ((old, old_end), (new, new_end)))
    if before == after:
        return
    (tmp_path / "x.py").write_bytes(before.encode())
    diff = unified(Change("x.py", State.STALE, before, after), "x.py")
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "x.py").read_bytes().decode() == after


@pytest.mark.parametrize("colour", [False, True])
@given(st.text(), st.text(), st.integers(0, 9), st.integers(0, 300), st.integers(0, 300))
def test_reports_of_any_text(colour: bool, message: str, hint: str, line: int, column: int, length: int) -> None:
    place = Position(__file__, line, column, length)
    found = Diagnostic("ES203", Severity.ERROR, message, place, hint)
    text = TextReport(colour=colour).render([found])
    bare = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert not [each for each in bare if each not in "\n\t" and unicodedata.category(each) in INVISIBLE]
    annotation = as_annotation(found)
    assert annotation.count("\n") == 1
    assert annotation.startswith("::error file=")
    assert len(visible(message).splitlines()) <= 1
