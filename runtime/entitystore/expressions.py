"""A caller's condition, as text, made safe to send.

    "attribute_exists(PK) AND status = :open"   ->   "attribute_exists(#c0) AND #c1 = :uopen"

Rules of this file:
- Every attribute name becomes an alias, so that reserved words (`status`, `name`, …) work as names.
- Values are bound, never written into the text: a condition that holds a literal is refused.
- The caller's placeholders get a `u` in front (`:open` is sent as `:uopen`), which none of the library's own begins
  with: a key condition's `:a` and a filter's `:a` meet in one request.
- Placeholders that are used must be given, and those given must be used; DynamoDB insists on both.
- Only the words are read here. Whether they make a sentence is for the service to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from msgspec import Struct, field

from entitystore.errors import ValidationError
from entitystore.values import AttributeValue, to_document

__all__ = ["Expression", "parse_condition"]


@cache
def _token() -> re.Pattern[str]:
    """One word of a condition. Compiled at first use: that takes a good part of a millisecond."""
    return re.compile(
        r"""(?P<space>\s+)
          | (?P<value>:[A-Za-z0-9_]+)
          | (?P<alias>\#[A-Za-z0-9_]+)
          | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
          | (?P<index>\[[0-9]+\])
          | (?P<sign><>|<=|>=|[=<>(),.])
        """,
        re.VERBOSE,
    )


_OPERATORS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
_FUNCTIONS = frozenset(
    {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"}
)


class Expression(Struct, frozen=True):
    """A condition with its aliases and bound values, as a request carries them."""

    text: str
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, AttributeValue] = field(default_factory=dict)

    @property
    def attributes(self) -> list[str]:
        """The attributes of an item that it looks at, without those inside of them; sorted."""
        found = set()
        for before, after in pairwise(self.text.split("#")):
            if not before.rstrip().endswith("."):
                found.add(self.names["#" + after[: _word_length(after)]])
        return sorted(found)


def _word_length(text: str) -> int:
    """How many characters of a placeholder's name the text begins with."""
    return next((place for place, each in enumerate(text) if not (each.isalnum() or each == "_")), len(text))


def parse_condition(
    text: str,
    values: Mapping[str, object] | None = None,
    names: Mapping[str, str] | None = None,
) -> Expression:
    """Alias every name in `text`; bind `values` (with or without their `:`) and `names` (likewise `#`).

    ValidationError for what is no condition, and for placeholders that are missing or unused.
    """
    given_values = {_prefixed(":", key): value for key, value in (values or {}).items()}
    given_names = {_prefixed("#", key): name for key, name in (names or {}).items()}
    aliases: dict[str, str] = {}
    used: set[str] = set()
    words = [_rewrite(kind, word, follows, aliases, used) for kind, word, follows in _tokens(text)]
    _check_placeholders(used, {*given_values, *given_names})
    return Expression(
        "".join(words),
        {alias: name for name, alias in aliases.items()} | {_sent(key): name for key, name in given_names.items()},
        {_sent(key): to_document(value, f"condition value {key}") for key, value in given_values.items()},
    )


def _prefixed(mark: str, key: str) -> str:
    return key if key.startswith(mark) else mark + key


def _sent(placeholder: str) -> str:
    return f"{placeholder[0]}u{placeholder[1:]}"


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, text and the character that follows, of each word."""
    match = _token().match
    position = 0
    while position < len(text):
        found = match(text, position)
        if found is None:
            raise ValidationError(
                "condition",
                f"has something at character {position + 1} that is no name, operator or placeholder;"
                " write values as :name and pass them in values=",
            )
        position = found.end()
        yield found.lastgroup or "", found.group(), text[position:].lstrip()[:1]
    if not text.strip():
        raise ValidationError("condition", "is empty")


def _rewrite(kind: str, word: str, follows: str, aliases: dict[str, str], used: set[str]) -> str:
    if kind in ("value", "alias"):
        used.add(word)
        return _sent(word)
    if kind != "word" or word.upper() in _OPERATORS or (word in _FUNCTIONS and follows == "("):
        return word
    return aliases.setdefault(word, f"#c{len(aliases)}")


def _check_placeholders(used: set[str], given: set[str]) -> None:
    if missing := sorted(used - given):
        raise ValidationError("condition", f"uses {', '.join(missing)} without a value for it")
    if unused := sorted(given - used):
        raise ValidationError("condition", f"does not use {', '.join(unused)}, which DynamoDB refuses")
