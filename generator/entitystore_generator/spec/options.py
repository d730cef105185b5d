"""The options of an extension: a mapping whose keys are all known.

Rules of this file:
- A misspelt option that did nothing would be found in production: it is an error here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.nodes import Mapping, Node, position_of, repeated_keys
from entitystore_generator.spec.schema import Named
from entitystore_generator.spec.shapes import Shapes

__all__ = ["Options", "read_options"]


@dataclass(frozen=True, slots=True)
class Options:
    """An extension's options, each asked for by name."""

    mapping: Mapping
    shapes: Shapes

    def text(self, name: str) -> str | None:
        """The text of an option, None where it is absent or wrong. An empty text is wrong."""
        node = self.mapping.get(name)
        if node is None:
            return None
        text = self.shapes.text(node, name)
        if text is not None and not text.strip():
            self.shapes.error("ES114", f"{name} is empty", position_of(node), "name something, or leave it out")
            return None
        return text

    def named(self, name: str) -> Named | None:
        """The same, with its place."""
        text, node = self.text(name), self.mapping.get(name)
        return None if text is None or node is None else Named(text, position_of(node))

    def read(self, name: str, reader: Callable[[Node], None]) -> None:
        """Give the option to `reader` if it is there."""
        node = self.mapping.get(name)
        if node is not None:
            reader(node)


def read_options(shapes: Shapes, node: Node, name: str, known: Iterable[str]) -> Options | None:
    """The options of the extension `name`; unknown ones are reported. None, and an error, if `node` is no mapping."""
    mapping = shapes.mapping(node, name)
    if mapping is None:
        return None
    if repeated_keys(mapping):
        shapes.diagnostics.count_known_fault()
    for option, pair in mapping.pairs.items():
        if option not in known:
            hint = did_you_mean(option, known)
            shapes.error("ES115", f"{name} has no option {option!r}", position_of(pair.key), hint)
    return Options(mapping, shapes)
