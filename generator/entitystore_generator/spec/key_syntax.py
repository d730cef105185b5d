"""The language of key templates, read into `TemplateSyntax`.

    template = { text | "{{" | "}}" | macro }
    macro    = "{" name { "." name } [ ":" format ] { "|" step } "}"
    step     = "upper" | "lower" | "isoms" | "sortable"
             | ( "desc" | "mod" | "add" | "shard" ) ":" digits
             | "default" ":" text

Rules of this file:
- A name is any text without `{ } | : .` and without blanks at its ends. (So a property whose name has a dot cannot be
  named.) A format may hold colons, as times do, but none of `{ } |`.
- The text of `default` holds anything but `{ } |`, at least one character. `default` is the last step: its text stands
  for the whole macro, and no step changes it.
- Control characters belong into no key: they are mostly a YAML text that was folded by accident.
- Every fault has the place of exactly the characters that are wrong; one template may have several.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from entitystore_generator.diagnostics import Position
from entitystore_generator.ir.model import TransformKind
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.nodes import Scalar, position_inside, position_of
from entitystore_generator.spec.schema import Macro, TemplateSyntax, Text, TransformSyntax
from entitystore_generator.spec.shapes import Shapes

__all__ = ["parse_template"]

_SYNTAX, _UNKNOWN, _ARGUMENT = "ES117", "ES118", "ES119"

_LARGEST = {
    TransformKind.DESC: 38,  # DynamoDB's numbers have 38 digits
    TransformKind.MOD: 10**9,
    TransformKind.ADD: 10**9,
    TransformKind.SHARD: 1000,  # a finder reads every shard
}
_STEPS = (*(kind.value for kind in TransformKind), "default")
_LITERAL_BRACE = "write {{ or }} for a brace that belongs to the key"
_BRACE = re.compile("[{}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def parse_template(node: Scalar, shapes: Shapes) -> TemplateSyntax:
    """The template that a text is. Faults are reported, and what is faulty is left out."""
    return _Parser(node, shapes).parse()


@dataclass(frozen=True, slots=True)
class _Steps:
    """What follows the bars of a macro."""

    transforms: tuple[TransformSyntax, ...]
    default: str | None


class _Parser:
    """Reads one template from left to right."""

    def __init__(self, node: Scalar, shapes: Shapes) -> None:
        self._node = node
        self._source = node.text
        self._shapes = shapes
        self._parts: list[Text | Macro] = []
        self._text = ""

    def parse(self) -> TemplateSyntax:
        for match in _CONTROL.finditer(self._source):
            shown = f"U+{ord(match[0]):04X}"
            hint = "write the template on one line, without it"
            self._error(_SYNTAX, f"the control character {shown} in a key", match.start(), 1, hint)
        offset = 0
        while offset < len(self._source):
            offset = self._part(offset)
        self._end_text()
        return TemplateSyntax(self._source, tuple(self._parts), position_of(self._node))

    def _part(self, offset: int) -> int:
        """Read the text, brace or macro that begins at `offset`; gives where it ends."""
        pair, character = self._source[offset : offset + 2], self._source[offset]
        if pair in ("{{", "}}"):
            self._text += character
            return offset + 2
        if character == "{":
            return self._macro_at(offset)
        if character == "}":
            self._error(_SYNTAX, "a } without a { before it", offset, 1, _LITERAL_BRACE)
            return offset + 1
        brace = _BRACE.search(self._source, offset)
        end = len(self._source) if brace is None else brace.start()
        self._text += self._source[offset:end]
        return end

    def _end_text(self) -> None:
        if self._text:
            self._parts.append(Text(self._text))
        self._text = ""

    # ----------------------------------------------------------------------------------------------- macros

    def _macro_at(self, offset: int) -> int:
        end = _BRACE.search(self._source, offset + 1)
        if end is None or end[0] == "{":
            stop = len(self._source) if end is None else end.start()
            hint = "close it with }, or write {{ for a brace that belongs to the key"
            self._error(_SYNTAX, "this { is not closed", offset, stop - offset, hint)
            return stop
        macro = self._macro(offset + 1, self._source[offset + 1 : end.start()])
        if macro is not None:
            self._end_text()
            self._parts.append(macro)
        return end.end()

    def _macro(self, start: int, body: str) -> Macro | None:
        head, *steps = body.split("|")
        path_text, colon, format_ = head.partition(":")
        if not body.strip():
            message = "a macro without a property"
            self._error(_SYNTAX, message, start - 1, len(body) + 2, "name one, such as {id}; " + _LITERAL_BRACE)
            return None
        path = self._path(start, path_text)
        if colon and not format_:
            hint = "write one, such as :08d or :%Y-%m-%d, or leave out the colon"
            self._error(_SYNTAX, "a colon without a format behind it", start + len(path_text), 1, hint)
        read = self._steps(start + len(head) + 1, steps)
        place = self._place(start - 1, len(body) + 2)
        return Macro(path, format_, read.transforms, read.default, place) if path else None

    def _path(self, start: int, text: str) -> tuple[str, ...]:
        """The names of a dotted path; () where one of them is wrong."""
        names = text.split(".")
        good = True
        for name in names:
            if not name.strip():
                place = max(start - (1 if not text else 0), 0)
                self._error(_SYNTAX, "a property's name is missing here", place, max(len(name), 1), "write {a.b}")
                good = False
            elif name != name.strip():
                hint = f"write {name.strip()}"
                self._error(_SYNTAX, f"blanks around the property {name.strip()!r}", start, len(name), hint)
                good = False
            start += len(name) + 1
        return tuple(names) if good else ()

    # ------------------------------------------------------------------------------------------------ steps

    def _steps(self, start: int, steps: list[str]) -> _Steps:
        transforms: list[TransformSyntax] = []
        default: str | None = None
        for number, step in enumerate(steps):
            name, colon, argument = step.partition(":")
            if name == "default":
                default = self._default(start, step, argument, is_last=number == len(steps) - 1)
            elif name in _STEPS:
                transform = self._transform(start, TransformKind(name), argument, bool(colon))
                transforms += [transform] if transform else []
            else:
                self._unknown_step(start, step, name)
            start += len(step) + 1
        return _Steps(tuple(transforms), default)

    def _unknown_step(self, start: int, step: str, name: str) -> None:
        if not step.strip():
            hint = "write a step, such as |upper, or leave out the bar"
            self._error(_UNKNOWN, "a | without a step behind it", start - 1, len(step) + 1, hint)
            return
        if name.strip() in _STEPS:
            self._error(_UNKNOWN, f"blanks around |{name.strip()}", start, len(name), f"write |{name.strip()}")
            return
        hint = did_you_mean(name, _STEPS)
        self._error(_UNKNOWN, f"there is no step |{name}", start, len(name), hint)

    def _default(self, start: int, step: str, text: str, *, is_last: bool) -> str | None:
        if not text:
            message = "|default needs the text that stands for a missing property"
            self._error(_ARGUMENT, message, start, len(step), "write |default:NONE, say")
            return None
        if not is_last:
            self._error(_ARGUMENT, "|default has to be the last step", start, len(step), "put it before the }")
        return text

    def _transform(self, start: int, kind: TransformKind, argument: str, has_colon: bool) -> TransformSyntax | None:
        length = len(kind.value) + (len(argument) + 1 if has_colon else 0)
        place = self._place(start, length)
        largest = _LARGEST.get(kind)
        if largest is None:
            if has_colon:
                at = start + len(kind.value)
                self._error(_ARGUMENT, f"|{kind.value} takes no argument", at, len(argument) + 1, "leave it out")
            return TransformSyntax(kind, None, place)
        number = self._argument(start, kind, argument, largest)
        return None if number is None else TransformSyntax(kind, number, place)

    def _argument(self, start: int, kind: TransformKind, argument: str, largest: int) -> int | None:
        wanted = f"|{kind.value} takes a whole number from 1 to {largest}"
        hint = f"write |{kind.value}:8, say"
        at = start + len(kind.value) + 1
        if not argument:
            self._error(_ARGUMENT, wanted, start, len(kind.value), hint)
        elif not re.fullmatch(r"[0-9]{1,30}", argument, re.ASCII) or not 1 <= int(argument) <= largest:
            self._error(_ARGUMENT, f"{wanted}, not {argument[:40]}", at, len(argument), hint)
        else:
            return int(argument)
        return None

    # ----------------------------------------------------------------------------------------------- places

    def _place(self, offset: int, length: int) -> Position:
        return position_inside(self._node, offset, length)

    def _error(self, code: str, message: str, offset: int, length: int, hint: str) -> None:
        self._shapes.error(code, message, self._place(offset, length), hint)
