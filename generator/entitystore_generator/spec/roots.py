"""Which files a document may lead to, and what of them may be shown.

Whoever proposes a change to a document, and sees the log of the build that checks it, must not be able to read the
build machine's files through it.

Rules of this file:
- A file counts as where it really is, links resolved, however its path is written.
- A document's own folder is allowed, and so is what the project says (`settings.project_roots`), which is looked up
  when the first reference leads out of the folder.
- What a file holds that is no schema is never shown, wherever the file is: not by a message, nor by the line that a
  report underlines. A file from which lines are shown has to hold schemas.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from entitystore_generator.spec.keywords import KNOWN, TYPES
from entitystore_generator.spec.nodes import Mapping, Node, Scalar, Sequence
from entitystore_generator.spec.scalars import meaning_of

__all__ = ["FindRoots", "Roots", "holds_schemas", "is_link", "is_schema"]

FindRoots: TypeAlias = Callable[[], Iterable[str]]
"""Gives the folders that a project allows beside the document's own."""

_DEPTH = 4  # collections between a file's root and its schemas, such as components, schemas and a group
_LISTS = ("allOf", "oneOf", "anyOf", "enum")


class Roots:
    """The folders that a document's references may lead to."""

    def __init__(self, document: Path, find: FindRoots) -> None:
        self._own = _real(document.parent)
        self._find = find

    @cached_property
    def _others(self) -> tuple[str, ...]:
        return tuple(_real(Path(folder)) for folder in self._find())

    def allow(self, file: Path) -> bool:
        """Whether a file really is in one of the folders. It need not exist."""
        try:
            real = _real(file)
        except (OSError, ValueError):  # a null character, which no file's name has
            return True
        return _is_inside(real, self._own) or any(_is_inside(real, root) for root in self._others)


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def is_link(file: Path) -> bool:
    """Whether the file is a symbolic link."""
    try:
        return file.is_symlink()
    except (OSError, ValueError):  # no name that a file can have
        return False


# --------------------------------------------------------------------------------------------- what is a schema


def is_schema(node: Node) -> bool:
    """Whether a node is a schema by its looks: a mapping of keywords, or `true`."""
    if isinstance(node, Scalar):
        return meaning_of(node).value is True
    if not isinstance(node, Mapping):
        return False
    return _says_values(node) or all(name in KNOWN or name[:2] in ("x-", "X-") for name in node.pairs)


def _says_values(node: Mapping) -> bool:
    """True where a keyword says what values the schema admits, in a form that hardly anything else has."""
    if any(name.startswith("x-dynamodb-") for name in node.pairs):
        return True
    type_ = node.get("type")
    if any(isinstance(each, Scalar) and each.text in TYPES for each in _listed(type_)):
        return True
    if isinstance(node.get("$ref"), Scalar) or isinstance(node.get("properties"), Mapping):
        return True
    return any(isinstance(node.get(name), Sequence) for name in _LISTS)


def _listed(node: Node | None) -> Iterable[Node | None]:
    return node.items if isinstance(node, Sequence) else (node,)


def holds_schemas(root: Node, depth: int = _DEPTH) -> bool:
    """Whether a file is one of schemas: an OpenAPI document, a schema, or a mapping with schemas a few levels down."""
    if not isinstance(root, Mapping):
        return False
    if _says_values(root) or "openapi" in root.pairs or "swagger" in root.pairs:
        return True
    return depth > 0 and any(holds_schemas(pair.value, depth - 1) for pair in root.pairs.values())
