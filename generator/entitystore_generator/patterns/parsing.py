"""From a pattern's text to its tree.

Rules of this file:
- The grammar is that of ECMA-262, 22.2.1, with the u flag. What other dialects add is an error that says what to write.
- `]`, `{` and `}` that the flag would refuse are the characters, as everywhere else, unless that hides a slip: a class
  within a class, `[]` with a bracket meant as its first character, `{,3}`.
- Groups are kept on a stack of our own, and only so many deep: what walks trees does so by recursion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from msgspec import Struct, field

from entitystore_generator.patterns.escapes import character_class, escape, shown
from entitystore_generator.patterns.openers import LOOKS, opener
from entitystore_generator.patterns.reading import Reader
from entitystore_generator.patterns.syntax import (
    LINE_ENDS,
    Alternatives,
    Characters,
    Edge,
    Group,
    Look,
    Node,
    Reference,
    Repeat,
    Sequence,
    one,
)

__all__ = ["MAX_COUNT", "MAX_DEPTH", "Parsed", "parse"]

MAX_DEPTH = 50
MAX_COUNT = 2**31 - 2
"""What Python can count to on every platform; no text is that long."""

_GROUPS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*|\((?!\?)|\(\?<(?![=!])(?P<name>[^>]*)>", re.DOTALL)
_COUNTS = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
_NO_LEAST = re.compile(r"\{,([0-9]+)\}")


class Parsed(NamedTuple):
    """A pattern's tree, and the pattern as the flag u admits it, which mostly is how it was written."""

    tree: Node
    strict: str


def parse(text: str) -> Parsed:
    """Read a pattern. Raises Wrong."""
    reader = Reader(text)
    tree = _Parser(reader).parse()
    return Parsed(tree, reader.repaired)


class _Open(Struct):
    """A group that is not closed yet, or the whole pattern: what was read of it, and how it began."""

    start: int
    opener: str = ""
    number: int = 0
    items: list[Node] = field(default_factory=list)
    options: list[Node] = field(default_factory=list)

    def content(self) -> Node:
        last = _sequence(self.items)
        return Alternatives((*self.options, last)) if self.options else last

    def node(self, end: int) -> Node:
        if self.opener in LOOKS:
            return Look(self.content(), *LOOKS[self.opener], (self.start, end - self.start))
        return Group(self.content(), self.number) if self.number else self.content()


def _sequence(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Sequence(tuple(items))


class _Parser:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._names = _names_of_groups(reader)
        self._numbers: Mapping[str, int] = {name: number for number, name in enumerate(self._names, 1) if name}
        self._opened = 0
        self._stack = [_Open(0)]
        self._bracket: int | None = None
        """Where a class has a bracket within it, or is empty: a later `]` then shows that something else was meant."""

    def parse(self) -> Node:
        reader = self._reader
        while not reader.at_end:
            self._next()
        if len(self._stack) > 1:
            start = self._stack[-1].start
            reader.refuse("this group is never closed", "write ) at its end, or \\( for a bracket", start, start + 1)
        return self._stack[0].content()

    def _next(self) -> None:
        reader = self._reader
        match reader.ahead():
            case "(":
                self._open()
            case ")":
                self._close()
            case "|":
                reader.take()
                self._stack[-1].options.append(_sequence(self._stack[-1].items))
                self._stack[-1].items = []
            case "*" | "+" | "?":
                self._nothing_to_repeat()
            case _:
                start = reader.place
                atom = self._atom()
                self._add(atom, start, is_place=isinstance(atom, Edge))

    def _add(self, node: Node, start: int, *, is_place: bool) -> None:
        self._stack[-1].items.append(self._repeated(node, start, is_place))

    # ------------------------------------------------------------------------------------------------ groups

    def _open(self) -> None:
        reader = self._reader
        opened = _Open(reader.place)
        reader.take()
        if reader.starts("?"):
            opened.opener = opener(reader, opened.start, self._names)
        if opened.opener in ("", "?<"):
            self._opened += 1
            opened.number = self._opened
        self._stack.append(opened)
        if len(self._stack) > MAX_DEPTH + 1:
            reader.refuse(f"its groups are nested more than {MAX_DEPTH} deep", "write it flatter", opened.start)

    def _close(self) -> None:
        reader = self._reader
        reader.take()
        if len(self._stack) == 1:
            hint = "write ( where it begins, or \\) for a bracket"
            reader.refuse("this ) closes nothing", hint, reader.place - 1)
        closed = self._stack.pop()
        self._add(closed.node(reader.place), closed.start, is_place=closed.opener in LOOKS)

    # ------------------------------------------------------------------------------------------------- atoms

    def _atom(self) -> Node:
        reader = self._reader
        start = reader.place
        match reader.ahead():
            case "\\":
                return self._escaped()
            case "[":
                found = character_class(reader)
                if not found.ranges or "[" in _unescaped(reader.text[start + 1 : reader.place]):
                    self._bracket = start
                return found
            case "]":
                self._check_bracket()
            case "{":
                self._check_brace()
        match reader.take():
            case "^":
                return Edge.START
            case "$":
                return Edge.END
            case ".":
                return Characters(LINE_ENDS, negated=True)
            case character:
                if character in "]{}":
                    reader.repair(start, reader.place, f"\\{character}")
                return one(ord(character))

    def _check_bracket(self) -> None:
        if self._bracket is not None:
            start = self._bracket
            hint = "a class holds no other: write \\[ and \\] for the characters"
            self._reader.refuse("it is not clear which ] ends this class", hint, start, self._reader.place + 1)

    def _check_brace(self) -> None:
        reader = self._reader
        least = _NO_LEAST.match(reader.text, reader.place)
        if least:
            hint = f"write {{0,{least[1]}}}, or \\{{ for a brace"
            reader.refuse(f"{least[0]} has no least number", hint, reader.place, least.end())
        if _COUNTS.match(reader.text, reader.place):
            self._nothing_to_repeat()

    def _escaped(self) -> Node:
        reader = self._reader
        start, letter = reader.place, reader.ahead(2)[1:]
        if letter in ("b", "B"):
            reader.take(2)
            return Edge.WORD if letter == "b" else Edge.NO_WORD
        if letter == "k":
            return self._named_reference(start)
        digits = re.compile("[1-9][0-9]*").match(reader.text, start + 1)
        if digits and len(digits[0]) < 6 and int(digits[0]) <= len(self._names):
            reader.place = digits.end()
            return Reference(int(digits[0]), (start, reader.place - start))
        return escape(reader, in_class=False)

    def _named_reference(self, start: int) -> Node:
        reader = self._reader
        reader.take(2)
        end = reader.text.find(">", reader.place)
        name = reader.text[reader.place + 1 : max(end, reader.place)] if reader.starts("<") else ""
        if name not in self._numbers:
            reader.refuse("\\k refers to no group", "write \\k<name>, with (?<name>…) elsewhere", start)
        reader.place = end + 1
        return Reference(self._numbers[name], (start, reader.place - start))

    # ----------------------------------------------------------------------------------------------- repeats

    def _repeated(self, node: Node, start: int, is_place: bool) -> Node:
        reader = self._reader
        counted = self._counts()
        if counted is None:
            return node
        least, most, place = counted
        if is_place:
            reader.refuse("what matches no character cannot be repeated", "remove what repeats it", start)
        lazy = reader.accept("?")
        if reader.starts("+"):
            hint = "write it without the second +, which other dialects have"
            reader.refuse(
                f"{shown(reader.text[place : reader.place + 1])} repeats a repeat", hint, place, reader.place + 1
            )
        if reader.ahead() in ("*", "?") or _COUNTS.match(reader.text, reader.place):
            self._nothing_to_repeat()
        return Repeat(node, least, most, lazy)

    def _counts(self) -> tuple[int, int | None, int] | None:
        """Least and most of what comes next, and where it stands; None if nothing is repeated."""
        reader = self._reader
        start = reader.place
        for mark, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if reader.accept(mark):
                return least, most, start
        counts = _COUNTS.match(reader.text, start)
        if counts is None:
            return None
        reader.place = counts.end()
        low, comma, high = counts.groups()
        least, most = self._count(low, start), self._count(high or low, start)
        if least > most:
            reader.refuse(f"{counts[0]} has its least number after its most", "exchange the two", start)
        return least, None if comma and not high else most, start

    def _count(self, digits: str, start: int) -> int:
        plain = digits.lstrip("0") or "0"
        if len(plain) > 10 or int(plain) > MAX_COUNT:
            self._reader.refuse("no text is that long", "write a smaller number", start)
        return int(plain)

    def _nothing_to_repeat(self) -> NoReturn:
        reader = self._reader
        counts = _COUNTS.match(reader.text, reader.place)
        end = counts.end() if counts else reader.place + 1
        text = reader.text[reader.place : end]
        hint = f"write what is repeated before it, or \\{text[0]} for the character"
        reader.refuse(f"there is nothing that {text} could repeat", hint, reader.place, end)


def _names_of_groups(reader: Reader) -> list[str]:
    """The name of each group that has a number, in order; "" for one without."""
    found = _GROUPS.finditer(reader.text)
    return [each["name"] or "" for each in found if each[0][0] == "("]


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", "", text, flags=re.DOTALL)
