"""Discriminators: the tags that choose a branch, and the classes whose tag is one of these and nothing else.

    mapping: {cat: Cat}, and Cat with `kind: {type: string}`   ->   Cat.kind is "cat", wherever a Cat stands

Rules of this file:
- A branch has the tags that the mapping gives it; else the constants of its own property, if no other branch has one of
  them; else the schema's name, as OpenAPI has it (3.1.1, Discriminator Object).
- A branch without tags by these rules has those that another discriminator of the same property has for its class.
- A class has all tags that any discriminator has for it. A property that is not required and has one tag has that as
  its default, so that it is always written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.apart import Apart
from entitystore_generator.ir.model import (
    ChoiceType,
    Default,
    Field,
    FieldType,
    JsonValue,
    LiteralType,
    ObjectClass,
    ObjectType,
    StringType,
    UnionOption,
    UnionType,
)
from entitystore_generator.patterns import may_find

__all__ = ["TagSource", "TaggedUnion", "completed", "narrowed", "repeated", "tags_of_branches"]


class TaggedUnion(Struct, frozen=True):
    """A union as the document has it, with its discriminator and where that stands."""

    union: UnionType
    position: Position


# ------------------------------------------------------------------------------------------- of branches


class TagSource(Struct, frozen=True):
    """What a branch says of its tag: the mapping's values, the property's constants, and the schema's name or ""."""

    listed: tuple[str, ...]
    constants: tuple[str, ...]
    name: str


def tags_of_branches(sources: Sequence[TagSource]) -> list[tuple[str, ...]]:
    """The tags that choose each branch; none where it has none of its own."""
    return [_tags(source, [*sources[:place], *sources[place + 1 :]]) for place, source in enumerate(sources)]


def _tags(source: TagSource, others: Iterable[TagSource]) -> tuple[str, ...]:
    if source.listed:
        return source.listed
    theirs = {tag for other in others for tag in (other.listed or other.constants or (other.name,))}
    if source.constants and not theirs & set(source.constants):
        return source.constants
    is_possible = bool(source.name) and (not source.constants or source.name in source.constants)
    return (source.name,) if is_possible else ()


def completed(unions: Sequence[UnionType], apart: Apart) -> dict[UnionType, UnionType]:
    """The unions that have a branch without tags, each with the tags that a sound union has for that branch's class."""
    known: dict[tuple[str, str], tuple[str, ...]] = {}
    sound = [union for union in unions if _first_fault(union, apart) is None]
    for name, wire, tags in (use for union in sound for use in _uses(union)):
        known.setdefault((name, wire), tags)
    changed = {union: _completed(union, known) for union in unions}
    return {before: after for before, after in changed.items() if after != before}


def _completed(union: UnionType, known: Mapping[tuple[str, str], tuple[str, ...]]) -> UnionType:
    return replace(union, options=tuple(_with_known_tags(option, union, known) for option in union.options))


def _with_known_tags(
    option: UnionOption, union: UnionType, known: Mapping[tuple[str, str], tuple[str, ...]]
) -> UnionOption:
    if option.tags or union.discriminator is None or not isinstance(option.type, ObjectType):
        return option
    return replace(option, tags=known.get((option.type.class_name, union.discriminator), ()))


def repeated(tags: Iterable[tuple[str, ...]]) -> list[str]:
    """The tags that choose more than one branch."""
    seen: dict[str, int] = {}
    for tag in (tag for each in tags for tag in each):
        seen[tag] = seen.get(tag, 0) + 1
    return [tag for tag, count in seen.items() if count > 1]


# -------------------------------------------------------------------------------------------- of classes


def narrowed(
    unions: Sequence[TaggedUnion], apart: Apart
) -> tuple[dict[str, ObjectClass], list[tuple[TaggedUnion, TagFault]]]:
    """The classes whose tags are constants now, by name; and what is wrong with unions of which that cannot be."""
    faults = {each: fault for each in unions if (fault := _first_fault(each.union, apart))}
    good = [each for each in unions if each not in faults]
    tags: dict[tuple[str, str], dict[str, None]] = {}
    for name, wire, values in (use for each in good for use in _uses(each.union)):
        tags.setdefault((name, wire), {}).update(dict.fromkeys(values))
    classes = dict(apart.classes)
    for (name, wire), together in tags.items():
        fault = tag_fault(apart, name, wire, tuple(together))
        faults |= {each: fault for each in good if fault and (name, wire) in _named(each.union)}
        classes[name] = _with_tag(classes[name], wire, tuple(together), apart)
    return classes, list(faults.items())


def _first_fault(union: UnionType, apart: Apart) -> TagFault | None:
    return next(filter(None, (tag_fault(apart, *use) for use in _uses(union))), None)


def _named(union: UnionType) -> set[tuple[str, str]]:
    return {(name, wire) for name, wire, _ in _uses(union)}


def _uses(union: UnionType) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Class, property and tags of each object of a union."""
    for option in union.options:
        if isinstance(option.type, ObjectType) and union.discriminator is not None:
            yield option.type.class_name, union.discriminator, option.tags


class TagFault(Struct, frozen=True):
    """Why a discriminator cannot choose a class, and what to do."""

    message: str
    hint: str


def tag_fault(apart: Apart, class_name: str, name: str, tags: tuple[str, ...]) -> TagFault | None:
    """What is wrong with the tag of a class."""
    field = next((each for each in apart.classes[class_name].fields if each.wire_name == name), None)
    if field is None:
        return _not_required(class_name, name)
    if field.nullable or not _is_text(field.type, apart):
        message = f"the discriminator's property {name!r} of {class_name} is no plain string"
        return TagFault(message, "make it type: string, and not nullable")
    if not tags:
        message = f"no value of the discriminator's property {name!r} chooses {class_name} alone"
        return TagFault(message, "give each branch its own values in the mapping")
    wrong = [tag for tag in tags if not _admits(field.type, tag, apart)]
    if wrong:
        message = f"{wrong[0]!r} chooses {class_name}, whose property {name!r} cannot have that value"
        return TagFault(message, "correct the mapping, or what the property may be")
    may_be_missing = not field.required and (field.default is None or field.default.value not in tags)
    return _not_required(class_name, name) if may_be_missing and len(tags) > 1 else None


def _not_required(class_name: str, name: str) -> TagFault:
    message = f"{class_name} does not require the discriminator's property {name!r}"
    return TagFault(message, "every branch has to require the tag")


def _is_text(type_: FieldType, apart: Apart) -> bool:
    constants = apart.constants(type_)
    return isinstance(type_, StringType) or (bool(constants) and isinstance(constants[0], str))


def _admits(type_: FieldType, tag: str, apart: Apart) -> bool:
    if not isinstance(type_, StringType):
        return tag in apart.constants(type_)
    fits = (type_.min_length or 0) <= len(tag) <= (len(tag) if type_.max_length is None else type_.max_length)
    return fits and (type_.pattern is None or may_find(type_.pattern, tag))


def _with_tag(model: ObjectClass, wire: str, tags: tuple[str, ...], apart: Apart) -> ObjectClass:
    fields = (_constant(field, tags, apart) if field.wire_name == wire else field for field in model.fields)
    return replace(model, fields=tuple(fields))


def _constant(field: Field, tags: tuple[str, ...], apart: Apart) -> Field:
    """The property with its tags as its only values, one of which stands for a missing one.

    A default of other classes, as a base has it, is none here. One that the document does not admit is kept, and told
    where defaults are checked.
    """
    type_: FieldType = LiteralType(tags[0]) if len(tags) == 1 else ChoiceType(tags)
    default = None if field.default is None or _is_of_others(field, field.default.value, tags, apart) else field.default
    if default is None and not field.required:
        default = Default(tags[0])
    return replace(field, type=type_, default=default)


def _is_of_others(field: Field, default: JsonValue, tags: tuple[str, ...], apart: Apart) -> bool:
    """Whether a default is a value of the tag that chooses another class."""
    return isinstance(default, str) and default not in tags and _admits(field.type, default, apart)
