"""JSON text to nodes.

YAML is nearly a superset of JSON, but not to libyaml: it knows no surrogate pairs in escapes, which is how JSON writes
an emoji in ASCII, and no tabs in some places.

Published documents have many megabytes, of which the entities reach a few kilobytes. So only the upper levels are read
at first; collections below them are checked (`json_check`) and left unread until someone looks into them. Where
anything is wrong, all is read from the beginning, token by token, which takes ten times as long and tells what and
where.

Rules of this file:
- RFC 8259 and nothing more: no comments, no trailing commas.
- One regular expression for all tokens, a stack instead of recursion.
- What is accepted with unread collections would be accepted without a report if nothing were left unread, and gives the
  same nodes. Whatever is in doubt is read at once.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import NoReturn

from entitystore_generator.spec.json_check import checked_end, has_half_characters
from entitystore_generator.spec.nodes import MAX_DEPTH, Mapping, Node, Pair, Scalar, Sequence, duplicate_key
from entitystore_generator.spec.source import DocumentError, Report, Source

__all__ = ["compose_json", "compose_json_at_once"]

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<mark>[{}\[\],:])
      | (?P<string>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")
      | (?P<plain>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z.])|true\b|false\b|null\b)
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")

_UPPER_LEVELS = 3
"""Read in any case: the root, `components` and `schemas`, with the names of all schemas."""


def compose_json(source: Source, report: Report) -> Node:
    """The document's root; DocumentError where it is not JSON. Duplicate keys go to `report`."""
    root = _upper_levels(source)
    return compose_json_at_once(source, report) if root is None else root


def compose_json_at_once(source: Source, report: Report) -> Node:
    """The same, with nothing left unread."""
    return _Reader(source, report).read()


def _upper_levels(source: Source) -> Node | None:
    """The document's root, with unread collections; None where something is wrong with the text, or may be."""
    if has_half_characters(source.text):
        return None
    try:
        return _Reader(source, _doubt, _UPPER_LEVELS, 1).read()
    except (DocumentError, ValueError, RecursionError):
        return None


def _pairs_of(node: Mapping, levels: int) -> dict[str, Pair]:
    """What an unread object holds. Each look goes twice as deep, lest deep texts be checked at every level again."""
    inner = _Reader(node.source, _doubt, levels, 2 * levels).read_at(node.start)
    assert isinstance(inner, Mapping)
    return inner.pairs


def _items_of(node: Sequence, levels: int) -> list[Node]:
    """What an unread array holds, as deep."""
    inner = _Reader(node.source, _doubt, levels, 2 * levels).read_at(node.start)
    assert isinstance(inner, Sequence)
    return inner.items


class _Reader:
    """Reads the tokens of one file.

    `levels` of collections are read, more are left unread; when those are looked into, so many levels as `then` says.
    """

    def __init__(self, source: Source, report: Report, levels: int = MAX_DEPTH + 1, then: int = 0) -> None:
        self._source = source
        self._report = report
        self._levels = levels
        self._pairs_of = partial(_pairs_of, levels=then)
        self._items_of = partial(_items_of, levels=then)
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []
        self._root: Node | None = None

    def read(self) -> Node:
        """All of the file."""
        root = self.read_at(0)
        after = self._next(root.end)
        if after.lastgroup != "end":
            self._fail(after, "the end of the document")
        return root

    def read_at(self, offset: int) -> Node:
        """The value that begins here."""
        offset = self._value(self._next(offset))
        while self._open:
            offset = self._step(offset)
        assert self._root is not None
        return self._root

    def _step(self, offset: int) -> int:
        """Read one element of the innermost collection, or its end; gives the end of what was read."""
        match = self._next(offset)
        node = self._open[-1]
        is_mapping = isinstance(node, Mapping)
        if match["mark"] == ("}" if is_mapping else "]"):
            return self._close(match.end())
        if offset > node.start + 1:
            if match["mark"] != ",":
                self._fail(match, "a comma or the closing bracket")
            match = self._next(match.end())
        if is_mapping:
            self._keys[-1] = self._key(match)
            match = self._next(match.end())
            if match["mark"] != ":":
                self._fail(match, "a colon")
            match = self._next(match.end())
        return self._value(match)

    def _key(self, match: re.Match[str]) -> Scalar:
        if match["string"] is None:
            self._fail(match, "a key in double quotes")
        return self._scalar(match)

    def _value(self, match: re.Match[str]) -> int:
        """Read a scalar, or the beginning of a collection, or all of one that is left unread; gives its end."""
        mark = match["mark"]
        if mark in ("{", "["):
            return self._start(mark, match.start("mark"))
        if match["string"] is None and match["plain"] is None:
            self._fail(match, "a value")
        self._attach(self._scalar(match))
        return match.end()

    def _start(self, mark: str, start: int) -> int:
        if len(self._open) >= self._levels:
            return self._leave_unread(mark, start)
        if len(self._open) >= MAX_DEPTH:
            place = self._source.position(start)
            raise DocumentError("ES112", f"the document is nested deeper than {MAX_DEPTH} levels", place, "use $ref")
        self._open.append(Mapping(self._source, start) if mark == "{" else Sequence(self._source, start))
        self._keys.append(None)
        return start + 1

    def _leave_unread(self, mark: str, start: int) -> int:
        is_object = mark == "{"
        node = (
            Mapping(self._source, start, self._pairs_of) if is_object else Sequence(self._source, start, self._items_of)
        )
        node.end = checked_end(self._source.text, start, MAX_DEPTH - len(self._open))
        self._attach(node)
        return node.end

    def _close(self, end: int) -> int:
        node = self._open.pop()
        self._keys.pop()
        node.end = end
        self._attach(node)
        return end

    def _attach(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is not None:
            self._put(parent, Pair(key, node))

    def _put(self, parent: Mapping, pair: Pair) -> None:
        first = parent.pairs.setdefault(pair.key.text, pair)
        if first is not pair:
            self._source.repeated.setdefault(parent.start, set()).add(pair.key.text)
            self._report(duplicate_key(first.key, pair.key))

    def _scalar(self, match: re.Match[str]) -> Scalar:
        group = match.lastgroup or ""
        raw, start, end = match[group], match.start(group), match.end(group)
        if group == "plain":
            return Scalar(self._source, start, end, raw, True)
        text = raw[1:-1]
        if "\\" in raw:
            try:
                text = json.loads(raw)
            except ValueError:
                self._stop("this is not JSON: an escape in this text is wrong", start, end)
            if _SURROGATE.search(text):
                self._stop("this text holds half of a character: a surrogate without its other half", start, end)
        return Scalar(self._source, start, end, text, False)

    # ----------------------------------------------------------------------------------------------- tokens

    def _next(self, offset: int) -> re.Match[str]:
        return _TOKEN.match(self._source.text, offset) or self._no_token(offset)

    def _no_token(self, offset: int) -> NoReturn:
        blank = _BLANK.match(self._source.text, offset)
        start = blank.end() if blank else offset
        found = self._source.text[start]
        if found == '"':
            self._stop("this is not JSON: the text that begins here does not end on its line", start, start + 1)
        self._stop(f"this is not JSON: {found!r} cannot stand here", start, start + 1)

    def _fail(self, match: re.Match[str], wanted: str) -> NoReturn:
        group = match.lastgroup or "end"
        found = "the file ends" if group == "end" else f"{match[group][:40]} stands"
        self._stop(f"this is not JSON: {found} where {wanted} is expected", match.start(group), match.end(group))

    def _stop(self, message: str, start: int, end: int) -> NoReturn:
        hint = "JSON has no comments and no trailing commas; name the file .yaml if it is YAML"
        raise DocumentError("ES102", message, self._source.position(start, end), hint)


def _doubt(fault: DocumentError) -> NoReturn:
    """Ends a reading that tells no faults."""
    raise fault
