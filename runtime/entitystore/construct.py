"""Making pydantic objects from decoded items without validating them again.

The wire structs have checked every type already; pydantic's own constructor would cost as much again for each item
of a page. This is what `model_construct` does, less its search for aliases and defaults.

Rules of this file:
- pydantic itself is not imported: whoever calls this has.
- What is the same for all objects of a class is done once. `BaseModel`'s four slots are set by their descriptors, which
  costs half of what `object.__setattr__` takes to find them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["constructor"]

_OWN = ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")

M = TypeVar("M")

_new = object.__new__


def constructor(model: type[M]) -> Callable[[dict[str, object]], M]:
    """A function that makes objects of a pydantic class from the values of its fields, always all of them."""
    base = next(each for each in model.__mro__ if _OWN[1] in each.__dict__)
    set_values, set_given, set_extra, set_private = (base.__dict__[name].__set__ for name in _OWN)
    given: set[str] = set()

    def construct(values: dict[str, object]) -> M:
        if not given:
            given.update(values)
        made = _new(model)
        set_values(made, values)
        set_given(made, given.copy())
        set_extra(made, None)
        set_private(made, None)
        return made

    return construct
