"""What an entity's items hold, by the names that conditions use: read off the struct that items are decoded into.

    StoredParcel.tracking_number: OptionalS[str] = field(name="trackingNumber")
        ->  trackingNumber is a text; whoever writes tracking_number is told so

Rules of this file:
- Made when an entity's first condition is written, never for reading or writing items.
- What lies inside is followed as far as the types are known: objects, lists, maps. Any JSON admits any path.
- A value is compared only with what has its type: another one is never equal, and always unequal.
- A name that is given by a placeholder is taken as it is, whatever the schema says of it: that is the way out.
"""

from __future__ import annotations

import datetime as _datetime
import difflib
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

from entitystore import wire
from entitystore.codec import PageReader
from entitystore.condition_text import Path, Use
from entitystore.definition import TableDefinition
from entitystore.errors import ValidationError
from entitystore.values import AttributeValue, to_document

__all__ = ["StoredNames", "StoredValue", "stored_names"]

_PLAIN: tuple[type, ...] = (wire.S, wire.N, wire.B, wire.BOOL, wire.SS, wire.NS, wire.BS, wire.L, wire.M)
_OPTIONAL: tuple[type, ...] = (
    *(wire.OptionalS, wire.OptionalN, wire.OptionalB, wire.OptionalBOOL, wire.OptionalSS, wire.OptionalNS),
    *(wire.OptionalBS, wire.OptionalL, wire.OptionalM),
)
_LEAVES: dict[object, str] = {leaf: leaf.__name__.removeprefix("Optional") for leaf in (*_PLAIN, *_OPTIONAL)}
_NAMES = {"S": "text", "N": "a number", "B": "bytes", "BOOL": "a boolean", "L": "a list", "M": "a map"}


class StoredValue:
    """A stored value of any type, and the base of what more is known of others."""

    kinds: frozenset[str] = frozenset()
    """DynamoDB's types that it may have; empty for any."""

    def member(self, name: str) -> StoredValue | None:
        """What a map has under a name; None if nothing."""
        return self

    def element(self) -> StoredValue | None:
        """What a list has as an element; None if it is no list."""
        return self

    def hint(self, name: str) -> str:
        """What may be meant by a name that it does not have."""
        return ""

    def compared(self, value: object, use: Use) -> AttributeValue | None:
        """The value as it is compared, None where it has its usual form; ValidationError for one of another type."""
        if not self.kinds or use.path[-1].startswith("#"):
            return None
        document = to_document(value, f"condition value {use.value}")
        kind = next(iter(document))
        if kind != "NULL" and kind not in self.kinds:
            stored = " or ".join(_NAMES.get(each, "a set") for each in sorted(self.kinds))
            given = _NAMES.get(kind, "a set")
            reason = f"compares {_shown(use.path)}, which is stored as {stored}, with {use.value}, which is {given}"
            raise ValidationError("condition", reason)
        return None


ANYTHING = StoredValue()


class _Leaf(StoredValue):
    """A value that has nothing inside that could be named."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = frozenset(kinds)

    def member(self, name: str) -> StoredValue | None:
        return None

    def element(self) -> StoredValue | None:
        return None


class _List(_Leaf):
    def __init__(self, inner: StoredValue) -> None:
        super().__init__("L")
        self._inner = inner

    def element(self) -> StoredValue | None:
        return self._inner


class _Map(_Leaf):
    """A map with any names, whose values are alike."""

    def __init__(self, inner: StoredValue) -> None:
        super().__init__("M")
        self._inner = inner

    def member(self, name: str) -> StoredValue | None:
        return self._inner


class _Object(_Leaf):
    """A map with the names of a struct, read at the first question: an object may contain itself."""

    def __init__(self, struct: type) -> None:
        super().__init__("M")
        self._struct = struct

    @cached_property
    def members(self) -> dict[str, StoredValue]:
        return {each.encode_name: _value(each.type) for each in fields(self._struct)}

    def member(self, name: str) -> StoredValue | None:
        return self.members.get(name)

    def hint(self, name: str) -> str:
        in_python = {each.name: each.encode_name for each in fields(self._struct)}
        return in_python.get(name) or _near(name, self.members)


class _Either(_Leaf):
    """One of several: a branch of a union, or the same name in several entities."""

    def __init__(self, options: Iterable[StoredValue]) -> None:
        self._options = tuple(options)
        known = all(each.kinds for each in self._options)
        super().__init__(*(kind for each in self._options if known for kind in each.kinds))

    def member(self, name: str) -> StoredValue | None:
        return _joined(each.member(name) for each in self._options)

    def element(self) -> StoredValue | None:
        return _joined(each.element() for each in self._options)

    def hint(self, name: str) -> str:
        return next((found for each in self._options if (found := each.hint(name))), "")

    def compared(self, value: object, use: Use) -> AttributeValue | None:
        refused: list[ValidationError] = []
        for each in self._options:
            try:
                document = each.compared(value, use)
            except ValidationError as error:
                refused.append(error)
                continue
            if document is not None:
                return document
        if len(refused) == len(self._options):
            raise refused[0]
        return None


class _Expiry(_Leaf):
    """A date-time that is stored in seconds (see `expiry`)."""

    def __init__(self) -> None:
        super().__init__("N")

    def compared(self, value: object, use: Use) -> AttributeValue | None:
        if not isinstance(value, _datetime.datetime):
            return super().compared(value, use)
        from entitystore.expiry import expiry_text, seconds_text

        label = f"condition value {use.value}"
        return {"N": expiry_text(value, label) if use.is_equality else seconds_text(value, label)}


def _joined(found: Iterable[StoredValue | None]) -> StoredValue | None:
    options = [each for each in found if each is not None]
    return options[0] if len(options) == 1 else _Either(options) if options else None


def _value(annotation: Any) -> StoredValue:
    """What the type of a struct's field says of the stored value."""
    kind = _LEAVES.get(get_origin(annotation) or annotation)
    inside = (get_args(annotation) or (None,))[0]
    if kind == "L":
        return _List(_value(inside))
    if kind == "M":
        return _map(inside)
    if kind is not None:
        return _Leaf(kind)
    if annotation is wire.Document or not isinstance(annotation, type):
        return ANYTHING
    if annotation.__module__ == "entitystore.expiry":
        return _Expiry()
    return _union(annotation) if issubclass(annotation, Struct) else ANYTHING


def _map(inside: Any) -> StoredValue:
    if get_origin(inside) is dict:
        return _Map(_value(get_args(inside)[1])) if get_args(inside)[1] is not object else ANYTHING
    return _Object(inside) if isinstance(inside, type) and issubclass(inside, Struct) else ANYTHING


def _union(struct: type) -> StoredValue:
    """The struct of a union has a field for each DynamoDB type that a branch has."""
    options: list[StoredValue] = []
    for each in fields(struct):
        if each.encode_name == "NULL":
            continue
        if each.encode_name not in _LEAVES.values():
            return ANYTHING
        insides = [inside for inside in get_args(each.type) if inside is not type(None)] or [each.type]
        options += [_branch(each.encode_name, inside) for inside in insides]
    return _joined(options) or ANYTHING


def _branch(kind: str, inside: Any) -> StoredValue:
    if kind == "L":
        return _List(_value((get_args(inside) or (None,))[0]))
    return _map(inside) if kind == "M" else _Leaf(kind)


class StoredNames(Struct, frozen=True):
    """The names of an entity's items, or of several entities'. `title` is what errors call the item."""

    title: str
    item: StoredValue
    keys: Mapping[str, StoredValue]

    def at(self, path: Path, given: Mapping[str, str]) -> StoredValue:
        """What lies at a path, of which `given` names the placeholders; ValidationError if nothing can."""
        found: StoredValue = self.item
        for place, step in enumerate(path):
            inner = self._inner(found, step, given, is_first=place == 0)
            if inner is None:
                raise self._nothing(found, tuple(given.get(each, each) for each in path[: place + 1]))
            found = inner
        return found

    def _inner(self, found: StoredValue, step: str, given: Mapping[str, str], *, is_first: bool) -> StoredValue | None:
        if step.startswith("["):
            return found.element()
        name = given.get(step, step)
        known = found.member(name) or (self.keys.get(name) if is_first else None)
        return known or (ANYTHING if step.startswith("#") else None)

    def _nothing(self, found: StoredValue, path: Path) -> ValidationError:
        name, before = path[-1], _shown(path[:-1])
        if name.startswith("["):
            return ValidationError("condition", f"takes an element of {before}, which is no list")
        near = found.hint(name) or ("" if before else _near(name, self.keys))
        meant = f"; did you mean {near!r}?" if near else ""
        where = f"{before} of {self.title}" if before else self.title
        way_out = f'(what the schema does not know is written #name, with names={{"name": "{name}"}})'
        return ValidationError("condition", f"names {name!r}, which {where} lacks{meant} {way_out}")


def _shown(path: Path) -> str:
    return "".join(step if step.startswith("[") else f".{step}" for step in path).removeprefix(".")


def _near(name: str, known: Iterable[str]) -> str:
    """The known name that is nearest, whatever the case and the underscores."""
    by_fold = {_fold(each): each for each in known}
    near = difflib.get_close_matches(_fold(name), by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else ""


def _fold(name: str) -> str:
    return name.replace("_", "").casefold()


def stored_names(reader: PageReader[object], table: TableDefinition) -> StoredNames:
    """The names of what `reader` reads, of which the table's key attributes are always some."""
    return _names(reader.title, reader.item_types, reader.type_attribute, table)


@lru_cache(maxsize=1024)
def _names(title: str, structs: tuple[type, ...], type_attribute: str, table: TableDefinition) -> StoredNames:
    objects = [_Object(struct) for struct in structs]
    keys = {key.name: _Leaf(key.type) for index in (table.primary, *table.indexes) for key in index.key_attributes}
    item = objects[0] if len(objects) == 1 else _Either(objects)
    return StoredNames(title, item, keys | {type_attribute: _Leaf("S")})
