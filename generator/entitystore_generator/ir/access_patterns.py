"""Finders: one per index that an entity fills, named by what has to be given.

    PK "USER#{userId}"      ->  by_user_id
    GSI1PK "USER#{userId}"  ->  by_user_id_on_gsi1   (the table's own key has the plain name)
    GSI2PK "ORDERS"         ->  by_gsi2

Rules of this file:
- The document's own names (`x-dynamodb-entity.queries`) are taken as they are, or refused; the others give way.
- One that reads an index whose keys have a fault is not spoken of: `filled` has all indexes that the index map names.
"""

from __future__ import annotations

import keyword
from collections.abc import Collection

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import AccessPattern, IndexKeys
from entitystore_generator.ir.names import Scope, did_you_mean, identifier, readable, snake_case, words
from entitystore_generator.ir.shards import shard_component
from entitystore_generator.ir.tables import IndexPairs
from entitystore_generator.spec.schema import EntityExtension, Named

__all__ = ["STORE_METHODS", "access_patterns", "named_queries"]

STORE_METHODS = words(
    """close create decode delete delete_by_key delete_many encode exists find get_by_key get_many get_one key patch
    put put_many query query_all save stream transact update update_with_condition"""
)
"""What a store has beside its finders."""

_TABLE_NAMES = ("", "PK", "table")


def access_patterns(
    context: Context, pairs: IndexPairs, options: EntityExtension | None, filled: Collection[str]
) -> tuple[AccessPattern, ...]:
    """The finders of an entity: those of the table's key first, then those of its indexes."""
    scope = Scope(STORE_METHODS)
    all_keys = (pairs.primary, *pairs.secondary)
    named = named_queries(context, filled, options, scope)
    patterns: list[AccessPattern] = []
    for keys in all_keys:
        own = [name for name, index in named if index == keys.index.name]
        names = own or [_free_name(keys, scope)]
        patterns += [AccessPattern(name, keys) for name in names]
    return tuple(patterns)


def named_queries(
    context: Context, filled: Collection[str], options: EntityExtension | None, scope: Scope
) -> list[tuple[str, str]]:
    """The document's names and the index of each; wrong ones are reported and left out."""
    found: list[tuple[str, str]] = []
    for wanted, index in options.queries if options else ():
        name = "" if index.name in _TABLE_NAMES else index.name
        if name and name not in filled:
            hint = did_you_mean(index.name, ["PK", *filter(None, filled)], "name an index that the entity fills")
            context.error("ES214", f"this entity fills no index {index.name!r}", index.position, hint)
        elif not _is_usable(context, wanted, scope):
            continue
        else:
            found.append((scope.claim(wanted.name), name))
    return found


def _is_usable(context: Context, wanted: Named, scope: Scope) -> bool:
    name = readable(wanted.name)
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        reason = "is no name that a Python method can have"
    elif name in STORE_METHODS:
        reason = "is a method that every store has"
    elif not scope.is_free(name):
        reason = "is the name of two queries"
    else:
        return True
    _report(context, name, reason, wanted.position)
    return False


def _report(context: Context, name: str, reason: str, position: Position) -> None:
    context.error("ES214", f"{name!r} {reason}", position, "write a name such as by_email")


def _free_name(keys: IndexKeys, scope: Scope) -> str:
    index = snake_case(keys.index.name) or "pk"
    components = (
        part
        for template in keys.partition.templates
        for part in template.components
        if part is not shard_component(template)
    )
    given = "_and_".join(dict.fromkeys(component.name.rstrip("_") for component in components))
    wanted = identifier(f"by_{given or index}")
    return scope.claim(wanted if scope.is_free(wanted) else f"{wanted}_on_{index}")
