"""The formats of strings that `entitystore.checks` checks, as sets of texts.

Rules of this file:
- As large as what the check takes, or larger: that an address has at most 254 characters is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from entitystore_generator.proofs.numbers import decimal_texts
from entitystore_generator.regular import Chars, Choice, Repeat, Sequence, Texts, Word, all_but, chars

__all__ = ["FORMATS"]

_SPACES = (
    *((9, 13), (28, 32), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),
)
"""What `\\s` is to Python's `re`."""


def _none_of(characters: str) -> Chars:
    return all_but(chars((*((ord(each), ord(each)) for each in characters), *_SPACES)))


def _in_order(*parts: Texts | str) -> Texts:
    return Sequence(tuple(Word(part) if isinstance(part, str) else part for part in parts))


def _some(inner: Texts) -> Texts:
    return Repeat(inner, 1, None)


def _any_number(inner: Texts) -> Texts:
    return Repeat(inner, 0, None)


_LETTERS = ((65, 90), (97, 122))
_DIGITS = ((48, 57),)
_HEX = ((48, 57), (65, 70), (97, 102))
_ATOM = _some(_none_of('@"(),:;<>[]\\.'))
_EDGE, _INSIDE = _none_of("@[].,-"), _none_of("@[].,")
_LABEL = _in_order(_EDGE, Repeat(_in_order(_any_number(_INSIDE), _EDGE), 0, 1))
_DOMAIN = _in_order(_LABEL, _any_number(_in_order(".", _LABEL)))
_ADDRESS = _in_order("[", _some(chars((*_HEX, (58, 58), (46, 46)))), "]")
_OCTET = decimal_texts(0, 255)

FORMATS: Mapping[str, Texts] = {
    "email": _in_order(_ATOM, _any_number(_in_order(".", _ATOM)), "@", Choice((_DOMAIN, _ADDRESS))),
    "uri": _in_order(
        chars(_LETTERS),
        _any_number(chars((*_LETTERS, *_DIGITS, (43, 43), (45, 46)))),
        ":",
        _any_number(_none_of('<>"{}|\\^`')),
    ),
    "ipv4": _in_order(_OCTET, ".", _OCTET, ".", _OCTET, ".", _OCTET),
    "ipv6": _in_order(
        Repeat(chars((*_HEX, (58, 58), (46, 46))), 2, 45),
        Repeat(_in_order("%", _some(all_but(chars(((37, 37), (47, 47)))))), 0, 1),
    ),
}
