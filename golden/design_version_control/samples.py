"""Two users and a repository: tickets, comments and subscriptions, under ElectroDB's keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from design_version_control_store import (
    ElectroTable,
    Issue,
    IssueComment,
    PullRequest,
    Repository,
    Review,
    Status,
    Subscription,
    TicketType,
    User,
)
from msgspec.structs import replace

from entitystore import QueryParameters, begins_with, ge
from entitystore.errors import ConditionFailedError

Item = dict[str, dict[str, object]]
Index = tuple[int, str, str]

SERVICE = "$version-control"
OF_REPO = f"{SERVICE}#repoowner_tinkertamper#reponame_electrodb"


def _at(day: int) -> datetime:
    return datetime(2023, 5, day, 8, 30, tzinfo=UTC)


OWNER = User(username="TinkerTamper", full_name="Tyler", created_at=_at(1))
REPOSITORY = Repository(
    repo_owner="TinkerTamper",
    repo_name="ElectroDB",
    is_private=False,
    topics={"dynamodb", "single-table"},
    created_at=_at(1),
)
SECRET = Repository(repo_owner="TinkerTamper", repo_name="plans", is_private=True, created_at=_at(2))


def _issue(number: str, status: Status, day: int) -> Issue:
    return Issue(
        repo_owner="TinkerTamper",
        repo_name="ElectroDB",
        issue_number=number,
        username="ada",
        status=status,
        created_at=_at(day),
    )


def _pull(number: str, status: Status, day: int, reviewers: dict[str, Review] | None = None) -> PullRequest:
    return PullRequest(
        repo_owner="TinkerTamper",
        repo_name="ElectroDB",
        pull_request_number=number,
        username="ada",
        status=status,
        reviewers=reviewers,
        created_at=_at(day),
    )


def _comment(number: str, day: int, reply_to: str | None, viewed: str | None = None) -> IssueComment:
    return IssueComment(
        repo_owner="TinkerTamper",
        repo_name="ElectroDB",
        issue_number="0007",
        comment_id=UUID(number * 8 + "-0000-4000-8000-000000000000"),
        username="ada",
        reply_to=reply_to,
        reply_viewed=viewed,
        body="Indeed",
        updated_at=_at(day),
    )


def _subscription(kind: TicketType | None, number: str | None) -> Subscription:
    return Subscription(
        repo_owner="TinkerTamper",
        repo_name="ElectroDB",
        username="ada",
        ticket_type=kind,
        ticket_number=number,
    )


BUG, SOLVED = _issue("0007", Status.OPEN, 3), _issue("0004", Status.CLOSED, 2)
LATER = _issue("0012", Status.OPEN, 9)
PULL = _pull("0009", Status.OPEN, 4, {"grace": Review(approved=False, updated_at=_at(5))})
MERGED = _pull("0005", Status.CLOSED, 3)
REMARK = _comment("a", 4, None)
UNREAD = _comment("b", 5, "TinkerTamper")
READ = _comment("c", 6, "TinkerTamper", "2023-05-07T00:00:00Z")
ALL_OF_IT = _subscription(None, None)
ONE_ISSUE = _subscription(TicketType.ISSUE, "0007")


def _text(value: str) -> dict[str, object]:
    return {"S": value}


def _key_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dt%H:%M:%Sz")


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _item(entity: str, pk: str, sk: str, indexes: tuple[Index, ...], **texts: str | None) -> Item:
    """Attributes that are texts, the keys of the table and of numbered indexes, and ElectroDB's mark of the entity."""
    item = {name: _text(text) for name, text in texts.items() if text is not None}
    item |= {"pk": _text(pk), "sk": _text(sk), "__edb_e__": _text(entity)}
    for number, partition, sort in indexes:
        item |= {f"gsi{number}pk": _text(partition), f"gsi{number}sk": _text(sort)}
    return item


def _repository(repository: Repository) -> Item:
    created = f"isprivate_{str(repository.is_private).lower()}#createdat_{_key_time(repository.created_at)}"
    item = _item(
        "Repository",
        f"{SERVICE}#repoowner_tinkertamper",
        f"$alerts#repository_1#reponame_{repository.repo_name.lower()}",
        ((1, f"{SERVICE}#username_tinkertamper", f"$owned#repository_1#{created}"),),
        repoOwner="TinkerTamper",
        repoName=repository.repo_name,
        defaultBranch="main",
        createdAt=_time(repository.created_at),
    )
    item["isPrivate"] = {"BOOL": repository.is_private}
    if repository.topics:
        item["topics"] = {"SS": sorted(repository.topics)}
    return item


def _ticket(ticket: Issue | PullRequest, entity: str, name: str, number: str, review: str) -> Item:
    code = "0" if ticket.status is Status.OPEN else "1"
    sort = f"{entity}_1#status_{code}#createdat_{_key_time(ticket.created_at)}"
    return _item(
        entity,
        f"{OF_REPO}#{name.lower()}_{number}",
        f"{review}#{entity}_1",
        (
            (1, f"{SERVICE}#username_ada", f"$owned#managed#{sort}"),
            (2, OF_REPO, f"$activity#{sort}"),
            (4, f"{OF_REPO}#ticketnumber_{number}", f"$subscribers#{entity}_1"),
        ),
        repoOwner="TinkerTamper",
        repoName="ElectroDB",
        username="ada",
        status=ticket.status.value,
        createdAt=_time(ticket.created_at),
        **{name: number},
    )


def _issue_item(issue: Issue) -> Item:
    return _ticket(issue, "issue", "issueNumber", issue.issue_number, "$issuereview")


def _pull_item(pull: PullRequest) -> Item:
    item = _ticket(pull, "pull-request", "pullRequestNumber", pull.pull_request_number, "$prreview")
    if pull.reviewers is not None:
        reviews = {
            name: {"M": {"approved": {"BOOL": review.approved}, "updatedAt": _text(_time(review.updated_at))}}
            for name, review in pull.reviewers.items()
        }
        item["reviewers"] = {"M": reviews}
    return item


def _comment_item(comment: IssueComment) -> Item:
    created = "$conversations#issue-comment_1#repoowner_tinkertamper#reponame_electrodb#issuenumber_0007"
    indexes: list[Index] = [(1, f"{SERVICE}#username_ada", created)]
    if comment.reply_to is not None:
        viewed = (comment.reply_viewed or "#").lower()
        sort = f"$inbox#issue-comment_1#updatedat_{_key_time(comment.updated_at)}#replyviewed_{viewed}"
        indexes.append((2, f"{SERVICE}#replyto_tinkertamper", sort))
    return _item(
        "issue-comment",
        f"{OF_REPO}#issuenumber_0007",
        f"$issuereview#issue-comment_1#commentid_{comment.comment_id}",
        tuple(indexes),
        repoOwner="TinkerTamper",
        repoName="ElectroDB",
        issueNumber="0007",
        commentId=str(comment.comment_id),
        username="ada",
        replyTo=comment.reply_to,
        replyViewed=comment.reply_viewed,
        body="Indeed",
        updatedAt=_time(comment.updated_at),
    )


def _subscription_item(subscription: Subscription, kind: str, number: str) -> Item:
    ticket = f"tickettype_{kind}#ticketnumber_{number}"
    return _item(
        "subscription",
        OF_REPO,
        f"$subscription_1#username_ada#{ticket}",
        (
            (3, f"{SERVICE}#username_ada", f"$watching#subscription_1#{ticket}"),
            (4, f"{OF_REPO}#ticketnumber_{number}", f"$subscribers#subscription_1#tickettype_{kind}#username_ada"),
        ),
        repoOwner="TinkerTamper",
        repoName="ElectroDB",
        username="ada",
        ticketType=subscription.ticket_type,
        ticketNumber=subscription.ticket_number,
    )


ENTITIES: list[tuple[str, object, Item]] = [
    (
        "User",
        OWNER,
        _item(
            "user",
            f"{SERVICE}#username_tinkertamper",
            "$overview#user_1",
            (
                (1, f"{SERVICE}#username_tinkertamper", "$owned#user_1"),
                (3, f"{SERVICE}#username_tinkertamper", "$watching#user_1"),
            ),
            username="TinkerTamper",
            fullName="Tyler",
            createdAt=_time(_at(1)),
        ),
    ),
    *(("Repository", each, _repository(each)) for each in (REPOSITORY, SECRET)),
    *(("Issue", each, _issue_item(each)) for each in (BUG, SOLVED, LATER)),
    *(("PullRequest", each, _pull_item(each)) for each in (PULL, MERGED)),
    *(("IssueComment", each, _comment_item(each)) for each in (REMARK, UNREAD, READ)),
    ("Subscription", ALL_OF_IT, _subscription_item(ALL_OF_IT, "#", "#")),
    ("Subscription", ONE_ISSUE, _subscription_item(ONE_ISSUE, "issue", "0007")),
]


def read_reply(table: ElectroTable) -> list[IssueComment]:
    """Only whoever was replied to marks a reply as read; it then has another place in the inbox."""
    read = replace(UNREAD, reply_viewed="2023-05-08T00:00:00Z")
    condition = "replyTo = :user"
    with pytest.raises(ConditionFailedError):
        table.issue_comment.update_with_condition(read, condition, {"user": "ada"})
    table.issue_comment.update_with_condition(read, condition, {"user": "TinkerTamper"})
    return _unread(table)


def _unread(table: ElectroTable) -> list[IssueComment]:
    """
    The published query limits both ends of a range over time and mark, which a mark in second place does not narrow: it
    finds replies that were read, too. A filter does what it means.
    """
    replies = table.issue_comment.replies(reply_to="TinkerTamper")
    return replies.where("attribute_not_exists(replyViewed)").all()


def close_pull_request(table: ElectroTable) -> list[PullRequest]:
    """By its author or the repository's owner; it moves behind the open ones."""
    closed = replace(PULL, status=Status.CLOSED)
    allowed = "username = :user OR repoOwner = :user"
    with pytest.raises(ConditionFailedError):
        table.pull_request.update_with_condition(closed, allowed, {"user": "mallory"})
    table.pull_request.update_with_condition(closed, allowed, {"user": "ada"})
    return table.pull_request.enhancements_when_status_closed(repo_owner="TinkerTamper", repo_name="ElectroDB").all()


def _collection(index: int, partition: str, name: str = "") -> Callable[[ElectroTable], object]:
    """What lies together in a partition of an index, whatever its type, from a collection's name on."""
    parameters = QueryParameters(
        index=f"gsi{index}pk-gsi{index}sk-index", partition_key=partition, sort_key=begins_with(f"${name}")
    )
    return lambda table: table.query_all(parameters).all()


QUERIES: list[tuple[str, Callable[[ElectroTable], object], object]] = [
    (
        "the public repositories of a user",
        lambda table: table.repository.created(repo_owner="tinkertamper", is_private=False).all(),
        [REPOSITORY],
    ),
    (
        "a repository",
        lambda table: table.repository.get_one(repo_owner="TinkerTamper", repo_name="electrodb"),
        REPOSITORY,
    ),
    (
        "all that a user owns",
        _collection(1, f"{SERVICE}#username_tinkertamper", "owned"),
        [REPOSITORY, SECRET, OWNER],
    ),
    (
        "all that a user manages",
        _collection(1, f"{SERVICE}#username_ada", "owned#managed"),
        [BUG, LATER, SOLVED, PULL, MERGED],
    ),
    (
        "an issue under its comments",
        lambda table: table.query_all(partition_key=f"{OF_REPO}#issuenumber_0007", descending=True).all(),
        [BUG, READ, UNREAD, REMARK],
    ),
    (
        "its comments alone",
        lambda table: table.issue_comment.comments(
            repo_owner="TinkerTamper", repo_name="ElectroDB", issue_number="0007"
        ).all(),
        [REMARK, UNREAD, READ],
    ),
    (
        "a pull request",
        lambda table: table.pull_request.get_one(
            repo_owner="TinkerTamper", repo_name="ElectroDB", pull_request_number="0009"
        ),
        PULL,
    ),
    (
        "the pull requests that a user opened, the latest first",
        lambda table: table.pull_request.created(username="ada").descending().all(),
        [MERGED, PULL],
    ),
    (
        "those that are open",
        lambda table: table.pull_request.created_when_status_open(username="ada").all(),
        [PULL],
    ),
    (
        "the open issues of a repository since a day",
        lambda table: table.issue.todos_when_status_open(
            repo_owner="TinkerTamper", repo_name="ElectroDB", created_at=ge(_at(5))
        ).all(),
        [LATER],
    ),
    (
        "all activity of a repository",
        _collection(2, OF_REPO, "activity"),
        [BUG, LATER, SOLVED, PULL, MERGED],
    ),
    (
        "whoever watches a repository",
        lambda table: table.subscription.tickets(
            repo_owner="TinkerTamper", repo_name="ElectroDB", ticket_number=None
        ).all(),
        [ALL_OF_IT],
    ),
    (
        "an issue, and whoever watches it",
        _collection(4, f"{OF_REPO}#ticketnumber_0007", "subscribers"),
        [BUG, ONE_ISSUE],
    ),
    ("what a user watches", lambda table: table.subscription.watching(username="Ada").all(), [ALL_OF_IT, ONE_ISSUE]),
    (
        "what he watches of issues",
        lambda table: table.subscription.watching(username="Ada", ticket_type=TicketType.ISSUE).all(),
        [ONE_ISSUE],
    ),
    (
        "the conversations of a user",
        lambda table: table.issue_comment.created(username="ada").count(),
        3,
    ),
    ("replies that nobody read", _unread, [UNREAD]),
    ("a reply is read", read_reply, []),
    ("a pull request is closed", close_pull_request, [MERGED, replace(PULL, status=Status.CLOSED)]),
]
