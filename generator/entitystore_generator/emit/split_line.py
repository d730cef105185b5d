"""One line that is too long, laid out as black does it; for the few kinds of statements that generated code is made of.

    def find(self, *, id: str, …) -> User:          signature     arguments on one line of their own, or one to a line
    from entitystore.keys import a, b, …            import        one name to a line
    return KeySelection(partition, …)               call          the same
    if a is not None and b is not None and …:       condition     in parentheses, one operand to a line
    if not is_whole(item, Item, …):                 condition     as a call
    price: Annotated[Decimal, Field(…)] = None      field         at the annotation, or its value in parentheses
    notes: Annotated[list[…], …] | None = None      optional      the union in parentheses, one part to a line
    partition = f"ORDER#{created_at_text}#…"        text          in parentheses if it fits on a line of its own
    description="a long text",                      element       as it is
    "note": None if item.note is None else …        element       in parentheses, one branch to a line
    {name: f(each) for name, each in …}             element       one clause to a line

Rules of this file:
- A line is either laid out exactly as black would, or not at all: `NotSure` says that black has to be asked. What is
  not known to be of the kinds above is not sure. Tests hold each answer against black's own.
- black's terms: a line is split at a pair of brackets into head, body and tail; a body that is still too long is split
  at its delimiters, of which the comma comes first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category, east_asian_width

__all__ = ["WIDTH", "NotSure", "has_magic_comma", "split_line"]

WIDTH = 88

_TOKEN = re.compile(
    r"""
    [ ]*
    (?: (?P<string>[fb]?"(?:[^"\\]|\\[^"'])*"|[fb]?'(?:[^'\\]|\\[^'"])*')
    | (?P<name>[^\W\d]\w*)
    | (?P<comma>,)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<number>\d[\w.]*)
    | (?P<mark>\.(?!\.)|:=|:|=(?!=)|->|\.\.\.)
    | (?P<operator>\||[-+*/%<>=!&^@~]+)
    )""",
    re.VERBOSE,
)
_LOGIC = frozenset({"and", "or"})
# Words that are delimiters, or make one of what else is none, in ways that are not worked out here.
_DIFFICULT = frozenset({"if", "else", "for", "in", "is", "lambda", "not", "async", "yield"})
_KEYWORDS = _LOGIC | _DIFFICULT | {"return", "raise", "await"}
_BEFORE_ATOMS = frozenset({"return", "raise", "await", "if", "else"})
_PARENTHESIS = re.compile(r"[^\w)\]]\(")  # that is no call's
_SIGNATURE = re.compile(r"(?:async )?def \w+\(")
_PLAIN_SIGNATURE = re.compile(r"((?:async )?def \w+\()([\w\[\]., |:*=]+)(\)(?: -> [\w\[\]., |]+)?:(?: \.\.\.)?)")
_ARGUMENT = re.compile(r"(?:[^,\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])+")  # brackets in brackets, no deeper
_DELIMITING_WORD = re.compile(r"\b(?:lambda|if|else|for|and|or)\b")
_IMPORT = re.compile(r"from [\w.]+ import ")
_LEADING = re.compile(r"[\w.]+ = |\w+\[[^\]]*\] = |(?:return |raise )?(?:await )?")
_TO_NAME = re.compile(r"\w+ = |return ")
_STORED = re.compile(r"(\w+: [\w.]+\[[\w.\[\], ]+\] = )([\w.]+\(\))$")
_CONDITION = re.compile(r"if |elif ")
_CALL = re.compile(r"(?:not )?[\w.]+\(")
_MAGIC_COMMA = re.compile(r", ?[)\]}]")  # black keeps brackets with one open
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_ONE_TUPLE = re.compile(r"""\((?:\w+|"[^"]*"),\)""")
_UNION = re.compile(r"(\w+: TypeAlias = )(\w+(?: \| \w+){2,})$")
_RESULT = re.compile(r"(\) -> \w+\[)(\w+(?: \| \w+){2,})(\]:(?: \.\.\.)?)$")
_FIELD = re.compile(r"\w+: (?:Annotated|schema_?\.Nullable)\[")
_WHOLE = (["name", "=", "string"], ["string", ":", "string"], ["string"])
"""Elements in which there is nothing to split at, however long they are."""
_OPTIONAL = re.compile(r"(\w+: )(\w+\[.+\] \| None)( = None)?$")
_LABEL = re.compile(r"""\w+=|"(?:[^"\\]|\\[^"'])*": """)


class NotSure(Exception):
    """How black would lay this out was not worked out."""


class _Token(NamedTuple):
    """A token of a line: its kind, its text, where it starts, and how many brackets it stands in."""

    kind: str
    text: str
    start: int
    depth: int


def has_magic_comma(text: str) -> bool:
    """Whether a comma before a closing bracket keeps black from putting what is between brackets on one line.

    One within a text does not: `"[a-z]{2,}"`.
    """
    if "," not in text or _MAGIC_COMMA.search(text) is None:
        return False
    return _MAGIC_COMMA.search(_ONE_TUPLE.sub("()", _STRING.sub('""', text))) is not None


def split_line(line: str, *, inside: bool) -> list[str]:
    """The lines that black makes of a line that is too long; NotSure.

    `inside`: it stands in brackets that are open already, as one of their elements, and so ends in a comma.
    """
    return list(_split(line, inside))


@lru_cache(maxsize=8192)  # the same lines come again for each entity
def _split(line: str, inside: bool) -> tuple[str, ...]:
    text = line.lstrip(" ")
    if _PARENTHESIS.search(text):
        _refuse_parentheses(_tokens(text))
    return tuple(_transform(" " * (len(line) - len(text)), text, inside=inside))


def _transform(indent: str, text: str, *, inside: bool) -> list[str]:
    if _fits(indent, text):
        return [indent + text]
    if inside:
        return _split_element(indent, text)
    if _SIGNATURE.match(text):
        return _split_signature(indent, text)
    if _IMPORT.match(text):
        return _split_import(indent, text)
    if found := _CONDITION.match(text):
        return _split_condition(indent, text, found.group())
    if found := _OPTIONAL.match(text):
        return _split_optional(indent, *found.groups(""))
    if _FIELD.match(text):
        return _split_field(indent, text)
    if (found := _STORED.match(text)) and _fits(indent, f"{found.group(1)}("):
        return [f"{indent}{found.group(1)}(", f"{indent}    {found.group(2)}", f"{indent})"]
    if found := _UNION.match(text):
        start, union = found.groups()
        return [f"{indent}{start}(", *_union(indent + "    ", union), f"{indent})"]
    if text.startswith("class "):
        return _split_last_bracket(indent, text, _tokens(text), end=":")
    return _split_statement(indent, text)


def _fits(indent: str, text: str) -> bool:
    if not text.isascii() and not all(map(_is_one_column, text)):
        raise NotSure
    return len(indent) + len(text) <= WIDTH and not has_magic_comma(text)


@lru_cache(maxsize=1024)
def _is_one_column(character: str) -> bool:
    """Whether a character is neither wide nor without any width."""
    return east_asian_width(character) not in "WF" and category(character)[0] in "LNPSZ"


# ---------------------------------------------------------------------------------------------- kinds of lines


def _split_signature(indent: str, text: str) -> list[str]:
    if found := _PLAIN_SIGNATURE.fullmatch(text):
        head, body, tail = found.groups()
        arguments = _plain_arguments(body)
        if len(arguments) > 1:
            inner = indent + "    "
            lines = [inner + body] if _fits(inner, body) else _one_to_a_line(inner, arguments)
            return [indent + head, *lines, *_result(indent, tail)]
    return _split_any_signature(indent, text)


def _plain_arguments(body: str) -> list[str]:
    """The arguments where they are names, types and plain defaults, as nearly all are; none where tokens must tell."""
    arguments = _ARGUMENT.findall(body)
    is_plain = ",".join(arguments) == body and not _DELIMITING_WORD.search(body)
    return [argument.strip() for argument in arguments] if is_plain else []


def _one_to_a_line(indent: str, parts: list[str]) -> list[str]:
    return [line for part in parts for line in _transform(indent, f"{part},", inside=True)]


def _split_any_signature(indent: str, text: str) -> list[str]:
    tokens = _tokens(text)
    opening = next(place for place, token in enumerate(tokens) if token.kind == "open")
    closing = _closing(tokens, opening)
    inner = tokens[opening + 1 : closing]
    if not inner or any(token.text == "lambda" for token in inner):
        raise NotSure
    head, body, tail = _cut(text, tokens, opening, closing)
    if body.endswith(","):
        raise NotSure
    if not any(token.kind == "comma" and token.depth == 1 for token in inner):
        body += ","
        # With a default that has commas, or with a union within a line, the one argument may get none.
        kinds = {token.kind for token in inner}
        has_default = any(token.text == "=" for token in inner)
        is_union = "operator" in kinds and _fits(indent + "    ", body)
        if kinds & {"operator", "comma"} and (has_default or ("operator" in kinds and not is_union)):
            raise NotSure
    return [indent + head, *_body(indent + "    ", body, explode=False), *_result(indent, tail)]


def _result(indent: str, tail: str) -> list[str]:
    """The end of a signature. A union in brackets that is too long has a line of its own, or one for each part."""
    if _fits(indent, tail):
        return [indent + tail]
    found = _RESULT.match(tail)
    if found is None:
        raise NotSure
    start, union, end = found.groups()
    return [indent + start, *_union(indent + "    ", union), indent + end]


def _union(indent: str, union: str) -> list[str]:
    return _one_or_each(indent, union, union.replace(" | ", "\n| ").split("\n"))


def _split_import(indent: str, text: str) -> list[str]:
    head, _, names = text.partition(" import ")
    if not re.fullmatch(r"\w+(?: as \w+)?(?:, \w+(?: as \w+)?)*", names):
        raise NotSure
    lines = [f"{indent}    {name}," for name in names.split(", ")]
    if not all(_fits("", line) for line in (*lines, f"{indent}{head} import (")):
        raise NotSure
    return [f"{indent}{head} import (", *lines, f"{indent})"]


def _split_condition(indent: str, text: str, word: str) -> list[str]:
    """`and` or `or` alone, in parentheses: once only where no bracket begins or ends it, or where those of `not` do.

    A call alone, perhaps with `not`, is split at its arguments.
    """
    if not text.endswith(":"):
        raise NotSure
    start, body = word, text[len(word) : -1]
    if _CALL.match(body) and _is_one_call(body.removeprefix("not ")):
        return _split_last_bracket(indent, text, _tokens(text), end=":")
    least = 3 if body[0] in "([{" or body[-1] in ")]}" else 2
    if body.startswith("not ("):
        tokens = _tokens(body)
        if _closing(tokens, 1) != len(tokens) - 1:
            raise NotSure
        start, body, least = f"{word}not ", body[len("not (") : -1], 2
    operands = _operands(body)
    if len(operands) < least:
        raise NotSure
    return [f"{indent}{start}(", *_one_or_each(indent + "    ", body, operands), f"{indent}):"]


def _is_one_call(text: str) -> bool:
    tokens = _tokens(text)
    opening = next(place for place, token in enumerate(tokens) if token.kind == "open")
    return _closing(tokens, opening) == len(tokens) - 1


def _one_or_each(indent: str, whole: str, parts: list[str]) -> list[str]:
    """The whole on one line, or each part on one; NotSure if one of these is too long."""
    lines = [indent + whole] if _fits(indent, whole) else [indent + part for part in parts]
    if not all(_fits("", line) for line in lines):
        raise NotSure
    return lines


def _one_or_split(indent: str, whole: str, parts: list[str]) -> list[str]:
    """The whole on one line, or each part on one; those that are too long are split at their last brackets."""
    if _fits(indent, whole):
        return [indent + whole]
    return [line for part in parts for line in _part_or_split(indent, part)]


def _part_or_split(indent: str, part: str) -> list[str]:
    if _fits(indent, part):
        return [indent + part]
    tokens = _tokens(part)
    _refuse_delimiters(tokens[1:])
    return _split_last_bracket(indent, part, tokens)


def _operands(text: str) -> list[str]:
    """Operands of one logical operator, from the second on with the operator in front."""
    tokens = [token for token in _tokens(text) if token.depth == 0]
    if any(token.text in ("if", "else", "for", "lambda") or token.kind == "comma" for token in tokens):
        raise NotSure
    if len({token.text for token in tokens if token.text in _LOGIC}) != 1:
        raise NotSure
    return _cut_before(text, [token for token in tokens if token.text in _LOGIC])


def _cut_before(text: str, tokens: list[_Token]) -> list[str]:
    edges = [0, *(token.start for token in tokens), len(text)]
    return [text[start:end].strip() for start, end in pairwise(edges)]


def _split_field(indent: str, text: str) -> list[str]:
    """An annotation and a value. The value goes into parentheses if what is before it fits on one line with one."""
    tokens = _tokens(text)
    closing = _closing(tokens, next(place for place, token in enumerate(tokens) if token.kind == "open"))
    if closing == len(tokens) - 1:
        return _split_last_bracket(indent, text, tokens)
    value = tokens[closing + 2 :]
    if tokens[closing + 1].text != "=" or not value:
        raise NotSure
    _refuse_delimiters(value)
    if value[-1].kind == "close":
        opening = _opening(tokens, len(tokens) - 1)
        if opening > closing and _fits(indent, text[: tokens[opening].start + 1]):
            return _split_last_bracket(indent, text, tokens)
    start = value[0].start
    if _fits(indent, text[:start] + "("):
        return [indent + text[:start] + "(", *_one_or_each(indent + "    ", text[start:], [text[start:]]), f"{indent})"]
    if len(value) > 1:
        raise NotSure
    return _split_last_bracket(
        indent, text[: tokens[closing].start + 1], tokens[: closing + 1], end=f" = {text[start:]}"
    )


def _split_optional(indent: str, name: str, union: str, value: str) -> list[str]:
    """A union with None, in parentheses unless its value can be; a part that is too long is split at its bracket."""
    if value and _fits(indent, f"{name}{union} = ("):
        return [f"{indent}{name}{union} = (", f"{indent}    None", f"{indent})"]
    tokens = _tokens(union)
    outer = [token for token in tokens if token.depth == 0]
    if any(token.text == "=" or token.kind == "comma" for token in outer):
        raise NotSure
    parts = _cut_before(union, [token for token in outer if token.text == "|"])
    return [f"{indent}{name}(", *_one_or_split(indent + "    ", union, parts), f"{indent}){value}"]


def _split_statement(indent: str, text: str) -> list[str]:
    """A call, alone, returned, raised, awaited or assigned to a name; or a text, which nothing shortens."""
    leading = _LEADING.match(text)
    start = leading.end() if leading else 0
    tokens = _tokens(text)
    if (found := _TO_NAME.match(text)) and tokens[-1].kind == "string" and tokens[-1].start == found.end():
        inner = f"{indent}    {text[start:]}"
        return [f"{indent}{text[:start]}(", inner, f"{indent})"] if _fits("", inner) else [indent + text]
    value = [token for token in tokens if token.start >= start]
    _refuse_delimiters(value)
    opening = next((token for token in value if token.kind == "open"), None)
    if opening is not None and not _fits(indent, text[: opening.start + 1]):
        return _in_parentheses(indent, text, start, value)
    return _split_last_bracket(indent, text, tokens)


def _in_parentheses(indent: str, text: str, start: int, value: list[_Token]) -> list[str]:
    """A call whose name alone is too long, and that fits on a line of its own."""
    brackets = [token for token in value if token.depth == 0 and token.kind == "open"]
    leading = text[:start]
    if len(brackets) != 1 or value[-1].kind != "close" or not re.fullmatch(r"return |[\w.]+ = ", leading):
        raise NotSure
    if not _fits(indent + "    ", text[start:]):
        raise NotSure
    return [f"{indent}{leading}(", f"{indent}    {text[start:]}", f"{indent})"]


def _split_element(indent: str, text: str) -> list[str]:
    """An argument or an entry: at its commas if it has any, else at its last bracket. A text alone stays as it is."""
    tokens = _tokens(text)
    if tokens[-1].kind == "comma":
        tokens = tokens[:-1]
    if [token.text if token.kind == "mark" else token.kind for token in tokens] in _WHOLE:
        return [indent + text]
    outer = [token for token in tokens if token.depth == 0]
    words = {token.text for token in outer}
    if "lambda" in words:
        raise NotSure
    if "for" in words:
        return _split_comprehension(indent, text, outer)
    if any(token.kind == "comma" for token in outer):
        return _split_commas(indent, text.removesuffix(","), tokens)
    if "else" in words:
        return _split_choice(indent, text, outer)
    _refuse_delimiters(tokens)
    return _split_last_bracket(indent, text, tokens, end="," if text.endswith(",") else "")


def _split_comprehension(indent: str, text: str, outer: list[_Token]) -> list[str]:
    """What it makes, then a line for each `for` and `if`."""
    if text.endswith(",") or any(token.text in ("else", "async") for token in outer):
        raise NotSure
    parts = _cut_before(text, [token for token in outer if token.text in ("for", "if")])
    return _one_or_each(indent, text, parts)


def _split_choice(indent: str, text: str, outer: list[_Token]) -> list[str]:
    """`label=one if condition else other,`: the value in parentheses."""
    label = _LABEL.match(text)
    cuts = [token for token in outer if token.text in ("if", "else")]
    if label is None or not text.endswith(",") or [token.text for token in cuts] != ["if", "else"]:
        raise NotSure
    start = label.end()
    if text[start] == "(" or any(token.kind == "operator" for token in outer):
        raise NotSure
    value = text[start:-1]
    parts = _cut_before(value, [token._replace(start=token.start - start) for token in cuts])
    return [f"{indent}{label.group()}(", *_one_or_split(indent + "    ", value, parts), f"{indent}),"]


def _split_commas(indent: str, text: str, tokens: list[_Token]) -> list[str]:
    if tokens[-1].kind == "comma":
        tokens = tokens[:-1]
    cuts = [token.start for token in tokens if token.kind == "comma" and token.depth == 0]
    edges = [-1, *cuts, len(text)]
    parts = [text[start + 1 : end].strip() for start, end in pairwise(edges)]
    return _one_to_a_line(indent, parts)


# ------------------------------------------------------------------------------------------------- brackets


def _split_last_bracket(indent: str, text: str, tokens: list[_Token], *, end: str = "") -> list[str]:
    """Split at the bracket that closes last; `end` comes behind it and is no part of `tokens`."""
    if end == ":":
        tokens = tokens[:-1]
    if tokens[-1].kind != "close":
        raise NotSure
    closing = len(tokens) - 1
    opening = _opening(tokens, closing)
    if opening in (0, closing - 1):
        raise NotSure
    before = tokens[opening - 1]
    is_atom = before.kind not in ("name", "close", "string") or before.text in _BEFORE_ATOMS
    level = [token for token in tokens[opening + 1 : closing] if token.depth == tokens[opening].depth + 1]
    words = {token.text for token in level}
    if "lambda" in words and "," in words:
        raise NotSure
    head, body, _ = _cut(text, tokens, opening, closing)
    if not _fits(indent, head):
        raise NotSure
    explode = (is_atom and "," in words and "for" not in words) or body.endswith(",")
    tail = tokens[closing].text + end
    return [indent + head, *_body(indent + "    ", body, explode=explode), *_last(indent, tail)]


def _body(indent: str, body: str, *, explode: bool) -> list[str]:
    if not explode and _fits(indent, body):
        return [indent + body]
    return _split_element(indent, body)


def _last(indent: str, tail: str) -> list[str]:
    if not _fits(indent, tail):
        raise NotSure
    return [indent + tail]


def _cut(text: str, tokens: list[_Token], opening: int, closing: int) -> tuple[str, str, str]:
    start, end = tokens[opening].start, tokens[closing].start
    return text[: start + 1], text[start + 1 : end].strip(), text[end:]


def _closing(tokens: list[_Token], opening: int) -> int:
    depth = tokens[opening].depth
    return next(
        place
        for place in range(opening + 1, len(tokens))
        if tokens[place].kind == "close" and tokens[place].depth == depth
    )


def _opening(tokens: list[_Token], closing: int) -> int:
    depth = tokens[closing].depth
    return next(
        place for place in range(closing - 1, -1, -1) if tokens[place].kind == "open" and tokens[place].depth == depth
    )


# --------------------------------------------------------------------------------------------------- tokens


def _refuse_delimiters(tokens: list[_Token]) -> None:
    """Raise NotSure where something but brackets and commas separates parts, at the level that is to be split."""
    previous = None
    for token in tokens:
        if token.depth == 0:
            if token.kind in ("operator", "comma") or token.text in _LOGIC or token.text in _DIFFICULT:
                raise NotSure
            if previous is not None and previous.kind == "string" and token.kind == "string":
                raise NotSure
            if token.text == "." and previous is not None and previous.kind == "close":
                raise NotSure  # a chain of calls
        previous = token


def _refuse_parentheses(tokens: list[_Token]) -> None:
    """Raise NotSure for parentheses that black might remove, and for tuples of one element that is more than a name."""
    for place, token in enumerate(tokens):
        if token.text != "(" or place == 0 or tokens[place + 1].text == ")":
            continue
        before = tokens[place - 1]
        if before.kind in ("name", "close") and before.text not in _KEYWORDS:
            continue
        closing = _closing(tokens, place)
        commas = [each for each in tokens[place:closing] if each.kind == "comma" and each.depth == token.depth + 1]
        is_tuple = len(commas) > 1 or (
            len(commas) == 1 and (closing == place + 3 or tokens[closing - 1] is not commas[0])
        )
        if not is_tuple and not (place == 2 and before.text == "not" and closing == len(tokens) - 2):
            raise NotSure


@lru_cache(maxsize=512)
def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    depth = place = 0
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if found.start() != place or kind is None:
            break
        start, place = found.span(kind)
        if kind == "close":
            depth -= 1
        tokens.append(_Token(kind, text[start:place], start, depth))
        if kind == "open":
            depth += 1
    if text[place:].strip(" ") or depth or not tokens:
        raise NotSure
    return tokens
