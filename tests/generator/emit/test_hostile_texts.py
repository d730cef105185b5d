"""Whatever a document says, its package compiles without a warning, hides nothing and can be imported; or is refused.

Hostile texts stand in every place where a document has text: titles, descriptions, names of schemas and properties,
patterns, enum values, constants, defaults, examples, templates, type names, names of tables, indexes and queries,
reasons for silence.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from entitystore_generator.compiler import compile_package
from entitystore_generator.config import MODEL_KINDS, ModelKind, Options

HIDDEN = ("Cf", "Cc", "Zl", "Zp", "Co", "Cn", "Cs")
MARKS = ['"', "'", '"""', "'''", "\\", "\\\\", "\n", "\r\n", "\t", "{", "}", "{{", "}}", "#", "%s", ";", "\0", "\x1b"]
UNSEEN = (
    "\x85 \u2028 \u2029 \u202e \u2066 \u200b \u200d \ufeff \u00ad \u034f \u3164 \ufe0f \U000e0041 \ue000 \U0010fffd"
)
CODE = ["\\N{BULLET}", "\\u12", "{% raw %}", "{{ 1 }}", "{# x #}", ">>> 1/0", "# type: ignore", "noqa", "coding: utf-7"]
PIECES = [*MARKS, *UNSEEN.split(" "), *CODE, "x", "word", " ", "\u00e9", "\U0001f600", "\u00df", "\u0130"]
# Among them letters that NFKC takes for others (U+210C is H), letters of several cases, and names that are in use.
WORDS = (
    "Hello \u210cello \uff28ello hello HELLO \ufb01le file \u00aa a \u540d\u524d \u1ffc \u00df SS \u017f s \u0130 K "
    "\u212a class None type con aux nul print self model_config a\u200db a\u034fb ab 1st _id id_ __init__ a-b a.b "
    "\u00b2 x\u00b2 \u00e9 e\u0301 each item len value order codecs Field Order ORDER"
)
NAMES = WORDS.split(" ")


def hostile(rng: random.Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))


def key_text(rng: random.Random) -> str:
    """Text for a key, mostly without control characters, which the reader refuses there; braces are doubled."""
    pieces = [each for each in PIECES if rng.random() < 0.01 or unicodedata.category(each[0]) not in ("Cc", "Zl", "Zp")]
    text = "".join(rng.choice(pieces) for _ in range(rng.randint(1, 6)))
    return text.replace("{", "{{").replace("}", "}}")


def template(rng: random.Random, macro: str) -> str:
    """Text around a macro, with its braces doubled."""
    around = key_text(rng)
    return rng.choice([f"{around}{{{macro}}}", f"{{{macro}}}{around}", f"K#{{{macro}}}#{around}"])


def names(rng: random.Random, count: int) -> list[str]:
    some = rng.sample(NAMES, count)
    return [name if rng.random() < 0.9 else name + hostile(rng) for name in some]


def properties(rng: random.Random, others: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"id": {"type": "string", "description": hostile(rng)}}
    makers: list[Any] = [
        lambda: {"type": "string", "pattern": f"^{rng.choice(['a', '[a-z]', '.'])}+$", "title": hostile(rng)},
        lambda: {"type": "string", "enum": [hostile(rng), hostile(rng) + "1"], "description": hostile(rng)},
        lambda: {"type": "string", "default": hostile(rng)},
        lambda: {"const": hostile(rng)},
        lambda: {"type": "array", "items": {"type": "string"}, "default": [hostile(rng)], "examples": [[hostile(rng)]]},
        lambda: {"$ref": f"#/components/schemas/{rng.choice(others).replace('~', '~0').replace('/', '~1')}"},
        lambda: {"type": "object", "properties": {name: {"type": "string"} for name in names(rng, 2)}},
        lambda: {"type": "integer", "minimum": 1, "description": hostile(rng)},
    ]
    return made | {name: rng.choice(makers)() for name in names(rng, 4)}


def document(rng: random.Random) -> dict[str, Any]:
    """A document with an entity and a few classes, with a hostile text in about half of its places."""
    inside = list(dict.fromkeys(names(rng, 2)))
    entity = next(name for name in names(rng, 6) if name not in inside)
    schemas: dict[str, Any] = {
        name: {"type": "object", "description": hostile(rng), "properties": properties(rng, inside)} for name in inside
    }
    schemas[entity] = {
        "type": "object",
        "title": hostile(rng),
        "description": hostile(rng),
        "required": ["id"],
        "x-dynamodb-indexmap": {"PK": template(rng, "id"), "SK": key_text(rng)},
        "x-dynamodb-entity": {"type": hostile(rng)} if rng.random() < 0.5 else {},
        "x-dynamodb-lint": {"ignore": {"ES311": f"because {hostile(rng)}"}},
        "properties": properties(rng, inside),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": hostile(rng), "version": hostile(rng)},
        "paths": {},
        "x-dynamodb-table": {"name": "shop", "entity-type": rng.choice(["EntityType", "EntityType", key_text(rng)])},
        "components": {"schemas": schemas},
    }


def hidden(text: str) -> Iterator[str]:
    for each in set(text) - {"\n"}:
        if unicodedata.category(each) in HIDDEN or each in "\u034f\u3164\ufe0f":
            yield f"U+{ord(each):04X}"


def compiled(folder: Path, number: int, kind: ModelKind) -> bool:
    """Whether the document gave a package, which is then what it should be."""
    name = f"hostile_{kind}_{number}_store"
    compilation = compile_package(folder / "openapi.json", Options(kind, name), spec_name="coding: utf-7.json")
    codes = {each.code for each in compilation.diagnostics}
    assert "ES410" not in codes, [str(each) for each in compilation.diagnostics]
    if compilation.diagnostics.has_errors:
        return False
    for path, text in compilation.files.items():
        assert list(hidden(text)) == [], path
        (folder / name).mkdir(exist_ok=True)
        (folder / name / path).write_text(text, encoding="utf-8", newline="\n")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile((folder / name / path).read_bytes(), path, "exec", dont_inherit=True)
    assert len({path.casefold() for path in compilation.files}) == len(compilation.files)
    importlib.import_module(name)
    return True


@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_no_text_breaks_a_package(kind: ModelKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    good = 0
    for number in range(12):
        (tmp_path / "openapi.json").write_text(json.dumps(document(random.Random(number))), encoding="utf-8")
        good += compiled(tmp_path, number, kind)
    assert good >= 4
