"""The endpoint that a botocore client would use, where names and environment do not say it.

Rules of this file:
- It is imported where botocore is needed anyway, for the configuration file.
- The client is made only for its address, which takes 50 ms and more, but nothing else knows the file's rules. Its
  credentials are not used; giving some keeps botocore from looking for any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import botocore.session

__all__ = ["botocores_endpoint"]


def botocores_endpoint(session: botocore.session.Session, region: str, *, fips: bool) -> tuple[str, bool]:
    """The address, and whether it is the region's own: the file may name another."""
    client = session.create_client("dynamodb", region_name=region, aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106
    url: str = client.meta.endpoint_url
    client.close()
    if not url.startswith((f"https://dynamodb.{region}.", f"https://dynamodb-fips.{region}.")):
        return url, False
    return _by_rules(session, region, fips=fips), True


def _by_rules(session: botocore.session.Session, region: str, *, fips: bool) -> str:
    """The regional address by botocore's rules, which a client asks at each call; its `meta` tells an older story."""
    from botocore.endpoint_provider import EndpointProvider

    loader = session.get_component("data_loader")
    rules = loader.load_service_model("dynamodb", "endpoint-rule-set-1")
    dual_stack = bool(session.get_config_variable("use_dualstack_endpoint"))
    provider = EndpointProvider(rules, loader.load_data("partitions"))
    return str(provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack).url)
