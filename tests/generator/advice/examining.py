"""Documents with the places of their faults marked: `SK: "INVOICE#«{number}»"`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from entitystore_generator.compiler import Examination, examine_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostic

Span = tuple[int, int, int]
"""Line, column and length."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was said of a document, and the places that are marked in it, both from top to bottom."""

    examination: Examination
    marked: list[Span]

    @property
    def found(self) -> list[Diagnostic]:
        return list(self.examination.diagnostics)

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.found]

    @property
    def spans(self) -> list[Span]:
        return [(each.position.line, each.position.column, each.position.length) for each in self.found]


def examine(folder: Path, text: str) -> Examined:
    """Examine a document of which places may be marked."""
    plain, marked = _unmarked(text)
    spec = folder / "openapi.yaml"
    spec.write_text(plain, encoding="utf-8")
    return Examined(examine_package(spec, Options("pydantic", "x_store"), spec_name=spec.name), marked)


def _unmarked(text: str) -> tuple[str, list[Span]]:
    lines, spans = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        while "«" in line:
            start, end = line.index("«"), line.index("»") - 1
            line = line.replace("«", "", 1).replace("»", "", 1)
            spans.append((number, start + 1, end - start))
        lines.append(line)
    return "\n".join(lines), spans


HEAD = 'openapi: 3.1.0\ninfo: {title: Shop, version: "1"}\npaths: {}\n'


def document(*entities: str, table: str = "", root: str = "") -> str:
    """A document of these entities, as `entity` writes them; `table` is the flow mapping of its indexes."""
    described = f"x-dynamodb-table: {{name: shop, partition-key: PK, sort-key: SK, indexes: {{{table}}}}}\n"
    return HEAD + root + (described if table else "") + "components:\n  schemas:\n" + "".join(entities)


def entity(name: str, keys: str, properties: str = "", required: str = "id", more: str = "") -> str:
    """An entity with an `id`; `keys` and `properties` are one to a line."""
    lines = [f"    {name}:", "      type: object", f"      required: [{required}]"]
    lines += [f"      {line}" for line in more.splitlines()]
    lines += ["      x-dynamodb-indexmap:", *(f"        {line}" for line in keys.splitlines()), "      properties:"]
    plain = properties.replace("«", "").replace("»", "")
    listed = properties if "id:" in plain.split() else "id: {type: string, format: uuid}\n" + properties
    return "\n".join([*lines, *(f"        {line}" for line in listed.splitlines())]) + "\n"
