"""`x-dynamodb-indexmap`: the keys of an entity, each a template, or a list of alternatives chosen by value.

    PK: "USER#{userId}"
    GSI2SK:
      - {when: {status: open}, key: "OPEN#{number|desc:8}"}
      - {key: "CLOSED#{number:08d}"}

Rules of this file:
- Whether an index of that name exists, and a property of that one, is for whoever knows the table and the classes.
"""

from __future__ import annotations

from collections.abc import Iterable

from entitystore_generator.spec.key_syntax import parse_template
from entitystore_generator.spec.nodes import Mapping, Node, Pair, Scalar, Sequence, position_of, repeated_keys
from entitystore_generator.spec.options import read_options
from entitystore_generator.spec.scalars import meaning_of
from entitystore_generator.spec.schema import ChoiceSyntax, IndexMapEntry, TemplateSyntax, WhenSyntax
from entitystore_generator.spec.shapes import Shapes

__all__ = ["INDEX_MAP", "IndexMapReader"]

INDEX_MAP = "x-dynamodb-indexmap"


class IndexMapReader:
    """Reads index maps and reports what is wrong with them."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def read(self, node: Node) -> tuple[IndexMapEntry, ...]:
        """The keys in the document's order."""
        mapping = self._shapes.mapping(node, INDEX_MAP, "write PK: and SK: below it")
        if mapping is None:
            return ()
        if not mapping.pairs:
            message = f"{INDEX_MAP} is empty, so the schema has no key"
            self._shapes.error("ES114", message, position_of(mapping), 'write PK: "USER#{id}"')
        repeated = repeated_keys(mapping)
        return tuple(
            self._entry(logical, pair, logical in repeated)
            for logical, pair in self._shapes.names(mapping, "the name of a key")
        )

    def _entry(self, logical: str, pair: Pair, is_repeated: bool) -> IndexMapEntry:
        before = self._shapes.error_count
        choices = tuple(self._choices(logical, pair.value))
        return IndexMapEntry(logical, choices, position_of(pair.key), is_repeated or self._shapes.error_count > before)

    def _choices(self, logical: str, node: Node) -> Iterable[ChoiceSyntax]:
        if isinstance(node, Mapping):
            hint = "put it in quotes: without them YAML reads what begins with a brace as an object"
            if not node.pairs.keys().isdisjoint(("when", "key")):
                hint = "put it into a list, with a dash before it: - {when: …, key: …}"
            self._shapes.wrong(node, f"the template of {logical}", "a text", hint)
            return ()
        if not isinstance(node, Sequence):
            template = self._template(logical, node)
            return () if template is None else (ChoiceSyntax((), template),)
        if not node.items:
            hint = "write the key as a text, or list alternatives: [{when: {…}, key: …}]"
            self._shapes.error("ES114", f"{logical} has no alternative", position_of(node), hint)
        choices = (self._choice(logical, item) for item in node.items)
        return [choice for choice in choices if choice is not None]

    def _choice(self, logical: str, node: Node) -> ChoiceSyntax | None:
        options = read_options(self._shapes, node, f"an alternative of {logical}", ("when", "key"))
        if options is None:
            return None
        key = options.mapping.get("key")
        if key is None:
            hint = "write {when: {…}, key: …}"
            self._shapes.error("ES114", f"this alternative of {logical} has no key", position_of(node), hint)
            return None
        when: list[WhenSyntax] = []
        options.read("when", lambda node: when.extend(self._when(node)))
        template = self._template(logical, key)
        return None if template is None else ChoiceSyntax(tuple(when), template)

    def _template(self, logical: str, node: Node) -> TemplateSyntax | None:
        if isinstance(node, Scalar) and self._is_cut_off(logical, node):
            return None
        text = self._shapes.text(node, f"the template of {logical}")
        return None if text is None or not isinstance(node, Scalar) else parse_template(node, self._shapes)

    def _is_cut_off(self, logical: str, node: Scalar) -> bool:
        """Whether YAML takes the rest of an unquoted template for a comment: `ORDER #{id}` is ORDER to it. Says so."""
        rest = node.source.text[node.end :].partition("\n")[0].strip() if node.plain else ""
        if not (rest.startswith("#") and "{" in rest):
            return False
        message = f"the template of {logical} ends before the #: what comes after a blank and a # is a comment in YAML"
        self._shapes.error("ES114", message, position_of(node), "put the whole template in quotes")
        return True

    def _when(self, node: Node) -> Iterable[WhenSyntax]:
        mapping = self._shapes.mapping(node, "when", "write when: {status: open}")
        if mapping is not None and not mapping.pairs:
            self._shapes.error("ES114", "when is empty", position_of(node), "leave it out where a key always holds")
        for name, pair in self._shapes.names(mapping, "a property of when") if mapping else ():
            value = self._when_value(name, pair.value)
            path = tuple(name.split("."))
            if not all(part.strip() for part in path):
                message = "a property's name is missing here"
                self._shapes.error("ES114", message, position_of(pair.key), "write {a.b: value}")
            elif value is not None:
                yield WhenSyntax(path, value, position_of(pair.key))

    def _when_value(self, name: str, node: Node) -> str | int | bool | None:
        if isinstance(node, Scalar) and meaning_of(node).kind in ("string", "integer", "boolean", "odd"):
            value = self._shapes.value(node, name, undecided=True)
            return value if isinstance(value, (str, int)) else None
        self._shapes.wrong(node, f"the value of {name}", "a text, a whole number, true or false")
        return None
