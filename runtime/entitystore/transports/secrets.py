"""What a refusal by the service says of credentials: no secret, and where they came from.

Rules of this file:
- The service quotes what it was sent: "The Canonical String for this request should have been 'POST / …
  x-amz-security-token:…'". A session token, and anything as long as one, is left out of messages. Signatures are 64
  characters long, tokens several hundred.
- Only refused calls come here; nothing is imported before.
"""

from __future__ import annotations

__all__ = ["EXPIRED_CODES", "is_about_credentials", "without_secrets"]

EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException"})

_CODES = EXPIRED_CODES | {
    "AccessDenied",
    "AccessDeniedException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


_SHORTEST = 100
_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_%-")
"""Of a token, as it is or percent-encoded."""


def is_about_credentials(code: str | None) -> bool:
    """True if the service did not accept the credentials, or what they may do."""
    return code in _CODES


def without_secrets(text: str) -> str:
    """The text without anything that may be a session token."""
    words = "".join(character if character in _CHARACTERS else " " for character in text).split()
    for word in words:
        if len(word) >= _SHORTEST:
            text = text.replace(word, "[left out]")
    return text
