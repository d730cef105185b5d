"""Typed, generated DynamoDB stores: what the packages that `entitystore generate` writes run on.

What users import from here are the conditions of finders, the parameters of literal queries and the registries;
errors are in `entitystore.errors`, transports in `entitystore.transports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitystore.conditions import (
    Condition,
    Prefix,
    SortCondition,
    begins_with,
    between,
    ge,
    gt,
    le,
    lt,
)
from entitystore.manager import DataStore, StorageManager
from entitystore.plan import QueryParameters
from entitystore.query import AsyncQuery, Query
from entitystore.reading import Page
from entitystore.registry import IndexMapRegistry, TypeRegistry
from entitystore.values import Item, Key

if TYPE_CHECKING:
    from entitystore.observing import usage
    from entitystore.stream_values import CancelToken, StreamProgress, StreamResult

__all__ = [
    "AsyncQuery",
    "CancelToken",
    "Condition",
    "DataStore",
    "IndexMapRegistry",
    "Item",
    "Key",
    "Page",
    "Prefix",
    "Query",
    "QueryParameters",
    "SortCondition",
    "StorageManager",
    "StreamProgress",
    "StreamResult",
    "TypeRegistry",
    "begins_with",
    "between",
    "ge",
    "gt",
    "le",
    "lt",
    "usage",
]


def __getattr__(name: str) -> object:
    """Import what streams give when it is asked for (PEP 562): most programs that start never do."""
    if name == "CancelToken":
        from entitystore.stream_values import CancelToken

        return CancelToken
    if name == "StreamProgress":
        from entitystore.stream_values import StreamProgress

        return StreamProgress
    if name == "StreamResult":
        from entitystore.stream_values import StreamResult

        return StreamResult
    if name == "usage":
        from entitystore.observing import usage

        return usage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
