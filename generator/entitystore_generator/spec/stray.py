"""Extensions in the parts of a document that no entity reaches: paths, responses, schemas that nobody refers to.

Rules of this file:
- A misspelt or misplaced extension is an error wherever it stands in the document, for it is always meant for us.
  `x-dynamodb-attribute` and `x-dynamodb-lint` may stand in schemas that no entity uses (yet).
- Unread parts of JSON text are looked into only where they hold a key that would be reported.
- Values that are data (examples, defaults, enums) and names that the author chooses (of properties and schemas) are no
  places for extensions. Files that references lead to are looked at only where an entity reaches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from entitystore_generator.spec.extensions import (
    ATTRIBUTE,
    ENTITY,
    INDEX_MAP,
    LINT,
    TABLE,
    ExtensionReader,
    may_be_meant_for_us,
)
from entitystore_generator.spec.frame import Frame
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence

__all__ = ["check_strays"]

_DATA = frozenset(("example", "examples", "default", "enum", "const", "value"))
_NAMES = frozenset(("properties", "patternProperties", "schemas", "definitions", "$defs", "headers", "parameters"))
_ANYWHERE = (ATTRIBUTE, LINT)
_KEY = re.compile(r'"(?:(?P<name>[xX][^"\\]*)"[ \t\r\n]*:|[xX][^"\\]*\\|\\u00[57]8)')
"""A key of JSON text that begins with x, or a text that may be one, for it has an escape."""


def check_strays(root: Node, frame: Frame, extensions: ExtensionReader) -> None:
    """Report extensions anywhere in the first document that are unknown, or that have no effect where they stand."""
    listed = {id(named.pair.value) for named in frame.schemas}
    for mapping in _mappings(root):
        if mapping is root:
            extensions.check_keys(mapping, (TABLE, LINT))
        else:
            extensions.check_keys(mapping, (INDEX_MAP, ENTITY, *_ANYWHERE) if id(mapping) in listed else _ANYWHERE)


def _mappings(root: Node) -> Iterator[Mapping]:
    """All mappings that may have extensions, each once however many aliases it has."""
    waiting: list[tuple[Node, bool]] = [(root, True)]
    seen: set[int] = set()
    while waiting:
        node, has_keywords = waiting.pop()
        if isinstance(node, Scalar) or id(node) in seen or (node.is_unread and not _may_have_extensions(node)):
            continue
        seen.add(id(node))
        if not isinstance(node, Mapping):
            waiting += [(item, True) for item in node.items]
        elif has_keywords:
            yield node
            waiting += [
                (pair.value, name not in _NAMES)
                for name, pair in node.pairs.items()
                if name not in _DATA and name[:2] not in ("x-", "X-")
            ]
        else:
            waiting += [(pair.value, True) for pair in node.pairs.values()]


def _may_have_extensions(unread: Mapping | Sequence) -> bool:
    """True unless the text of a collection shows that nothing in it would be reported.

    A quote within a text, or behind one, can make a key where there is none, but cannot hide one: what is found ends
    before the next key begins.
    """
    found = _KEY.finditer(unread.source.text, unread.start, unread.end)
    return any(match["name"] is None or may_be_meant_for_us(match["name"]) for match in found)
