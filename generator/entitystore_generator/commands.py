"""The commands, down to where real work begins: which packages are meant, and are they as they should be already?

Rules of this file:
- Light at import: where every hash matches, nothing but this, the configuration and the manifest is loaded.
- `work.py` does the rest, `report.py` prints diagnostics; both are imported when needed.
- Standard output carries the answer (states, diffs, the JSON document, annotations, what `lint` finds); standard
  error carries the other commands' diagnostics for people, and progress.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from .call import Call, CallError
from .config import ConfigError, Package, Settings, check_packages, make_package
from .emit.manifest import is_current

FORMAT_VERSION = 1
"""Of the JSON document; a later one may have more keys, and counts up where one changes its meaning."""


def run(call: Call) -> int:
    """Carry out `generate`, `check`, `diff` or `lint`; gives the exit code."""
    try:
        settings = _settings(call)
    except ConfigError as error:
        return report_config_error(error, call)
    if call.command == "lint":
        from .lint import lint

        return lint(call, settings)
    current = [package for package in settings.packages if _is_current(package)]
    if len(current) == len(settings.packages):
        return _report_current(call, settings.packages)
    from .work import process

    return process(call, settings, frozenset(current))


def _is_current(package: Package) -> bool:
    try:
        return is_current(package)
    except OSError:  # what cannot be read is looked at again, and named, where there is time
        return False


def _settings(call: Call) -> Settings:
    """The packages that a call means."""
    if call.command == "lint" and call.spec is not None:
        return _lint_settings(call.spec)
    if call.spec is None or call.output is None:
        return _configured(call)
    package = make_package(call.spec, call.output, call.models or "pydantic", call.keep)
    check_packages((package,))
    return Settings("", (package,), {})


def _configured(call: Call) -> Settings:
    from .settings import find_settings, read_settings

    return read_settings(call.config) if call.config is not None else find_settings(os.curdir)


def _lint_settings(spec: str) -> Settings:
    """One document, with the severities that the project has configured, if it has."""
    from .settings import find_settings

    package = make_package(spec, os.path.join(os.path.dirname(spec), "lint"))
    try:
        settings = find_settings(os.path.dirname(package.spec))
    except ConfigError as error:
        if any(fault.code != "ES505" for fault in error.faults):
            raise
        return Settings("", (package,), {})
    return settings._replace(packages=(package,))


def _report_current(call: Call, packages: Sequence[Package]) -> int:
    if call.format == "json":
        print_document(call.command, 0, (), [package_record(package) for package in packages])
    elif call.format == "text" and call.command != "diff":
        for package in packages:
            print(f"{shown(package.output)}: up to date")
    return 0


def shown(path: str) -> str:
    """A package's folder as a person sees it. `report.shown_path` is the same for files, and heavier."""
    relative = os.path.relpath(path, os.path.realpath(os.curdir))
    return (path if relative.startswith(os.pardir) else relative).replace(os.sep, "/")


def package_record(
    package: Package, status: str = "up-to-date", changes: Sequence[Mapping[str, object]] = ()
) -> Mapping[str, object]:
    """One package of the JSON document."""
    return {
        "output": shown(package.output),
        "spec": shown(package.spec),
        "status": status,
        "changes": list(changes),
    }


def print_document(
    command: str,
    exit_code: int,
    diagnostics: Sequence[Mapping[str, object]],
    packages: Sequence[Mapping[str, object]] = (),
) -> None:
    """The one document that `--format json` prints. ASCII, so that it survives every locale."""
    import json

    document = {
        "version": FORMAT_VERSION,
        "command": command,
        "exit_code": exit_code,
        "diagnostics": list(diagnostics),
        "packages": list(packages),
    }
    print(json.dumps(document, indent=2))


def report_config_error(error: ConfigError, call: Call | None = None) -> int:
    """Print what is wrong with the call or the configuration; gives exit code 2."""
    from .diagnostics import Diagnostic, Diagnostics, Position, Severity
    from .report import as_record, print_diagnostics

    found = Diagnostics()
    for fault in error.faults:
        place = Position(fault.file, fault.line, fault.column)
        found.add(Diagnostic(fault.code, Severity.ERROR, fault.message, place, fault.hint))
    format = call.format if call else error.format if isinstance(error, CallError) else "text"
    if format == "json":
        print_document(call.command if call else "", 2, [as_record(each) for each in found])
    else:
        sys.stdout.flush()
        print_diagnostics(found, format)
    return 2
