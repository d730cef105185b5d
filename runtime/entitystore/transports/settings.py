"""Region, endpoint, credentials and CA bundle, found as the AWS tools find them.

Rules of this file:
- Order everywhere: argument, environment, configuration file, default.
- Region: AWS_REGION before AWS_DEFAULT_REGION (as the AWS SDKs and the command line's version 2 do; boto3
  knows the second alone), then the profile's.
- Endpoint: AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, `endpoint_url` in the configuration file, unless
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or `ignore_configured_endpoint_urls`; then `dynamodb.<region>.amazonaws.com`
  for the regions whose names follow that rule; for others, and for FIPS and dual-stack endpoints, botocore's rules.
- Where the account is known (argument, AWS_ACCOUNT_ID, the credentials' own), its own endpoint is used instead of the
  regional one, as AWS_ACCOUNT_ID_ENDPOINT_MODE says: preferred (the default), required or disabled.
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
from entitystore.transports.regions import account_endpoint, parse_region, regular_endpoint
from entitystore.transports.sigv4 import Credentials

if TYPE_CHECKING:
    import botocore.session

LOCAL_REGION = "us-east-1"

_CONFIGURATION_WORDS = (
    "endpoint_url",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "account_id_endpoint_mode",
    "ca_bundle",
)
_EVEN_IF_LOCAL = ("max_attempts", "retry_mode", "tcp_keepalive")
_OTHER_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_IGNORE = "ignore_configured_endpoint_urls"
_NO_REGION = (
    "no AWS region was found. Set AWS_REGION, or `region` in the profile, or pass region= "
    "(or endpoint_url= for a local engine)"
)


RetryMode: TypeAlias = Literal["standard", "adaptive"]
"""`adaptive` also slows down what is sent for the first time, after the service has throttled; see `pace`."""

AccountMode: TypeAlias = Literal["preferred", "required", "disabled"]
"""Whether calls go to the account's own endpoint: where the account is known, or else not at all, or never."""

MAX_ATTEMPTS = 8

Configured: TypeAlias = Callable[[str], object]
"""What the profile says under a name; None where it says nothing."""


class Wanted(Struct, frozen=True):
    """What the caller said; None where it is to be found."""

    endpoint_url: str | None = None
    region: str | None = None
    profile: str | None = None
    credentials: Credentials | SupportsFrozenCredentials | None = None
    ca_bundle: str | None = None
    max_attempts: int | None = None
    retry_mode: RetryMode | None = None
    account_id: str | None = None
    account_id_endpoint_mode: AccountMode | None = None
    tcp_keepalive: bool | None = None


class Settings(Struct, frozen=True):
    """What was found. `ca_bundle` None stands for the system's certificates.

    `account_endpoint` is a URL with `{}` for the account, which the caller named (`account_id`) or the credentials do;
    None where the regional endpoint serves all. `account_required`: without an account there is nothing to call.
    """

    endpoint: Endpoint
    region: str
    source: CredentialSource
    ca_bundle: str | None
    max_attempts: int
    retry_mode: RetryMode
    account_endpoint: str | None = None
    account_id: str | None = None
    account_required: bool = False
    tcp_keepalive: bool = False


def resolve_quickly(wanted: Wanted, environment: Mapping[str, str]) -> Settings | None:
    """The settings, if arguments and environment alone decide them; else None. Takes microseconds."""
    url = wanted.endpoint_url or _endpoint_in(environment)
    local = _is_local(url)
    source = _source_at_hand(wanted, environment, local)
    named = wanted.region or _region_in(environment)
    configured = _shared_files(environment)
    if named is None and local and not configured:
        named = LOCAL_REGION
    if source is None or named is None or _is_decided_by_files(configured, wanted, local):
        return None
    region, fips = parse_region(named)
    is_custom = url is not None
    if url is None:
        url = None if fips or _wants_variant(environment) else regular_endpoint(region)
    if url is None:
        return None
    return _settings(wanted, environment, lambda name: None, url, region, source, regional=not is_custom)


def _is_decided_by_files(configured: str, wanted: Wanted, local: bool) -> bool:
    """Whether the text of the configuration files has a word that may change what arguments and environment say."""
    words = _EVEN_IF_LOCAL if local else (*_EVEN_IF_LOCAL, *_CONFIGURATION_WORDS)
    return any(word in configured for word in words) or (wanted.endpoint_url is None and _IGNORE in configured)


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
    configured = session.get_scoped_config().get
    url = wanted.endpoint_url or (None if _ignores_configured(environment, configured) else _endpoint_in(environment))
    named = wanted.region or _region_in(environment) or session.get_config_variable("region")
    if not named and not _is_local(url):
        raise TransportError(_NO_REGION)
    region, fips = parse_region(named or LOCAL_REGION)
    fips = fips or bool(session.get_config_variable("use_fips_endpoint"))
    regional = url is None
    if url is None and not (fips or _wants_variant(environment) or "endpoint" in _shared_files(environment)):
        url = regular_endpoint(region)
    if url is None:
        from entitystore.transports.botocore_endpoint import botocores_endpoint

        url, regional = botocores_endpoint(session, region, fips=fips)
    source = (
        creds.source_of(wanted.credentials)
        if wanted.credentials is not None
        else creds.from_session(session, environment, local=_is_local(url))
    )
    return _settings(wanted, environment, configured, url, region, source, regional=regional, fips=fips)


def _settings(
    wanted: Wanted,
    environment: Mapping[str, str],
    configured: Configured,
    url: str,
    region: str,
    source: CredentialSource,
    *,
    regional: bool,
    fips: bool = False,
) -> Settings:
    """All that was found together. `regional`: the URL is the region's own; one that was configured stays as it is."""
    attempts, retry_mode = _retries(wanted, environment, configured)
    account_mode = _account_mode(wanted, environment, configured)
    by_account = account_endpoint(url, region) if regional and not fips and account_mode != "disabled" else None
    if by_account is None and account_mode == "required" and regional:
        raise TransportError(f"account-based endpoints are required, and {parse_endpoint(url).host} has none beside it")
    return Settings(
        endpoint=parse_endpoint(url),
        region=region,
        source=source,
        ca_bundle=wanted.ca_bundle or environment.get("AWS_CA_BUNDLE") or _text(configured("ca_bundle")),
        max_attempts=attempts,
        retry_mode=retry_mode,
        account_endpoint=by_account,
        account_id=wanted.account_id,
        account_required=account_mode == "required",
        tcp_keepalive=_keeps_alive(wanted, environment, configured),
    )


def _text(value: object) -> str | None:
    return str(value) if value else None


def _ignores_configured(environment: Mapping[str, str], configured: Configured) -> bool:
    said = environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    return _is_true(said if said is not None else _text(configured(_IGNORE)))


def _account_mode(wanted: Wanted, environment: Mapping[str, str], configured: Configured) -> AccountMode:
    given = wanted.account_id_endpoint_mode or environment.get("AWS_ACCOUNT_ID_ENDPOINT_MODE")
    match str(given or configured("account_id_endpoint_mode") or "preferred").lower():
        case "preferred":
            return "preferred"
        case "required":
            return "required"
        case "disabled":
            return "disabled"
        case other:
            name = "AWS_ACCOUNT_ID_ENDPOINT_MODE (account_id_endpoint_mode)"
            raise TransportError(f"{name} is preferred, required or disabled, not {other!r}")


def _keeps_alive(wanted: Wanted, environment: Mapping[str, str], configured: Configured) -> bool:
    if wanted.tcp_keepalive is not None:
        return wanted.tcp_keepalive
    return _is_true(environment.get("BOTOCORE_TCP_KEEPALIVE") or _text(configured("tcp_keepalive")))


def _retries(wanted: Wanted, environment: Mapping[str, str], configured: Configured) -> tuple[int, RetryMode]:
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


def _source_at_hand(wanted: Wanted, environment: Mapping[str, str], local: bool) -> CredentialSource | None:
    if wanted.credentials is not None:
        return creds.source_of(wanted.credentials)
    if wanted.profile is not None:  # an explicit profile goes before keys in the environment
        return None
    source = creds.from_environment(environment)
    if source is None and local and not _may_have_credentials(environment):
        return creds.StaticSource(creds.LOCAL, "nowhere: a loopback endpoint takes any")
    return source


def _may_have_credentials(environment: Mapping[str, str]) -> bool:
    """True if botocore could find credentials on a machine that is no AWS instance."""
    named = any(environment.get(name) for name in _OTHER_CREDENTIALS)
    return named or bool(_shared_files(environment))


def _shared_files(environment: Mapping[str, str]) -> str:
    """The text of the configuration and credentials files; botocore reads settings from either."""
    return "".join(_text_of(os.path.expanduser(path)) for path in creds.shared_files(environment))


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
