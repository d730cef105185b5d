"""Making pydantic objects from decoded items without validating them again.

The wire structs have checked every type already; pydantic's own constructor would cost as much again for each item
of a page. This is what `model_construct` does, less its search for aliases and defaults.

Rules of this file:
- pydantic itself is not imported: whoever calls this has.
"""

from __future__ import annotations

from typing import TypeVar

__all__ = ["construct"]

M = TypeVar("M")

_set = object.__setattr__


def construct(model: type[M], values: dict[str, object]) -> M:
    """A pydantic model object with these fields, all of them given."""
    made = model.__new__(model)
    _set(made, "__dict__", values)
    _set(made, "__pydantic_fields_set__", set(values))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made
