"""Schemas of a document and of a class in one form, so that both can be compared keyword by keyword.

Rules of this file:
- A plain one is a schema with its references followed and `allOf` joined; where it comes to itself again, it ends.
- What is one meaning in several words is one word: `nullable`, `type: [x, "null"]` and a branch `null`; an enum of one
  value and `const`; `example` and `examples`; an exclusive bound as a flag and as a number.
- Nothing here knows the generator: documents are read with PyYAML, and joined by the rules of JSON Schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import yaml

__all__ = ["Document", "Published", "differences"]

Schema: TypeAlias = dict[str, Any]

_WORDS = ("title", "description", "examples", "deprecated", "readOnly", "writeOnly", "default")
_IGNORED = ("$defs", "xml", "externalDocs", "$comment", "contentSchema")
_TRIVIAL: Mapping[str, tuple[object, ...]] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), (0,)),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), (False,)),
    "additionalProperties": (True, {}),
    "required": ([],),
}


class _Yaml12(yaml.SafeLoader):
    """Words without quotes as YAML 1.2 reads them: `no` is a text."""


_Yaml12.yaml_implicit_resolvers = {}

for _tag, _pattern, _firsts in (
    ("null", r"null|~|", "n~"),
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), [*_firsts, ""])


class Document:
    """The files of a document."""

    def __init__(self, path: Path) -> None:
        self._files: dict[Path, Any] = {}
        self.path = path.resolve()

    def names(self) -> list[str]:
        """The names of its schemas."""
        root = self._file(self.path)
        return list(root.get("definitions") or root["components"]["schemas"])

    def plain(self, name: str) -> Schema:
        """A schema by its name, as it is compared."""
        root = self._file(self.path)
        return plain((root.get("definitions") or root["components"]["schemas"])[name], self, self.path)

    def follow(self, reference: str, file: Path) -> tuple[Schema, Path]:
        """The schema that a reference in this file leads to."""
        name, _, pointer = reference.partition("#")
        path = (file.parent / name).resolve() if name else file
        found = self._file(path)
        for step in filter(None, pointer.split("/")):
            found = found[unquote(step).replace("~1", "/").replace("~0", "~")]
        return found, path

    def _file(self, path: Path) -> Any:
        if path not in self._files:
            self._files[path] = yaml.load(path.read_text(encoding="utf-8"), _Yaml12)
        return self._files[path]


class Published:
    """The schemas of classes."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions["$defs"]

    def plain(self, name: str) -> Schema:
        """The schema of a class, as it is compared."""
        return plain(self._definitions[name], self)

    def follow(self, reference: str, file: Path) -> tuple[Schema, Path]:
        """The schema that a reference leads to."""
        return self._definitions[reference.removeprefix("#/$defs/")], file


def plain(schema: object, source: Document | Published, file: Path = Path(), inside: tuple[int, ...] = ()) -> Schema:
    """The schema as it is compared. `inside` are those that it stands in."""
    given = dict(schema) if isinstance(schema, dict) else {}
    if id(schema) in inside:
        return {"again": True}
    inside = (*inside, id(schema))
    parts = given.pop("allOf", [])
    if "$ref" in given:
        parts = [{"$ref": given.pop("$ref")}, *parts]
    joined: Schema = {}
    for part in parts:
        if isinstance(part, dict) and "$ref" in part and set(part) <= {"$ref", *_WORDS}:
            target, place = source.follow(part["$ref"], file)
            found = {**plain(target, source, place, inside), **_own(_without(part, {"$ref"}), source, file, inside)}
        else:
            found = plain(part, source, file, inside)
        joined = _joined(joined, found)
    own = _own(given, source, file, inside)
    if "properties" in own or any("properties" in each for each in parts):  # a class of its own, with its own words
        joined = _without(joined, {*_WORDS, "discriminator"})
    return _joined(joined, own)


def _without(schema: Schema, names: set[str]) -> Schema:
    return {name: value for name, value in schema.items() if name not in names}


def _joined(first: Schema, second: Schema) -> Schema:
    joined = {**first, **second}
    if "properties" in first and "properties" in second:
        properties = dict(first["properties"])
        for name, schema in second["properties"].items():
            properties[name] = _joined(properties.get(name, {}), schema)
        joined["properties"] = properties
    if "required" in first and "required" in second:
        joined["required"] = sorted({*first["required"], *second["required"]})
    return joined


def _own(given: Schema, source: Document | Published, file: Path, inside: tuple[int, ...]) -> Schema:
    found: Schema = {}
    for name, value in given.items():
        if name == "x-nullable":
            name = "nullable"
        if name.startswith("x-") or name in _IGNORED or value in _TRIVIAL.get(name, ()):
            continue
        match name:
            case "properties":
                found[name] = {each: plain(one, source, file, inside) for each, one in value.items()}
            case "items":
                found[name] = plain(value, source, file, inside)
            case "additionalProperties" if isinstance(value, dict):
                found[name] = plain(value, source, file, inside)
            case "oneOf" | "anyOf":
                found["branches"] = [plain(each, source, file, inside) for each in value]
            case "required":
                found[name] = sorted(value)
            case "description":
                found[name] = value.strip()
            case _:
                found[name] = value
    return _one_word(found)


def _one_word(found: Schema) -> Schema:
    if "example" in found:
        example = found.pop("example")
        found.setdefault("examples", [example])
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if found.get(exclusive) is True:
            found[exclusive] = found.pop(bound)
        elif found.get(exclusive) is False:
            del found[exclusive]
    enum = found.get("enum")
    if enum is not None and None in enum:
        found["enum"] = [each for each in enum if each is not None]
        found["nullable"] = True
    if len(found.get("enum", ())) == 1:
        found["const"] = found.pop("enum")[0]
    elif found.get("enum") == [True, False]:
        del found["enum"]
    if "const" in found:
        found.pop("enum", None)
        found["type"] = {str: "string", bool: "boolean", int: "integer"}[type(found["const"])]
    if "properties" in found:
        found.setdefault("type", "object")
    if "enum" in found:
        found.setdefault("type", "string" if isinstance(found["enum"][0], str) else "integer")
    discriminator = found.get("discriminator")
    if isinstance(discriminator, dict):
        found["discriminator"] = discriminator["propertyName"]
    return _without_null(found)


def _without_null(found: Schema) -> Schema:
    """Null as a word of its own; one branch that is left, and several types, as what they are."""
    types = found.get("type")
    if isinstance(types, list):
        others = [each for each in types if each != "null"]
        if len(others) < len(types):
            found["nullable"] = True
        found["type"] = others[0]
        if len(others) > 1:
            found = _branches_of_types(found, others)
    branches = found.get("branches", [])
    others = [each for each in branches if each.get("type") != "null"]
    if len(others) < len(branches) or any(each.get("nullable") for each in others):
        found["nullable"] = True
        for each in others:
            each.pop("nullable", None)
    if len(others) == 1:
        del found["branches"]
        found = {**others[0], **found}
    elif others:
        found["branches"] = sorted(others, key=_order)
    if found.get("nullable") is False:
        del found["nullable"]
    return found


def _order(branch: Schema) -> tuple[list[str], str]:
    """The order of branches means nothing; what is alike in both schemas comes first."""
    return sorted(branch.get("properties", ())), json.dumps(branch, sort_keys=True, default=str)


def _branches_of_types(found: Schema, types: list[str]) -> Schema:
    of_type = {"array": ("items", "minItems", "maxItems"), "string": ("minLength", "maxLength", "pattern", "format")}
    moved = {name for names in of_type.values() for name in names}
    outer = {name: value for name, value in found.items() if name not in moved and name != "type"}
    branches = [
        {"type": each, **{name: found[name] for name in of_type.get(each, ()) if name in found}} for each in types
    ]
    return {**outer, "branches": branches}


def differences(document: Schema, published: Schema, place: str) -> Iterator[str]:
    """Each keyword that is said otherwise, as `place: keyword: document's -> published`."""
    for name in sorted({*document, *published}):
        one, other = document.get(name), published.get(name)
        if one == other:
            continue
        if name == "properties" and isinstance(one, dict) and isinstance(other, dict):
            for each in sorted({*one, *other}):
                yield from differences(one.get(each, {}), other.get(each, {}), f"{place}.{each}")
        elif name in ("items", "additionalProperties") and isinstance(one, dict) and isinstance(other, dict):
            yield from differences(one, other, f"{place}[]")
        elif name == "branches" and one is not None and other is not None and len(one) == len(other):
            for number, (first, second) in enumerate(zip(one, other, strict=True)):
                yield from differences(first, second, f"{place}|{number}")
        else:
            yield f"{place}: {name}: {one} -> {other}"
