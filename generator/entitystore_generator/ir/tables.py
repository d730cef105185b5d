"""The physical table: as `x-dynamodb-table` says, or inferred from the index maps.

Rules of this file:
- A logical key is `PK` or `SK` of the table, or an index's name with one of the two behind it.
- What the extension does not say is inferred: physical names are the logical ones, there is a sort key where an entity
  fills one, and an index is whatever `GSI<n>PK` names.
- A contradiction of index maps and extension is reported once, not for each entity.
- A key attribute is a string unless, in every entity that fills it, it is a numeric property itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

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
from entitystore_generator.spec.schema import EntitySchema, IndexExtension, IndexMapEntry, Named, TableExtension

__all__ = ["IndexPairs", "check_index_maps", "layout", "own_property", "pair_up", "split_logical", "typed"]

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
    said = context.spec.table or TableExtension(Position(context.spec.path, 1, 1))
    used = _used(entities)
    declared = [_declared(each, used) for each in said.indexes]
    names = {index.name for index in declared}
    return Table(
        name=said.name or _table_name(context),
        primary=_index("", said.partition_key, said.sort_key, used),
        indexes=(*declared, *(_index(name, None, None, used) for name in _numbered(used) if name not in names)),
        type_attribute=said.entity_type or _DEFAULT_TYPE_ATTRIBUTE,
        ttl_attribute=None,  # the entities have a say in it: see `expiry`
        position=said.position,
    )


def _used(entities: tuple[EntitySchema, ...]) -> Collection[str]:
    """The logical keys that some entity fills, in the order of the document."""
    return dict.fromkeys(entry.logical for entity in entities for entry in entity.index_map)


def _numbered(used: Collection[str]) -> list[str]:
    """The indexes among the used keys that need no declaration."""
    names = {split_logical(logical)[0] for logical in used}
    return sorted((name for name in names if _INFERRED.fullmatch(name)), key=lambda name: int(name[3:]))


def _index(name: str, partition: str | None, sort: Named | None, used: Collection[str]) -> Index:
    """An index with these physical names; the logical ones for what is not said."""
    sort_name = sort.name if sort else f"{name}SK" if f"{name}SK" in used else None
    return Index(name, KeyAttribute(partition or f"{name}PK"), KeyAttribute(sort_name) if sort_name else None)


def _declared(said: IndexExtension, used: Collection[str]) -> Index:
    plain = _index(said.name, said.partition_key, said.sort_key, used)
    return replace(plain, projection=said.projection, included=said.included, position=said.position)


def _table_name(context: Context) -> str:
    """A name that DynamoDB accepts, from the document's title or else its file's name."""
    stem = context.spec.path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    for text in (context.spec.title, stem):
        name = _NOT_IN_NAMES.sub("-", text).strip("-.").lower()
        if len(name) >= 3:
            return name[:255]
    return "table"


# ----------------------------------------------------------------------------------------- entities' keys


def check_index_maps(context: Context, table: Table, entities: tuple[EntitySchema, ...]) -> None:
    """Report where the index maps and the table contradict each other, each contradiction once."""
    if context.spec.gaps.table:
        return
    _report_unknown(context, table, entities)
    if not (context.spec.gaps.entities or context.spec.gaps.keys):
        _report_unfilled(context, table, entities)


def _report_unfilled(context: Context, table: Table, entities: tuple[EntitySchema, ...]) -> None:
    used = _used(entities)
    for index in (table.primary, *table.indexes):
        logical, said = f"{index.name}SK", _said_sort(context, index)
        is_filled = index.is_table or f"{index.name}PK" in used
        if said is not None and is_filled and logical not in used:
            message = f"x-dynamodb-table gives {_title(index)} the sort-key {said.name!r}, but no entity has {logical}"
            hint = f"remove sort-key, or add {logical} to the index maps; it may be constant"
            context.error("ES209", message, said.position, hint)


def _report_unknown(context: Context, table: Table, entities: tuple[EntitySchema, ...]) -> None:
    indexes = (table.primary, *table.indexes)
    logicals = [f"{index.name}{part}" for index in indexes for part in ("PK", "SK") if part == "PK" or index.sort]
    told = {index.name for index in indexes}
    for entry in (entry for entity in entities for entry in entity.index_map):
        name, part = split_logical(entry.logical)
        if not part:
            hint = did_you_mean(entry.logical, logicals)
            context.error("ES208", f"{entry.logical!r} is no key: keys end in PK or SK", entry.position, hint)
        elif name not in told:
            told.add(name)
            hint = did_you_mean(entry.logical, logicals)
            message = f"there is no index {name!r}: all but GSI1, GSI2, … have to be declared"
            declare = f"declare it below x-dynamodb-table.indexes: {name}: {{}}"
            near = hint if hint.startswith("did you mean") else ""
            context.error("ES208", message, entry.position, f"{near} If not, {declare}" if near else declare)


def _said_sort(context: Context, index: Index) -> Named | None:
    """The sort key that the extension gives the index, None where it says none."""
    said = context.spec.table
    if said is None or index.is_table:
        return said.sort_key if said else None
    return next((each.sort_key for each in said.indexes if each.name == index.name), None)


def _title(index: Index) -> str:
    return f"the index {index.name}" if index.name else "the table"


def pair_up(context: Context, table: Table, entity: EntitySchema, keys: Mapping[str, Key]) -> IndexPairs | None:
    """The entity's keys by index, each checked against what the index has; None without a key of the table."""
    entries = {entry.logical: entry for entry in entity.index_map}
    pairs = {index.name: _pair(context, index, entity, entries, keys) for index in (table.primary, *table.indexes)}
    primary = pairs.pop("")
    if primary is None:
        return None
    return IndexPairs(primary, tuple(pair for pair in pairs.values() if pair is not None))


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
    missing = _missing(context, index, entries)
    if missing and not entity.knows_keys:
        return None
    if missing:
        place = next((entries[each].position for each in (partition, sort) if each in entries), entity.position)
        context.error("ES209", f"{entity.name} has no {missing[0]}", place, missing[1])
        return None
    if partition not in keys or (index.sort is not None and sort not in keys):
        return None  # its fault is reported already
    return IndexKeys(index, keys[partition], keys.get(sort))


def _missing(context: Context, index: Index, entries: Mapping[str, IndexMapEntry]) -> tuple[str, str] | None:
    """The key that the entity lacks on the index, with the reason, and a hint; None if it lacks none.

    Where no entity has the sort key, `check_index_maps` has said so.
    """
    partition, sort = f"{index.name}PK", f"{index.name}SK"
    if partition not in entries:
        why = "" if index.is_table else f", and {sort} alone puts nothing into the index"
        return f"{partition}{why}", f"add {partition} to its index map"
    if index.sort is None or sort in entries or sort not in _used(context.spec.entities) or context.spec.gaps.table:
        return None
    reason = "other entities have one" if _said_sort(context, index) is None else "x-dynamodb-table gives it one"
    return f"{sort}, which {_title(index)} needs ({reason})", f"add {sort}; it may be constant"


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
