"""openapi-spec-validator as an oracle: what the front end accepts, it accepts.

The generator does not call it, for the reasons that `spec/frame.py` gives, so here every keyword meets every kind of
value. Defaults are left out: whether one is a value of its type is judged with the types (ES217).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.bundle import closure_text
from entitystore_generator.spec.keywords import BOOLEANS, BOUNDS, COUNTS, TEXTS
from entitystore_generator.spec.load import load_spec

KEYWORDS = (
    *(*TEXTS, *COUNTS, *BOOLEANS, *BOUNDS),
    *("type", "enum", "const", "properties", "required", "additionalProperties", "items", "discriminator"),
    *("allOf", "oneOf", "anyOf", "exclusiveMinimum", "exclusiveMaximum", "$ref"),
)
VALUES: tuple[object, ...] = (
    *(3, -1, 1.5, 0, True, False, None, "x", "string", "", [], {}, ["a"], [1, 1], ["string", "null"], {"a": "b"}),
    *({"type": "null"}, {"a": {"type": "string"}}, [{"type": "null"}], [{"type": "string"}, {"type": "integer"}]),
    *({"propertyName": "kind"}, "#/components/schemas/Other", {"$ref": "#/components/schemas/Other"}),
)


def accepted(folder: Path, schema: object) -> str | None:
    """The closure of a document with a property of this schema; None where the front end refuses it."""
    entity = {
        "type": "object",
        "required": ["id"],
        "x-dynamodb-indexmap": {"PK": "{id}"},
        "properties": {"id": {"type": "string"}, "p": schema},
    }
    schemas = {"Thing": entity, "Other": {"type": "object", "properties": {"kind": {"type": "string"}}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "components": {"schemas": schemas}}
    path = folder / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    spec = load_spec(path, path.name, Diagnostics()).spec
    return None if spec is None else closure_text(spec)


def complaints(closure: str) -> list[str]:
    document: Mapping[str, object] = json.loads(closure)
    return [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_what_is_accepted_is_valid(tmp_path: Path, keyword: str) -> None:
    closures = {json.dumps(value): accepted(tmp_path, {keyword: value}) for value in VALUES}
    faults = {value: complaints(closure) for value, closure in closures.items() if closure is not None}
    assert {value: found for value, found in faults.items() if found} == {}
    assert faults, "nothing is accepted, so nothing was compared"
    assert len(faults) < len(VALUES) or keyword == "const", "nothing is refused, so nothing is checked"


def test_the_oracle_complains() -> None:
    """An oracle that agrees with everything would make the test above pass."""
    closure = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "components": {"schemas": {"A": {"type": "objct"}, "B": {"minLength": "3"}}},
    }
    assert len(complaints(json.dumps(closure))) >= 1
