"""What a plain (unquoted) scalar is.

Rules of this file:
- The core schema of YAML 1.2 (section 10.3.2) decides, which is JSON's reading where the text is JSON.
- Where YAML 1.1 (as PyYAML, Ruby, Go's yaml.v2 and most OpenAPI tools read it) differs, the scalar is a surprise.
"""

from __future__ import annotations

import re

from entitystore_generator.spec.nodes import Kind

__all__ = ["plain_kind"]

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
_OLD_BOOLEANS = {
    spelling: value
    for words, value in ((("yes", "on"), "true"), (("no", "off"), "false"))
    for word in words
    for spelling in (word, word.capitalize(), word.upper())
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SURPRISES = (
    (re.compile(r"[-+]?0[0-7_]+"), "an octal number"),
    (re.compile(r"[-+]?0[0-9]+"), "a number, others as a text"),
    (re.compile(r"0o[0-7]+"), "a text, YAML 1.2 as an octal number"),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), "a hexadecimal number"),
    (re.compile(r"[-+]?0b[01_]+"), "a binary number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number with base 60"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+][0-9]+)?"), "a number without the underscores"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date"),
    (
        re.compile(
            r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
            r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
        ),
        "a point in time",
    ),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)"), "infinity"),
    (re.compile(r"\.(?:nan|NaN|NAN)"), "no number"),
    (re.compile(r"="), "a default value"),
)
_MAY_SURPRISE = frozenset("+-.=0123456789")


def plain_kind(text: str) -> tuple[Kind, str]:
    """The kind of a plain scalar, and how YAML 1.1 reads it if that is a surprise (else "")."""
    if text in _NULLS:
        return "null", ""
    if text[0] not in _MAY_SURPRISE:
        if text in _BOOLEANS:
            return "boolean", ""
        old = _OLD_BOOLEANS.get(text)
        return ("string", "") if old is None else ("surprise", old)
    if _INTEGER.fullmatch(text):
        return "integer", ""
    for pattern, reading in _SURPRISES:
        if pattern.fullmatch(text):
            return "surprise", reading
    return ("number" if _NUMBER.fullmatch(text) else "string"), ""
