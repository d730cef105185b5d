"""ES314 and ES315: items and keys that DynamoDB would refuse, while the schema admits them.

Rules of this file:
- Limits: an item 400 KB, names of attributes counted; a partition key 2048 bytes, a sort key 1024.
- Only what bounds prove is reported; see `widths`.
"""

from __future__ import annotations

from collections.abc import Iterator

from entitystore_generator.advice.finding import Finding, keys_of, warning
from entitystore_generator.advice.widths import field_bytes, key_bytes, utf8
from entitystore_generator.ir.model import Entity, Package
from entitystore_generator.proofs.templates import KeyLanguages

__all__ = ["MAX_ITEM", "MAX_PARTITION_KEY", "MAX_SORT_KEY", "advise"]

MAX_ITEM = 400 * 1024
MAX_PARTITION_KEY = 2048
MAX_SORT_KEY = 1024


def advise(package: Package, languages: KeyLanguages) -> Iterator[Finding]:
    """Entities and keys whose bounds exceed the limits."""
    for entity in package.entities:
        yield from _item(entity, package)
    yield from _keys(package)


def _item(entity: Entity, package: Package) -> Iterator[Finding]:
    sizes = {field: field_bytes(field, package) for field in entity.model.fields}
    total = sum(sizes.values()) + _overhead(entity, package)
    if total <= MAX_ITEM:
        return
    largest = max(sizes, key=lambda field: sizes[field])
    yield warning(
        "ES314",
        f"{entity.type_name} can take {total:,} bytes by its bounds, and an item has at most {MAX_ITEM:,}; "
        f"{largest.wire_name} can take {sizes[largest]:,} of them",
        largest.position,
        "lower maxLength or maxItems, or store the large part elsewhere",
        entity,
        (largest,),
    )


def _overhead(entity: Entity, package: Package) -> int:
    """Bytes of the type and of the keys, but for properties that are keys themselves."""
    stored = {field.attribute for field in entity.model.fields}
    total = utf8(package.table.type_attribute) + utf8(entity.type_name)
    for keys in entity.all_keys:
        pairs = [(keys.index.partition, keys.partition)]
        pairs += [(keys.index.sort, keys.sort)] if keys.index.sort is not None and keys.sort is not None else []
        for attribute, key in pairs:
            if attribute.name not in stored:
                total += utf8(attribute.name) + min(key_bytes(template, package) for template in key.templates)
    return total


def _keys(package: Package) -> Iterator[Finding]:
    for entity, keys, key in keys_of(package):
        most = MAX_PARTITION_KEY if key is keys.partition else MAX_SORT_KEY
        for template in key.templates:
            size = key_bytes(template, package)
            if size > most:
                yield warning(
                    "ES315",
                    f"{key.logical} of {entity.type_name} can take {size:,} bytes by its bounds, and DynamoDB takes "
                    f"at most {most:,} for a {'partition' if key is keys.partition else 'sort'} key",
                    template.position,
                    "lower maxLength of its properties, or give them a pattern of ASCII characters",
                    entity,
                    tuple(field for component in template.components for field in component.path),
                )
