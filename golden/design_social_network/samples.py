"""A small network: two users, their followers and posts, a timeline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from design_social_network_store import (
    Follower,
    Following,
    Like,
    LikeCount,
    Post,
    SNSTable,
    TimelineEntry,
    UserCount,
    UserInfo,
)

from entitystore import gt
from entitystore.errors import ConditionFailedError

Item = dict[str, dict[str, object]]

IN_2100 = 4102444800

INFO = UserInfo(user_id="12345", name="hyuklee", content="Hello", image_url="https://example.com/12345.png")
COUNT = UserCount(user_id="12345", followers=3000000000, following=971, posts=2)
FOLLOWERS = [Follower(user_id="12345", follower_id=each) for each in ("23456", "34567", "45678")]
FOLLOWED = [Following(user_id="12345", followed_id=each) for each in ("56789", "67890")]
POSTS = [
    Post(user_id="12345", post_id="12345", content="First", timestamp=1571827560),
    Post(user_id="12345", post_id="23456", content="Second", timestamp=1571827561),
]
LIKES = [Like(post_id="12345", user_id=each) for each in ("23456", "34567")]
LIKE_COUNT = LikeCount(post_id="12345", likes=2)
TIMELINE = [
    TimelineEntry(user_id="12345", post_id="34567", author_id="56789", expires_at=IN_2100),
    TimelineEntry(user_id="12345", post_id="45678", author_id="67890", expires_at=IN_2100),
    TimelineEntry(user_id="12345", post_id="56789", author_id="56789", expires_at=IN_2100),
]
STRANGER = UserInfo(user_id="23456", name="Ada")


def _item(partition: str, sort: str, entity: str, **attributes: str | int) -> Item:
    item: Item = {"PK": {"S": partition}, "SK": {"S": sort}, "EntityType": {"S": entity}}
    for name, value in attributes.items():
        item[name] = {"S": value} if isinstance(value, str) else {"N": str(value)}
    return item


ENTITIES: list[tuple[str, object, Item]] = [
    (
        "UserInfo",
        INFO,
        _item(
            "u#12345",
            "info",
            "UserInfo",
            userId="12345",
            name="hyuklee",
            content="Hello",
            imageUrl="https://example.com/12345.png",
        ),
    ),
    ("UserInfo", STRANGER, _item("u#23456", "info", "UserInfo", userId="23456", name="Ada")),
    (
        "UserCount",
        COUNT,
        _item(
            "u#12345",
            "count",
            "UserCount",
            userId="12345",
            **{"follower#": 3000000000, "following#": 971, "post#": 2},
        ),
    ),
    *(
        (
            "Follower",
            each,
            _item("u#12345#follower", f"u#{each.follower_id}", "Follower", userId="12345", followerId=each.follower_id),
        )
        for each in FOLLOWERS
    ),
    *(
        (
            "Following",
            each,
            _item(
                "u#12345#following", f"u#{each.followed_id}", "Following", userId="12345", followedId=each.followed_id
            ),
        )
        for each in FOLLOWED
    ),
    *(
        (
            "Post",
            each,
            _item(
                "u#12345#post",
                f"p#{each.post_id}",
                "Post",
                userId="12345",
                postId=each.post_id,
                content=each.content or "",
                timestamp=each.timestamp,
            ),
        )
        for each in POSTS
    ),
    *(
        ("Like", each, _item("p#12345#likelist", f"u#{each.user_id}", "Like", postId="12345", userId=each.user_id))
        for each in LIKES
    ),
    ("LikeCount", LIKE_COUNT, _item("p#12345#likecount", "count", "LikeCount", postId="12345", etc=2)),
    *(
        (
            "TimelineEntry",
            each,
            _item(
                "u#12345#timeline",
                f"p#{each.post_id}#u#{each.author_id}",
                "TimelineEntry",
                userId="12345",
                postId=each.post_id,
                authorId=each.author_id,
                ttl=IN_2100,
            ),
        )
        for each in TIMELINE
    ),
]


def like_once(table: SNSTable) -> int:
    """A like counts only if nobody else counted in between."""
    counted = table.like_count.get_one(post_id="12345")
    more = LikeCount(post_id="12345", likes=counted.likes + 1)
    table.like_count.update_with_condition(more, "etc = :old", {"old": counted.likes})
    with pytest.raises(ConditionFailedError):
        table.like_count.update_with_condition(more, "etc = :old", {"old": counted.likes})
    return table.like_count.get_one(post_id="12345").likes


QUERIES: list[tuple[str, Callable[[SNSTable], object], object]] = [
    ("what a user says of himself", lambda table: table.user_info.get_one(user_id="12345"), INFO),
    ("and his counters with it", lambda table: table.query_all(partition_key="u#12345").all(), [COUNT, INFO]),
    ("the followers", lambda table: table.follower.of_user(user_id="12345").all(), FOLLOWERS),
    ("one follower", lambda table: table.follower.exists(user_id="12345", follower_id="99999"), False),
    ("whom he follows", lambda table: table.following.of_user(user_id="12345").all(), FOLLOWED),
    ("the posts, the latest first", lambda table: table.post.of_user(user_id="12345").descending().all(), POSTS[::-1]),
    ("who likes a post", lambda table: table.like.of_post(post_id="12345").all(), LIKES),
    ("how many like it", lambda table: table.like_count.get_one(post_id="12345").likes, 2),
    ("the timeline", lambda table: table.timeline_entry.of_user(user_id="12345").all(), TIMELINE),
    (
        "the timeline after a post",
        lambda table: table.timeline_entry.of_user(user_id="12345", post_id=gt("34567")).all(),
        TIMELINE[1:],
    ),
    (
        "the timeline, page by page",
        lambda table: _pages(table),
        [TIMELINE[:2], TIMELINE[2:]],
    ),
    ("one more likes it", like_once, 3),
]


def _pages(table: SNSTable) -> list[list[TimelineEntry]]:
    """Two entries, and what follows the first page's cursor."""
    entries = table.timeline_entry.of_user(user_id="12345")
    first = entries.page(limit=2)
    return [list(first.items), list(entries.page(limit=2, cursor=first.cursor).items)]
