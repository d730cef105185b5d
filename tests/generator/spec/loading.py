"""Documents for tests of the front end: written to a folder, with their faults marked where they stand.

`⟦` and `⟧` stand around the characters that a fault has to point at; they are taken out before the text is read.
`⟦⟧` is a place without a length, as that of a list or a mapping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from entitystore_generator.diagnostics import Diagnostic, Diagnostics
from entitystore_generator.spec.load import load_spec
from entitystore_generator.spec.schema import Schema, Spec

HEAD = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {}\n'
HEAD_30 = HEAD.replace("3.1.0", "3.0.3")
ENTITY = """\
components:
  schemas:
    User:
      type: object
      required: [id]
      x-dynamodb-indexmap: {PK: "USER#{id}", SK: USER}
      properties:
        id: {type: string}
"""

Place = tuple[str, int, int, int]
"""File, line, column and length."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a document, and the places that were marked in it."""

    spec: Spec | None
    inputs: tuple[str, ...]
    found: tuple[Diagnostic, ...]
    marked: tuple[Place, ...]

    @property
    def good(self) -> Spec:
        """The document, which has to be there, without a remark."""
        assert self.found == ()
        assert self.spec is not None
        return self.spec

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.found]

    @property
    def places(self) -> tuple[Place, ...]:
        places = (each.position for each in self.found)
        return tuple((each.file, each.line, each.column, each.length) for each in places)

    def schema(self, name: str) -> Schema:
        """The schema of this name below `components/schemas` of the document."""
        return self.good.schemas[f"spec.yaml#/components/schemas/{name}"]


def unmarked(file: str, text: str) -> tuple[str, list[Place]]:
    """The text without its marks, and the places between them."""
    places: list[Place] = []
    plain, *parts = text.split("⟦")
    for part in parts:
        inside, _, after = part.partition("⟧")
        start = plain.rfind("\n") + 1
        places.append((file, plain.count("\n") + 1, len(plain) - start + 1, len(inside)))
        plain += inside + after
    return plain, places


def load(folder: Path, text: str, files: Mapping[str, str] | None = None, name: str = "spec.yaml") -> Loaded:
    """Write a document, and other files beside it, and read it."""
    places: list[Place] = []
    for path, content in {name: text, **(files or {})}.items():
        plain, marked = unmarked(path, content)
        places += marked
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(plain.encode())
    diagnostics = Diagnostics()
    result = load_spec(folder / name, name, diagnostics)
    return Loaded(result.spec, result.inputs, tuple(diagnostics), tuple(sorted(places)))


def load_property(folder: Path, schema: str, others: str = "", head: str = HEAD) -> Loaded:
    """A document whose entity has a property `p` with this schema, in flow style, beside other schemas."""
    return load(folder, f"{head}{ENTITY}        p: {schema}\n{others}")
