"""Which components have their texts in the order of their values, and which argument a finder takes for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from entitystore_generator.compiler import read_package
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.emit.key_order import Order, order_of, tells
from entitystore_generator.ir.model import Component, Package

DOCUMENT = """\
openapi: 3.1.0
info: {{title: Things, version: "1"}}
paths: {{}}
components:
  schemas:
    Thing:
      type: object
      required: [id, n, year, d, t, day, s, b, u, status, level, grade]
      x-dynamodb-indexmap: {{PK: "{{id}}", SK: "{template}"}}
      properties:
        id: {{type: string}}
        n: {{type: integer}}
        year: {{type: integer, minimum: 1000, maximum: 9999}}
        d: {{type: number, format: decimal}}
        t: {{type: string, format: date-time}}
        day: {{type: string, format: date}}
        s: {{type: string}}
        b: {{type: boolean}}
        u: {{type: string, format: uuid}}
        status: {{type: string, enum: [open, closed, in progress]}}
        level: {{type: integer, enum: [1, 5, 10]}}
        grade: {{type: integer, enum: [10, 20]}}
"""


def components(template: str, folder: Path) -> tuple[Component, ...]:
    """The components of a sort key with this template."""
    return compiled(template, folder)[1]


def compiled(template: str, folder: Path) -> tuple[Package, tuple[Component, ...]]:
    """The package, too."""
    path = folder / "openapi.yaml"
    path.write_text(DOCUMENT.format(template=template))
    diagnostics = Diagnostics()
    package, _ = read_package(path, Options("dataclass", "things"), path.name, diagnostics)
    assert package is not None, list(diagnostics)
    sort = package.entities[0].primary.sort
    assert sort is not None
    return package, sort.template.components


@pytest.mark.parametrize(
    ("template", "order"),
    [
        ("{t}", Order.ASCENDING),
        ("{t|isoms}", Order.ASCENDING),
        ("{t:%Y-%m}", Order.ASCENDING),
        ("{t:%Y-%m-%dT%H:%M:%S.%f}", Order.ASCENDING),
        ("{t:%m-%Y}", Order.NONE),
        ("{t:%d}", Order.NONE),
        ("{t:%y}", Order.NONE),
        ("{t:%Y%%%m}", Order.ASCENDING),
        ("{day}", Order.ASCENDING),
        ("{day:%Y}", Order.ASCENDING),
        ("{day:%j}", Order.NONE),
        ("{n}", Order.NONE),
        ("{year}", Order.ASCENDING),
        ("{n:08d}", Order.ASCENDING),
        ("{n:d}", Order.NONE),
        ("{n|sortable}", Order.ASCENDING),
        ("{n|desc:8}", Order.DESCENDING),
        ("{n|mod:10}", Order.NONE),
        ("{n|add:10}", Order.NONE),
        ("{n|mod:10|desc:2}", Order.NONE),
        ("{d}", Order.NONE),
        ("{d|sortable}", Order.ASCENDING),
        ("{s}", Order.ASCENDING),
        ("{s|lower}", Order.ASCENDING),
        ("{t:%d|lower}", Order.NONE),
        ("{s|shard:4}", Order.NONE),
        ("{b}", Order.ASCENDING),
        ("{u}", Order.ASCENDING),
        ("{status}", Order.ASCENDING),
        ("{level}", Order.NONE),
        ("{grade}", Order.ASCENDING),
    ],
)
def test_order(template: str, order: Order, tmp_path: Path) -> None:
    package, (component,) = compiled(template, tmp_path)
    assert order_of(component, package) is order


@pytest.mark.parametrize(
    ("given", "other", "does"),
    [
        ("{t}", "{t:%Y}", True),
        ("{t:%Y}", "{t}", False),
        ("{t:%Y}", "{t:%Y}", True),
        ("{t:%Y}", "{t:%Y-%m}", False),
        ("{n:08d}", "{n|desc:8}", True),
        ("{n|desc:8}", "{n}", True),
        ("{n|sortable}", "{n:08d}", True),
        ("{n|add:1}", "{n}", True),
        ("{n|mod:4}", "{n}", False),
        ("{n|mod:4|add:1}", "{n}", False),
        ("{t|isoms}", "{t}", False),
        ("{s|default:x}", "{s}", False),
        ("{s|upper}", "{s}", False),
        ("{s}", "{s|upper}", True),
    ],
)
def test_what_one_text_tells_of_another(given: str, other: str, does: bool, tmp_path: Path) -> None:
    one, two = components(f"{given}#{other}", tmp_path)
    assert tells(one, two) is does
