"""What the passes of this package share: the document, and where faults go.

Rules of this file:
- A fault has one of the codes of `checks/rules.py`; the text names the property or key as the document spells it.
"""

from __future__ import annotations

from msgspec import Struct

from entitystore_generator.diagnostics import Diagnostic, Diagnostics, Position, Severity
from entitystore_generator.spec.schema import Spec

__all__ = ["Context"]


class Context(Struct, frozen=True):
    """One compilation's document and faults."""

    spec: Spec
    diagnostics: Diagnostics

    def error(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.diagnostics.error(code, message, position, hint)

    def warning(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.diagnostics.warning(code, message, position, hint)

    def note(self, code: str, message: str, position: Position, hint: str = "") -> None:
        self.diagnostics.add(Diagnostic(code, Severity.NOTE, message, position, hint))
