"""DynamoDB's own limits on tables and indexes.

Rules of this file:
- Source: the service's developer guide, "Service, account, and table quotas" and "Naming rules".
"""

from __future__ import annotations

import re

from ..diagnostics import Diagnostics
from ..ir.model import Index, KeyAttribute, Package, Table

MAX_INDEXES = 20  # global secondary indexes in one table, the default quota
MAX_INCLUDED = 100  # attributes projected by INCLUDE, over all indexes of a table
MAX_KEY_NAME = 255  # bytes in the name of a key attribute
_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")


def check(package: Package, diagnostics: Diagnostics) -> None:
    """Report a table that DynamoDB would not make."""
    table = package.table
    _check_name("table", table.name, table, diagnostics)
    if package.gaps.table:
        return
    for index in table.indexes:
        _check_name("index", index.name, table, diagnostics)
    for index in (table.primary, *table.indexes):
        _check_attributes(index, table, diagnostics)
    _check_counts(table, diagnostics)


def _check_name(what: str, name: str, table: Table, diagnostics: Diagnostics) -> None:
    if not _NAME.fullmatch(name):
        message = f"{name!r} cannot be the name of a DynamoDB {what}"
        diagnostics.error("ES220", message, table.position, "use 3 to 255 of the characters A-Z a-z 0-9 _ - .")


def _check_attributes(index: Index, table: Table, diagnostics: Diagnostics) -> None:
    attributes: list[KeyAttribute] = [index.partition, *([index.sort] if index.sort else [])]
    for attribute in attributes:
        if not 0 < len(attribute.name.encode("utf-8", "surrogatepass")) <= MAX_KEY_NAME:
            message = f"a key attribute of {index.name or 'the table'} has no name, or one above {MAX_KEY_NAME} bytes"
            diagnostics.error("ES220", message, table.position, "choose a short name")


def _check_counts(table: Table, diagnostics: Diagnostics) -> None:
    if len(table.indexes) > MAX_INDEXES:
        message = f"the table has {len(table.indexes)} indexes; DynamoDB makes at most {MAX_INDEXES}"
        diagnostics.error("ES220", message, table.position, "let entities share indexes: each may fill any of them")
    included = sum(len(index.included) for index in table.indexes)
    if included > MAX_INCLUDED:
        message = f"the indexes include {included} attributes; DynamoDB projects at most {MAX_INCLUDED}"
        diagnostics.error("ES220", message, table.position, "project ALL, or fewer attributes")
