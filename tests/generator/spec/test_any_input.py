"""Whatever a file holds: no exception, and every fault at a place that exists."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.bundle import closure_text
from entitystore_generator.spec.load import LoadResult, load_spec

SHOP = Path(__file__).parents[3] / "examples" / "shop" / "openapi.yaml"
TEXT = SHOP.read_text(encoding="utf-8")
LINES = TEXT.splitlines()
WORDS = [
    *("$ref", "type", "enum", "allOf", "oneOf", "default", "discriminator", "items", "properties", "required"),
    *("x-dynamodb-indexmap", "x-dynamodb-table", "x-dynamodb-attribute", "x-dynamodb-entity", "x-dynamodb-lint"),
    *("#/components/schemas/User", "#/components/schemas/Order/properties/status"),
    *("#", "#/%7E1", "~2", "%zz", "a.yaml#/b"),
    *("no", "null", "~", "0123", "12:30:00", "1e99999", ".inf", "2024-01-01", "3.1.0", "2.0", "string", "object"),
    *("{id}", "{", "}}", "{a|desc:99}", "{status:08d}"),
]
MARKS = [
    "&a ",
    "*a",
    "<<: *a",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "!!str ",
    "!x ",
    "---",
    "...",
    "|",
    ">",
    "? ",
    "#",
    "\t",
]


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "spec.yaml"


def load(path: Path, data: bytes) -> LoadResult:
    """Read the bytes as a document, and check what is true of every answer."""
    path.write_bytes(data)
    diagnostics = Diagnostics()
    result = load_spec(path, "spec.yaml", diagnostics)
    assert (result.spec is None) == diagnostics.has_errors
    lines = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for found in diagnostics:
        place = found.position
        assert "\n" not in found.message + found.hint
        if (place.line, place.column) != (0, 0) and place.file == "spec.yaml":
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
            assert place.column + place.length <= len(lines[place.line - 1]) + 1
    if result.spec is not None:
        components = json.loads(closure_text(result.spec))["components"]["schemas"]
        assert set(result.spec.closure_names.values()) == set(components)
    return result


@given(st.binary(max_size=200))
def test_any_bytes(document: Path, data: bytes) -> None:
    load(document, data)


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%@#,? \n\t~0.é"), max_size=60))
def test_any_text_that_resembles_yaml(document: Path, text: str) -> None:
    load(document, text.encode())
    load(document, (TEXT + text).encode())


@st.composite
def edited_texts(draw: st.DrawFn) -> str:
    """The shop with some lines changed."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        match draw(st.sampled_from(("remove", "repeat", "insert", "value", "key", "indent"))):
            case "remove":
                del lines[place]
            case "repeat":
                lines.insert(place, lines[draw(st.integers(0, len(lines) - 1))])
            case "insert":
                column = draw(st.integers(0, len(line)))
                lines[place] = line[:column] + draw(st.sampled_from(MARKS + WORDS)) + line[column:]
            case "value":
                lines[place] = f"{line.partition(':')[0]}: {draw(st.sampled_from(WORDS))}"
            case "key":
                indent = line[: len(line) - len(line.lstrip())]
                lines[place] = f"{indent}{draw(st.sampled_from(WORDS))}:{line.partition(':')[2]}"
            case _:
                lines[place] = " " * draw(st.integers(0, 12)) + line.lstrip()
    return draw(st.sampled_from(("\n", "\r\n"))).join(lines)


@given(edited_texts())
def test_a_document_with_faults_in_its_text(document: Path, text: str) -> None:
    load(document, text.encode())


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def edited_values(draw: st.DrawFn) -> object:
    """The shop with some of its values replaced by others."""
    root: dict[str, Any] = copy.deepcopy(yaml.safe_load(TEXT))
    for _ in range(draw(st.integers(1, 3))):
        here: Any = root
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = here[key]
            if isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 4)):
                here = inner
                continue
            if isinstance(here, dict) and not draw(st.integers(0, 3)):
                here[draw(st.sampled_from(WORDS))] = draw(VALUES)
            else:
                here[key] = draw(VALUES)
            break
    return root


@given(edited_values(), st.booleans())
def test_a_document_with_faults_in_its_values(document: Path, value: object, as_json: bool) -> None:
    data = json.dumps(value) if as_json else yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    load(document, data.encode("utf-8", "surrogatepass"))


@given(st.text(max_size=30))
def test_any_text_stays_what_it_is(document: Path, text: str) -> None:
    """What Python's JSON writes comes back, as keys and as values, from JSON and from YAML's double quotes."""
    schema = {"type": "object", "properties": {text: {"description": text, "default": text}}}
    entity = {"x-dynamodb-indexmap": {"PK": "x"}, **schema}
    root = {"openapi": "3.1.0", "info": {"title": text, "version": "1"}, "components": {"schemas": {"User": entity}}}
    spec = load(document, json.dumps(root).encode()).spec
    assert spec is not None
    found = spec.schemas["spec.yaml#/components/schemas/User"].properties[text]
    assert (spec.title, found.description, found.default) == (text, text, text)
