"""Entities of every type come back from each engine as they were: put in batches, got in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.compiled import Compiled
from tests.engines import Engine

Some = st.SearchStrategy[Any]
few = settings(
    max_examples=6,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def table(every_type: Compiled, engine: Engine, table_name: str) -> Iterator[Any]:
    with every_type.module.connect(endpoint_url=engine.endpoint_url, table_name=table_name) as table:
        table.create_table()
        yield table
        table.delete_table()


@few
@given(st.data())
def test_what_was_put_is_got(table: Any, entities: Some, data: st.DataObject) -> None:
    some = data.draw(st.lists(entities, min_size=1, max_size=12))
    by_id = {entity.id: entity for entity in some}
    table.everything.put_many(some)
    found = table.everything.get_many([{"id": id} for id in by_id])
    assert found == list(by_id.values())
    one = some[-1]
    assert table.everything.get_one(id=one.id, consistent=True) == one
    assert table.everything.by_id(id=one.id).all() == [one]
