"""The data that every client is measured with: orders as plain values, and the answers of the canned server.

Rules of this file:
- Orders are numbered; an order's values follow from its number alone, so every process makes the same ones.
- Bodies are DynamoDB's own JSON: no spaces, keys and the entity's type in each item.
- Standard library only: peers are measured in processes that import this.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

CUSTOMER = "0190aa7e-2f3b-7c41-9d5e-3b8f1c2d4e5f"
PAGE_ITEMS = 961
"""Items of a page of one type, which come to just under 1 MB as DynamoDB counts."""
STREAM_PAGES = 105
"""Pages of the stream; 105 of 961 are a little more than 100,000 items."""
KINDS = ("Order", "Refund", "Shipment")
SIZES = (100, 400, 1_100, 4_000, 16_000, 64_000, 256_000, 390_000)
"""Bytes of an item, for the growth with item size: the note is as long as it must be."""
PAGES = (1, 10, 100, 961)
"""Items of a page, for the growth with page size."""
CONCURRENCY = (1, 10, 50, 200)
"""Gets under way at once, for the growth with concurrency."""

UTC = datetime.UTC
NOTE = (
    "Please leave the parcel with the neighbours at number 12 if nobody opens; the bell of the front door has been "
    'broken since spring, so "knock twice" and wait a little. Café Zürich next door takes parcels, too, until 18:00. '
    "The second box is a present, and the invoice should not lie in it; send that by mail to the address on file, "
    "with the order's number in the subject. If one of the articles is not in stock, do not wait for it: send the "
    "others, and tell us by when the rest will come. Returns go to the depot in Utrecht, as they did last year, and "
    "not to the shop."
)


def order(number: int, note: str = NOTE) -> dict[str, object]:
    """An order's properties by their Python names."""
    day = datetime.datetime(2026, 1, 1, 9, 30, 15, 123456, tzinfo=UTC) + datetime.timedelta(minutes=number)
    return {
        "id": f"ord-{number:08d}",
        "customer_id": CUSTOMER,
        "status": ("open", "paid", "shipped")[number % 3],
        "currency": "EUR",
        "channel": "web-shop-nl",
        "note": note,
        "quantity": 1 + number % 7,
        "priority": 100 + number % 50,
        "total": Decimal(f"{19 + number % 300}.95"),
        "tax": Decimal(f"{3 + number % 60}.41"),
        "gift": number % 2 == 0,
        "created_at": day,
        "updated_at": day + datetime.timedelta(hours=5, microseconds=7),
        "tags": ["fragile", "spring-sale", "returning", "newsletter", "nl-north"],
        "address": {"street": "Prinsengracht 263", "city": "Amsterdam", "postcode": "1016 GV", "country": "NL"},
    }


WIRE_NAMES = {"customer_id": "customerId", "created_at": "createdAt", "updated_at": "updatedAt"}


def time_text(value: datetime.datetime) -> str:
    """The stored form of a date-time."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def keys(values: dict[str, object], kind: str = "Order") -> dict[str, str]:
    """The key attributes of an order, as text."""
    created = time_text(values["created_at"])  # type: ignore[arg-type]
    return {
        "PK": f"CUSTOMER#{values['customer_id']}",
        "SK": f"{kind.upper()}#{created}#{values['id']}",
        "GSI1PK": f"STATUS#{values['status']}",
        "GSI1SK": created,
    }


def attribute(value: object) -> dict[str, object]:
    """The DynamoDB JSON of one value."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, Decimal)):
        return {"N": str(value)}
    if isinstance(value, datetime.datetime):
        return {"S": time_text(value)}
    if isinstance(value, list):
        return {"L": [attribute(each) for each in value]}
    if isinstance(value, dict):
        return {"M": {name: attribute(each) for name, each in value.items()}}
    return {"S": value}


def item(number: int, kind: str = "Order", note: str = NOTE) -> dict[str, dict[str, object]]:
    """An order as it is stored."""
    values = order(number, note)
    stored = {name: attribute(text) for name, text in keys(values, kind).items()}
    stored["EntityType"] = {"S": kind}
    return stored | {WIRE_NAMES.get(name, name): attribute(value) for name, value in values.items()}


def item_size(stored: dict[str, dict[str, object]]) -> int:
    """Bytes as DynamoDB counts them, nearly: names and values."""
    return sum(len(name) + _size(value) for name, value in stored.items())


def _size(value: dict[str, object]) -> int:
    ((kind, inner),) = value.items()
    if kind == "L":
        return 3 + sum(1 + _size(each) for each in inner)  # type: ignore[attr-defined]
    if kind == "M":
        return 3 + sum(1 + len(name) + _size(each) for name, each in inner.items())  # type: ignore[attr-defined]
    return 1 if kind == "BOOL" else len(str(inner).encode())


def sized_note(size: int) -> str:
    """The note that brings an item to about so many bytes."""
    rest = item_size(item(0, note=""))
    length = max(1, size - rest)
    return (NOTE * (length // len(NOTE) + 1))[:length]


def dumps(body: object) -> bytes:
    """JSON as DynamoDB writes it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _page(items: list[dict[str, dict[str, object]]], more: bool = False) -> bytes:
    body: dict[str, object] = {"Count": len(items), "Items": items, "ScannedCount": len(items)}
    if more:
        last = items[-1]
        # The canned server counts pages by this mark.
        body["LastEvaluatedKey"] = {"PK": last["PK"], "SK": {"S": str(last["SK"]["S"]) + "~0000~"}}
    return dumps(body)


def bodies() -> dict[str, bytes]:
    """The canned answers, by operation and table."""
    page = [item(number) for number in range(PAGE_ITEMS)]
    mixed = [item(number, KINDS[number % 3]) for number in range(PAGE_ITEMS)]
    answers = {
        "GetItem.orders": dumps({"Item": item(0)}),
        "PutItem.orders": b"{}",
        "Query.orders": _page(page),
        "Query.mixed": _page(mixed),
        # dynamoxy fixes the name of the attribute that carries the type.
        "Query.mixed-x": _page(mixed).replace(b'"EntityType"', b'"_type"'),
        "Query.stream": _page(page, more=True),
        "Query.stream.last": _page(page),
        "BatchGetItem.orders": dumps({"Responses": {"orders": page[:100]}, "UnprocessedKeys": {}}),
    }
    for size in SIZES:
        answers[f"GetItem.size{size}"] = dumps({"Item": item(0, note=sized_note(size))})
    for count in PAGES:
        answers[f"Query.page{count}"] = _page(page[:count])
    return answers


def write_bodies(folder: Path) -> None:
    """Write the canned answers where the server reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in bodies().items():
        (folder / f"{name}.json").write_bytes(body)
