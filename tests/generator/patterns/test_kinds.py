"""One meaning in all three kinds of classes, and of lengths too, which count code points."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from entitystore_generator.config import ModelKind
from entitystore_generator.patterns import to_python
from tests.compiled import MODEL_KINDS, compile_document

PATTERNS = [
    *(
        "b",
        "^b",
        "b$",
        r"^\s$",
        r"^\S$",
        r"^\d+$",
        r"^\w+$",
        r"\bb",
        "^.$",
        "^[^]$",
        r"^(a)?b\1$",
        "^(?!b$)",
        r"(?<!a)b",
    ),
    *("^[[]$", "^[&&a]$", r"^\ud83d\ude00$", "^[😀-😏]$", r"^a\-b$", "^{}$", "(?:^|x)b"),
]
PLACES = range(len(PATTERNS))
TEXTS = [
    *(
        "b",
        "ab",
        "ba",
        "b\n",
        "a\nb",
        "xb",
        "aba",
        "a-b",
        "{}",
        "[",
        "&",
        "",
        " ",
        "\u3000",
        "\x1c",
        "\u0663",
        "é",
        "éb",
    ),
    *("\u2028", "😀", "\ufeff", "12"),
]


@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_a_pattern_and_a_length(tmp_path: Path, kind: ModelKind) -> None:
    properties: dict[str, object] = {f"p{place}": {"type": "string", "pattern": PATTERNS[place]} for place in PLACES}
    properties |= {"id": {"type": "string"}, "q": {"type": "string", "minLength": 2, "maxLength": 3}}
    thing = {
        "type": "object",
        "required": ["id"],
        "x-dynamodb-indexmap": {"PK": "T#{id}", "SK": "T"},
        "properties": properties,
    }
    info = {"title": "kinds", "version": "1"}
    document = {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": {"Thing": thing}}}
    (tmp_path / "spec.json").write_text(json.dumps(document), encoding="utf-8")
    name = f"patterns_{kind}_store"
    compiled = compile_document(tmp_path / "spec.json", kind, tmp_path, name)
    store = compiled.store_module("thing")

    def is_taken(field: str, text: str) -> bool:
        try:
            store.encode(store.Thing(id="x", **{field: text}))
        except ValueError:
            return False
        return True

    for number, pattern in enumerate(PATTERNS):
        python = to_python(pattern) or ""
        expected = [text for text in TEXTS if re.search(python, text)]
        assert [text for text in TEXTS if is_taken(f"p{number}", text)] == expected, pattern
    assert [text for text in ("😀", "😀😀", "😀e\u0301", "😀e\u0301x") if is_taken("q", text)] == ["😀😀", "😀e\u0301"]
