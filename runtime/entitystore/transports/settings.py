"""Region, endpoint, credentials and CA bundle, found as the AWS tools find them.

Rules of this file:
- Order everywhere: argument, environment, configuration file, default.
- Region: AWS_REGION before AWS_DEFAULT_REGION (as the AWS SDKs and the command line's version 2 do; boto3
  knows the second alone), then the profile's.
- Endpoint: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, `endpoint_url` in the configuration file, unless
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS; then `dynamodb.<region>.amazonaws.com` for the regions whose names
  follow that rule; for others, and for FIPS and dual-stack endpoints, botocore's rules. Account-based
  endpoints are not used: the regional ones serve every account.
- A process whose environment says everything starts without importing botocore (40 ms and more). The
  configuration file is then only searched for the few words that would change the answer.
- A loopback endpoint needs no set-up: region us-east-1 and invented credentials fill what is missing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from entitystore.errors import TransportError
from entitystore.transports import credentials as creds
from entitystore.transports.credentials import CredentialSource, SupportsFrozenCredentials
from entitystore.transports.endpoint import Endpoint, is_loopback, parse_endpoint
from entitystore.transports.sigv4 import Credentials

if TYPE_CHECKING:
    import botocore.session

LOCAL_REGION = "us-east-1"

_STANDARD_GROUPS = frozenset({"af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"})
_CONFIGURATION_WORDS = (
    "endpoint_url",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "ca_bundle",
)
_RETRY_WORDS = ("max_attempts", "retry_mode")
_OTHER_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_NO_REGION = (
    "no AWS region was found. Set AWS_REGION, or `region` in the profile, or pass region= "
    "(or endpoint_url= for a local engine)"
)


RetryMode: TypeAlias = Literal["standard", "adaptive"]
"""`adaptive` also slows down what is sent for the first time, after the service has throttled; see `pace`."""

MAX_ATTEMPTS = 8


class Wanted(Struct, frozen=True):
    """What the caller said; None where it is to be found."""

    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    credentials: Credentials | SupportsFrozenCredentials | None = None
    ca_bundle: str | None = None
    max_attempts: int | None = None
    retry_mode: RetryMode | None = None


class Settings(Struct, frozen=True):
    """What was found. `ca_bundle` None stands for the system's certificates."""

    endpoint: Endpoint
    region: str
    source: CredentialSource
    ca_bundle: str | None
    max_attempts: int
    retry_mode: RetryMode


def resolve_quickly(wanted: Wanted, environment: Mapping[str, str]) -> Settings | None:
    """The settings, if arguments and environment alone decide them; else None. Takes microseconds."""
    url = wanted.endpoint_url or _endpoint_in(environment)
    local = _is_local(url)
    source = _source_at_hand(wanted, environment, local)
    region = wanted.region or _region_in(environment)
    configured = _shared_files(environment)
    if region is None and local and not configured:
        region = LOCAL_REGION
    if source is None or region is None:
        return None
    if any(word in configured for word in _CONFIGURATION_WORDS) and (url is None or not local):
        return None
    if any(word in configured for word in _RETRY_WORDS):
        return None
    if url is None:
        url = None if _wants_variant(environment) else regular_endpoint(region)
    if url is None:
        return None
    ca_bundle = wanted.ca_bundle or environment.get("AWS_CA_BUNDLE")
    attempts, mode = _retries(wanted, environment, lambda name: None)
    return Settings(parse_endpoint(url), checked_region(region), source, ca_bundle or None, attempts, mode)


def resolve(wanted: Wanted, environment: Mapping[str, str]) -> Settings:
    """The settings; may import botocore, read files and ask the network. Raises TransportError."""
    quick = resolve_quickly(wanted, environment)
    if quick is not None:
        return quick
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        return _resolve_with(Session(profile=wanted.profile), wanted, environment)
    except BotoCoreError as error:
        raise TransportError(f"the AWS configuration cannot be used: {error}") from error


def _resolve_with(session: botocore.session.Session, wanted: Wanted, environment: Mapping[str, str]) -> Settings:
    url = wanted.endpoint_url or _endpoint_in(environment)
    local = _is_local(url)
    found = wanted.region or _region_in(environment) or session.get_config_variable("region")
    if not found and not local:
        raise TransportError(_NO_REGION)
    region = checked_region(found or LOCAL_REGION)
    if url is None:
        url = _botocore_endpoint(session, region, environment)
        local = _is_local(url)
    source = (
        creds.source_of(wanted.credentials)
        if wanted.credentials is not None
        else creds.from_session(session, local=local)
    )
    ca_bundle = wanted.ca_bundle or session.get_config_variable("ca_bundle")
    attempts, mode = _retries(wanted, environment, session.get_scoped_config().get)
    return Settings(parse_endpoint(url), region, source, ca_bundle or None, attempts, mode)


def _retries(
    wanted: Wanted, environment: Mapping[str, str], configured: Callable[[str], object]
) -> tuple[int, RetryMode]:
    attempts = wanted.max_attempts or environment.get("AWS_MAX_ATTEMPTS") or configured("max_attempts") or MAX_ATTEMPTS
    mode = wanted.retry_mode or environment.get("AWS_RETRY_MODE") or configured("retry_mode") or "standard"
    text = str(attempts)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise TransportError(f"AWS_MAX_ATTEMPTS (max_attempts) is a number from 1 on, not {text!r}")
    match str(mode).lower():
        case "standard" | "legacy":  # boto3's old mode differs in what it retries, which is ours to say
            return int(text), "standard"
        case "adaptive":
            return int(text), "adaptive"
        case other:
            raise TransportError(f"AWS_RETRY_MODE (retry_mode) is standard or adaptive, not {other!r}")


def _botocore_endpoint(session: botocore.session.Session, region: str, environment: Mapping[str, str]) -> str:
    """The regular address where nothing speaks against it; else what a botocore client would use."""
    regular = regular_endpoint(region)
    configured = _shared_files(environment)
    if regular and not _wants_variant(environment) and "endpoint" not in configured:
        return regular
    # A client only for its address: it takes 50 ms and more, but nothing else knows all the rules.
    # The credentials are not used; giving some keeps botocore from looking for any.
    client = session.create_client("dynamodb", region_name=region, aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106
    url = client.meta.endpoint_url
    client.close()
    return url


def _source_at_hand(wanted: Wanted, environment: Mapping[str, str], local: bool) -> CredentialSource | None:
    if wanted.credentials is not None:
        return creds.source_of(wanted.credentials)
    if wanted.profile is not None:  # an explicit profile goes before keys in the environment
        return None
    source = creds.from_environment(environment)
    if source is None and local and not _may_have_credentials(environment):
        return creds.StaticSource(creds.LOCAL)
    return source


def _may_have_credentials(environment: Mapping[str, str]) -> bool:
    """True if botocore could find credentials on a machine that is no AWS instance."""
    named = any(environment.get(name) for name in _OTHER_CREDENTIALS)
    return named or bool(_shared_files(environment))


def _shared_files(environment: Mapping[str, str]) -> str:
    """The text of the configuration and credentials files; botocore reads settings from either."""
    paths = (
        environment.get("AWS_CONFIG_FILE") or "~/.aws/config",
        environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )
    return "".join(_text_of(os.path.expanduser(path)) for path in paths)


def _text_of(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _endpoint_in(environment: Mapping[str, str]) -> str | None:
    if _is_true(environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")):
        return None
    specific = environment.get("AWS_ENDPOINT_URL_DYNAMODB")
    return specific or environment.get("AWS_ENDPOINT_URL") or None


def _region_in(environment: Mapping[str, str]) -> str | None:
    return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or None


def _wants_variant(environment: Mapping[str, str]) -> bool:
    return _is_true(environment.get("AWS_USE_FIPS_ENDPOINT")) or _is_true(environment.get("AWS_USE_DUALSTACK_ENDPOINT"))


def _is_true(value: str | None) -> bool:
    return value is not None and value.lower() == "true"


def _is_local(url: str | None) -> bool:
    return url is not None and is_loopback(parse_endpoint(url).host)


def checked_region(region: str) -> str:
    """The region if it can be part of a host name: it becomes one, and stands in a header."""
    plain = region.isascii() and region.replace("-", "").isalnum()
    if not plain or region.strip("-") != region or len(region) > 63:
        raise TransportError(f"{region!r} is no AWS region; one looks like eu-central-1")
    return region


def regular_endpoint(region: str) -> str | None:
    """The address of DynamoDB in a region that follows the common rule; None for any other."""
    parts = region.replace("us-gov-", "us-", 1).split("-")  # us-gov-west-1 is as regular as us-west-1
    if len(parts) != 3 or not parts[1].isalpha() or not parts[2].isdigit():
        return None
    if parts[0] in _STANDARD_GROUPS:
        return f"https://dynamodb.{region}.amazonaws.com"
    return f"https://dynamodb.{region}.amazonaws.com.cn" if parts[0] == "cn" else None
