"""Reads a document: the one entry to this package.

    source -> nodes (compose, json_text) -> frame -> entities -> closure (schemas, extensions, key_syntax) -> bundle

Rules of this file:
- All faults of a document are reported in one run, and none is raised. What is without fault is given to the passes
  after this one, which have findings of their own.
- What was read is told even where the document has errors, so that whoever watches the inputs sees the mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

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
    """What came of a document: `spec` is None where it has errors.

    `readable` is the same, or what could be read of it in spite of errors. `inputs` are the absolute paths of all files
    read.
    """

    spec: Spec | None
    inputs: tuple[str, ...]
    readable: Spec | None = None


def load_spec(path: Path, spec_name: str, diagnostics: Diagnostics, find_roots: FindRoots | None = None) -> LoadResult:
    """Read the document at `path`, which diagnostics call `spec_name`, and what its entities need of other files.

    These lie in the document's folder, or in one that `find_roots` gives: those of the document's project where it is
    None.
    """
    library = Library(path, spec_name, diagnostics, find_roots or (lambda: project_roots(str(path))))
    spec = _load(library, spec_name, diagnostics)
    return LoadResult(None if diagnostics.has_errors else spec, _paths(library), spec)


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
    before = diagnostics.error_count
    check_strays(document.root, frame, extensions)
    has_strays = diagnostics.error_count > before
    entities, are_known = find_entities(frame, library, extensions, diagnostics)
    schemas = Closure(frame, library, extensions, diagnostics).read(entities)
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
        gaps=replace(
            frame.gaps,
            entities=frame.gaps.entities or has_strays or not are_known,
            keys=not all(found.entity.knows_keys for found in entities),
            attributes=extensions.has_faulty_attribute,
        ),
    )
