r"""A pattern's tree as Python's `re` spells it, for `re.search` without flags.

    $            \Z: Python's also stands before a last line end
    \d \w \s .   the characters as they are: Python's own are every script's
    \b           (?a:\b), since words are ASCII; \B is its opposite, which Python's is not in the empty text
    \1           (?(1)\1): a reference to a group that took no part is the empty text

Rules of this file:
- Every character is written so that Python cannot mean anything else by it, and in ASCII.
- What Python cannot say, or says otherwise, is a fault: look-behind of no fixed width, and see `references`.
"""

from __future__ import annotations

import re
from typing import assert_never

from entitystore_generator.patterns.reading import Fault, Wrong
from entitystore_generator.patterns.references import live_references
from entitystore_generator.patterns.syntax import (
    Alternatives,
    Characters,
    Edge,
    Group,
    Look,
    Node,
    Range,
    Reference,
    Repeat,
    Sequence,
    complement,
    width_of,
)

__all__ = ["spelled"]

_EDGES = {Edge.START: "^", Edge.END: r"\Z", Edge.WORD: r"(?a:\b)", Edge.NO_WORD: r"(?!(?a:\b))"}
_ANY, _NONE = r"[\s\S]", r"[^\s\S]"
_SYNTAX = frozenset(r"\.^$*+?{}[]|()")
_CLASS_SYNTAX = frozenset(r"\]^[-")
_SET_OPERATION = re.compile(r"([&~|])(?=\1)")
"""What Python may come to read as an operation of sets, and warns of."""
_CONTROLS = {0x09: r"\t", 0x0A: r"\n", 0x0B: r"\v", 0x0C: r"\f", 0x0D: r"\r"}
_MAX_GROUPS = 99
"""From \\100 on, Python reads a number as an octal one."""
_HYPHEN: Range = (0x2D, 0x2D)


def spelled(root: Node) -> str:
    """The expression for `re.search`. Raises Wrong."""
    return _Speller(root).text(root)


class _Speller:
    def __init__(self, root: Node) -> None:
        self._live = live_references(root)
        self._referred = {reference.number for reference in self._live}
        self._numbers: dict[int, int] = {}
        """The number in Python of each group that is referred to. The others have none there."""

    def text(self, node: Node) -> str:
        """The node as a whole expression: alternatives are without brackets."""
        match node:
            case Characters():
                return _characters(node)
            case Edge():
                return _EDGES[node]
            case Look():
                return self._look(node)
            case Group():
                return self._group(node)
            case Reference(number=number):
                return f"(?({self._numbers[number]})\\{self._numbers[number]})" if node in self._live else "(?:)"
            case Repeat(inner=inner, lazy=lazy):
                return self._atom(inner) + _counts(node) + ("?" if lazy else "")
            case Sequence(items=items):
                return "".join(map(self._item, items))
            case Alternatives(options=options):
                return "|".join(map(self.text, options))
            case _:
                assert_never(node)

    def _group(self, node: Group) -> str:
        if node.number not in self._referred:
            return self.text(node.inner)
        number = self._numbers[node.number] = len(self._numbers) + 1
        if number > _MAX_GROUPS:
            place = next(each.place for each in self._live if each.number == node.number)
            hint = "refer to fewer groups"
            raise Wrong(Fault(f"references to more than {_MAX_GROUPS} groups cannot be said in Python", hint, *place))
        return f"({self.text(node.inner)})"

    def _item(self, node: Node) -> str:
        """The node as one of a sequence."""
        bare = self._bare(node)
        return f"(?:{self.text(bare)})" if isinstance(bare, Alternatives) else self.text(bare)

    def _atom(self, node: Node) -> str:
        """The node as what is repeated."""
        bare = self._bare(node)
        is_one = isinstance(bare, (Characters, Group))
        return self.text(bare) if is_one else f"(?:{self.text(bare)})"

    def _bare(self, node: Node) -> Node:
        """Without groups that nothing refers to."""
        while isinstance(node, Group) and node.number not in self._referred:
            node = node.inner
        return node

    # ------------------------------------------------------------------------------------------------- looks

    def _look(self, node: Look) -> str:
        mark = "!" if node.negated else "="
        if node.ahead:
            return f"(?{mark}{self.text(node.inner)})"
        bare = self._bare(node.inner)
        options = bare.options if isinstance(bare, Alternatives) and width_of(bare) is None else (bare,)
        if any(width_of(option) is None for option in options):
            hint = "let it match a fixed number of characters, or look ahead from the start of the text"
            raise Wrong(Fault("a look-behind of no fixed length cannot be checked in Python", hint, *node.place))
        looks = [f"(?<{mark}{self.text(option)})" for option in options]
        return "".join(looks) if node.negated or len(looks) == 1 else f"(?:{'|'.join(looks)})"


def _counts(node: Repeat) -> str:
    match node.least, node.most:
        case 0, None:
            return "*"
        case 1, None:
            return "+"
        case 0, 1:
            return "?"
        case least, None:
            return f"{{{least},}}"
        case least, most:
            return f"{{{least}}}" if least == most else f"{{{least},{most}}}"


# ---------------------------------------------------------------------------------------------- characters


def _characters(node: Characters) -> str:
    single = node.single
    if single is not None:
        return _character(single, _SYNTAX)
    if not complement(node.ranges):
        return _NONE if node.negated else _ANY
    if not node.ranges:
        return _ANY if node.negated else _NONE
    ranges = tuple(dict.fromkeys(node.ranges))
    items = _SET_OPERATION.sub(r"\\\1", "".join(_range(each) for each in ranges if each != _HYPHEN))
    hyphen = "-" if _HYPHEN in ranges else ""
    return f"[{'^' if node.negated else ''}{items}{hyphen}]"


def _range(found: Range) -> str:
    first, last = (_character(code, _CLASS_SYNTAX) for code in found)
    return first if found[0] == found[1] else f"{first}-{last}"


def _character(code: int, syntax: frozenset[str]) -> str:
    if chr(code) in syntax:
        return f"\\{chr(code)}"
    if 0x20 <= code < 0x7F:
        return chr(code)
    if code in _CONTROLS:
        return _CONTROLS[code]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
