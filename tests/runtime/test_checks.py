"""Checks of formats: what everybody would call a mistake is one, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitystore import checks

EMAILS = [
    ("a@b.c", True),
    ("ada.lovelace+tag@example.co.uk", True),
    ("zoë@münchen.de", True),
    ("a@localhost", True),
    ("a@[127.0.0.1]", True),
    ("o'neil@example.com", True),
    ("", False),
    ("a", False),
    ("@b.c", False),
    ("a@", False),
    ("a b@c.d", False),
    ("a@@c.d", False),
    (".a@c.d", False),
    ("a..b@c.d", False),
    ("a@c..d", False),
    ("a@-c.d", False),
    ("a@c.d\n", False),
    ("a@" + "b" * 253, False),
]
URIS = [
    ("https://example.com/a?b=c#d", True),
    ("urn:isbn:0451450523", True),
    ("mailto:a@b.c", True),
    ("example.com", False),
    ("//example.com/a", False),
    ("http://a b", False),
    ("http://a\n", False),
    ("1http://a", False),
    ("", False),
]
IPV4S = [("127.0.0.1", True), ("256.0.0.1", False), ("1.2.3", False), ("01.2.3.4", False), ("::1", False), ("", False)]
IPV6S = [("::1", True), ("2001:db8::8a2e:370:7334", True), ("1.2.3.4", False), ("::g", False), ("", False)]


@pytest.mark.parametrize(
    ("is_one", "give", "text", "valid"),
    [(checks.is_email, checks.email, *case) for case in EMAILS]
    + [(checks.is_uri, checks.uri, *case) for case in URIS]
    + [(checks.is_ipv4, checks.ipv4, *case) for case in IPV4S]
    + [(checks.is_ipv6, checks.ipv6, *case) for case in IPV6S],
)
def test_formats(is_one: Callable[[str], bool], give: Callable[[str], str], text: str, valid: bool) -> None:
    assert is_one(text) is valid
    if valid:
        assert give(text) == text
        return
    with pytest.raises(ValueError, match=r"^is no ") as caught:
        give(text)
    assert len(text) < 2 or text not in str(caught.value)


@given(st.emails())
def test_addresses_by_the_letter_of_the_standard_are_admitted(text: str) -> None:
    assert checks.is_email(text)


@pytest.mark.parametrize("text", ["a" * 100_000, "a." * 50_000, "a@" + "b." * 100_000])
def test_a_long_text_takes_no_long_time(text: str) -> None:
    assert not checks.is_email(text)
    assert not checks.is_uri(text)


@given(st.lists(st.integers(0, 5) | st.lists(st.integers(0, 2))))
def test_duplicates(items: list[object]) -> None:
    expected = any(one == other for place, one in enumerate(items) for other in items[:place])
    assert checks.has_duplicates(items) is expected
    if expected:
        with pytest.raises(ValueError, match="twice"):
            checks.unique(items)
    else:
        assert checks.unique(items) is items


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        (Decimal("0.3"), "0.1", True),
        (0.3, "0.1", True),
        (0.35, "0.1", False),
        (Decimal("1E+125"), "0.01", True),
        (Decimal("1." + "1" * 37), "0.1", False),
        (1e300, "0.1", True),
        (Decimal("1E-130"), "1E+20", False),
        (Decimal("NaN"), "1", False),
        (Decimal("sNaN"), "1", False),
        (float("inf"), "1", False),
        (0, "7", True),
    ],
)
def test_multiples(value: Decimal | float, step: str, expected: bool) -> None:
    assert checks.is_multiple(value, Decimal(step)) is expected
    check = checks.multiple_of(Decimal(step))
    if expected:
        assert check(Decimal(str(value))) == Decimal(str(value))
        return
    with pytest.raises(ValueError, match="is not a multiple"):
        check(Decimal(str(value)))
