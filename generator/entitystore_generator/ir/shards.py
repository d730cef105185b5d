"""Partitions that are spread over shards: which component is the shard, and which texts it has.

    PK: "LOG#{day}#{id|shard:8}"     by_day(day=…) reads LOG#…#0 to LOG#…#7 and merges them

Rules of this file:
- A shard is a component that is computed modulo a number. Where the finder is given the property that it is computed
  from anyway, the shard is known, and one partition is read.
"""

from __future__ import annotations

from entitystore_generator.ir.model import Component, KeyTemplate, TransformKind

__all__ = ["shard_component", "shard_texts"]


def shard_component(partition: KeyTemplate) -> Component | None:
    """The component of a partition key that a finder cannot know, so that all its texts are to be read."""
    shards = [component for component in partition.components if shard_texts(component) is not None]
    if not shards:
        return None
    known = {_path(component) for component in partition.components if component not in shards}
    return next((component for component in shards if _path(component) not in known), None)


def _path(component: Component) -> tuple[str, ...]:
    return tuple(step.wire_name for step in component.path)


def shard_texts(component: Component) -> range | None:
    """The numbers that a computed shard can be; None for a component that is no shard."""
    low = high = None
    for step in component.transforms:
        number = step.argument or 0
        if step.kind in (TransformKind.SHARD, TransformKind.MOD):
            low, high = 0, number
        elif step.kind is TransformKind.ADD and low is not None and high is not None:
            low, high = low + number, high + number
    return None if low is None or high is None else range(low, high)
