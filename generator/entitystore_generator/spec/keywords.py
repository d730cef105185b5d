"""The keywords of a schema object (OpenAPI 2.0, 3.0, 3.1; JSON Schema 2020-12), by how they are read.

Rules of this file:
- A keyword that is read is in one of the tables with the field of `Schema` that it becomes, or in `KNOWN`.
- A keyword that restricts values but that no generated code checks is in `INEFFECTIVE`, so that it is said.
"""

from __future__ import annotations

__all__ = [
    "ANNOTATIONS",
    "BOOLEANS",
    "BOUNDS",
    "COUNTS",
    "IGNORED_NEXT_TO_REF",
    "INEFFECTIVE",
    "KNOWN",
    "TEXTS",
    "TYPES",
]

TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")

TEXTS = {
    "format": "format",
    "description": "description",
    "title": "title",
    "pattern": "pattern",
    "contentEncoding": "content_encoding",
}
COUNTS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
}
BOOLEANS = {
    "nullable": "nullable",
    "x-nullable": "nullable",
    "readOnly": "read_only",
    "uniqueItems": "unique_items",
}
ANNOTATIONS = ("example", "examples", "deprecated", "writeOnly", "contentMediaType")
"""Keywords for readers and clients alone. What has not their shape is left out: nothing depends on it."""

BOUNDS = {"minimum": "minimum", "maximum": "maximum", "multipleOf": "multiple_of"}

_PARTS = (
    *("$ref", "type", "enum", "const", "default", "discriminator"),
    *("properties", "required", "additionalProperties", "items", "allOf", "oneOf", "anyOf"),
    *("exclusiveMinimum", "exclusiveMaximum"),
)
_WITHOUT_MEANING_HERE = (
    *("xml", "externalDocs", "summary", "$comment"),
    *("$schema", "$id", "$anchor", "$defs", "definitions", "$vocabulary"),
    "contentSchema",
)

INEFFECTIVE = frozenset(
    (
        *("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies"),
        *("patternProperties", "propertyNames", "unevaluatedProperties"),
        *("prefixItems", "additionalItems", "contains", "minContains", "maxContains", "unevaluatedItems"),
        *("$dynamicRef", "$dynamicAnchor", "$recursiveRef"),
    )
)
"""Keywords that restrict values and that the generated code does not check."""

KNOWN = frozenset({*TEXTS, *COUNTS, *BOOLEANS, *BOUNDS, *ANNOTATIONS, *_PARTS, *_WITHOUT_MEANING_HERE})
"""Keywords that may stand in a schema without a remark."""

IGNORED_NEXT_TO_REF = frozenset({*TEXTS, *COUNTS, *BOOLEANS, *BOUNDS, *_PARTS} - {"$ref", "description", "title"})
"""Keywords that would change what a schema means, but that OpenAPI 3.0 ignores beside a `$ref`."""
