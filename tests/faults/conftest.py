"""The engine behind the proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engines import DYNOXIDE, Absent, absence_is_failure


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    try:
        with DYNOXIDE.start() as url:
            yield url
    except Absent as absent:
        if absence_is_failure():
            pytest.fail(f"dynoxide is required here: {absent}", pytrace=False)
        pytest.skip(f"dynoxide: {absent}")
