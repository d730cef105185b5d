"""Region names, and the addresses of DynamoDB that follow from them.

Rules of this file:
- What it says is what botocore's rules say (data/dynamodb/2012-08-10/endpoint-rule-set-1.json, of botocore 1.44), for
  the regions whose names follow the common rule; the tests compare the two. For all others botocore is asked (see
  `settings`).
- `fips-us-east-1` and `us-east-1-fips`, old names of regions, mean the region with its FIPS endpoint.
- Account-based endpoints (`123456789012.ddb.us-east-1.amazonaws.com`) exist in the partition `aws` and in four regions
  of others, and not for FIPS.
"""

from __future__ import annotations

from entitystore.errors import TransportError

__all__ = ["account_endpoint", "parse_region", "regular_endpoint"]

_SUFFIXES = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "api.amazonwebservices.com.cn")
"""Of regional hosts, the last two dual-stack."""

_OTHERS_WITH_ACCOUNTS = frozenset({"cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"})
_STANDARD_GROUPS = frozenset({"af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"})


def parse_region(text: str) -> tuple[str, bool]:
    """The region's own name, and whether its FIPS endpoint is asked for. TransportError for what is no host name."""
    region = text.replace("fips-", "").replace("-fips", "")
    plain = region.isascii() and region.replace("-", "").isalnum()
    if not plain or region.strip("-") != region or len(region) > 63:
        raise TransportError(f"{text!r} is no AWS region; one looks like eu-central-1")
    return region, region != text


def regular_endpoint(region: str) -> str | None:
    """The address of DynamoDB in a region that follows the common rule; None for any other."""
    parts = region.replace("us-gov-", "us-", 1).split("-")  # us-gov-west-1 is as regular as us-west-1
    if len(parts) != 3 or not parts[1].isalpha() or not parts[2].isdigit():
        return None
    if parts[0] in _STANDARD_GROUPS:
        return f"https://dynamodb.{region}.amazonaws.com"
    return f"https://dynamodb.{region}.amazonaws.com.cn" if parts[0] == "cn" else None


def account_endpoint(url: str, region: str) -> str | None:
    """The address with `{}` for the account, beside the regional one; None where there is none."""
    if region.startswith(("cn-", "us-gov-")) and region not in _OTHERS_WITH_ACCOUNTS:
        return None
    for suffix in _SUFFIXES:
        if url == f"https://dynamodb.{region}.{suffix}":
            return f"https://{{}}.ddb.{region}.{suffix}"
    return None
