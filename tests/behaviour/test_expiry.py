"""The ttl attribute is switched on with the table, on every engine, and what is stored there is what DynamoDB wants."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entitystore.errors import ConditionFailedError, ValidationError
from tests.compiled import Compiled, compile_document
from tests.engines import CHECKOUT, Engine

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="module")
def expiry(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    document: Path = CHECKOUT / "golden/expiry/openapi.yaml"
    return compile_document(document, "dataclass", tmp_path_factory.mktemp("expiry"), "behaviour_expiry_store")


def test_the_attribute_and_its_type(
    expiry: Compiled, engine: Engine, dynamodb: DynamoDBClient, table_name: str
) -> None:
    module = expiry.module
    with module.connect(endpoint_url=engine.endpoint_url, table_name=table_name) as table:
        table.create_table()
        said = dynamodb.describe_time_to_live(TableName=table_name)["TimeToLiveDescription"]
        assert said.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
        assert said.get("AttributeName") == "expires"
        table.session.put(module.Session(id="1", user_id="u", ends_at=datetime(2031, 5, 6, 12, 0, 0, 1, tzinfo=UTC)))
        stored = dynamodb.get_item(TableName=table_name, Key=table.session.key(id="1")).get("Item", {})
        assert stored["expires"] == {"N": "1935835201"}
        assert table.session.get_one(id="1").ends_at == datetime(2031, 5, 6, 12, 0, 1, tzinfo=UTC)


def test_conditions_compare_a_time_as_it_is_stored(expiry: Compiled, engine: Engine, table_name: str) -> None:
    module, noon = expiry.module, datetime(2031, 5, 6, 12, 0, 0, 500000, tzinfo=UTC)
    with module.connect(endpoint_url=engine.endpoint_url, table_name=table_name) as table:
        table.create_table()
        session = module.Session(id="1", user_id="u", ends_at=noon)
        table.session.put(session)
        query = table.session.by_user_id(user_id="u")
        assert query.where("expires > :now", {"now": noon}).count() == 1, "half a second later it is over"
        assert query.where("expires = :now", {"now": noon}).count() == 1
        assert query.where("expires <= :now", {"now": noon}).count() == 0
        assert query.where("#e > :now", {"now": noon}, {"e": "expires"}).count() == 1
        table.session.update_with_condition(session, "expires = :then", {"then": noon})
        with pytest.raises(ConditionFailedError):
            table.session.delete(id="1", condition="#x = :old", values={"old": 1}, names={"x": "from-elsewhere"})
        with pytest.raises(ValidationError, match="did you mean 'userId'"):
            table.session.delete(id="1", condition="attribute_not_exists(user_id)")
        assert table.session.exists(id="1")
