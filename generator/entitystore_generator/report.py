"""How diagnostics look: for people, as JSON, as GitHub annotations.

    openapi.yaml:12:15: error ES203: no property is named userIdd
       12 |       PK: "USER#{userIdd}"
          |                  ^^^^^^^
          = hint: did you mean userId?

Rules of this file:
- Text from a spec is data: control characters are shown as escapes, so that nothing can move a terminal's cursor or
  begin a second GitHub command.
- Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org).
- A diagnostic's file is absolute or relative to the working folder; it is shown relative where that is shorter.
- A line or column of 0 is not known and not shown.
- No line is shown of a file that may be no document, nor of one that a link leads to: who wrote the link may not be
  allowed to read it.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from .config import canonical
from .diagnostics import Diagnostic, Position, Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_SHOWN_ALIKE = {Severity.ERROR: 3, Severity.WARNING: 3, Severity.NOTE: 1}
"""How many findings that differ in their place alone are shown one by one; of more, the first."""
_MAX_LINE = 160  # characters of a source line that are shown


def shown_path(path: str, start: str | None = None) -> str:
    """`path` as a person sees it: relative to `start` (the working folder) if below it, with forward slashes."""
    folder = os.path.realpath(start or os.curdir)
    absolute = canonical(path)
    inside = absolute.startswith(os.path.join(folder, ""))
    return (os.path.relpath(absolute, folder) if inside else absolute).replace(os.sep, "/")


# ------------------------------------------------------------------------------------- for people


def wants_colour(stream: TextIO) -> bool:
    """True if colours may be written to the stream."""
    try:
        terminal = stream.isatty()
    except ValueError:  # closed
        return False
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class TextReport:
    """Renders diagnostics for people, with the source line underlined. Reads each source file once."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour
        self._sources: dict[str, list[str]] = {}

    def render(self, diagnostics: Iterable[Diagnostic]) -> str:
        """All of them, with a last line that counts; "" for none. What is said many times is shown once."""
        found = list(diagnostics)
        alike: dict[object, list[Diagnostic]] = {}
        for each in found:
            alike.setdefault((each.severity, each.code, each.message, each.hint, each.position.file), []).append(each)
        return "".join([*(text for group in alike.values() for text in self._group(group)), summary(found)])

    def _group(self, alike: Sequence[Diagnostic]) -> Iterator[str]:
        """Findings that differ in their place alone: each, where they are few."""
        first, *others = alike
        if len(alike) <= _SHOWN_ALIKE[first.severity]:
            yield from map(self._one, alike)
        else:
            yield f"{self._one(first)}      = {_and_more([each.position.line for each in others])}\n"

    def _one(self, diagnostic: Diagnostic) -> str:
        place = diagnostic.position
        severity = self._paint(f"{diagnostic.severity} {diagnostic.code}", diagnostic.severity)
        where = _where(place)
        first = f"{where}: {severity}: {visible(diagnostic.message)}\n"
        margin = " " * max(5, len(str(place.line)))
        source = self._source(place, margin, diagnostic.severity)
        hint = f"{margin} = hint: {visible(diagnostic.hint)}\n" if diagnostic.hint else ""
        return first + source + hint

    def _source(self, place: Position, margin: str, severity: Severity) -> str:
        line = self._line(place)
        if not line.strip() or not place.column:
            return ""
        line, column = _window(line, place.column)
        before, marked = line[: column - 1], line[column - 1 :][: max(place.length, 1)]
        carets = self._paint("^" * max(1, _width(marked)), severity)
        number = str(place.line).rjust(len(margin))
        return f"{number} | {visible(line)}\n{margin} | {_padding(before)}{carets}\n"

    def _line(self, place: Position) -> str:
        if not place.line or not place.shown or os.path.islink(place.file):
            return ""
        if place.file not in self._sources:
            self._sources[place.file] = _read_lines(place.file)
        lines = self._sources[place.file]
        return lines[place.line - 1] if place.line <= len(lines) else ""

    def _paint(self, text: str, severity: Severity) -> str:
        return f"\x1b[1;{_COLOURS[severity]}m{text}\x1b[0m" if self._colour else text


def _and_more(lines: Sequence[int]) -> str:
    times = "once" if len(lines) == 1 else f"{len(lines)} times"
    first, last = min(lines), max(lines)
    return f"and {times} more, on " + (f"line {first}" if first == last else f"lines {first} to {last}")


def _where(place: Position) -> str:
    if not place.file:
        return "entitystore"
    numbers = [str(number) for number in (place.line, place.column) if number]
    return ":".join([visible(shown_path(place.file)), *numbers])


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """A line such as "2 errors, 1 warning"; "" where there is nothing to count."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [(severities.count(severity), severity) for severity in Severity]
    parts = [f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count]
    return ", ".join(parts) + "\n" if parts else ""


def visible(text: str) -> str:
    """`text` on one line, its control characters as escapes; a tab stays a tab."""
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    if not hidden or character == "\t":
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _read_lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as stream:
            return stream.read().split("\n")
    except (OSError, ValueError):
        return []


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around `column`, and the column in that part."""
    if len(line) <= _MAX_LINE:
        return line, column
    start = max(0, min(column - _MAX_LINE // 2, len(line) - _MAX_LINE))
    return line[start : start + _MAX_LINE], column - start


def _width(text: str) -> int:
    """The columns that `text` takes on a terminal once it is made visible."""
    return sum(map(_character_width, visible(text)))


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padding(before: str) -> str:
    """Blanks as wide as `before`; its tabs stay, since nobody knows how wide they are."""
    parts = [" " * _width(part) for part in before.split("\t")]
    return "\t".join(parts)


# ----------------------------------------------------------------------------------- for programs


def as_record(diagnostic: Diagnostic) -> Mapping[str, object]:
    """One diagnostic of the JSON document. `line`, `column` and `length` are null where not known."""
    place = diagnostic.position
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "hint": diagnostic.hint or None,
        "file": shown_path(place.file) if place.file else None,
        "line": place.line or None,
        "column": place.column or None,
        "length": place.length or None,
    }


_GITHUB_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def as_annotation(diagnostic: Diagnostic) -> str:
    """One diagnostic as a GitHub workflow command; paths start at the workspace.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    place = diagnostic.position
    properties = {
        "file": shown_path(place.file, os.environ.get("GITHUB_WORKSPACE")) if place.file else "",
        "line": str(place.line or ""),
        "col": str(place.column or ""),
        "endColumn": str(place.column + place.length) if place.column and place.length else "",
        "title": diagnostic.code,
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    text = "\n".join(part for part in (diagnostic.message, diagnostic.hint) if part)
    return f"::{_GITHUB_COMMANDS[diagnostic.severity]} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def print_diagnostics(diagnostics: Iterable[Diagnostic], format: str, *, stream: TextIO | None = None) -> None:
    """Print them for people (to `stream`, else standard error) or for GitHub (to standard output)."""
    if format == "github":
        sys.stdout.write("".join(map(as_annotation, diagnostics)))
    else:
        target = stream or sys.stderr
        target.write(TextReport(colour=wants_colour(target)).render(diagnostics))
