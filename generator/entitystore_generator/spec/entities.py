"""Which schemas are entities.

Rules of this file:
- An entity is a schema with an index map that the document lists below `components/schemas` (or `definitions`), or
  that such an entry consists of a `$ref` to, in whatever file.
- References of entries are followed even if no entity needs them, since that alone shows whether they are entities;
  so one that leads nowhere is an error.
- An entity with a fault is one: what is known of it is known to the passes after this.
"""

from __future__ import annotations

from dataclasses import dataclass

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.spec.documents import Library, Target
from entitystore_generator.spec.extensions import ATTRIBUTE, ENTITY, INDEX_MAP, LINT, ExtensionReader
from entitystore_generator.spec.frame import Frame, NamedSchema
from entitystore_generator.spec.nodes import Mapping, Scalar, position_of, repeated_keys
from entitystore_generator.spec.schema import EntitySchema, IndexMapEntry

__all__ = ["FoundEntity", "definition", "find_entities"]

_MAX_CHAIN = 100


@dataclass(frozen=True, slots=True)
class FoundEntity:
    """An entity and where its schema stands."""

    entity: EntitySchema
    target: Target


def find_entities(
    frame: Frame, library: Library, extensions: ExtensionReader, diagnostics: Diagnostics
) -> tuple[list[FoundEntity], bool]:
    """The entities of a document, in its order; and whether it is known which these are, and with what options."""
    at_first, in_keys = diagnostics.error_count, 0
    listed = {schema.pointer for schema in frame.schemas}
    found: dict[str, FoundEntity] = {}
    for named in frame.schemas:
        target = definition(named, library, listed)
        if target is None or not isinstance(target.node, Mapping):
            continue
        before = diagnostics.error_count
        if target.pointer == named.pointer:
            extensions.check_keys(target.node, (INDEX_MAP, ENTITY, ATTRIBUTE, LINT))
        if any(key.startswith("x-") for key in repeated_keys(target.node)):
            diagnostics.count_known_fault()
        is_clean = diagnostics.error_count == before
        if INDEX_MAP in target.node.pairs:
            before = diagnostics.error_count
            index_map = extensions.index_map(target.node.pairs[INDEX_MAP].value)
            in_keys += diagnostics.error_count - before
            entity = _entity(named, target, target.node, index_map, extensions, diagnostics, is_clean=is_clean)
            found.setdefault(target.pointer, FoundEntity(entity, target))
        elif ENTITY in target.node.pairs and target.pointer == named.pointer and is_clean:
            place = position_of(target.node.pairs[ENTITY].key)
            message = f"{named.name} has {ENTITY} but no {INDEX_MAP}, so it is no entity"
            diagnostics.error("ES116", message, place, f"add {INDEX_MAP}, or remove {ENTITY}")
    if not found and not diagnostics.has_errors:
        message = f"no schema has {INDEX_MAP}, so there is no entity to store"
        place = library.root_position()
        diagnostics.error("ES124", message, place, f"add {INDEX_MAP} to a schema below components/schemas")
    return list(found.values()), diagnostics.error_count - at_first == in_keys


def definition(named: NamedSchema, library: Library, listed: set[str]) -> Target | None:
    """The schema itself, or what it refers to if it does nothing else; None if that is listed too, or nowhere."""
    target = Target(named.document, named.pointer, named.pair.value, position_of(named.pair.key))
    for _ in range(_MAX_CHAIN):
        node = target.node
        ref = node.get("$ref") if isinstance(node, Mapping) else None
        if not isinstance(ref, Scalar) or (isinstance(node, Mapping) and INDEX_MAP in node.pairs):
            return target
        following = library.resolve(target.document, ref)
        if following is None or following.pointer in listed:
            return None
        target = following
    return None  # a circle is reported where it is needed


def _entity(
    named: NamedSchema,
    target: Target,
    node: Mapping,
    index_map: tuple[IndexMapEntry, ...],
    extensions: ExtensionReader,
    diagnostics: Diagnostics,
    *,
    is_clean: bool,
) -> EntitySchema:
    given, pair = node.pairs[INDEX_MAP].value, node.pairs.get(ENTITY)
    before = diagnostics.error_count
    options = extensions.entity(pair) if pair is not None else None
    return EntitySchema(
        name=named.name,
        schema=target.pointer,
        index_map=index_map,
        options=options,
        position=position_of(named.pair.key),
        knows_keys=isinstance(given, Mapping) and 0 < len(given.pairs) == len(index_map),
        knows_options=is_clean and diagnostics.error_count == before,
    )
