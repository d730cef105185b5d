"""Two customers who share a bookmark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from design_bookmarks_store import Bookmark, Customer, CustomerBookmarkTable
from pydantic import ValidationError

from entitystore import begins_with

Item = dict[str, dict[str, object]]

SHIRLEY_ID = UUID("12345678-1234-4234-8234-123456789012")
ADA_ID = UUID("00000000-1234-4234-8234-123456789012")
DAY = datetime(2020, 3, 1, tzinfo=UTC)

SHIRLEY = Customer(
    customer_id=SHIRLEY_ID,
    email="shirley@example.com",
    full_name="Shirley Rodriguez",
    user_preferences={"language": "en", "sort": "ascending"},
    creation_date=DAY,
    update_date=DAY,
)
ADA = Customer(customer_id=ADA_ID, email="ada@example.com", full_name="Ada", creation_date=DAY, update_date=DAY)


def _bookmark(customer: UUID, url: str, folder: str) -> Bookmark:
    return Bookmark(customer_id=customer, url=url, folder=folder, title=url, creation_date=DAY, update_date=DAY)


CONSOLE = _bookmark(SHIRLEY_ID, "https://console.example.com", "Tools")
DOCS = _bookmark(SHIRLEY_ID, "https://docs.example.com/#keys", "Cloud")
NEWS = _bookmark(SHIRLEY_ID, "http://news.example.com", "Cloud")
SHARED = _bookmark(ADA_ID, "https://docs.example.com/#keys", "Reading")


def _customer_item(customer: Customer) -> Item:
    number = str(customer.customer_id)
    item: Item = {
        "customerId": {"S": number},
        "sk": {"S": f"CUST#{number}"},
        "EntityType": {"S": "Customer"},
        "email": {"S": customer.email},
        "fullName": {"S": customer.full_name},
        "creationDate": {"S": "2020-03-01T00:00:00.000000Z"},
        "updateDate": {"S": "2020-03-01T00:00:00.000000Z"},
    }
    if customer.user_preferences is not None:
        item["userPreferences"] = {"M": {name: {"S": text} for name, text in customer.user_preferences.items()}}
    return item


def _bookmark_item(bookmark: Bookmark) -> Item:
    return {
        "customerId": {"S": str(bookmark.customer_id)},
        "sk": {"S": bookmark.url},
        "EntityType": {"S": "Bookmark"},
        "url": {"S": bookmark.url},
        "folder": {"S": bookmark.folder},
        "title": {"S": bookmark.url},
        "creationDate": {"S": "2020-03-01T00:00:00.000000Z"},
        "updateDate": {"S": "2020-03-01T00:00:00.000000Z"},
    }


ENTITIES: list[tuple[str, object, Item]] = [
    *(("Customer", each, _customer_item(each)) for each in (SHIRLEY, ADA)),
    *(("Bookmark", each, _bookmark_item(each)) for each in (CONSOLE, DOCS, NEWS, SHARED)),
]


def refused(_: CustomerBookmarkTable) -> list[str]:
    """An address that would lie under a customer's own key: the published model has room for it, this one has not."""
    with pytest.raises(ValidationError) as caught:
        _bookmark(SHIRLEY_ID, f"CUST#{SHIRLEY_ID}", "Tools")
    return [str(error["loc"][0]) for error in caught.value.errors()]


QUERIES: list[tuple[str, Callable[[CustomerBookmarkTable], object], object]] = [
    (
        "a customer with all bookmarks",
        lambda table: table.query_all(customer_id=SHIRLEY_ID).all(),
        [SHIRLEY, NEWS, CONSOLE, DOCS],
    ),
    ("a customer", lambda table: table.customer.get_one(customer_id=ADA_ID), ADA),
    ("a customer by e-mail address", lambda table: table.customer.by_email(email="ada@example.com").all(), [ADA]),
    (
        "the bookmarks of a customer",
        lambda table: table.bookmark.of_customer(customer_id=SHIRLEY_ID).all(),
        [NEWS, CONSOLE, DOCS],
    ),
    (
        "the safe ones of them",
        lambda table: table.bookmark.of_customer(customer_id=SHIRLEY_ID, url=begins_with("https:")).all(),
        [CONSOLE, DOCS],
    ),
    (
        "one bookmark",
        lambda table: table.bookmark.get_one(customer_id=SHIRLEY_ID, url="http://news.example.com"),
        NEWS,
    ),
    (
        "whoever has a bookmark of a page",
        lambda table: [each.customer_id for each in table.bookmark.of_url(url="https://docs.example.com/#keys")],
        [ADA_ID, SHIRLEY_ID],
    ),
    (
        "the bookmarks of a folder",
        lambda table: sorted(each.url for each in table.bookmark.in_folder(customer_id=SHIRLEY_ID, folder="Cloud")),
        ["http://news.example.com", "https://docs.example.com/#keys"],
    ),
    (
        "how many there are by folder, customers apart",
        lambda table: [each.folder for each in table.bookmark.in_folder(customer_id=SHIRLEY_ID)],
        ["Cloud", "Cloud", "Tools"],
    ),
    ("what is refused", refused, ["url"]),
]
