"""The view of `definition.py`, `table.py` and `__init__.py`: the table as a whole.

Rules of this file:
- Static tables only: what a registry holds is written out, nothing is collected when the package is imported.
"""

from __future__ import annotations

import re

from entitystore_generator.emit.finders import index_constant
from entitystore_generator.emit.python_types import annotation
from entitystore_generator.emit.source import Imports, literal, one_line
from entitystore_generator.emit.views import ArgumentView, CollectionView, TableView
from entitystore_generator.ir.model import Entity, Index, KeyAttribute, KeyTemplate, Literal, Package
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


def table_view(package: Package, package_name: str, header: str) -> TableView:
    """Everything that the three modules show."""
    imports = Imports()
    collections = _collections(package, imports)
    prefix = class_prefix(package, package_name)
    entities = tuple((entity.name, entity.model.name, f"{entity.model.name}Store") for entity in package.entities)
    return TableView(
        header=header,
        imports=tuple(imports.lines()),
        title=one_line(package.spec_name),
        table_class=f"{prefix}Table",
        union_name=f"{prefix}Entity",
        package_name=package_name,
        entity_classes=tuple(sorted(entity.model.name for entity in package.entities)),
        modules=tuple(sorted(f"{entity.name}_store" for entity in package.entities)),
        exports=tuple(_exports(package, prefix)),
        entities=entities,
        definition=_definition(package),
        index_constants=tuple(
            (index_constant(index.name), _index(index)) for index in (package.table.primary, *package.table.indexes)
        ),
        index_maps=tuple((entity.model.name, tuple(_index_map(entity))) for entity in package.entities),
        type_names=tuple((literal(entity.type_name), entity.name) for entity in package.entities),
        exported_models=tuple(sorted([*(m.name for m in package.models), *(e.name for e in package.enums)])),
        collections=tuple(collections),
        collection_arguments=_all_arguments(collections),
    )


def _exports(package: Package, prefix: str) -> list[str]:
    classes = [*(model.name for model in package.models), *(enum.name for enum in package.enums)]
    stores = [f"{half}{entity.model.name}Store" for entity in package.entities for half in ("", "Async")]
    own = [f"{prefix}Table", f"Async{prefix}Table", f"{prefix}Entity", "TABLE", "connect", "connect_async"]
    return sorted([*classes, *stores, *own])


def _definition(package: Package) -> str:
    table = package.table
    indexes = ", ".join(index_constant(index.name) for index in table.indexes) + ("," if table.indexes else "")
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
    """Partitions of the table by the properties that name them, with the entities that lie in them.

    Two entities share one where their templates have the same constant text around their components; the keyword
    arguments are those of either, as far as no other collection uses the same names.
    """
    groups: dict[tuple[str, ...], list[Entity]] = {}
    for entity in package.entities:
        if _is_one_partition(entity):
            groups.setdefault(_shape(entity.primary.partition.template), []).append(entity)
    owners: dict[str, set[tuple[str, ...]]] = {}
    for shape, members in groups.items():
        for member in members:
            for name in _arguments(member):
                owners.setdefault(name, set()).add(shape)
    found: dict[tuple[str, ...], CollectionView] = {}
    for members in groups.values():
        for member in members:
            names = _arguments(member)
            if names and not any(len(owners[name]) > 1 or name in _OTHER_ARGUMENTS for name in names):
                found.setdefault(names, _collection(member, members, imports))
    return list(found.values())


def _is_one_partition(entity: Entity) -> bool:
    """Whether the properties name one partition: no choice by value, no shards."""
    key = entity.primary.partition
    return not key.is_conditional and shard_component(key.template) is None


def _shape(template: KeyTemplate) -> tuple[str, ...]:
    return tuple(part.text if isinstance(part, Literal) else "\0" for part in template.parts)


def _arguments(entity: Entity) -> tuple[str, ...]:
    components = entity.primary.partition.template.components
    return tuple(dict.fromkeys(component.name for component in components))


def _collection(entity: Entity, members: list[Entity], imports: Imports) -> CollectionView:
    components = {component.name: component for component in entity.primary.partition.template.components}
    arguments = tuple(
        ArgumentView(name, annotation(component.field.type, imports)) for name, component in components.items()
    )
    finder = next(pattern.name for pattern in entity.access_patterns if pattern.keys.index.is_table)
    given = ", ".join(components)
    return CollectionView(
        arguments=arguments,
        result=" | ".join(member.model.name for member in members),
        partition=f"{entity.name}_store.select_{finder}({given}).partition",
        first=arguments[0].name,
    )


def _all_arguments(collections: list[CollectionView]) -> tuple[ArgumentView, ...]:
    """Each argument of any collection once; an argument of several types has their union."""
    types: dict[str, dict[str, None]] = {}
    for collection in collections:
        for argument in collection.arguments:
            types.setdefault(argument.name, {})[argument.annotation] = None
    return tuple(ArgumentView(name, " | ".join(found)) for name, found in types.items())
