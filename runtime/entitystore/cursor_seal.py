"""Cursors that tell nothing and that nobody can make: encrypted and signed with keys of the program's own.

    key = cryptography.fernet.Fernet.generate_key()           # 32 bytes in base64; keep it with the other secrets
    table = shop_store.connect(cursor_key=key)
    table = shop_store.connect(cursor_key=[new_key, key])      # while cursors of the old key are still about

Rules of this file:
- The cipher is Fernet's, of the `cryptography` package: AES-128-CBC under an HMAC-SHA256, with a random start for each
  text, so that no count of cursors wears a key out. https://github.com/fernet/spec/blob/master/Spec.md
- A seal goes around a whole cursor, which names its query by a digest: a sealed cursor belongs to one query as well.
- Nothing that a client sent is parsed before its signature was checked, and no error holds a key or what was in one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitystore.errors import EntityStoreError, ValidationError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

    from entitystore.client import CursorKey

__all__ = ["CursorSeal"]

_HOW = "make one with cryptography.fernet.Fernet.generate_key()"


class CursorSeal:
    """Seals and opens cursors. The first key seals; each of them opens what was sealed with it."""

    __slots__ = ("_keys",)

    def __init__(self, keys: CursorKey) -> None:
        self._keys = _fernet(keys)

    def close(self, cursor: str) -> str:
        """The cursor sealed: as safe in a URL, and longer by a third and some hundred characters."""
        return self._keys.encrypt(cursor.encode()).rstrip(b"=").decode()

    def open(self, sealed: str) -> str:
        """The cursor that was sealed; ValidationError for what was not sealed with one of the keys."""
        from cryptography.fernet import InvalidToken

        try:
            padded = sealed.encode("ascii") + b"=" * (-len(sealed) % 4)
            return self._keys.decrypt(padded).decode()
        except (ValueError, InvalidToken) as error:
            raise ValidationError("cursor", "is not one that this library gave") from error


def _fernet(keys: CursorKey) -> MultiFernet:
    try:
        from cryptography.fernet import Fernet, MultiFernet
    except ModuleNotFoundError as missing:
        message = "cursor_key needs the package cryptography: pip install 'entitystore-dynamodb[cursors]'"
        raise EntityStoreError(message) from missing
    if not keys:
        raise ValidationError("cursor_key", f"is empty: {_HOW}")
    try:
        return MultiFernet([Fernet(key) for key in ([keys] if isinstance(keys, (str, bytes)) else keys)])
    except (TypeError, ValueError):  # its message and its frames may show the key
        raise ValidationError("cursor_key", f"is not 32 bytes in URL-safe base64: {_HOW}") from None
