"""Names of the closure's schemas: those of the document where they are free, in any length of chain."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.bundle import closure_text
from entitystore_generator.spec.load import load_spec
from entitystore_generator.spec.schema import Spec

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents:\n  schemas:\n"
KEYS = "x-dynamodb-indexmap: {PK: 'U#{id}'}"


def load(folder: Path, schemas: str, **files: str) -> Spec:
    """The document with these schemas, in flow style, one a line; `files` are beside it, without their `.yaml`."""
    (folder / "openapi.yaml").write_text(HEAD + "".join(f"    {line}\n" for line in schemas.splitlines()))
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    diagnostics = Diagnostics()
    spec = load_spec(folder / "openapi.yaml", "openapi.yaml", diagnostics).spec
    assert spec is not None, list(diagnostics)
    assert set(spec.closure_names) == set(spec.schemas)
    written = json.loads(closure_text(spec))["components"]["schemas"]
    assert set(spec.closure_names.values()) == set(written)
    return spec


def user(properties: str) -> str:
    return f"User: {{type: object, {KEYS}, properties: {{id: {{type: string}}, {properties}}}}}"


@pytest.mark.parametrize(
    ("reference", "pointer", "name"),
    [
        ("order-line.yaml", "order-line.yaml#", "order-line"),
        ("order-line.yaml#/properties/sku", "order-line.yaml#/properties/sku", "sku"),
        ("#/components/schemas/User/properties/id", "openapi.yaml#/components/schemas/User/properties/id", "User_id"),
        ("#/components/schemas/Zip", "openapi.yaml#/components/schemas/Zip", "Zip"),
    ],
)
def test_a_name_comes_from_where_the_schema_stands(tmp_path: Path, reference: str, pointer: str, name: str) -> None:
    line = "type: object\nproperties: {sku: {type: string}}\n"
    spec = load(tmp_path, user(f"r: {{$ref: '{reference}'}}") + "\nZip: {type: string}", **{"order-line": line})
    assert spec.closure_names[pointer] == name


def test_two_schemas_of_one_name_keep_apart(tmp_path: Path) -> None:
    text = user("a: {$ref: '#/components/schemas/Zip'}, b: {$ref: 'post.yaml#/Zip'}") + "\nZip: {type: string}"
    spec = load(tmp_path, text, post="Zip: {type: integer}\n")
    assert spec.closure_names["openapi.yaml#/components/schemas/Zip"] == "Zip"
    assert spec.closure_names["post.yaml#/Zip"] == "post_Zip"


def test_an_entity_of_another_file_has_the_name_that_the_document_gives(tmp_path: Path) -> None:
    order = f"type: object\n{KEYS}\nproperties: {{id: {{type: string}}, next: {{$ref: 'openapi.yaml{{}}'}}}}\n"
    order = order.replace("{}", "#/components/schemas/Order")
    spec = load(tmp_path, "Order: {$ref: 'o.yaml'}", o=order)
    assert [(each.name, each.schema) for each in spec.entities] == [("Order", "o.yaml#")]
    assert spec.closure_names == {"o.yaml#": "Order", "openapi.yaml#/components/schemas/Order": "Order"}


def test_a_chain_of_references_is_walked_once(tmp_path: Path) -> None:
    """Walked from each of its links, this one took minutes."""
    links = 3000
    chain = "".join(f"\nS{n}: {{$ref: '#/components/schemas/S{n + 1}'}}" for n in range(links))
    start = time.process_time()
    spec = load(tmp_path, user("a: {$ref: '#/components/schemas/S0'}") + chain + f"\nS{links}: {{type: string}}")
    assert time.process_time() - start < 20
    assert spec.closure_names["openapi.yaml#/components/schemas/S0"] == f"S{links}"
    assert set(json.loads(closure_text(spec))["components"]["schemas"]) == {"User", f"S{links}"}
