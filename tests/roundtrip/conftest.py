"""The package of every type, of each model kind, compiled once per process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.compiled import MODEL_KINDS, Compiled, compile_document
from tests.roundtrip.strategies import Strategies

DOCUMENT = Path(__file__).with_name("every_type.yaml")

Some = st.SearchStrategy[Any]


@pytest.fixture(scope="session", params=MODEL_KINDS)
def every_type(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compile_document(
        DOCUMENT, request.param, tmp_path_factory.mktemp("every_type"), f"every_{request.param}_store"
    )


@pytest.fixture(scope="session")
def entities(every_type: Compiled) -> Some:
    """A strategy, made once: to make it takes longer than to draw from it."""
    return Strategies(every_type).entity("Everything")
