"""Books, readers and loans, whose schemas lie in several files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from split_files_store import Author, Book, Condition_, LibraryTable, Loan, Name, Reader

from entitystore import le

Item = dict[str, dict[str, object]]

READER_ID = UUID("12345678-1234-4123-8123-1234567890ab")
ADA = Reader(id=READER_ID, name=Name(family="Lovelace", given="Ada"), favourite="080442957X")
BOOK = Book(
    isbn="080442957X",
    title="Sketch of the Analytical Engine",
    authors=[Author(name=Name(family="Menabrea"), wrote=[Author(name=Name(family="Lovelace"))])],
    condition=Condition_.WORN,
)
LOAN = Loan(isbn="080442957X", reader=READER_ID, due=date(2026, 4, 1))

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Reader",
        ADA,
        {
            "PK": {"S": "READER#12345678-1234-4123-8123-1234567890ab"},
            "SK": {"S": "READER"},
            "EntityType": {"S": "Reader"},
            "id": {"S": "12345678-1234-4123-8123-1234567890ab"},
            "name": {"M": {"given": {"S": "Ada"}, "family": {"S": "Lovelace"}}},
            "favourite": {"S": "080442957X"},
        },
    ),
    (
        "Book",
        BOOK,
        {
            "PK": {"S": "BOOK#080442957X"},
            "SK": {"S": "BOOK"},
            "EntityType": {"S": "Book"},
            "isbn": {"S": "080442957X"},
            "title": {"S": "Sketch of the Analytical Engine"},
            "authors": {
                "L": [
                    {
                        "M": {
                            "name": {"M": {"family": {"S": "Menabrea"}}},
                            "wrote": {"L": [{"M": {"name": {"M": {"family": {"S": "Lovelace"}}}}}]},
                        }
                    }
                ]
            },
            "condition": {"S": "worn"},
            "edition": {"N": "1"},
        },
    ),
    (
        "Loan",
        LOAN,
        {
            "PK": {"S": "BOOK#080442957X"},
            "SK": {"S": "LOAN#2026-04-01"},
            "EntityType": {"S": "Loan"},
            "isbn": {"S": "080442957X"},
            "reader": {"S": "12345678-1234-4123-8123-1234567890ab"},
            "due": {"S": "2026-04-01"},
        },
    ),
]

QUERIES: list[tuple[str, Callable[[LibraryTable], object], object]] = [
    ("a book with its loans", lambda table: table.query_all(isbn="080442957X").all(), [BOOK, LOAN]),
    (
        "what is due",
        lambda table: table.loan.by_isbn(isbn="080442957X", due=le(date(2026, 4, 1))).all(),
        [LOAN],
    ),
    ("a reader", lambda table: table.reader.get_one(id=READER_ID), ADA),
]
