"""Entities of many attributes, for the growth of decoding with their number: `python -m bench.wide` writes a document.

A third are strings, a third integers, a third decimals.
"""

from __future__ import annotations

import json

COUNTS = (5, 15, 50, 150)
TYPES = ({"type": "string"}, {"type": "integer"}, {"type": "number", "format": "decimal"})


def document() -> dict[str, object]:
    """The OpenAPI document of one entity for each count."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wide", "version": "1.0"},
        "paths": {},
        "components": {"schemas": {f"Wide{count}": _schema(count) for count in COUNTS}},
    }


def _schema(count: int) -> dict[str, object]:
    properties = {f"field{place}": TYPES[place % 3] for place in range(count - 1)}
    return {
        "type": "object",
        "required": ["id", *properties],
        "x-dynamodb-indexmap": {"PK": f"WIDE{count}#{{id}}", "SK": f"WIDE{count}"},
        "properties": {"id": {"type": "string"}} | properties,
    }


def item(count: int) -> dict[str, dict[str, str]]:
    """A stored entity of so many attributes, keys not counted."""
    values = ({"S": "a text of usual length"}, {"N": "1234"}, {"N": "19.95"})
    head = {
        "PK": {"S": f"WIDE{count}#1"},
        "SK": {"S": f"WIDE{count}"},
        "EntityType": {"S": f"Wide{count}"},
        "id": {"S": "1"},
    }
    return head | {f"field{place}": values[place % 3] for place in range(count - 1)}


if __name__ == "__main__":
    print(json.dumps(document(), indent=1))
