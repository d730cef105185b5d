"""Reads a document: the one entry to this package.

    source -> nodes (compose, json_text) -> frame -> entities -> closure (schemas, extensions, key_syntax) -> bundle

Rules of this file:
- All faults of a document are reported in one run, and none is raised.
- What was read is told even where the document has errors, so that whoever watches the inputs sees the mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from entitystore_generator.diagnostics import Diagnostics
from entitystore_generator.settings import project_roots
from entitystore_generator.spec.bundle import closure_names
from entitystore_generator.spec.closure import Closure
from entitystore_generator.spec.documents import Library
from entitystore_generator.spec.entities import find_entities
from entitystore_generator.spec.extensions import ExtensionReader
from entitystore_generator.spec.frame import read_frame
from entitystore_generator.spec.roots import FindRoots
from entitystore_generator.spec.schema import Spec
from entitystore_generator.spec.stray import check_strays

__all__ = ["LoadResult", "load_spec"]


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of a document: None where it has errors. `inputs` are the absolute paths of all files read."""

    spec: Spec | None
    inputs: tuple[str, ...]


def load_spec(path: Path, spec_name: str, diagnostics: Diagnostics, find_roots: FindRoots | None = None) -> LoadResult:
    """Read the document at `path`, which diagnostics call `spec_name`, and what its entities need of other files.

    These lie in the document's folder, or in one that `find_roots` gives: those of the document's project where it is
    None.
    """
    library = Library(path, spec_name, diagnostics, find_roots or (lambda: project_roots(str(path))))
    spec = _load(library, spec_name, diagnostics)
    return LoadResult(None if diagnostics.has_errors else spec, _paths(library))


def _paths(library: Library) -> tuple[str, ...]:
    return tuple(str(path.absolute()) for path in library.inputs)


def _load(library: Library, spec_name: str, diagnostics: Diagnostics) -> Spec | None:
    document = library.first()
    if document is None:
        return None
    extensions = ExtensionReader(diagnostics)
    frame = read_frame(document, library, extensions, diagnostics)
    if frame is None:
        return None
    check_strays(document.root, frame, extensions)
    entities = find_entities(frame, library, extensions, diagnostics)
    schemas = Closure(frame, library, extensions, diagnostics).read(entities)
    if diagnostics.has_errors:
        return None
    names = closure_names(frame, entities, schemas)
    return Spec(
        path=spec_name,
        version=frame.version,
        schemas=schemas,
        entities=tuple(found.entity for found in entities),
        table=frame.table,
        inputs=_paths(library),
        closure_names=names,
        title=frame.title,
        lint=frame.lint,
    )
