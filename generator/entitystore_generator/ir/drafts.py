"""Entities on their way: what is known of one before its keys are put on the table, and what becomes of a faulty one.

    Draft ── all is known, and its table keys are good ─▶ Entity (build)
          └─ else ─▶ Unfinished, and keys by themselves, for the checks and proofs of what is known

Rules of this file:
- Nothing is generated where there is an unfinished entity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from entitystore_generator.ir.access_patterns import STORE_METHODS, named_queries
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import IndexKeys, Key, ObjectClass, Table, Unfinished
from entitystore_generator.ir.names import Scope
from entitystore_generator.ir.tables import IndexPairs, split_logical
from entitystore_generator.spec.schema import EntitySchema

__all__ = ["Draft", "loose_keys", "unfinished"]


class Draft(Struct, frozen=True):
    """An entity's class, and those of its keys that are without fault.

    `faulty`: its schema has a fault, so that it is not known what it requires.
    """

    source: EntitySchema
    name: str
    model: ObjectClass
    keys: Mapping[str, Key]
    faulty: bool = False

    @property
    def is_known(self) -> bool:
        """Whether an entity can come of it, if it has keys for the table."""
        return not self.faulty and self.source.knows_keys and self.source.knows_options

    @property
    def filled(self) -> tuple[str, ...]:
        """The indexes that its index map names, with or without fault."""
        return tuple(dict.fromkeys(split_logical(entry.logical)[0] for entry in self.source.index_map))

    @property
    def type_name(self) -> str:
        """What the type attribute stores, as far as it is known."""
        options = self.source.options
        return options.type.name if options and options.type else self.source.name

    @property
    def partners(self) -> tuple[str, ...]:
        """The type names of entities with which it shares keys on purpose."""
        options = self.source.options
        return tuple(each.name for each in options.shares_keys_with) if options else ()


def unfinished(context: Context, draft: Draft) -> Unfinished:
    """What can be looked at of an entity with a fault."""
    source = draft.source
    if source.knows_keys and source.knows_options:
        named_queries(context, draft.filled, source.options, Scope(STORE_METHODS))
    return Unfinished(
        name=draft.name,
        type_name=draft.type_name if source.knows_options else None,
        model=draft.model,
        position=source.position,
        filled=draft.filled,
        table_keys=tuple(draft.keys[each] for each in ("PK", "SK") if each in draft.keys),
        shares_keys_with=draft.partners if source.knows_options else (),
        knows_required=not draft.faulty,
    )


def loose_keys(table: Table, draft: Draft, pairs: IndexPairs | None) -> Iterator[IndexKeys]:
    """Keys without fault that are no part of an entity, since their partner has one, or the entity itself."""
    found = (pairs.primary, *pairs.secondary) if pairs is not None and draft.is_known else ()
    used = {keys.index.name for keys in found}
    for index in (table.primary, *table.indexes):
        partition = draft.keys.get(f"{index.name}PK")
        if partition is not None and index.name not in used:
            yield IndexKeys(index, partition, draft.keys.get(f"{index.name}SK"))
