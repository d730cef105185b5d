"""The words of a condition: its paths, its placeholders, and which value is compared with which path.

    "size(tags) > :n AND expires > :now"   ->   paths (tags), (expires); :now is compared with (expires)

Rules of this file:
- Only the words are read. Whether they make a sentence is for the service to say.
- A word before a parenthesis is a function, and there are six of them; DynamoDB spells them in lower case alone.
- AND, OR, NOT, BETWEEN and IN are operators in any case, but for a name behind a dot.
- A text is read once: programs have few of them and use them often.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache, lru_cache

from msgspec import Struct

from entitystore.errors import ValidationError

__all__ = ["ConditionText", "Path", "Use", "read_condition"]

Path = tuple[str, ...]
"""The steps to a stored value: a name, a placeholder of one (`#n`), or the place in a list (`[0]`)."""

_OPERATORS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
_FUNCTIONS = ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size")
_COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})


class Use(Struct, frozen=True):
    """A value that is compared with a path. `word` is its place among the words, `is_equality` of =, <> and IN."""

    value: str
    word: int
    path: Path
    is_equality: bool


class ConditionText(Struct, frozen=True):
    """A text as it was read. `words`, joined, are the text to send; `placeholders` are those that the caller gives."""

    words: tuple[str, ...]
    aliases: dict[str, str]
    paths: frozenset[Path]
    uses: tuple[Use, ...]
    placeholders: frozenset[str]


class _Item(Struct, frozen=True):
    """A part of the sentence: a path, a placeholder of a value, an operator, a function or a sign."""

    text: str
    word: int
    path: Path = ()

    @property
    def is_value(self) -> bool:
        return self.text.startswith(":")


class _Word(Struct, frozen=True):
    kind: str
    text: str
    place: int


@lru_cache(maxsize=512)
def read_condition(text: str) -> ConditionText:
    """Read a condition; ValidationError for what cannot be one."""
    words = list(_words(text))
    reader = _Reader([each for each in words if each.kind != "space"])
    items = reader.items()
    sent = tuple(reader.sent.get(each.place, each.text) for each in words)
    return ConditionText(
        sent,
        {alias: name for name, alias in reader.aliases.items()},
        frozenset(item.path for item in items if item.path),
        tuple(_uses(items)),
        frozenset(each.text for each in words if each.kind in ("value", "alias")),
    )


@cache
def _pattern() -> re.Pattern[str]:
    """One word of a condition."""
    return re.compile(
        r"""(?P<space>\s+)
          | (?P<value>:[A-Za-z0-9_]+)
          | (?P<alias>\#[A-Za-z0-9_]+)
          | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
          | (?P<index>\[[0-9]+\])
          | (?P<sign><>|<=|>=|[=<>(),.])
        """,
        re.VERBOSE,
    )


def _words(text: str) -> Iterator[_Word]:
    if not text.strip():
        raise ValidationError("condition", "is empty")
    position = 0
    match = _pattern().match
    for place in range(len(text)):
        found = match(text, position)
        if found is None:
            raise ValidationError(
                "condition",
                f"has something at character {position + 1} that is no name, operator or placeholder;"
                " write values as :name and pass them in values=, other names as #name and pass them in names=",
            )
        yield _Word(found.lastgroup or "", found.group(), place)
        position = found.end()
        if position == len(text):
            return


class _Reader(Struct):
    """Reads words to items. `aliases` are given to names as they come; `sent` is what replaces a word."""

    words: list[_Word]
    at: int = 0
    aliases: dict[str, str] = {}
    sent: dict[int, str] = {}

    def items(self) -> list[_Item]:
        found: list[_Item] = []
        while self.at < len(self.words):
            word = self.words[self.at]
            if word.kind == "alias" or (word.kind == "name" and self._is_name(word)):
                found.append(_Item("", word.place, self._path()))
                continue
            if word.kind == "value":
                self.sent[word.place] = f":u{word.text[1:]}"
            found.append(_Item(word.text, word.place))
            self.at += 1
        return found

    def _is_name(self, word: _Word) -> bool:
        is_called = self._next() == "("
        if word.text.upper() in _OPERATORS or (is_called and word.text in _FUNCTIONS):
            return False
        if is_called:
            near = difflib.get_close_matches(word.text.lower(), _FUNCTIONS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(_FUNCTIONS)}"
            raise ValidationError("condition", f"has no function {word.text}{hint}")
        return True

    def _next(self) -> str:
        return self.words[self.at + 1].text if self.at + 1 < len(self.words) else ""

    def _path(self) -> Path:
        steps = [self._step()]
        while self.at < len(self.words):
            word = self.words[self.at]
            if word.kind == "index":
                steps.append(word.text)
                self.at += 1
            elif word.text == "." and self._follows("name", "alias"):
                self.at += 1
                steps.append(self._step())
            else:
                break
        return tuple(steps)

    def _follows(self, *kinds: str) -> bool:
        return self.at + 1 < len(self.words) and self.words[self.at + 1].kind in kinds

    def _step(self) -> str:
        word = self.words[self.at]
        self.at += 1
        is_given = word.kind == "alias"
        alias = f"#u{word.text[1:]}" if is_given else self.aliases.setdefault(word.text, f"#c{len(self.aliases)}")
        self.sent[word.place] = alias
        return word.text


def _uses(items: list[_Item]) -> Iterator[Use]:
    """The values that stand beside a path: `path < :v`, `:v < path`, BETWEEN and IN."""
    for place, item in enumerate(items):
        subject, rest = items[max(place - 1, 0)], items[place + 1 :]
        operator = item.text.upper()
        if operator in _COMPARATORS:
            yield from _pairs(subject, rest[:1], is_equality=operator in ("=", "<>"))
        elif operator == "BETWEEN":
            yield from _pairs(subject, rest[0:3:2], is_equality=False)
        elif operator == "IN":
            listed = [each.text for each in rest]
            yield from _pairs(subject, rest[: listed.index(")") if ")" in listed else 0], is_equality=True)


def _pairs(subject: _Item, others: list[_Item], *, is_equality: bool) -> Iterator[Use]:
    for other in others:
        value, path = (subject, other.path) if subject.is_value else (other, subject.path)
        if value.is_value and path:
            yield Use(value.text, value.word, path, is_equality)
