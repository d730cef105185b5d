"""Where in a TOML file a key stands. tomllib gives values without positions.

This reads lines, not TOML: a header inside a multi-line string would mislead it. What it gives is shown to a person
beside the message and decides nothing.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]""")


def find_line(text: str, table: str, number: int = 0, key: str = "") -> int:
    """The line, from 1, of `key` in the `number`th (from 0) table of that name.

    Without the key, or where it is not found, the table's header line; 0 where there is not even that.
    """
    header, seen, inside = 0, -1, False
    for line_number, line in enumerate(text.splitlines(), 1):
        heading = _HEADER.match(line)
        if heading:
            named = re.sub(r"[\s\"']", "", heading[2]) == table
            seen += named
            inside = named and seen == number
            header = line_number if inside else header
        elif inside and key and _key_of(line) == key:
            return line_number
    return header


def _key_of(line: str) -> str | None:
    match = _KEY.match(line)
    return next((part for part in match.groups() if part is not None), None) if match else None
