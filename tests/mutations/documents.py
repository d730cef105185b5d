"""Golden documents, changed at random places: `mutated(random)` is one of them as text.

    a key or an element goes, is doubled, moves, or has another name
    a value becomes an odd one, or another one of the document, or stands in a list or a map more, or in one less
    a keyword comes in that was not there
    a text loses or gains characters, as in a key template or a pattern

Rules of this file:
- The same `Random` gives the same text; nothing else is asked.
- Most changes leave a document that can nearly be read, so that all stages see some.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import yaml

from tests.golden.cases import GOLDEN

__all__ = ["mutated"]

_KINDS = ("good", "good", "good", "good", "broken")
_CHANGES = (1, 1, 1, 1, 2, 2, 3, 4)
_LARGEST = 20_000  # bytes of a document; larger ones take long and have nothing that others have not

_ODD: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 10**30, 1.5, 1e308, float("nan"), "", " ", "#", "{", "}", "{}", "{{}}", "a#b",
    "USER#{id}", "{id|lower|upper}", "{id:08d}", "{at:%Y-%m}", "{id|shard:8}", "{n|mod:0}", "{a.b.c}",
    "{id|default:NONE}",
    "no", "on", "2024-01-01", "0x1F", "1_000", "~", "null", "string", "integer", "object", "array", "date-time",
    "byte", "binary",
    "uuid", "decimal", "^a+$", "(a+)+$", "[", "(?<=a)b", "\\p{L}", "\\Z", "\\u0000", "a\nb", '"""', "'", "\\", "\u202e",
    "\u2124", "\ufeff", "\ud800", "é" * 300, "x" * 5000, "class", "None", "self", "__init__",
    "#/components/schemas/User", "#/components/schemas/Nothing", "#/", "#", "other.yaml#/a", "../../etc/passwd",
    "http://example.com/a.json",
    [], {}, [[]], [None], {"": ""}, {"type": "null"}, {"type": ["string", "null"]},
    {"$ref": "#/components/schemas/User"},
    {"type": "string", "enum": []}, {"enum": ["a", 1, None, "a"]}, {"const": {"a": 1}}, {"oneOf": []},
    {"allOf": [{"type": "string"}, {"type": "integer"}]}, {"type": "array"},
    {"type": "object", "properties": {"a": {}}},
    {"type": "string", "minLength": -1}, {"type": "number", "minimum": "a"}, {"not": {}}, {"if": {}, "then": {}},
)  # fmt: skip
_KEYS = (
    "type", "format", "enum", "const", "default", "pattern", "minLength", "maxLength", "minimum", "exclusiveMaximum",
    "multipleOf", "items", "uniqueItems", "properties", "required", "additionalProperties", "allOf", "oneOf", "anyOf",
    "not", "discriminator", "nullable", "readOnly", "$ref", "$id", "$defs", "title", "description", "examples",
    "contentEncoding", "x-dynamodb-indexmap", "x-dynamodb-entity", "x-dynamodb-attribute", "x-dynamodb-table",
    "x-dynamodb-lint", "PK", "SK", "GSI1PK", "GSI1SK", "LSI1SK", "name", "partition-key", "sort-key", "entity-type",
    "indexes", "projection", "include", "ttl", "when", "key", "set", "propertyName", "mapping", "ignore",
    "", "0", "a b",
    "class", "\u2124", "é", "__proto__",
)  # fmt: skip

Place = tuple[Any, Any]
"""A list or a map of the document, and the index or the key of one of its values."""


@cache
def _documents(kind: str) -> tuple[str, ...]:
    """The golden documents of one file, as JSON, that are `good` or `broken`."""
    files = [*GOLDEN.glob("*/openapi.yaml"), *GOLDEN.glob("*/openapi.json")]
    files = [file for file in files if file.parent.name.startswith("broken_") == (kind == "broken")]
    found = []
    for file in sorted(files):
        if file.stat().st_size <= _LARGEST:
            try:
                value = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
                found.append(json.dumps(value))
            except (yaml.YAMLError, ValueError, TypeError, RecursionError):
                continue  # it is broken as text
    return tuple(found)


def mutated(random: Random) -> str:
    """The text of a golden document after some changes, as JSON or as YAML."""
    document = json.loads(random.choice(_documents(random.choice(_KINDS))))
    for _ in range(random.choice(_CHANGES)):
        places = list(_places(document))
        if not places:
            break
        _change(random, random.choice(places), places)
    if random.random() < 0.5:
        return json.dumps(document, ensure_ascii=random.random() < 0.5, indent=random.choice([None, 1]))
    return yaml.dump(document, sort_keys=False, allow_unicode=random.random() < 0.5)


def _places(value: object) -> Iterator[Place]:
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return
    for key, each in inner:
        yield value, key
        yield from _places(each)


def _change(random: Random, place: Place, places: list[Place]) -> None:
    within, key = place
    change = random.choice(
        (_remove, _odd, _odd, _other, _wrap, _unwrap, _rename, _insert, _insert, _edit, _edit, _edit)
    )
    if key in within if isinstance(within, dict) else key < len(within):
        change(random, within, key, places)


def _remove(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    del within[key]


def _odd(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    within[key] = copy.deepcopy(random.choice(_ODD))


def _other(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    other, name = random.choice(places)
    within[key] = copy.deepcopy(other[name])


def _wrap(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    within[key] = random.choice(([within[key]], {"a": within[key]}, [within[key], copy.deepcopy(within[key])]))


def _unwrap(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    value = within[key]
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    within[key] = random.choice(inner) if inner else value


def _rename(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    if isinstance(within, dict):
        within[random.choice((*_KEYS, key.upper(), key + "_", key[:-1]))] = within.pop(key)


def _insert(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    other, name = random.choice(places)
    value = copy.deepcopy(random.choice((other[name], random.choice(_ODD))))
    if isinstance(within, dict):
        within[random.choice(_KEYS)] = value
    else:
        within.insert(key, value)


def _edit(random: Random, within: Any, key: Any, places: list[Place]) -> None:
    """A text that is nearly the same: most faults of key templates, references and patterns are one character."""
    texts = [(each, name) for each, name in places if isinstance(each, (dict, list)) and _is_text(each, name)]
    if texts:
        within, key = random.choice(texts)
        text = within[key]
        start = random.randint(0, len(text))
        inserted = random.choice(
            ("", "", "#", "{", "}", "|", ":", ".", "/", "\\", "^", "$", "(", "+", '"', "\n", "%", "é")
        )
        within[key] = text[:start] + inserted + text[start + random.randint(0, 2) :]


def _is_text(within: Any, key: Any) -> bool:
    is_there = key in within if isinstance(within, dict) else key < len(within)
    return is_there and isinstance(within[key], str)
