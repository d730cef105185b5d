"""The size of an item as DynamoDB counts it.

Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats". Names and texts count as UTF-8 bytes, bytes
as they are, null and booleans 1, a list or map 3 and 1 for each of its entries. Of numbers the guide says "about": one
byte for two significant digits and one more. The lower figure is taken, so that nothing that fits is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

__all__ = ["MAX_ITEM_SIZE", "item_size"]

MAX_ITEM_SIZE = 400 * 1024
"""Bytes."""


def item_size(item: Mapping[str, Mapping[str, object]]) -> int:
    """Bytes that an item as DynamoDB JSON takes, with its attribute names."""
    return sum(_text_size(name) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, object]) -> int:
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return _text_size(cast("str", inner))
        case "N":
            return _number_size(cast("str", inner))
        case "B":
            return _bytes_size(cast("bytes | str", inner))
        case "SS":
            return sum(map(_text_size, cast("Iterable[str]", inner)))
        case "NS":
            return sum(map(_number_size, cast("Iterable[str]", inner)))
        case "BS":
            return sum(map(_bytes_size, cast("Iterable[bytes | str]", inner)))
        case "L":
            return 3 + sum(1 + _value_size(each) for each in cast("Iterable[Mapping[str, object]]", inner))
        case "M":
            entries = cast("Mapping[str, Mapping[str, object]]", inner)
            return 3 + len(entries) + item_size(entries)
    return 1  # NULL, BOOL


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _number_size(text: str) -> int:
    mantissa = text.lower().partition("e")[0]
    digits = mantissa.lstrip("-").replace(".", "").strip("0")
    return 1 + (len(digits) + 1) // 2


def _bytes_size(value: bytes | str) -> int:
    """`str` is base64."""
    return len(value) if isinstance(value, bytes) else len(value.rstrip("=")) * 3 // 4
