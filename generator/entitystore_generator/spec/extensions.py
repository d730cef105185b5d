"""The vendor extensions, `x-dynamodb-*`, from nodes to values.

Rules of this file:
- Every key and option is known or an error: a misspelt option that did nothing would be found in production.
- Names of properties are not looked up here; whoever knows the classes does that.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from typing import Literal

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.index_map import INDEX_MAP, IndexMapReader
from entitystore_generator.spec.nodes import Mapping, Node, Pair, Scalar, Sequence, position_of
from entitystore_generator.spec.options import Options, read_options
from entitystore_generator.spec.schema import (
    AttributeExtension,
    EntityExtension,
    IndexExtension,
    IndexMapEntry,
    LintIgnores,
    Named,
    TableExtension,
)
from entitystore_generator.spec.shapes import Shapes
from entitystore_generator.spec.silencing import LINT, lint_ignores

__all__ = ["ATTRIBUTE", "ENTITY", "INDEX_MAP", "LINT", "TABLE", "ExtensionReader", "may_be_meant_for_us"]

TABLE = "x-dynamodb-table"
ENTITY = "x-dynamodb-entity"
ATTRIBUTE = "x-dynamodb-attribute"

_KNOWN = (TABLE, INDEX_MAP, ENTITY, ATTRIBUTE, LINT)
_PLACES = {
    TABLE: "the document's root",
    INDEX_MAP: "a schema below components/schemas",
    ENTITY: "a schema below components/schemas",
    ATTRIBUTE: "a property",
    LINT: "the document's root, a schema or a property",
}
_PREFIX = "x-dynamodb-"
_PROJECTIONS: tuple[Literal["ALL", "KEYS_ONLY", "INCLUDE"], ...] = ("ALL", "KEYS_ONLY", "INCLUDE")


@cache
def _relation(name: str) -> tuple[Literal["known", "misspelt", "similar", "foreign"], str]:
    """What a key is to our extensions, and a hint for where it has no effect.

    Documents have few names of extensions, each a thousand times.
    """
    if name in _KNOWN:
        return "known", f"it belongs to {_PLACES[name]}"
    if name.lower().replace("_", "-").startswith(_PREFIX):
        return "misspelt", _near_extension(name)
    near = difflib.get_close_matches(name.lower(), _KNOWN, n=1, cutoff=0.8)
    return ("similar", f"did you mean {near[0]}?") if near else ("foreign", "")


def may_be_meant_for_us(name: str) -> bool:
    """True for a key that `check_keys` would report where it has no effect."""
    return name[:1] in ("x", "X") and _relation(name)[0] != "foreign"


def _near_extension(name: str) -> str:
    """A hint at the extension that is nearest, the prefix left aside, since all have that in common."""
    known = {each.removeprefix(_PREFIX): each for each in _KNOWN}
    words = name.lower().replace("_", "-").removeprefix(_PREFIX).replace("-", "")
    near = difflib.get_close_matches(words, known, n=1, cutoff=0.5)
    return f"did you mean {known[near[0]]}?" if near else f"there are {', '.join(_KNOWN)}"


class ExtensionReader:
    """Reads extensions and reports what is wrong with them."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._shapes = Shapes(diagnostics, "ES114")
        self.has_faulty_attribute = False
        """A fault of `x-dynamodb-attribute` was reported, so that not all names of attributes are known."""

    def check_keys(self, mapping: Mapping, allowed: Iterable[str]) -> None:
        """Report keys of this family that are unknown, or that belong elsewhere than here."""
        for name, pair in mapping.pairs.items():
            if name[:1] in ("x", "X") and name not in allowed:
                self._wrong_key(name, pair.key)

    def _wrong_key(self, name: str, key: Scalar) -> None:
        relation, hint = _relation(name)
        if relation == "known":
            self._shapes.error("ES116", f"{name} has no effect here", position_of(key), hint)
        elif relation == "misspelt":
            self._shapes.error("ES113", f"there is no extension {name}", position_of(key), hint)
        elif relation == "similar":
            self._shapes.warning("ES113", f"{name} is no extension of ours", position_of(key), hint)

    # ------------------------------------------------------------------------------------------------ table

    def table(self, pair: Pair) -> TableExtension | None:
        """`x-dynamodb-table`."""
        known = ("name", "partition-key", "sort-key", "entity-type", "ttl", "indexes")
        options = read_options(self._shapes, pair.value, TABLE, known)
        if options is None:
            return None
        indexes: list[IndexExtension] = []
        options.read("indexes", lambda node: indexes.extend(self._indexes(node)))
        return TableExtension(
            position=position_of(pair.key),
            name=options.text("name") or "",
            partition_key=options.text("partition-key"),
            sort_key=options.named("sort-key"),
            entity_type=options.text("entity-type"),
            ttl=options.named("ttl"),
            indexes=tuple(indexes),
        )

    def _indexes(self, node: Node) -> Iterable[IndexExtension]:
        mapping = self._shapes.mapping(node, "indexes", "write GSI1: {partition-key: GSI1PK}")
        for name, pair in self._shapes.names(mapping, "the name of an index") if mapping else ():
            index = self._index(name, pair)
            if index is not None:
                yield index

    def _index(self, name: str, pair: Pair) -> IndexExtension | None:
        options = read_options(
            self._shapes, pair.value, f"the index {name}", ("partition-key", "sort-key", "projection", "include")
        )
        if options is None:
            return None
        place = position_of(pair.key)
        included: list[str] = []
        options.read("include", lambda node: included.extend(text for text, _ in self._shapes.texts(node, "include")))
        projection = self._projection(options)
        if bool(included) != (projection == "INCLUDE"):
            message = f"the index {name}: projection INCLUDE and the list `include` belong together"
            self._shapes.error("ES114", message, place, "write {projection: INCLUDE, include: [name]}")
        return IndexExtension(
            name, options.text("partition-key"), options.named("sort-key"), projection, tuple(included), place
        )

    def _projection(self, options: Options) -> Literal["ALL", "KEYS_ONLY", "INCLUDE"]:
        text = options.text("projection")
        for known in _PROJECTIONS:
            if text in (None, known):
                return known
        node = options.mapping.pairs["projection"].value
        hint = did_you_mean(str(text).upper(), _PROJECTIONS)
        self._shapes.error("ES114", f"there is no projection {text!r}", position_of(node), hint)
        return "INCLUDE" if "include" in options.mapping.pairs else "ALL"

    def index_map(self, node: Node) -> tuple[IndexMapEntry, ...]:
        """`x-dynamodb-indexmap`."""
        return IndexMapReader(self._shapes).read(node)

    # --------------------------------------------------------------------------------------------- entities

    def entity(self, pair: Pair) -> EntityExtension | None:
        """`x-dynamodb-entity`."""
        known = ("type", "version", "ttl", "timestamps", "unique", "queries", "shares-keys-with")
        options = read_options(self._shapes, pair.value, ENTITY, known)
        if options is None:
            return None
        times = options.mapping.get("timestamps")
        stamps = read_options(self._shapes, times, "timestamps", ("created", "updated")) if times is not None else None
        unique: list[tuple[Named, ...]] = []
        queries: list[tuple[Named, Named]] = []
        partners: list[Named] = []
        options.read("unique", lambda node: unique.extend(self._unique(node)))
        options.read("queries", lambda node: queries.extend(self._queries(node)))
        options.read("shares-keys-with", lambda node: partners.extend(self._named(node, "shares-keys-with")))
        ttl, hide_expired = self._expiry(options)
        return EntityExtension(
            position=position_of(pair.key),
            type=options.named("type"),
            version=options.named("version"),
            ttl=ttl,
            hide_expired=hide_expired,
            created=stamps.named("created") if stamps else None,
            updated=stamps.named("updated") if stamps else None,
            unique=tuple(unique),
            queries=tuple(queries),
            shares_keys_with=tuple(partners),
        )

    def _expiry(self, options: Options) -> tuple[Named | None, Position | None]:
        """The property of `ttl: expiresAt` or `ttl: {property: expiresAt}`, and where the latter hides what expired."""
        node = options.mapping.get("ttl")
        if not isinstance(node, Mapping):
            return options.named("ttl"), None
        inner = read_options(self._shapes, node, "ttl", ("property", "hide-expired"))
        if inner is None or "property" not in node.pairs:
            self._shapes.error("ES114", "ttl has no property", position_of(node), "write ttl: {property: expiresAt}")
            return None, None
        hidden = node.get("hide-expired")
        is_hidden = hidden is not None and self._shapes.boolean(hidden, "hide-expired")
        return inner.named("property"), position_of(node.pairs["hide-expired"].key) if is_hidden else None

    def _named(self, node: Node, name: str) -> list[Named]:
        """A list of names, each once."""
        found: dict[str, Named] = {}
        for text, item in self._shapes.texts(node, name):
            if text in found:
                self._shapes.error("ES114", f"{name} has {text!r} twice", position_of(item), "remove one of them")
            found.setdefault(text, Named(text, position_of(item)))
        return list(found.values())

    def _unique(self, node: Node) -> Iterable[tuple[Named, ...]]:
        hint = "write [[email], [tenant, handle]]: properties that are unique together"
        sequence = self._shapes.sequence(node, "unique", hint)
        seen: set[frozenset[str]] = set()
        for item in sequence.items if sequence else ():
            if self._shapes.sequence(item, "an element of unique", hint) is None:
                continue
            names = tuple(self._named(item, "unique"))
            together = frozenset(name.name for name in names)
            if together in seen:
                message = f"unique has {' with '.join(sorted(together))} twice"
                self._shapes.error("ES114", message, position_of(item), "remove one of them")
            elif names:
                seen.add(together)
                yield names
            elif isinstance(item, Sequence) and not item.items:
                self._shapes.error("ES114", "a list of unique properties is empty", position_of(item), hint)

    def _queries(self, node: Node) -> Iterable[tuple[Named, Named]]:
        mapping = self._shapes.mapping(node, "queries", "write queries: {by_email: GSI1}")
        for name, pair in self._shapes.names(mapping, "the name of a query") if mapping else ():
            index = self._shapes.text(pair.value, f"the index of {name}")
            if index is not None and not index.strip():
                message = f"the index of {name} is empty"
                self._shapes.error(
                    "ES114", message, position_of(pair.value), "name an index, or PK for the table's own"
                )
            elif index is not None:
                yield Named(name, position_of(pair.key)), Named(index, position_of(pair.value))

    # ------------------------------------------------------------------------------------------- properties

    def attribute(self, pair: Pair) -> AttributeExtension | None:
        """`x-dynamodb-attribute`."""
        before = self._shapes.error_count
        found = self._attribute(pair)
        self.has_faulty_attribute |= self._shapes.error_count > before
        return found

    def _attribute(self, pair: Pair) -> AttributeExtension | None:
        options = read_options(self._shapes, pair.value, ATTRIBUTE, ("name", "set", "number"))
        if options is None:
            return None
        set_node = options.mapping.get("set")
        is_set = self._shapes.boolean(set_node, "set") if set_node is not None else False
        number = options.text("number")
        if number not in (None, "decimal"):
            place = position_of(options.mapping.pairs["number"].value)
            self._shapes.error("ES114", f"there is no number {number!r}", place, "write number: decimal")
        return AttributeExtension(position_of(pair.key), options.text("name") or "", bool(is_set), number == "decimal")

    def lint(self, mapping: Mapping) -> LintIgnores:
        """`x-dynamodb-lint` of whatever has it among its keys; empty if it has none."""
        pair = mapping.pairs.get(LINT)
        return LintIgnores() if pair is None else lint_ignores(pair, self._shapes)
