"""Credentials that stay valid: given, from the environment, or from botocore's chain.

Rules of this file:
- Everything but two environment variables is botocore's business (profiles, SSO, IMDS, containers, web
  identity, processes), and botocore is imported only when it is needed.
- `current` may wait for the network; `cached` never does. An event loop asks `cached` first and leaves
  `current` to a thread.
- Temporary credentials: botocore refreshes them 15 to 10 minutes before they expire, when asked for a
  frozen copy, which costs it nothing otherwise. Its copies are therefore used for one second and then asked for again.
  A provider of somebody else's may ask the network each time: its copies are used for a minute, or, where they say
  when they expire (`expires_at`), until five minutes before. Copies that the service calls expired are used no more.
- A provider is asked once at a time; what it answers, an error too, holds for all who waited meanwhile. The same
  object is returned while nothing has changed, so that what was derived from it can be kept.
- An error says where credentials came from (`origin`), or where they were looked for.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock  # `threading`, which gives the same, costs a start 1 ms
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from entitystore.errors import PermanentError, TransportError
from entitystore.transports.sigv4 import Credentials

if TYPE_CHECKING:
    import botocore.session

ASK_AGAIN_AFTER = 1.0
"""Seconds for which a frozen copy of botocore's refreshing credentials is used without asking."""

ASK_OTHERS_AFTER = 60.0
"""Seconds for which a copy of another provider's credentials is used that does not say when it expires."""

BEFORE_EXPIRY = 300.0
"""Seconds before their expiry at which credentials are asked for anew."""

LOCAL = Credentials("local", "local")
"""What signs requests to a loopback endpoint where no credentials are found: local engines take any."""


class FrozenCredentials(Protocol):
    """A frozen copy as botocore makes it. It may also have `account_id`, and `expires_at`, a datetime with a zone."""

    @property
    def access_key(self) -> str | None: ...
    @property
    def secret_key(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


@runtime_checkable
class _OfAccount(Protocol):
    @property
    def account_id(self) -> str | None: ...


@runtime_checkable
class _Expiring(Protocol):
    @property
    def expires_at(self) -> datetime | None: ...


class SupportsFrozenCredentials(Protocol):
    """What `boto3.Session().get_credentials()` returns: static or refreshing credentials."""

    def get_frozen_credentials(self) -> FrozenCredentials: ...


class CredentialSource(Protocol):
    """Where a transport gets the credentials of each call. `origin` says for a message where they come from."""

    @property
    def origin(self) -> str: ...

    def cached(self) -> Credentials | None:
        """Valid credentials if they are at hand without IO, else None."""
        ...

    def current(self) -> Credentials:
        """Valid credentials; may block on the network. Raises TransportError."""
        ...

    def expired(self, credentials: Credentials) -> bool:
        """Told that the service calls these credentials expired: whether there may be others now."""
        ...


class StaticSource:
    """Credentials that never change."""

    def __init__(self, credentials: Credentials, origin: str) -> None:
        self._credentials = credentials
        self.origin = origin

    def cached(self) -> Credentials:
        """The credentials."""
        return self._credentials

    def current(self) -> Credentials:
        """The credentials."""
        return self._credentials

    def expired(self, credentials: Credentials) -> bool:
        """There are no others."""
        return False


class RefreshingSource:
    """Credentials that botocore, or a provider of the caller's, refreshes."""

    def __init__(self, provider: SupportsFrozenCredentials, origin: str) -> None:
        self._provider = provider
        self.origin = origin
        # Replaced whole, so that threads never see a copy with another copy's time.
        self._copy: tuple[Credentials | None, float] = (None, 0.0)
        self._refused: Credentials | None = None
        self._failure: PermanentError | None = None
        self._asked = 0  # how often
        self._set_up()

    def _set_up(self) -> None:
        self._lock = allocate_lock()
        self._pid = os.getpid()

    def cached(self) -> Credentials | None:
        """The last copy, while it is fresh."""
        credentials, until = self._copy
        return credentials if time.monotonic() < until else None

    def current(self) -> Credentials:
        """The last copy, or a new one."""
        if self._pid != os.getpid():  # the parent may have held the lock at the fork
            self._set_up()
        asked = self._asked
        with self._lock:
            cached = self.cached()
            if cached is not None:
                return cached
            if self._asked == asked or self._failure is None:
                return self._ask()
            raise PermanentError(str(self._failure)) from self._failure.__cause__

    def expired(self, credentials: Credentials) -> bool:
        """Use these credentials no more; there may be others unless the provider has given them a second time."""
        is_new = self._refused != credentials
        self._refused = credentials
        self._copy = (self._copy[0], 0.0)
        return is_new

    def _ask(self) -> Credentials:
        self._asked += 1
        try:
            fresh, seconds = _freeze(self._provider)
        except PermanentError as error:
            self._failure = error
            raise
        self._failure = None
        old = self._copy[0]
        kept = old if old is not None and old == fresh else fresh
        self._copy = (kept, time.monotonic() + seconds)
        return kept


def _freeze(provider: SupportsFrozenCredentials) -> tuple[Credentials, float]:
    """A copy, and for how many seconds it may be used."""
    try:
        frozen = provider.get_frozen_credentials()
        seconds = _usable(provider, frozen.expires_at if isinstance(frozen, _Expiring) else None)
        account = frozen.account_id if isinstance(frozen, _OfAccount) else None
    except Exception as error:  # a credential provider may be anybody's code
        # Permanent: the provider has done its own retries.
        raise PermanentError(f"the AWS credentials could not be refreshed: {type(error).__name__}: {error}") from error
    found = Credentials(frozen.access_key or "", frozen.secret_key or "", frozen.token or None, account or None)
    return found, seconds


def _usable(provider: SupportsFrozenCredentials, expires_at: datetime | None) -> float:
    if expires_at is not None:
        return max(ASK_AGAIN_AFTER, expires_at.timestamp() - time.time() - BEFORE_EXPIRY)
    is_botocores = type(provider).__module__.startswith("botocore.")
    return ASK_AGAIN_AFTER if is_botocores else ASK_OTHERS_AFTER


def source_of(given: Credentials | SupportsFrozenCredentials) -> CredentialSource:
    """The source for what a caller passed."""
    if isinstance(given, Credentials):
        return StaticSource(given, "credentials=")
    return RefreshingSource(given, f"credentials=, an object of {type(given).__module__}.{type(given).__qualname__}")


def from_environment(environment: Mapping[str, str]) -> CredentialSource | None:
    """The credentials in the environment, if they are whole and do not expire.

    With AWS_CREDENTIAL_EXPIRATION they do; botocore knows what to do then.
    """
    access_key = environment.get("AWS_ACCESS_KEY_ID")
    secret_key = environment.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key or environment.get("AWS_CREDENTIAL_EXPIRATION"):
        return None
    token = environment.get("AWS_SESSION_TOKEN") or environment.get("AWS_SECURITY_TOKEN")
    account = environment.get("AWS_ACCOUNT_ID")
    found = Credentials(access_key, secret_key, token or None, account or None)
    names = "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN" if token else "AWS_ACCESS_KEY_ID"
    return StaticSource(found, f"the environment ({names})")


def from_session(session: botocore.session.Session, environment: Mapping[str, str], *, local: bool) -> CredentialSource:
    """What botocore's chain finds.

    `local` is True for a loopback endpoint. Then the chain ends before the instance metadata service,
    which a developer's machine does not have and would be asked for seconds, and finding nothing is fine.
    """
    if local:
        session.get_component("credential_provider").remove("iam-role")
    found = session.get_credentials()
    profile = session.profile or "default"
    if found is not None:
        return RefreshingSource(found, f"botocore (provider {found.method!r}, profile {profile!r})")
    if local:
        return StaticSource(LOCAL, "nowhere: a loopback endpoint takes any")
    files = " or ".join(shared_files(environment))
    is_off = environment.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
    remote = "a container or an instance" + (" (AWS_EC2_METADATA_DISABLED is true)" if is_off else "")
    raise TransportError(
        "no AWS credentials were found: none in the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), none "
        f"for the profile {profile!r} in {files}, and none from {remote}. Set AWS_PROFILE or the two variables, or "
        "pass profile= or credentials="
    )


def shared_files(environment: Mapping[str, str]) -> tuple[str, str]:
    """The paths of the configuration and the credentials file."""
    return (
        environment.get("AWS_CONFIG_FILE") or "~/.aws/config",
        environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )
