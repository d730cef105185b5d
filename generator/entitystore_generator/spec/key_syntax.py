"""The text of a key template to its parts: `"ORDER#{createdAt|isoms}#{n:08d}"` to texts and macros.

    template  = ( text | "{{" | "}}" | macro )*
    macro     = "{" name ( "." name )* [ ":" format ] ( "|" step )* [ "|default:" text ] "}"
    step      = "upper" | "lower" | "isoms" | "sortable" | ( "desc" | "mod" | "add" | "shard" ) ":" number

Rules of this file:
- A macro ends at its first `}`; a `{` before that means that it was not closed. So neither names, formats nor default
  texts hold braces or `|`; a format may hold `:` (`{t:%H:%M}`).
- A format comes before the steps and is applied first; whether a step can take its text is `ir.keys`' to say, as is
  everything else that depends on a property's type. `default` comes last: its text is not transformed.
- Every fault of a template is reported, each at its own character, and nothing is raised. An empty template has no
  parts and is reported where its key's name is known (ES204).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.ir.model import TransformKind
from entitystore_generator.ir.names import did_you_mean
from entitystore_generator.spec.schema import Macro, TemplateSyntax, Text, TransformSyntax

__all__ = ["Locate", "parse_path", "parse_template"]

Locate: TypeAlias = Callable[[int, int], Position]
"""The place of `length` characters from `offset` of a template's text on."""

_NUMBER = re.compile(r"0|[1-9][0-9]*")
_LIMITS: Mapping[TransformKind, tuple[int, int]] = {
    TransformKind.DESC: (1, 38),  # digits; DynamoDB's numbers have no more
    TransformKind.MOD: (1, 10**18),
    TransformKind.ADD: (0, 10**18),
    TransformKind.SHARD: (1, 1000),  # a finder reads as many partitions
}
"""Least and greatest argument of the steps that take one; the others take none."""
_STEPS = [kind.value for kind in TransformKind]
_DEFAULT = "default"


def parse_template(source: str, locate: Locate, diagnostics: Diagnostics) -> TemplateSyntax | None:
    """The parts of `source`; None, with all its faults reported, where it is not well formed."""
    parser = _Parser(source, locate, diagnostics)
    parser.run()
    if parser.faulty:
        return None
    return TemplateSyntax(source, tuple(parser.parts), locate(0, len(source)))


def parse_path(source: str, locate: Locate, diagnostics: Diagnostics) -> tuple[str, ...] | None:
    """The names of a dotted path such as `address.city`, outside a template; None, and errors, if it is none."""
    parser = _Parser(source, locate, diagnostics)
    path = parser.path(source, 0)
    return None if parser.faulty else path


@dataclass(slots=True)
class _Parser:
    source: str
    locate: Locate
    diagnostics: Diagnostics
    parts: list[Text | Macro] = field(default_factory=list)
    faulty: bool = False

    def error(self, code: str, message: str, offset: int, length: int, hint: str) -> None:
        self.faulty = True
        self.diagnostics.error(code, message, self.locate(offset, length), hint)

    def run(self) -> None:
        self._control_characters()
        offset = 0
        while offset < len(self.source):
            offset = self._next(offset)

    def _control_characters(self) -> None:
        for offset, character in enumerate(self.source):
            if unicodedata.category(character) in ("Cc", "Cs"):
                message = f"the template holds the control character U+{ord(character):04X}"
                self.error("ES164", message, offset, 1, "use a visible delimiter, such as #")

    def _next(self, offset: int) -> int:
        """Read one part from `offset` on; gives where the next one begins."""
        pair = self.source[offset : offset + 2]
        if pair in ("{{", "}}"):
            self._text(pair[0])
            return offset + 2
        if pair[0] == "}":
            self.error("ES160", "this } closes nothing", offset, 1, "write }} for a brace in the key, or remove it")
            return offset + 1
        if pair[0] == "{":
            return self._braced(offset)
        end = offset
        while end < len(self.source) and self.source[end] not in "{}":
            end += 1
        self._text(self.source[offset:end])
        return end

    def _text(self, text: str) -> None:
        last = self.parts[-1] if self.parts else None
        if isinstance(last, Text):
            self.parts[-1] = Text(last.text + text)
        else:
            self.parts.append(Text(text))

    def _braced(self, start: int) -> int:
        end = start + 1
        while end < len(self.source) and self.source[end] not in "{}":
            end += 1
        if end == len(self.source) or self.source[end] == "{":
            hint = "close it with }, or write {{ for a brace in the key"
            self.error("ES160", "this { is never closed", start, 1, hint)
            return end
        macro = self._macro(start, end)
        if macro is not None:
            self.parts.append(macro)
        return end + 1

    # ---------------------------------------------------------------------------------------------- macros

    def _macro(self, start: int, end: int) -> Macro | None:
        body = self.source[start + 1 : end]
        if not body.strip():
            self.error("ES161", "this macro is empty", start, end + 1 - start, "name a property, such as {id}")
            return None
        head, *steps = body.split("|")
        name, colon, format_ = head.partition(":")
        path = self.path(name, start + 1)
        if colon and not format_:
            hint = "write one, such as {n:08d} or {t:%Y-%m-%d}, or remove the colon"
            self.error("ES161", "there is no format after the colon", start + 1 + len(name), 1, hint)
        transforms, default = self._steps(steps, start + 1 + len(head))
        return Macro(path, format_, transforms, default, self.locate(start, end + 1 - start))

    def path(self, text: str, start: int) -> tuple[str, ...]:
        """The names of a dotted path; each empty one, or one with space around it, is reported."""
        offset = start
        names = tuple(text.split("."))
        for name in names:
            if not name:
                hint = "write {property} or {object.property}"
                self.error("ES161", "a property's name is missing here", offset, 1, hint)
            elif name != name.strip():
                hint = f"write {name.strip()!r}" if name.strip() else "write {property} or {object.property}"
                self.error("ES161", f"there is space around the name {name.strip()!r}", offset, len(name), hint)
            offset += len(name) + 1
        return names

    # ----------------------------------------------------------------------------------------------- steps

    def _steps(self, steps: list[str], offset: int) -> tuple[tuple[TransformSyntax, ...], str | None]:
        """The steps and the default text. `offset` is that of the first `|`."""
        transforms: list[TransformSyntax] = []
        default: str | None = None
        for number, step in enumerate(steps, 1):
            offset += 1
            name, colon, argument = step.partition(":")
            if name == _DEFAULT:
                default = argument
                self._check_default(step, bool(colon), offset, is_last=number == len(steps))
            else:
                transform = self._transform(name, argument if colon else None, offset)
                transforms += [transform] if transform is not None else []
            offset += len(step)
        return tuple(transforms), default

    def _check_default(self, step: str, has_text: bool, offset: int, is_last: bool) -> None:
        if not has_text:
            self.error("ES163", "default needs a text", offset, len(step), "write |default:TEXT")
        if not is_last:
            hint = "its text is taken as it is; write it at the end of the macro, once"
            self.error("ES165", "nothing may follow default", offset, len(step), hint)

    def _transform(self, name: str, argument: str | None, offset: int) -> TransformSyntax | None:
        if name not in _STEPS:
            hint = did_you_mean(name.strip(), [*_STEPS, _DEFAULT], f"there are {', '.join([*_STEPS, _DEFAULT])}")
            message = f"there is no transform {name!r}" if name else "a transform's name is missing here"
            self.error("ES162", message, offset, len(name) or 1, hint)
            return None
        kind = TransformKind(name)
        if kind in _LIMITS:
            number = self._number(kind, argument, offset)
        else:
            number = None
            if argument is not None:
                length = len(argument) + 1
                self.error("ES163", f"{name} takes no argument", offset + len(name), length, f"write |{name}")
        length = len(name) + (0 if argument is None else len(argument) + 1)
        return TransformSyntax(kind, number, self.locate(offset, length))

    def _number(self, kind: TransformKind, argument: str | None, offset: int) -> int | None:
        least, greatest = _LIMITS[kind]
        hint = f"write a whole number from {least} to {greatest}, such as |{kind.value}:8"
        name = kind.value
        if not argument:
            self.error("ES163", f"{name} needs a number", offset, len(name), hint)
            return None
        place, length = offset + len(name) + 1, len(argument)
        if not _NUMBER.fullmatch(argument):
            self.error("ES163", f"{name} needs a number, not {argument!r}", place, length, hint)
            return None
        # Longer ones are not converted: Python refuses those of thousands of digits with a ValueError.
        if len(argument) > len(str(greatest)) or not least <= int(argument) <= greatest:
            self.error("ES163", f"{name} cannot have the argument {argument}", place, length, hint)
            return None
        return int(argument)
