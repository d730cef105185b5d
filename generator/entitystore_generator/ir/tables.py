"""The physical table: as `x-dynamodb-table` says, or inferred from the index maps.

Rules of this file:
- A logical key is `PK` or `SK` of the table, or an index's name with one of the two behind it.
- Without the extension, physical names are the logical ones, and an index is whatever `GSI<n>PK` names.
- A key attribute is a string unless, in every entity that fills it, it is a numeric property itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import (
    Index,
    IndexKeys,
    IntegerType,
    Key,
    KeyAttribute,
    KeyTemplate,
    NumberType,
    Table,
)
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.schema import EntitySchema, IndexMapEntry

__all__ = ["IndexPairs", "layout", "own_property", "pair_up", "split_logical", "typed"]

_INFERRED = re.compile(r"GSI(?:0|[1-9][0-9]*)")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")
_DEFAULT_TYPE_ATTRIBUTE = "EntityType"


class IndexPairs(Struct, frozen=True):
    """An entity's keys put together by index."""

    primary: IndexKeys
    secondary: tuple[IndexKeys, ...]


def split_logical(logical: str) -> tuple[str, str]:
    """`GSI1SK` -> ("GSI1", "SK"), `PK` -> ("", "PK"); ("", "") for what is no key's name."""
    return (logical[:-2], logical[-2:]) if logical.endswith(("PK", "SK")) else ("", "")


def layout(context: Context, entities: tuple[EntitySchema, ...]) -> Table:
    """The table that the document describes. Attributes are strings; see `typed`."""
    extension = context.spec.table
    if extension is None:
        return _inferred(context, entities)
    return Table(
        name=extension.name or _table_name(context),
        primary=_index("", extension.partition_key, extension.sort_key),
        indexes=tuple(
            replace(
                _index(each.name, each.partition_key, each.sort_key),
                projection=each.projection,
                included=each.included,
                position=each.position,
            )
            for each in extension.indexes
        ),
        type_attribute=extension.entity_type or _DEFAULT_TYPE_ATTRIBUTE,
        ttl_attribute=extension.ttl,
        position=extension.position,
    )


def _index(name: str, partition: str, sort: str | None) -> Index:
    return Index(name, KeyAttribute(partition), KeyAttribute(sort) if sort is not None else None)


def _table_name(context: Context) -> str:
    """A name that DynamoDB accepts, from the document's title or else its file's name."""
    stem = context.spec.path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    for text in (context.spec.title, stem):
        name = _NOT_IN_NAMES.sub("-", text).strip("-.").lower()
        if len(name) >= 3:
            return name[:255]
    return "table"


def _inferred(context: Context, entities: tuple[EntitySchema, ...]) -> Table:
    used = dict.fromkeys(entry.logical for entity in entities for entry in entity.index_map)
    names = dict.fromkeys(split_logical(logical)[0] for logical in used)
    known = sorted((name for name in names if _INFERRED.fullmatch(name)), key=lambda name: int(name[3:]))
    indexes = (_index(name, f"{name}PK", f"{name}SK" if f"{name}SK" in used else None) for name in known)
    return Table(
        name=_table_name(context),
        primary=_index("", "PK", "SK" if "SK" in used else None),
        indexes=tuple(indexes),
        type_attribute=_DEFAULT_TYPE_ATTRIBUTE,
        ttl_attribute=None,
        position=Position(context.spec.path, 1, 1),
    )


# ----------------------------------------------------------------------------------------- entities' keys


def pair_up(context: Context, table: Table, entity: EntitySchema, keys: Mapping[str, Key]) -> IndexPairs | None:
    """The entity's keys by index, each checked against what the index has; None without a key of the table."""
    entries = {entry.logical: entry for entry in entity.index_map}
    _report_unknown(context, table, entries)
    pairs = {index.name: _pair(context, index, entity, entries, keys) for index in (table.primary, *table.indexes)}
    primary = pairs.pop("")
    if primary is None:
        return None
    return IndexPairs(primary, tuple(pair for pair in pairs.values() if pair is not None))


def _report_unknown(context: Context, table: Table, entries: Mapping[str, IndexMapEntry]) -> None:
    indexes = (table.primary, *table.indexes)
    known = {index.name for index in indexes}
    logicals = [f"{index.name}{part}" for index in indexes for part in ("PK", "SK") if part == "PK" or index.sort]
    for logical, entry in entries.items():
        name, part = split_logical(logical)
        if part and name in known:
            continue
        hint = did_you_mean(logical, logicals)
        if not part:
            message = f"{logical!r} is no key: keys end in PK or SK"
        elif context.spec.table is None:
            message = f"there is no index {name!r}: without x-dynamodb-table, indexes are GSI1, GSI2, …"
        else:
            message = f"x-dynamodb-table declares no index {name!r}"
            hint = f"declare it below x-dynamodb-table.indexes; {hint}" if hint else "declare it there, below indexes"
        context.error("ES208", message, entry.position, hint)


def _pair(
    context: Context,
    index: Index,
    entity: EntitySchema,
    entries: Mapping[str, IndexMapEntry],
    keys: Mapping[str, Key],
) -> IndexKeys | None:
    partition, sort = f"{index.name}PK", f"{index.name}SK"
    if not (index.is_table or partition in entries or sort in entries):
        return None
    missing = _missing(index, entries, declared=context.spec.table is not None)
    if missing:
        order = (sort, partition) if index.sort is None else (partition, sort)
        place = next((entries[each].position for each in order if each in entries), entity.position)
        context.error("ES209", f"{entity.name} {missing[0]}", place, missing[1])
        return None
    if partition not in keys or (sort in entries and sort not in keys):
        return None  # its fault is reported already
    return IndexKeys(index, keys[partition], keys.get(sort))


def _missing(index: Index, entries: Mapping[str, IndexMapEntry], *, declared: bool) -> tuple[str, str] | None:
    """What is wrong with which keys are there, and a hint; None if nothing is."""
    partition, sort = f"{index.name}PK", f"{index.name}SK"
    title = f"the index {index.name}" if index.name else "the table"
    if partition not in entries:
        why = "" if index.is_table else f", and {sort} alone puts nothing into the index"
        return f"has no {partition}{why}", f"add {partition} to its index map"
    if index.sort is None and sort in entries:
        return f"fills {sort}, but {title} has no sort key", f"remove {sort}, or give {title} a sort-key"
    if index.sort is not None and sort not in entries:
        reason = "x-dynamodb-table gives it one" if declared else "other entities have one"
        return f"has no {sort}, which {title} needs ({reason})", f"add {sort}; it may be constant"
    return None


# ---------------------------------------------------------------------------------------- attribute types


def own_property(template: KeyTemplate) -> tuple[str, bool] | None:
    """Where a template is just `{property}`: the attribute that stores it, and whether it is a number."""
    if len(template.parts) != 1 or not template.components:
        return None
    component = template.components[0]
    if len(component.path) != 1 or component.format or component.transforms or component.default is not None:
        return None
    return component.field.attribute, isinstance(component.field.type, (IntegerType, NumberType))


def typed(table: Table, entities: list[IndexPairs]) -> Table:
    """The table with N for the key attributes that are numeric properties."""

    def attribute(plain: KeyAttribute, index: str) -> KeyAttribute:
        keys = [key for pairs in entities for key in _filling(pairs, index, plain)]
        owned = [own_property(template) for key in keys for template in key.templates]
        return replace(plain, type="N") if owned and all(each == (plain.name, True) for each in owned) else plain

    def index(plain: Index) -> Index:
        sort = attribute(plain.sort, plain.name) if plain.sort else None
        return replace(plain, partition=attribute(plain.partition, plain.name), sort=sort)

    return replace(table, primary=index(table.primary), indexes=tuple(map(index, table.indexes)))


def _filling(pairs: IndexPairs, index: str, attribute: KeyAttribute) -> list[Key]:
    found: list[Key] = []
    for keys in (pairs.primary, *pairs.secondary):
        if keys.index.name != index:
            continue
        if keys.index.partition.name == attribute.name:
            found.append(keys.partition)
        elif keys.sort is not None:
            found.append(keys.sort)
    return found
