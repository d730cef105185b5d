"""Notes of a Swagger 2.0 document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from swagger_two_store import Language, Note, NotesTable, Text

from entitystore import gt

Item = dict[str, dict[str, object]]

NOTE = Note(author="ada", at=datetime(2026, 3, 1, tzinfo=UTC), text=Text(body="G"), labels=[], parent=None)
REPLY = Note(
    author="ada", at=datetime(2026, 3, 2, tzinfo=UTC), text=Text(body="Nee", language=Language.NL), parent="n1"
)

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Note",
        NOTE,
        {
            "PK": {"S": "AUTHOR#ada"},
            "SK": {"S": "NOTE#2026-03-01T00:00:00.000000Z"},
            "EntityType": {"S": "Note"},
            "author": {"S": "ada"},
            "at": {"S": "2026-03-01T00:00:00.000000Z"},
            "text": {"M": {"body": {"S": "G"}, "language": {"S": "en"}}},
            "labels": {"L": []},
        },
    ),
    (
        "Note",
        REPLY,
        {
            "PK": {"S": "AUTHOR#ada"},
            "SK": {"S": "NOTE#2026-03-02T00:00:00.000000Z"},
            "EntityType": {"S": "Note"},
            "author": {"S": "ada"},
            "at": {"S": "2026-03-02T00:00:00.000000Z"},
            "text": {"M": {"body": {"S": "Nee"}, "language": {"S": "nl"}}},
            "parent": {"S": "n1"},
        },
    ),
]

QUERIES: list[tuple[str, Callable[[NotesTable], object], object]] = [
    ("all of them", lambda table: table.note.by_author(author="ada").all(), [NOTE, REPLY]),
    ("later ones", lambda table: table.note.by_author(author="ada", at=gt(NOTE.at)).all(), [REPLY]),
]
