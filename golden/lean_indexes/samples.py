"""A library: the index of authors holds keys alone, that of shelves titles besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lean_indexes_store import Article, Book, LibraryTable

from entitystore import QueryParameters, between
from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

EMMA = Book(id="emma", author="Austen", year=1815, title="Emma", shelf="A", summary="A matchmaker errs.")
PRIDE = Book(id="pride", author="Austen", year=1813, title="Pride and Prejudice", shelf="A")
SANDITON = Book(id="sanditon", author="Austen", year=1817, title="Sanditon")
PLAN = Article(id="plan", author="Austen", year=1816, abstract="Plan of a novel.")


def _book(book: Book, **more: dict[str, object]) -> Item:
    return {
        "PK": {"S": f"BOOK#{book.id}"},
        "SK": {"S": "BOOK"},
        "GSI1PK": {"S": "AUTHOR#Austen"},
        "GSI1SK": {"S": f"{book.year}#{book.id}"},
        "EntityType": {"S": "Book"},
        "id": {"S": book.id},
        "author": {"S": "Austen"},
        "year": {"N": str(book.year)},
        "title": {"S": book.title},
        **more,
    }


def _shelved(title: str) -> Item:
    return {"GSI2PK": {"S": "SHELF#A"}, "GSI2SK": {"S": title}, "shelf": {"S": "A"}}


ENTITIES: list[tuple[str, object, Item]] = [
    ("Book", EMMA, _book(EMMA, summary={"S": "A matchmaker errs."}, **_shelved("Emma"))),
    ("Book", PRIDE, _book(PRIDE, **_shelved("Pride and Prejudice"))),
    ("Book", SANDITON, _book(SANDITON)),
    (
        "Article",
        PLAN,
        {
            "PK": {"S": "ARTICLE#plan"},
            "SK": {"S": "ARTICLE"},
            "GSI1PK": {"S": "AUTHOR#Austen"},
            "GSI1SK": {"S": "1816#plan"},
            "EntityType": {"S": "Article"},
            "id": {"S": "plan"},
            "author": {"S": "Austen"},
            "year": {"N": "1816"},
            "abstract": {"S": "Plan of a novel."},
        },
    ),
]


def nothing_is_lost(table: LibraryTable) -> Book:
    """What a finder gives is whole, so that storing it again takes nothing away."""
    for book in table.book.by_shelf(shelf="A"):
        table.book.put(replace(book, year=book.year))
    return table.book.get_one(id="emma")


def what_the_index_does_not_hold(table: LibraryTable) -> str:
    """A condition on it is refused before anything is sent."""
    with pytest.raises(ValidationError) as caught:
        table.book.by_author(author="Austen").where("attribute_exists(summary)")
    return caught.value.field


QUERIES: list[tuple[str, Callable[[LibraryTable], object], object]] = [
    ("from keys alone", lambda table: table.book.by_author(author="Austen").all(), [PRIDE, EMMA, SANDITON]),
    (
        "a range, last first",
        lambda table: list(table.book.by_author(author="Austen", year=between(1815, 1817)).descending()),
        [SANDITON, EMMA],
    ),
    ("the others of the partition", lambda table: table.article.by_author(author="Austen").first(), PLAN),
    ("how many", lambda table: table.book.by_author(author="Austen").count(), 3),
    ("from part of the attributes", lambda table: table.book.by_shelf(shelf="A").all(), [EMMA, PRIDE]),
    (
        "filtered by what the index holds",
        lambda table: table.book.by_shelf(shelf="A").where("contains(title, :word)", {"word": "and"}).all(),
        [PRIDE],
    ),
    (
        "all of a partition, by literal keys",
        lambda table: table.query_all(QueryParameters(index="GSI1", partition_key="AUTHOR#Austen")).all(),
        [PRIDE, EMMA, PLAN, SANDITON],
    ),
    (
        "all of a partition, by its property",
        lambda table: table.query_all(index="GSI1", author="Austen").limit(2).all(),
        [PRIDE, EMMA],
    ),
    ("nothing is lost", nothing_is_lost, EMMA),
    ("a refused condition", what_the_index_does_not_hold, "where"),
]
