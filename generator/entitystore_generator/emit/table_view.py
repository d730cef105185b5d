"""The view of `definition.py`, `table.py` and `__init__.py`: the table as a whole.

Rules of this file:
- Everything is in the order of the document, a line each, so that what two branches add at two places of it does not
  meet here.
- Static tables only: what a registry holds is written out, nothing is collected when the package is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from entitystore_generator.emit.choices import expand
from entitystore_generator.emit.finder_arguments import finder_arguments
from entitystore_generator.emit.imports import Imports, table_prelude
from entitystore_generator.emit.names import constant_of
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Comment, Name, docstring, identifier, literal
from entitystore_generator.emit.views import ArgumentView, CollectionView, TableView
from entitystore_generator.ir.model import (
    AccessPattern,
    Component,
    Entity,
    Index,
    Key,
    KeyAttribute,
    KeyTemplate,
    Literal,
    Package,
    Table,
)
from entitystore_generator.ir.order import in_order
from entitystore_generator.ir.shards import shard_component

__all__ = ["class_prefix", "table_view"]


def class_prefix(package: Package, package_name: str) -> str:
    """`Shop` for the table `shop`: the table's name as a class name, else the package's."""
    for name in (package.table.name, package_name):
        words = re.findall(r"[A-Za-z0-9]+", name)
        joined = "".join(word[:1].upper() + word[1:] for word in words)
        if joined.isidentifier():
            taken = {model.name for model in package.models} | {enum.name for enum in package.enums}
            return joined if f"{joined}Table" not in taken else f"{joined}Dynamo"
    return "Entity"


def table_view(package: Package, package_name: str, header: Comment) -> TableView:
    """Everything that the three modules show."""
    imports = Imports(table_prelude(), listed=frozenset({"."}))
    collections = _collections(package, imports)
    prefix = class_prefix(package, package_name)
    entities = tuple(
        (identifier(entity.name), identifier(entity.model.name), identifier(f"{entity.model.name}Store"))
        for entity in package.entities
    )
    return TableView(
        header=header,
        imports=tuple(imports.lines()),
        docstring=docstring(
            f"Typed DynamoDB stores, compiled from {package.spec_name}. `connect()` gives the table.", wrap=False
        ),
        table_class=identifier(f"{prefix}Table"),
        union_name=identifier(f"{prefix}Entity"),
        package_name=package_name,
        entity_classes=tuple(entity.model.name for entity in package.entities),
        modules=tuple(f"{entity.name}_store" for entity in package.entities),
        classes=tuple(identifier(each.name) for each in in_order(package)),
        entities=entities,
        definition=_definition(package),
        index_constants=tuple(
            (identifier(constant_of(index, package.table)), _index(index))
            for index in (package.table.primary, *package.table.indexes)
        ),
        index_maps=tuple((entity.model.name, tuple(_index_map(entity))) for entity in package.entities),
        type_names=tuple((literal(entity.type_name), entity.name) for entity in package.entities),
        collections=tuple(collections),
        collection_arguments=_all_arguments(collections),
    )


def _definition(package: Package) -> str:
    table = package.table
    indexes = ", ".join(constant_of(index, table) for index in table.indexes) + ("," if table.indexes else "")
    parts = [
        f"name={literal(table.name)}",
        "primary=PRIMARY",
        f"indexes=({indexes})",
        f"type_attribute={literal(table.type_attribute)}",
    ]
    if table.ttl_attribute is not None:
        parts.append(f"ttl_attribute={literal(table.ttl_attribute)}")
    return f"TableDefinition({', '.join(parts)})"


def _index(index: Index) -> str:
    parts = [f"name={literal(index.name)}", f"partition={_key(index.partition)}"]
    if index.sort is not None:
        parts.append(f"sort={_key(index.sort)}")
    if index.projection != "ALL":
        parts.append(f"projection={literal(index.projection)}")
    if index.included:
        parts.append(f"included=({''.join(f'{literal(name)}, ' for name in index.included)})")
    return f"IndexDefinition({', '.join(parts)})"


def _key(key: KeyAttribute) -> str:
    return f"KeyAttribute({literal(key.name)}, {literal(key.type)})"


def _index_map(entity: Entity) -> list[tuple[str, str]]:
    found = []
    for keys in entity.all_keys:
        for key in (keys.partition, keys.sort):
            if key is not None:
                sources = " / ".join(choice.template.source for choice in key.choices)
                found.append((literal(key.logical), literal(sources)))
    return found


_OTHER_ARGUMENTS = frozenset({"self", "parameters", "partition_key", "index", "sort_key", "descending"})


def _collections(package: Package, imports: Imports) -> list[CollectionView]:
    """The partitions that `query_all` knows by the properties that name them: the table's, and those of its indexes."""
    members = [_members(package, index) for index in (package.table.primary, *package.table.indexes)]
    return [found for each in members for found in _collections_of(each, package.table, imports)]


def _members(package: Package, index: Index) -> dict[tuple[str, ...], list[_Member]]:
    """What lies in the index's partitions, by their shape: the constant text around their components.

    Entities with one shape share partitions. One that is alone on an index has its finder.
    """
    groups: dict[tuple[str, ...], list[_Member]] = {}
    for entity in package.entities:
        for pattern in entity.access_patterns:
            if pattern.keys.index == index and _is_one_partition(pattern.keys.partition):
                groups.setdefault(_shape(pattern.keys.partition.template), []).append(_member(entity, pattern))
    return groups if index.is_table else {shape: each for shape, each in groups.items() if len(each) > 1}


def _collections_of(
    groups: Mapping[tuple[str, ...], list[_Member]], table: Table, imports: Imports
) -> Iterable[CollectionView]:
    """The collections of one index.

    The keyword arguments are those of any entity that lies there, as far as no other collection uses the same names.
    """
    owners: dict[str, set[tuple[str, ...]]] = {}
    for shape, members in groups.items():
        for member in members:
            for name in member.arguments:
                owners.setdefault(name, set()).add(shape)
    found: dict[tuple[str, ...], CollectionView] = {}
    for members in groups.values():
        for member in members:
            names = member.arguments
            if names and not any(len(owners[name]) > 1 or name in _OTHER_ARGUMENTS for name in names):
                found.setdefault(names, _collection(member, members, table, imports))
    return found.values()


def _is_one_partition(key: Key) -> bool:
    """Whether the properties name one partition: no choice by value, no shards."""
    return not key.is_conditional and shard_component(key.template) is None


def _shape(template: KeyTemplate) -> tuple[str, ...]:
    return tuple(part.text if isinstance(part, Literal) else "\0" for part in template.parts)


class _Member(Struct, frozen=True):
    """An entity that lies in a partition, and its finder there.

    `components` are those of the partition key by the arguments that the finder takes for them.
    """

    entity: Entity
    pattern: AccessPattern
    components: Mapping[str, Component]

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(self.components)


def _member(entity: Entity, pattern: AccessPattern) -> _Member:
    given = finder_arguments(next(expand(pattern)).keys)
    return _Member(entity, pattern, {given.names[each]: each for each in given.partition})


def _collection(member: _Member, members: list[_Member], table: Table, imports: Imports) -> CollectionView:
    arguments = tuple(
        ArgumentView(name, annotation(component.field.type, imports)) for name, component in member.components.items()
    )
    index = member.pattern.keys.index
    given = ", ".join(member.arguments)
    return CollectionView(
        index=literal(index.name) if index.name else "",
        arguments=arguments,
        alias=_alias(index, table, member.arguments),
        members=tuple(each.entity.model.name for each in members),
        partition=f"{member.entity.name}_store.select_{member.pattern.name}({given}).partition",
    )


def _alias(index: Index, table: Table, arguments: tuple[str, ...]) -> Name:
    """The name of the type of what lies in such a partition: `_ByOrderId`."""
    words = [*(() if index.is_table else (constant_of(index, table),)), *arguments]
    return identifier("_By" + "".join(part.capitalize() for word in words for part in word.split("_")))


def _all_arguments(collections: list[CollectionView]) -> tuple[ArgumentView, ...]:
    """Each argument of any collection once; an argument of several types has their union."""
    types: dict[str, dict[str, None]] = {}
    for collection in collections:
        for argument in collection.arguments:
            types.setdefault(argument.name, {})[argument.annotation] = None
    return tuple(ArgumentView(name, " | ".join(found)) for name, found in types.items())
