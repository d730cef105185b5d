"""JSON text to nodes.

YAML is nearly a superset of JSON, but not to libyaml: it knows no surrogate pairs in escapes, which is how JSON writes
an emoji in ASCII, and no tabs in some places.

Rules of this file:
- RFC 8259 and nothing more: no comments, no trailing commas.
- One regular expression for all tokens, a stack instead of recursion.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from entitystore_generator.spec.compose import Report, duplicate_key
from entitystore_generator.spec.nodes import MAX_DEPTH, Mapping, Node, Pair, Scalar, Sequence
from entitystore_generator.spec.source import DocumentError, Source

__all__ = ["compose_json"]

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


def compose_json(source: Source, report: Report) -> Node:
    """The document's root; DocumentError where it is not JSON. Duplicate keys go to `report`."""
    return _Reader(source, report).read()


class _Reader:
    """Reads the tokens of one file. `_expected` is what may come next."""

    def __init__(self, source: Source, report: Report) -> None:
        self._source = source
        self._report = report
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []
        self._root: Node | None = None

    def read(self) -> Node:
        match = self._next(0)
        self._value(match)
        while self._open:
            match = self._next(match.end())
            match = self._step(match)
        after = self._next(match.end())
        if after.lastgroup != "end":
            self._fail(after, "the end of the document")
        assert self._root is not None
        return self._root

    def _step(self, match: re.Match[str]) -> re.Match[str]:
        """Read one element of the innermost collection, or its end; gives the last token read."""
        node = self._open[-1]
        is_mapping = isinstance(node, Mapping)
        is_first = not node.size > 1
        if match[0].endswith("}" if is_mapping else "]") and match.lastgroup == "mark":
            self._close(match.end())
            return match
        if not is_first:
            if match["mark"] != ",":
                self._fail(match, "a comma or the closing bracket")
            match = self._next(match.end())
        if is_mapping:
            self._keys[-1] = self._key(match)
            match = self._next(match.end())
            if match["mark"] != ":":
                self._fail(match, "a colon")
            match = self._next(match.end())
        self._value(match)
        return match

    def _key(self, match: re.Match[str]) -> Scalar:
        if match["string"] is None:
            self._fail(match, "a key in double quotes")
        return self._scalar(match)

    def _value(self, match: re.Match[str]) -> None:
        mark = match["mark"]
        if mark in ("{", "["):
            self._start(mark, match.start("mark"))
        elif match["string"] is not None or match["plain"] is not None:
            self._attach(self._scalar(match))
        else:
            self._fail(match, "a value")

    def _start(self, mark: str, start: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            place = self._source.position(start)
            raise DocumentError("ES112", f"the document is nested deeper than {MAX_DEPTH} levels", place, "use $ref")
        node = Mapping(self._source, start) if mark == "{" else Sequence(self._source, start)
        self._open.append(node)
        self._keys.append(None)

    def _close(self, end: int) -> None:
        node = self._open.pop()
        self._keys.pop()
        node.end = end
        self._attach(node)

    def _attach(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        parent.size += node.size
        parent.height = max(parent.height, node.height + 1)
        key = self._keys[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is not None:
            self._put(parent, Pair(key, node))

    def _put(self, parent: Mapping, pair: Pair) -> None:
        first = parent.pairs.setdefault(pair.key.text, pair)
        if first is not pair:
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
