"""YAML text to nodes.

Rules of this file:
- Built from the parser's events with a stack of its own, not by recursion: no nesting can exhaust Python's.
- libyaml's parser where PyYAML has it (it is faster by a factor of ten), PyYAML's own in Python elsewhere.
- A key that stands twice is reported and the first one counts; everything else that is wrong ends the file.
- Aliases are bounded: a document of a few lines can otherwise mean billions of nodes.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, NoReturn, Protocol

import yaml
from yaml import events

from entitystore_generator.spec.nodes import (
    MAX_DEPTH,
    Mapping,
    Node,
    Pair,
    Scalar,
    Sequence,
    duplicate_key,
    position_of,
)
from entitystore_generator.spec.source import DocumentError, Report, Source

__all__ = ["compose_yaml"]


class Mark(Protocol):
    """A place in the text, as either of PyYAML's parsers gives it."""

    @property
    def index(self) -> int: ...


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", f"{_CORE}str"})
_PLAIN_TAGS = frozenset(f"{_CORE}{name}" for name in ("null", "bool", "int", "float", "timestamp"))
_COLLECTION_TAGS = frozenset({"!", f"{_CORE}map", f"{_CORE}seq", f"{_CORE}omap"})
_MAX_ALIASED = 200_000
_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def compose_yaml(source: Source, report: Report) -> Node:
    """The document's root; DocumentError where there is none. Duplicate keys go to `report`."""
    composer = _Composer(source, report)
    with _no_collection():
        try:
            return composer.compose()
        except yaml.YAMLError as error:
            raise _syntax_error(source, error) from None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the cyclic collector: there are no circles in what is made here, and it would look at all of it often."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Frame:
    """A collection that is not complete, and the key that waits for its value.

    `size` counts its nodes as if aliases were written out, and `height` is the depth below it, both with itself.
    """

    __slots__ = ("anchor", "height", "key", "merged", "node", "size")

    def __init__(self, node: Mapping | Sequence, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Scalar | None = None
        self.merged: list[Mapping] = []
        self.size = 1
        self.height = 1


class _Anchored(NamedTuple):
    """What an anchor stands for, and what each alias of it adds to a frame."""

    node: Node
    size: int
    height: int


class _Composer:
    """Reads the events of one file."""

    def __init__(self, source: Source, report: Report) -> None:
        self._source = source
        self._report = report
        self._loader = _LOADER(source.text)
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._aliased = 0
        self._root: Node | None = None

    def compose(self) -> Node:
        get_event = self._loader.get_event
        frames = self._frames
        while (event := get_event()) is not None:
            kind = type(event)
            if kind is events.ScalarEvent:
                self._attach(self._scalar(event), 1, 0)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                self._open(event)
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                frame = frames.pop()
                self._close(frame, _offset(event.end_mark))
                self._attach(frame.node, frame.size, frame.height)
            elif kind is events.AliasEvent:
                self._attach(*self._alias(event))
            elif kind is events.DocumentStartEvent and self._root is not None:
                hint = "leave one document, without a line of ---"
                self._stop("ES104", "there is more than one YAML document in this file", event, hint)
        if self._root is None:
            raise DocumentError("ES104", "the file is empty", self._source.position(0), "write an OpenAPI document")
        return self._root

    # ------------------------------------------------------------------------------------------------ nodes

    def _scalar(self, event: events.ScalarEvent) -> Scalar:
        start, end = _offset(event.start_mark), _offset(event.end_mark)
        plain = event.implicit[0]
        if event.tag is not None:
            plain = event.tag in _PLAIN_TAGS
            if not plain and event.tag not in _TEXT_TAGS:
                self._unknown_tag(event)
        node = Scalar(self._source, start, end, event.value, plain)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        return node

    def _open(self, event: events.MappingStartEvent | events.SequenceStartEvent) -> None:
        if event.tag is not None and event.tag not in _COLLECTION_TAGS:
            self._unknown_tag(event)
        if len(self._frames) >= MAX_DEPTH:
            self._too_deep(event)
        start = _offset(event.start_mark)
        is_mapping = type(event) is events.MappingStartEvent
        node = Mapping(self._source, start) if is_mapping else Sequence(self._source, start)
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        self._frames.append(_Frame(node, event.anchor))

    def _close(self, frame: _Frame, end: int) -> None:
        node = frame.node
        node.end = end
        if isinstance(node, Mapping) and frame.merged:
            _merge(node, frame.merged)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(node, frame.size, frame.height)

    def _alias(self, event: events.AliasEvent) -> _Anchored:
        anchored = self._anchors.get(event.anchor or "")
        if anchored is None:
            if any(frame.anchor == event.anchor for frame in self._frames):
                message = f"the alias *{event.anchor} stands inside what it refers to"
                self._stop("ES112", message, event, "a document cannot contain itself; use a $ref")
            self._stop("ES102", f"there is no anchor &{event.anchor} before this alias", event, "correct the name")
        self._aliased += anchored.size
        if self._aliased > _MAX_ALIASED:
            message = f"the aliases of this document stand for more than {_MAX_ALIASED:,} values"
            self._stop("ES112", message, event, "use $ref instead")
        if len(self._frames) + anchored.height > MAX_DEPTH:
            self._too_deep(event)
        return anchored

    # -------------------------------------------------------------------------------------------- attaching

    def _attach(self, node: Node, size: int, height: int) -> None:
        if not self._frames:
            self._root = node
            return
        frame = self._frames[-1]
        parent = frame.node
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif frame.key is None:
            frame.key = self._key(node)
        else:
            key, frame.key = frame.key, None
            self._put(frame, parent, key, node)

    def _key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            return node
        message = "a key has to be a text, not a list or a mapping"
        raise DocumentError("ES102", message, position_of(node), "put quotes around a text that begins with { or [")

    def _put(self, frame: _Frame, parent: Mapping, key: Scalar, value: Node) -> None:
        if key.text == "<<" and key.plain:
            frame.merged += self._merge_sources(value)
            return
        pair = Pair(key, value)
        first = parent.pairs.setdefault(key.text, pair)
        if first is not pair:
            self._source.repeated.setdefault(parent.start, set()).add(key.text)
            self._report(duplicate_key(first.key, key))

    def _merge_sources(self, value: Node) -> list[Mapping]:
        listed = value.items if isinstance(value, Sequence) else [value]
        mappings = [each for each in listed if isinstance(each, Mapping)]
        if len(mappings) != len(listed):
            message = "the merge key << takes a mapping, or a list of mappings"
            raise DocumentError("ES102", message, position_of(value), "write an alias, such as <<: *common")
        return mappings

    # ----------------------------------------------------------------------------------------------- faults

    def _stop(self, code: str, message: str, event: events.Event, hint: str) -> NoReturn:
        place = self._source.position(_offset(event.start_mark), _offset(event.end_mark))
        raise DocumentError(code, message, place, hint)

    def _unknown_tag(self, event: events.ScalarEvent | events.CollectionStartEvent) -> NoReturn:
        tag = (event.tag or "").replace(_CORE, "!!")
        self._stop("ES102", f"the YAML tag {tag} has no meaning in OpenAPI", event, "leave the tag out")

    def _too_deep(self, event: events.Event) -> NoReturn:
        self._stop("ES112", f"the document is nested deeper than {MAX_DEPTH} levels", event, "use $ref")


def _offset(mark: Mark | None) -> int:
    """A mark's offset; PyYAML's own types allow for events without one, which its parsers do not make."""
    return 0 if mark is None else mark.index


def _merge(node: Mapping, merged: list[Mapping]) -> None:
    """Put the merged pairs first, as YAML's merge type has it: own keys win, then earlier mappings."""
    pairs, own = node.pairs, dict(node.pairs)
    pairs.clear()
    for mapping in merged:
        for text, pair in mapping.pairs.items():
            pairs.setdefault(text, pair)
    pairs.update(own)


def _syntax_error(source: Source, error: yaml.YAMLError) -> DocumentError:
    """What PyYAML says, on one line and at its place."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        text = ", ".join(part for part in (error.context, error.problem) if part)
        if "nesting depth" in text:
            message = f"the document is nested deeper than {MAX_DEPTH} levels"
            return DocumentError("ES112", message, source.position(mark.index if mark else 0), "use $ref")
        place = source.position(min(mark.index, len(source.text))) if mark else source.position(0)
        unclosed = _unclosed(error)
        if unclosed is not None:
            return DocumentError("ES102", f"this is not YAML: {unclosed[0]}", place, unclosed[1])
        return DocumentError("ES102", f"this is not YAML: {text}", place, _syntax_hint(source, mark))
    wrong = _NOT_IN_YAML.search(source.text)
    if wrong is not None:
        message = f"the character U+{ord(wrong[0]):04X} is not allowed in YAML"
        place = source.position(wrong.start(), wrong.end())
        return DocumentError("ES102", message, place, 'remove it, or write it as an escape in quotes: "\\u0007"')
    return DocumentError("ES102", f"this is not YAML: {' '.join(str(error).split())}", source.position(0))


_OPENED = {
    "while parsing a flow sequence": ("[", "a comma is missing before this, or the closing ]"),
    "while parsing a flow mapping": ("{", "a comma is missing before this, or the closing }"),
    "while scanning a quoted scalar": ("quote", "close it, or write the quote twice where it belongs to the text"),
}
"""What PyYAML was reading: what it began with, and what was most likely forgotten."""


def _unclosed(error: yaml.MarkedYAMLError) -> tuple[str, str] | None:
    """Message and hint for a bracket or quote that is not closed; the place where it begins helps most."""
    opened = _OPENED.get(error.context or "")
    if opened is None or error.context_mark is None or "expected" not in (error.problem or ""):
        return None
    place = f"line {error.context_mark.line + 1}, column {error.context_mark.column + 1}"
    return f"the {opened[0]} of {place} is not closed here", opened[1]


def _syntax_hint(source: Source, mark: Mark | None) -> str:
    if mark is None or mark.index >= len(source.text):
        return ""
    following = source.text[mark.index]
    if following == "\t":
        return "indent with spaces, not with tabs"
    if following in "@`%":
        return f"put quotes around a text that begins with {following}"
    if following == ":":
        return "put quotes around a text that holds a colon and a space"
    return "look at indentation, colons and quotes on this line and the one before"
