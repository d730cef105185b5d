"""What finders refuse before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitystore.errors import ValidationError
from tests.compiled import compile_document

DOCUMENT = """
openapi: 3.1.0
info: {title: t, version: "1"}
paths: {}
components:
  schemas:
    Thing:
      type: object
      required: [id]
      x-dynamodb-indexmap: {PK: "THING#{id}", SK: THING, GSI1PK: "{p}", GSI1SK: THING}
      properties:
        id: {type: string}
        p: {type: string}
"""


def test_an_empty_partition_key(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text(DOCUMENT)
    store = compile_document(document, "dataclass", tmp_path, "things_store").store_module("thing")
    assert store.select_by_p("x").partition == "x"
    with pytest.raises(ValidationError, match="p: may not be empty, since the key GSI1PK is made of nothing else"):
        store.select_by_p("")
