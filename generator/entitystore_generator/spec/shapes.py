"""Nodes to checked Python values: a text where a text is meant, a count where a count is.

Rules of this file:
- A wrong shape is reported, at the node, and gives None; the reading goes on.
- A plain scalar that looks like a text but is none (`true`, `404`, `0x1F`) gets a report of its own, ES106, that says
  what YAML makes of it; one that is none in YAML 1.1 alone (`no`, `12:30:00`) is a text, with a note, ES128.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from entitystore_generator.diagnostics import Diagnostic, Diagnostics, Position, Severity
from entitystore_generator.ir.model import JsonValue
from entitystore_generator.spec.nodes import Mapping, Node, Pair, Scalar, Sequence, position_of
from entitystore_generator.spec.scalars import meaning_of, oddity, surprise, unquoted

__all__ = ["Shapes"]


def describe(node: Node) -> str:
    """What a node is, for "… is wanted, not …". Of another file's texts only that they are some."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if not node.source.own:
        return "a text or a number"
    kind, value = meaning_of(node)
    shown = node.text if len(node.text) <= 40 else f"{node.text[:37]}…"
    match kind:
        case "null":
            return "null" if node.text else "nothing"
        case "boolean":
            return "the boolean true" if value else "the boolean false"
        case "string":
            return f"the text {shown!r}"
        case _:
            return f"the number {shown}"


@dataclass(frozen=True, slots=True)
class Shapes:
    """Reads values and reports what does not fit. `code` is the rule of a wrong shape."""

    diagnostics: Diagnostics
    code: str = "ES107"

    @property
    def error_count(self) -> int:
        """How many errors were reported up to now, in all."""
        return self.diagnostics.error_count

    def error(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.diagnostics.error(code, message, position, hint)

    def warning(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.diagnostics.warning(code, message, position, hint)

    def note(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.diagnostics.add(Diagnostic(code, Severity.NOTE, message, position, hint))

    def wrong(self, node: Node, name: str, wanted: str, hint: str = "") -> None:
        """Report that `name` has to be `wanted`."""
        own = node.source.own
        place = replace(position_of(node), shown=own)
        self.error(self.code, f"{name} has to be {wanted}, not {describe(node)}", place, hint if own else "")

    # ---------------------------------------------------------------------------------------------- scalars

    def text(self, node: Node, name: str, *, is_name: bool = False) -> str | None:
        """A text. `is_name`: it is that of a property, an index or the like."""
        if not isinstance(node, Scalar):
            self.wrong(node, name, "a text")
            return None
        reason = surprise(node)
        if not reason:
            return self._plain_text(node, name, is_name=is_name)
        if not node.text:
            self.wrong(node, name, "a text")
        else:
            message = f"{name} has to be a text, but {reason}"
            self.error("ES106", message, position_of(node), f'put it in quotes: "{node.text[:60]}"')
        return None

    def _plain_text(self, node: Scalar, name: str, *, is_name: bool) -> str | None:
        word = unquoted(node, is_name=is_name)
        if word is None:
            return self._printable(node, name)
        self.note("ES128", word.note, word.position, word.hint)
        return str(word)

    def _printable(self, node: Scalar, name: str) -> str | None:
        if node.text.isascii() or not any("\ud800" <= character <= "\udfff" for character in node.text):
            return node.text
        self.error(self.code, f"{name} holds half of a character, a surrogate", position_of(node), "correct it")
        return None

    def key(self, key: Scalar, what: str) -> str | None:
        """A name that stands as a key."""
        reason = surprise(key)
        if not reason:
            return self._plain_text(key, what, is_name=True)
        self.error("ES106", f"{what} has to be a text, but {reason}", position_of(key), f'write "{key.text[:60]}":')
        return None

    def boolean(self, node: Node, name: str) -> bool | None:
        """True or false."""
        if isinstance(node, Scalar):
            kind, value = meaning_of(node)
            if kind == "boolean":
                return bool(value)
        hint = "leave out the quotes" if isinstance(node, Scalar) and node.text in ("true", "false") else ""
        self.wrong(node, name, "true or false", hint)
        return None

    def count(self, node: Node, name: str) -> int | None:
        """A whole number from 0 on; JSON Schema counts 3.0 as one."""
        number = self.number(node, name, "a whole number from 0 on")
        if number is None:
            return None
        if number < 0 or number != number.to_integral_value():
            self.wrong(node, name, "a whole number from 0 on")
            return None
        return int(number)

    def number(self, node: Node, name: str, wanted: str = "a number") -> Decimal | None:
        """A number, exactly."""
        if isinstance(node, Scalar):
            kind, value = meaning_of(node)
            if kind in ("integer", "number") and isinstance(value, (int, Decimal)):
                return Decimal(value)
            if kind == "odd":
                message = f"{name} has to be {wanted}, but {oddity(node)}"
                self.error("ES106", message, position_of(node), "write it in decimal")
                return None
        hint = "leave out the quotes" if isinstance(node, Scalar) and _is_quoted_number(node) else ""
        self.wrong(node, name, wanted, hint)
        return None

    # ------------------------------------------------------------------------------------------ collections

    def mapping(self, node: Node, name: str, hint: str = "") -> Mapping | None:
        """A mapping."""
        if isinstance(node, Mapping):
            return node
        self.wrong(node, name, "a mapping", hint)
        return None

    def sequence(self, node: Node, name: str, hint: str = "") -> Sequence | None:
        """A list."""
        if isinstance(node, Sequence):
            return node
        self.wrong(node, name, "a list", hint)
        return None

    def texts(self, node: Node, name: str) -> list[tuple[str, Scalar]]:
        """A list of names, each with its node; those that are no texts are reported and left out."""
        hint = f"write [{node.text}]" if isinstance(node, Scalar) and node.text else ""
        sequence = self.sequence(node, name, hint)
        found: list[tuple[str, Scalar]] = []
        for item in sequence.items if sequence else ():
            text = self.text(item, f"an element of {name}", is_name=True)
            if text is not None and isinstance(item, Scalar):
                found.append((text, item))
        return found

    def names(self, mapping: Mapping, what: str) -> Iterator[tuple[str, Pair]]:
        """The pairs whose key is a text; others are reported."""
        for pair in mapping.pairs.values():
            name = self.key(pair.key, what)
            if name is not None:
                yield name, pair

    # --------------------------------------------------------------------------------------------- any value

    def value(self, node: Node, name: str, *, undecided: bool = False) -> JsonValue:
        """Any JSON value, frozen: lists and mappings as tuples. What is no JSON value is reported and null.

        `undecided`: what is a text in YAML 1.2 alone is `Unquoted`, for whoever knows the type.
        """
        if isinstance(node, Sequence):
            return tuple(self.value(item, name, undecided=undecided) for item in node.items)
        if isinstance(node, Mapping):
            names = self.names(node, f"a key of {name}")
            return tuple((key, self.value(pair.value, name, undecided=undecided)) for key, pair in names)
        word = unquoted(node) if undecided else None
        return self._scalar(node, name) if word is None else word

    def _scalar(self, node: Scalar, name: str) -> JsonValue:
        kind, value = meaning_of(node)
        if kind == "odd":
            self.error("ES106", f"{name}: {oddity(node)}", position_of(node), "put it in quotes if it is a text")
            return None
        return self._printable(node, name) if kind == "string" else value


def _is_quoted_number(node: Scalar) -> bool:
    bare = Scalar(node.source, node.start, node.end, node.text, True)
    return not node.plain and meaning_of(bare).kind in ("integer", "number")
