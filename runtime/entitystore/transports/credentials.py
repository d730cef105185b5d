"""Credentials that stay valid: given, from the environment, or from botocore's chain.

Rules of this file:
- Everything but two environment variables is botocore's business (profiles, SSO, IMDS, containers, web
  identity, processes), and botocore is imported only when it is needed.
- `current` may wait for the network; `cached` never does. An event loop asks `cached` first and leaves
  `current` to a thread.
- Temporary credentials: botocore refreshes them 15 to 10 minutes before they expire, when asked for a
  frozen copy. A copy is therefore used for one second and then asked for again; that is far below those
  margins and costs a call nothing. The same object is returned while nothing has changed, so that what
  was derived from it can be kept.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from entitystore.errors import PermanentError, TransportError
from entitystore.transports.sigv4 import Credentials

if TYPE_CHECKING:
    import botocore.session

ASK_AGAIN_AFTER = 1.0
"""Seconds for which a frozen copy of refreshing credentials is used without asking."""

LOCAL = Credentials("local", "local")
"""What signs requests to a loopback endpoint where no credentials are found: local engines take any."""

MISSING = (
    "no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or "
    "pass profile= or credentials="
)


class FrozenCredentials(Protocol):
    """A frozen copy as botocore makes it."""

    @property
    def access_key(self) -> str | None: ...
    @property
    def secret_key(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


class SupportsFrozenCredentials(Protocol):
    """What `boto3.Session().get_credentials()` returns: static or refreshing credentials."""

    def get_frozen_credentials(self) -> FrozenCredentials: ...


class CredentialSource(Protocol):
    """Where a transport gets the credentials of each call."""

    def cached(self) -> Credentials | None:
        """Valid credentials if they are at hand without IO, else None."""
        ...

    def current(self) -> Credentials:
        """Valid credentials; may block on the network. Raises TransportError."""
        ...


class StaticSource:
    """Credentials that never change."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def cached(self) -> Credentials:
        """The credentials."""
        return self._credentials

    def current(self) -> Credentials:
        """The credentials."""
        return self._credentials


class RefreshingSource:
    """Credentials that botocore refreshes."""

    def __init__(self, origin: SupportsFrozenCredentials) -> None:
        self._origin = origin
        # Replaced whole, so that threads never see a copy with another copy's time.
        self._copy: tuple[Credentials | None, float] = (None, 0.0)

    def cached(self) -> Credentials | None:
        """The last copy, while it is fresh."""
        credentials, until = self._copy
        return credentials if time.monotonic() < until else None

    def current(self) -> Credentials:
        """The last copy, or a new one; botocore sees to it that one thread alone refreshes."""
        cached = self.cached()
        if cached is not None:
            return cached
        fresh = _freeze(self._origin)
        old = self._copy[0]
        kept = old if old == fresh else fresh
        self._copy = (kept, time.monotonic() + ASK_AGAIN_AFTER)
        return kept or fresh


def _freeze(origin: SupportsFrozenCredentials) -> Credentials:
    try:
        frozen = origin.get_frozen_credentials()
    except Exception as error:  # a credential provider may be anybody's code
        # Permanent: the provider has done its own retries.
        raise PermanentError(f"the AWS credentials could not be refreshed: {type(error).__name__}: {error}") from error
    return Credentials(frozen.access_key or "", frozen.secret_key or "", frozen.token or None)


def source_of(given: Credentials | SupportsFrozenCredentials) -> CredentialSource:
    """The source for what a caller passed."""
    return StaticSource(given) if isinstance(given, Credentials) else RefreshingSource(given)


def from_environment(environment: Mapping[str, str]) -> CredentialSource | None:
    """The credentials in the environment, if they are whole and do not expire.

    With AWS_CREDENTIAL_EXPIRATION they do; botocore knows what to do then.
    """
    access_key = environment.get("AWS_ACCESS_KEY_ID")
    secret_key = environment.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key or environment.get("AWS_CREDENTIAL_EXPIRATION"):
        return None
    token = environment.get("AWS_SESSION_TOKEN") or environment.get("AWS_SECURITY_TOKEN")
    return StaticSource(Credentials(access_key, secret_key, token or None))


def from_session(session: botocore.session.Session, *, local: bool) -> CredentialSource:
    """What botocore's chain finds.

    `local` is True for a loopback endpoint. Then the chain ends before the instance metadata service,
    which a developer's machine does not have and would be asked for seconds, and finding nothing is fine.
    """
    if local:
        session.get_component("credential_provider").remove("iam-role")
    found = session.get_credentials()
    if found is not None:
        return RefreshingSource(found)
    if local:
        return StaticSource(LOCAL)
    raise TransportError(MISSING)
