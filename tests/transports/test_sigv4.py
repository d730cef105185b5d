"""The signer's bytes beside botocore's."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from entitystore.errors import TransportError
from entitystore.transports.endpoint import parse_endpoint
from entitystore.transports.sigv4 import Credentials, Signer

KEY_TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="/"), min_size=1, max_size=80)
TOKENS = st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=400)
URLS = st.sampled_from(
    [
        "https://dynamodb.eu-west-1.amazonaws.com",
        "https://dynamodb.us-east-1.amazonaws.com:443",
        "http://localhost:8000",
        "http://localhost:80",
        "https://Example.COM:8443/some/path",
        "http://[::1]:8000",
        "http://127.0.0.1:4566/",
    ]
)
REGIONS = st.sampled_from(["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "local"])
OPERATIONS = st.sampled_from(["GetItem", "PutItem", "TransactWriteItems"])
MOMENTS = st.integers(min_value=1_000_000_000, max_value=4_000_000_000)
BODIES = st.binary(max_size=300) | st.text(max_size=300).map(str.encode)


def botocore_headers(
    url: str, credentials: Credentials, region: str, operation: str, body: bytes, moment: int
) -> dict[str, str]:
    request = AWSRequest("POST", url if url.count("/") > 2 else url + "/", data=body)
    request.headers["Content-Type"] = "application/x-amz-json-1.0"
    request.headers["X-Amz-Target"] = f"DynamoDB_20120810.{operation}"
    now = datetime.datetime.fromtimestamp(moment, datetime.UTC).replace(tzinfo=None)
    theirs = BotocoreCredentials(credentials.access_key, credentials.secret_key, credentials.token)
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        SigV4Auth(theirs, "dynamodb", region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def our_headers(head: bytes) -> dict[str, str]:
    assert head.endswith(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:-2]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def signer_for(url: str, credentials: Credentials, region: str) -> Signer:
    endpoint = parse_endpoint(url)
    return Signer(credentials, region, endpoint.authority, path=endpoint.path)


@given(KEY_TEXT, KEY_TEXT, TOKENS, URLS, REGIONS, OPERATIONS, BODIES, MOMENTS)
def test_the_authorization_is_botocores(
    access_key: str,
    secret_key: str,
    token: str | None,
    url: str,
    region: str,
    operation: str,
    body: bytes,
    moment: int,
) -> None:
    credentials = Credentials(access_key, secret_key, token)
    ours = our_headers(signer_for(url, credentials, region).head(operation, body, moment))
    theirs = botocore_headers(url, credentials, region, operation, body, moment)
    for name in ("authorization", "x-amz-date", "x-amz-security-token", "x-amz-target", "content-type"):
        assert ours.get(name) == theirs.get(name)
    assert ours["content-length"] == str(len(body))


def test_what_is_kept_changes_with_second_day_operation_and_body() -> None:
    credentials = Credentials("AKID", "SECRET", "TOKEN")
    url = "https://dynamodb.eu-west-1.amazonaws.com"
    signer = signer_for(url, credentials, "eu-west-1")
    midnight = 1_767_225_600
    for moment in (midnight - 1, midnight - 1, midnight, midnight + 1, midnight - 1, midnight + 86_400):
        for operation in ("GetItem", "PutItem", "GetItem"):
            for body in (b"{}", b'{"a":"\xc3\xa4"}', b""):
                ours = our_headers(signer.head(operation, body, moment))
                theirs = botocore_headers(url, credentials, "eu-west-1", operation, body, moment)
                assert ours["authorization"] == theirs["authorization"]


def test_a_long_secret_is_hashed_first() -> None:
    credentials = Credentials("AKID", "S" * 200)
    url = "http://localhost:8000"
    ours = our_headers(signer_for(url, credentials, "local").head("GetItem", b"{}", 1_700_000_000))
    assert (
        ours["authorization"]
        == (botocore_headers(url, credentials, "local", "GetItem", b"{}", 1_700_000_000)["authorization"])
    )


@pytest.mark.parametrize(
    ("access_key", "secret_key", "token"),
    [("AK\r\nX: y", "s", None), ("AK", "s", "to\nken"), ("AK ", "s", None), ("", "s", None), ("AK", "", None)],
)
def test_credentials_that_would_break_a_header_are_refused(access_key: str, secret_key: str, token: str | None) -> None:
    with pytest.raises(TransportError) as caught:
        Credentials(access_key, secret_key, token)
    assert "ken" not in str(caught.value).replace("token", "")


def test_secrets_do_not_show() -> None:
    shown = repr(Credentials("AKID", "SECRET", "TOKEN"))
    assert "AKID" in shown
    assert "SECRET" not in shown
    assert "TOKEN" not in shown
