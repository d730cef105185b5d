"""`lint`: read, prove, give advice, and report all there is to say about a document.

Advice is given here: `generate` prints errors, what was not decided and what costs data, so that what compiles today
compiles tomorrow, whatever a later version thinks of it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from .call import Call
from .commands import shown
from .compiling import examine_once
from .config import Settings
from .diagnostics import Diagnostics, Position, Severity
from .outcome import report
from .progress import ProgressLine
from .rules import all_rules


def lint(call: Call, settings: Settings) -> int:
    """Look at the documents; returns the exit code: 1 for warnings, 2 for errors, as far as `--fail-on` says."""
    found = Diagnostics()
    progress = ProgressLine()
    with closing(progress):
        for package in settings.packages:
            examine_once(package, found, progress)
    shown_ones = adjusted(found, settings)
    code = _exit_code(call.fail_on, shown_ones)
    report(call, code, (), shown_ones)
    if call.format == "text" and not list(shown_ones):
        print(f"{', '.join(dict.fromkeys(shown(package.spec) for package in settings.packages))}: no findings")
    return code


def _exit_code(fail_on: str, found: Diagnostics) -> int:
    """A document that cannot be read at all (ES5xx) is a wrong call, whatever `--fail-on` says."""
    if any(one.severity is Severity.ERROR and (fail_on != "never" or one.code.startswith("ES5")) for one in found):
        return 2
    return int(fail_on == "warning" and any(one.severity is Severity.WARNING for one in found))


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
