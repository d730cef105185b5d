"""`x-dynamodb-lint`: which advice is not wanted at a place, and why.

    x-dynamodb-lint: {ignore: {ES301: "ids are compared as text on purpose"}}

Rules of this file:
- Only advice can be silenced, never an error, and each rule by its own code and with a reason.
"""

from __future__ import annotations

import difflib

from entitystore_generator.diagnostics import Severity
from entitystore_generator.rules import all_rules
from entitystore_generator.spec.nodes import Pair, Scalar, position_of
from entitystore_generator.spec.options import read_options
from entitystore_generator.spec.schema import LintIgnore, LintIgnores
from entitystore_generator.spec.shapes import Shapes

__all__ = ["LINT", "lint_ignores"]

LINT = "x-dynamodb-lint"
_HINT = 'write ignore: {ES301: "the reason"}'


def lint_ignores(pair: Pair, shapes: Shapes) -> LintIgnores:
    """The rules that `x-dynamodb-lint` silences; what is wrong is reported and left out."""
    options = read_options(shapes, pair.value, LINT, ("ignore",))
    if options is None:
        return LintIgnores()
    node = options.mapping.get("ignore")
    if node is None:
        if not options.mapping.pairs:
            shapes.error("ES114", f"{LINT} is empty", position_of(pair.value), _HINT)
        return LintIgnores()
    ignored = shapes.mapping(node, "ignore", _HINT)
    found = [_ignore(each, shapes) for each in ignored.pairs.values()] if ignored else []
    return LintIgnores(tuple(each for each in found if each is not None))


def _ignore(pair: Pair, shapes: Shapes) -> LintIgnore | None:
    code = pair.key.text.upper()
    reason = shapes.text(pair.value, f"the reason for {pair.key.text}")
    if reason is not None and not reason.strip():
        shapes.error("ES180", f"{pair.key.text} is silenced without a reason", position_of(pair.value), _HINT)
        return None
    if not _is_advice(pair.key, code, shapes) or reason is None:
        return None
    return LintIgnore(code, reason, position_of(pair.key))


def _is_advice(key: Scalar, code: str, shapes: Shapes) -> bool:
    rules = {rule.code: rule for rule in all_rules()}
    rule = rules.get(code)
    if rule is None:
        by_name = {each.name: each.code for each in rules.values()}
        near = difflib.get_close_matches(code.lower(), [*map(str.lower, rules), *by_name], n=1)
        hint = f"did you mean {by_name.get(near[0], near[0].upper())}?" if near else "`entitystore explain` lists them"
        shapes.error("ES180", f"there is no rule {key.text}", position_of(key), hint)
        return False
    if rule.severity is Severity.ERROR:
        hint = f"`entitystore explain {code}` says how to mend it"
        shapes.error("ES180", f"{code} is an error, which cannot be silenced", position_of(key), hint)
        return False
    return True
