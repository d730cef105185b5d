"""The rules that this package reports. See `entitystore_generator.rules`."""

from __future__ import annotations

from ..rules import Rule
from .document_rules import RULES as DOCUMENT
from .extension_rules import RULES as EXTENSIONS

RULES: tuple[Rule, ...] = (*DOCUMENT, *EXTENSIONS)
