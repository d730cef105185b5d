"""Whether generated text is Python: in parts, which together say what Python says of the whole."""

from __future__ import annotations

import pytest

from entitystore_generator.emit.parsing import fault_in

MANY = "\n\n\n".join(f"def function_{number}() -> None:\n    pass" for number in range(4000))
"""More than is read at once."""

WHOLE = [
    pytest.param("", id="nothing"),
    pytest.param(f"from __future__ import annotations\n\n\n{MANY}\n", id="many definitions"),
    pytest.param(f'{MANY}\n\n\nX = """a\n\n\nb"""\n\n\n{MANY}\n', id="two blank lines in a text"),
    pytest.param(f'{MANY}\n\n\nX = """a\n\n\n{MANY}\n\n\nb"""\n', id="a text longer than a part"),
    pytest.param(f"{MANY}\n\n\nX = (\n\n\n{MANY.partition('def')[0]}1\n)\n", id="two blank lines in brackets"),
]
FAULTS = [
    pytest.param(f"{MANY}\n\n\nX = (\n", f"line {4000 * 4 + 1}: '(' was never closed", id="open bracket"),
    pytest.param(f'{MANY}\n\n\nX = """a\n', f"line {4000 * 4 + 1}: unterminated triple-quoted string", id="open text"),
    pytest.param(f'X = """a\n\n\n{MANY}\n', "line 1: unterminated triple-quoted string", id="open text above all"),
    pytest.param(f"{MANY}\n\n\n  X = 1\n", f"line {4000 * 4 + 1}: unindent does not match", id="indented"),
    pytest.param(f"X = 1 \\\n\n\n{MANY}\n    Y = 2\n\n\nZ = \\", "line", id="continued"),
    pytest.param(f"{MANY}\n\n\ndef f(a, a): ...\n", "line", id="an argument twice"),
    pytest.param(f"{MANY}\n\n\nX = '\\d'\n", "line", id="an escape that does not exist"),
    pytest.param(f"{MANY}\n\n\nX = '\0'\n", "", id="a null character"),
]


@pytest.mark.parametrize("text", WHOLE)
def test_what_is_python_has_no_fault(text: str) -> None:
    compile(text, "text", "exec", dont_inherit=True)
    assert fault_in(text) == ""


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_a_fault_is_found_in_whichever_part_it_is(text: str, fault: str) -> None:
    found = fault_in(text)
    assert found
    assert found.startswith(fault)
