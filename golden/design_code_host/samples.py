"""Two users, an organization, a repository with its fork, its issues and its pull requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from design_code_host_store import (
    GitHubTable,
    Issue,
    IssueComment,
    Membership,
    Organization,
    PaymentPlan,
    PlanType,
    PullRequest,
    Repo,
    TicketStatus,
    User,
)

from entitystore import ge, le, lt
from entitystore.errors import AlreadyExistsError, ConditionFailedError, ValidationError

Item = dict[str, dict[str, object]]
Key = tuple[str, str]

MAY = datetime(2020, 5, 1, 12, 0, 0, 250000, tzinfo=UTC)
JUNE = datetime(2020, 6, 1, tzinfo=UTC)

ALEX = User(
    username="alexdebrie",
    email="alex@example.com",
    plan=PaymentPlan(type=PlanType.PRO, started_at=datetime(2020, 1, 1, tzinfo=UTC)),
)
ADA = User(username="Ada", email="ada@example.com")
TRADERS = Organization(organization_name="Acme", owner="Ada")
MEMBER = Membership(organization_name="Acme", username="Ada", role="Owner")
ENGINE = Repo(owner="Acme", repo_name="Engine.js", is_fork=False, root_owner="Acme", star_count=7, updated_at=MAY)
NOTES = Repo(owner="Acme", repo_name="notes", is_fork=False, root_owner="Acme", updated_at=JUNE)
FORK = Repo(owner="alexdebrie", repo_name="Engine.js", is_fork=True, root_owner="Acme", updated_at=JUNE)


def _issue(number: int, status: TicketStatus) -> Issue:
    return Issue(owner="Acme", repo_name="Engine.js", number=number, title=f"Issue {number}", status=status)


def _pull(number: int, status: TicketStatus) -> PullRequest:
    return PullRequest(owner="Acme", repo_name="Engine.js", number=number, title=f"Pull {number}", status=status)


OLD, SOLVED = _issue(4, TicketStatus.OPEN), _issue(9, TicketStatus.CLOSED)
NEW, FIRST = _issue(15, TicketStatus.OPEN), _issue(1, TicketStatus.CLOSED)
PULL, MERGED = _pull(16, TicketStatus.OPEN), _pull(5, TicketStatus.CLOSED)
COMMENT = IssueComment(owner="Acme", repo_name="Engine.js", number=15, comment_id="1dIfRO2W", content="So do I")

REPO = "REPO#acme#engine.js"


def _text(value: str) -> dict[str, object]:
    return {"S": value}


def _keys(entity: str, table: Key, **indexes: Key) -> Item:
    """The key attributes and the type: partition and sort key of the table and of the indexes that the item is in."""
    item: Item = {"PK": _text(table[0]), "SK": _text(table[1]), "Type": _text(entity)}
    for name, key in indexes.items():
        item[f"{name}PK"], item[f"{name}SK"] = _text(key[0]), _text(key[1])
    return item


def _repo(repo: Repo, gsi2: Key, updated: str) -> Item:
    key = f"REPO#{repo.owner.lower()}#{repo.repo_name.lower()}"
    beside = (key, f"#{key}")
    account = (f"ACCOUNT#{repo.owner.lower()}", f"#{updated}Z")
    return {
        **_keys("Repo", (key, key), GSI1=(key, key), GSI2=gsi2, GSI3=account, GSI4=beside, GSI5=beside),
        "owner": _text(repo.owner),
        "repoName": _text(repo.repo_name),
        "isFork": {"BOOL": repo.is_fork},
        "rootOwner": _text(repo.root_owner),
        "starCount": {"N": str(repo.star_count)},
        "updatedAt": _text(f"{updated}000Z"),
    }


def _ticket(ticket: Issue | PullRequest, keys: Item) -> Item:
    return {
        **keys,
        "owner": _text("Acme"),
        "repoName": _text("Engine.js"),
        "number": {"N": str(ticket.number)},
        "title": _text(ticket.title),
        "status": _text(ticket.status.value),
    }


def _issue_item(issue: Issue, sort: str) -> Item:
    return _ticket(issue, _keys("Issue", (REPO, f"ISSUE#{issue.number:08d}"), GSI4=(REPO, sort)))


def _pull_item(pull: PullRequest, sort: str) -> Item:
    number = f"{pull.number:08d}"
    key = f"PR#acme#engine.js#{number}"
    return _ticket(pull, _keys("PullRequest", (key, key), GSI1=(REPO, f"PR#{number}"), GSI5=(REPO, sort)))


def _account(entity: str, name: str) -> Item:
    key = f"ACCOUNT#{name}"
    return _keys(entity, (key, key), GSI3=(key, key))


ENTITIES: list[tuple[str, object, Item]] = [
    (
        "User",
        ALEX,
        {
            **_account("User", "alexdebrie"),
            "username": _text("alexdebrie"),
            "email": _text("alex@example.com"),
            "plan": {"M": {"type": _text("Pro"), "startedAt": _text("2020-01-01T00:00:00.000000Z")}},
        },
    ),
    ("User", ADA, {**_account("User", "ada"), "username": _text("Ada"), "email": _text("ada@example.com")}),
    (
        "Organization",
        TRADERS,
        {**_account("Organization", "acme"), "organizationName": _text("Acme"), "owner": _text("Ada")},
    ),
    (
        "Membership",
        MEMBER,
        {
            **_keys("Membership", ("ACCOUNT#acme", "MEMBERSHIP#ada")),
            "organizationName": _text("Acme"),
            "username": _text("Ada"),
            "role": _text("Owner"),
        },
    ),
    ("Repo", ENGINE, _repo(ENGINE, (REPO, f"#{REPO}"), "2020-05-01T12:00:00.250")),
    ("Repo", NOTES, _repo(NOTES, ("REPO#acme#notes", "#REPO#acme#notes"), "2020-06-01T00:00:00.000")),
    ("Repo", FORK, _repo(FORK, (REPO, "FORK#alexdebrie"), "2020-06-01T00:00:00.000")),
    ("Issue", OLD, _issue_item(OLD, "ISSUE#OPEN#99999995")),
    ("Issue", NEW, _issue_item(NEW, "ISSUE#OPEN#99999984")),
    ("Issue", SOLVED, _issue_item(SOLVED, "#ISSUE#CLOSED#00000009")),
    ("Issue", FIRST, _issue_item(FIRST, "#ISSUE#CLOSED#00000001")),
    ("PullRequest", PULL, _pull_item(PULL, "PR#OPEN#99999983")),
    ("PullRequest", MERGED, _pull_item(MERGED, "#PR#CLOSED#00000005")),
    (
        "IssueComment",
        COMMENT,
        {
            **_keys("IssueComment", ("ISSUECOMMENT#acme#engine.js#00000015", "ISSUECOMMENT#1dIfRO2W")),
            "owner": _text("Acme"),
            "repoName": _text("Engine.js"),
            "number": {"N": "15"},
            "commentId": _text("1dIfRO2W"),
            "content": _text("So do I"),
        },
    ),
]


def names_are_taken_once(table: GitHubTable) -> bool:
    """No organization under a user's name, whatever its case, nor by a put that would replace him."""
    with pytest.raises(AlreadyExistsError):
        table.organization.create(Organization(organization_name="ADA", owner="Ada"))
    with pytest.raises(ConditionFailedError):
        table.organization.put(Organization(organization_name="ADA", owner="Ada"))
    return table.user.exists(username="aDA")


def close(table: GitHubTable) -> list[Issue]:
    """An issue that is closed leaves the open ones and joins the closed ones."""
    closed = NEW.model_copy(update={"status": TicketStatus.CLOSED})
    table.issue.update_with_condition(closed, "status = :open", {"open": "Open"})
    left = table.issue.by_status_when_status_open(owner="Acme", repo_name="Engine.js").all()
    return left + table.issue.by_status_when_status_closed(owner="Acme", repo_name="Engine.js").all()


def refused(table: GitHubTable) -> list[str]:
    """Nine digits are too many for the key."""
    with pytest.raises(ValidationError) as caught:
        table.issue.put(_issue(10**8, TicketStatus.OPEN))
    return [caught.value.field]


QUERIES: list[tuple[str, Callable[[GitHubTable], object], object]] = [
    ("a user, whatever the case", lambda table: table.user.get_one(username="ada"), ADA),
    (
        "an organization with its members",
        lambda table: table.query_all(partition_key="ACCOUNT#acme").all(),
        [TRADERS, MEMBER],
    ),
    (
        "the members of an organization",
        lambda table: table.membership.of_organization(organization_name="Acme").all(),
        [MEMBER],
    ),
    ("a repository", lambda table: table.repo.get_one(owner="acme", repo_name="engine.js"), ENGINE),
    (
        "the repositories of an account, the latest first",
        lambda table: table.repo.of_account(owner="Acme").descending().all(),
        [NOTES, ENGINE],
    ),
    (
        "those that were not touched since June",
        lambda table: table.repo.of_account(owner="Acme", updated_at=lt(JUNE)).all(),
        [ENGINE],
    ),
    (
        "an account before its repositories, the latest first",
        lambda table: table.query_all(index="GSI3", owner="Acme", descending=True).all(),
        [TRADERS, NOTES, ENGINE],
    ),
    (
        "the forks of a repository",
        lambda table: table.repo.forks_when_is_fork_true(root_owner="Acme", repo_name="Engine.js").all(),
        [FORK],
    ),
    (
        "a repository before its forks",
        lambda table: table.repo.forks(root_owner="Acme", repo_name="Engine.js").all(),
        [ENGINE, FORK],
    ),
    (
        "the issues of a repository",
        lambda table: table.issue.of_repo(owner="Acme", repo_name="Engine.js").all(),
        [FIRST, OLD, SOLVED, NEW],
    ),
    (
        "one issue",
        lambda table: table.issue.get_one(owner="Acme", repo_name="Engine.js", number=15),
        NEW,
    ),
    (
        "the open issues, the latest first on a forward read",
        lambda table: table.issue.by_status_when_status_open(owner="Acme", repo_name="Engine.js").all(),
        [NEW, OLD],
    ),
    (
        "those after a number, though their texts descend",
        lambda table: table.issue.by_status_when_status_open(owner="Acme", repo_name="Engine.js", number=ge(5)).all(),
        [NEW],
    ),
    (
        "the closed issues, the latest first",
        lambda table: table.issue.by_status_when_status_closed(owner="Acme", repo_name="Engine.js").descending().all(),
        [SOLVED, FIRST],
    ),
    (
        "all issues, whatever their status",
        lambda table: table.issue.by_status(owner="Acme", repo_name="Engine.js").all(),
        [FIRST, SOLVED, NEW, OLD],
    ),
    (
        "a repository and then its open issues, the latest first",
        lambda table: table.query_all(partition_key=REPO, index="GSI4", sort_key=ge("#REPO#")).all(),
        [ENGINE, NEW, OLD],
    ),
    (
        "a repository and then its closed issues, the latest first",
        lambda table: table.query_all(partition_key=REPO, index="GSI4", sort_key=le(f"#{REPO}"), descending=True).all(),
        [ENGINE, SOLVED, FIRST],
    ),
    (
        "the pull requests of a repository",
        lambda table: table.pull_request.of_repo(owner="Acme", repo_name="Engine.js").all(),
        [MERGED, PULL],
    ),
    (
        "a pull request by its number",
        lambda table: table.pull_request.get_one(owner="Acme", repo_name="Engine.js", number=5),
        MERGED,
    ),
    (
        "the open pull requests",
        lambda table: table.pull_request.by_status_when_status_open(owner="Acme", repo_name="Engine.js").all(),
        [PULL],
    ),
    (
        "a repository and then its open pull requests",
        lambda table: table.query_all(partition_key=REPO, index="GSI5", sort_key=ge("#REPO#")).all(),
        [ENGINE, PULL],
    ),
    (
        "the comments of an issue",
        lambda table: table.issue_comment.of_issue(owner="Acme", repo_name="Engine.js", number=15).all(),
        [COMMENT],
    ),
    ("a name is one account's", names_are_taken_once, True),
    ("an issue is closed", close, [OLD, FIRST, SOLVED, NEW.model_copy(update={"status": TicketStatus.CLOSED})]),
    ("what is refused", refused, ["number"]),
]
