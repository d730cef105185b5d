"""What one run tells of documents whose faults lie in different files, or leave an entity half known."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from entitystore_generator.compiler import Compilation, compile_package
from entitystore_generator.config import Options
from tests.generator.faults.test_pairs_of_faults import DOCUMENT

HEAD = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {}\ncomponents:\n  schemas:\n'
USER = """\
    User:
      type: object
      required: [id]
      x-dynamodb-entity: {type: user, shares-keys-with: [admin]}
      x-dynamodb-indexmap: {PK: "{id}", SK: "{usrId}"}
      properties: {id: {type: string}}
"""
ADMIN = """\
    Admin:
      type: object
      required: [id]
      x-dynamodb-entity: {type: admin}
      x-dynamodb-indexmap: {PK: "{id}", SK: "A"}
      properties: {id: {type: string}}
"""


def compiled(folder: Path, text: str, **files: str) -> Compilation:
    path = folder / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return compile_package(path, Options("pydantic", "x_store"), spec_name=path.name)


def codes(compilation: Compilation) -> list[tuple[str, str]]:
    assert compilation.files == {} or not compilation.diagnostics.has_errors
    return [(each.position.file, each.code) for each in compilation.diagnostics]


def test_a_file_that_is_no_yaml_hides_no_fault_of_others(tmp_path: Path) -> None:
    text = HEAD + USER.replace(
        "{type: string}}", "{type: string}, a: {$ref: one.yaml}, b: {$ref: two.yaml}, c: {$ref: one.yaml}}"
    )
    found = compiled(tmp_path, text, one="type: [string", two="type: object\nproperties: {x: {type: strng}}\n")
    told = [("one.yaml", "ES102"), ("openapi.yaml", "ES227"), ("openapi.yaml", "ES201"), ("two.yaml", "ES108")]
    assert codes(found) == told


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("properties: {id: {type: string}}\n", "properties: [id]\n", "ES107"),
        ("properties: {id: {type: string}}\n", "properties: {}\n", "ES225"),
        ("type: object", "type: string", "ES225"),
        ("type: object", "allOf: [{$ref: '#/x'}]", "ES109"),
        ("type: object", "type: objekt", "ES108"),
        ("type: object", "type: object\n      type: object", "ES103"),
        ("required: [id]", "required: id", "ES107"),
        ('PK: "{id}", SK: "A"', "PK: 1, SK: 2", "ES106"),
        ('{PK: "{id}", SK: "A"}', "[]", "ES114"),
        ("{id: {type: string}}", "{id: {type: string}, id: {type: integer}}", "ES103"),
        ("{id: {type: string}}", "{id: 7}", "ES107"),
        ("{id: {type: string}}", "{id: {type: string, x-dynamodb-attribute: 7}}", "ES114"),
    ],
)
def test_an_entity_that_is_half_known_is_one(tmp_path: Path, old: str, new: str, code: str) -> None:
    """Its name is known to those that share keys with it, and nothing follows from its fault."""
    assert old in ADMIN
    found = compiled(tmp_path, HEAD + USER + ADMIN.replace(old, new))
    assert {each for _, each in codes(found)} == {"ES201", code}


def test_the_type_of_a_key_is_not_known_beside_a_faulty_one(tmp_path: Path) -> None:
    """`number` is a key of the index as it is, and would be a number but for the other entity's key."""
    table = "x-dynamodb-table: {indexes: {ByNumber: {partition-key: number}}}\n"
    properties = "{id: {type: string}, number: {type: integer}}"
    admin = ADMIN.replace('SK: "A"', 'SK: "A", ByNumberPK: "{number}"').replace("{id: {type: string}}", properties)
    user = USER.replace('{PK: "{id}", SK: "{usrId}"}', '{PK: "U#{id}", SK: "U", ByNumberPK: "{nmuber}"}')
    found = compiled(tmp_path, HEAD.replace("components", table + "components") + user + admin)
    assert codes(found) == [("openapi.yaml", "ES201")]


def test_faults_come_in_one_order(tmp_path: Path) -> None:
    text = DOCUMENT.replace("openapi: 3.1.0", "openapi: 9").replace("{type: string}", "{type: strng}")
    found = compiled(tmp_path, text)
    places = [each.position for each in found.diagnostics]
    assert places == sorted(places)
    assert list(found.diagnostics) == list(compiled(tmp_path, text).diagnostics)


@pytest.mark.parametrize("seed", range(8))
def test_many_faults_end_in_findings(tmp_path: Path, seed: int) -> None:
    """Lines that are lost, doubled, moved and exchanged: nothing but findings, and no file beside an error."""
    rng = random.Random(seed)
    for _ in range(10):
        lines = DOCUMENT.split("\n")
        for _ in range(rng.randint(1, 8)):
            one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[one] = rng.choice(
                ["", lines[other], f"{lines[one]}\n{lines[one]}", lines[one].replace("type", "tpye")]
            )
        codes(compiled(tmp_path, "\n".join(lines)))
