"""`oneOf`, `anyOf`, several types at once, and bases with a discriminator: to unions as the document has them.

    unions (schemas -> branches) -> tags (discriminators -> constants in classes) -> branches (what can be told apart)

Rules of this file:
- A union within a union is its branches. `ir/branches.py` settles what comes of it when all classes are there, since
  classes tell objects apart.
- A discriminator whose property is no text in any branch has no effect: what tells the branches apart is found there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.ir.classes import InlinePlace
from entitystore_generator.ir.context import Context
from entitystore_generator.ir.model import AnyType, FieldType, ObjectType, UnionOption, UnionType
from entitystore_generator.ir.tags import TagSource, repeated, tags_of_branches
from entitystore_generator.ir.unread import UNREAD
from entitystore_generator.spec.schema import Discriminator, Pointer, Schema

if TYPE_CHECKING:
    from entitystore_generator.ir.types import Types

__all__ = ["branch_schemas", "build", "is_base"]


def is_base(schema: Schema, context: Context) -> bool:
    """True for an object schema whose discriminator maps to schemas that extend it."""
    return bool(_children(schema, context)) and not (schema.one_of or schema.any_of)


def _children(schema: Schema, context: Context) -> tuple[Schema, ...]:
    if schema.discriminator is None:
        return ()
    pointers = dict.fromkeys(pointer for _, pointer in schema.discriminator.mapping)
    known = context.spec.schemas
    return tuple(known[each] for each in pointers if each in known and each != schema.pointer)


class _Branch(Struct, frozen=True):
    """One branch: its type, and the schema that it refers to.

    `union` is the union within this one that it comes from, "" if it is a branch itself; its tag is kept.
    """

    type: FieldType
    pointer: Pointer
    union: Pointer = ""
    tags: tuple[str, ...] = ()
    tag_name: str | None = None


def build(types: Types, schema: Schema, place: InlinePlace) -> tuple[FieldType, bool]:
    """The type of a union, and whether null is one of its values."""
    schemas = branch_schemas(types.context, schema)
    if any(types.resolver.resolve(each).schema.faulty for each in schemas):
        _branches(types, schemas, place, needs_tags=False)
        return UNREAD, False
    if not is_base(schema, types.context):
        if schema.properties and all(map(_only_requires, schemas)):
            return _without_branches(types, schema, place)
        is_extended = all(_extends(each, schema.pointer, types.context) for each in schemas)
        if (schema.properties and not is_extended) or (schema.one_of and schema.any_of):
            return types.refuse(
                "ES216",
                "properties, oneOf and anyOf side by side cannot be one type",
                schema,
                "put what is common into a schema that every branch includes with allOf",
            )
    constants = _enum_of_constants(schema, schemas)
    if constants is not None:
        return types.plain(constants, None, place)
    branches, nullable = _branches(types, schemas, place, needs_tags=schema.discriminator is not None)
    if is_base(schema, types.context) and _names_itself(schema):
        branches.insert(0, _Branch(types.object_of(schema, place), schema.pointer))
    return _union(types, schema, branches), nullable


def _names_itself(base: Schema) -> bool:
    """True for a base that its own mapping lists: it is a branch beside its children."""
    return base.discriminator is not None and base.pointer in (pointer for _, pointer in base.discriminator.mapping)


def branch_schemas(context: Context, schema: Schema) -> tuple[Schema, ...]:
    """The schemas of a union's branches, as the document has them."""
    if schema.one_of or schema.any_of:
        return schema.one_of or schema.any_of
    if len(schema.types) > 1:
        return tuple(
            replace(schema, pointer=f"{schema.pointer} {name}", types=(), type=name, nullable=False)
            for name in schema.types
        )
    return _children(schema, context)


def _extends(branch: Schema, base: Pointer, context: Context) -> bool:
    """True where the branch includes the base with allOf, and so has what that says."""
    target = context.spec.schemas.get(branch.ref) if branch.ref is not None else None
    return target is not None and any(part.ref == base for part in target.all_of)


def _only_requires(branch: Schema) -> bool:
    """True where a branch only says which properties are required together."""
    return bool(branch.required) and not (branch.ref or branch.properties or branch.all_of or branch.one_of)


def _without_branches(types: Types, schema: Schema, place: InlinePlace) -> tuple[FieldType, bool]:
    types.context.note(
        "ES222",
        "which properties oneOf or anyOf requires together is not checked",
        schema.position,
        "make them required, or separate schemas",
    )
    return types.plain(replace(schema, one_of=(), any_of=()), None, place)


def _enum_of_constants(schema: Schema, branches: tuple[Schema, ...]) -> Schema | None:
    """An enum for a union of constants, which is how 3.1 gives each value a description."""
    values = [branch.const for branch in branches if branch.has_const and not branch.nullable]
    texts = tuple(value for value in values if isinstance(value, str))
    whole = tuple(value for value in values if isinstance(value, int) and not isinstance(value, bool))
    for found in (texts, whole):
        if len(found) == len(branches) > 1:
            said = _said_of_constants(branches)
            return replace(schema, one_of=(), any_of=(), enum_values=found, said_of_values=said, discriminator=None)
    return None


def _said_of_constants(branches: tuple[Schema, ...]) -> str:
    """What is said of each value, as a JSON list of branches; "" if nothing is."""
    said = [
        {"const": each.const, "title": each.title, "description": each.description, "deprecated": each.deprecated}
        for each in branches
    ]
    if not any(each[name] for each in said for name in ("title", "description", "deprecated")):
        return ""
    return json.dumps([{name: value for name, value in each.items() if value or name == "const"} for each in said])


def _branches(
    types: Types, schemas: tuple[Schema, ...], place: InlinePlace, *, needs_tags: bool
) -> tuple[list[_Branch], bool]:
    """The branches, and whether null is one. A discriminator needs those of unions among them, for their tags."""
    branches: list[_Branch] = []
    any_nullable = False
    for schema in schemas:
        type_, nullable = types.field_type(schema, place)
        any_nullable = any_nullable or nullable
        pointer = types.resolver.resolve(schema).schema.pointer
        if isinstance(type_, UnionType) and needs_tags:
            branches += _branches_of(types, type_, pointer)
        else:
            branches.append(_Branch(type_, schema.ref or pointer))
    return branches, any_nullable


def _branches_of(types: Types, union: UnionType, pointer: Pointer) -> Iterator[_Branch]:
    for each in union.options:
        if isinstance(each.type, UnionType):
            yield from _branches_of(types, each.type, pointer)
        else:
            own = types.schema_of(each.type).pointer if isinstance(each.type, ObjectType) else pointer
            yield _Branch(each.type, own, pointer, each.tags, union.discriminator)


def _union(types: Types, schema: Schema, branches: list[_Branch]) -> FieldType:
    anything = [branch.type for branch in branches if isinstance(branch.type, AnyType)]
    if anything or not branches:
        return max(anything, key=lambda each: each.is_unread, default=AnyType())
    discriminator = schema.discriminator
    if discriminator is not None and _chooses_by_text(types, discriminator, branches):
        return _tagged(types, schema, discriminator, branches)
    distinct = list(dict.fromkeys(branch.type for branch in branches))
    if len(distinct) == 1:
        return distinct[0]
    return types.union(UnionType(tuple(map(UnionOption, distinct))), schema)


# --------------------------------------------------------------------------------------- with a discriminator


def _chooses_by_text(types: Types, discriminator: Discriminator, branches: list[_Branch]) -> bool:
    """True unless the property is a number, or a truth value, wherever it is a constant."""
    objects = [types.schema_of(each.type) for each in branches if isinstance(each.type, ObjectType)]
    values = [_constants(types, schema, discriminator.property_name) for schema in objects]
    return bool(objects) and not all(each and not isinstance(each[0], str) for each in values)


def _tagged(types: Types, schema: Schema, discriminator: Discriminator, branches: list[_Branch]) -> FieldType:
    branches = _each_once(branches)
    objects = [branch for branch in branches if isinstance(branch.type, ObjectType)]
    own = [branch for branch in objects if branch.tag_name != discriminator.property_name]
    listed = _listed(types, discriminator)
    sources = [_source(types, discriminator.property_name, branch, listed) for branch in own]
    tags = dict(zip(own, tags_of_branches(sources), strict=True))
    options = tuple(UnionOption(branch.type, tags.get(branch, branch.tags)) for branch in branches)
    fault = _mapping_fault(branches, options, listed)
    if fault is not None:
        types.context.error("ES216", fault[0], discriminator.position, fault[1])
        return AnyType()
    return types.union(UnionType(options, discriminator.property_name), schema)


def _mapping_fault(
    branches: list[_Branch], options: tuple[UnionOption, ...], listed: dict[Pointer, tuple[str, ...]]
) -> tuple[str, str] | None:
    """Message and hint where a tag does not choose one branch."""
    for tag in repeated(option.tags for option in options):
        message = f"the discriminator's value {tag!r} stands for two branches"
        return message, "give each branch its own values in the mapping"
    for branch, option in zip(branches, options, strict=True):
        if branch.union in listed and not set(option.tags) <= set(listed[branch.union]):
            message = f"{listed[branch.union][0]!r} chooses a union, and does not tell which of its branches"
            return message, "map values to the schemas of its branches, or give it a discriminator of its own"
    return None


def _each_once(branches: list[_Branch]) -> list[_Branch]:
    """A schema that is a branch twice, perhaps by another name, is one."""
    return list({branch.type: branch for branch in reversed(branches)}.values())[::-1]


def _listed(types: Types, discriminator: Discriminator) -> dict[Pointer, tuple[str, ...]]:
    """The mapping's values by the schema that they choose, references followed."""
    listed: dict[Pointer, tuple[str, ...]] = {}
    for tag, pointer in discriminator.mapping:
        target = types.context.spec.schemas.get(pointer)
        found = types.resolver.resolve(target).schema.pointer if target is not None else pointer
        listed[found] = (*listed.get(found, ()), tag)
    return listed


def _source(types: Types, name: str, branch: _Branch, listed: dict[Pointer, tuple[str, ...]]) -> TagSource:
    assert isinstance(branch.type, ObjectType)
    schema = types.schema_of(branch.type)
    constants = tuple(value for value in _constants(types, schema, name) if isinstance(value, str))
    is_named = branch.pointer in types.context.spec.closure_names
    own = branch.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~") if is_named else ""
    return TagSource(listed.get(schema.pointer, ()), constants, own)


def _constants(types: Types, schema: Schema, name: str) -> tuple[str | int, ...]:
    """The values that the property of a schema has, if they are listed."""
    if name not in schema.properties:
        return ()
    found = types.resolver.resolve(schema.properties[name]).schema
    values = (found.const,) if found.has_const else found.enum_values
    return tuple(value for value in values if isinstance(value, (str, int)))
