"""Typed, generated DynamoDB stores: what the packages that `entitystore generate` writes run on.

What users import from here are the conditions of finders, the parameters of literal queries and the registries;
errors are in `entitystore.errors`, transports in `entitystore.transports`.
"""

from __future__ import annotations

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
from entitystore.plan import Page, QueryParameters
from entitystore.query import AsyncQuery, Query
from entitystore.registry import IndexMapRegistry, TypeRegistry
from entitystore.streaming import CancelToken, StreamProgress, StreamResult
from entitystore.values import Item, Key

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
]
