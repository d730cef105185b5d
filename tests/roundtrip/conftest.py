"""The package of every type, of each model kind, compiled once per process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from entitystore_generator.config import ModelKind
from tests.compiled import MODEL_KINDS, Compiled, compile_document
from tests.roundtrip.strategies import Strategies

DOCUMENT = Path(__file__).with_name("every_type.yaml")

Some = st.SearchStrategy[Any]


# pytest makes a parameterized fixture anew whenever it orders tests by another one, the engine.
_compiled: dict[ModelKind, tuple[Compiled, Some]] = {}


def _compile(kind: ModelKind, parent: Path) -> tuple[Compiled, Some]:
    if kind not in _compiled:
        package = compile_document(DOCUMENT, kind, parent, f"every_{kind}_store")
        _compiled[kind] = package, Strategies(package).entity("Everything")
    return _compiled[kind]


@pytest.fixture(scope="session", params=MODEL_KINDS)
def every_type(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return _compile(request.param, tmp_path_factory.mktemp("every_type"))[0]


@pytest.fixture(scope="session")
def entities(every_type: Compiled) -> Some:
    """A strategy, made once: to make it takes longer than to draw from it."""
    return _compiled[every_type.kind][1]
