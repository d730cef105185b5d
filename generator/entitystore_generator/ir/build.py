"""From a document's values to the intermediate representation: the pass that decides every name and follows every
reference.

    names (class_names, classes) -> classes (types) -> keys (keys) -> table (tables) -> finders (access_patterns)

Rules of this file:
- datamodel-code-generator is asked only where its names may differ from our own (`plain_names`): asking takes half of
  a run, and most documents have plain names.
- It sees no document that has faults, for it may take forever over one: the document is built with names of our own
  first, and again with its names if that went well.
- Faults are collected; an entity with one is left out and the others go on, so that one run shows all of them. Of a
  document that could not be read as a whole, what has no fault is built, for the checks alone.
- Names do not depend on the model kind: who changes the kind changes no line of the code that uses the package.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.access_patterns import access_patterns
from entitystore_generator.ir.class_names import ClassNames, NamingError, parse_class_names
from entitystore_generator.ir.classes import ClassNaming, InlinePlace
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.drafts import Draft, loose_keys, unfinished
from entitystore_generator.ir.expiry import find_expiry
from entitystore_generator.ir.keys import KeyBuilder, key_property_names
from entitystore_generator.ir.model import (
    Entity,
    IndexKeys,
    Key,
    ObjectClass,
    Package,
    Table,
    Unfinished,
)
from entitystore_generator.ir.name_cache import NameCache
from entitystore_generator.ir.names import RESERVED_ENTITIES, Scope, index_constants, pascal_case, snake_case
from entitystore_generator.ir.order import dependencies_first
from entitystore_generator.ir.plain_names import is_plain
from entitystore_generator.ir.silences import silences, silences_of
from entitystore_generator.ir.tables import IndexPairs, check_index_maps, layout, pair_up, typed
from entitystore_generator.ir.types import Types
from entitystore_generator.ir.unread import UNREAD
from entitystore_generator.spec.bundle import closure_text
from entitystore_generator.spec.schema import EntityExtension, EntitySchema, Named, Schema, Spec

__all__ = ["build_package"]


def build_package(spec: Spec, diagnostics: Diagnostics, *, models: str, cache: Path | None = None) -> Package | None:
    """The representation of a document; None if it has no entity.

    Entities with a fault are reported in `diagnostics` and unfinished: what comes back then is for checks alone, so
    that one run shows their findings too. `models` is the kind of the generated classes: pydantic, dataclass or
    msgspec. `cache` is the folder in which names are kept for the next time.
    """
    if diagnostics.has_errors or is_plain(spec):
        package = build_with_names(spec, ClassNames(), diagnostics)
    else:
        package = _build_with_chosen_names(spec, NameCache(cache, closure_text(spec)), diagnostics)
    return package if package.entities or package.unfinished else None


def build_with_names(spec: Spec, names: ClassNames, diagnostics: Diagnostics) -> Package:
    """The representation with these names, and names of our own for what they leave out. It may have no entities."""
    return _Builder(Context(spec, diagnostics), names).build()


def _build_with_chosen_names(spec: Spec, kept: NameCache, diagnostics: Diagnostics) -> Package:
    known = kept.read()
    package = None if known is None else _build_without_fault(spec, known, diagnostics)
    return _rehearse_and_build(spec, kept, diagnostics) if package is None else package


def _build_without_fault(spec: Spec, names: ClassNames, diagnostics: Diagnostics) -> Package | None:
    """The package with names that are known; None where there are faults, for these are told in one way only."""
    found = Diagnostics()
    package = build_with_names(spec, names, found)
    if found.has_errors:
        return None
    diagnostics.extend(found)
    return package


def _rehearse_and_build(spec: Spec, kept: NameCache, diagnostics: Diagnostics) -> Package:
    rehearsal = Diagnostics()
    package = build_with_names(spec, ClassNames(), rehearsal)
    if rehearsal.has_errors:
        diagnostics.extend(rehearsal)
        return package
    return build_with_names(spec, _class_names(Context(spec, diagnostics), kept), diagnostics)


def _class_names(context: Context, kept: NameCache) -> ClassNames:
    try:
        names = parse_class_names(closure_text(context.spec))
    except NamingError as error:
        context.error(
            "ES221",
            f"datamodel-code-generator cannot name the classes of this document: {error}",
            Position(context.spec.path, 1, 1),
            "look at the schemas that the entities use for something unusual",
        )
        return ClassNames()
    kept.write(names)
    return names


class _Builder:
    """Builds one package."""

    def __init__(self, context: Context, parsed: ClassNames) -> None:
        self._context = context
        self._spec = context.spec
        self._table = layout(context, context.spec.entities)
        in_keys = {entity.schema: key_property_names(entity.index_map) for entity in self._spec.entities}
        reserved = _package_names(self._spec, parsed, self._table)
        self._types = Types(context, ClassNaming(self._spec, parsed, reserved, in_keys))

    def build(self) -> Package:
        drafts = self._drafts(self._with_expiry(self._entity_models()))
        entities = self._entities(drafts)
        return Package(
            spec_name=self._spec.path,
            table=entities.table,
            enums=tuple(self._types.enums.values()),
            models=dependencies_first(tuple(self._types.classes.values())),
            entities=entities.entities,
            silences=silences(self._spec.lint),
            unfinished=entities.unfinished,
            loose_keys=entities.loose_keys,
            gaps=self._spec.gaps,
        )

    def _entity_models(self) -> list[_Named]:
        """Each entity with its class's name. All classes are built when this returns."""
        named: list[_Named] = []
        for entity in self._spec.entities:
            schema = self._spec.schemas[entity.schema]
            resolved = self._types.resolver.resolve(schema).schema
            if not resolved.properties or resolved.type not in ("", "object"):
                self._report_no_object(entity, resolved)
                resolved = replace(resolved, faulty=True, partial=True)
            own = replace(resolved, pointer=entity.schema, position=schema.position)
            name = self._types.request_class(own, InlinePlace(), schema.description)
            named.append(_Named(entity, name, own.faulty, own.partial))
        self._types.build_classes()
        return named

    def _report_no_object(self, entity: EntitySchema, resolved: Schema) -> None:
        if not resolved.faulty:
            message = f"{entity.name} has an index map but is no object with properties"
            self._context.error("ES225", message, entity.position, "make it an object, or remove the index map")

    def _with_expiry(self, named: list[_Named]) -> list[tuple[_Named, ObjectClass]]:
        """Each entity with its class, in which its expiry is as it is stored; the table knows the attribute then."""
        classes, enums = self._types.classes, self._types.enums
        known = [each for each in named if not each.partial]
        with_classes = [(each.entity, classes[each.class_name]) for each in known]
        expiring = find_expiry(self._context, self._table, with_classes, classes, enums)
        self._table = replace(self._table, ttl_attribute=expiring.attribute)
        models = {each.class_name: model for each, model in zip(known, expiring.models, strict=True)}
        return [(each, models.get(each.class_name) or classes[each.class_name]) for each in named]

    def _drafts(self, models: list[tuple[_Named, ObjectClass]]) -> list[Draft]:
        scope = Scope(RESERVED_ENTITIES)
        names: dict[str, EntitySchema] = {}
        drafts: list[Draft] = []
        for named, model in models:
            entity = named.entity
            wanted = snake_case(model.name)
            other = names.setdefault(wanted.casefold(), entity)  # file systems may not know case
            if other is not entity:
                message = f"{entity.name} and {other.name} would both be the module {wanted}_store"
                self._context.error("ES228", message, entity.position, "rename one of the two schemas")
            keys = self._keys(entity, model, named.partial)
            drafts.append(Draft(entity, scope.claim(wanted), model, keys, named.faulty))
        return drafts

    def _keys(self, entity: EntitySchema, model: ObjectClass, is_partial: bool) -> dict[str, Key]:
        if is_partial:  # what else it says of its properties is not known
            model = replace(model, fields=tuple(replace(field, type=UNREAD) for field in model.fields))
        builder = KeyBuilder(self._context, model, self._types.classes, self._types.enums, is_partial)
        self._check_options(builder, entity.options)
        keys = {entry.logical: builder.key(entry) for entry in entity.index_map}
        return {logical: key for logical, key in keys.items() if key is not None}

    def _check_options(self, builder: KeyBuilder, options: EntityExtension | None) -> None:
        """Properties that the entity's options name have to be there; options without effect are refused.

        Whoever writes `unique` relies on it: an option that is passed over in silence would cost data.
        """
        if options is None:
            return
        self._refuse("version", options.version)
        self._refuse("ttl.hide-expired", Named("hide-expired", options.hide_expired) if options.hide_expired else None)
        self._refuse("timestamps", options.created or options.updated)
        self._refuse("unique", options.unique[0][0] if options.unique and options.unique[0] else None)
        single = (options.version, options.created, options.updated)
        for named in (*single, *(each for group in options.unique for each in group)):
            if named is not None:
                builder.path(tuple(named.name.split(".")), named.position)

    def _refuse(self, option: str, named: Named | None) -> None:
        if named is not None:
            message = f"x-dynamodb-entity: {option} has no effect in this version of entitystore"
            hint = "remove it; a condition (update_with_condition, where) can stand in for it"
            self._context.error("ES230", message, named.position, hint)

    # ------------------------------------------------------------------------------------------- entities

    def _entities(self, drafts: list[Draft]) -> _Entities:
        check_index_maps(self._context, self._table, self._spec.entities)
        paired = [(draft, pair_up(self._context, self._table, draft.source, draft.keys)) for draft in drafts]
        complete = [(draft, pairs) for draft, pairs in paired if pairs is not None and draft.is_known]
        table = typed(self._table, [pairs for _, pairs in complete])
        return _Entities(
            table,
            tuple(self._entity(draft, _on(table, pairs)) for draft, pairs in complete),
            tuple(unfinished(self._context, draft) for draft, pairs in paired if pairs is None or not draft.is_known),
            tuple(keys for draft, pairs in paired for keys in loose_keys(self._table, draft, pairs)),
        )

    def _entity(self, draft: Draft, pairs: IndexPairs) -> Entity:
        options = draft.source.options
        good = {keys.index.name for keys in (pairs.primary, *pairs.secondary)}
        return Entity(
            name=draft.name,
            type_name=draft.type_name,
            model=draft.model,
            primary=pairs.primary,
            secondary=pairs.secondary,
            access_patterns=access_patterns(self._context, pairs, options, draft.filled),
            position=draft.source.position,
            shares_keys_with=draft.partners,
            silences=silences_of(self._spec.schemas[draft.source.schema]),
            faulty_indexes=tuple(name for name in draft.filled if name not in good),
        )


class _Named(Struct, frozen=True):
    """An entity with its class's name, and what a fault in its schema leaves unknown (see `Schema`)."""

    entity: EntitySchema
    class_name: str
    faulty: bool
    partial: bool


class _Entities(Struct, frozen=True):
    """The entities, and the table with the types that their keys give its attributes."""

    table: Table
    entities: tuple[Entity, ...]
    unfinished: tuple[Unfinished, ...]
    loose_keys: tuple[IndexKeys, ...]


def _on(table: Table, pairs: IndexPairs) -> IndexPairs:
    """The same keys on the indexes of the finished table."""

    def moved(keys: IndexKeys) -> IndexKeys:
        return replace(keys, index=table.index(keys.index.name))

    return IndexPairs(moved(pairs.primary), tuple(map(moved, pairs.secondary)))


def _package_names(spec: Spec, parsed: ClassNames, table: Table) -> set[str]:
    """Names of the generated classes that are made from the entities' and the table's."""
    table_class = pascal_case(table.name)
    names = {f"{table_class}Table", f"Async{table_class}Table", f"{table_class}Entity"}
    for entity in spec.entities:
        name = _class_name(parsed, spec.closure_names.get(entity.schema, entity.name))
        names |= {f"{name}Store", f"Async{name}Store", f"{name}Key"}
    names |= {f"Stored{_class_name(parsed, component)}" for component in spec.closure_names.values()}
    names |= set(index_constants(tuple(index.name for index in table.indexes)).values())
    return names


def _class_name(parsed: ClassNames, component: str) -> str:
    known = parsed.components.get(component)
    return known.name if known else pascal_case(component)
