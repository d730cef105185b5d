"""Whether generated text is Python: by its definitions, which together say what Python says of the whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entitystore_generator.emit.alike import with_marks
from entitystore_generator.emit.parsing import fault_in
from tests.golden.cases import good_cases

MANY = "\n\n\n".join(f"def function_{number}() -> None:\n    pass" for number in range(2000))
"""More than is read at once."""

WHOLE = [
    pytest.param("", id="nothing"),
    pytest.param(f"from __future__ import annotations\n\n\n{MANY}\n", id="many definitions"),
    pytest.param(f'{MANY}\n\n\nX = """a\n\n\nb"""\n\n\n{MANY}\n', id="two blank lines in a text"),
    pytest.param(f'{MANY}\n\n\nX = """a\n\n\n{MANY}\n\n\nb"""\n', id="a text longer than a part"),
    pytest.param(f"{MANY}\n\n\nX = (\n\n\n{MANY.partition('def')[0]}1\n)\n", id="two blank lines in brackets"),
]
FAULTS = [
    pytest.param(f"{MANY}\n\n\nX = (\n", f"line {2000 * 4 + 1}: '(' was never closed", id="open bracket"),
    pytest.param(f'{MANY}\n\n\nX = """a\n', f"line {2000 * 4 + 1}: unterminated triple-quoted string", id="open text"),
    pytest.param(f'X = """a\n\n\n{MANY}\n', "line 1: unterminated triple-quoted string", id="open text above all"),
    pytest.param(f"{MANY}\n\n\n  X = 1\n", f"line {2000 * 4 + 1}: unindent does not match", id="indented"),
    pytest.param(f"X = 1 \\\n\n\n{MANY}\n    Y = 2\n\n\nZ = \\", "line", id="continued"),
    pytest.param(f"{MANY}\n\n\ndef f(a, a): ...\n", "line", id="an argument twice"),
    pytest.param(f"{MANY}\n\n\nX = '\\d'\n", "line", id="an escape that does not exist"),
    pytest.param(f"{MANY}\n\n\nX = '\0'\n", "", id="a null character"),
    pytest.param("X = '\ud800'\n", "", id="half a character"),
]


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_python_has_no_fault(text: str) -> None:
    compile(text, "text", "exec", dont_inherit=True)
    assert fault_in(text, set()) == ""


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_a_fault_is_found_in_whichever_part_it_is(text: str, fault: str) -> None:
    found = fault_in(text, set())
    assert found
    assert found.startswith(fault)


# ------------------------------------------------------------------------------- definitions that are alike

STORE = next(path for case in good_cases() if case.name == "storefront" for path in case.package.rglob("user_store.py"))
USER = Path(STORE).read_text(encoding="utf-8")


def named(name: str, text: str = USER) -> str:
    """The module of users as it is for another entity of the same keys, of one word."""
    renamed = re.sub("User(?!name)", name, text)
    return re.sub("(?<![A-Za-z])user(?=_store|_from|\\b)", name.lower(), renamed)


def is_python(text: str) -> bool:
    try:
        compile(text, "text", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def test_of_two_modules_that_differ_in_a_name_one_is_compiled() -> None:
    known: set[bytes] = set()
    assert fault_in(named("Parcel"), known) == ""
    before = len(known)
    assert before > 10
    assert fault_in(named("Ticket"), known) == ""
    assert len(known) == before


@pytest.mark.parametrize("name", ["If", "Turn", "Eac", "As", "Fr", "Zo\u00eb", "E10", "Face"])
def test_names_that_could_be_more_than_names_do_not_count(name: str) -> None:
    module = named(name)
    assert with_marks(module) == module


def test_names_behind_a_backslash_do_not_count() -> None:
    module = named("Ticket") + "X = '\\ticket'\n"
    assert with_marks(module) == module


def test_what_does_not_compile_is_not_known() -> None:
    """Two halves of a text that holds two blank lines: neither is Python alone."""
    known: set[bytes] = set()
    assert fault_in('X = """a\n\n\nb"""\n', known) == ""
    assert fault_in('b"""\n', known).startswith("line 1")
    assert fault_in('X = """a\n', known).startswith("line 1")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(USER) - 1),
    st.integers(0, 3),
    st.sampled_from(["", "(", '"', "'", "\\", "\n", " ", "parcel", "\0", ":"]),
)
def test_a_fault_in_one_of_two_alike_is_found(place: int, length: int, instead: str) -> None:
    known: set[bytes] = set()
    assert fault_in(named("Parcel"), known) == ""
    ticket = named("Ticket")
    broken = ticket[:place] + instead + ticket[place + length :]
    if fault_in(broken, known) == "":
        assert is_python(broken)
