"""Comments within comments, and threads within them."""

from __future__ import annotations

from collections.abc import Callable

import pydantic
import pytest
from references_itself_store import Comment, ForumTable, Thread

from entitystore.errors import ValidationError

Item = dict[str, dict[str, object]]

LEAF = Comment(id="2", text="second")
COMMENT = Comment(
    id="1",
    text="first",
    parent=Comment(id="0", text="zeroth", parent=LEAF),
    replies=[LEAF, Comment(id="3", text="third", replies=[])],
    translations={"nl": Comment(id="1", text="eerste")},
    thread=Thread(title="news", pinned=LEAF),
)
THREAD = Thread(title="news", pinned=COMMENT)

LEAF_ITEM: Item = {"id": {"S": "2"}, "text": {"S": "second"}}
INSIDE: Item = {
    "id": {"S": "1"},
    "text": {"S": "first"},
    "parent": {"M": {"id": {"S": "0"}, "text": {"S": "zeroth"}, "parent": {"M": LEAF_ITEM}}},
    "replies": {"L": [{"M": LEAF_ITEM}, {"M": {"id": {"S": "3"}, "text": {"S": "third"}, "replies": {"L": []}}}]},
    "translations": {"M": {"nl": {"M": {"id": {"S": "1"}, "text": {"S": "eerste"}}}}},
    "thread": {"M": {"title": {"S": "news"}, "pinned": {"M": LEAF_ITEM}}},
}

ENTITIES: list[tuple[str, object, Item]] = [
    ("Comment", COMMENT, {"PK": {"S": "COMMENT#1"}, "SK": {"S": "COMMENT"}, "EntityType": {"S": "Comment"}, **INSIDE}),
    (
        "Thread",
        THREAD,
        {
            "PK": {"S": "THREAD#news"},
            "SK": {"S": "THREAD"},
            "EntityType": {"S": "Thread"},
            "title": {"S": "news"},
            "pinned": {"M": INSIDE},
        },
    ),
]


def refused(table: ForumTable) -> object:
    """What the schema does not allow is refused at any depth, and so is a comment that contains itself."""
    with pytest.raises(pydantic.ValidationError):
        Comment.model_validate({"id": "1", "text": "a", "parent": {"id": "2"}})
    circle = Comment(id="1", text="a", replies=[])
    assert circle.replies is not None
    circle.replies.append(circle)
    with pytest.raises(ValidationError, match="contains itself"):
        table.comment.put(circle)
    return table.comment.get_one(id="1")


QUERIES: list[tuple[str, Callable[[ForumTable], object], object]] = [
    ("what is refused", refused, COMMENT),
    ("one of an answer", lambda table: table.thread.get_many([{"title": "news"}]), [THREAD]),
]
