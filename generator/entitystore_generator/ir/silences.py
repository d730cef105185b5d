"""Advice that the document does not want, from its `x-dynamodb-lint`s.

Rules of this file:
- A property that is put together by `allOf` has what each of its parts says.
"""

from __future__ import annotations

from entitystore_generator.ir.model import Silence
from entitystore_generator.spec.schema import LintIgnores, Schema

__all__ = ["silences", "silences_of"]


def silences(lint: LintIgnores) -> tuple[Silence, ...]:
    """What one `x-dynamodb-lint` silences."""
    return tuple(Silence(each.code, each.reason, each.position) for each in lint.ignores)


def silences_of(schema: Schema) -> tuple[Silence, ...]:
    """What a schema silences, with the parts that it joins; what it refers to stands for itself."""
    parts = (silence for part in schema.all_of for silence in silences_of(part))
    return tuple(dict.fromkeys((*silences(schema.lint), *parts)))
