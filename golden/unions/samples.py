"""A post with each branch of its unions, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pydantic
import pytest
from unions_store import (
    Address,
    Bot,
    CallPart,
    FeedTable,
    Grade,
    Like,
    Person,
    Point,
    Post,
    Quote,
    Size,
    TextPart,
)

from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

ONE = Post(
    id="1",
    author=Person(kind="person", name="Ada"),
    parts=[TextPart(type="text", text="t"), CallPart(type="call", name="f")],
    summary="in short",
    reaction=Like(reaction_type="Like", by="Bob", strength=2),
    place=Point(x=1.5),
    model="large",
    size="10px",
    rank=Size.LARGE,
    score=1.5,
    due=date(2026, 3, 1),
    input=["a", "b"],
)
OTHER = Post(
    id="2",
    author=Bot(kind="agent"),
    parts=[],
    summary=CallPart(type="call", name="g"),
    reaction=Quote(reaction_type="Quote", by="Eve"),
    place=Address(street="High Street"),
    model="one of my own",
    size="small",
    rank=Grade.GOOD,
    score=2**60 + 1,
    due=datetime(2026, 3, 1, 12, tzinfo=UTC),
    input=[1, 2],
)
DEFAULTS = Post(id="3", author=Bot())

KEYS: Callable[[str], Item] = lambda id: {  # noqa: E731
    "PK": {"S": f"POST#{id}"},
    "SK": {"S": "POST"},
    "EntityType": {"S": "Post"},
    "id": {"S": id},
}
ENTITIES: list[tuple[str, object, Item]] = [
    (
        "Post",
        ONE,
        {
            **KEYS("1"),
            "author": {"M": {"kind": {"S": "person"}, "name": {"S": "Ada"}}},
            "parts": {
                "L": [
                    {"M": {"type": {"S": "text"}, "text": {"S": "t"}}},
                    {"M": {"type": {"S": "call"}, "name": {"S": "f"}}},
                ]
            },
            "summary": {"S": "in short"},
            "reaction": {"M": {"reactionType": {"S": "Like"}, "by": {"S": "Bob"}, "strength": {"N": "2"}}},
            "place": {"M": {"x": {"N": "1.5"}}},
            "model": {"S": "large"},
            "size": {"S": "10px"},
            "rank": {"S": "large"},
            "score": {"N": "1.5"},
            "due": {"S": "2026-03-01"},
            "input": {"L": [{"S": "a"}, {"S": "b"}]},
        },
    ),
    (
        "Post",
        OTHER,
        {
            **KEYS("2"),
            "author": {"M": {"kind": {"S": "agent"}}},
            "parts": {"L": []},
            "summary": {"M": {"type": {"S": "call"}, "name": {"S": "g"}}},
            "reaction": {"M": {"reactionType": {"S": "Quote"}, "by": {"S": "Eve"}}},
            "place": {"M": {"street": {"S": "High Street"}}},
            "model": {"S": "one of my own"},
            "size": {"S": "small"},
            "rank": {"S": "good"},
            "score": {"N": "1152921504606846977"},
            "due": {"S": "2026-03-01T12:00:00.000000Z"},
            "input": {"L": [{"N": "1"}, {"N": "2"}]},
        },
    ),
    (
        "Post",
        DEFAULTS,
        {**KEYS("3"), "author": {"M": {"kind": {"S": "bot"}}}, "score": {"N": "1"}, "due": {"S": "never"}},
    ),
]


def refused(table: FeedTable) -> object:
    """What would be read back as something else, or is of no branch."""
    for wrong in ({"kind": "bird"}, {"kind": "person"}, {"kind": "bot", "version": "x"}, {}):
        with pytest.raises(pydantic.ValidationError):
            Post.model_validate({"id": "4", "author": wrong})
    with pytest.raises(pydantic.ValidationError):
        Post(id="4", author=Bot(), size="10 inches")
    changed = Post(id="4", author=Bot(), input=["a"])
    assert isinstance(changed.input, list)
    changed.input.append(1)
    with pytest.raises(ValidationError, match="input"):
        table.post.put(changed)
    with pytest.raises(ValidationError, match="rank"):
        table.post.put(Post(id="4", author=Bot(), rank=Grade.LARGE))
    return table.post.find(id="4")


def of_json(_: FeedTable) -> object:
    """JSON finds the branch by its tag."""
    return Post.model_validate_json('{"id": "4", "author": {"kind": "agent"}, "input": [1], "due": "2026-03-01"}')


QUERIES: list[tuple[str, Callable[[FeedTable], object], object]] = [
    ("what is refused", refused, None),
    ("JSON", of_json, Post(id="4", author=Bot(kind="agent"), input=[1], due=date(2026, 3, 1))),
]
