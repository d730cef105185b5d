"""Classes of characters over all of Unicode: Python's spelling, the value, and a JavaScript engine say the same."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable

import pytest

from entitystore_generator import regular
from entitystore_generator.patterns import texts_of, to_python
from tests.generator.patterns.test_agreement import needs_node

ALL = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
"""Every character that a text can hold: 1,112,064 of them; the other 2,048 code points are surrogates."""

CLASSES = [
    *(r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", ".", "[^]", "[]", "a", "é", "😀", r"\u{10ffff}", r"\0", r"\cM"),
    *("[a-z]", "[A-Za-z]", "[^a-z]", r"[\d\s]", r"[^\s\d]", r"[\D\d]", r"[\S]", r"[^\S]", r"[\W_]", r"[^\W_]"),
    *(
        r"[\s\S]",
        r"[^\s\S]",
        "[K-k]",
        "[^K]",
        r"[\u212a]",
        "[à-ÿ]",
        "[\u0131]",
        r"[\ud800-\udfff]",
        r"[^\ud800-\udfff]",
    ),
    *(r"[\u0020-\ud7ff\ue000-\ufffd]", r"[\u0020-\uffff]", r"[ -\uffff]", r"[\u{10000}-\u{10ffff}]", "[😀-😏]"),
    *(r"[\ud83d\ude00-\ud83d\ude4f]", r"[\n\r\u2028\u2029]", r"[^\n\r\u2028\u2029]", r"[\b\t-\r]", "[--/]", "[^-]"),
]


Places = list[tuple[int, int]]
"""First and last place in ALL."""


def places(ranges: Iterable[tuple[int, int]]) -> Places:
    """Of ranges of code points."""
    found: Places = []
    for low, high in ranges:
        first, last = (code if code < 0xD800 else code - 0x800 for code in (low, high))
        if found and found[-1][1] == first - 1:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def by_python(pattern: str) -> Places:
    runs = re.finditer(to_python(f"(?:{pattern})+") or "", ALL)
    return [(run.start(), run.end() - 1) for run in runs]


def by_value(pattern: str) -> Places:
    """Of the value of the whole text, which is one character."""
    match texts_of(f"^{pattern}$"):
        case regular.Chars(ranges=ranges):
            return places(ranges)
        case regular.Word(text=text):
            return places([(ord(text), ord(text))])
        case value:
            assert value == regular.NOTHING
            return []


def by_node() -> dict[str, Places]:
    script = """
    const all = String.fromCodePoint.bind(String);
    let text = "";
    for (let code = 0; code < 0x110000; code++) if (code < 0xd800 || code >= 0xe000) text += all(code);
    const found = {};
    for (const pattern of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
      found[pattern] = [];
      for (const run of text.matchAll(new RegExp("(?:" + pattern + ")+", "gu"))) {
        const end = run[0].charCodeAt(run[0].length - 1) >= 0xdc00 && run[0].charCodeAt(run[0].length - 1) < 0xe000;
        found[pattern].push([run[0].codePointAt(0), run[0].codePointAt(run[0].length - (end ? 2 : 1))]);
      }
    }
    process.stdout.write(JSON.stringify(found));
    """
    result = subprocess.run(
        ["node", "-e", script], input=json.dumps(CLASSES), capture_output=True, text=True, check=True
    )
    answers: dict[str, Places] = json.loads(result.stdout)
    return {pattern: places(runs) for pattern, runs in answers.items()}


@pytest.mark.parametrize("pattern", CLASSES)
def test_a_class(pattern: str) -> None:
    assert by_value(pattern) == by_python(pattern)


@needs_node
def test_classes_in_a_javascript_engine() -> None:
    assert {pattern: by_python(pattern) for pattern in CLASSES} == by_node()


def test_words_end_at_every_character_that_is_none() -> None:
    """`\\b` between a letter and each character, and `\\B` between it and what `\\w` has."""
    pairs = "".join(f"a{character}" for character in ALL)
    for pattern, characters in ((r"(?:a\b[^])+", r"\W"), (r"(?:a\B[^])+", r"\w")):
        runs = re.finditer(to_python(pattern) or "", pairs)
        assert [(run.start() // 2, run.end() // 2 - 1) for run in runs] == by_value(characters)
