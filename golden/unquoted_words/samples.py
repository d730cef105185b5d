"""Answers, whose words stand without quotes in the document."""

from __future__ import annotations

from collections.abc import Callable

from unquoted_words_store import Answer, At, Choices, Country, Given, UnquotedWordsTable

Item = dict[str, dict[str, object]]

FIRST = Answer(id="1", given=Given.NO, at=At.FIELD_12_30_00, no=True, on="yes", sure=False, words=["on"])
SECOND = Answer(id="2", no=False, on="12:30:00")

ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Answer",
        FIRST,
        {
            "PK": {"S": "ANSWER#1"},
            "SK": {"S": "2024-01-01"},
            "GSI1PK": {"S": "y"},
            "EntityType": {"S": "off"},
            "id": {"S": "1"},
            "country": {"S": "no"},
            "given": {"S": "no"},
            "since": {"S": "2024-01-01"},
            "at": {"S": "12:30:00"},
            "no": {"BOOL": True},
            "on": {"S": "yes"},
            "sure": {"BOOL": False},
            "words": {"L": [{"S": "on"}]},
            "choices": {"M": {"y": {"S": "on"}, "n": {"BOOL": True}}},
        },
    ),
    (
        "Answer",
        SECOND,
        {
            "PK": {"S": "ANSWER#2"},
            "SK": {"S": "2024-01-01"},
            "GSI1PK": {"S": "n"},
            "EntityType": {"S": "off"},
            "id": {"S": "2"},
            "country": {"S": "no"},
            "since": {"S": "2024-01-01"},
            "no": {"BOOL": False},
            "on": {"S": "12:30:00"},
            "sure": {"BOOL": True},
            "words": {"L": [{"S": "no"}, {"S": "off"}]},
            "choices": {"M": {"y": {"S": "on"}, "n": {"BOOL": True}}},
        },
    ),
]


def by_key(table: UnquotedWordsTable) -> list[Answer]:
    """The condition `on: yes` is a text's, `no: yes` a boolean's."""
    assert (SECOND.country, SECOND.choices) == (Country.NO, Choices(y="on", n=True))
    return table.answer.by_gsi1_when_on_yes_and_no_true().all()


QUERIES: list[tuple[str, Callable[[UnquotedWordsTable], list[Answer]], list[Answer]]] = [("by key", by_key, [FIRST])]
