"""Region, endpoint and credentials, found as the AWS tools find them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from entitystore.errors import TransportError
from entitystore.transports import settings
from entitystore.transports.credentials import LOCAL
from entitystore.transports.regions import regular_endpoint
from entitystore.transports.settings import Settings, Wanted, resolve, resolve_quickly
from entitystore.transports.sigv4 import Credentials

KEYS = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK"}


def found(wanted: Wanted, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Settings:
    """Resolve in an environment that holds this alone, and the (absent) files of the fixture."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    import os

    return resolve(wanted, os.environ)


def test_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    result = found(Wanted(), monkeypatch, {**KEYS, "AWS_SESSION_TOKEN": "T", "AWS_REGION": "eu-west-1"})
    assert result.endpoint.url == "https://dynamodb.eu-west-1.amazonaws.com/"
    assert result.source.cached() == Credentials("AK", "SK", "T")
    assert (result.region, result.ca_bundle) == ("eu-west-1", None)


@pytest.mark.parametrize(
    ("wanted", "environment", "url"),
    [
        (None, {"AWS_ENDPOINT_URL": "http://a.example"}, "http://a.example/"),
        (
            None,
            {"AWS_ENDPOINT_URL": "http://a.example", "AWS_ENDPOINT_URL_DYNAMODB": "http://b.example:1"},
            "http://b.example:1/",
        ),
        ("http://c.example", {"AWS_ENDPOINT_URL": "http://a.example"}, "http://c.example/"),
        (
            None,
            {"AWS_ENDPOINT_URL": "http://a.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "https://dynamodb.eu-west-1.amazonaws.com/",
        ),
        (
            "http://c.example",
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "http://c.example/",
        ),
        (None, {"AWS_ENDPOINT_URL": ""}, "https://dynamodb.eu-west-1.amazonaws.com/"),
        (None, {"AWS_USE_FIPS_ENDPOINT": "true"}, "https://dynamodb-fips.eu-west-1.amazonaws.com/"),
        (None, {"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://dynamodb.eu-west-1.api.aws/"),
    ],
)
def test_endpoints(monkeypatch: pytest.MonkeyPatch, wanted: str | None, environment: dict[str, str], url: str) -> None:
    result = found(Wanted(wanted), monkeypatch, {**KEYS, "AWS_REGION": "eu-west-1", **environment})
    assert result.endpoint.url == url


@pytest.mark.parametrize(
    ("wanted", "environment", "region"),
    [
        (None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        (None, {"AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
        ("ap-south-1", {"AWS_REGION": "eu-west-1"}, "ap-south-1"),
    ],
)
def test_regions(monkeypatch: pytest.MonkeyPatch, wanted: str | None, environment: dict[str, str], region: str) -> None:
    assert found(Wanted(region=wanted), monkeypatch, {**KEYS, **environment}).region == region


def test_regular_endpoints_are_botocores() -> None:
    session = boto3.Session()
    regular = {}
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        for region in session.get_available_regions("dynamodb", partition_name=partition):
            regular[region] = regular_endpoint(region)
    assert len(regular) > 30
    for region, url in regular.items():
        client = session.client("dynamodb", region_name=region, aws_access_key_id="-", aws_secret_access_key="-")
        assert url == client.meta.endpoint_url
        client.close()


@pytest.mark.parametrize("region", ["us-iso-east-1", "eusc-de-east-1", "local", "mars-north-1", "us-east"])
def test_other_regions_are_left_to_botocore(region: str) -> None:
    assert regular_endpoint(region) is None


def test_an_irregular_region(monkeypatch: pytest.MonkeyPatch) -> None:
    result = found(Wanted(region="us-iso-east-1"), monkeypatch, KEYS)
    assert result.endpoint.host == "dynamodb.us-iso-east-1.c2s.ic.gov"


def test_a_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        "[profile shop]\nregion = eu-central-1\nca_bundle = /ca.pem\n"
        "[profile local]\nregion = eu-north-1\nendpoint_url = http://a.example\n"
        "[profile special]\nregion = eu-north-1\nservices = s\n[services s]\ndynamodb =\n  endpoint_url = http://b.example\n"
    )
    credentials.write_text(
        "".join(
            f"[{name}]\naws_access_key_id = AK{name}\naws_secret_access_key = s\n"
            for name in ("shop", "local", "special")
        )
    )
    environment = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials), **KEYS}
    shop = found(Wanted(profile="shop"), monkeypatch, environment)
    assert shop.source.current().access_key == "AKshop"
    assert (shop.region, shop.ca_bundle) == ("eu-central-1", "/ca.pem")
    assert shop.endpoint.host == "dynamodb.eu-central-1.amazonaws.com"
    assert found(Wanted(profile="local"), monkeypatch, environment).endpoint.host == "a.example"
    assert found(Wanted(profile="special"), monkeypatch, environment).endpoint.host == "b.example"
    by_name = found(Wanted(), monkeypatch, {**environment, "AWS_PROFILE": "local"})
    assert by_name.endpoint.host == "a.example"
    assert by_name.source.current().access_key == "AK"  # keys in the environment go before AWS_PROFILE


def test_a_profile_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError, match="nobody"):
        found(Wanted(profile="nobody"), monkeypatch, KEYS)


def test_missing_region_and_credentials_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError, match="AWS_REGION"):
        found(Wanted(), monkeypatch, KEYS)
    for name in KEYS:
        monkeypatch.delenv(name)
    with pytest.raises(TransportError, match="AWS_ACCESS_KEY_ID"):
        found(Wanted(region="eu-west-1"), monkeypatch, {})


def test_a_region_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError, match="no AWS region"):
        found(Wanted(region="evil.example/x"), monkeypatch, KEYS)


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:4566", "http://[::1]:8000"])
def test_a_loopback_endpoint_needs_nothing(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    result = found(Wanted(url), monkeypatch, {})
    assert (result.region, result.source.cached()) == ("us-east-1", LOCAL)


def test_a_loopback_endpoint_uses_what_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text("[default]\naws_access_key_id = AKfile\naws_secret_access_key = s\nregion = eu-west-3\n")
    result = found(Wanted("http://localhost:1"), monkeypatch, {"AWS_SHARED_CREDENTIALS_FILE": str(credentials)})
    assert (result.region, result.source.current().access_key) == ("eu-west-3", "AKfile")
    credentials.write_text("[other]\naws_access_key_id = AKfile\naws_secret_access_key = s\n")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")  # nobody asks for metadata, or this would take seconds
    result = found(Wanted("http://localhost:1"), monkeypatch, {"AWS_SHARED_CREDENTIALS_FILE": str(credentials)})
    assert (result.region, result.source.current()) == ("us-east-1", LOCAL)


def test_another_machine_needs_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError, match="AWS_ACCESS_KEY_ID"):
        found(Wanted("http://dynamodb.example:8000", region="eu-west-1"), monkeypatch, {})


def test_given_credentials_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Credentials("GIVEN", "S")
    assert found(Wanted(region="eu-west-1", credentials=given), monkeypatch, KEYS).source.current() is given
    session = boto3.Session(aws_access_key_id="THEIRS", aws_secret_access_key="S", aws_session_token="T")
    theirs = session.get_credentials()
    assert theirs is not None
    result = found(Wanted(region="eu-west-1", credentials=theirs), monkeypatch, KEYS)
    assert result.source.current() == Credentials("THEIRS", "S", "T")


def test_credentials_that_expire_are_left_to_botocore() -> None:
    environment = {
        **KEYS,
        "AWS_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/no",
    }
    assert resolve_quickly(Wanted(), environment) is not None
    assert resolve_quickly(Wanted(), {**environment, "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"}) is None
    assert resolve_quickly(Wanted(profile="x"), environment) is None


@pytest.mark.parametrize("by", ["argument", "environment", "file"])
@pytest.mark.parametrize("written", ["fips-us-east-1", "us-east-1-fips"])
def test_an_old_name_of_a_region_with_fips(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by: str, written: str
) -> None:
    environment = dict(KEYS)
    if by == "environment":
        environment["AWS_REGION"] = written
    if by == "file":
        environment["AWS_CONFIG_FILE"] = str(tmp_path / "config")
        (tmp_path / "config").write_text(f"[default]\nregion = {written}\n")
    result = found(Wanted(region=written if by == "argument" else None), monkeypatch, environment)
    assert (result.region, result.endpoint.host) == ("us-east-1", "dynamodb-fips.us-east-1.amazonaws.com")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"])
@pytest.mark.parametrize("url", ["http://a.example", "http://localhost:8000"])
def test_a_profile_that_ignores_configured_endpoints(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, url: str
) -> None:
    (tmp_path / "config").write_text(
        "[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://b.example\n"
    )
    environment = {**KEYS, "AWS_REGION": "eu-west-1", "AWS_CONFIG_FILE": str(tmp_path / "config"), variable: url}
    result = found(Wanted(), monkeypatch, environment)
    assert result.endpoint.host == "dynamodb.eu-west-1.amazonaws.com"
    assert found(Wanted(url), monkeypatch, environment).endpoint.url == f"{url}/"  # an argument is no configuration
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")  # goes before the file
    assert found(Wanted(), monkeypatch, environment).endpoint.url == f"{url}/"


def test_a_process_whose_environment_says_all_never_imports_botocore() -> None:
    code = (
        "import sys, json; from entitystore.transports import HttpTransport\n"
        "t = HttpTransport(); t._find_route()\n"
        "print(json.dumps([n for n in ('botocore','boto3','asyncio','ssl','urllib.request') if n in sys.modules]))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == []


def test_importing_the_package_imports_no_transport() -> None:
    code = (
        "import sys, json, entitystore.transports\n"
        "print(json.dumps([n for n in ('ssl','socket','asyncio','botocore','boto3') if n in sys.modules]))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == []


def test_the_configuration_words_are_botocores() -> None:
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES as variables

    for word in settings._CONFIGURATION_WORDS:
        if word != "endpoint_url":
            assert word in variables


def test_retries_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    base = {**KEYS, "AWS_REGION": "eu-west-1"}
    plain = found(Wanted(), monkeypatch, base)
    assert (plain.max_attempts, plain.retry_mode) == (8, "standard")
    said = found(Wanted(), monkeypatch, {**base, "AWS_MAX_ATTEMPTS": "3", "AWS_RETRY_MODE": "Adaptive"})
    assert (said.max_attempts, said.retry_mode) == (3, "adaptive")
    given = found(Wanted(max_attempts=5, retry_mode="standard"), monkeypatch, base)
    assert (given.max_attempts, given.retry_mode) == (5, "standard")


@pytest.mark.parametrize("environment", [{"AWS_MAX_ATTEMPTS": "many"}, {"AWS_RETRY_MODE": "wild"}])
def test_retries_that_make_no_sense(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    (name,) = environment
    with pytest.raises(TransportError, match=name):
        found(Wanted(), monkeypatch, {**KEYS, "AWS_REGION": "eu-west-1", **environment})


def test_retries_as_the_profile_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-1\nmax_attempts = 2\nretry_mode = adaptive\n")
    result = found(Wanted("http://localhost:8000"), monkeypatch, {**KEYS, "AWS_CONFIG_FILE": str(config)})
    assert (result.max_attempts, result.retry_mode) == (2, "adaptive")
