"""What the text of a key component tells of its property."""

from __future__ import annotations

from entitystore_generator.ir.model import Component, DateTimeType, DateType, TransformKind

__all__ = ["tells", "tells_all"]

_LOSSLESS = (TransformKind.ADD, TransformKind.DESC, TransformKind.SORTABLE)


def tells_all(component: Component) -> bool:
    """Whether the value of the property can be read back from its text."""
    is_part = component.format and isinstance(component.field.type, (DateTimeType, DateType))
    return component.default is None and not is_part and all(step.kind in _LOSSLESS for step in component.transforms)


def tells(given: Component, other: Component) -> bool:
    """Whether the text of `given`, which is known, tells that of `other`."""
    if given.identity == other.identity:
        return True
    is_same = [field.wire_name for field in given.path] == [field.wire_name for field in other.path]
    return is_same and tells_all(given)
