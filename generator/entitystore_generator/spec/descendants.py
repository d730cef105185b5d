"""The schemas that extend a base with a discriminator, where no mapping lists them.

OpenAPI (3.0.3 and 3.1.1, Discriminator Object): a schema that includes the base with `allOf` is chosen by its own name
below `components/schemas`, unless the mapping gives it another one.

Rules of this file:
- Only schemas that the document lists count: nothing else has a name that a value could hold.
- References are compared as they are written, made absolute. None is followed, so a fault in a schema that no entity
  needs stays unsaid.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from entitystore_generator.spec.documents import Document, Target, child_pointer, tokens_of
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence
from entitystore_generator.spec.schema import Pointer

__all__ = ["Descendants"]


class Descendants:
    """Knows who extends whom among the listed schemas, by name and definition."""

    def __init__(self, listed: Iterable[tuple[str, Pointer, Target]]) -> None:
        """`listed` are names with the pointers of their entries, and what these stand for."""
        self._children: dict[Pointer, list[tuple[str, Target]]] = {}
        entries = list(listed)
        stands_for = {pointer: target.pointer for _, pointer, target in entries}
        for name, _, target in entries:
            for base in dict.fromkeys(stands_for.get(each, each) for each in _bases(target.document, target.node)):
                self._children.setdefault(base, []).append((name, target))

    def of(self, base: Pointer) -> list[tuple[str, Target]]:
        """Everything that extends `base`, directly or not, nearest first, in the document's order."""
        found: dict[Pointer, tuple[str, Target]] = {}
        waiting = [base]
        while waiting:
            for name, target in self._children.get(waiting.pop(0), ()):
                if target.pointer not in found and target.pointer != base:
                    found[target.pointer] = (name, target)
                    waiting.append(target.pointer)
        return list(found.values())


def _bases(document: Document, node: Node) -> Iterator[Pointer]:
    """What a schema includes with `allOf`."""
    parts = node.get("allOf") if isinstance(node, Mapping) else None
    for part in parts.items if isinstance(parts, Sequence) else ():
        ref = part.get("$ref") if isinstance(part, Mapping) else None
        if isinstance(ref, Scalar):
            path, _, fragment = ref.text.partition("#")
            folder = posixpath.dirname(document.name)
            file = posixpath.normpath(posixpath.join(folder, unquote(path))) if path else document.name
            yield child_pointer(f"{file}#", *tokens_of(fragment))
