"""Account-based endpoints: where botocore would send a call, there it goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config

from entitystore.errors import TransportError
from entitystore.table import async_transport, sync_transport
from entitystore.transports.http import HttpTransport
from entitystore.transports.regions import account_endpoint
from entitystore.transports.retries import RetryPolicy
from entitystore.transports.route import Link, Route
from entitystore.transports.settings import AccountMode, Wanted, resolve
from entitystore.transports.sigv4 import Credentials

ACCOUNT = "123456789012"
MODES: tuple[AccountMode, ...] = ("preferred", "required", "disabled")


def hosts(**options: Any) -> str:
    """The host that a transport with these options would call."""
    transport = HttpTransport(**options)
    route = transport._find_route()
    route.signer(route.source.current())
    return route.endpoint.host


def botocores_host(region: str, mode: AccountMode, account: str | None, *, dual_stack: bool = False) -> str:
    session = botocore.session.Session()
    session.set_credentials("AK", "SK", None, account)
    config = Config(account_id_endpoint_mode=mode, retries={"total_max_attempts": 1}, use_dualstack_endpoint=dual_stack)
    client: Any = session.create_client("dynamodb", region_name=region, config=config)
    seen: list[str] = []

    def send(request: Any, **_: Any) -> Any:
        seen.append(request.url)
        raise RuntimeError("seen")

    client.meta.events.register("before-send.dynamodb.ListTables", send)
    with pytest.raises(Exception):  # noqa: B017, PT011 - botocore's own, or the one above
        client.list_tables()
    client.close()
    return seen[0].split("/")[2] if seen else "refused"


@pytest.mark.parametrize("account", [ACCOUNT, None])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-east-1", "us-iso-east-1", "eusc-de-east-1", "fips-us-east-1", "us-gov-west-1-fips"]
)
def test_it_is_botocores(monkeypatch: pytest.MonkeyPatch, region: str, mode: AccountMode, account: str | None) -> None:
    if account is not None:
        monkeypatch.setenv("AWS_ACCOUNT_ID", account)
    expected = botocores_host(region, mode, account)
    if expected != "refused":
        assert hosts(region=region, account_id_endpoint_mode=mode) == expected
        return
    with pytest.raises(TransportError, match="account-based endpoints are required"):
        hosts(region=region, account_id_endpoint_mode=mode)


@pytest.mark.parametrize(
    ("region", "suffix"), [("us-gov-west-1", "amazonaws.com"), ("cn-northwest-1", "amazonaws.com.cn")]
)
def test_regions_of_other_partitions(region: str, suffix: str) -> None:
    """As botocore 1.44 has it; 1.43 did not know of them."""
    assert hosts(region=region, account_id=ACCOUNT) == f"{ACCOUNT}.ddb.{region}.{suffix}"
    assert hosts(region=region) == f"dynamodb.{region}.{suffix}"


@pytest.mark.parametrize("mode", MODES)
def test_dual_stack(monkeypatch: pytest.MonkeyPatch, mode: AccountMode) -> None:
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", "true")
    monkeypatch.setenv("AWS_ACCOUNT_ID", ACCOUNT)
    found = hosts(region="eu-west-1", account_id_endpoint_mode=mode)
    assert found == botocores_host("eu-west-1", mode, ACCOUNT, dual_stack=True)


def test_all_regions_of_the_partition_have_them() -> None:
    for region in boto3.Session().get_available_regions("dynamodb"):
        assert account_endpoint(f"https://dynamodb.{region}.amazonaws.com", region) is not None


def test_the_mode_by_environment_and_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ACCOUNT_ID", ACCOUNT)
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "Disabled")
    assert hosts() == "dynamodb.eu-west-1.amazonaws.com"
    monkeypatch.delenv("AWS_ACCOUNT_ID_ENDPOINT_MODE")
    assert hosts() == f"{ACCOUNT}.ddb.eu-west-1.amazonaws.com"
    (tmp_path / "config").write_text("[default]\naccount_id_endpoint_mode = disabled\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert hosts() == "dynamodb.eu-west-1.amazonaws.com"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "sometimes")
    with pytest.raises(TransportError, match="preferred, required or disabled, not 'sometimes'"):
        hosts()


def test_the_account_of_a_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        f"[profile shop]\naws_account_id = {ACCOUNT}\naws_access_key_id = AK\naws_secret_access_key = SK\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert hosts(profile="shop") == f"{ACCOUNT}.ddb.eu-west-1.amazonaws.com"


def test_the_account_of_given_credentials() -> None:
    assert hosts(credentials=Credentials("AK", "SK", None, ACCOUNT)) == f"{ACCOUNT}.ddb.eu-west-1.amazonaws.com"
    assert hosts(credentials=Credentials("AK", "SK")) == "dynamodb.eu-west-1.amazonaws.com"
    given = hosts(credentials=Credentials("AK", "SK", None, ACCOUNT), account_id="210987654321")
    assert given == "210987654321.ddb.eu-west-1.amazonaws.com"


def test_an_account_that_is_no_part_of_a_name() -> None:
    with pytest.raises(TransportError, match="account's ID is invalid"):
        hosts(account_id="evil.example/")


def test_a_required_account_that_nobody_names() -> None:
    with pytest.raises(TransportError, match=r"AWS_ACCOUNT_ID.*credentials come from the environment"):
        hosts(account_id_endpoint_mode="required")


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "https://dynamodb.eu-west-1.amazonaws.com", "http://a.example"]
)
def test_a_configured_endpoint_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ACCOUNT_ID", ACCOUNT)
    assert hosts(endpoint_url=url, account_id_endpoint_mode="required") == url.split("/")[2].split(":")[0]
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    assert hosts() == url.split("/")[2].split(":")[0]


def test_the_first_credentials_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCOUNT_ID", ACCOUNT)
    route = Route(resolve(Wanted(), os.environ), RetryPolicy(), Link())
    route.signer(route.source.current())
    route.signer(Credentials("AK", "SK", None, "210987654321"))
    assert route.endpoint.host.startswith(ACCOUNT)


ARN = f"arn:aws:dynamodb:eu-north-1:{ACCOUNT}:table/shop"


@pytest.mark.parametrize("make", [sync_transport, async_transport])
def test_a_table_by_its_arn_says_region_and_account(make: Any) -> None:
    transport = make(None, None, None, None, {}, ARN)
    route = transport._find_route()
    route.signer(route.source.current())
    assert (route.settings.region, route.endpoint.host) == ("eu-north-1", f"{ACCOUNT}.ddb.eu-north-1.amazonaws.com")
    assert make(None, "http://localhost:1", None, None, {}, ARN)._find_route().endpoint.host == "localhost"


@pytest.mark.parametrize(
    ("table_name", "region", "message"),
    [
        (ARN, "eu-west-1", "eu-north-1"),
        ("arn:aws:s3:::bucket", None, "no table's ARN"),
        ("arn:aws:dynamodb:eu-north-1::table/shop", None, "no table's ARN"),
        ("arn:aws:dynamodb", None, "no table's ARN"),
    ],
)
def test_an_arn_that_is_wrong(table_name: str, region: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sync_transport(None, None, region, None, {}, table_name)
