"""`lint`: read, prove, give advice, and report all there is to say about a document.

Advice is given here: `generate` prints errors, what was not decided and what costs data, so that what compiles today
compiles tomorrow, whatever a later version thinks of it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from .call import Call
from .compiling import examine_once
from .config import Settings
from .diagnostics import Diagnostics, Position, Severity
from .outcome import report
from .progress import ProgressLine
from .rules import all_rules


def lint(call: Call, settings: Settings) -> int:
    """Look at the documents; gives the exit code: 1 for warnings, 2 for errors."""
    found = Diagnostics()
    progress = ProgressLine()
    with closing(progress):
        for package in settings.packages:
            examine_once(package, found, progress)
    shown_ones = adjusted(found, settings)
    findings_left = any(one.severity is not Severity.NOTE for one in shown_ones)
    code = 2 if shown_ones.has_errors else int(findings_left)
    report(call, code, (), shown_ones)
    return code


def adjusted(found: Diagnostics, settings: Settings) -> Diagnostics:
    """The diagnostics with the severities of `[tool.entitystore.lint]`. An error stays one."""
    names = {rule.name: rule.code for rule in all_rules()}
    wanted = {names.get(key, key.upper()): severity for key, severity in settings.severities.items()}
    unknown = sorted(wanted.keys() - {rule.code for rule in all_rules()})
    result = Diagnostics()
    for code in unknown:
        result.error("ES511", f"there is no rule {code}", Position(settings.file, 0, 0))
    for diagnostic in found:
        severity = wanted.get(diagnostic.code, str(diagnostic.severity))
        if diagnostic.severity is Severity.ERROR:
            result.add(diagnostic)
        elif severity != "off":
            result.add(replace(diagnostic, severity=Severity(severity)))
    return result
