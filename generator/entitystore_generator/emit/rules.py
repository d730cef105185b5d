"""The rules that this package reports. See `entitystore_generator.rules`."""

from __future__ import annotations

from ..rules import Rule

RULES: tuple[Rule, ...] = ()
