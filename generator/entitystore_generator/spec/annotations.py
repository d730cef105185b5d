"""What a schema says to readers and clients alone: examples, deprecated, writeOnly, contentMediaType.

Rules of this file:
- None of it is a fault, whatever its shape: nothing is stored or checked by it.
- Examples are any JSON, kept as JSON text: exact, and hashable. What JSON does not have (`.nan`, 0x1F) is the text that
  stands there.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence
from entitystore_generator.spec.scalars import meaning_of

__all__ = ["read_annotations"]

_FLAGS = {"deprecated": "deprecated", "writeOnly": "write_only"}


def read_annotations(node: Mapping) -> dict[str, Any]:
    """The fields of `Schema` for these keywords. `example` (OpenAPI 3.0) is one of `examples` (3.1)."""
    fields: dict[str, Any] = {}
    for keyword, field in _FLAGS.items():
        given = node.get(keyword)
        if isinstance(given, Scalar) and meaning_of(given).value is True:
            fields[field] = True
    media_type = node.get("contentMediaType")
    if isinstance(media_type, Scalar):
        fields["content_media_type"] = media_type.text
    examples = node.get("examples")
    several = examples.items if isinstance(examples, Sequence) else []
    one = node.get("example")
    values = [_json(each) for each in (*several, *([] if one is None or several else [one]))]
    return fields | {"examples": json.dumps(values, ensure_ascii=False)} if values else fields


def _json(node: Node) -> object:
    if isinstance(node, Sequence):
        return [_json(item) for item in node.items]
    if isinstance(node, Mapping):
        return {name: _json(pair.value) for name, pair in node.pairs.items()}
    kind, value = meaning_of(node)
    if isinstance(value, Decimal):
        return float(value) if math.isfinite(float(value)) else node.text
    return node.text if kind in ("odd", "string") else value
