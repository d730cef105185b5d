"""Patterns whose repeats read a text in two ways, and those that look like them and do not."""

from __future__ import annotations

import pytest

from entitystore_generator.patterns import fault_of, read_twice


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^(a+)+$", "a"),
        (r"^(a*)*$", "a"),
        (r"^(a|a)*$", "aa"),
        (r"^(a|aa)+$", "aaa"),
        (r"(?:a|b|ab)*c", "aba"),
        (r"^(?:a?b?|c)*d", "b"),
        (r"^((a?|b?)c)*$", "c"),
        (r"^(\w|\d)+$", "1a"),
        (r"^(\s*[a-z]+\s*)+$", "a"),
        (r"^(.*,)*x$", ",a"),
        (r"^(?:[a-z]{1,5})+$", "aa"),
        (r"^([a-z0-9]{0,62}){1,30}$", "a"),
        (r"^(?:.*a){11}$", "aa"),
        (r"^(?:[a-z0-9]+-?)*$", "a"),
        (r"^\w+([.-]?\w+)*@\w+([.-]?\w+)*(\.\w{2,3})+$", "a"),
        (r"^(([a-z])+.)+[A-Z]([a-z])+$", "aa"),
        (r"(?=(a+)+$)b", "a"),
        (r"^x(?!(?:a|a)*b)", "aa"),
        (r"^([à-ÿ]+)+$", "à"),
    ],
)
def test_exponential(pattern: str, text: str) -> None:
    assert read_twice(pattern) == text


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[a-z]+$",
        r"^(a|b)*$",
        r"^[a-z0-9]+(?:-[a-z0-9]+)*$",
        r"^(?:[a-z]+,)*[a-z]+$",
        r"^(?:[^,]+,)*[^,]*$",
        r"^([0-9a-f]{2}:?)+$",
        r"^([0-9a-f]{32},?)+$",
        r"^(?:[A-Z]{2,4}[0-9]{2,4})+$",
        r"^([0-9]{1,3}){1,5}$",
        r"^(?:\d{1,3}\.){3}\d{1,3}$",
        r"^(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)$",
        r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$",
        r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$",
        r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        r"^P(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$",
        r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$",
        r"^\s*(.*)\s*$",
        r"^(a+)+",
        r"^(?:a+b?)+",
        r"^(?:)*$",
        r"^([]*)*$",
        r"^(?:[a-z]{9}){9}(?:[a-z]{9}){9}$",
        "|".join(f"word{number}" for number in range(1000)),
        f"^(?:{'|'.join(f'word{number}' for number in range(1000))})*$",
        f"^(?:{'a?' * 500})*$",
    ],
)
def test_not_exponential_or_too_large_to_tell(pattern: str) -> None:
    assert fault_of(pattern) is None
    assert read_twice(pattern) is None
