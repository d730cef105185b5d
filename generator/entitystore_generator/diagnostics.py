"""What is wrong with an input: a code, a place, a sentence and a way out.

Rules of this file:
- Nothing is raised on the first fault. Passes add to a `Diagnostics` and go on; the command line prints all.
- A diagnostic's text is plain and single-line; how it looks (text, JSON, GitHub) is `report.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a source file. `line` and `column` count from 1; `length` is in characters, 0 if unknown.

    `shown`: the line may be shown. That of a file which holds no schemas is nobody's business.
    """

    file: str
    line: int
    column: int
    length: int = 0
    shown: bool = field(default=True, compare=False)

    def shifted(self, columns: int, length: int = 0) -> Position:
        """The place `columns` further right on the same line."""
        return replace(self, column=self.column + columns, length=length)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How bad: an error stops generation (exit 2), a warning is a finding (exit 1 in `lint`), a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault. `code` is `ES` and three digits; `hint` says what to do, and may be empty."""

    code: str
    severity: Severity
    message: str
    position: Position
    hint: str = ""


@dataclass(slots=True)
class Diagnostics:
    """Collects faults over all passes. Iterates in the order of files and lines, without repetitions.

    `error_count` counts errors as they come, repetitions among them: a pass that finds it higher than before knows that
    what it has just read has a fault.
    """

    _found: list[Diagnostic] = field(default_factory=list)
    error_count: int = 0

    def error(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.add(Diagnostic(code, Severity.ERROR, message, position, hint))

    def warning(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.add(Diagnostic(code, Severity.WARNING, message, position, hint))

    def add(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)
        self.error_count += diagnostic.severity is Severity.ERROR

    def extend(self, others: Diagnostics) -> None:
        self._found.extend(others._found)
        self.error_count += others.error_count

    def count_known_fault(self) -> None:
        """Count an error once more that was reported in another place, as that of a file when it was first read."""
        self.error_count += 1

    @property
    def has_errors(self) -> bool:
        return self.error_count > 0

    def __iter__(self) -> Iterator[Diagnostic]:
        unique = dict.fromkeys(self._found)
        return iter(sorted(unique, key=lambda found: (found.position, found.code, found.message)))

    def __len__(self) -> int:
        return len(self._found)
