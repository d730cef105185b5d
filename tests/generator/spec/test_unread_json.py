"""JSON that is read where someone looks, against the same read token by token: nobody may notice the difference."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entitystore_generator.diagnostics import Diagnostic, Diagnostics, Position
from entitystore_generator.spec import documents, json_text
from entitystore_generator.spec.json_check import checked_end
from entitystore_generator.spec.json_text import compose_json, compose_json_at_once
from entitystore_generator.spec.load import load_spec
from entitystore_generator.spec.nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence, position_of
from entitystore_generator.spec.source import DocumentError, Source

Fault: TypeAlias = tuple[str, str, Position, str]


def everything(node: Node) -> Iterator[tuple[object, ...]]:
    """All that a tree says, every node looked into, in the order of the text."""
    yield type(node), node.start, node.end, position_of(node)
    if isinstance(node, Scalar):
        yield node.text, node.plain
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from everything(item)
    else:
        for name, pair in node.pairs.items():
            yield name, *everything(pair.key)
            yield from everything(pair.value)


def read(text: str, *, at_once: bool) -> tuple[list[tuple[object, ...]] | Fault, list[Fault]]:
    """The tree or the fault that ends it, and the reports. Looking into the tree finds no more faults."""
    source, reports = Source("spec.json", text), list[Fault]()
    compose = compose_json_at_once if at_once else compose_json
    try:
        root = compose(source, lambda error: reports.append(fault(error)))
    except DocumentError as error:
        return fault(error), reports
    return list(everything(root)), reports


def fault(error: DocumentError) -> Fault:
    return error.code, error.message, error.position, error.hint


def value_of(node: Node) -> object:
    """What a tree means, for comparison with what Python makes of the text."""
    if isinstance(node, Mapping):
        return {name: value_of(pair.value) for name, pair in node.pairs.items()}
    if isinstance(node, Sequence):
        return [value_of(item) for item in node.items]
    return python_value(node.text) if node.plain else node.text


def python_value(text: str) -> object:
    """What Python makes of a text; whole numbers stay digits, since it does not convert more than 4300 of them."""
    return json.loads(text, parse_int=lambda digits: ("integer", digits))


# ---------------------------------------------------------------------------------------------------- texts

KEYS = st.sampled_from(["a", "b", "", "x", "x-dynamodb-table", 'q"', "\\", "é", "😀", "{", "]"]) | st.text(max_size=3)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["}", "[", '"', "\\u", 'x": ', "\n", "NaN", "😀"])
    | st.text(max_size=6)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)
MARKS = [
    *("{", "}", "[", "]", ",", ":", '"', "\\", " ", "\n", "\r", "\t", "\0", "\x85", "\u2028", "\ufeff"),
    *("NaN", "Infinity", "-Infinity", "-", "0", "01", "1.", "1e", "1e5", "9" * 5000, "nul", "null", "trueé", "/**/"),
    *('"a": 1, "a": 2', '{"a": 1, "\\u0061": 2}', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\ud83d\\ude00"', '"\\\\ud83d"'),
    *('"\\\\\\ud83d\\ude00"', '"\\u12"', '"\\x"', "'a'", "[" * 5, '{"a":' * 5, "x-dynamodb-"),
]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """JSON as it is written by many hands."""
    tree: Any = draw(TREES)
    for _ in range(draw(st.sampled_from((0, 0, 1, 3, 6)))):  # below the levels that are read in any case
        tree = {draw(KEYS): tree} if draw(st.booleans()) else [tree, draw(LEAVES)]
    separators = draw(st.sampled_from(((",", ":"), (" , ", " : "), (",\r\n", ":\t"))))
    return json.dumps(
        tree, indent=draw(st.none() | st.integers(0, 3)), separators=separators, ensure_ascii=draw(st.booleans())
    )


@st.composite
def broken_texts(draw: st.DrawFn) -> str:
    """The same after an accident or three; some of them do no harm."""
    text = draw(texts())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 0, 0, 1, 1, 5))))
        text = text[:start] + draw(st.sampled_from(["", *MARKS])) + text[end:]
    return text


@st.composite
def deep_texts(draw: st.DrawFn) -> str:
    """Collections in each other, about as many as there may be, perhaps beside some that close again."""
    openings = draw(st.lists(st.sampled_from(("[", '{"a":', '[{}, "}}]]", ', '{"b": [[]], "a":')), min_size=1))
    depth = MAX_DEPTH + draw(st.integers(-3, 3))
    text, closing, levels = "", "", 0
    while levels < depth:
        opening = openings[len(closing) % len(openings)]
        text, closing, levels = text + opening, ("]" if opening[0] == "[" else "}") + closing, levels + 1
    return f"{text}{draw(st.sampled_from(('0', '[]', '{}', '01')))}{closing}"


def agree(text: str) -> None:
    """Both ways of reading give the same tree, or the same fault, and the same reports."""
    assert read(text, at_once=False) == read(text, at_once=True)


@given(texts())
def test_good_texts(text: str) -> None:
    tree, reports = read(text, at_once=False)
    assert reports == []
    assert (tree, reports) == read(text, at_once=True)
    root = compose_json(Source("spec.json", text), lambda error: pytest.fail(error.message))
    assert value_of(root) == python_value(text)


@given(broken_texts())
@example('{"a": {"a": {"a": [NaN]}}}')
@example('{"a": {"a": {"a": {"b": 1, "b": 2}}}}')
@example('{"a": {"a": {"a": {"b": 1, "\\u0062": 2}}}, "a": 0}')
@example('{"a": {"a": {"a": ["\\ud83d"]}}}')
@example('{"a": {"a": {"a": ["\\\\ud83d\\ude00"]}}}')
@example('{"a": {"a": {"a": {"b": 1}')
@example('{"a": {"a": {"a": [01]}}}')
@example('{"a": {"a": {"a": ["\t"]}}}')
@example('{"a": {"a": {"a": [' + "9" * 5000 + "]}}}")
@example('{"a": {"a": {"a": []}}} x')
@example("[" * 100_000)
@example('{"a":' * 100_000)
def test_broken_texts(text: str) -> None:
    agree(text)


@given(deep_texts())
def test_deep_texts(text: str) -> None:
    agree(text)


def is_json(text: str) -> bool:
    """What the standard library says, strictly."""
    try:
        json.loads(text, parse_constant=int, parse_int=str)
    except ValueError:
        return False
    return True


@given(broken_texts())
def test_what_is_accepted_is_what_python_reads(text: str) -> None:
    """The standard library as an oracle, apart from what it takes and RFC 8259 does not."""
    tree, reports = read(text, at_once=False)
    if isinstance(tree, list) and not reports:
        root = compose_json(Source("spec.json", text), lambda error: None)
        assert value_of(root) == python_value(text)
    elif isinstance(tree, tuple) and "deeper" not in tree[1] and "half of a character" not in tree[1]:
        assert not is_json(text)


# ------------------------------------------------------------------------------------------ whole documents

WORDS = [
    *("$ref", "type", "allOf", "properties", "example", "schemas", "x-dynamodb-indexmap", "x-dynamodb-table"),
    *("x-dynamodb-indexmaps", "X-DynamoDB-Lint", "x_dynamodb_entity", "x-dynamo-table", "x-dynamodb-attribute"),
    *("x-dynamodb\\-entity", "x-éntity", 'x-"', "x-github", "xml"),
    *("#/components/schemas/Plain", "#/components/schemas/User/properties/id", "#/paths/~1a/get", "other.json#/a/b"),
]
ENTITY = {
    "type": "object",
    "x-dynamodb-indexmap": {"PK": "{id}"},
    "properties": {"id": {"type": "string"}, "p": {"$ref": "#/components/schemas/Plain"}},
}
PLAIN = {
    "type": "object",
    "properties": {"q": {"type": "array", "items": {"type": "string", "description": "x"}}},
    "example": {"x-dynamodb-nothing": 1},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": PLAIN}}}}}}},
    "components": {"schemas": {"User": ENTITY, "Plain": PLAIN, "Unused": copy.deepcopy(PLAIN)}},
}
OTHER = json.dumps({"a": {"b": {"type": "object", "properties": {"r": {"type": "strng"}}}}})


@st.composite
def edited_documents(draw: st.DrawFn) -> str:
    """The document with keys and values put in, anywhere."""
    root = copy.deepcopy(DOCUMENT)
    places = [*mappings(root)]
    for _ in range(draw(st.integers(1, 4))):
        value = draw(st.sampled_from([1, "x", {}, [], *WORDS, {"$ref": WORDS[-4]}, {"x-dynamodb-foo": 1}, ENTITY]))
        draw(st.sampled_from(places))[draw(st.sampled_from(WORDS) | KEYS)] = copy.deepcopy(value)
    return json.dumps(root, indent=draw(st.sampled_from((None, 2))), ensure_ascii=draw(st.booleans()))


def mappings(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from mappings(each)


def loaded(path: Path) -> tuple[object, tuple[str, ...], list[Diagnostic]]:
    diagnostics = Diagnostics()
    result = load_spec(path, "spec.json", diagnostics)
    return result.spec, result.inputs, list(diagnostics)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unread")
    (folder / "other.json").write_text(OTHER, encoding="utf-8")
    return folder


@given(edited_documents(), st.sampled_from(("\\u0078", "\\u0058", "x")), st.sampled_from(("\\u002d", "-")))
def test_documents_with_faults(folder: Path, text: str, letter: str, dash: str) -> None:
    """The same values, files and diagnostics, also where keys are written with escapes."""
    path = folder / "spec.json"
    path.write_text(text.replace("x-dynamodb-", f"{letter}{dash}dynamodb-"), encoding="utf-8")
    lazily = loaded(path)
    with patch.object(documents, "compose_json", compose_json_at_once):
        assert lazily == loaded(path)


@pytest.mark.parametrize(
    "key",
    [
        *("x-dynamodb-foo", "x_DynamoDB_foo", "\\u0078-dynamodb-foo", "\\u0058-dynamodb-foo", "x\\u002ddynamodb-foo"),
        *("x-dynamodb-\\u0066oo", "x-dynamodb-foo\\n"),
    ],
)
@pytest.mark.parametrize("space", ["", " ", "\r\n\t"])
def test_a_misspelt_extension_where_nobody_looks(folder: Path, key: str, space: str) -> None:
    path = folder / "spec.json"
    before = f'{{"x": "x \\"x", "x\\"x": 0, "q": "\\\\", "": ["x"], "{key}"{space}: 1}}'
    path.write_text(json.dumps(DOCUMENT).replace('"responses"', f'"o": [[[{before}]]], "responses"'), encoding="utf-8")
    spec, _, found = loaded(path)
    assert spec is None
    assert [each.code for each in found] == ["ES113"]
    assert path.read_text(encoding="utf-8").splitlines()[0][found[0].position.column - 1 :].startswith(f'"{key}"')


# ---------------------------------------------------------------------------------------------- what it saves


def read_nodes(node: Node) -> int:
    """How many nodes there are, without looking into what is unread."""
    if isinstance(node, Scalar) or node.is_unread:
        return 1
    if isinstance(node, Sequence):
        return 1 + sum(map(read_nodes, node.items))
    return 1 + sum(1 + read_nodes(pair.value) for pair in node.pairs.values())


def large_document(schemas: int) -> str:
    """One entity, and many schemas and paths that nobody needs, with what looks suspicious and is not."""
    root = copy.deepcopy(DOCUMENT)
    many = {str(number): ENTITY["properties"] for number in range(50)}
    unused = {"x-github": {"NaN": "😀 \\ud83d"}, "allOf": [{"properties": many, "default": "x".join("{" * 150)}]}
    root["components"]["schemas"] |= {f"Unused{number}": unused for number in range(schemas)}
    root["paths"] |= {f"/{number}": {"get": {"x-github": 1, "parameters": [many]}} for number in range(schemas)}
    return json.dumps(root)


def test_what_no_entity_reaches_is_not_composed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roots: list[Node] = []

    def composing(source: Source, report: Any) -> Node:
        roots.append(compose_json(source, report))
        return roots[-1]

    monkeypatch.setattr(documents, "compose_json", composing)
    counts: list[int] = []
    for schemas in (10, 20):
        (tmp_path / "spec.json").write_text(large_document(schemas), encoding="utf-8")
        spec, _, found = loaded(tmp_path / "spec.json")
        assert spec is not None
        assert found == []
        counts.append(read_nodes(roots[-1]))
    each = (counts[1] - counts[0]) / 10
    assert each < 30  # name, path and the upper keys of both; all of it would be more than a thousand
    whole = read_nodes(compose_json_at_once(Source("spec.json", large_document(20)), lambda error: None))
    assert whole > 20 * 1000


def test_a_deep_text_is_not_checked_at_every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []

    def checking(text: str, start: int, levels: int) -> int:
        end = checked_end(text, start, levels)
        checked.append(end - start)
        return end

    monkeypatch.setattr(json_text, "checked_end", checking)
    text = '{"a":' * (MAX_DEPTH - 1) + "[1]" + "}" * (MAX_DEPTH - 1)
    assert len(list(everything(compose_json(Source("spec.json", text), lambda error: None)))) > MAX_DEPTH
    assert len(checked) <= math.log2(MAX_DEPTH) + 1
    assert checked[0] > len(text) - 20
