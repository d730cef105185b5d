"""A look-up takes any text, also one that the schema does not allow: it must not find another entity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from entitystore.errors import NotFoundError, ValidationError
from tests.compiled import MODEL_KINDS, Compiled, compile_document
from tests.engines import Engine

DOCUMENT = Path(__file__).with_name("lookups.yaml")


@pytest.fixture(scope="module", params=MODEL_KINDS)
def lookups(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compile_document(DOCUMENT, request.param, tmp_path_factory.mktemp("l"), f"lookups_{request.param}_store")


def test_what_cannot_have_been_stored_is_not_found(lookups: Compiled, local_engine: Engine, table_name: str) -> None:
    with lookups.module.connect(endpoint_url=local_engine.endpoint_url, table_name=table_name) as table:
        table.create_table()
        account = lookups.module.Account(tenant="x", handle="y#z")
        table.account.put(account)
        assert table.account.get_one(tenant="x", handle="y#z") == account
        for look_up in (table.account.get_one, table.account.key, table.account.exists, table.account.find):
            assert _refused_or_nothing(look_up), look_up.__name__


def _refused_or_nothing(look_up: Any) -> bool:
    try:
        return look_up(tenant="x#y", handle="z") in (None, False)
    except (ValidationError, NotFoundError):
        return True


def test_a_key_that_would_be_empty_is_refused(lookups: Compiled, local_engine: Engine, table_name: str) -> None:
    with lookups.module.connect(endpoint_url=local_engine.endpoint_url, table_name=table_name) as table:
        table.create_table()
        with pytest.raises(ValidationError, match="tenant"):
            table.account.by_tenant(tenant="").all()
