"""From bytes to nodes: what cannot be read, and where that shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.load import load_spec
from tests.generator.spec.loading import ENTITY, HEAD, load, load_property

DEEP = 130


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("⟦⟧", "ES104", "empty"),
        ("⟦⟧# only a comment\n", "ES104", "empty"),
        ("⟦⟧[]", "ES104", "mapping"),
        ("⟦hello⟧", "ES104", "mapping"),
        ("⟦⟧info: {title: T}\n", "ES104", "neither `openapi` nor `swagger`"),
        ("openapi: ⟦4.0.0⟧\n", "ES105", "4.0.0"),
        ('swagger: ⟦"1.2"⟧\n', "ES105", "1.2"),
        ("openapi:⟦⟧\n", "ES105", "no version"),
        ("openapi: ⟦⟧[3]\n", "ES105", "no version"),
        ("openapi: 3.1.0\n⟦openapi⟧: 3.1.0\n" + ENTITY, "ES103", "first one is on line 1"),
        ("a: ⟦\x00⟧", "ES102", "U+0000"),
        ("a:\n⟦⟧\tb: 1\n", "ES102", "not YAML"),
        ("a: b⟦⟧: c\n", "ES102", "not YAML"),
        ("? ⟦⟧[a]\n: b\n", "ES102", "key"),
        ("a: ⟦!!python/object:os.system x⟧\n", "ES102", "tag"),
        ("a: ⟦*nowhere⟧\n", "ES102", "&nowhere"),
        ("a: &a [⟦*a⟧]\n", "ES112", "inside"),
        ("<<: ⟦x⟧\n", "ES102", "<<"),
        ("openapi: 3.1.0\n⟦---⟧\na: 1\n", "ES104", "more than one"),
        ("a: " + "[" * (DEEP - 11) + "⟦[⟧" + "[" * 10 + "]" * DEEP, "ES112", "deeper"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_a_text_that_cannot_be_read(tmp_path: Path, text: str, code: str, words: str) -> None:
    loaded = load(tmp_path, text)
    errors = [each for each in loaded.found if each.severity == "error"]
    assert [each.code for each in errors] == [code]
    assert words in errors[0].message
    place = errors[0].position
    assert (place.file, place.line, place.column) == loaded.marked[0][:3]
    assert place.length == loaded.marked[0][3]


def test_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    for data, place in ((b"a: 1\nb: \xff", (2, 4)), ("openapi: 3.1.0".encode("utf-16"), (1, 1))):
        path.write_bytes(data)
        diagnostics = Diagnostics()
        assert load_spec(path, "spec.yaml", diagnostics).spec is None
        (found,) = diagnostics
        assert (found.code, found.position.line, found.position.column) == ("ES101", *place)
        assert "UTF-8" in found.hint


@pytest.mark.parametrize("name", ["missing.yaml", "folder", "a\0b.yaml", "x" * 5000])
def test_what_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    diagnostics = Diagnostics()
    result = load_spec(tmp_path / name, "spec.yaml", diagnostics)
    assert (result.spec, result.inputs) == (None, ())
    assert [found.code for found in diagnostics] == ["ES101"]


def test_a_byte_order_mark_and_windows_lines_move_nothing(tmp_path: Path) -> None:
    text = HEAD + ENTITY + "        p: {type: objct}\n"
    path = tmp_path / "spec.yaml"
    places = []
    for data in (text.encode(), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        path.write_bytes(data)
        diagnostics = Diagnostics()
        load_spec(path, "spec.yaml", diagnostics)
        places.append([(found.code, found.position) for found in diagnostics])
    assert places[0] == places[1] == places[2]
    assert places[0][0][1].line == 12


def test_places_count_characters_not_bytes(tmp_path: Path) -> None:
    loaded = load_property(tmp_path, '{description: "größer 😀", type: ⟦objct⟧}')
    assert loaded.places == loaded.marked


def test_aliases_that_mean_billions_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["x0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    loaded = load(tmp_path, HEAD + "\n".join(lines))
    assert loaded.codes == ["ES112"]


def test_aliases_and_merge_keys_are_what_they_stand_for(tmp_path: Path) -> None:
    text = HEAD + "x-short: &short {type: string, maxLength: 5}\n" + ENTITY
    text += "        a: *short\n        b: {<<: *short, maxLength: 9}\n        c: {<<: [*short, {minLength: 1}]}\n"
    properties = load(tmp_path, text).schema("User").properties
    assert [properties[name].max_length for name in "abc"] == [5, 9, 5]
    assert [properties[name].min_length for name in "abc"] == [None, None, 1]


# --------------------------------------------------------------------------------------------------- JSON


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T 😀", "version": "1"},
    "components": {
        "schemas": {
            "User": {
                "type": "object",
                "x-dynamodb-indexmap": {"PK": "{id}"},
                "properties": {"id": {"type": "string", "description": 'a "quote"\n and / and \\'}},
            }
        }
    },
}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_is_read_as_python_reads_it(tmp_path: Path, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(DOCUMENT, indent=indent, ensure_ascii=ascii_only)
    for name in ("spec.json", "spec.yaml"):
        spec = load(tmp_path, text, name=name).good
        assert spec.title == "T 😀"
        description = spec.schemas[f"{name}#/components/schemas/User"].properties["id"].description
        assert description == 'a "quote"\n and / and \\'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"openapi": "3.1.0", ⟦}⟧', "ES102"),
        ("{\"openapi\": ⟦'⟧3.1.0'}", "ES102"),
        ('{"openapi": "3.1.0"} ⟦x⟧', "ES102"),
        ('{"openapi"⟦}⟧', "ES102"),
        ('{"openapi": ⟦"⟧3.1.0\n"}', "ES102"),
        ('{"a": 1, ⟦"a"⟧: 2}', "ES103"),
        ('{"a": ⟦"\\ud83d"⟧}', "ES102"),
        ('{"a": ⟦"\\x"⟧}', "ES102"),
        ('{"a": ⟦0⟧1}', "ES102"),
    ],
)
def test_a_text_that_is_no_json(tmp_path: Path, text: str, code: str) -> None:
    loaded = load(tmp_path, text, name="spec.json")
    index = loaded.codes.index(code)
    assert loaded.places[index] == loaded.marked[0]
