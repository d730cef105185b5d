"""The command `explain` where it is given a document."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from dataclasses import asdict

from entitystore_generator.call import Call
from entitystore_generator.compiling import examine_once
from entitystore_generator.config import make_package
from entitystore_generator.design.describe import describe
from entitystore_generator.design.text import as_text
from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.progress import ProgressLine
from entitystore_generator.report import as_record, print_diagnostics

__all__ = ["explain_design"]


def explain_design(call: Call, spec: str) -> int:
    """Print the design of a document; gives the exit code: 2 where it has errors, which are reported."""
    found = Diagnostics()
    package = make_package(spec, os.path.join(os.path.dirname(spec), "explained"))
    progress = ProgressLine()
    with closing(progress):
        examined = examine_once(package, found, progress)
    errors = Diagnostics()
    for diagnostic in found:
        if diagnostic.severity == "error":
            errors.add(diagnostic)
    code = 2 if errors.has_errors else 0
    design = None
    if examined is not None and examined.languages is not None:
        design = describe(examined.languages, examined.diagnostics)
    if call.format == "json":
        shown = [as_record(each) for each in errors]
        document = {"version": 1, "command": "explain", "exit_code": code, "diagnostics": shown}
        print(json.dumps({**document, "design": asdict(design) if design is not None else None}, indent=2))
        return code
    if design is not None:
        sys.stdout.write(as_text(design))
        sys.stdout.flush()
    print_diagnostics(errors, call.format)
    return code
