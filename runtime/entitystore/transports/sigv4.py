"""Signature Version 4, cut down to what one call to DynamoDB needs.

Rules of this file:
- Source: "Signature Version 4 signing process" (AWS General Reference) and RFC 2104 for HMAC. The tests
  compare every byte of the Authorization header with botocore's signer.
- Everything that does not depend on the body is computed once and kept: the signing key per day, the
  date and all text around it per second, the state of SHA-256 after a constant prefix.
- What is kept is immutable and replaced whole, so threads need no lock: at worst two of them compute
  the same thing once.
- Signed are exactly `content-type`, `host`, `x-amz-date`, `x-amz-security-token` (where there is one) and
  `x-amz-target`. The rest of the head may be changed by a proxy and stays unsigned.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from entitystore.errors import TransportError

if TYPE_CHECKING:
    from hashlib import _Hash

ALGORITHM = "AWS4-HMAC-SHA256"
CONTENT_TYPE = "application/x-amz-json-1.0"
TARGET_PREFIX = "DynamoDB_20120810."
USER_AGENT = "entitystore-dynamodb"

_BLOCK = 64  # bytes SHA-256 takes at a time; RFC 2104 calls it B
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class Credentials(Struct, frozen=True):
    """An AWS access key. `token` is the session token of temporary credentials, `account_id` whose they are."""

    access_key: str
    secret_key: str
    token: str | None = None
    account_id: str | None = None

    def __repr__(self) -> str:
        """Without what must not be seen in a log."""
        return f"Credentials(access_key={self.access_key!r})"

    def __post_init__(self) -> None:
        # A line break, left by `$(cat file)` say, would end the header that holds the value.
        for name, value in (("access key", self.access_key), ("session token", self.token or "")):
            if not (value.isascii() and value.isprintable()) or value != value.strip():
                raise TransportError(f"the AWS {name} holds a character that no key has")
        if not self.access_key or not self.secret_key:
            raise TransportError("the AWS credentials lack the access key or the secret key")


def checked_account(account_id: str) -> str:
    """The account if it can be part of a host name, which it becomes; TransportError."""
    if not (account_id.isascii() and account_id.isalnum()) or len(account_id) > 63:
        raise TransportError("the AWS account's ID is invalid; one looks like 123456789012")
    return account_id


class _HmacKey(Struct, frozen=True):
    """HMAC-SHA256 with the key already absorbed: copying two states beats starting over."""

    inner: _Hash
    outer: _Hash

    @classmethod
    def of(cls, key: bytes) -> _HmacKey:
        padded = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
        return cls(hashlib.sha256(padded.translate(_INNER)), hashlib.sha256(padded.translate(_OUTER)))

    def digest(self, message: bytes) -> _Hash:
        inner = self.inner.copy()
        inner.update(message)
        outer = self.outer.copy()
        outer.update(inner.digest())
        return outer


class _Prepared(Struct, frozen=True):
    """What holds for one operation within one second."""

    canonical: _Hash  # absorbed: the canonical request up to the hash of the body
    head: bytes  # the request's head up to the signature


class _Moment(Struct, frozen=True):
    """What holds within one second. Date, scope and key belong together, so they travel together."""

    second: int
    stamp: str  # 20260131T235959Z
    scope: str  # 20260131/eu-west-1/dynamodb/aws4_request
    key: _HmacKey
    to_sign: bytes  # the string to sign up to the hash of the canonical request
    prepared: dict[str, _Prepared]


class Signer:
    """Makes the signed head of a request, for one set of credentials and one endpoint.

    `host` is the Host header's value (with the port unless it is the scheme's own); `path` the
    percent-encoded path of the endpoint; `request_target` what stands in the request line where that is
    not the path (the whole address, for a forwarding proxy); `extra` complete unsigned header lines;
    `skew` the seconds by which the service's clock is before this machine's.
    """

    def __init__(
        self,
        credentials: Credentials,
        region: str,
        host: str,
        *,
        path: str = "/",
        request_target: str | None = None,
        extra: str = "",
        skew: float = 0.0,
    ) -> None:
        self.credentials = credentials
        self._region = region
        self._host = host
        self._path = path
        self._request_target = request_target or path
        self._extra = extra
        self.skew = skew
        token = "x-amz-security-token;" if credentials.token else ""
        self._signed_headers = f"content-type;host;x-amz-date;{token}x-amz-target"
        self._moment: _Moment | None = None

    def head(self, operation: str, body: bytes, now: float | None = None) -> bytes:
        """The head of the request, blank line included, signed at `now` (seconds since the epoch)."""
        second = int(time.time() + self.skew if now is None else now)
        moment = self._moment
        if moment is None or moment.second != second:
            moment = self._moment = self._turn(second, moment)
        prepared = moment.prepared.get(operation)
        if prepared is None:
            prepared = moment.prepared[operation] = self._prepare(operation, moment)
        canonical = prepared.canonical.copy()
        canonical.update(hashlib.sha256(body).hexdigest().encode())
        signature = moment.key.digest(moment.to_sign + canonical.hexdigest().encode())
        return b"%b%b\r\nContent-Length: %d\r\n\r\n" % (
            prepared.head,
            signature.hexdigest().encode(),
            len(body),
        )

    def _turn(self, second: int, last: _Moment | None) -> _Moment:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
        scope = f"{stamp[:8]}/{self._region}/dynamodb/aws4_request"
        same_day = last is not None and last.scope == scope
        key = last.key if last is not None and same_day else self._signing_key(stamp[:8])
        to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n".encode()
        return _Moment(second, stamp, scope, key, to_sign, {})

    def _signing_key(self, date: str) -> _HmacKey:
        key = _HmacKey.of(b"AWS4" + self.credentials.secret_key.encode())
        for part in (date, self._region, "dynamodb", "aws4_request"):
            key = _HmacKey.of(key.digest(part.encode()).digest())
        return key

    def _prepare(self, operation: str, moment: _Moment) -> _Prepared:
        target = TARGET_PREFIX + operation
        token = self.credentials.token
        token_line = f"x-amz-security-token:{token}\n" if token else ""
        canonical = (
            f"POST\n{self._path}\n\ncontent-type:{CONTENT_TYPE}\nhost:{self._host}\n"
            f"x-amz-date:{moment.stamp}\n{token_line}x-amz-target:{target}\n\n"
            f"{self._signed_headers}\n"
        )
        return _Prepared(hashlib.sha256(canonical.encode()), self._head(target, moment).encode())

    def _head(self, target: str, moment: _Moment) -> str:
        token = self.credentials.token
        token_line = f"X-Amz-Security-Token: {token}\r\n" if token else ""
        return (
            f"POST {self._request_target} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Content-Type: {CONTENT_TYPE}\r\nX-Amz-Target: {target}\r\n"
            f"X-Amz-Date: {moment.stamp}\r\n{token_line}"
            f"Accept-Encoding: identity\r\nUser-Agent: {USER_AGENT}\r\n{self._extra}"
            f"Authorization: {ALGORITHM} Credential={self.credentials.access_key}/{moment.scope}, "
            f"SignedHeaders={self._signed_headers}, Signature="
        )
