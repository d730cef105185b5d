"""From a document to the files of a package, as one pure function.

    text -> nodes -> resolved spec -> IR -> checks -> plan of files -> templates -> black

Rules of this file:
- It reads the document and writes nothing. All faults of a document come back in one go: each pass works on what the
  passes before could read, and leaves out what has a fault, so that no finding follows from another.
- No files where there is an error.
- Advice is reported by `lint` (`examine_package`); `generate` reports what loses data, and counts the rest.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from entitystore_generator.advice import run_warnings
from entitystore_generator.checks import provable, run_checks
from entitystore_generator.config import Options
from entitystore_generator.diagnostics import Diagnostics, Position
from entitystore_generator.emit.format import FormatError
from entitystore_generator.emit.parsing import HINT
from entitystore_generator.emit.plan import package_files
from entitystore_generator.ir.build import build_package
from entitystore_generator.ir.model import Package
from entitystore_generator.proofs.findings import prove
from entitystore_generator.proofs.templates import KeyLanguages
from entitystore_generator.spec.load import load_spec

__all__ = ["Compilation", "Examination", "compile_package", "examine_package", "read_package"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came of a document. `files`: POSIX path in the package -> text; empty where there are errors.

    `inputs` are all files that were read. `advice` is what `lint` would say beside `diagnostics`, if asked for.
    """

    files: Mapping[str, str]
    inputs: tuple[Path, ...]
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    advice: Diagnostics = field(default_factory=Diagnostics)


@dataclass(frozen=True, slots=True)
class Examination:
    """What there is to say about a document. `package` and `languages` are None where it could not be read.

    A package whose proofs failed is there, with the errors in `diagnostics`.
    """

    package: Package | None
    languages: KeyLanguages | None
    inputs: tuple[Path, ...]
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


def read_package(
    spec: Path, options: Options, spec_name: str, diagnostics: Diagnostics
) -> tuple[Package | None, tuple[Path, ...]]:
    """The checked representation of a document, None where there are errors; and the files that were read."""
    examined = _read(spec, options, spec_name, diagnostics)
    return (None if diagnostics.has_errors else examined.package), examined.inputs


def _read(
    spec: Path,
    options: Options,
    spec_name: str,
    diagnostics: Diagnostics,
    roots: Sequence[str] = (),
    cache: Path | None = None,
) -> Examination:
    loaded = load_spec(spec, spec_name, diagnostics, (lambda: roots) if roots else None)
    inputs = tuple(Path(path) for path in loaded.inputs)
    nothing = Examination(None, None, inputs, diagnostics)
    if loaded.readable is None:
        return nothing
    package = build_package(loaded.readable, diagnostics, models=options.models, cache=cache)
    if package is None:
        return nothing
    run_checks(package, diagnostics)
    is_whole = not diagnostics.has_errors
    if not is_whole:
        package = provable(package)
    languages = prove(package, diagnostics)
    if diagnostics.has_errors and not package.gaps.silences:
        run_warnings(package, languages, diagnostics)
    return Examination(package, languages, inputs, diagnostics) if is_whole else nothing


def examine_package(
    spec: Path, options: Options, *, spec_name: str, roots: Sequence[str] = (), progress: Progress | None = None
) -> Examination:
    """Read a document, prove what can be proved, and give advice; nothing is emitted."""
    if progress is not None:
        progress("reading", 0, 1)
    examined = _read(spec, options, spec_name, Diagnostics(), roots)
    if examined.package is not None and examined.languages is not None:
        from entitystore_generator.advice import run_advice  # a plain compilation does not need it

        run_advice(examined.package, examined.languages, examined.diagnostics)
    return examined


def compile_package(
    spec: Path,
    options: Options,
    *,
    spec_name: str,
    roots: Sequence[str] = (),
    progress: Progress | None = None,
    cache: Path | None = None,
    advise: bool = False,
) -> Compilation:
    """Compile a document. `spec_name` is its path as the header and the diagnostics show it.

    `roots` are the folders that its references may lead to beside its own; none: those of its project.
    `cache` is a folder for what takes long and is the same the next time; it changes nothing of what comes out.
    """
    diagnostics = Diagnostics()
    if progress is not None:
        progress("reading", 0, 1)
    with _without_collecting():
        examined = _read(spec, options, spec_name, diagnostics, roots, cache)
        if examined.package is None or examined.languages is None or diagnostics.has_errors:
            return Compilation({}, examined.inputs, diagnostics)
        run_warnings(examined.package, examined.languages, diagnostics)
        try:
            files = package_files(examined.package, options, progress, examined.languages)
        except FormatError as error:
            diagnostics.error("ES410", f"{error}; nothing was written", Position(spec_name, 0, 0), HINT)
            return Compilation({}, examined.inputs, diagnostics)
        advice = _advice_beside(examined, diagnostics) if advise else Diagnostics()
    return Compilation(files, examined.inputs, diagnostics, advice)


def _advice_beside(examined: Examination, diagnostics: Diagnostics) -> Diagnostics:
    """What `lint` says of a package that compiles, less what was said already."""
    advice = Diagnostics()
    if examined.package is not None and examined.languages is not None:
        from entitystore_generator.advice import run_advice

        said = set(diagnostics)
        found = Diagnostics()
        run_advice(examined.package, examined.languages, found)
        for diagnostic in found:
            if diagnostic not in said:
                advice.add(diagnostic)
    return advice


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Without the search for cycles of garbage, which goes through all that was read again and again.

    A compilation makes few cycles and ends soon: this takes a quarter off its time, and adds 4 MB for 100 entities.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
