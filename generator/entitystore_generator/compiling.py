"""Runs the compiler for the command line.

Rules of this file:
- The compiler is imported here and nowhere else on the command line's side, so that a missing extra is noticed in
  one place.
- What the manifest records of the inputs is what was compiled, also where a person saves a file meanwhile.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .config import Package
from .diagnostics import Diagnostic, Diagnostics, Position, Severity
from .emit import manifest
from .emit.hashing import hash_file, pick_sha256
from .progress import ProgressLine

if TYPE_CHECKING:
    from .compiler import Compilation, Examination

INSTALL = "pip install 'entitystore-dynamodb[generator]'"
_ATTEMPTS = 3  # compilations while a person is saving the inputs


def compile_stable(
    package: Package, found: Diagnostics, progress: ProgressLine, *, advise: bool = False
) -> tuple[Compilation, manifest.Manifest] | None:
    """Compile until the inputs stay as they were meanwhile; None where there are errors."""
    for _ in range(_ATTEMPTS):
        before = _input_hashes(package)
        compilation = compile_once(package, found, progress, advise=advise)
        if compilation is None:
            return None
        try:
            planned = manifest.build(package, map(str, compilation.inputs), compilation.files)
        except OSError:  # an input is gone: as good as changed
            continue
        if all(planned.inputs.get(path, digest) == digest for path, digest in before.items()):
            found.extend(compilation.diagnostics)
            return compilation, planned
    found.error(
        "ES510",
        "an input keeps changing while it is compiled",
        Position(package.spec, 0, 0),
        "wait until whatever writes it is done",
    )
    return None


def _input_hashes(package: Package) -> dict[str, str]:
    """Hashes of the inputs as far as they are known before compiling: the spec, and those of the last time."""
    recorded = manifest.read(package.output)
    root, sha256 = os.path.realpath(package.output), pick_sha256(1)
    paths = {*(recorded.inputs if recorded else ())}
    paths.add(manifest.input_name(package, package.spec))
    # The folder may not exist yet, and then nothing can be opened by a path through it.
    places = {path: os.path.normpath(os.path.join(root, path)) for path in paths}
    hashes = {path: hash_file(place, sha256) for path, place in places.items()}
    return {path: digest for path, digest in hashes.items() if digest is not None}


def compile_once(
    package: Package, found: Diagnostics, progress: ProgressLine, *, advise: bool = False
) -> Compilation | None:
    """Run the compiler; None where there are errors, which are added to `found`."""
    try:
        if not _is_there(package, found):
            return None
        from .compiler import compile_package
        from .ir.name_cache import cache_folder

        compilation = compile_package(
            Path(package.spec),
            package.options,
            spec_name=package.spec_name,
            roots=package.roots,
            progress=progress,
            cache=cache_folder(),
            advise=advise,
        )
    except ModuleNotFoundError as error:
        found.add(_missing_extra(error))
        return None
    compilation = replace(compilation, diagnostics=_anchored(package, compilation.diagnostics))
    if compilation.diagnostics.has_errors:
        found.extend(compilation.diagnostics)
        return None
    return compilation


def examine_once(package: Package, found: Diagnostics, progress: ProgressLine) -> Examination | None:
    """Read a document with proofs and advice, all that is said of it added to `found`; None where it cannot be read."""
    try:
        if not _is_there(package, found):
            return None
        from .compiler import examine_package

        examined = examine_package(
            Path(package.spec),
            package.options,
            spec_name=package.spec_name,
            roots=package.roots,
            progress=progress,
        )
    except ModuleNotFoundError as error:
        found.add(_missing_extra(error))
        return None
    found.extend(_anchored(package, examined.diagnostics))
    return examined


def _is_there(package: Package, found: Diagnostics) -> bool:
    if os.path.isfile(package.spec):
        return True
    found.error("ES508", "there is no such file", Position(package.spec, 0, 0), "check the path of the spec")
    return False


def _missing_extra(error: ModuleNotFoundError) -> Diagnostic:
    if (error.name or "").startswith("entitystore"):
        raise error  # a fault of our own
    message = f"the generator needs the module {error.name}, which is not installed"
    return Diagnostic("ES509", Severity.ERROR, message, Position("", 0, 0), INSTALL)


def _anchored(package: Package, diagnostics: Diagnostics) -> Diagnostics:
    """The same with absolute file names, where the files are found."""
    anchored = Diagnostics()
    folders = (os.path.dirname(package.output), os.path.dirname(package.spec))
    for diagnostic in diagnostics:
        # Normalized, because a path through a folder that is not generated yet leads nowhere.
        names = [os.path.normpath(os.path.join(folder, diagnostic.position.file)) for folder in folders]
        file = next(filter(os.path.isfile, names), diagnostic.position.file)
        place = replace(diagnostic.position, file=file)
        anchored.add(replace(diagnostic, position=place))
    return anchored
